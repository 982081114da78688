"""Our syntax verdict on SPF records beside that of pyspf, an implementation that passes the RFC 7208 suite."""

import re
from typing import Any

import pytest
import spf as pyspf
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.records.spf import Mechanism, Modifier, parse_spf

DOMAIN = "own.example"
DIFFERENCES = {
    "the number of labels must not be 0 (RFC 7208 7.3); pyspf takes it": r"%\{[a-z]0+[^1-9]",
    "a delimiter is one of . - + , / _ = (7.1); pyspf takes others": r"%\{[a-z][0-9]*r?[^}]*[^}0-9a-z.+,/_=-]",
    "c, r and t belong into explanations (7.2), but what is ignored may hold them (6, 12); pyspf refuses them there": (
        r"(?:^| )(?!redirect=|exp=)[a-z][a-z0-9._-]*=\S*%\{[crt]"
    ),
    "%% may stand at the end (7.1); pyspf takes its second half for a lone %": r"%%(?:[/ ]|$)",
    "an empty or over-long label can never be asked about (4.3); pyspf lets the term not match": (
        r":\.|=\.|\.\.|[^.:/ ]{64}"
    ),
    "exists has a domain (5.7); behind a qualifier pyspf takes the current one": r" [+~?-]exists(?: |$)",
    "only redirect and exp must not stand twice (6); pyspf refuses any modifier twice": (
        r" (?!redirect=|exp=)([a-z][a-z0-9._-]*)=.* \1="
    ),
    "a record that includes itself is a fault of the tree, not of the syntax": r"(?:include:|redirect=)\S*%\{[dos]",
}
"""Why we differ on purpose, and how the records look for which we do."""


def answers(record: str) -> Any:
    """A world in which no question comes back empty, so that only the syntax can make a permerror."""
    own = record.encode("latin-1")

    def lookup(name: str, type_: str, *_: object) -> list[Any]:
        name = name.rstrip(".").lower()
        values = {
            "TXT": (own if name == DOMAIN else b"v=spf1 ?all",),
            "MX": (10, "mx.example"),
            "A": "198.51.100.1",
            "AAAA": bytes.fromhex("20010db8000000000000000000000001"),
            "PTR": "host.example",
        }
        return [((name, type_), values[type_])] if type_ in values else []

    return lookup


def pyspf_refuses(record: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether pyspf, in its strict mode, answers permerror."""
    monkeypatch.setattr(pyspf, "DNSLookup", answers(record))
    query = pyspf.query("192.0.2.1", f"someone@{DOMAIN}", "helo.example", strict=True)
    return bool(query.check()[0] == "permerror")


def excused(record: str) -> bool:
    return any(re.search(pattern, record, re.IGNORECASE) for pattern in DIFFERENCES.values())


LABEL = st.sampled_from(
    ["a", "b-c", "_spf", "1", "x1", "xn--p1ai", "-x", "y-", "museum", "co_m", "192", "%{d}", "%{i}", "%{v}"]
)
MACRO = st.builds(
    lambda letter, digits, reverse, marks: f"%{{{letter}{digits}{reverse}{marks}}}",
    st.sampled_from("slodiphcrtvSDx"),
    st.sampled_from(["", "", "1", "2", "12", "01"]),
    st.sampled_from(["", "r", "R"]),
    st.sampled_from(["", "-", ".+", "/", "_="]),
)
SCRAPS = st.sampled_from(["%%", "%_", "%-", ".", "a.example", "/", ":", "@", "%", "x", "(", "}"])
SPEC = st.one_of(
    st.lists(LABEL, min_size=1, max_size=4).map(".".join),
    st.lists(st.one_of(LABEL, MACRO), min_size=1, max_size=4).map(".".join),
    st.lists(st.one_of(MACRO, SCRAPS), max_size=6).map("".join),
)
CIDR = st.sampled_from(
    [
        "",
        "",
        "",
        "/0",
        "/24",
        "/32",
        "/33",
        "/024",
        "//0",
        "//128",
        "//129",
        "//064",
        "/24//64",
        "/24/64",
        "/",
        "//",
        "/x",
    ]
)
V4 = ["192.0.2.1", "192.0.2.256", "192.0.2", "192.0.02.1", "192.0.2.1:25", "0.0.0.0", "", "x"]
V6 = [
    "2001:db8::1",
    "::",
    "::1",
    ":1",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "1:2:3:4:5:6:7",
    "1::2::3",
    "1:::2",
    "::g",
]
MIXED = ["::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:7:192.0.2.1", "::192.0.2", "12345::", "fe80::1%e"]
ADDRESS = st.sampled_from([*V4, *V6, *MIXED])
NAME = st.sampled_from(
    [
        "a",
        "mx",
        "ptr",
        "exists",
        "include",
        "all",
        "A",
        "Include",
        "moo",
        "ip4",
        "ip6",
        "redirect",
        "exp",
        "a.b",
        "m-o_o",
    ]
)
TERM = st.one_of(
    st.builds(lambda sign, name: sign + name, st.sampled_from(["", "-", "~", "?", "+", "--", "!"]), NAME),
    st.builds(
        lambda sign, name, spec, cidr: f"{sign}{name}:{spec}{cidr}", st.sampled_from(["", "-"]), NAME, SPEC, CIDR
    ),
    st.builds(lambda name, spec: f"{name}={spec}", NAME, SPEC),
    st.builds(lambda name, cidr: f"{name}{cidr}", NAME, CIDR),
    st.builds(lambda name, ip, cidr: f"{name}:{ip}{cidr}", st.sampled_from(["ip4", "ip6", "IP6"]), ADDRESS, CIDR),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=6),
)
RECORD = st.lists(TERM, min_size=1, max_size=3).map(lambda terms: " ".join(["v=spf1", *terms]))


@settings(max_examples=600, deadline=None)
@given(RECORD)
def test_the_verdict_on_the_syntax_is_the_same(record: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if not excused(record):
            assert parse_spf(record).valid is not pyspf_refuses(record, patch)


@pytest.mark.parametrize(
    ("record", "ours"),
    [
        ("v=spf1 exists:%{d0}.example -all", False),
        ("v=spf1 moo=%{c} -all", True),
        ("v=spf1 a:a..example -all", False),
        (f"v=spf1 a:{'x' * 64}.example -all", False),
        ("v=spf1 exists:%{d:}.example -all", False),
        ("v=spf1 a:%{d}%% -all", True),
        ("v=spf1 -exists -all", False),
        ("v=spf1 moo=a moo=b -all", True),
        ("v=spf1 include:%{d} -all", True),
    ],
)
def test_where_we_differ_on_purpose(record: str, ours: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    assert excused(record)
    assert parse_spf(record).valid is ours
    assert pyspf_refuses(record, monkeypatch) is ours


@given(RECORD)
@settings(max_examples=100, deadline=None)
def test_a_valid_record_written_anew_from_its_terms_reads_the_same(record: str) -> None:
    read = parse_spf(record)
    again = parse_spf(" ".join(["v=spf1", *(term.text for term in read.terms)]))
    assert [type(term) for term in again.terms] == [type(term) for term in read.terms]
    if read.valid:
        assert all(isinstance(term, Mechanism | Modifier) for term in read.terms)
