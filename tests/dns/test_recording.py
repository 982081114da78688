"""Record and replay: the same facts come back, and a broken recording is named with its line."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.dns import recording
from mailcheck.dns.port import ADVICE, absent, known, unknown
from mailcheck.dns.rdata import Address, Exchange, Other, Records, Target, Text
from mailcheck.dns.recording import FORMAT, RecordingResolver, ReplayResolver
from mailcheck.model.errors import InputError
from mailcheck.model.fact import Fact, Unknown

OCTETS = st.text(alphabet=st.characters(max_codepoint=255), max_size=30)
RECORD = st.one_of(
    st.lists(st.binary(max_size=255), max_size=4).map(lambda parts: Text(tuple(parts))),
    st.builds(Exchange, st.integers(0, 65535), OCTETS),
    st.ip_addresses().map(lambda address: Address(str(address))),
    st.builds(Target, OCTETS),
    st.builds(Other, st.text(max_size=30)),
)
NAME = st.text(alphabet="abz-_.*\xff\x00", min_size=1, max_size=20).map(lambda name: name.rstrip(".") or "a")
SERVER = st.none() | st.text(max_size=20)
ALIASES = st.lists(OCTETS, max_size=3).map(tuple)
FACT = st.one_of(
    st.builds(
        known, NAME, st.sampled_from(["TXT", "MX"]), st.lists(RECORD, min_size=1, max_size=4).map(tuple),
        server=SERVER, aliases=ALIASES, authenticated=st.booleans(), ttl=st.none() | st.integers(0, 2**31),
    ),
    st.builds(
        absent, NAME, st.just("TXT"), st.sampled_from(["nxdomain", "nodata"]),
        server=SERVER, aliases=ALIASES, ad=st.booleans(),
    ),
    st.builds(
        unknown, NAME, st.just("A"), st.sampled_from([*ADVICE, "badvers"]), server=SERVER, aliases=ALIASES,
        ad=st.booleans(), rcode=st.sampled_from(["NONE", "SERVFAIL", "YXDOMAIN"]), detail=st.text(max_size=20),
    ),
)  # fmt: skip


class Given:
    """Answers from facts."""

    def __init__(self, facts: dict[tuple[str, str], Fact[Records]]) -> None:
        self.facts = facts
        self.closed = False

    async def ask(self, name: str, type: str) -> Fact[Records]:
        return self.facts[name, type]

    async def close(self) -> None:
        self.closed = True


def record(facts: dict[tuple[str, str], Fact[Records]], path: Path) -> None:
    async def main() -> None:
        below = Given(facts)
        resolver = RecordingResolver(below, path)
        for key in facts:
            assert await resolver.ask(*key) is facts[key]
        await resolver.close()
        assert below.closed

    asyncio.run(main())


def replay(path: Path, *questions: tuple[str, str]) -> list[Fact[Records]]:
    async def main() -> list[Fact[Records]]:
        resolver = ReplayResolver(path)
        answers = [await resolver.ask(*question) for question in questions]
        await resolver.close()
        return answers

    return asyncio.run(main())


@settings(max_examples=100, deadline=None)
@given(st.lists(FACT, max_size=6))
def test_what_is_recorded_comes_back_equal(
    tmp_path_factory: pytest.TempPathFactory, facts: list[Fact[Records]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "recording.jsonl"
    by_question = {(fact.evidence.name, fact.evidence.type): fact for fact in facts}
    record(by_question, path)
    assert replay(path, *by_question) == list(by_question.values())
    assert path.read_text("ascii")


def test_the_same_answers_make_the_same_file(tmp_path: Path) -> None:
    facts = {(name, "TXT"): known(name, "TXT", (Text((b"x",)),)) for name in ("b.example", "a.example")}
    record(facts, tmp_path / "one")
    record(dict(reversed(facts.items())), tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_question_in_other_letters_is_the_same_and_another_is_not_recorded(tmp_path: Path) -> None:
    record({("a.example", "TXT"): absent("a.example", "TXT", "nodata")}, tmp_path / "r")
    same, other = replay(tmp_path / "r", ("A.Example.", "TXT"), ("a.example", "MX"))
    assert same == absent("a.example", "TXT", "nodata")
    assert isinstance(other, Unknown)
    assert other.reason == "not-recorded"


def test_where_no_file_can_be_is_told_before_the_questions(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "recording"):
        with pytest.raises(InputError, match="cannot be written"):
            RecordingResolver(Given({}), path)


def test_a_failing_disk_is_told_and_the_old_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "recording"
    path.write_text("old")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        record({}, path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


HEAD = json.dumps({"format": FORMAT})
LINE = {"name": "a.example", "type": "TXT", "server": None}
BAD: dict[str, tuple[Any, str]] = {
    "not JSON": ("{", ":2: "),
    "a list": ("[]", ":2: "),
    "no name": (
        {"type": "TXT", "absent": "nodata"},
        ":2: not a line of a recording made with --record: 'name' is missing",
    ),
    "no outcome": (LINE, "'unknown' is missing"),
    "a fault that calls itself absent": (LINE | {"absent": "servfail"}, "absent is nxdomain or nodata, not 'servfail'"),
    "no records": (LINE | {"records": []}, "there are no records"),
    "record of no kind": (LINE | {"records": [["Textual", "x"]]}, "not a record"),
    "text of numbers for octets": (LINE | {"records": [["Text", ["\u0142"]]]}, ":2: "),
    "address that is none": (LINE | {"records": [["Address", "nowhere"]]}, "nowhere"),
    "preference that is none": (LINE | {"records": [["Exchange", "ten", "a"]]}, "not a record"),
    "ttl that is none": (LINE | {"records": [["Text", ["x"]]], "ttl": "long"}, "not int but 'long'"),
    "server that is none": (LINE | {"server": 1, "absent": "nodata"}, "not str but 1"),
}


@pytest.mark.parametrize(("line", "words"), BAD.values(), ids=BAD.keys())
def test_a_broken_line_is_named(tmp_path: Path, line: Any, words: str) -> None:
    path = tmp_path / "recording"
    path.write_text(f"{HEAD}\n{line if isinstance(line, str) else json.dumps(line)}\n")
    with pytest.raises(InputError) as caught:
        ReplayResolver(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty; make a recording"), (b"{}\n", ":1: not a line of a recording made with --record: the first line"),
        (b"nonsense", ":1: "), (HEAD.encode() + b"\n\xff\n", ":2: not UTF-8"),
        (HEAD.encode() + b"\n" + b"[" * 100_000, ":2: "),
    ],
)  # fmt: skip
def test_what_is_no_recording_is_an_input_error(tmp_path: Path, raw: bytes, words: str) -> None:
    path = tmp_path / "recording"
    path.write_bytes(raw)
    with pytest.raises(InputError) as caught:
        ReplayResolver(path)
    assert words in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(InputError, match="cannot be read"):
            ReplayResolver(path)
    monkeypatch.setattr(recording, "MAX_FILE", 1_000_000)
    (tmp_path / "huge").write_bytes(b" " * 1_000_001)
    with pytest.raises(InputError, match="larger than 1 MB"):
        ReplayResolver(tmp_path / "huge")


@given(st.binary(max_size=200))
def test_any_octets_are_a_recording_or_an_input_error(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(HEAD.encode() + b"\n" + raw)
    try:
        resolver = ReplayResolver(path)
    except InputError:
        return
    assert isinstance(asyncio.run(resolver.ask("a.example", "TXT")).evidence.name, str)
