"""Globs mean what people expect from .gitignore."""

import pytest

from mailcheck.lint.globs import matches


@pytest.mark.parametrize(
    ("pattern", "path", "wanted"),
    [
        ("*.html", "a.html", True),
        ("*.html", "deep/er/a.html", True),
        ("*.html", "a.html.j2", False),
        ("mail/*.html", "mail/a.html", True),
        ("mail/*.html", "mail/x/a.html", False),
        ("mail/**/*.html", "mail/a.html", True),
        ("mail/**/*.html", "mail/x/y/a.html", True),
        ("mail/**", "mail/x/y.txt", True),
        ("mail/", "mail/x/y.txt", True),
        ("mail", "old/mail/y.txt", True),
        ("mail", "email/y.txt", False),
        ("/mail", "mail/y.txt", True),
        ("./mail/a.html", "mail/a.html", True),
        ("a?c.txt", "abc.txt", True),
        ("a?c.txt", "a/c.txt", False),
        ("a.b", "aXb", False),
        ("old/*/draft.html", "old/2024/draft.html", True),
    ],
)
def test_patterns(pattern: str, path: str, wanted: bool) -> None:
    assert matches(path, pattern) is wanted
