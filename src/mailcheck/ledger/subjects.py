"""Subjects as the ledger compares them: two that a reader would take for the same have the same hash."""

import hashlib
import json
import re
import unicodedata
from functools import cache
from pathlib import Path

from mailcheck.model.pattern import regex

_TAG = regex(r"\{\{.*?\}\}|\{%.*?%\}|\*\|.*?\|\*|%%.*?%%|<%.*?%>|\$\{.*?\}", re.DOTALL)
_DIGITS = regex(r"\d+(?:[.,:/-]\d+)*")
_ENDING = regex(r"([^\W\d_]+|0 )['’][^\W\d_]{1,4}(?![^\W\d_])")
MAX_SUBJECT = 10_000
"""Characters of a subject that are compared."""


@cache
def calendar_words() -> frozenset[str]:
    """Months, days of the week and the words between them and a number, in the languages of the packs."""
    path = Path(__file__).parents[1] / "data" / "subjects" / "calendar_words.json"
    return frozenset(json.loads(path.read_text("utf-8"))["words"])


def normalised(subject: str) -> str:
    """The words alone: compatibility forms and case folded; tags, numbers and dates each one sign; no other signs.

    So "50 % off until 12 May" and "40% off until 30 April!" are the same subject; that a number or a date moved is what
    the ledger is there to notice.
    """
    text = unicodedata.normalize("NFKC", subject[:MAX_SUBJECT])
    text = _DIGITS.sub(" 0 ", _TAG.sub(" {} ", text)).casefold()
    # Turkish writes the case ending of a date behind an apostrophe.
    text = _ENDING.sub(lambda match: match[1] if match[1] in calendar_words() else match[0], text)
    kept = [
        char if unicodedata.category(char)[0] in "LMN" or char in "{}" else " "
        for char in text
        if unicodedata.category(char) not in {"Cf", "Cc", "Cs"} or char.isspace()
    ]
    calendar = calendar_words()
    words = ["0" if _without_ending(word) in calendar else word for word in "".join(kept).split()]
    # What is written between two numbers, or which way round, is the notation of a date.
    return " ".join(word for at, word in enumerate(words) if word != "0" or at == 0 or words[at - 1] != "0")


def _without_ending(word: str) -> str:
    """Hebrew writes the preposition before a month as a part of it."""
    return word[1:] if word[:1] in {"ב", "ל"} else word


def subject_hash(subject: str) -> str:
    """32 hexadecimal digits of the SHA-256 of the normalised subject."""
    return hashlib.sha256(normalised(subject).encode("utf-8", "replace")).hexdigest()[:32]
