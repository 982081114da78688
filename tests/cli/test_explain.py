"""`mailcheck explain`: every rule's page, in every form."""

import re

import pytest

from cli.command import Command
from mailcheck.cli.rule_page import example
from mailcheck.model import registry

CODES = [entry.code for entry in registry.entries()]


@pytest.mark.parametrize("code", CODES)
def test_every_rule_has_a_page_of_80_columns(code: str, command: Command) -> None:
    entry = registry.find(code)
    assert entry
    done = command("explain", code)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == f"{entry.code} {entry.name}"
    assert lines[1].startswith(f"{entry.severity} · since {entry.since}")
    assert max(map(len, lines)) <= 80
    assert "Why" in lines
    assert any(line.startswith("Fix: ") for line in lines)
    if entry.family != "RUN":
        assert f"    --ignore {entry.code}" in lines
        assert f'    ignore = ["{entry.name}"]' in lines
    domains = entry.module.startswith("mailcheck.domain_audit.")
    assert ("    [[accept]]" in lines) is domains
    content = entry.module.startswith("mailcheck.lint.") and entry.family != "IGN"
    assert ("    [per-file-ignores]" in lines) is content
    assert ("Bad, as records of example.com" in lines) is domains
    assert ("Good, as records of example.com" in lines) is domains


@pytest.mark.parametrize("word", ["SPF006", "spf006", "spf-lookup-limit", "SPF-Lookup-Limit"])
def test_code_and_name_in_any_case(word: str, command: Command) -> None:
    assert command("explain", word).out.startswith("SPF006 spf-lookup-limit\n")


def test_several_rules(command: Command) -> None:
    done = command("explain", "SPF001", "dkim-none-possible")
    assert [line for line in done.out.splitlines() if re.fullmatch(r"[A-Z]+\d{3} [a-z-]+", line)] == [
        "SPF001 spf-missing",
        "DKIM001 dkim-none-possible",
    ]


def test_json_has_the_sections_apart(command: Command) -> None:
    (page,) = command("explain", "spf-lookup-limit", "--format", "json").json["rules"]
    assert list(page) == [
        "code", "name", "family", "severity", "since", "status", "fixable", "summary", "url", "why", "bad", "good",
        "fix", "references",
    ]  # fmt: skip
    assert (page["code"], page["severity"], page["fixable"]) == ("SPF006", "error", "safe")
    assert page["good"]


def test_markdown_is_a_page_of_its_own(command: Command) -> None:
    lines = command("explain", "SPF006", "--format", "markdown").out.splitlines()
    assert lines[0] == "# SPF006 `spf-lookup-limit`"
    titles = [line for line in lines if line.startswith("## ")]
    assert titles[:3] == ["## Why", "## Bad, as records of example.com", "## Good, as records of example.com"]
    assert lines.count("```") % 2 == 0


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('s1._domainkey TXT "v=DKIM1; p={rsa2048}"', 's1._domainkey TXT "v=DKIM1; p=MIIBIj…"'),
        ('@ TXT "v=spf1 {long} -all"', '@ TXT "v=spf1 … -all"'),
        ('@ TXT "v=spf1 exists:%{i}.example.com -all"', '@ TXT "v=spf1 exists:%{i}.example.com -all"'),
        ("_dmarc TXT", "; no TXT record at _dmarc"),
        ("@ NXDOMAIN", "@ NXDOMAIN"),
        ("@ TXT SERVFAIL", "@ TXT SERVFAIL"),
        ("{audit shop.example.com}", "; the domain is shop.example.com"),
        ("; bounce-domains: bounce.example.com", "; declared: bounce-domains: bounce.example.com"),
    ],
)
def test_examples_as_people_read_them(line: str, shown: str) -> None:
    assert example(line) == shown


def find(code: str) -> registry.Entry:
    entry = registry.find(code)
    assert entry
    return entry


def test_no_placeholder_reaches_a_page(command: Command) -> None:
    records = [code for code in CODES if find(code).module.startswith("mailcheck.domain_audit.")]
    assert not re.search(r"(?<!%)\{[a-z]", command("explain", *records).out)
    # Braces are what templates are written in; only the words that stand for files and kinds must be gone.
    others = [code for code in CODES if code not in records]
    assert not re.search(
        r"\{(?:file|line|repeat) |\{(?:blank|marketing|transactional)\}", command("explain", *others).out
    )
