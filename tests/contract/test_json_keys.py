"""Architecture 4.3: the keys of the JSON report, and of its lines."""

import json
from collections.abc import Iterator
from typing import Any

from cli.command import Command
from contract.snapshot import same

CHANGES = {
    "example.com": {"TXT": ["v=spf1 ptr include:spf.example.com +all"], "MX": ["10 mx1.example.com."]},
    "spf.example.com": {"TXT": ["v=spf1 include:gone.example.com -all"]},
    "_dmarc.example.com": {"TXT": ["v=DMARC1; p=none; rua=mailto:dmarc@other.example; x"]},
    "s1._domainkey.example.com": {"TXT": ["v=DKIM1; k=rsa; p=MEgC"]},
    "s2._domainkey.example.com": "SERVFAIL",
}


def keys(value: Any, path: str = "") -> Iterator[str]:
    """Every path to a value; the items of a list are one `[]`; what lies in `facts` counts by its first key only."""
    if isinstance(value, dict):
        for name, item in value.items():
            here = f"{path}.{name}" if path else name
            yield here
            if not path.endswith("facts"):
                yield from keys(item, here)
    elif isinstance(value, list):
        for item in value:
            yield from keys(item, f"{path}[]")


def report(command: Command, format_name: str) -> str:
    """A report with findings of every kind, passes, unknowns, an ignored finding, a file that cannot be read."""
    command.world("keys", CHANGES)
    command.write("list.txt", "example.com\nbad domain\n")
    command.write(
        "mailcheck.toml",
        '[[accept]]\nrule = "spf-ptr"\ndomain = "example.com"\nreason = "x"\n'
        '[[accept]]\nrule = "dns-cname-dangling"\ndomain = "example.com"\nreason = "y"\n',
    )
    done = command("audit", "--from", "list.txt", "--zone", "keys.json", "--selector", "s1,s2", "--format", format_name)
    assert (done.code, done.err) == (2, "")
    return done.out


def test_keys_of_json(command: Command) -> None:
    """4.3: version 1 of the report."""
    value = json.loads(report(command, "json"))
    assert value["schema"] == "mailcheck/1"
    assert same("json", sorted(set(keys(value))))


def test_keys_of_json_lines(command: Command) -> None:
    """4.3: one subject a line, with the keys of the report around it."""
    lines = [json.loads(line) for line in report(command, "jsonl").splitlines()]
    assert len(lines) == 2
    assert same("jsonl", sorted({key for line in lines for key in keys(line)}))


def test_words_of_json(command: Command) -> None:
    """4.3: the words that a program compares with."""
    subjects = json.loads(report(command, "json"))["subjects"]
    findings = [finding for subject in subjects for part in ("findings", "ignored") for finding in subject[part]]
    assert {subject["verdict"] for subject in subjects} <= {"fail", "unknown", "pass"}
    assert {finding["severity"] for finding in findings} == {"error", "warning", "info"}
    assert {finding["location"]["kind"] for finding in findings} == {"dns", "file", "config"}
    fixes = [fix for finding in findings for fix in finding["fixes"]]
    assert {fix["kind"] for fix in fixes} == {"dns", "manual"}
    assert {change["op"] for fix in fixes if fix["kind"] == "dns" for change in fix["changes"]} <= {
        "add",
        "replace",
        "delete",
    }
