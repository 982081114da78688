"""Patterns of paths in the configuration and on the command line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcheck.model.globs import first_match, matches

CASES = [
    ("*.html", "a.html", True),
    ("*.html", "mail/de/a.html", True),
    ("*.html", "a.html.j2", False),
    ("mail", "mail/a.html", True),
    ("mail/", "mail/a.html", True),
    ("mail/", "x/mail/a.html", True),
    ("mail/*", "mail/a.html", True),
    ("mail/*", "x/mail/a.html", False),
    ("mail/*.html", "mail/de/a.html", False),
    ("mail/**/*.html", "mail/a.html", True),
    ("mail/**/*.html", "mail/de/deep/a.html", True),
    ("mail/**", "mail/de/a.html", True),
    ("mail/**", "mail", False),
    ("**/old/*.html", "old/a.html", True),
    ("**/old/*.html", "mail/old/a.html", True),
    ("**", "a", True),
    ("./mail/*.html", "mail/a.html", True),
    ("mail/[ab].html", "mail/b.html", True),
    ("mail/?.html", "mail/ab.html", False),
    ("A.html", "a.html", False),
    ("/mail", "mail/y.txt", True),
    ("/mail", "old/mail/y.txt", False),
    ("mail", "email/y.txt", False),
    ("a?c.txt", "a/c.txt", False),
    ("a.b", "aXb", False),
    ("old/*/draft.html", "old/2024/draft.html", True),
    ("/", "a", False),
    ("", "a", False),
]


@pytest.mark.parametrize(("pattern", "path", "expected"), CASES)
def test_patterns(pattern: str, path: str, expected: bool) -> None:
    assert matches(path, pattern) is expected


def test_first_match_wins() -> None:
    assert first_match("mail/a.html", ["*.txt", "mail/*", "*.html"]) == "mail/*"
    assert first_match("x", ["y"]) is None


@given(st.text("ab*?[]!/.\\", max_size=40), st.text("ab/.", max_size=60))
def test_any_pattern_meets_any_path(pattern: str, path: str) -> None:
    assert matches(path, pattern) in {True, False}


def test_hostile_patterns_cost_little() -> None:
    """Each of these would never end with backtracking."""
    assert not matches("a" * 4000, "a*" * 500 + "b")
    assert not matches("a/" * 150 + "c", "**/a/" * 150 + "b")


@given(st.lists(st.sampled_from(["a", "b", "cc"]), min_size=1, max_size=6))
def test_a_path_matches_itself_and_its_folders(names: list[str]) -> None:
    path = "/".join(names)
    assert matches(path, f"./{path}")
    assert matches(path, names[0])
    assert matches(path, f"**/{names[-1]}")
