"""Style sheets with places in the source."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.lint.css import MAX_SHEET, Rule, Sheet, read_attribute, read_sheet

SOUP = st.lists(
    st.sampled_from(
        [
            ".a", "{", "}", "color:red", ";", ":", "@media x", "@import url(a.css);", "/*", "*/", '"', "'", "url(", ")",
            "(", "[", "]", "!important", "\n", "\r\n", "\f", "\0", "é", "\\", "<!--", "-->", "@font-face", ",", " ",
            "margin : 0 auto", "--x:{a}", "@", "#", "&:hover", "mso-x:y",
        ]
    ),
    max_size=40,
).map("".join)  # fmt: skip


def check(text: str, sheet: Sheet, start: int, end: int) -> None:
    for rule in sheet.all():
        assert start <= rule.start < rule.end <= end
        if rule.name:
            assert text[rule.start] == "@"
        for inner in rule.rules:
            assert rule.start <= inner.start <= inner.end <= rule.end
        for declaration in rule.declarations:
            assert rule.start <= declaration.start <= declaration.end <= rule.end
            assert declaration.start <= declaration.value_start <= declaration.value_end <= declaration.end
            assert text[declaration.value_start : declaration.value_end] == declaration.value
    for _, low, high in sheet.errors:
        assert start <= low <= high <= end


@settings(max_examples=500, deadline=None)
@given(SOUP | st.text(max_size=100), st.sampled_from(["", "<style>", "é\r\n😀\n"]))
def test_never_raises_and_every_place_is_in_the_text(css: str, before: str) -> None:
    text = f"{before}{css}</style>"
    start, end = len(before), len(before) + len(css)
    check(text, read_sheet(text, start, end), start, end)
    for declaration in read_attribute(text, start, end):
        assert start <= declaration.start <= declaration.value_start <= declaration.value_end <= declaration.end <= end
        assert text[declaration.value_start : declaration.value_end] == declaration.value


def shown(rule: Rule) -> tuple[str, str, list[tuple[str, str, bool]]]:
    return rule.name, rule.prelude, [(each.name, each.value, each.important) for each in rule.declarations]


def test_a_sheet() -> None:
    css = """
    @import url("a.css") screen;
    /* c */ .a > b[x="{"] , td { COLOR : red ; margin:0 auto !important; background:url(data:a;b) }
    @media (max-width: 600px) { .c { width: 100%!important } }
    @font-face { font-family: "A;B"; src: url(x) }
    """
    sheet = read_sheet(css)
    assert [shown(rule) for rule in sheet.all()] == [
        ("import", 'url("a.css") screen', []),
        (
            "",
            '.a > b[x="{"] , td',
            [("color", "red", False), ("margin", "0 auto", True), ("background", "url(data:a;b)", False)],
        ),
        ("media", "(max-width: 600px)", []),
        ("", ".c", [("width", "100%", True)]),
        ("font-face", "", [("font-family", '"A;B"', False), ("src", "url(x)", False)]),
    ]
    assert [css[rule.start : rule.end].split()[0] for rule in sheet.rules] == ["@import", ".a", "@media", "@font-face"]
    assert sheet.errors == []
    assert not sheet.limited


def test_an_attribute() -> None:
    text = """<td style="color:red;;font: 12px/1.2 'A;b', c ;mso-line-height-rule:exactly">"""
    start = text.index('"') + 1
    found = read_attribute(text, start, text.rindex('"'))
    assert [(each.name, each.value) for each in found] == [
        ("color", "red"),
        ("font", "12px/1.2 'A;b', c"),
        ("mso-line-height-rule", "exactly"),
    ]
    assert next(text[each.start : each.end] for each in found) == "color:red"


def test_what_is_no_css_is_an_error_and_the_rest_is_read() -> None:
    css = ".a { color red; margin: 0 } .b { padding: 0 }"
    sheet = read_sheet(css)
    assert len(sheet.errors) == 1
    assert css[sheet.errors[0][1] :].startswith((" red", "color", ";"))
    assert [shown(rule)[2] for rule in sheet.rules] == [[("margin", "0", False)], [("padding", "0", False)]]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\f"])
def test_places_count_every_line_end(line_end: str) -> None:
    css = f".a{{}}{line_end}{line_end}é{line_end}.b {{ color: red }}"
    last = read_sheet(css).rules[-1]
    assert css[last.end - 14 : last.end] == "{ color: red }"


@pytest.mark.parametrize(
    "css",
    [
        "{" * 100_000, "a{b:" + "(" * 100_000, "a{" + ";" * 100_000, "a{" + "b c " * 30_000, "/*" * 50_000,
        '"\n' * 50_000, "a:" * 50_000, "@media x{" * 20_000, "a{" * 50_000, "url(" * 30_000,
        "a{" + "b:c d{e};" * 10_000,
        "\\" * 100_000, "[" * 100_000 + "{",
    ],
    ids=lambda css: repr(css[:9]),
)  # fmt: skip
def test_hostile_sheets_are_read_in_one_pass(css: str) -> None:
    check(css, read_sheet(css), 0, len(css))


def test_what_is_beyond_the_limit_is_told() -> None:
    sheet = read_sheet(".a{}" * MAX_SHEET)
    assert sheet.limited
    assert sheet.rules[-1].end <= MAX_SHEET
