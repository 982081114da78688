"""Whatever is handed over becomes documents or is told; every place lies in a file."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lint.gathering import FIXTURES, gathered, options, written
from mailcheck.lint import gather
from mailcheck.lint.files import Unreadable, decode

SUFFIXES = (
    "html", "mjml", "eml", "json", "txt", "html.j2", "liquid", "hbs", "mustache", "html.twig", "html.erb", "blade.php",
    "cshtml", "gotmpl", "ftl", "tpl",
)  # fmt: skip
PIECES = (
    "---\n", "subject: x\n", "{{", "}}", "{%", "%}", "{% extends 'a' %}", "{{> a}}", "<%= render 'a' %>",
    "@include('a')", "<html>", "</html>", "<mjml>", "<mj-title>", "</mj-title>", "<mj-include path='a'>", "<!--", "-->",
    '{"HtmlPart": "', '"}', "\\u00e9", "Subject: x\n", "Content-Type: text/html\n", "\n", "\n\n", "\0", "é", "\ufeff",
    "😀", "<#if a>", "{include file='a'}", "{$a}", "%%a%%", "*|A|*", "${a}", '{{template "a" .}}', "<a href='#'>",
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SUFFIXES), st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12).map("".join))
def test_any_text_is_gathered(tmp_path: Path, suffix: str, text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    found = gather.from_text(text, f"a.{suffix}", options(tmp_path))
    for document in found.documents:
        assert document.subject.startswith("a.")
        for body in document.bodies:
            size = len(body.source.text)
            assert 0 <= body.start <= size
            for start in range(0, size + 1, max(1, size // 7)):
                place = body.location(start, min(start + 2, size))
                assert place.path == f"a.{suffix}"
                assert 0 <= place.offset <= place.end_offset <= len(text)
            assert bool(document.composed(body).reason) != document.composed(body).complete
    for name, told in (*found.unreadable, *found.limits):
        assert name == f"a.{suffix}"
        assert "\n" not in told.replace(text, "")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SUFFIXES), st.binary(max_size=200))
def test_any_octets_are_gathered(tmp_path: Path, suffix: str, octets: bytes) -> None:
    written(tmp_path, {f"a.{suffix}": octets})
    found = gathered(tmp_path, [f"a.{suffix}"])
    assert found.documents or found.unreadable


def test_the_order_is_that_of_the_names() -> None:
    paths = ["", "mjml", "sets", "eml"]
    first = gathered(FIXTURES / "templates", paths)
    second = gathered(FIXTURES / "templates", list(reversed(paths)))
    subjects = [document.subject for document in first.documents]
    assert subjects == sorted(subjects) == [document.subject for document in second.documents]
    assert first.unreadable == []
    assert first.limits == []


def test_every_body_of_the_fixtures_stands_in_its_file() -> None:
    """Subjects in front matter, strings in JSON, parts of messages: words found again in the text of the file."""
    root = FIXTURES / "templates"
    for document in gathered(root).documents:
        for body in document.bodies:
            if body.source.how or body.source.text.isspace():
                continue
            text = decode((root / body.source.path).read_bytes(), body.source.path).text
            word = body.source.text.split()[0]
            start = body.source.text.index(word)
            place = body.location(start, start + len(word))
            assert place.line == text[: place.offset].count("\n") + 1
            if not body.source.path.endswith((".eml", ".json")):
                assert text[place.offset : place.end_offset] == word


@pytest.mark.parametrize("path", sorted((FIXTURES / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_texts_are_read_as_their_editors_save_them(path: Path) -> None:
    try:
        source = decode(path.read_bytes(), path.name)
    except Unreadable as error:
        pytest.fail(str(error))
    assert "\ufffd" not in source.text
