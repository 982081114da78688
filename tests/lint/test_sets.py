"""Which files make one message: cases under fixtures/sets, each a repository of its own."""

import shutil
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lint.gathering import FIXTURES, by_subject, gathered, written
from mailcheck.lint.sets import PARTS, classified

CASES = sorted(path for path in (FIXTURES / "sets").iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_the_files_of_a_message_are_found(case: Path) -> None:
    expected = tomllib.loads((case / "expected.toml").read_text("utf-8"))
    tables = tuple(expected.pop("set", ()))
    documents = by_subject(gathered(case, sets=tables))
    found = {}
    for name, document in documents.items():
        found[name] = {body.media: body.source.path for body in document.bodies}
        if "kind" in expected.get(name, {}):
            found[name]["kind"] = document.kind
        assert document.is_set == (len({body.source.path for body in document.bodies}) > 1 or ".json" in name)
    assert found == expected


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_any_file_of_a_message_brings_the_whole(case: Path) -> None:
    """A hook names the changed file alone."""
    expected = tomllib.loads((case / "expected.toml").read_text("utf-8"))
    tables = tuple(expected.pop("set", ()))
    for name, parts in expected.items():
        for part, path in parts.items():
            if part == "kind" or "#" in name:
                continue
            documents = by_subject(gathered(case, [path], sets=tables))
            assert {body.media: body.source.path for body in documents[name].bodies} == {
                key: value for key, value in parts.items() if key != "kind"
            }


def test_a_file_is_judged_once(tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "sets" / "folder" / "welcome", tmp_path / "welcome")
    names = ["welcome/body.txt", "welcome/subject.txt", "welcome/body.html", "welcome"]
    assert list(by_subject(gathered(tmp_path, names))) == ["welcome"]


def test_a_lone_subject_that_is_named_is_a_subject(tmp_path: Path) -> None:
    written(tmp_path, {"welcome_subject.txt": "Hello"})
    (document,) = gathered(tmp_path, ["welcome_subject.txt"]).documents
    assert [body.media for body in document.bodies] == ["subject"]


def test_metadata_may_stand_in_json_with_escapes(tmp_path: Path) -> None:
    """The place of a subject is its place between the quotation marks."""
    (document,) = gathered(FIXTURES / "sets" / "metadata_json").documents
    subject = next(body for body in document.bodies if body.media == "subject")
    assert subject.source.text == 'Your "receipt" {{id}}'
    text = (FIXTURES / "sets/metadata_json/receipt/meta.json").read_text("utf-8")
    start = subject.source.text.index("{{id}}")
    place = subject.location(start, start + 6)
    assert text[place.offset : place.end_offset] == "{{id}}"
    edit = subject.edit(5, 14, 'a "b"')
    assert text[: edit.offset] + edit.text + text[edit.end_offset :] == text.replace(
        '\\"receipt\\"', 'a \\"b\\"'
    )  # fmt: skip


def test_two_messages_have_two_names(tmp_path: Path) -> None:
    written(tmp_path, {"a/welcome/subject.txt": "S", "a/welcome/body.html": "<p>"})
    written(tmp_path, {"a/welcome.html": "<p>", "a/welcome.txt": "x"})
    assert len(by_subject(gathered(tmp_path))) == 2


def test_a_part_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    written(tmp_path, {"a/subject.txt": b"\xff\xfe\xff", "a/body.html": "<p>x</p>"})
    found = gathered(tmp_path, ["a"])
    assert [name for name, _ in found.unreadable] == ["a/subject.txt"]
    assert [body.media for body in found.documents[0].bodies] == ["html"]


@given(st.text(max_size=80).filter(lambda name: "/" not in name))
def test_any_name_is_classified(name: str) -> None:
    for key, role in classified(name):
        assert role in PARTS
        assert isinstance(key, str)
