"""The tags of each language, as written down in fixtures/dialects: kind, keyword, text, and what is special."""

import tomllib
from pathlib import Path

import pytest

from mailcheck.lint.dialects import ALIASES, DIALECTS, read
from mailcheck.lint.dialects.detection import SUFFIXES, by_suffix, detect
from mailcheck.lint.template import COMMENT, OUTPUT, SUFFIX, Template

FOLDER = Path(__file__).parents[3] / "fixtures" / "dialects"
FILES = [path for path in sorted(FOLDER.rglob("*")) if path.is_file() and path.suffix != ".toml"]
IDS = [str(path.relative_to(FOLDER)) for path in FILES]


def rows(template: Template) -> list[list[str]]:
    """Kind, keyword and text of each tag; and the other language it is in, or that it switches escaping off."""
    found = []
    for tag in template.tags:
        row = [tag.kind, tag.keyword, template.text[tag.start : tag.end]]
        if tag.language:
            row.append(tag.language)
        elif tag.escapes is False:
            row.append("unescaped")
        found.append(row)
    return found


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_tags_are_those_written_down(path: Path) -> None:
    text = path.read_bytes().decode()
    expected = tomllib.loads(path.with_name(f"{path.name}.toml").read_text("utf-8"))
    template = read(text, path.parent.name, origin=SUFFIX)
    assert rows(template) == expected["tags"]
    assert len(template.variants) == expected["variants"]
    assert [fault.message for fault in template.faults] == []


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_the_language_is_found(path: Path) -> None:
    """By the name where it says so, else by the tags; also where nothing but the tags is there."""
    text = path.read_bytes().decode()
    assert detect(path.name, text)[0] == path.parent.name
    if path.name.startswith("traps"):
        alone = detect("mail.html", text)[0]
        assert alone in {path.parent.name, "generic", "curly"}


def test_every_language_has_fixtures() -> None:
    assert {path.parent.name for path in FILES} == set(DIALECTS)


def test_every_name_is_a_language() -> None:
    assert set(SUFFIXES.values()) | set(ALIASES.values()) <= set(DIALECTS)
    with pytest.raises(ValueError, match="klingon"):
        read("", "klingon")


@pytest.mark.parametrize(
    ("path", "dialect"),
    [
        ("mail/welcome.html.j2", "jinja"),
        ("mail/welcome.jinja2", "jinja"),
        ("welcome.html.erb", "erb"),
        ("a/b.blade.php", "blade"),
        ("a/b.php", None),
        ("A.CSHTML", "razor"),
        ("a.gotmpl", "go"),
        ("a.ftlh", "freemarker"),
        ("a.hbs", "handlebars"),
        ("a.mustache", "mustache"),
        ("a.liquid", "liquid"),
        ("a.liquid.html", "liquid"),
        ("a.html.twig", "twig"),
        ("a.mjml.twig", "twig"),
        ("a.mjml", None),
        ("a.tpl", None),
        ("a.html", None),
        ("erb", None),
        (".erb/a.html", None),
        ("", None),
    ],
)
def test_names_that_give_the_language_away(path: str, dialect: str | None) -> None:
    assert by_suffix(path) == dialect


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("<p>Hello</p>", "plain"),
        ("<p>{{ name }}</p>", "curly"),
        ("<p>{% if a %}{{ name }}{% endif %}</p>", "generic"),
        ("{% if a %}{% elif b %}{% endif %}", "generic"),
        ("{% if a %}{% elsif b %}{% endif %}", "liquid"),
        ("{% if a %}{% elseif b %}{% endif %}", "twig"),
        ("{% from 'a' import b %}{{ b() }}", "jinja"),
        ("{% load i18n %}{{ a|default:'b' }}", "django"),
        ("{{ a | default: 'b' }}{% if a %}x{% endif %}", "generic"),
        ("{% assign a = b %}{% load x %}", "generic"),
        ("{{#if a}}b{{/if}}", "handlebars"),
        ("{{#a}}b{{/a}}", "mustache"),
        ("{{ .Name }}", "go"),
        ("{{ if .A }}b{{ end }}", "go"),
        ("{{ $user->name }}", "blade"),
        ("@if ($a)\nb\n@endif", "blade"),
        ("@if (Model.A) { <p>b</p> }", "razor"),
        ("@Model.Name", "razor"),
        ("anna@Model.example and @media print {}", "plain"),
        ("<%= name %>", "erb"),
        ("<p>{{name}} <%asm_group_unsubscribe_raw_url%></p>", "curly"),
        ("<%= name %> *|UNSUB|*", "erb"),
        ("*|FNAME|*", "mailchimp"),
        ("2 *|* 3", "plain"),
        ("%%[ SET @a = 1 ]%%", "ampscript"),
        ("%%name%%", "ampscript"),
        ("100%% and 50%% off", "plain"),
        ("<#if a>b</#if>", "freemarker"),
        ("<style>#if{color:red}</style> ${a}", "plain"),
        ("{$name} {if $a}b{/if}", "smarty"),
        (".a{color:red} {b}", "plain"),
        ("{{${first_name}}}", "braze"),
        ("{% module 'a' path='b' %}", "hubl"),
        ("{{ site_settings.company_name }}", "hubl"),
        ("{% from 'a' import b %}{{ unsubscribe_link }}", "jinja"),
        ("<mj-text>{{ name }}</mj-text>", "curly"),
        ("<mj-raw>{{#if a}}</mj-raw>", "handlebars"),
        ('{{trans "Hi %name" name=$n}} {{if a}}b{{else}}c{{/if}}', "curly"),
        ('{{template config_path="design/email/header_template"}}{{depend x}}y{{/depend}}', "curly"),
        ('{{ template "header" . }}{{ if .A }}b{{ end }}', "go"),
    ],
)
def test_the_census(text: str, dialect: str) -> None:
    assert detect("mail.html", text)[0] == dialect


def test_what_is_declared_comes_first() -> None:
    declared = {"old/**": "liquid", "*.html": "none"}
    assert detect("old/a.html.j2", "{% if %}", declared) == ("liquid", "declared")
    assert detect("new/a.html", "{{ a }}", declared) == ("plain", "declared")
    assert detect("new/a.j2", "{{ a }}", declared) == ("jinja", "suffix")


def test_places_in_branches() -> None:
    text = "a{% for x in y %}b{% if c %}d{% else %}e{% endif %}f{% endfor %}g"
    template = read(text, "jinja")
    inside = {char: template.branch_at(text.index(char)) for char in "abdefg" if text.count(char) == 1 or char in "abg"}
    assert inside["a"] is None
    assert template.in_conditional(text.index("}d") + 1)
    assert not template.in_conditional(text.index("}b") + 1)
    branch = template.branch_at(text.index("}e") + 1)
    assert branch is not None
    assert branch.index == 1
    assert branch.parent is not None
    assert branch.parent.block.name == "for"


def test_three_values() -> None:
    text = '<a href="x{{ y }}">{# z #}</a>'
    template = read(text, "jinja")
    start, end = text.index("{{"), text.index("}}") + 2
    assert template.overlaps(start - 1, start + 1)
    assert not template.overlaps(0, start)
    assert not template.overlaps(end, end + 2)
    assert template.tag_at(start) is template.tag_at(end - 1)
    assert template.tag_at(end) is None
    assert [tag.kind for tag in template.tags_in(0, len(text))] == [OUTPUT, COMMENT]
    following = template.next_tag(end)
    assert following is not None
    assert following.kind == COMMENT


def test_many_branches_are_read_with_the_last() -> None:
    text = "{% if a %}0" + "".join(f"{{% elif b{n} %}}{n}" for n in range(1, 40)) + "{% endif %}"
    template = read(text, "jinja")
    assert len(template.variants) == 16
    assert template.variants[3].strip() == "3"


def test_deep_blocks_are_counted_not_told_apart() -> None:
    text = "{% if a %}" * 5_000 + "x" + "{% endif %}" * 5_000
    template = read(text, "jinja")
    assert template.faults == ()
    assert len(template.blocks) == 200


def test_tags_without_number_are_a_limit() -> None:
    template = read("{{x}}" * 50_001, "jinja")
    assert len(template.tags) == 50_000
    assert [fault.key for fault in template.faults] == ["limit"]


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("blade", '<p>Follow @section, @if and @for you, @endless, @error</p><a @click="x">a</a>'),
        ("razor", "<p>anna@if.example 3 @ 5 and a@b</p>"),
        ("smarty", "<style>a{color:red}b {c:d}</style><script>f({a:1});function g(){return {b:2}}</script>"),
        ("freemarker", "<style>#{color:red} #a{b:c}</style> [x]"),
        ("ampscript", "100%% and 50%%, 5%%a%b"),
        ("mailchimp", "2*|3|* *| |* |* *|"),
        ("go", "<style>@media x{a{b:c}}</style> }} { {"),
        ("handlebars", "<script>var a = {b: {c: {}}};</script> }} { { x } }"),
        ("mustache", "\\{ { x }} }}"),
        ("jinja", "{ { x } } % } {x} <style>a{{b:c}\nd{e:f}}</style>"),
        ("liquid", "{ % if % } {# no comment #} {x}"),
        ("erb", "<%% not %> a < % b"),
    ],
)
def test_what_is_no_tag(dialect: str, text: str) -> None:
    template = read(text, dialect)
    assert [tag for tag in template.tags if not tag.language and tag.keyword != "@"] == []
    assert template.faults == ()


@pytest.mark.parametrize("dialect", ["django", "jinja"])
def test_a_tag_over_lines_is_none_to_django(dialect: str) -> None:
    template = read("{{ a\n}}", dialect)
    assert [fault.key for fault in template.faults] == (["unclosed"] if dialect == "django" else [])
