"""Markup as it is written: places, nesting, and agreement with the tree that browsers build."""

import re

import pytest
import turbohtml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailcheck.lint.html import KNOWN, MAX_MISNESTED, VOID, Markup, parse
from mailcheck.lint.source import Source

PIECES = st.sampled_from(
    [
        "<", ">", "</", "/>", "<!--", "-->", "<!", "<![if mso]>", "<![endif]>", "<table>", "</table>", "<tr>", "<td>",
        "</td>", "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<i>", "</i>", "<a href='x'>", "</a>", "<img src=x>",
        "<br/>", "<style>", "</style>", "<title>", "</title>", "<svg>", "</svg>", "<textarea>", "<li>", "<ul>", "</ul>",
        "<body>", "</body>", "</html>", "<html>", "<head>", "</>", "&amp;", "&notit;", "\r\n", "\r", "\n", "\t", "\x0c",
        "\0", "é", "😀", " ", "x", "=", '"', "'", "a=1", "<td a", "<p/", "<o:p>", "</o:p>", "<colgroup>", "<caption>",
    ]
)  # fmt: skip
SOUP = st.lists(PIECES, max_size=60).map("".join)


def read(text: str) -> Markup:
    return parse(Source("x.html", text))


def faults(text: str) -> list[tuple[str, str]]:
    return [(fault.kind, fault.tag) for fault in read(text).misnested]


@settings(max_examples=250, deadline=None)
@given(SOUP | st.text(max_size=200))
def test_never_raises_and_every_place_is_in_the_text(text: str) -> None:
    markup = read(text)
    for element in markup.elements:
        start_tag = text[element.start : element.end]
        assert start_tag[0] == "<"
        assert start_tag[-1] == ">"
        assert start_tag[1 : 1 + len(element.tag)].lower().replace("\0", "\ufffd") == element.tag
        if element.close_start is not None:
            assert element.close_end is not None
            assert text.startswith("</", element.close_start)
            assert element.close_end > element.close_start >= element.end
        low, high = element.content
        assert element.end <= low <= high <= len(text)
        for each in element.descendants():
            assert each.start >= element.end
        for name in element.attributes:
            attribute = element.attribute(name)
            assert attribute is not None
            assert element.start <= attribute.start <= attribute.value_start <= attribute.value_end <= element.end
        for start, end in element.quoted():
            assert text[start - 1] in "\"'"
            assert text[end] == text[start - 1]
    for start, end, _, _ in markup.texts:
        assert 0 <= start < end <= len(text)
    for start, end, _ in markup.comments:
        assert text.startswith("<", start)
        assert start < end <= len(text)
    for fault in markup.misnested:
        assert text.startswith("<", fault.start)
        assert fault.start < fault.end <= len(text)


@settings(max_examples=150, deadline=None)
@given(SOUP)
def test_an_attribute_is_read_as_the_tokenizer_reads_it(text: str) -> None:
    for element in read(text).elements:
        for name, value in element.attributes.items():
            attribute = element.attribute(name)
            assert attribute is not None
            written = text[attribute.value_start : attribute.value_end]
            if not set("&\0\r") & set(written) and written and attribute.start > element.start:
                assert written == value


# --- agreement with the tree ------------------------------------------------------------------------------------------
BLOCKS = ("div", "section", "blockquote", "center")
PHRASES = ("b", "i", "span", "em", "a", "font")


@st.composite
def phrasing(draw: st.DrawFn, depth: int = 0, *, link: bool = True) -> str:
    """Phrasing content in which no link stands in a link."""
    if depth > 1:
        return draw(st.sampled_from(["x", "<br>", "<img src='x' alt=''>", "&nbsp;"]))
    parts = []
    for _ in range(draw(st.integers(0, 3))):
        tag = draw(st.sampled_from([name for name in PHRASES if name != "a" or link]))
        inside = draw(phrasing(depth + 1, link=link and tag != "a"))
        parts.append(draw(st.sampled_from(["x", f"<{tag}>{inside}</{tag}>", "<!-- c -->", "<br/>"])))
    return "".join(parts)


@st.composite
def flow(draw: st.DrawFn, depth: int = 0) -> str:
    """Flow content, with the end tags that may be left out drawn in or not."""
    kinds = ["p", "text"] if depth > 1 else ["p", "text", "block", "list", "table", "terms"]
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(kinds))
        if kind == "p":
            # An open paragraph is ended by what follows, if that is a block: here always a paragraph or the parent.
            parts.append(f"<p>{draw(phrasing())}</p>")
        elif kind == "text":
            parts.append(draw(phrasing()))
        elif kind == "block":
            tag = draw(st.sampled_from(BLOCKS))
            parts.append(f"<{tag}>{draw(flow(depth + 1))}</{tag}>")
        elif kind == "list":
            items = "".join(f"<li>{draw(flow(depth + 1))}{draw(end('li'))}" for _ in range(draw(st.integers(0, 3))))
            parts.append(f"<ul>{items}</ul>")
        elif kind == "terms":
            items = "".join(
                f"<{tag}>{draw(phrasing())}{draw(end(tag))}"
                for tag in draw(st.lists(st.sampled_from(["dt", "dd"]), max_size=4))
            )
            parts.append(f"<dl>{items}</dl>")
        else:
            parts.append(draw(table(depth + 1)))
    return "".join(parts)


def end(tag: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", f"</{tag}>"])


@st.composite
def table(draw: st.DrawFn, depth: int) -> str:
    def cell() -> str:
        tag = draw(st.sampled_from(["td", "th"]))
        return f"<{tag}>{draw(flow(depth + 1))}{draw(end(tag))}"

    def row() -> str:
        return f"<tr>{''.join(cell() for _ in range(draw(st.integers(1, 2))))}{draw(end('tr'))}"

    def rows() -> str:
        return "".join(row() for _ in range(draw(st.integers(1, 2))))

    caption = draw(st.sampled_from(["", "<caption>c", "<caption>c</caption>"]))
    columns = draw(st.sampled_from(["", "<colgroup><col><col>", "<colgroup><col></colgroup>", "<col>"]))
    head = f"<thead>{row()}{draw(end('thead'))}" if draw(st.booleans()) else ""
    body = f"<tbody>{rows()}{draw(end('tbody'))}" if draw(st.booleans()) or head else rows()
    foot = f"<tfoot>{row()}{draw(end('tfoot'))}" if draw(st.booleans()) and body.startswith("<tbody") else ""
    return f"<table>{caption}{columns}{head}{body}{foot}</table>"


@st.composite
def page(draw: st.DrawFn) -> str:
    content = draw(flow())
    head = draw(st.sampled_from(["<head><title>t</title></head>", "<head><title>t</title>", ""]))
    html_end, body_end = draw(end("html")), draw(end("body"))
    return f"<!DOCTYPE html><html lang=en>{head}<body>{content}{body_end}{html_end}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(page())
def test_valid_pages_have_no_faults_and_the_parents_that_browsers_see(text: str) -> None:
    """HTML 13.1.2.4: every end tag that may be left out is left out in some of these."""
    markup = read(text)
    assert [(fault.kind, fault.tag, fault.start) for fault in markup.misnested] == []
    here = [(each.tag, each.parent.tag if each.parent else None) for each in markup.elements]
    there = []
    for element in _in_order(turbohtml.parse(text, source_locations=True)):
        location = element.source_location
        if location is None:
            continue  # what the parser supplied: tbody, html, head, body
        parent = element.parent
        while isinstance(parent, turbohtml.Element) and parent.source_location is None:
            parent = parent.parent
        there.append((element.tag, parent.tag if isinstance(parent, turbohtml.Element) else None))
    assert here == there


def _in_order(node: object) -> "list[turbohtml.Element]":
    found: list[turbohtml.Element] = []
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, turbohtml.Element):
            found.append(each)
        waiting += reversed(list(getattr(each, "children", ())))
    return found


# --- nesting, by hand -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<b><i>x</b></i>", [("crossed", "i")]),
        ("<td><b>x</td>", [("unclosed", "b")]),
        ("<div>x", [("unclosed", "div")]),
        ("x</div>", [("stray", "div")]),
        ("<p>a<div>b</div></p>", [("implied", "p")]),
        ("<p>a<p>b</p></p>", [("stray", "p")]),
        ("<p>a<table><tr><td>b</table>c</p>", []),
        ("<div><table><tr><td></div></table></div>", [("stray", "div")]),
        ("<table><tr><td><table><tr><td>x</tr></td></tr></table>", [("unclosed", "table")]),
        ("<svg><path/><g/></svg><o:p/><custom/>", []),
        ("<div/>", [("unclosed", "div")]),
        ("<br></br><img></img>", []),
        ("<option>a<option>b<hr><optgroup><option>c", []),
        ("<ruby>a<rp>(<rt>b<rp>)</ruby>", []),
        ("<script>'</div>'</script><style></p></style><textarea></b></textarea><!-- </i> -->", []),
        ("<html><body><div>x</body></html>", [("unclosed", "div")]),
        ("<html><body><table><tr><td>x</body></html>", [("unclosed", "table")]),
    ],
)
def test_nesting(text: str, expected: list[tuple[str, str]]) -> None:
    assert faults(text) == expected


def test_names_that_are_no_element_of_html_close_themselves() -> None:
    assert not KNOWN & VOID
    assert faults("<td><currentyear/>x</td>") == []


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_places_count_every_line_end(line_end: str) -> None:
    text = line_end.join(["<table>", "<tr><td>é😀", "<b>x</td></tr>", "</table>"])
    (fault,) = read(text).misnested
    assert text[fault.start : fault.end] == "<b>"


def test_a_tag_that_the_end_cuts_off_is_told() -> None:
    text = "<p>Hello</p><a href='x"
    cut = read(text).cut
    assert cut is not None
    assert text[cut[0] :] == "<a href='x"
    assert read("<p>1 < 2</p>").cut is None
    assert read("<p>Hello <3").cut is None


@pytest.mark.parametrize(
    "text",
    [
        "<b>" * 100_000 + "</i>" * 100_000,
        "<i>" + "<b>" * 100_000 + "<table>" + "</i>" * 50_000,
        "<body>" * 100_000 + "</x>" * 50_000,
        "<p><div>" * 50_000 + "</p>" * 50_000,
        "<colgroup>" * 100_000,
        "<b><i>" * 40_000 + "</b></i>" * 40_000,
        "<a " * 100_000,
        "<!--" * 100_000,
        "&" * 500_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_markup_is_read_within_limits(text: str) -> None:
    """Each of these would take minutes with a stack that is searched, or a fault list without an end."""
    markup = read(text)
    assert len(markup.misnested) <= MAX_MISNESTED


def test_what_is_beyond_the_limit_is_not_said_to_be_missing() -> None:
    markup = parse(Source("x.html", "<p>x</p>" * 100), limit=50)
    assert markup.limited
    assert len(markup.elements) < 50
    assert not parse(Source("x.html", "<p>x</p>" * 10), limit=50).limited


def test_attributes_with_their_places() -> None:
    text = """<a\n HREF="https://a.example/?a&amp;b" title='x>y' data-x=1 hidden>x</a>"""
    (link,) = read(text).elements
    href = link.attribute("href")
    assert href is not None
    assert href.value == "https://a.example/?a&b"
    assert text[href.value_start : href.value_end] == "https://a.example/?a&amp;b"
    assert text[href.start : href.end] == 'HREF="https://a.example/?a&amp;b"'
    title = link.attribute("title")
    assert title is not None
    assert text[title.value_start : title.value_end] == "x>y"
    assert link.attribute("nothing") is None
    assert [text[start:end] for start, end in link.quoted()] == ["https://a.example/?a&amp;b", "x>y"]
    assert re.match(r"<a\n", text[link.start : link.end])
