"""Subjects as the ledger compares them: two that a reader would take for the same have the same hash."""

import hashlib
import re
import unicodedata

from mailcheck.model.pattern import regex

_TAG = regex(r"\{\{.*?\}\}|\{%.*?%\}|\*\|.*?\|\*|%%.*?%%|<%.*?%>|\$\{.*?\}", re.DOTALL)
_DIGITS = regex(r"\d+(?:[.,:/-]\d+)*")
MAX_SUBJECT = 10_000
"""Characters of a subject that are compared."""


def normalised(subject: str) -> str:
    """The words alone: compatibility forms folded (NFKC), case folded, tags and numbers each one sign, no other signs.

    So "50 % off – today only!" and "40% off: TODAY ONLY" are the same subject; that a number or a date moved is what
    the ledger is there to notice.
    """
    text = unicodedata.normalize("NFKC", subject[:MAX_SUBJECT])
    text = _DIGITS.sub(" 0 ", _TAG.sub(" {} ", text)).casefold()
    kept = [
        char if unicodedata.category(char)[0] in "LMN" or char in "{}" else " "
        for char in text
        if unicodedata.category(char) not in {"Cf", "Cc", "Cs"} or char.isspace()
    ]
    return " ".join("".join(kept).split())


def subject_hash(subject: str) -> str:
    """32 hexadecimal digits of the SHA-256 of the normalised subject."""
    return hashlib.sha256(normalised(subject).encode("utf-8", "replace")).hexdigest()[:32]
