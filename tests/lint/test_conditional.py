"""Conditional comments: which sections there are, and what Outlook reads."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.lint.conditional import VERSIONS, Conditional, conditionals, holds, outlook_texts
from mailcheck.lint.html import parse
from mailcheck.lint.source import Source

SOUP = st.lists(
    st.sampled_from(
        [
            "<!--[if mso]>", "<![endif]-->", "<!--[if !mso]><!-->", "<!--<![endif]-->", "<![if !mso]>", "<![endif]>",
            "<!--[if gte mso 9]>", "<!--[if (mso)|(IE)]>", "<!--", "-->", "<p>x</p>", "\n", "é", "<!--[if", "]>",
            "<!-- <![endif]-->", "<!--[if !mso]>-->", "<!--[IF MSO 16]>", "<![ENDIF]-->", "<style>", "</style>", ">",
        ]
    ),
    max_size=30,
).map("".join)  # fmt: skip


def sections(text: str) -> tuple[list[Conditional], list[tuple[int, int]]]:
    return conditionals(text, parse(Source("x.html", text)).comments)


@settings(max_examples=400, deadline=None)
@given(SOUP)
def test_never_raises_and_every_place_is_in_the_text(text: str) -> None:
    found, stray = sections(text)
    for each in found:
        start, end = each.open
        assert text[start:end].startswith("<!")
        assert "[if" in text[start:end].lower()
        if each.close is not None:
            assert end <= each.close[0] < each.close[1] <= len(text)
            assert "endif" in text[each.close[0] : each.close[1]].lower()
        if each.runs_on is not None:
            assert end <= each.runs_on < len(text)
    for start, end in stray:
        assert "endif" in text[start:end].lower()
    for reading in outlook_texts(text, found):
        assert len(reading) == len(text)
        assert [char for char in reading if char in "\r\n"] == [char for char in text if char in "\r\n"]
        assert all(new in (" ", old) for new, old in zip(reading, text, strict=True))


@settings(max_examples=200, deadline=None)
@given(st.text("()!&|mso IEgtle19 .", max_size=300))
def test_conditions_never_raise(condition: str) -> None:
    for version in VERSIONS:
        assert holds(condition, version) in (True, False)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("mso", VERSIONS),
        ("!mso", ()),
        ("mso | IE", VERSIONS),
        ("(mso)|(IE)", VERSIONS),
        ("gte mso 9", VERSIONS),
        ("(gte mso 9)|(IE)", VERSIONS),
        ("gt mso 14", (15, 16)),
        ("lte mso 12", (12,)),
        ("mso 16", (16,)),
        ("(gte mso 14)&(lt mso 16)", (14, 15)),
        ("IE", ()),
        ("!IE", VERSIONS),
        ("IE 8", ()),
        ("!(mso)", ()),
        ("true", VERSIONS),
        ("vml", VERSIONS),
        ("", ()),
        ("mso &", ()),
        ("(" * 200, ()),
        ("nonsense", ()),
    ],
)
def test_conditions(condition: str, expected: tuple[int, ...]) -> None:
    assert tuple(version for version in VERSIONS if holds(condition, version)) == expected


def test_what_outlook_reads() -> None:
    text = "<!--[if mso]><b>O</b><![endif]--><!--[if !mso]><!--><i>A</i><!--<![endif]--><![if !mso]><u>A</u><![endif]>"
    found, stray = sections(text)
    assert [each.hidden for each in found] == [True, False, False]
    assert stray == []
    (reading,) = outlook_texts(text, found)
    assert reading.split() == ["<b>O</b>"]


def test_a_reading_for_each_version_that_differs() -> None:
    text = "<!--[if lt mso 14]>a<![endif]--><!--[if gte mso 15]>b<![endif]-->"
    found, _ = sections(text)
    assert [reading.strip() for reading in outlook_texts(text, found)] == ["a", "", "b"]


def test_a_section_that_does_not_end_where_it_was_meant_to() -> None:
    text = "<!--[if mso]><table><p>x</p><!--[if mso]></table><![endif]-->"
    (section,), _ = sections(text)
    assert section.runs_on == text.index("<!--[if", 1)


def test_a_section_ended_by_an_inner_comment_has_no_end() -> None:
    (section,), stray = sections("<!--[if mso]>a<!-- b -->c<![endif]-->")
    assert section.close is None
    assert len(stray) == 1


def test_sections_in_a_style_block_are_none() -> None:
    assert sections("<style><!--[if mso]>x<![endif]--></style>") == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        "<!--[if mso]>x<![endif]-->" * 20_000,
        "<!--[if mso]><!-->" * 20_000,
        "<!--[if " * 100_000,
        "<![endif]-->" * 50_000,
    ],
    ids=lambda text: text[:20],
)
def test_hostile_comments_are_read_in_one_pass(text: str) -> None:
    found, _ = sections(text)
    for reading in outlook_texts(text, found):
        assert len(reading) == len(text)
