"""Standard output and error as they are found: terminals, pipes, closed, full, of any encoding and width."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from cli.command import Command, outcome, process

AUDIT = ("example.com", "--zone", "broken.json")


def on_a_terminal(*words: str, cwd: Path, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Exit code and output of the command with a terminal as its standard output."""
    ours, theirs = pty.openpty()
    try:
        with process(*words, cwd=cwd, env={"TERM": "xterm", **(env or {})}, stdout=theirs) as child:
            os.close(theirs)
            chunks = []
            while chunk := _read(ours):
                chunks.append(chunk)
            child.communicate(timeout=60)
        return child.returncode, b"".join(chunks).decode()
    finally:
        os.close(ours)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        # Linux says EIO where the other end of a terminal is closed.
        return b""


@pytest.mark.parametrize(
    ("env", "words", "colored"),
    [
        ({}, (), True),
        ({"NO_COLOR": "1"}, (), False),
        ({"NO_COLOR": ""}, (), True),
        ({"TERM": "dumb"}, (), False),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({}, ("--color", "never"), False),
    ],
    ids=["as it is", "NO_COLOR", "NO_COLOR empty", "TERM=dumb", "--color always", "--color never"],
)
def test_colour_on_a_terminal(env: dict[str, str], words: tuple[str, ...], colored: bool, command: Command) -> None:
    code, text = on_a_terminal(*AUDIT, *words, cwd=command.folder, env=env)
    assert (code, "\x1b[" in text) == (1, colored)
    assert "spf-pass-all" in text


@pytest.mark.parametrize(
    ("env", "words", "colored"),
    [
        ({}, (), False),
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": "0"}, (), False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ({"FORCE_COLOR": "1"}, ("--color", "never"), False),
        ({}, ("--color", "always"), True),
        ({"FORCE_COLOR": "1"}, ("--format", "json"), False),
    ],
    ids=["as it is", "FORCE_COLOR", "FORCE_COLOR=0", "both", "--color never", "--color always", "json"],
)
@pytest.mark.parametrize("verb", [AUDIT, ("explain", "SPF006"), ("rules",), ("config",)], ids=lambda words: words[0])
def test_colour_in_a_pipe(
    verb: tuple[str, ...],
    env: dict[str, str],
    words: tuple[str, ...],
    colored: bool,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in command(*verb, *words).out) is colored


@pytest.mark.parametrize("verb", [AUDIT, ("explain", "DKIM001"), ("rules",)], ids=lambda words: words[0])
def test_ascii_screen_gets_ascii(verb: tuple[str, ...], command: Command) -> None:
    done = outcome(*verb, cwd=command.folder, env={"PYTHONIOENCODING": "ascii"})
    assert done.code in {0, 1}
    assert done.out.isascii()
    assert done.err == ""


def test_message_on_an_ascii_screen(command: Command) -> None:
    done = outcome("bü\u202ecker", cwd=command.folder, env={"PYTHONIOENCODING": "ascii"})
    assert done.code == 2
    assert done.err.isascii()
    assert "u{202e}" in done.err


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_screen(width: int, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = command("explain", "SPF016").out.splitlines()
    assert max(map(len, lines)) <= min(80, width)
    lines = command("example.com", "--zone", "clean.json").out.splitlines()
    assert max(map(len, lines)) <= max(80, width)


@pytest.mark.parametrize(
    ("words", "code"),
    [(AUDIT, 1), (("--version",), 0), (("--help",), 0), (("audit", "--help"), 0), (("rules",), 0)],
    ids=["audit", "version", "help", "help of a verb", "rules"],
)
class TestOutputThatNobodyTakes:
    """The exit code is that of the run, and there is no traceback."""

    def test_reader_that_went_away(self, words: tuple[str, ...], code: int, command: Command) -> None:
        ours, theirs = os.pipe()
        os.close(ours)
        done = outcome(*words, cwd=command.folder, stdout=theirs)
        os.close(theirs)
        assert (done.code, done.err) == (code, "")

    def test_closed(self, words: tuple[str, ...], code: int, command: Command) -> None:
        done = outcome(*words, cwd=command.folder, stdout=None, preexec_fn=lambda: os.close(1))
        assert (done.code, done.err) == (code, "")

    def test_full_disk(self, words: tuple[str, ...], code: int, command: Command) -> None:
        assert code in {0, 1}
        with Path("/dev/full").open("wb") as full:
            done = outcome(*words, cwd=command.folder, stdout=full)
        assert done.code == 2
        assert done.err == "mailcheck: standard output cannot be written: No space left on device\n"

    def test_errors_have_nowhere_to_go(self, words: tuple[str, ...], code: int, command: Command) -> None:
        with Path("/dev/full").open("wb") as full:
            assert outcome(*words, "--nope", cwd=command.folder, stderr=full).code in {2, code}


def test_report_is_written_though_nobody_reads_standard_output(command: Command) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    done = outcome(*AUDIT, "--report", "json=audit.json", cwd=command.folder, stdout=theirs)
    os.close(theirs)
    assert done.code == 1
    assert json.loads((command.folder / "audit.json").read_text())["complete"] is True


def test_current_folder_that_is_gone(command: Command, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = outcome(
        "example.com",
        "--zone",
        str(command.folder / "clean.json"),
        cwd=gone,
        preexec_fn=gone.rmdir,
        stdin=subprocess.DEVNULL,
    )
    assert done.code == 2
    assert done.err.startswith("mailcheck: the current folder does not exist any more")
