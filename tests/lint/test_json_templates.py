"""Templates in JSON: found by their shape, each character with its place in the file."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lint.gathering import by_subject, gathered, written
from mailcheck.lint.fixing import repair
from mailcheck.lint.json_templates import MAX_DEPTH, read
from mailcheck.lint.options import LintOptions
from mailcheck.lint.run import lint_paths
from mailcheck.lint.source import Source
from mailcheck.model.selection import Selection

SES = (
    '{"Template": {"TemplateName": "a", "SubjectPart": "Hi",'
    ' "HtmlPart": "<p>\\u00e9\\n<a href=\\"#\\">\\ud83d\\ude00 y</a>"}}'
)


def test_places_run_through_escapes() -> None:
    (message,) = read(Source("a.json", SES)).messages
    html = message.parts["html"]
    assert html.text == '<p>é\n<a href="#">😀 y</a>'
    for piece, raw in (('"#"', '\\"#\\"'), ("é", "\\u00e9"), ("😀", "\\ud83d\\ude00"), (" y<", " y<")):
        start = html.text.index(piece)
        place = html.location(start, start + len(piece))
        assert SES[place.offset : place.end_offset] == raw
    start = html.text.index("#")
    edit = html.edit(start, start + 1, 'x"\n')
    changed = json.loads(SES[: edit.offset] + edit.text + SES[edit.end_offset :])
    assert changed["Template"]["HtmlPart"] == html.text.replace("#", 'x"\n')


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        ({"TemplateName": "a", "SubjectPart": "b", "TextPart": "c"}, [""]),
        ({"TemplateName": "a", "TemplateContent": {"Subject": "b", "Html": "c"}}, ["/TemplateContent"]),
        ({"versions": [{"subject": "a", "html_content": "b"}, {"plain_content": "c"}]}, ["/versions/0", "/versions/1"]),
        ({"a/b": {"x~y": {"HtmlBody": "c", "Subject": "d"}}}, ["/a~1b/x~0y"]),
        ({"subject": "a", "Html": "b", "html": "c"}, []),
        ([{"HtmlPart": 1}, {"HtmlPart": None}, {"HtmlPart": ["x"]}], []),
    ],
)
def test_templates_are_found_by_their_keys(value: object, pointers: list[str]) -> None:
    found = read(Source("a.json", json.dumps(value)))
    assert [message.pointer for message in found.messages] == pointers


def test_the_configuration_names_another_language(tmp_path) -> None:
    written(
        tmp_path,
        {"a.json": '{"HtmlPart": "{{x}}"}', "b.json": '{"HtmlBody": "{{x}}"}', "c.json": '{"HtmlPart": "{{x}}"}'},
    )
    documents = by_subject(gathered(tmp_path, dialects={"c.json": "liquid"}))
    assert [document.html[0].template.dialect for document in documents.values()] == [
        "handlebars",
        "mustache",
        "liquid",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"HtmlPart": "x",}', "line 1, column 18"), ('{"a": 1}', "no template of"), ("[" * 100_000, "cannot be read"),
        ('{"HtmlPart": "\\ud800"}x', "no JSON"), ("", "no JSON"),
    ],
)  # fmt: skip
def test_what_is_no_template_is_told_when_it_is_named(tmp_path, text: str, told: str) -> None:
    written(tmp_path, {"a.json": text})
    (problem,) = gathered(tmp_path, ["a.json"]).unreadable
    assert told in problem[1]


def test_a_fix_is_written_as_json_has_it(tmp_path) -> None:
    """What a rule puts into the HTML holds quotation marks; the file stays JSON."""
    page = '<html lang="en"><head><title>x</title></head><body>y</body></html>'
    text = json.dumps({"SubjectPart": "Hi", "HtmlPart": page})
    written(tmp_path, {"a.json": text})
    options = LintOptions(Selection(frozenset({"HTM002"})), root=tmp_path)
    report = lint_paths([str(tmp_path)], options)
    outcome = repair(
        report,
        {"a.json": text},
        lambda texts: lint_paths([str(tmp_path)], options.with_texts(texts)),
        lambda _path, _text: [],
    )
    assert len(outcome.applied) == 1
    assert '<head><meta charset="utf-8">' in json.loads(outcome.texts["a.json"])["HtmlPart"]


def test_depth_is_capped() -> None:
    deep = '{"a":' * (MAX_DEPTH + 5) + '{"HtmlPart": "x"}' + "}" * (MAX_DEPTH + 5)
    assert read(Source("a.json", deep)).messages == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["HtmlPart", "subject", "a"]) | st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


NAMES = {"HtmlPart": "html", "html_content": "html", "subject": "subject"}


@given(JSON, st.booleans(), st.sampled_from([None, 1]))
def test_every_string_is_what_json_reads(value: object, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    for message in read(Source("a.json", text)).messages:
        inner = value
        for step in message.pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            inner = inner[int(key)] if isinstance(inner, list) else inner[key]
        for part, source in message.parts.items():
            key = next(key for key, value in inner.items() if NAMES.get(key) == part and isinstance(value, str))
            # A lone surrogate cannot be written to a report; it stands as U+FFFD.
            assert source.text == "".join("\ufffd" if 0xD800 <= ord(char) < 0xE000 else char for char in inner[key])
            for at in range(len(source.text)):
                place = source.location(at, at + 1)
                raw = text[place.offset : place.end_offset]
                assert json.loads(f'"{raw}"') in (source.text[at], inner[key][at])


@given(st.text(alphabet=st.sampled_from(list('{}[]:,"\\ua1 HtmlPart')), max_size=100))
def test_any_text_is_read(text: str) -> None:
    found = read(Source("a.json", text))
    assert found.fault is None or 0 <= found.fault[1] <= max(0, len(text) - 1)
