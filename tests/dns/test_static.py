"""A closed world of answers, from Python and from JSON."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcheck.dns import static
from mailcheck.dns.rdata import Address, Exchange, Text
from mailcheck.dns.static import FAULTS, StaticResolver
from mailcheck.model.errors import InputError
from mailcheck.model.fact import Absent, Known, Unknown

WORLD: dict[str, Any] = {
    "Example.com.": {"TXT": ["v=spf1 -all", '"two" "parts"'], "MX": ["10 mx.Example.com."], "a": ["192.0.2.1"]},
    "deep.down.example.com": {"TXT": ["x"]},
    "alias.example.com": {"CNAME": ["example.com."]},
    "circle.example.com": {"CNAME": ["circle.example.com."]},
    "toslow.example.com": {"CNAME": ["slow.example.com."]},
    "slow.example.com": "TIMEOUT",
    "half.example.com": {"TXT": "servfail", "A": ["192.0.2.2"]},
    "none.example.com": "NXDOMAIN",
    "_dmarc.fault.example": "SERVFAIL",
    "long.example.com": {"TXT": ["x" * 600, ""]},
    "empty.example.com": {"TXT": []},
}
EXPECTED = {
    ("example.com", "TXT"): "known",
    ("EXAMPLE.COM.", "MX"): "known",
    ("example.com", "A"): "known",
    ("example.com", "AAAA"): "nodata",
    ("down.example.com", "TXT"): "nodata",
    ("com", "TXT"): "nodata",
    ("other.example.com", "TXT"): "nxdomain",
    ("other.test", "TXT"): "nxdomain",
    ("none.example.com", "TXT"): "nxdomain",
    ("alias.example.com", "TXT"): "known",
    ("alias.example.com", "AAAA"): "nodata",
    ("alias.example.com", "CNAME"): "known",
    ("circle.example.com", "TXT"): "alias-loop",
    ("toslow.example.com", "TXT"): "timeout",
    ("slow.example.com", "TXT"): "timeout",
    ("half.example.com", "TXT"): "servfail",
    ("half.example.com", "A"): "known",
    ("half.example.com", "MX"): "nodata",
    ("fault.example", "TXT"): "nodata",
    ("empty.example.com", "TXT"): "nodata",
}


@pytest.mark.parametrize(("question", "outcome"), EXPECTED.items(), ids=str)
def test_the_world_is_closed(question: tuple[str, str], outcome: str) -> None:
    fact = StaticResolver(WORLD).answer(*question)
    assert ("known" if isinstance(fact, Known) else fact.reason) == outcome
    assert isinstance(fact, Absent) == (outcome in {"nodata", "nxdomain"})


def test_records_are_typed_and_texts_split() -> None:
    resolver = StaticResolver(WORLD)
    texts, long = resolver.answer("example.com", "TXT"), resolver.answer("long.example.com", "TXT")
    assert isinstance(texts, Known)
    assert set(texts.value) == {Text((b"v=spf1 -all",)), Text((b"two", b"parts"))}
    assert isinstance(long, Known)
    assert [[len(part) for part in text.strings] for text in long.value if isinstance(text, Text)] == [
        [0],
        [255, 255, 90],
    ]
    mx, a = resolver.answer("example.com", "MX"), resolver.answer("example.com", "A")
    assert isinstance(mx, Known)
    assert isinstance(a, Known)
    assert (mx.value, a.value) == ((Exchange(10, "mx.example.com"),), (Address("192.0.2.1"),))


@pytest.mark.parametrize(("word", "reason"), FAULTS.items())
def test_every_fault_word_is_unknown_with_advice(word: str, reason: str) -> None:
    for world in ({"a.example": word}, {"a.example": {"TXT": word.lower()}}):
        fact = StaticResolver(world).answer("a.example", "TXT")
        assert isinstance(fact, Unknown)
        assert fact.reason == reason
        assert fact.evidence.advice


BAD = {
    "a word that is none": ({"a.example": "SERVFAILED"}, "a.example: 'SERVFAILED' is none of NXDOMAIN"),
    "a number": ({"a.example": 1}, "a.example: expected an object"),
    "null": ({"a.example": None}, "a.example: expected an object"),
    "text for a list": ({"a.example": {"TXT": "v=spf1"}}, "a.example TXT: expected a list"),
    "number in a list": ({"a.example": {"TXT": [1]}}, "a.example TXT: 1 is not a string"),
    "bad address": ({"a.example": {"A": ["192.0.2.999"]}}, "a.example A: '192.0.2.999' cannot be read"),
    "unknown type": ({"a.example": {"TXTT": ["x"]}}, "a.example TXTT: 'x' cannot be read"),
    "quote that never ends": ({"a.example": {"TXT": ['"x']}}, "a.example TXT"),
    "lone surrogate": ({"a.example": {"TXT": ["\ud800"]}}, "is no text"),
    "no name": ({"a..example": {"TXT": ["x"]}}, "'a..example' is no name"),
    "internationalized name": ({"b\u00fccher.example": {"TXT": ["x"]}}, "xn--"),
}


@pytest.mark.parametrize(("world", "words"), BAD.values(), ids=BAD.keys())
def test_a_wrong_entry_is_named(tmp_path: Path, world: Any, words: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(world))
    with pytest.raises(InputError) as caught:
        StaticResolver.from_file(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", ":1: not JSON"), (b"{\n  nothing", ":2: not JSON"), (b"[]", "must be an object"), (b"\xff", "not JSON"),
        (b'{"a.example": {}, "a.example": {}}', "'a.example' is there twice"), (b"[" * 100_000, "not JSON"),
        (b'{"a.example": {"TXT": ["a"], "TXT": ["b"]}}', "'TXT' is there twice"), (b"9" * 5000, "JSON"),
    ],
)  # fmt: skip
def test_a_broken_file_is_an_input_error(tmp_path: Path, raw: bytes, words: str) -> None:
    path = tmp_path / "answers.json"
    path.write_bytes(raw)
    with pytest.raises(InputError) as caught:
        StaticResolver.from_file(path)
    assert str(caught.value).startswith(str(path))
    assert words in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            StaticResolver.from_file(path)
    monkeypatch.setattr(static, "MAX_FILE", 1_000_000)
    (tmp_path / "huge.json").write_bytes(b" " * 1_000_001)
    with pytest.raises(InputError, match="larger than 1 MB"):
        StaticResolver.from_file(tmp_path / "huge.json")


VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=12), st.sampled_from(["192.0.2.1", '"x', "0 ."])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["TXT", "A", "MX", "a.example", "b", "", "CAA", "SOA"]), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(VALUES)
def test_any_json_is_a_world_or_an_input_error(tmp_path_factory: pytest.TempPathFactory, world: object) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(world))
    try:
        resolver = StaticResolver.from_file(path)
    except InputError:
        return
    assert resolver.answer("a.example", "TXT").evidence.name == "a.example"
