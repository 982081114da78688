"""Microsoft's conditional comments: what Outlook reads, as a document of its own.

Word's engine evaluates `[if …]` (features `mso` and `IE`, versions, lt lte gt gte, ! & | and parentheses); everybody
else takes `<!--[if mso]>…<![endif]-->` for a comment. Both readings are judged, each as a whole.
"""

import re

from mailcheck.lint.template import filler
from mailcheck.model.pattern import regex

VERSIONS = (12, 14, 15, 16)
"""Word's engine in Outlook 2007, 2010, 2013, and 2016 and later."""
_OPEN = regex(r"\[if\s+([^\]]*)\]", re.IGNORECASE)
_REVEALED = regex(r"\s*>?\s*(?:<!\s*-*>?)?\s*\Z")
_ENDIF = regex(r"<!\[endif\]\s*\Z", re.IGNORECASE)
_TOKEN = regex(r"\s*(?:([()!&|])|(lte|lt|gte|gt)\b|([a-z]+)|(\d+(?:\.\d+)?))", re.IGNORECASE)
_MARK = regex(r"<!\[endif\]|<!--\[if\b", re.IGNORECASE)

Comment = tuple[int, int, str]


class Conditional:
    """One conditional section: the range of its opening mark, its condition, the range of its end mark, and its form.

    `hidden` is True for `<!--[if …]> … <![endif]-->` (a comment to all others), False where all others read the inside.
    `close` is None where the end is missing. `runs_on` is where a mark stands inside a hidden section that shows that
    the section was meant to end before: no `-->` ended it there, and the rest is hidden from all others.
    """

    __slots__ = ("close", "condition", "hidden", "open", "runs_on")

    def __init__(
        self, opening: tuple[int, int], condition: str, close: tuple[int, int] | None, *, hidden: bool
    ) -> None:
        self.open = opening
        self.condition = condition
        self.close = close
        self.hidden = hidden
        self.runs_on: int | None = None


def conditionals(text: str, comments: list[Comment]) -> tuple[list[Conditional], list[tuple[int, int]]]:
    """The conditional sections of a text, from its comments in order; and the end marks that end nothing."""
    found: list[Conditional] = []
    waiting: list[Conditional] = []
    stray: list[tuple[int, int]] = []
    for start, end, inner in comments:
        opening = _OPEN.match(inner)
        if opening:
            at = text.find("]", start, end) + 1
            if not text.startswith("<!--", start):
                # <![if !mso]> … <![endif]>: the marks alone are unknown declarations, the inside is read by all.
                waiting.append(Conditional((start, end), opening[1], None, hidden=False))
                found.append(waiting[-1])
            elif _REVEALED.match(inner, opening.end()):
                # <!--[if !mso]><!--> … <!--<![endif]-->, also with blanks and dashes: <!--[if !mso]> <!---->
                waiting.append(Conditional((start, end), opening[1], None, hidden=False))
                found.append(waiting[-1])
            else:
                close = _ENDIF.search(inner)
                mark = start + text[start:end].lower().rfind("<![endif]") if close else -1
                ending = (mark, end) if mark > start else None
                each = Conditional((start, text.find(">", at - 1, end) + 1), opening[1], ending, hidden=True)
                early = _MARK.search(text, at, ending[0] if ending else end)
                each.runs_on = early.start() if early else None
                found.append(each)
        elif inner.strip(" \t\r\n\f-").lower() in ("[endif]", "<![endif]"):
            if waiting:
                waiting.pop().close = (start, end)
            else:
                stray.append((start, end))
    return found, stray


def outlook_texts(text: str, found: list[Conditional]) -> list[str]:
    """What Outlook reads, one text a reading that differs; the same length as `text`. Empty without conditions."""
    if not found:
        return []
    texts: dict[str, None] = {}
    for version in VERSIONS:
        texts[_reading(text, found, version)] = None
    return list(texts)


def _reading(text: str, found: list[Conditional], version: int) -> str:
    blank: list[tuple[int, int]] = []
    for each in found:
        if each.close is None:
            continue
        if holds(each.condition, version):
            blank += [each.open, each.close]
        else:
            blank.append((each.open[0], each.close[1]))
    parts, at = [], 0
    for start, end in sorted(blank):
        if end <= at:
            continue
        begin = max(start, at)
        parts += [text[at:begin], filler(text[begin:end], " ")]
        at = end
    parts.append(text[at:])
    return "".join(parts)


def holds(condition: str, version: int) -> bool:
    """Whether Word's engine of this version reads the section. What is no condition holds nowhere."""
    tokens = list(_TOKEN.finditer(condition[:200]))
    parser = _Condition(tokens, version)
    try:
        return parser.either()
    except (IndexError, ValueError, RecursionError):
        return False


class _Condition:
    def __init__(self, tokens: list[re.Match[str]], version: int) -> None:
        self._tokens = tokens
        self._at = 0
        self._version = version

    def _peek(self) -> str:
        return self._tokens[self._at][0].strip().lower() if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        word = self._tokens[self._at][0].strip().lower()
        self._at += 1
        return word

    def either(self) -> bool:
        value = self.both()
        while self._peek() == "|":
            self._next()
            value = self.both() or value
        return value

    def both(self) -> bool:
        value = self.one()
        while self._peek() == "&":
            self._next()
            value = self.one() and value
        return value

    def one(self) -> bool:
        word = self._next()
        if word == "!":
            return not self.one()
        if word == "(":
            value = self.either()
            if self._peek() == ")":
                self._next()
            return value
        compare = word if word in {"lt", "lte", "gt", "gte"} else "eq"
        feature = word if compare == "eq" else self._next()
        number = float(self._next()) if self._peek()[:1].isdigit() else None
        if feature == "true":
            return True
        if feature not in {"mso", "vml"}:
            # Word is no Internet Explorer.
            return False
        if number is None or feature == "vml":
            return True
        return {
            "eq": self._version == number,
            "lt": self._version < number,
            "lte": self._version <= number,
            "gt": self._version > number,
            "gte": self._version >= number,
        }[compare]
