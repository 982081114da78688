"""What templates extend and include: cases under fixtures/composition, each a repository of its own."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lint.gathering import FIXTURES, gathered, written
from mailcheck.lint import composition, dialects
from mailcheck.lint.document import Composition
from mailcheck.lint.references import references

CASES = [
    (case, name, wanted)
    for case in sorted((FIXTURES / "composition").iterdir())
    for name, wanted in tomllib.loads((case / "expected.toml").read_text("utf-8")).items()
]


def composed(root: Path, name: str, **more: object) -> Composition:
    """The composition of the HTML of one file."""
    (document,) = gathered(root, [name], **more).documents
    return document.composed(document.html[0])


@pytest.mark.parametrize(("case", "name", "wanted"), CASES, ids=lambda value: getattr(value, "name", None))
def test_templates_are_composed(case: Path, name: str, wanted: dict[str, object]) -> None:
    found = composed(case, name)
    assert found.complete == wanted["complete"], found.reason
    if "bodies" in wanted:
        assert [body.source.path for body in found.bodies[1:]] == wanted["bodies"]
    assert str(wanted.get("reason", "")) in found.reason
    assert bool(found.reason) != found.complete


def test_nothing_outside_the_root_is_read(tmp_path: Path) -> None:
    written(
        tmp_path, {"secret.html": "<p>secret</p>", "repo/mail.html.j2": '<html></html>{% include "../secret.html" %}'}
    )
    written(tmp_path, {"repo/linked.html.j2": '<html></html>{% include "link.html" %}'})
    (tmp_path / "repo" / "link.html").symlink_to(tmp_path / "secret.html")
    for name in ("mail.html.j2", "linked.html.j2"):
        found = composed(tmp_path / "repo", name)
        assert len(found.bodies) == 1
        assert not found.complete


def test_a_further_folder_is_looked_into(tmp_path: Path) -> None:
    written(tmp_path, {"a/mail.html.j2": '{% extends "base.html" %}', "lib/deep/base.html": "<html></html>"})
    written(tmp_path, {"other/base.html": "<html></html>"})
    assert "any of 2" in composed(tmp_path, "a/mail.html.j2").reason
    found = composed(tmp_path, "a/mail.html.j2", source_root=tmp_path / "lib" / "deep")
    assert [body.source.path for body in found.bodies[1:]] == ["lib/deep/base.html"]


def test_of_a_part_of_the_files_none_is_the_only_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, {"a/mail.html.j2": '{% extends "base.html" %}', "lib/deep/base.html": "<html></html>"})
    assert len(composed(tmp_path, "a/mail.html.j2").bodies) == 2
    monkeypatch.setattr(composition, "MAX_INDEX_FOLDERS", 2)
    assert "not in the repository" in composed(tmp_path, "a/mail.html.j2").reason


def test_depth_and_number_are_capped(tmp_path: Path) -> None:
    chain = {f"t{number}.html.j2": f'<html></html>{{% include "t{number + 1}.html.j2" %}}' for number in range(60)}
    wide = "".join(f'{{% include "w{number}.html.j2" %}}' for number in range(200))
    written(tmp_path, {**chain, "wide.html.j2": f"<html></html>{wide}"})
    written(tmp_path, {f"w{number}.html.j2": "<p>x</p>" for number in range(200)})
    deep = composed(tmp_path, "t0.html.j2")
    assert not deep.complete
    assert len(deep.bodies) <= composition.MAX_LEVELS + 1
    broad = composed(tmp_path, "wide.html.j2")
    assert not broad.complete
    assert len(broad.bodies) <= composition.MAX_BODIES


def test_a_message_is_whole_by_itself(tmp_path: Path) -> None:
    written(tmp_path, {"m.eml": "Subject: x\nContent-Type: text/html\n\n<p>{% include 'gone' %}</p>\n"})
    assert composed(tmp_path, "m.eml").complete


def test_what_a_provider_stores_is_whole_but_for_postmark(tmp_path: Path) -> None:
    written(tmp_path, {"ses.json": '{"HtmlPart": "<p>x</p>"}', "pm.json": '{"HtmlBody": "<p>x</p>"}'})
    assert composed(tmp_path, "ses.json").complete
    assert "layout" in composed(tmp_path, "pm.json").reason


@settings(max_examples=150)
@given(
    st.text(alphabet=list("{}%<>#@=-~\"'$*&/ .()[]|\nabextendsincludrpluckty"), max_size=200),
    st.sampled_from([name for name in dialects.DIALECTS if name != "plain"]),
)
def test_any_text_has_references(text: str, dialect: str) -> None:
    template = dialects.read(text, dialect)
    for each in references(template):
        assert 0 <= each.start <= each.end <= len(text)
        assert all(isinstance(name, str) for name in each.names)


@pytest.mark.parametrize(
    ("dialect", "piece"),
    [
        ("blade", "@include("), ("blade", "<x-a"), ("razor", "<partial "), ("razor", "Layout = "),
        ("go", "{{ template "), ("jinja", "{% include "), ("jinja", "{% extends"), ("handlebars", "{{> "),
        ("erb", "<%= render "), ("freemarker", "<#include "), ("smarty", "{include "), ("generic", "<mj-include "),
        ("ampscript", "ContentArea("),
    ],
)  # fmt: skip
def test_references_are_read_in_bounded_steps(dialect: str, piece: str) -> None:
    """Marks without their ends, by the hundred thousand: the answer comes, and holds no more than the cap."""
    assert len(references(dialects.read(piece * 100_000, dialect))) <= 500
