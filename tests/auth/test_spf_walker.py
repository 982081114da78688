"""What the audit's tree and the evaluator share: which record a domain publishes, and which name a term asks about."""

from typing import Any

import pytest

from mailcheck.auth.spf import walker
from mailcheck.auth.spf.walker import KEPT_OCTETS, forget, published, reached_terms, target_of
from mailcheck.dns.static import StaticResolver
from mailcheck.records.spf import parse_spf


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        ({"TXT": ["v=spf1 -all"]}, "ok"),
        ({"TXT": ["v=spf1 -all", "other"]}, "ok"),
        ({"TXT": ["v=spf1 foo"]}, "syntax"),
        ({"TXT": ["v=spf1" + " a" * 1001]}, "syntax"),
        ({"TXT": ["v=spf1 -all", "v=spf1 foo"]}, "multiple"),
        ({"TXT": ["other"]}, "missing"),
        ({"A": ["192.0.2.1"]}, "missing"),
        ("NXDOMAIN", "missing"),
        ("SERVFAIL", "unknown"),
        ({"TXT": "TIMEOUT"}, "unknown"),
    ],
)
def test_what_a_domain_publishes(entry: Any, state: str) -> None:
    found = published(StaticResolver({"d.example": entry}).answer("d.example", "TXT"))
    assert found.state == state
    assert (found.record is not None) is (state in {"ok", "syntax"})


def test_short_records_are_parsed_once_and_long_ones_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    short, long = "v=spf1 -all", "v=spf1 " + "ip4:192.0.2.1 " * (KEPT_OCTETS // 14 + 1)
    facts = [StaticResolver({"d.example": {"TXT": [text]}}).answer("d.example", "TXT") for text in (short, long)]
    forget()
    records = [[published(fact).record for _ in range(2)] for fact in facts]
    assert records[0][0] is records[0][1]
    assert records[1][0] is not records[1][1]
    assert records[1][0] == records[1][1] == parse_spf(long)
    before = records[0][0]
    walker.forget()
    assert published(facts[0]).record is not before


@pytest.mark.parametrize(
    ("record", "reached"),
    [
        ("v=spf1 a mx -all ptr redirect=x.y", "a mx -all"),
        ("v=spf1 redirect=x.y a exp=e.y moo=z", "a redirect=x.y"),
        ("v=spf1 exp=e.y", ""),
        ("v=spf1 a foo mx", "a mx"),
    ],
)
def test_the_terms_that_can_be_evaluated(record: str, reached: str) -> None:
    assert " ".join(term.text for term in reached_terms(parse_spf(record))) == reached


@pytest.mark.parametrize(
    ("term", "audit", "evaluation"),
    [
        ("a", "d.example", "d.example"),
        ("a:H.Example.", "h.example", "h.example"),
        ("include:%{d}.x", "d.example.x", "d.example.x"),
        ("exists:%{i}.x", None, "192.0.2.1.x"),
        ("exists:%{p}.x", None, None),
        ("redirect=%{D2}.x", "d.example.x", "d.example.x"),
        ("exists:%%%_.x", "% .x", "% .x"),
    ],
)
def test_the_name_a_term_asks_about(term: str, audit: str | None, evaluation: str | None) -> None:
    (parsed,) = parse_spf(f"v=spf1 {term}").terms
    assert target_of(parsed, "d.example") == audit
    assert target_of(parsed, "d.example", {"i": "192.0.2.1"}) == evaluation
