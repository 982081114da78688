"""Go's text/template and html/template: one end for every block, comments, three kinds of strings."""

import re

from mailcheck.lint.blocks import ANY, Pairing
from mailcheck.lint.dialects.percent import styles, within
from mailcheck.lint.dialects.reading import PASSES, Finder, Matcher, Reader
from mailcheck.lint.template import CLOSE, COMMENT, MIDDLE, OPEN, OUTPUT, STATEMENT, Scan
from mailcheck.model.pattern import regex

NAME = "go"
_OPENS = frozenset({"if", "range", "with", "define", "block"})
_STATEMENTS = frozenset({"template", "break", "continue"})
PAIRING = Pairing(lambda _tag: ANY, lambda keyword: keyword in {"if", "with"})
WINDOW = 1_000
"""How far behind its opener a tag's end is looked for, where a string may hide one."""
_INSIDE = regex(r'"(?:[^"\\\n]|\\.)*+"?' r"|'(?:[^'\\\n]|\\.)*+'?" r"|`[^`]*+`?|\{\{|\}\}")
_COMMENT_END = regex(r"\*/\s*-?\}\}")
_WORD = regex(r"[A-Za-z_]\w*")
_ASSIGNED = regex(r"\$\w*(?:\s*,\s*\$\w+)?\s*:?=[^=]")
_STUMP = regex(r"\{\{-?[ \t]*[\w.$]*")
_UNESCAPED = regex(r"\bsafe(?:HTML|HTMLAttr|URL|CSS|JS)\b", re.IGNORECASE)


def scan(text: str) -> Scan:
    """The tags of a text."""
    reader, closers, comments = Reader(text), Finder(text, "}}"), Matcher(text, _COMMENT_END)
    found: list[tuple[int, int]] | None = None
    budget = [PASSES * len(text) + 10_000]
    at = text.find("{{")
    while at >= 0 and not reader.full:
        end = _end(text, at, closers, comments, budget)
        if end < 0:
            found = styles(text) if found is None else found
            end = at + 2
            if not within(found, at):
                stump = _STUMP.match(text, at)
                end = stump.end() if stump else end
                reader.unclosed(at, end, "}}")
                reader.add(at, end, OUTPUT)
        else:
            _classified(reader, at, end)
        at = text.find("{{", end)
    return reader.scan()


def _end(text: str, start: int, closers: Finder, comments: Matcher, budget: list[int]) -> int:
    """The end of a tag; a closer in a string does not count, unless there is no other before the next tag."""
    if text.startswith(("{{/*", "{{- /*"), start):
        match = comments.after(start + 4)
        return match.end() if match else -1
    plain = closers.after(start + 2)
    if plain < 0:
        return -1
    at = start + 2
    while budget[0] >= 0:
        match = _INSIDE.search(text, at, max(plain + 2, min(len(text), start + WINDOW)))
        if match is None:
            break
        budget[0] -= match.end() - at
        at = match.end()
        if match[0] == "}}":
            return at
        if match[0] == "{{":
            return -1 if plain > match.start() else plain + 2
        if len(match[0]) == 1 or match[0][-1] != match[0][0]:
            break
    return plain + 2


def _classified(reader: Reader, start: int, end: int) -> None:
    inner = reader.text[start + 2 : end - 2]
    inner = inner.removeprefix("-").removesuffix("-").strip()
    match = _WORD.match(inner)
    word = match[0] if match else ""
    expression = inner[len(word) :].strip()
    if inner.startswith("/*"):
        reader.add(start, end, COMMENT)
    elif word in _OPENS:
        reader.add(start, end, OPEN, word, expression)
    elif word == "else":
        reader.add(start, end, MIDDLE, word, expression)
    elif word == "end":
        reader.add(start, end, CLOSE, word, expression)
    elif word in _STATEMENTS or _ASSIGNED.match(inner):
        reader.add(start, end, STATEMENT, word, expression if word in _STATEMENTS else inner)
    else:
        reader.add(start, end, OUTPUT, "", inner, False if _UNESCAPED.search(inner) else None)
