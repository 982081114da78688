"""Subjects that nobody has written yet."""

import re
from functools import cache
from typing import TYPE_CHECKING

from mailcheck.lint.subjects.folding import fold
from mailcheck.lint.subjects.tables import table

if TYPE_CHECKING:
    from mailcheck.lint.subjects.lines import Line

MAX_LINE = 120
"""Characters of a placeholder."""


@cache
def _pattern() -> "re.Pattern[str]":
    return re.compile("|".join(f"(?:{fold(each).text})" for each in table("placeholders")["patterns"]))


def placeholder(line: "Line") -> bool:
    """Whether the whole of it says that a subject is to come."""
    if len(line.text) > MAX_LINE:
        return False
    text = line.words.text.strip(" .!…:-*_<>\"'")
    bare = text.strip("[](){}")
    return bool(bare) and _pattern().fullmatch(bare.strip()) is not None
