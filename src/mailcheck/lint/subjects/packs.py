"""Language packs: for each kind of claim the patterns that make it, and those that support or excuse it.

A pack is data (data/subjects/<language>.json). A group holds alternatives, written with accents and in any case: they
are folded as texts are. `#` stands for a number (digits or a number word), `\\#` for the sign, @weekday and @date for a
day. Examples for them stand in fixtures/subjects/phrases.json.
"""

import re
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from mailcheck.lint.subjects.folding import fold
from mailcheck.lint.subjects.tables import table

FOLDER = Path(__file__).parents[2] / "data" / "subjects"
LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ja", "zh", "ko", "ar", "he", "ru")
FULL = LANGUAGES[:9]
"""Languages whose packs hold every group."""
_NONE = re.compile(r"(?!)")
_ESCAPE = re.compile(r"(\\.)")


class Group:
    """One group of a pack: compiled when a text holds one of the pieces without which it matches nothing."""

    __slots__ = ("_name", "_pack", "_stems")

    def __init__(self, pack: "Pack", name: str) -> None:
        self._pack = pack
        self._name = name
        self._stems: list[str] = pack.data.get("stems", {}).get(name, [""])

    def _pattern(self, text: str) -> re.Pattern[str]:
        return self._pack.compiled(self._name) if any(stem in text for stem in self._stems) else _NONE

    def search(self, text: str) -> re.Match[str] | None:
        """The first match."""
        return self._pattern(text).search(text)

    def match(self, text: str) -> re.Match[str] | None:
        """A match at the beginning."""
        return self._pattern(text).match(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches."""
        return self._pattern(text).finditer(text)


class Pack:
    """One language's patterns, compiled when they are asked for."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.language: str = data["language"]
        self._known: dict[str, re.Pattern[str]] = {}

    def group(self, name: str) -> Group:
        """A group, for folded text; one that matches nothing where the language has none."""
        return Group(self, name)

    def compiled(self, name: str) -> re.Pattern[str]:
        """The pattern of a group."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._compiled(self.data["groups"].get(name, ()))
        return found

    def _compiled(self, alternatives: list[str]) -> re.Pattern[str]:
        if not alternatives:
            return _NONE
        body = "|".join(self.expanded(each) for each in alternatives)
        if not self.data.get("words", True):
            return re.compile(f"(?:{body})")
        return re.compile(rf"(?<!\w)(?:{body})(?!\w)")

    def expanded(self, pattern: str) -> str:
        """One alternative as a regular expression over folded text."""
        # Behind the beginning, or a prefix: Re: your order.
        text = folded_pattern(pattern).replace("(?:^|: )", "(?:^|(?<=: ))")
        if "@weekday" in text:
            text = text.replace("@weekday", self.weekday)
        if "@date" in text:
            from mailcheck.lint.subjects.dates import date_pattern

            text = text.replace("@date", date_pattern(self))
        number = rf"(?:\d{{1,4}}|{self.numbers})" if self.numbers else r"\d{1,4}"
        return re.sub(r"(?<!\\)#", lambda _: number, text)

    # Each of a hundred alternatives asks for these.
    @cached_property
    def numbers(self) -> str:
        """The number words, as alternatives."""
        return "|".join(folded_pattern(word) for word in self.data.get("numbers", {}))

    def number(self, word: str) -> int | None:
        """What a number or number word is worth."""
        if word.isdigit():
            return int(word)
        for key, value in self.data.get("numbers", {}).items():
            if folded_pattern(key) == word:
                return int(value)
        return None

    @cached_property
    def weekday(self) -> str:
        """The days of the week, as one group of alternatives."""
        days = [folded_pattern(form) for day in self.data.get("weekdays", ()) for form in day.split("|")]
        return f"(?:{'|'.join(sorted(days, key=len, reverse=True))})" if days else "(?!)"

    def weekday_number(self, word: str) -> int | None:
        """0 for Monday."""
        for number, day in enumerate(self.data.get("weekdays", ())):
            if word in {folded_pattern(form) for form in day.split("|")}:
                return number
        return None


def folded_pattern(pattern: str) -> str:
    """The letters of a pattern folded; its escapes (\\W is not \\w) stay, and so do blanks at its ends."""
    parts = _ESCAPE.split(pattern)
    return "".join(part if number % 2 else _folded_piece(part) for number, part in enumerate(parts))


def _folded_piece(text: str) -> str:
    inner = fold(text).text
    blank = " " if text[:1] == " " and not inner.startswith(" ") else ""
    return blank + inner


@cache
def load(language: str) -> Pack | None:
    """The pack of a language; None where there is none."""
    return Pack(table(language)) if language in LANGUAGES else None
