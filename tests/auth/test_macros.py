"""Macro expansion: RFC 7208 7.4's own examples and the rules of 7.3, from fixtures/records/spf_macros.toml."""

from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.auth.spf.macros import MAX_EXPLANATION, expand, explain
from mailcheck.records.spf import MacroString, parse_spf
from mailcheck.records.spf_reader import read_explanation
from records.tables import cases

SENDER = {"s": "strong-bad@email.example.com", "l": "strong-bad", "o": "email.example.com", "d": "email.example.com"}
CONTEXTS = {
    "v4": SENDER | {"i": "192.0.2.3", "v": "in-addr"},
    "v6": SENDER | {"i": ".".join(ip_address("2001:db8::cb01").exploded.replace(":", "")), "v": "ip6"},
}


def macro_string(text: str) -> MacroString:
    """The text as the value of an unknown modifier, which may be any macro string."""
    (modifier,) = parse_spf(f"v=spf1 moo={text}").terms
    return modifier.value


@pytest.mark.parametrize("case", cases("spf_macros", "text"))
def test_expansion(case: dict[str, Any]) -> None:
    context = case.get("with", "v4")
    values = CONTEXTS[context] if isinstance(context, str) else context
    assert expand(macro_string(case["text"]), values) == (None if case.get("unknown") else case["gives"])


def test_a_name_over_253_octets_loses_whole_labels_from_the_left() -> None:
    long = ".".join(["abcdefghi"] * 26)
    assert len(long) == 259
    assert expand(macro_string("%{l}"), {"l": long}) == long[10:]
    assert expand(macro_string("%{l}"), {"l": long[6:]}) == long[6:]
    assert len(long[6:]) == 253


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("x" * 300, "x" * 300),
        ("a." + "x" * 300, "x" * 300),
        ("a." * 200 + "x" * 253, "x" * 253),
        ("a" * 3 + "." * 400, ""),
    ],
)
def test_a_label_too_long_is_left_alone(value: str, kept: str) -> None:
    text = expand(macro_string("%{l}"), {"l": value})
    assert text.strip(".") == kept


def test_the_text_may_be_given_an_offset_of_its_own() -> None:
    target = macro_string("x.%{d}")
    assert target.span[0] > 0
    moved = MacroString(target.text, (0, len(target.text)), target.macros)
    assert expand(moved, {"d": "a.b"}, base=target.span[0]) == "x.a.b"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["%{l}", "%{L2r-}", "%{d1r.+}", "%%", "%_", "%-", "a", "."])), st.text(), st.text())
def test_any_value_expands(parts: list[str], local: str, domain: str) -> None:
    text = expand(macro_string("".join(parts)), {"l": local, "d": domain})
    assert text is not None
    assert len(text) <= 253 or "." not in text
    if "%{l}" not in parts and "%{d1r.+}" not in parts:
        assert text.isascii()


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("plain text.", "plain text."),
        ("%{l} at %{c}, %{R}%%%_%-", "strong-bad at 192.0.2.3, mx%20example% %20"),
        ("%{t}", None),
        ("x" * 2000, "x" * MAX_EXPLANATION),
        ("%{l}" * 5000, ("strong-bad" * 5000)[:MAX_EXPLANATION]),
        ("", ""),
    ],
)
def test_an_explanation_keeps_its_left_end(text: str, gives: str | None) -> None:
    """6.2: unlike a name, which keeps its right one; and its final dot stays."""
    macros = read_explanation(text)
    assert macros is not None
    assert explain(macros, SENDER | {"c": "192.0.2.3", "r": "mx example"}) == gives


@pytest.mark.parametrize("text", ["%{", "%", "%{x}", "a\tb", "na\xefve", "a\nb", "%{d0}", "%(d)"])
def test_what_is_no_explanation(text: str) -> None:
    assert read_explanation(text) is None


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["%{l}", "%{L2r-}", "%{d1r.+}", "%{l1.}", "%%", "a", ".", "b-c"]), max_size=300),
    st.text(max_size=40),
)
def test_expanding_from_the_right_gives_what_expanding_all_gives(parts: list[str], local: str) -> None:
    """Names are built from their right end; the whole text, cut afterwards, is the standard's way (7.3)."""
    values = {"l": local, "d": "email.example.com"}
    target = macro_string("".join(parts))
    pieces = [explain(macros, values) for part in parts if (macros := read_explanation(part)) is not None]
    assert len(pieces) == len(parts)
    whole = "".join(str(piece) for piece in pieces)
    whole = whole.removesuffix(".")
    while len(whole) > 253 and "." in whole:
        whole = whole.partition(".")[2]
    assert expand(target, values) == whole or len(whole) > 253
