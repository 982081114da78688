"""A tag in the form of the template's own language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mailcheck
from mailcheck.lint import dialects
from mailcheck.lint.own_form import own_form
from mailcheck.model.fix import Step

FORMS = [
    ("jinja", "{{#if name}}", "{% if name %}"),
    ("jinja", "{{/if}}", "{% endif %}"),
    ("jinja", "{{#each cart.items}}", "{% for item in cart.items %}"),
    ("jinja", "{{/each}}", "{% endfor %}"),
    ("jinja", "{{{body}}}", "{{ body|safe }}"),
    ("twig", "{{{body}}}", "{{ body|raw }}"),
    ("jinja", "{{> footer}}", '{% include "footer" %}'),
    ("jinja", "{% assign x = 1 %}", "{% set x = 1 %}"),
    ("jinja", "{%- unless paid -%}", "{% if not paid %}"),
    ("liquid", "{{#unless a.b}}", "{% unless a.b %}"),
    ("liquid", "{% set x = 1 %}", "{% assign x = 1 %}"),
    ("handlebars", "{% if paid %}", "{{#if paid}}"),
    ("handlebars", "{% for i in cart.items %}", "{{#each cart.items}}"),
    ("handlebars", "{% endfor %}", "{{/each}}"),
    ("handlebars", '{{ name | default: "there" }}', "{{#if name}}{{name}}{{else}}there{{/if}}"),
    ("mustache", "{% for a in b %}", "{{#b}}"),
    ("go", "{{#if x}}", "{{ if .x }}"),
    ("go", "{{/each}}", "{{ end }}"),
    ("go", "{% endif %}", "{{ end }}"),
    ("go", '{{ name | default: "you" }}', '{{ or .name "you" }}'),
]
UNSURE = [
    ("handlebars", "{% if a > 1 %}"),
    ("handlebars", "{{ price | money }}"),
    ("jinja", "{{#helper a b}}"),
    ("jinja", "{% load i18n %}"),
    ("django", "{% assign x = y %}"),
    ("mustache", "{% endif %}"),
    ("go", "{{#each a as |b|}}"),
]


@pytest.mark.parametrize(("dialect", "text", "form"), FORMS)
def test_the_own_form(dialect: str, text: str, form: str) -> None:
    assert own_form(text, dialect) == form
    # What is to be pasted is a tag of that language, with nothing wrong in it but its missing other half.
    faults = [fault for fault in dialects.read(form, dialect).faults if fault.key != "unbalanced"]
    assert faults == []


@pytest.mark.parametrize(("dialect", "text"), UNSURE)
def test_where_there_is_no_sure_form_none_is_given(dialect: str, text: str) -> None:
    assert own_form(text, dialect) == ""


@given(st.text(st.sampled_from("{}%#/|> \"'a.1\n"), max_size=60), st.sampled_from(["jinja", "go", "handlebars", "x"]))
def test_any_text_is_taken(text: str, dialect: str) -> None:
    assert isinstance(own_form(text, dialect), str)


def test_a_statement_that_is_sent_as_text_is_told_so_with_what_to_write() -> None:
    report = mailcheck.lint_text("<p>{{name}} {% if paid %}paid{% endif %}</p>\n", path="a.hbs")
    first, second = [each for each in report.subjects[0].findings if each.code == "TPL003"]
    assert first.message == "“{% if paid %}” is Jinja or Liquid, and Handlebars sends it as text: readers see it"
    given_texts = [
        change.text for each in (first, second) for change in each.fixes[0].changes if isinstance(change, Step)
    ]
    assert given_texts == ["{{#if paid}}", "{{/if}}"]
