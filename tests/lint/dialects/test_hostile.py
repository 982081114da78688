"""Texts made to be slow: the work grows with their length, whatever they repeat."""

import sys
from types import FrameType
from typing import Any, Self

import pytest

from mailcheck.lint.dialects import DIALECTS, read
from mailcheck.lint.dialects.census import census
from mailcheck.lint.dialects.reading import PASSES, Finder, TagEnds

UNITS = {
    "jinja": ["{{", "{%", "{#", "{% if x %}", "{{ \"", "{{ '\"", "{% raw %}", "{% comment %}",
        "{{ \"\\\" {{ \\\"", "{% else %}", "{{ {", "{% if a %}{% endfor %}", "{{x}}"],
    "django": ["{{", "{%", "{#", "{{\n"],
    "twig": ["{{", "{% block a %}", "{% verbatim %}"],
    "hubl": ["{{", "{% widget_block x %}"],
    "liquid": ["{{", "{%", "{% raw %}", "{% comment %}", "{% case x %}{% when %}", "{% when x %}"],
    "braze": ["{{${", "{% if {{${", "{{", "{%"],
    "generic": ["{{", "{#", "{% a %}{% enda", "{% if %}"],
    "curly": ["{{", "{{{", "{{!"],
    "handlebars": ["{{", "{{{", "{{{{", "{{!--", "{{#if x}}", "{{/if}}", "\\{{", "{{#", "{{!--x--", "{{else}}",
        "{{{{a}}}}", "{{#x}}{{/x}}{{^x}}"],
    "mustache": ["{{", "{{=<% %>=}}", "{{#x}}", "{{#x}}{{/x}}{{^x}}{{/x}}", "{{!"],
    "go": ["{{", "{{/*", "{{ `", "{{ \"", "{{ \\\"}} ", "{{if x}}", "{{end}}"],
    "erb": ["<%", "<%%", "<% if x", "<% if x %>", "<% end %>", "<% \"\\\"", "<%#"],
    "blade": ["{{", "{!!", "{{--", "@if(", "@if(x)", "@php", "@verbatim", "@", "@@", "@{{", "@endif",
        "@if(\"\\\""],
    "razor": ["@", "@(", "@*", "@if (x) {", "@{", "@@", "@foreach (", "<a @", "@if(x){<p>", "@{ <a ",
        "@{ if (", "@a.b(", "@media", "@{ \"", "@{<!--"],
    "mailchimp": ["*|", "*|A", "*|IF:x|*", "*|END:IF|*", "*|A:|", "*|A|", "*|ELSE:|*"],
    "ampscript": ["%%", "%%[", "%%=", "%%a", "%%[ IF x THEN ]%%", "%%[ ENDIF ]%%", "<script",
        "<script runat=server>", "%%[ /*", "%%[ '", "%%[ if if if ]%%"],
    "freemarker": ["<#if", "<#if x>", "${", "#{", "<#--", "[#if", "</#if>", "<@", "${(", "<#noparse>",
        "${\"\\\"", "<#if ("],
    "smarty": ["{", "{$", "{*", "{if", "{if x}", "{literal}", "{/if}", "{$x \"", "{a", "{a{$b", "{else}"],
    "plain": ["*|", "%%[", "<%= ", "{{", "${a", "%%=", "*|IF:A|*", "{% "],
}  # fmt: skip
CASES = [(dialect, unit) for dialect, units in UNITS.items() for unit in units]


class Calls:
    """Counts the calls of functions while it is entered."""

    def __init__(self) -> None:
        self.count = 0

    def _seen(self, frame: FrameType, event: str, argument: Any) -> None:
        if event in {"call", "c_call"}:
            self.count += 1

    def __enter__(self) -> Self:
        sys.setprofile(self._seen)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)


def work(dialect: str, text: str) -> int:
    read(text[:50], dialect, origin="census")
    with Calls() as calls:
        template = read(text, dialect, origin="census")
        assert all(len(variant) == len(text) for variant in template.variants)
    return calls.count


def test_every_language_is_here() -> None:
    assert set(UNITS) == set(DIALECTS)


@pytest.mark.parametrize(("dialect", "unit"), CASES)
def test_work_grows_with_the_length(dialect: str, unit: str) -> None:
    short, long = work(dialect, unit * 300), work(dialect, unit * 1_200)
    assert long <= 4.5 * short + 2_000


@pytest.mark.parametrize("dialect", DIALECTS)
def test_one_long_line_is_few_calls(dialect: str) -> None:
    for opener in ("{{", "{% ", "<% ", "@if(", "%%[", "*|A", "${", "{$x "):
        assert work(dialect, opener + "a" * 200_000) < 3_000


def test_a_search_for_ends_looks_at_each_character_a_few_times() -> None:
    """Quotes that are read as strings from one opener and as text from the next: the worst that is known."""
    text = '{{ "\\" {{ \\"' * 5_000

    class Counted(TagEnds):
        __slots__ = ()

        @property
        def spent(self) -> int:
            return PASSES * len(text) + 10_000 - self._budget

    ends = Counted(text)
    at = text.find("{{")
    while at >= 0:
        ends.after(at + 2, "}}")
        at = text.find("{{", at + 2)
    assert ends.spent <= PASSES * len(text) + 10_000 + len(text)


@pytest.mark.parametrize("starts", [range(0, 60, 3), range(60, 0, -7), [5, 40, 3, 59, 0, 30, 31]])
def test_a_finder_finds_what_find_finds(starts: Any) -> None:
    text = "ab}}c}}}d" * 6
    finder = Finder(text, "}}")
    for start in starts:
        assert finder.after(start) == text.find("}}", start)


@pytest.mark.parametrize(
    "unit", ["@if(", "{% ", "\n", "{{ $a", "{{ a|", "{{=a", "<%", "*|A", "${a", "{%", "{$a", "%%["]
)
def test_the_census_reads_a_part(unit: str) -> None:
    assert census(unit * (1_000_000 // len(unit))) in DIALECTS
