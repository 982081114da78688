"""DMARC policy records (RFC 9989 4.7, 4.8, 4.10.1), from fixtures/records/dmarc.toml and dmarc_versions.toml."""

from typing import Any

import pytest

from mailcheck.records.dmarc import MAX_URIS, is_dmarc, parse_dmarc, version_problem
from mailcheck.records.tags import MAX_TAGS, parse_tags
from records.tables import cases, expected, octets


@pytest.mark.parametrize("case", cases("dmarc"))
def test_policy_and_problems(case: dict[str, Any]) -> None:
    record = parse_dmarc(octets(case["record"]))
    found = [(each.kind, record.text[slice(*each.span)], each.suggestion) for each in record.problems]
    policy = f"{record.p} {record.sp} {record.np}" if record.applies else "not applied"
    assert (policy, found) == (case["policy"], expected(case))
    assert is_dmarc(record.text)
    assert version_problem(record.text) is None
    assert [uri.domain or "" for uri in record.rua] == case.get("rua", [])
    assert [record.text[slice(*uri.span)] for uri in record.rua] == [uri.text for uri in record.rua]
    assert record.testing is case.get("testing", False)
    assert record.psd == case.get("psd", "u")
    assert [name for name in ("adkim", "aspf") if record.strict(name)] == case.get("strict", [])
    assert next((uri.size for uri in record.rua if uri.size), None) == case.get("size")


@pytest.mark.parametrize("case", cases("dmarc_versions"))
def test_version(case: dict[str, Any]) -> None:
    problem = version_problem(octets(case["record"]))
    found = (case["record"][slice(*problem.span)], problem.suggestion) if problem else (None, None)
    assert found == (case.get("covered"), case.get("better"))
    assert not is_dmarc(case["record"]) or problem is None


def test_addresses_over_the_limit_are_named() -> None:
    record = parse_dmarc("v=DMARC1; p=none; rua=" + ",".join(["mailto:a@b.example"] * (MAX_URIS + 2)))
    assert [uri.domain for uri in record.rua] == ["b.example"] * MAX_URIS + [None]
    (problem,) = record.problems
    assert record.text[slice(*problem.span)] == ",mailto:a@b.example,mailto:a@b.example"


def test_addresses_of_the_limit_are_all_read() -> None:
    record = parse_dmarc("v=DMARC1; p=none; rua=" + ",".join(["mailto:a@b.example"] * MAX_URIS))
    assert (len(record.rua), record.problems) == (MAX_URIS, ())


@pytest.mark.parametrize("piece", ["a=b;", ";", "x;", "=;"])
def test_tags_over_the_limit_are_named_once(piece: str) -> None:
    tags = parse_tags(piece * (MAX_TAGS + 50))
    assert len(tags.tags) <= MAX_TAGS
    assert [problem.message for problem in tags.problems].count(f"more than {MAX_TAGS} tags; the rest is not read") == 1
    assert len(tags.problems) <= MAX_TAGS + 1
    assert tags.problems[-1].span[1] == len(tags.text)


def test_tags_of_the_limit_are_all_read() -> None:
    tags = parse_tags("".join(f"a{number}=b;" for number in range(MAX_TAGS)))
    assert (len(tags.tags), tags.problems) == (MAX_TAGS, ())


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", []),
        (" ; ", []),
        ("a=b", [("a", "b")]),
        (" a = b ", [("a", "b")]),
        ("a=b=c", [("a", "b=c")]),
        ("a=\r\n b", [("a", "b")]),
        ("a= b  c ;", [("a", "b  c")]),
        ("a=", [("a", "")]),
        ("a_1=x;A_1=y", [("a_1", "x"), ("A_1", "y")]),
    ],
)
def test_tag_lists_of_rfc_6376_3_2(text: str, tags: list[tuple[str, str]]) -> None:
    found = parse_tags(text)
    assert [(tag.name, tag.value) for tag in found.tags] == tags
    for tag in found.tags:
        assert text[slice(*tag.name_span)] == tag.name
        assert text[slice(*tag.value_span)] == tag.value
