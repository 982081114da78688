"""Front matter: what is read, with places, and what is told instead of guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lint.gathering import by_subject, gathered, written
from mailcheck.lint.front_matter import read, read_yaml
from mailcheck.lint.mapped import MappedSource
from mailcheck.lint.options import LintOptions
from mailcheck.lint.run import lint_paths
from mailcheck.lint.source import Source
from mailcheck.model.fix import TextEdit
from mailcheck.model.selection import Selection

FULL = """---
# comment
layout: mail
subject: "A \\"fine\\" {{ thing }}"
preheader: >-
  one line
  and another
kind: Marketing
tags:
  - a
  - b: c
offer:
  id: 'spring''s'   # its name
  ends: 2026-04-30
from-name: O'Neil & Sons
---
<p>x</p>
"""


def test_everything_is_read() -> None:
    found = read(FULL)
    assert found.faults == []
    assert found.values == {
        "subject": 'A "fine" {{ thing }}',
        "preheader": "one line and another",
        "kind": "marketing",
        "offer": {"id": "spring's", "ends": "2026-04-30"},
        "from_name": "O'Neil & Sons",
    }
    assert FULL[found.body_start :] == "<p>x</p>\n"
    places = {key: FULL[value.start : value.end] for key, value in found.places.items()}
    assert places["offer.id"] == "spring''s"
    assert places["from_name"] == "O'Neil & Sons"


@pytest.mark.parametrize(
    "text",
    [
        "", "---", "--- x\n", "<p>---</p>\n---\n", "\n---\nsubject: x\n---\n", "---\nA rule above.\n---\n",
        "----\nsubject: x\n----\n",
        "---\n- a\n---\n", "---\nlayout: x\n",
    ],
)  # fmt: skip
def test_what_is_no_front_matter_is_left_alone(text: str) -> None:
    found = read(text)
    assert (found.values, found.faults, found.body_start) == ({}, [], 0)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_line_ends(end: str) -> None:
    found = read(f"---{end}subject: x y{end}offer:{end}  id: a{end}---{end}<p>")
    assert found.values == {"subject": "x y", "offer": {"id": "a"}}


def test_empty_front_matter() -> None:
    assert read("---\n---\n<p>").body_start == 8


@pytest.mark.parametrize(
    ("line", "told", "at"),
    [
        ("subject: Sale: today", "quotation marks", "Sale: today"),
        ("subject: {{ name }}, hello", "quotation marks", "{{ name }}, hello"),
        ("subject: *all*", "'*'", "*all*"),
        ('subject: "open', "no partner", '"open'),
        ('subject: "a" b', "behind the closing", " b"),
        ("kind: newsletter", "marketing or transactional", "newsletter"),
        ("offer: spring", "lines of their own", "offer: spring"),
        ("offer:\n  - id", "no `key: value`", "- id"),
        ("offer:\n  id: a\n    deeper: b", "no `key: value`", "deeper: b"),
        ("subject: a\nsubject: b", "twice", "subject:"),
        ("subject: >", "block of lines", ">"),
        ("just words\n", "no `key: value`", "just words"),
    ],
)
def test_what_readers_would_take_differently_is_told(line: str, told: str, at: str) -> None:
    text = f"---\nfrom_name: x\n{line}\n---\n<p>"
    (fault,) = read(text).faults
    assert told in fault.message
    assert text[fault.start : fault.end] == at


def test_front_matter_without_its_end_is_told() -> None:
    (fault,) = read("---\nsubject: x\n<p>").faults
    assert "never ends" in fault.message


def test_faults_are_those_of_the_template(tmp_path) -> None:
    written(
        tmp_path,
        {
            "a.html": "---\nkind: x\n---\n<p>",
            "w/subject.txt": "S",
            "w/body.html": "<p>",
            "w/meta.yml": "subject: a: b\n",
        },
    )
    documents = by_subject(gathered(tmp_path))
    assert [fault.key for fault in documents["a.html"].bodies[0].template.faults] == ["front-matter"]
    front = next(body for body in documents["w"].bodies if body.media == "front")
    assert front.source.path == "w/meta.yml"
    assert [fault.key for fault in front.template.faults] == ["front-matter"]


def test_what_is_wrong_in_it_is_a_finding(tmp_path) -> None:
    written(tmp_path, {"a.html": "---\nsubject: Sale: ten left\nkind: newsletter\n---\n<p>x</p>\n"})
    report = lint_paths([str(tmp_path)], LintOptions(Selection(frozenset({"TPL099"})), root=tmp_path))
    found = [(finding.code, finding.location.line) for subject in report.subjects for finding in subject.findings]
    assert found == [("TPL099", 2), ("TPL099", 3)]


def test_markup_begins_behind_it(tmp_path) -> None:
    written(tmp_path, {"a.html": '---\nsubject: "<b>x"\nlayout: <i>\n---\n<p>y</p>'})
    (document,) = gathered(tmp_path).documents
    assert [element.tag for element in document.html[0].elements] == ["p"]


def test_an_edit_keeps_the_quotation(tmp_path) -> None:
    text = "---\nsubject: 'Re: it is here'\npreheader: plain\n---\n<p>x</p>"
    written(tmp_path, {"a.html": text})
    (document,) = gathered(tmp_path).documents
    subject = document.bodies[0]
    edit = subject.edit(0, 4, "it's ")
    assert text[: edit.offset] + edit.text + text[edit.end_offset :] == text.replace("Re: ", "it''s ")
    # A plain value is not edited: what is put in could make another value of it.
    assert not document.bodies[1].source.editable


@given(
    st.text(
        alphabet=st.characters(blacklist_categories=["Cs"]) | st.sampled_from(list("\n\n\"':-#>|{} ")), max_size=300
    )
)
def test_any_text_is_read_and_places_fit(text: str) -> None:
    for whole, found in ((f"---\nsubject: {text}\n---\n", None), (text, None), (text, read_yaml(text))):
        result = found or read(whole)
        assert 0 <= result.body_start <= len(whole)
        for fault in result.faults:
            assert 0 <= fault.start <= fault.end <= len(whole)
        for value in result.places.values():
            assert 0 <= value.start <= value.end <= len(whole)
            steps = value.steps
            assert steps == sorted(steps)
            for (at, place), following in zip(steps, [*steps[1:], (len(value.text), value.end)], strict=True):
                # Between two steps of one pace, both texts are the same.
                length = following[0] - at
                if length and following[1] - place == length and not value.quote:
                    assert whole[place : place + length].strip() in value.text


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\x85\u2028\u2029")))
def test_quoted_values_keep_every_character(text: str) -> None:
    single, double = text.replace("'", "''"), text.replace("\\", "\\\\").replace('"', '\\"')
    for quote, inner in (("'", single), ('"', double)):
        whole = f"---\nsubject: {quote}{inner}{quote}\n---\n"
        value = read(whole).places["subject"]
        assert value.text == text
        steps = [at for at, _ in value.steps], [place for _, place in value.steps]
        source = MappedSource(text, Source("a", whole), steps)
        for at, char in enumerate(text):
            place = source.location(at, at + 1)
            assert char in whole[place.offset : place.end_offset]
        assert isinstance(source.edit(0, 0, ""), TextEdit)
