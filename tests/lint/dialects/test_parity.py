"""Parity with the real engines: what Jinja, Liquid and Mustache render has the markup that the masked variants have."""

import re

import jinja2
import pystache
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liquid import Environment as Liquid

from mailcheck.lint.dialects import read
from mailcheck.lint.html import parse
from mailcheck.lint.source import Source

LITERALS = [
    "<p>",
    "</p>",
    "<td class='a'>",
    "</td>",
    "text ",
    "{ color: red }",
    "%",
    "\n",
    "<br/>",
    "'",
    "}} ",
    "&amp; ",
]
COMMENTS = {
    "jinja": ["{# <b> {{ x }} #}", "{#- <i> -#}", "{# {% if %} #}"],
    "liquid": ["{% comment %}<b> {{ x }}{% endcomment %}", "{%- comment -%}<i>{%- endcomment -%}"],
    "mustache": ["{{! <b> }}", "{{!<i>}}"],
}
OUTPUTS = {
    "jinja": [
        "{{ x }}",
        "{{- x -}}",
        "{{ {'a': {'b': x}}['a']['b'] }}",
        "{{ '}}' and x }}",
        '{{ x ~ "" }}',
        "{{ x|upper }}",
    ],
    "liquid": ["{{ x }}", "{{- x -}}", "{{ x | upcase }}", "{{ x | append: '' }}"],
    "mustache": ["{{x}}", "{{{x}}}", "{{& x }}", "{{ x }}"],
}
CONDITIONALS = {
    # The source with places for the branches; the branch that is taken is named by the variable's value.
    "jinja": [
        "{% if {v} == 0 %}0{% else %}1{% endif %}",
        "{%- if {v} == 0 -%}0{%- elif {v} == 1 -%}1{%- else -%}2{%- endif -%}",
        "{% if {v} == 0 and '%}' %}0{% else %}1{% endif %}",
    ],
    "liquid": [
        "{% if {v} == 0 %}0{% else %}1{% endif %}",
        "{%- case {v} -%}{%- when 0 -%}0{%- when 1 -%}1{%- endcase -%}",
        "{% unless {v} != 0 %}0{% else %}1{% endunless %}",
        "{% if {v} == 0 %}0{% elsif {v} == 1 %}1{% else %}2{% endif %}",
    ],
    "mustache": ["{{#s0}}0{{/s0}}{{^s0}}1{{/s0}}"],
}
RAW = {
    "jinja": ["{% raw %}<u>{{ y }}{% if %}{% endraw %}"],
    "liquid": ["{% raw %}<u>{{ y }}{% if %}{% endraw %}"],
    "mustache": [],
}


class Piece:
    """Source, and the number of its variants."""

    def __init__(self, source: str, branches: int = 1) -> None:
        self.source, self.branches = source, branches


def pieces(language: str) -> st.SearchStrategy[Piece]:
    """Templates of a language whose conditionals all take the branch of one number."""
    literals = [text for text in LITERALS if language != "mustache" or "}" not in text]
    leaf = st.sampled_from([*literals, *COMMENTS[language], *OUTPUTS[language], *RAW[language]]).map(Piece)

    def grown(inner: st.SearchStrategy[Piece]) -> st.SearchStrategy[Piece]:
        def fill(parts: tuple[str, list[Piece]]) -> Piece:
            form, branches = parts
            count = len(re.findall(r"(?<=\})[012](?=\{)", form))
            numbers = iter(branches)
            source = re.sub(r"(?<=\})[012](?=\{)", lambda _: next(numbers).source, form)
            return Piece(source, max(count + (form.startswith("{%- case")), *(each.branches for each in branches)))

        conditional = st.tuples(st.sampled_from(CONDITIONALS[language]), st.lists(inner, min_size=3, max_size=3)).map(
            fill
        )
        return st.lists(st.one_of(inner, conditional), max_size=4).map(
            lambda parts: Piece(
                "".join(part.source for part in parts), max((part.branches for part in parts), default=1)
            )
        )

    return st.recursive(leaf, grown, max_leaves=10)


def skeleton(text: str) -> list[tuple[str, str]]:
    """The start tags, end tags and comments of a text, in order."""
    source = Source("a.html", text)
    markup = parse(source)
    found = [(element.start, element.tag, "start") for element in markup.elements]
    found += [
        (element.close_start, element.tag, "end") for element in markup.elements if element.close_start is not None
    ]
    found += [(fault.start, fault.tag, "stray") for fault in markup.misnested if fault.kind == "stray"]
    return [(tag, kind) for _, tag, kind in sorted(found)]


def rendered(language: str, source: str, number: int) -> str:
    """What the real engine makes of it, with every conditional on the branch of this number."""
    if language == "jinja":
        return jinja2.Environment(autoescape=False).from_string(source.replace("{v}", "v")).render(x="X", v=number)
    if language == "liquid":
        return Liquid().from_string(source.replace("{v}", "v")).render(x="X", v=number)
    return pystache.render(source, {"x": "X", "s0": number == 0})


def compare(language: str, source: str, *, case: bool) -> None:
    text = source.replace("{v}", "v")
    template = read(text, language)
    assert [(fault.key, fault.message) for fault in template.faults if fault.key != "limit"] == []
    count = len(template.variants)
    if case:
        # The branch before the first `when` is always empty, and shifts the numbers.
        return
    for number in range(count):
        assert skeleton(template.variants[number]) == skeleton(rendered(language, source, number))


@pytest.mark.parametrize("language", list(CONDITIONALS))
@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_rendered_markup_is_the_masked_markup(language: str, data: st.DataObject) -> None:
    source = f"<div>{data.draw(pieces(language)).source}</div>"
    compare(language, source, case="{%- case" in source)


@pytest.mark.parametrize("number", [0, 1])
def test_case_has_its_branches_behind_its_first_when(number: int) -> None:
    source = "<i>{% case v %}{% when 0 %}<b>a</b>{% when 1 %}<u>b</u>{% endcase %}</i>"
    variants = read(source, "liquid").variants
    assert skeleton(variants[number + 1]) == skeleton(rendered("liquid", source, number))
    assert skeleton(variants[0]) == skeleton("<i></i>")
