"""The ledger's file, what it compares, and the command that keeps it."""

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.command import Command
from mailcheck.ledger.claims import conflicts, extended
from mailcheck.ledger.entries import append, entry, read
from mailcheck.ledger.subjects import normalised, subject_hash
from mailcheck.model.errors import InputError

DAY = datetime.date(2026, 11, 20)


def on(day: int) -> datetime.date:
    """A day of November 2026."""
    return datetime.date(2026, 11, day)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("50 % off – today only!", "40% off: TODAY ONLY"),
        ("Ends 3 May", "Ends 11 May"),
        ("Hi {{ name }}, last chance", "Hi *|FNAME|*, last chance"),
        ("Ｌast chance", "Last chance"),
        ("Last\u200b chance", "Last chance"),
        ("Straße", "STRASSE"),
    ],
)
def test_the_same_to_a_reader(one: str, other: str) -> None:
    assert subject_hash(one) == subject_hash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Today only", "Tomorrow only"), ("Ends tonight", "Ends"), ("今日限り", "明日限り"), ("Hi {{ name }}", "Hi")],
)
def test_not_the_same(one: str, other: str) -> None:
    assert subject_hash(one) != subject_hash(other)


@given(st.text())
def test_any_subject_is_compared(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once or "{" in text
    assert len(subject_hash(text)) == 32


def test_what_is_added_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    append(path, entry(DAY, "autumn", "Ends tonight", "autumn-26", on(20)))
    append(path, entry(on(21), "news", "News"))
    first, second = read(path)
    assert (first.campaign, first.offer, first.ends, first.line) == ("autumn", "autumn-26", on(20), 1)
    assert (second.date, second.offer, second.ends, second.line) == (on(21), None, None, 2)
    assert first.subject == subject_hash("ends TONIGHT!")


def test_a_last_line_without_its_end_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(json.dumps(entry(DAY, "a", "A").json()))
    append(path, entry(DAY, "b", "B"))
    assert [each.campaign for each in read(path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "no JSON"),
        ("[1]", "no entry"),
        ('{"date": "2026-11-20"}', "no entry"),
        ('{"date": "soon", "campaign": "a", "subject": "b"}', "date is a day"),
        ('{"date": null, "campaign": "a", "subject": "b"}', "date is missing"),
        ('{"date": "2026-11-20", "campaign": 1, "subject": "b"}', "campaign is text"),
        ('{"date": "2026-11-20", "campaign": "a", "subject": "b", "offer": 3}', "offer is text"),
        ('{"date": "2026-11-20", "campaign": "a", "subject": "b", "end": "x"}', "unknown key 'end'"),
        ('{"date": "2026-11-20", "campaign": "a", "subject": "b", "ends": "x"}', "ends is a day"),
        ("x" * 20_000, "longer than"),
        ("[" * 9_000, "no JSON"),
    ],
)
def test_a_broken_line_is_named_and_nothing_is_lost(line: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    good = json.dumps(entry(DAY, "a", "A").json())
    path.write_text(f"{good}\n{line}\n")
    with pytest.raises(InputError, match=f":2: .*{told}"):
        read(path)
    with pytest.raises(InputError):
        append(path, entry(DAY, "b", "B"))
    assert path.read_text() == f"{good}\n{line}\n"


def test_no_text_and_no_file(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no UTF-8"):
        read(tmp_path / "binary")
    with pytest.raises(InputError, match="ledger add"):
        read(tmp_path / "missing")
    with pytest.raises(InputError, match="cannot be written"):
        append(tmp_path / "no" / "folder.jsonl", entry(DAY, "a", "A"))


ADD_MANY = """
import sys, datetime
from mailcheck.ledger.entries import append, entry
for number in range(20):
    append(sys.argv[1], entry(datetime.date(2026, 11, 20), f"{sys.argv[2]}-{number}", "A"))
"""


def test_two_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "ledger.jsonl")
    workers = [subprocess.Popen([sys.executable, "-c", ADD_MANY, path, name]) for name in "ab"]
    assert [worker.wait(60) for worker in workers] == [0, 0]
    assert len({each.campaign for each in read(path)}) == 40


def test_an_offer_that_goes_on() -> None:
    sent = entry(on(20), "autumn", "Ends tonight", "autumn-26", on(20))
    again = conflicts([sent], entry(on(21), "autumn 2", "Really ends tonight", "autumn-26", on(22)))
    assert [each.earlier for each in again] == [sent]
    assert "now ends on 2026-11-22" in again[0].sentence
    late = conflicts([sent], entry(on(22), "autumn 3", "Still there", "autumn-26"))
    assert "is sent again on 2026-11-22" in late[0].sentence
    same_words = conflicts([sent], entry(on(25), "winter", "ENDS TONIGHT!!", "winter-26", on(25)))
    assert "the same subject" in same_words[0].sentence


def test_what_is_no_contradiction() -> None:
    sent = entry(on(20), "autumn", "Ends on Friday", "autumn-26", on(27))
    assert conflicts([sent], entry(on(26), "reminder", "One day left", "autumn-26", on(27))) == []
    assert conflicts([sent], entry(on(28), "winter", "Now in winter", "winter-26", on(30))) == []
    assert conflicts([sent], entry(on(20), "autumn", "Ends on Friday", "autumn-26", on(28))) == []
    assert conflicts([entry(on(1), "news", "News")], entry(on(8), "news", "News")) == []


def test_a_whole_ledger() -> None:
    sends = [entry(on(day), f"c{day}", "Ends tonight", "x", on(day)) for day in (1, 2, 3)]
    assert [each.earlier.campaign for each in extended(sends)] == ["c1", "c2"]


def test_the_command(command: Command) -> None:
    added = command("ledger", "add", "--campaign", "autumn", "--subject", "Ends tonight", "--offer", "a26",
                    "--ends", "2026-11-20", "--now", "2026-11-20")  # fmt: skip
    assert (added.code, added.err) == (0, "")
    assert added.out == "mailcheck-ledger.jsonl: 2026-11-20 autumn, offer a26, ends 2026-11-20\n"
    assert command("ledger", "check").code == 0
    again = command("ledger", "check", "--campaign", "b", "--subject", "Once more", "--offer", "a26",
                    "--ends", "2026-11-30", "--now", "2026-11-21")  # fmt: skip
    assert again.code == 1
    assert "mailcheck-ledger.jsonl:1: offer 'a26' was sent on 2026-11-20" in " ".join(again.out.split())
    assert command("ledger", "show", "--format", "json").json["entries"][0]["offer"] == "a26"
    assert "1 send" in command("ledger", "show").out


def test_the_command_reads_front_matter(command: Command) -> None:
    command.write("sale.html", "---\nsubject: Ends tonight\noffer:\n  id: a26\n  ends: 2026-11-20\n---\n<p>x</p>\n")
    assert command("ledger", "add", "sale.html", "--now", "2026-11-20").code == 0
    (only,) = read("mailcheck-ledger.jsonl")
    assert (only.campaign, only.offer, only.ends) == ("sale", "a26", on(20))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ledger",), "ACTION"),
        (("ledger", "ad"), "none of add, show, check"),
        (("ledger", "add"), "--subject"),
        (("ledger", "add", "--subject", "x"), "--campaign"),
        (("ledger", "add", "--subject", "x", "--campaign", "y", "--ends", "soon"), "--ends takes a day"),
        (("ledger", "add", "missing.html"), "missing.html: cannot be read"),
        (("ledger", "show"), "there is no such ledger"),
    ],
)
def test_wrong_words(words: tuple[str, ...], told: str, command: Command) -> None:
    done = command(*words)
    assert done.code == 2
    assert told in done.err
    assert "Traceback" not in done.err
