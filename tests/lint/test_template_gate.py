"""The false-alarm gate: every template of fixtures/templates/ is sound, and every planted fault of broken/ is found."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mailcheck.lint.options import LintOptions
from mailcheck.lint.run import lint_paths
from mailcheck.model.location import FileLocation
from mailcheck.model.report import Report
from mailcheck.model.selection import Selection

FOLDER = Path(__file__).parents[2] / "fixtures" / "templates"
BROKEN = FOLDER / "broken"


def judged(*paths: Path, kind: str | None = None, dialect: str | None = None) -> Report:
    """Lint with every rule."""
    dialects = {path.relative_to(FOLDER).as_posix(): dialect for path in paths} if dialect else {}
    options = LintOptions(Selection.of(("ALL",)), root=FOLDER, kind=kind, dialects=dialects)
    return lint_paths([str(path) for path in paths], options)


def places(report: Report) -> list[tuple[str, str, int, str]]:
    """Path, code, line and message of every finding."""
    return [
        (finding.location.path, finding.code, finding.location.line, finding.message)
        if isinstance(finding.location, FileLocation)
        else (subject.subject, finding.code, 0, finding.message)
        for subject in report.subjects
        for finding in subject.findings
    ]


@pytest.fixture(scope="module")
def clean() -> Report:
    """All sound templates, judged in one run."""
    folders = [path for path in sorted(FOLDER.iterdir()) if path.is_dir() and path.name not in {"broken", "text"}]
    # Of plain text files a walk takes only those of a message set; named, they are judged.
    return judged(*folders, *sorted((FOLDER / "text").iterdir()))


def test_nothing_is_found_in_sound_templates(clean: Report) -> None:
    assert places(clean) == []
    assert [subject.unknown for subject in clean.subjects if subject.unknown] == []


def test_the_gate_is_wide(clean: Report) -> None:
    """Many files, every language, and templates that extend or include others."""
    bodies = [body for subject in clean.subjects for body in subject.facts.get("bodies", ())]
    assert len(clean.subjects) >= 90
    seen = Counter(body["dialect"] for body in bodies)
    languages = (
        "jinja django twig liquid handlebars mustache go erb blade razor mailchimp ampscript hubl freemarker smarty"
    )
    assert {*languages.split(), "braze", "plain"} - set(seen) == set()
    assert sum(len(subject.passed) for subject in clean.subjects) > 3000


def _planted() -> list[dict[str, Any]]:
    return list(tomllib.loads((BROKEN / "expected.toml").read_text("utf-8"))["file"])


@pytest.mark.parametrize("entry", _planted(), ids=lambda entry: entry["path"])
def test_planted_faults_are_found_and_nothing_else(entry: dict[str, Any]) -> None:
    report = judged(BROKEN / entry["path"], kind=entry.get("kind"), dialect=entry.get("dialect"))
    found = places(report)
    left = list(found)
    for fault in entry["fault"]:
        codes = {fault["code"], *fault.get("or", ())}
        hits = [each for each in left if each[1] in codes and (fault.get("absent") or each[2] == fault["line"])]
        assert hits, f"{fault['code']} at line {fault['line']} is not found: {found}"
        left = [each for each in left if each not in hits]
    assert left == [], "found beside what was planted"


def test_every_file_with_faults_is_listed() -> None:
    listed = {entry["path"].partition("/")[0] for entry in _planted()}
    there = {path.name for path in BROKEN.iterdir() if path.name not in {"expected.toml", "README.md"}}
    assert there - listed == set()
