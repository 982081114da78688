"""Rendering with data and compiling MJML: in a process of its own, with places found again."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lint.gathering import by_subject, gathered, written
from mailcheck.lint.document import Body, Document
from mailcheck.lint.options import LintOptions
from mailcheck.lint.rendering.alignment import aligned
from mailcheck.lint.rendering.data import read_data
from mailcheck.lint.run import lint_paths
from mailcheck.lint.source import Source
from mailcheck.model.selection import Selection

DATA = {"name": "Ann & Co", "items": [{"title": "one"}, {"title": "two"}], "url": "#", "yes": True}
BASE = (
    "<html><body><h1>The shop of all the shops</h1>{% block content %}{% endblock %}"
    "<p>Goodbye from all of us</p></body></html>"
)
CHILD = (
    "---\nsubject: Hello {{ name }}\n---\n{% extends 'base.html.j2' %}\n{% block content %}{% for item in items %}\n"
    '<p>Your parcel {{ item.title }} is <a href="{{ url }}">ready to be picked up</a> today</p>{% endfor %}\n'
    "{% if not yes %}<b>never shown at all</b>{% endif %}{% endblock %}\n"
)


LOOPS = "<html>{% for a in range(9999) %}{% for b in range(99999) %}{{ a * b }}{% endfor %}{% endfor %}</html>"


def made(document: Document) -> list[Body]:
    """The bodies that stand in no file."""
    return [body for body in document.bodies if body.source.how]


def rendered(root: Path, files: dict[str, str], data: object = DATA, **more: object):
    """Gather with data."""
    written(root, files)
    (root.parent / "data.json").write_text(json.dumps(data), "utf-8")
    return gathered(root, data=root.parent / "data.json", **more)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "repo").mkdir()
    return tmp_path / "repo"


def test_jinja_is_rendered_with_its_parents(root: Path) -> None:
    found = rendered(root, {"base.html.j2": BASE, "a.html.j2": CHILD})
    assert (found.unreadable, found.limits) == ([], [])
    documents = by_subject(found)
    # A layout with slots is no message, and not rendered by itself.
    assert made(documents["base.html.j2"]) == []
    subject, html = made(documents["a.html.j2"])
    assert subject.source.text == "Hello Ann & Co"
    assert html.source.text.count("ready to be picked up") == 2
    assert "never shown" not in html.source.text
    assert html.rendered
    assert documents["a.html.j2"].composed(html).complete
    for words, path, line in (
        ("shop of all", "base.html.j2", 1),
        ("Goodbye", "base.html.j2", 1),
        ("ready to be", "a.html.j2", 6),
    ):
        at = html.source.text.index(words)
        place = html.location(at, at + len(words))
        assert (place.path, place.line) == (path, line)
        text = (root / path).read_text("utf-8")
        assert text[place.offset : place.end_offset] == words
    assert not html.source.editable


def test_tags_of_the_next_program_are_left_to_it(root: Path) -> None:
    """What Jinja gives Mailchimp to fill in is no tag that somebody forgot."""
    text = "<html><body>{{ name }} <p>*|FNAME|*</p>{% raw %}{{first_name}}{% endraw %}</body></html>"
    (html,) = made(by_subject(rendered(root, {"a.html.j2": text}))["a.html.j2"])
    assert html.source.text == "<html><body>Ann &amp; Co <p>*|FNAME|*</p>{{first_name}}</body></html>"
    assert not html.rendered
    assert [tag.language for tag in html.template.tags] == ["mailchimp", "curly"]


def test_values_are_escaped_in_html_alone(root: Path) -> None:
    documents = by_subject(rendered(root, {"a.html.j2": "<html>{{ name }}</html>", "b.txt.j2": "Hi {{ name }}"}))
    assert made(documents["a.html.j2"])[0].source.text == "<html>Ann &amp; Co</html>"
    assert made(documents["b.txt.j2"])[0].source.text == "Hi Ann & Co"


def test_conditions_may_ask_for_what_is_missing(root: Path) -> None:
    """In Liquid and Mustache, whose conditions are asked so; Jinja is strict."""
    files = {
        "a.liquid": "<html>{% if gone %}x{% endif %}{{ gone | default: 'none' }}</html>",
        "b.mustache": "<html>{{#gone}}x{{/gone}}{{^gone}}none{{/gone}}</html>",
        "c.html.j2": "<html>{{ gone | default('none') }}</html>",
    }
    found = rendered(root, files)
    assert found.unreadable == []
    for document in found.documents:
        assert made(document)[0].source.text == "<html>none</html>"


def test_liquid_and_mustache_are_rendered(root: Path) -> None:
    files = {
        "a.liquid": "<html>{% for a in items %}<p>{{ a.title | upcase }}</p>{% endfor %}{% render 'foot' %}</html>",
        "snippets/foot.liquid": "<p>the foot</p>",
        "b.mustache": "<html>{{#items}}<p>{{title}}</p>{{/items}}{{{name}}}{{> foot}}</html>",
        "foot.mustache": "<p>another foot</p>",
    }
    documents = by_subject(rendered(root, files))
    assert made(documents["a.liquid"])[0].source.text == "<html><p>ONE</p><p>TWO</p><p>the foot</p></html>"
    assert (
        made(documents["b.mustache"])[0].source.text == "<html><p>one</p><p>two</p>Ann & Co<p>another foot</p></html>"
    )


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.html.j2", "<html>\n{{ nmae }}</html>", "a.html.j2:2: cannot be rendered with data.json: 'nmae' is"),
        ("a.html.j2", "---\nkind: marketing\n---\n<html>\n{{ items.x.y }}</html>", "a.html.j2:5: "),
        ("a.html.j2", "<html>{{ ''.__class__.__mro__ }}</html>", "a.html.j2:1: "),
        ("a.html.j2", "<html>{{ items.append(1) }}</html>", "sandbox"),
        ("a.html.j2", "<html>{{ range(999999999) | list }}</html>", "a.html.j2"),
        ("a.html.j2", "<html>{{ 'a' * 10000000000 }}</html>", "MiB"),
        ("a.html.j2", LOOPS, "a.html.j2: "),
        ("a.html.j2", "<html>{% include '../../data.json' %}</html>", "data.json"),
        ("a.html.j2", "<html>{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}</html>", "without end"),
        ("a.liquid", "<html>\n{{ nmae }}</html>", "a.liquid:2: "),
        ("a.liquid", "<html>{% for a in (1..1000000) %}x{% endfor %}</html>", "limit"),
        ("a.mustache", "<html>{{nmae}}</html>", "'nmae' is not in the data"),
        ("a.mustache", "<html>{{> gone}}</html>", "'gone' is not in the repository"),
    ],
)  # fmt: skip
def test_what_cannot_be_rendered_is_told_and_judged_as_written(root: Path, name: str, text: str, told: str) -> None:
    found = rendered(root, {name: text, "other.html.j2": "<html>{{ name }}</html>"})
    (problem,) = found.unreadable
    assert told in problem[1]
    assert "Traceback" not in problem[1]
    documents = by_subject(found)
    assert made(documents[name]) == []
    # One template that kills the process takes no other with it.
    assert len(made(documents["other.html.j2"])) == 1


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.html.j2", "<html>\n{{ name | money }}</html>", "the filter “money” is not known here"),
        (
            "a.html.j2",
            "<html>{% if name %}{{ name | money }}{% endif %}</html>",
            "the filter “money” is not known here",
        ),
        ("a.html.j2", "<html>{% if name is rich %}x{% endif %}</html>", "the test “rich” is not known here"),
        ("a.html.j2", "<html>{% url 'home' %}</html>", "the tag “url” is not known here"),
        ("a.html.j2", "<html>{{ url_for('home') }}</html>", "the function “url_for” is not known here"),
        ("a.liquid", "<html>{{ name | money_with_currency }}</html>", "the filter “money_with_currency” is not known"),
        ("a.liquid", "<html>{% form 'x' %}{% endform %}</html>", "the tag “form” is not known here"),
    ],
)
def test_what_only_the_program_has_is_no_fault_of_the_template(root: Path, name: str, text: str, told: str) -> None:
    found = rendered(root, {name: text})
    assert found.unreadable == []
    (limit,) = found.limits
    assert told in limit[1]
    assert limit[1].endswith("; it is judged as it stands")
    assert made(by_subject(found)[name]) == []


def test_nothing_of_the_checkout_is_imported(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = "raise SystemExit('imported')\n"
    written(root, dict.fromkeys(["jinja2.py", "json.py", "sitecustomize.py", "mailcheck/__init__.py"], trap))
    monkeypatch.chdir(root)
    found = rendered(root, {"a.html.j2": "<html>{{ name }}</html>"})
    assert found.unreadable == []
    assert len(made(by_subject(found)["a.html.j2"])) == 1


def test_a_missing_extra_is_one_line(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(root.parent, {"shadow/liquid/__init__.py": "raise ImportError('none', name='liquid')\n"})
    monkeypatch.setenv("PYTHONPATH", str(root.parent / "shadow"))
    found = rendered(root, {"a.liquid": "<html>{{ name }}</html>", "b.liquid": "<html>{{ name }}</html>"})
    assert [text for _, text in found.unreadable] == [
        f"{root.parent / 'data.json'}: rendering needs the extra liquid: pip install 'mailcheck-cli[liquid]'"
    ]


def test_languages_that_are_not_rendered_are_named(root: Path) -> None:
    found = rendered(root, {"a.html.erb": "<html><%= @x %></html>", "b.html.twig": "<html>{{ x }}</html>"})
    ((_, told),) = found.limits
    assert told.endswith("judged as they stand: erb, twig")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("d.json", "[1]", "no object"),
        ("d.json", "{", "no JSON"),
        ("d.toml", "x", "no TOML"),
        ("d.yaml", "a: 1", "JSON or TOML"),
    ],
)
def test_data_that_cannot_be_read_is_told(tmp_path: Path, name: str, content: str, told: str) -> None:
    written(tmp_path, {name: content, "a.html.j2": "<html>{{ a }}</html>"})
    found = gathered(tmp_path, ["a.html.j2"], data=tmp_path / name)
    assert told in found.unreadable[0][1]
    assert len(found.documents) == 1


def test_toml_is_data_too(tmp_path: Path) -> None:
    written(tmp_path, {"d.toml": 'name = "x"\nday = 2026-04-30\n[[items]]\ntitle = "a"\n'})
    assert read_data(tmp_path / "d.toml") == {"name": "x", "day": "2026-04-30", "items": [{"title": "a"}]}


def test_a_finding_of_the_rendered_text_is_told_once_where_it_is_written(root: Path) -> None:
    """The link is a tag, so what is written is not judged; what it becomes is."""
    rendered(
        root,
        {
            "base.html.j2": BASE,
            "a.html.j2": CHILD,
            "b.html.j2": '<html><a href="#">plain words here</a>{{ name }}</html>',
        },
    )
    options = LintOptions(Selection(frozenset({"LNK001"})), root=root, data=root.parent / "data.json")
    report = lint_paths([str(root)], options)
    told = [
        (f.subject, f.location.line, [each.message for each in f.related]) for s in report.subjects for f in s.findings
    ]
    assert told == [
        ("a.html.j2", 6, ["in the text as data.json renders it"]),
        ("b.html.j2", 1, []),
    ]


MJML = (
    "<mjml><mj-head><mj-title>Hi</mj-title></mj-head><mj-body>\n{{#if x}}\n<mj-section><mj-column>\n"
    "<mj-text>Dear {{ name }}, the new catalogue is here</mj-text>\n"
    '<mj-button href="{{ url }}">Read the catalogue now</mj-button>\n'
    '</mj-column></mj-section>\n{{/if}}\n<mj-include path="./foot.mjml" />\n</mj-body></mjml>\n'
)


def test_mjml_is_compiled_with_its_includes(root: Path) -> None:
    foot = "<mj-section><mj-column><mj-text>Nordlicht, Hafenstrasse 4, Kiel</mj-text></mj-column></mj-section>"
    written(root, {"a.mjml": MJML, "foot.mjml": foot})
    documents = by_subject(gathered(root))
    (html,) = made(documents["a.mjml"])
    assert made(documents["foot.mjml"]) == []
    # Tags are tags again, so that what overlaps one stays unknown.
    assert 'href="{{ url }}"' in html.source.text
    assert {tag.expression for tag in html.template.tags} == {"name", "url"}
    assert "mctag" not in html.source.text
    for words, path, line in (("the new catalogue is here", "a.mjml", 4), ("Hafenstrasse 4", "foot.mjml", 1)):
        at = html.source.text.index(words)
        place = html.location(at, at + len(words))
        assert (place.path, place.line) == (path, line)
    # What is missing is judged where it is written.
    assert not documents["a.mjml"].composed(html).complete


def test_mjml_that_does_not_compile_is_judged_as_written(root: Path) -> None:
    deep = "<mj-wrapper>" * 50_000
    written(
        root,
        {
            "bad.mjml": "<mjml><mj-body><mj-text></mj-body></mjml>",
            "deep.mjml": f"<mjml><mj-body>{deep}",
            "ok.mjml": MJML.replace("mj-include", "mj-divider"),
        },
    )
    documents = by_subject(gathered(root))
    assert [len(made(documents[name])) for name in ("bad.mjml", "deep.mjml", "ok.mjml")] == [0, 0, 1]


@given(
    st.text(alphabet="ab <>\n", max_size=200),
    st.text(alphabet="ab <>\n", max_size=200),
    st.text(alphabet="ab <>\n", max_size=200),
)
def test_places_of_any_text_lie_in_its_origins(made_text: str, first: str, second: str) -> None:
    source = aligned(made_text, [Source("a", first), Source("b", second)], [0, 0], "as rendered")
    for at in range(len(made_text) + 1):
        place = source.location(at, min(at + 3, len(made_text)))
        text = {"a": first, "b": second}[place.path]
        assert 0 <= place.offset <= place.end_offset <= len(text)


@given(st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "<p>", "</p>"]), min_size=4, max_size=60))
def test_a_text_that_is_not_changed_has_its_own_places(words: list[str]) -> None:
    text = " ".join(words)
    source = aligned(text, [Source("a", text)], [0], "as rendered")
    for number, word in enumerate(words):
        at = len(" ".join(words[:number])) + bool(number)
        place = source.location(at, at + len(word))
        assert text[place.offset : place.end_offset].startswith(word[:1])
