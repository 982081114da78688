"""What .gitignore leaves out, compared with git itself."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lint.gathering import written
from mailcheck.lint.gitignore import Ignored

PATHS = (
    "a.html", "b.html", "ab.html", "mail/a.html", "mail/b.html", "mail/deep/a.html", "mail/deep/b.txt",
    "mail.html", "x/mail/a.html", "x/y/z/a.html", "build/out/a.html", "[a].html", "#a.html", "!a.html", "a b.html",
    "abc.html", "mail/ab/a.html",
)  # fmt: skip
PATTERNS = (
    "*.html", "a.html", "/a.html", "mail", "mail/", "/mail/", "mail/*.html", "mail/**", "**/a.html", "x/**/a.html",
    "!a.html", "!mail/a.html", "a*", "?.html", "[ab].html", "[!a].html", "\\#a.html", "\\!a.html", "# comment", "",
    "build/", "*/a.html", "deep/", "!deep/", "**/deep/*", "mail/deep", "a.html ", "*", "!*/", "!*.html", "./a.html",
    "x/y/", "/x/*", "**", "a/", "ab",
)  # fmt: skip


def by_git(root: Path) -> set[str]:
    """What git would not add."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    env = clean | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "HOME": str(root)}
    done = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard", "-z"], cwd=root, env=env, capture_output=True, check=True
    )
    return set(PATHS) - set(done.stdout.decode().split("\0"))


def by_us(root: Path) -> set[str]:
    """The same with ours, walking down as the linter does."""
    gone: set[str] = set()
    waiting = [(root, Ignored.around(str(root)))]
    while waiting:
        folder, rules = waiting.pop()
        entries = list(folder.iterdir())
        below = rules.below(str(folder), [entry.name for entry in entries])
        for entry in entries:
            inner = entry.relative_to(root).as_posix()
            if below.out(str(entry), folder=entry.is_dir()):
                gone |= {each for each in PATHS if each == inner or each.startswith(f"{inner}/")}
            elif entry.is_dir() and entry.name != ".git":
                waiting.append((entry, below))
    return gone


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return written(root, dict.fromkeys(PATHS, "x"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PATTERNS), max_size=5), st.lists(st.sampled_from(PATTERNS), max_size=3))
@example(["mail/deep"], ["!deep/"])
@example(["mail/**"], ["!deep/"])
@example(["/x/*"], ["!a.html"])
def test_the_same_files_are_left_out_as_by_git(repository: Path, top: list[str], inner: list[str]) -> None:
    written(repository, {".gitignore": "\n".join(top) + "\n", "mail/.gitignore": "\r\n".join(inner)})
    assert by_us(repository) == by_git(repository)
