"""What `--diff` shows: a unified diff that applies, and that does nothing to a terminal."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.report.diff import unified

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "  x", "\ty"]), max_size=60)


def apply(patch: str, before: str) -> str:
    """A reading of the patch, by its numbers."""
    old = before.splitlines(keepends=True)
    new: list[str] = []
    at = 0
    lines = patch.splitlines(keepends=True)[2:]
    while lines:
        head = lines.pop(0)
        start, _, count = head.split()[1][1:].partition(",")
        begin = int(start) - (1 if count != "0" else 0)
        new += old[at:begin]
        at = begin
        while lines and not lines[0].startswith("@@"):
            line = lines.pop(0)
            if lines and lines[0].startswith("\\"):
                lines.pop(0)
                line = line.removesuffix("\n")
            if line[0] in " -":
                assert old[at] == line[1:]
                at += 1
            if line[0] in " +":
                new.append(line[1:])
    return "".join(new + old[at:])


@given(LINES, LINES, st.booleans(), st.booleans())
def test_the_patch_makes_the_new_text(old: list[str], new: list[str], end: bool, end_new: bool) -> None:
    before = "\n".join(old) + "\n" * end
    after = "\n".join(new) + "\n" * end_new
    patch = unified("mail.html", before, after)
    assert bool(patch) is (before != after)
    assert apply(patch, before) == after if patch else True


def test_hunks_have_three_lines_around() -> None:
    before = "".join(f"{number}\n" for number in range(30))
    after = before.replace("\n5\n", "\nfive\n").replace("\n20\n", "\n20\nand a half\n")
    assert unified("a.html", before, after) == (
        "--- a/a.html\n+++ b/a.html\n"
        "@@ -3,7 +3,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        "@@ -19,6 +19,7 @@\n 18\n 19\n 20\n+and a half\n 21\n 22\n 23\n"
    )


def test_line_ends_and_a_missing_one_are_kept() -> None:
    missing = "\\ No newline at end of file\n"
    head = "--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n"
    assert unified("a", "x\r\ny", "x\r\nz") == f"{head} x\r\n-y\n{missing}+z\n{missing}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\u202eb", "a\\u{202e}b"),
        ("##[error]x", "#\\x23[error]x"),
        ("a\rb", "a\\x0db"),
        ("tab\there", "tab\there"),
    ],
)
def test_strangers_text_is_inert(text: str, shown: str) -> None:
    assert f"+{shown}\n" in unified("a", "x\n", f"{text}\n")


def test_context_is_no_command_to_a_log_reader() -> None:
    assert " \\x3a:error::x\n" in unified("a", "::error::x\ny\n", "::error::x\nz\n")
    assert "\n::" not in unified("a\n::error::", "x", "y")


@pytest.mark.git
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_git_applies_it(end: str, tmp_path: Path) -> None:
    before = end.join(f"<p>{number}</p>" for number in range(40)) + end
    after = before.replace("<p>7</p>", "<p>seven</p>").replace("<p>30</p>" + end, "")
    (tmp_path / "a.html").write_bytes(before.encode())
    (tmp_path / "p.diff").write_bytes(unified("a.html", before, after).encode())
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "p.diff"], cwd=tmp_path, check=True)
    assert (tmp_path / "a.html").read_bytes().decode() == after


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 3))
def test_two_texts_without_anything_in_common(kind: int) -> None:
    """Work grows with the number of lines."""
    old = "".join(f"{number % (kind + 7)}\n" for number in range(30_000))
    new = "".join(f"x{number}\n" for number in range(30_000))
    assert unified("a", old, new).count("\n") == 60_003
