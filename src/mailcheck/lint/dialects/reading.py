"""What every scanner of a template language needs: a list of tags with its caps, and the end of a tag."""

import re

from mailcheck.lint.template import COMMENT, MAX_TAGS, Fault, Scan, Tag
from mailcheck.model.pattern import regex

MAX_FAULTS = 1_000
"""Faults of one scan that are kept."""
PASSES = 8
"""How often a scan may look at a character, in the mean, while it looks for the ends of tags."""
MAX_LOOKED_AT = 8_000_000
"""Characters that a scan may look at in all for the ends of tags: more than a file has that is read once."""
MAX_MARKS = 200_000
"""Marks of one text that are looked at: those of tags, and what only looks like them."""
_TOKEN = regex(r'"(?:[^"\\\n]|\\.)*+"?' r"|'(?:[^'\\\n]|\\.)*+'?" r"|\{\{|\{%|\{#|\{|\}\}|%\}|\}")
_OPENERS = frozenset({"{{", "{%", "{#"})


class Reader:
    """The tags, faults and raw ranges of a scan that goes on."""

    __slots__ = ("faults", "full", "raw", "tags", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.tags: list[Tag] = []
        self.faults: list[Fault] = []
        self.raw: list[tuple[int, int]] = []
        self.full = False

    def add(
        self, start: int, end: int, kind: str, keyword: str = "", expression: str = "", escapes: bool | None = None
    ) -> Tag:
        """One tag more. Behind the last one that is kept the scan is `full`, and its scanner stops."""
        tag = Tag(start, end, kind, keyword, expression, escapes)
        self.tags.append(tag)
        if len(self.tags) >= MAX_TAGS and not self.full:
            self.full = True
            self.faults.append(
                Fault("limit", f"only the first {MAX_TAGS:,} tags of this template are read", start, end)
            )
        return tag

    def comment(self, start: int, end: int) -> None:
        """A comment of the language."""
        self.add(start, end, COMMENT)

    def fault(self, key: str, message: str, start: int, end: int, related: tuple[int, int] | None = None) -> None:
        """What is wrong with the syntax."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(key, message, start, end, related))

    def stop(self, start: int, end: int) -> None:
        """The scan has looked at as much as it may: what follows is not read as tags, and that is told."""
        if not self.full:
            self.full = True
            message = "the tags of this template are read up to here: there are too many marks, or marks inside others"
            self.faults.append(Fault("limit", message, start, end))

    def unclosed(self, start: int, end: int, closer: str) -> None:
        """An opening mark without its closing one."""
        self.fault("unclosed", f"“{self.text[start:end].strip()}” is not closed: “{closer}” is missing", start, end)

    def scan(self) -> Scan:
        """What was found, in order."""
        return Scan(self.tags, self.faults, self.raw)


class Finder:
    """`text.find` for one mark, from places that mostly move forward: each character is looked at about once.

    Without it, ten thousand openers and no closer would search the whole rest ten thousand times.
    """

    __slots__ = ("_at", "_from", "_mark", "_text")

    def __init__(self, text: str, mark: str) -> None:
        self._text = text
        self._mark = mark
        self._from = 0
        self._at = text.find(mark)

    def after(self, start: int) -> int:
        """The first place of the mark at `start` or behind it, -1 where there is none."""
        if 0 <= self._at < start:
            self._at = self._text.find(self._mark, start)
        elif start < self._from:
            # Between here and there; else the known one is the next.
            before = self._text.find(self._mark, start, self._from + len(self._mark) - 1)
            self._at = before if before >= 0 else self._at
        self._from = start
        return self._at


class Matcher:
    """The same for a pattern: (start, end) of the first match from a place on."""

    __slots__ = ("_found", "_from", "_pattern", "_text")

    def __init__(self, text: str, pattern: re.Pattern[str]) -> None:
        self._text = text
        self._pattern = pattern
        self._from = -1
        self._found: re.Match[str] | None = None

    def after(self, start: int) -> "re.Match[str] | None":
        """The first match at `start` or behind it."""
        known = self._from >= 0 and self._from <= start
        if not known or (self._found is not None and self._found.start() < start):
            self._found = self._pattern.search(self._text, start)
        self._from = start
        return self._found


class TagEnds:
    """Where the {{ and {% tags of a text end, by strings and braces as the languages lex them.

    A closer in a string or one that closes a brace inside ({{ {"a": {}} }}) does not count, unless there is no other.
    A search stops at the next tag. Text made to be searched again and again uses up a budget of characters, behind
    which the next closer is taken as it stands.
    """

    __slots__ = ("_budget", "_finders", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._budget = PASSES * len(text) + 10_000
        self._finders: dict[str, Finder] = {}

    def after(self, start: int, closer: str) -> int:
        """The end of the tag whose inside begins at `start`, -1 where it is not closed."""
        if self._budget < 0:
            return self._next(start, closer)
        text = self._text
        depth, at, fallback, quoted = 0, start, -1, -1
        while self._budget >= 0:
            match = _TOKEN.search(text, at)
            if match is None:
                self._budget -= len(text) - at
                break
            piece = match[0]
            self._budget -= match.end() - at
            at = match.end()
            if piece[0] in "\"'":
                if len(piece) == 1 or piece[-1] != piece[0]:
                    # Nothing closes this quote before the line ends: an apostrophe.
                    at = match.start() + 1
                elif quoted < 0:
                    inside = text.find(closer, match.start(), at)
                    quoted = inside + len(closer) if inside >= 0 else -1
            elif piece in _OPENERS:
                break
            elif piece == "{":
                depth += 1
            elif piece == closer and (depth == 0 or closer == "%}"):
                return at
            elif piece == "}}":
                if closer == piece:
                    if fallback < 0:
                        fallback = at
                    if depth == 1 and text.startswith(piece, at - 1):
                        return at + 1
                depth = max(0, depth - 2)
            elif piece == "}":
                depth = max(0, depth - 1)
        return fallback if fallback >= 0 else quoted

    def _next(self, start: int, closer: str) -> int:
        finder = self._finders.get(closer)
        if finder is None:
            finder = self._finders[closer] = Finder(self._text, closer)
        at = finder.after(start)
        return at + len(closer) if at >= 0 else -1
