"""What is audited: lists, standard input, messages, the configuration; and inputs that cannot be read."""

import asyncio
import io
import json
import sys

import pytest

from cli.command import Command
from mailcheck.cli import audit_run
from mailcheck.cli.audit_ import parser
from mailcheck.cli.audit_input import Input
from mailcheck.cli.settings import settings_of
from mailcheck.dns.rdata import Records
from mailcheck.dns.static import StaticResolver
from mailcheck.model.fact import Fact
from mailcheck.model.selection import Selection
from worlds import clean

QUIET = ("--zone", "clean.json", "--format", "json")


def subjects(report: dict[str, object]) -> list[str]:
    """The names of the subjects, in order."""
    return [subject["subject"] for subject in report["subjects"]]


@pytest.mark.parametrize(
    "text",
    ["example.com\n", "﻿example.com\r\n\r\n", "# a comment\n  example.com  # mine\n", "EXAMPLE.com.\nexample.com"],
    ids=["plain", "from Windows", "with comments", "twice"],
)
def test_list_of_domains(text: str, command: Command) -> None:
    command.write("list.txt", text)
    done = command("audit", "--from", "list.txt", *QUIET)
    assert (done.code, subjects(done.json)) == (0, ["example.com"])


def test_domains_come_in_the_order_given_each_once(command: Command) -> None:
    command.write("list.txt", "mx1.example.com\nexample.com\n")
    done = command("example.com", "--from", "list.txt", *QUIET)
    assert subjects(done.json) == ["example.com", "mx1.example.com"]


def test_domains_of_the_configuration_where_none_is_named(command: Command) -> None:
    command.write("mailcheck.toml", '[domain."Example.com."]\nsends = true\n')
    assert subjects(command("audit", *QUIET).json) == ["example.com"]


@pytest.mark.parametrize("octets", [b"", b"# nothing\n\n", b"\xff\xfe", b"not a domain\n"])
def test_standard_input_without_a_domain(octets: bytes, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(octets)))
    done = command("audit", "--from", "-", *QUIET)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("mailcheck: standard input:")


def test_closed_standard_input_is_empty(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert "holds no domain" in command("audit", "--from", "-", *QUIET).err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "list.txt: cannot be read: No such file or directory"),
        ("\n", "list.txt: holds no domain; one a line is expected"),
        ("two words\n", "list.txt:1: 'two words' is not a domain name"),
        ("x y\n" * 101, "list.txt: no list of domains"),
    ],
    ids=["missing", "empty", "one bad line", "no list"],
)
def test_list_from_which_nothing_can_be_audited(text: str | None, message: str, command: Command) -> None:
    if text is not None:
        command.write("list.txt", text)
    done = command("audit", "--from", "list.txt", *QUIET)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_list_that_is_too_large(command: Command) -> None:
    with (command.folder / "list.txt").open("wb") as stream:
        stream.truncate(10_000_001)
    assert "larger than 10 MB" in command("audit", "--from", "list.txt", *QUIET).err


def test_folder_as_list(command: Command) -> None:
    assert ".: cannot be read: Is a directory" in command("audit", "--from", ".", *QUIET).err


def test_what_can_be_read_is_judged_beside_what_cannot(command: Command) -> None:
    """Contract 4.2: when one input cannot be read the others are still judged and reported, and the run ends with 2."""
    command.write("list.txt", "example.com\n\n  bad domain  # ours\n")
    done = command("audit", "--from", "list.txt", "--from-eml", "gone.eml", *QUIET)
    good, listed, message = done.json["subjects"]
    assert done.code == 2
    assert (good["subject"], good["verdict"]) == ("example.com", "pass")
    assert [finding["code"] for finding in listed["findings"] + message["findings"]] == ["RUN002", "RUN002"]
    place = listed["findings"][0]["location"]
    assert (place["line"], place["column"], place["end_column"]) == (3, 3, 13)
    text = (command.folder / "list.txt").read_text()
    assert text[place["offset"] : place["end_offset"]] == "bad domain"
    assert "gone.eml: cannot be read" in message["findings"][0]["message"]


def test_unreadable_input_ends_with_2_whatever_is_forgiven(command: Command) -> None:
    flags = ("--exit-zero", "--allow-unknown", "--ignore", "RUN")
    assert command("example.com", "--from-eml", "gone.eml", *flags, *QUIET).code == 2


def test_selectors_of_a_message_are_asked(command: Command) -> None:
    command.write("mail.eml", "DKIM-Signature: v=1; d=example.com; s=s1; b=x\nFrom: a@example.com\n\nHello\n")
    done = command("example.com", "--from-eml", "mail.eml", *QUIET)
    assert "s1" in json.dumps(done.json["subjects"][0]["facts"]["dkim"])


@pytest.mark.parametrize("word", ["s1", "S1", "other,s1", "s1._domainkey.example.com", "s1._domainkey"])
def test_selectors_as_people_write_them(word: str, command: Command) -> None:
    done = command("example.com", "--selector", word, *QUIET)
    assert (done.code, done.err) == (0, "") or "other" in word
    assert done.json["subjects"][0]["facts"]["dkim"]["s1._domainkey.example.com"] is not None


def test_several_domains_share_one_cache(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    class Counting:
        """Answers from the clean world, and remembers what it was asked."""

        def __init__(self) -> None:
            self._inner = StaticResolver(clean())

        async def ask(self, name: str, type: str) -> Fact[Records]:
            asked.append((name, type))
            await asyncio.sleep(0)
            return self._inner.answer(name, type)

        async def close(self) -> None:
            await self._inner.close()

    args = parser().parse_args(["--isolated"])
    monkeypatch.setattr(audit_run, "open_resolver", lambda _: Counting())
    given = Input(("example.com", "mx1.example.com"))
    report, code = audit_run.audit(args, settings_of(args), given, Selection.of())
    assert (code, [subject.subject for subject in report.subjects]) == (0, ["example.com", "mx1.example.com"])
    assert ("_dmarc.example.com", "TXT") in asked
    assert len(asked) == len(set(asked))
