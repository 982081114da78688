"""What each format writes for one shared set of findings, kept as a file that a person can read."""

import json
import os
from pathlib import Path

import pytest

from mailcheck.model.report import Report
from mailcheck.report import FORMATS, RenderOptions, render
from report.sample import BROKEN, LINT, REPORT

FOLDER = Path(__file__).parents[2] / "fixtures" / "report" / "snapshots"
SNAPSHOTS = {
    "terminal-80.txt": ("terminal", RenderOptions(), REPORT),
    "terminal-120.txt": ("terminal", RenderOptions(width=120), REPORT),
    "terminal-color.txt": ("terminal", RenderOptions(color=True), REPORT),
    "terminal-ascii.txt": ("terminal", RenderOptions(unicode=False), REPORT),
    "terminal-quiet.txt": ("terminal", RenderOptions(quiet=True), REPORT),
    "terminal-verbose.txt": ("terminal", RenderOptions(verbose=True, statistics=True), REPORT),
    "terminal-broken.txt": ("terminal", RenderOptions(), BROKEN),
    "lint-80.txt": ("terminal", RenderOptions(), LINT),
    "lint-verbose.txt": ("terminal", RenderOptions(width=120, verbose=True), LINT),
    "lint-quiet.txt": ("terminal", RenderOptions(quiet=True), LINT),
    "lint.md": ("markdown", RenderOptions(), LINT),
    "concise.txt": ("concise", RenderOptions(statistics=True), REPORT),
    "report.json": ("json", RenderOptions(), REPORT),
    "report.jsonl": ("jsonl", RenderOptions(), REPORT),
    "report.sarif": ("sarif", RenderOptions(), REPORT),
    "github.txt": ("github", RenderOptions(), REPORT),
    "gitlab.json": ("gitlab", RenderOptions(), REPORT),
    "junit.xml": ("junit", RenderOptions(), REPORT),
    "junit-broken.xml": ("junit", RenderOptions(), BROKEN),
    "report.md": ("markdown", RenderOptions(), REPORT),
    "report.csv": ("csv", RenderOptions(), REPORT),
}


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_output_is_the_snapshot(name: str) -> None:
    format_name, options, report = SNAPSHOTS[name]
    text = render(format_name, report, options)
    # SARIF is one line, which nobody could read in a difference.
    _compare(FOLDER / name, json.dumps(json.loads(text), indent=1) + "\n" if format_name == "sarif" else text)


def _compare(path: Path, text: str) -> None:
    if os.environ.get("MAILCHECK_UPDATE_SNAPSHOTS") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode(), "run with MAILCHECK_UPDATE_SNAPSHOTS=1 where the change is meant"


def test_every_format_has_a_snapshot_and_no_snapshot_is_left_over() -> None:
    assert {format_name for format_name, _, _ in SNAPSHOTS.values()} == set(FORMATS)
    assert {path.name for path in FOLDER.iterdir()} == set(SNAPSHOTS)


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_same_report_gives_the_same_text(format_name: str) -> None:
    assert render(format_name, REPORT, RenderOptions()) == render(format_name, REPORT, RenderOptions())


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_report_without_subjects_can_be_written(format_name: str) -> None:
    text = render(format_name, Report("audit", "0.1.0", ()), RenderOptions())
    assert text == "" if format_name == "jsonl" else text.endswith("\n")
