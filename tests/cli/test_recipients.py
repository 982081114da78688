"""`mailcheck recipients` from the command line: addresses, lists, the table, exit codes, and what is never shown."""

import csv
import json
import os
import signal
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.command import Command, outcome, process
from recipients.world import ANSWERS

WORLD = ANSWERS | {"shop.com": {"MX": ["10 mx.mail.example."]}}
GOOD = [f"person{number}@shop.com" for number in range(100)]


@pytest.fixture(autouse=True)
def world(command: Command) -> None:
    command.write("people.json", json.dumps(WORLD))


def listed(command: Command, rows: list[str], name: str = "list.csv") -> str:
    command.write(name, "\n".join(["id,email", *(f"{n},{row}" for n, row in enumerate(rows, 1))]) + "\n")
    return name


def run(command: Command, *words: str):
    return command("recipients", *words, "--zone", "people.json", "--isolated")


@pytest.mark.parametrize(
    ("address", "code", "verdict"),
    [
        ("anna@shop.com", 0, "ok"),
        ("info@shop.com", 0, "risky"),
        ("anna@gone.example", 1, "bad"),
        ("no.at.sign@", 1, "bad"),
        ("anna@broken.example", 3, "unknown"),
        ("noreply@shop.com", 1, "bad"),
    ],
)
def test_one_address(command: Command, address: str, code: int, verdict: str) -> None:
    done = run(command, address, "--format", "json")
    subject = done.json["subjects"][0]
    assert (done.code, done.err) == (code, "")
    assert (subject["subject"], subject["facts"]["verdict"]) == (address, verdict)


def test_select_and_fail_on(command: Command) -> None:
    assert run(command, "info@shop.com", "--fail-on", "warning").code == 1
    assert run(command, "info@shop.com", "--fail-on", "warning", "--ignore", "role-account").code == 0
    assert run(command, "anna@gone.example", "--exit-zero").code == 0
    assert run(command, "anna@broken.example", "--allow-unknown").code == 0
    assert run(command, "anna@gone.example", "--offline").code == 1, "a zone answers offline"
    assert command("recipients", "anna@gone.com", "--offline", "--isolated").code == 0


def test_a_list_fails_by_its_share(command: Command) -> None:
    two = listed(command, [*GOOD[:98], "x@gone.com", "y@gone.com"])
    assert run(command, two).code == 0
    assert run(command, two, "--max-bad", "1.9%").code == 1
    assert run(command, two, "--max-bad", "0").code == 1
    three = listed(command, [*GOOD[:97], "x@gone.com", "y@gone.com", "n/a"])
    assert run(command, three).code == 1
    assert run(command, three, "--ignore", "addr-placeholder").code == 0
    unknown = listed(command, [*GOOD[:94], *(f"p{n}@broken.example" for n in range(6))])
    assert run(command, unknown).code == 3
    assert run(command, unknown, "--max-unknown", "6").code == 0
    risky = listed(command, [*GOOD[:90], *(f"{name}@shop.com" for name in ("info", "sales", "office"))])
    assert run(command, risky).code == 0
    assert run(command, risky, "--fail-on", "warning").code == 1


def test_facts_of_a_list(command: Command) -> None:
    rows = ["anna@shop.com", "ANNA@shop.com", "n/a", "x@gone.com", "y@gone.com", "z@broken.example"]
    done = run(command, listed(command, rows), "--format", "json")
    subject = done.json["subjects"][0]
    facts = subject["facts"]
    assert facts["verdicts"] == {"ok": 1, "risky": 1, "bad": 3, "unknown": 1}
    assert facts["reasons"] == {
        "dns-nxdomain": 2, "addr-placeholder": 1, "dns-transient": 1, "domain-reserved": 1, "dup-case": 1
    }  # fmt: skip
    assert facts["worst_domains"][0] == {"domain": "gone.com", "rows": 2, "ok": 0, "risky": 0, "bad": 2, "unknown": 0}
    assert facts["read"] == {
        "format": "csv", "encoding": "utf-8", "encoding_assumed": False, "delimiter": ",", "column": "email"
    }  # fmt: skip
    places = {each["name"]: each["location"] for each in subject["findings"]}
    assert places["dns-nxdomain"] == {"kind": "row", "path": "list.csv", "row": 4, "column": "email"}
    assert [each["code"] for each in subject["unknown"]] == ["RCP036"]


@pytest.mark.parametrize("format_name", ["terminal", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit",
                                         "markdown", "csv"])  # fmt: skip
def test_no_format_shows_an_address_of_a_list(command: Command, format_name: str) -> None:
    rows = ["secret.person@shop.com", "Secret.Person@shop.com", "secret.person+tag@gone.com", "secret person@x.com",
            "Secret Person <secret.person@null.example>", "secret.person.shop.com", "sécret@shop.com"]  # fmt: skip
    name = listed(command, rows)
    done = run(command, name, "--format", format_name, "-v")
    assert done.code == 1
    assert "cret" not in done.out + done.err
    assert "shop.com" in done.out
    shown = run(command, name, "--format", format_name, "--show-addresses")
    assert "ecret.person" in shown.out
    hashed = run(command, name, "--format", format_name, "--hash-output", "--out", "t.csv", "-v")
    assert "cret" not in hashed.out + (command.folder / "t.csv").read_text()


def test_hash_output_hides_an_address_that_was_typed(command: Command) -> None:
    done = run(command, "secret@gmial.com", "--hash-output", "--format", "json", "--out", "t.jsonl")
    assert "secret" not in done.out + (command.folder / "t.jsonl").read_text()


def test_the_table(command: Command) -> None:
    rows = ["anna@shop.com", "Anna@shop.com", "=HYPERLINK@shop.com", "bob@gmial.com", "n/a"]
    done = run(command, listed(command, rows), "--out", "out.csv", "--max-bad", "100")
    assert done.code == 0
    table = list(csv.DictReader((command.folder / "out.csv").read_text("utf-8").splitlines()))
    assert [row["verdict"] for row in table] == ["ok", "risky", "ok", "bad", "bad"]
    assert [row["row"] for row in table] == ["1", "2", "3", "4", "5"]
    assert (table[1]["reasons"], table[1]["codes"], table[1]["same_as_row"]) == ("dup-case", "RCP045", "1")
    assert table[2]["address"] == "'=HYPERLINK@shop.com"
    assert (table[3]["suggestion"], table[3]["address"]) == ("bob@gmail.com", "bob@gmial.com")
    assert (table[4]["reasons"], table[4]["address"]) == ("addr-placeholder", "")
    assert sorted(path.name for path in command.folder.iterdir() if path.name.startswith((".out", "out"))) == [
        "out.csv"
    ]
    run(command, "list.csv", "--out", "out.jsonl")
    lines = [json.loads(line) for line in (command.folder / "out.jsonl").read_text().splitlines()]
    assert [line["verdict"] for line in lines] == [row["verdict"] for row in table]


def test_an_error_leaves_the_table_as_it_was(command: Command) -> None:
    command.write("out.csv", "old")
    listed(command, ["anna@shop.com"])
    command.write("bad.jsonl", '{"email": "a@shop.com"}\n' * 1000 + "{\n")
    done = run(command, "bad.jsonl", "--out", "out.csv")
    assert (done.code, done.out) == (2, "")
    assert "bad.jsonl: row 1001 is no JSON" in done.err
    assert (command.folder / "out.csv").read_text() == "old"


def test_a_full_disk(command: Command) -> None:
    """A process that may write files of 100 octets at most stands for the full disk."""
    import resource

    listed(command, GOOD)
    command.write("out.csv", "old")

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    done = outcome("recipients", "list.csv", "--zone", "people.json", "--isolated", "--out", "out.csv",
                   cwd=command.folder, preexec_fn=limited)  # fmt: skip
    assert done.code == 2
    assert "out.csv: cannot be written: File too large; nothing was changed" in done.err
    assert (command.folder / "out.csv").read_text() == "old"
    assert [path.name for path in command.folder.glob(".out.csv*")] == []


def test_one_unreadable_list_does_not_take_the_others(command: Command) -> None:
    good = listed(command, GOOD)
    done = run(command, good, "gone.csv", "anna@shop.com", "--format", "json")
    assert done.code == 2
    assert [each["verdict"] for each in done.json["subjects"]] == ["pass", "pass", "fail"]
    alone = run(command, "gone.csv")
    assert (alone.code, "gone.csv: cannot be read" in alone.err) == (2, True)


def test_wrong_words(command: Command) -> None:
    listed(command, GOOD)
    for words, told in (
        (("list.csv", "--max-bad", "200%"), "no share from 0% to 100%"),
        (("list.csv", "--out", "list.csv"), "the list itself"),
        (("list.csv", "--out", "t.parquet"), "JSON Lines"),
        (("-", "-"), "read once"),
        (("list.csv", "--hash-output", "--show-addresses"), "exclude each other"),
        (("list.csv", "--column", "nope"), "no column 'nope'"),
        (("list.csv", "--suppressions", "gone.txt"), "gone.txt: cannot be read"),
    ):
        done = run(command, *words)
        assert (done.code, done.out) == (2, "")
        assert told in done.err


def test_suppressions(command: Command) -> None:
    command.write("never.txt", "anna@shop.com\nblocked.com\nnonsense\n")
    done = run(command, listed(command, ["Anna@shop.com", "b@blocked.com"]), "--suppressions", "never.txt",
               "--format", "json")  # fmt: skip
    assert done.json["subjects"][0]["facts"]["reasons"]["suppressed"] == 1
    assert done.json["subjects"][0]["facts"]["reasons"]["suppressed-domain"] == 1
    assert "never.txt: 1 entries" in done.err


def test_addresses_are_compared_with_each_other(command: Command) -> None:
    done = run(command, "anna@shop.com", "ANNA@shop.com", "--format", "json")
    assert [each["facts"]["reasons"] for each in done.json["subjects"]] == [[], ["dup-case"]]


def test_standard_input(command: Command) -> None:
    for text in ("anna@shop.com\nbob@shop.com\n", '{"email": "anna@shop.com"}\n{"email": "bob@shop.com"}\n'):
        reading, writing = os.pipe()
        os.write(writing, text.encode())
        os.close(writing)
        done = outcome("recipients", "-", "--zone", "people.json", "--isolated", "--format", "json", cwd=command.folder,
                       stdin=reading)  # fmt: skip
        os.close(reading)
        assert done.json["subjects"][0]["facts"]["rows"] == 2
        assert done.json["subjects"][0]["subject"] == "standard input"


def test_an_interrupt_ends_it_with_what_is_known(command: Command) -> None:
    """Nothing answers on this port; the first signal ends the waiting, and the table is not written."""
    import socket

    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.1", 0))
    name = listed(command, GOOD)
    port = silent.getsockname()[1]
    with process("recipients", name, "--resolver", f"127.0.0.1:{port}", "--isolated", "--format", "json", "--out",
                 "out.csv", cwd=command.folder) as child:  # fmt: skip
        silent.settimeout(20)
        silent.recv(500)
        time.sleep(0.1)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=20)
    silent.close()
    assert child.returncode == 130
    assert json.loads(out)["complete"] is False
    assert b"out.csv: not written" in err
    assert not (command.folder / "out.csv").exists()


def test_what_one_address_imports(command: Command) -> None:
    """Offline, neither the event loop nor the DNS is loaded for a plain address."""
    from cli.test_startup import imported, roots

    modules = imported("recipients", "anna@shop.com", "--offline", "--isolated", "-q")
    assert roots(modules, {"dns.message", "dns.resolver", "ssl", "http", "email_validator", "dkim", "spf"}) == set()


def test_reports_are_as_the_schema_says(command: Command) -> None:
    from jsonschema import Draft202012Validator

    import mailcheck

    schema = json.loads((Path(mailcheck.__file__).parent / "data" / "report.schema.json").read_text("utf-8"))
    rows = ["anna@shop.com", "n/a", "x@gone.com", "z@broken.example", "b@gmial.com"]
    done = run(command, listed(command, rows), "anna@gmial.com", "gone.csv", "--format", "json")
    Draft202012Validator(schema).validate(done.json)


def test_the_page_about_it_names_every_option() -> None:
    from mailcheck.cli.recipients_ import parser

    page = (Path(__file__).parents[2] / "docs" / "recipients.md").read_text("utf-8")
    own = {"--column", "--suppressions", "--out", "--show-addresses", "--hash-output", "--max-bad", "--max-unknown"}
    assert own <= set(parser().options())
    assert [option for option in sorted(own) if option not in page] == []


@given(st.text(max_size=40))
def test_the_short_way_of_a_cell_is_the_escaper_s(text: str) -> None:
    from mailcheck.cli.recipients_table import _safe
    from mailcheck.report.csv_ import cell

    assert _safe(text) == cell(text)


def test_a_header_alone_is_no_list_that_passes(command: Command) -> None:
    command.write("empty.csv", "email,name\n\n")
    done = run(command, "empty.csv")
    assert (done.code, done.out) == (2, "")
    assert "empty.csv: there is a header and no row" in done.err


def test_no_error_shows_a_row(command: Command) -> None:
    command.write("a.jsonl", '{"email": "secret@shop.com"}\n{"email": "secret@shop.com\n')
    command.write("b.csv", 'id,email\n1,"secret@shop.com\n' + "2,secret@shop.com\n" * 20_000)
    for name in ("a.jsonl", "b.csv"):
        done = run(command, name)
        assert done.code == 2
        assert "secret" not in done.out + done.err
