"""Rules that say the same of every link of a file: what is past counting is not told again."""

from collections.abc import Callable
from functools import wraps
from itertools import islice

from mailcheck.lint.document import Document
from mailcheck.model.rule import Result

MAX_FINDINGS = 1_000
"""Findings of one such rule in one document."""


def capped(check: Callable[[Document], Result]) -> Callable[[Document], Result]:
    """The check, ended behind its first MAX_FINDINGS findings."""

    @wraps(check)
    def run(document: Document) -> Result:
        return islice(check(document), MAX_FINDINGS)

    return run
