"""Every clause of the SPF grammar (RFC 7208 4.5, 4.6.1, 5, 6, 7.1, 12), from fixtures/records/spf.toml."""

from typing import Any

import pytest

from mailcheck.records.spf import MAX_TERMS, BadTerm, Modifier, Term, is_spf, parse_spf, version_problem
from records.tables import cases, expected, octets


def written(term: Term) -> str:
    """A term in full: qualifier, lower-case name, domain or network, prefix lengths that are not the default."""
    if isinstance(term, BadTerm):
        return f"!{term.text}"
    if isinstance(term, Modifier):
        return f"{term.name}={term.value.text}"
    text = term.qualifier + term.name
    if term.domain is not None:
        text += f":{term.domain.text}"
    if term.network is not None:
        mapped = getattr(term.network.network_address, "ipv4_mapped", None)
        # Python 3.13 writes such an address with dots, earlier ones do not.
        text += f":::ffff:{mapped}/{term.network.prefixlen}" if mapped else f":{term.network}"
    return text + (f"/{term.cidr4}" if term.cidr4 != 32 else "") + (f"//{term.cidr6}" if term.cidr6 != 128 else "")


@pytest.mark.parametrize("case", cases("spf"))
def test_terms_and_problems(case: dict[str, Any]) -> None:
    record = parse_spf(octets(case["record"]))
    found = [(each.kind, record.text[slice(*each.span)], each.suggestion) for each in record.problems]
    assert ([written(term) for term in record.terms], found) == (case["terms"], expected(case))
    assert is_spf(record.text)
    assert record.valid is not any(kind == "syntax" for kind, _, _ in found)
    for term in record.terms:
        assert record.text[slice(*term.span)] == term.text


@pytest.mark.parametrize(
    ("macro", "letter", "digits", "reverse", "delimiters", "escaped"),
    [
        ("%{d}", "d", None, False, "", False),
        ("%{D}", "D", None, False, "", True),
        ("%{d2}", "d", 2, False, "", False),
        ("%{d007r}", "d", 7, True, "", False),
        ("%{dr}", "d", None, True, "", False),
        ("%{L1R-.+,/_=}", "L", 1, True, "-.+,/_=", True),
        ("%{d129}", "d", 128, False, "", False),
        ("%{d" + "9" * 5000 + "}", "d", 128, False, "", False),
        ("%{d" + "0" * 5000 + "3}", "d", 3, False, "", False),
    ],
)
def test_parts_of_a_macro(
    macro: str, letter: str, digits: int | None, reverse: bool, delimiters: str, escaped: bool
) -> None:
    record = parse_spf(f"v=spf1 exists:x.{macro}.example")
    (read,) = record.mechanisms[0].domain.macros
    assert (read.letter, read.digits, read.reverse, read.delimiters) == (letter, digits, reverse, delimiters)
    assert read.escaped is escaped
    assert record.text[slice(*read.span)] == macro


@pytest.mark.parametrize(
    ("record", "covered", "better"),
    [
        (" v=spf1 -all", " ", "v=spf1 -all"),
        ("\t v=spf1 mx", "\t ", "v=spf1 mx"),
        (" v=spf10 mx", " ", "v=spf1 mx"),
        ('"v=spf1 -all"', '"', "v=spf1 -all"),
        ('\\"v=spf1 mx\\" \\"a -all\\"', '\\"', "v=spf1 mx a -all"),
        ("'v=spf1 -all'", "'", "v=spf1 -all"),
        ("\u00e2\u0080\u009cv=spf1 -all", "\u00e2\u0080\u009c", "v=spf1 -all"),
        ("\u00ef\u00bb\u00bfv=spf1 -all", "\u00ef\u00bb\u00bfv=spf1", "v=spf1 -all"),
        ("v=spf10 mx", "v=spf10", "v=spf1 mx"),
        ("v=spf2 mx", "v=spf2", "v=spf1 mx"),
        ("v=spf mx", "v=spf", "v=spf1 mx"),
        ("v = spf1 mx", "v = spf1", "v=spf1 mx"),
        ("v=spf1; mx", "v=spf1;", "v=spf1 mx"),
        ("v=spf1\tmx", "v=spf1\tmx", "v=spf1 mx"),
        ("v=spf1mx -all", "v=spf1mx", "v=spf1 mx -all"),
        ("v=spf1-all", "v=spf1-all", "v=spf1 -all"),
        ("spf1 mx", "spf1", "v=spf1 mx"),
        ("v-spf1 mx", "v-spf1", "v=spf1 mx"),
        ("spf=v1 mx", "spf=v1", "v=spf1 mx"),
        ("v=spfv1 mx", "v=spfv1", "v=spf1 mx"),
        ("spf2.0/pra,mfrom mx", "spf2.0/pra,mfrom", None),
    ],
)
def test_what_keeps_a_record_from_being_spf(record: str, covered: str, better: str | None) -> None:
    problem = version_problem(octets(record))
    assert problem is not None
    assert (problem.kind, record[slice(*problem.span)], problem.suggestion) == ("version", covered, better)


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1",
        "v=spf1 ",
        "V=SPF1 -all",
        "",
        " ",
        "v=DMARC1; p=none",
        "google-site-verification=v=spf1",
        "v=spfoo",
        "v",
    ],
)
def test_true_records_and_other_texts_have_no_version_problem(record: str) -> None:
    assert version_problem(record) is None


@pytest.mark.parametrize("record", ["v=spf10", "v=spf1\t-all", "v=spf1,", " v=spf1", "v=spf", "", "v=spf1\u00a0"])
def test_only_a_blank_or_the_end_follows_the_version(record: str) -> None:
    assert not is_spf(record)


def test_octets_and_text_read_alike() -> None:
    assert parse_spf(b"v=spf1 a:\xff -all") == parse_spf("v=spf1 a:\xff -all")


def test_terms_over_the_limit_are_named_as_a_limit() -> None:
    record = parse_spf("v=spf1" + " a" * (MAX_TERMS + 5))
    assert len(record.terms) == MAX_TERMS
    assert [(each.kind, record.text[slice(*each.span)]) for each in record.problems] == [("limit", "a a a a a")]
    assert not record.valid


def test_a_record_of_the_limit_is_read_whole() -> None:
    assert parse_spf("v=spf1" + " a" * MAX_TERMS).valid
