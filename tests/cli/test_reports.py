"""Several reports in one run, and the files they go to."""

import json
from pathlib import Path

import pytest

from cli.command import Command
from mailcheck.report import FORMATS

AUDIT = ("example.com", "--zone", "broken.json")


def test_one_run_writes_every_format_to_its_file(command: Command) -> None:
    words = [word for name in FORMATS for word in ("--report", f"{name}={name}.out")]
    done = command(*AUDIT, *words)
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("example.com: fail")
    for name in FORMATS:
        text = (command.folder / f"{name}.out").read_text()
        assert "spf-pass-all" in text
        assert "\x1b" not in text
    assert json.loads((command.folder / "json.out").read_text())["schema"] == "mailcheck/1"


def test_colour_stays_out_of_files(command: Command) -> None:
    done = command(*AUDIT, "--color", "always", "--report", "terminal=out.txt")
    assert "\x1b[" in done.out
    assert "\x1b[" not in (command.folder / "out.txt").read_text()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("json", "--report takes FORMAT=PATH such as json=audit.json, not 'json'"),
        ("json=", "--report takes FORMAT=PATH"),
        ("yaml=x", "'yaml' is none of terminal, concise"),
        ("json=-", "name a file; --format json writes to standard output"),
        ("json=nope/x.json", "there is no folder 'nope'"),
        ("json=.git", "'.git' is a folder; name a file in it"),
        ("json=" + "x" * 300, "File name too long"),
    ],
    ids=["no path", "empty path", "unknown format", "standard output", "no folder", "folder", "long name"],
)
def test_impossible_target_is_told_before_anything_is_asked(value: str, message: str, command: Command) -> None:
    done = command("example.com", "--zone", "clean.json", "--report", value)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert done.err.count("\n") == 1


def test_one_file_twice(command: Command) -> None:
    done = command(*AUDIT, "--report", "json=x", "--report", "sarif=x")
    assert (done.code, done.out) == (2, "")
    assert "--report sarif=x: this file is named twice" in done.err


def test_a_file_that_cannot_be_written_does_not_stop_the_others(command: Command) -> None:
    # Nobody can create a file in /proc, and that shows only when it is tried.
    done = command(*AUDIT, "--report", "json=/proc/audit.json", "--report", "csv=audit.csv")
    assert done.code == 2
    assert done.out.startswith("example.com: fail")
    assert done.err.startswith("mailcheck: /proc/audit.json: cannot be written: ")
    assert "spf-pass-all" in Path("audit.csv").read_text()


def test_the_old_file_is_replaced_whole(command: Command) -> None:
    old = command.write("audit.json", "old" * 100_000)
    old.chmod(0o640)
    assert command(*AUDIT, "--report", "json=audit.json").code == 1
    assert json.loads(old.read_text())["complete"] is True
    assert old.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in command.folder.glob(".*")) == [".git"]


def test_step_summary_is_appended_in_the_format_github(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """The full list stands there, behind what an earlier command of the step wrote."""
    path = command.write("summary.md", "earlier\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    done = command("example.com", "--zone", "broken.json", "--format", "github")
    assert (done.code, done.err) == (1, "")
    text = path.read_text()
    assert text.startswith("earlier\n\n## mailcheck audit: fail")
    assert "spf-all-pass" in text or "SPF" in text
    command("example.com", "--zone", "broken.json", "--format", "concise")
    assert path.read_text() == text, "only where the format is github"


def test_step_summary_stays_below_its_limit(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A longer one would be refused whole, with what others wrote into it."""
    path = command.write("summary.md", "x" * (1_048_576 - 2_500))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    for _ in range(3):
        assert command("example.com", "--zone", "broken.json", "--format", "github").code == 1
    assert 1_048_576 - 2_500 < path.stat().st_size <= 1_048_576


def test_step_summary_that_cannot_be_written(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(command.folder))
    done = command("example.com", "--zone", "broken.json", "--format", "github")
    assert done.code == 2
    assert "::error" in done.out
    assert "GITHUB_STEP_SUMMARY" in done.err
