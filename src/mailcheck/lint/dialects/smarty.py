"""Smarty: {$x}, {if}…{/if}, {* *}, {literal}; a brace before white space is a brace."""

import re

from mailcheck.lint.blocks import Pairing
from mailcheck.lint.dialects.percent import styles, within
from mailcheck.lint.dialects.reading import MAX_LOOKED_AT, MAX_MARKS, PASSES, Finder, Reader
from mailcheck.lint.template import CLOSE, MIDDLE, OPEN, OUTPUT, STATEMENT, Scan
from mailcheck.model.pattern import regex

NAME = "smarty"
_BLOCKS = frozenset(
    [
        "if",
        "foreach",
        "for",
        "while",
        "section",
        "capture",
        "block",
        "function",
        "strip",
        "nocache",
        "setfilter",
        "textformat",
        "translate",
        "t",
    ]
)
_REQUIRED = frozenset(["if", "foreach", "for", "while", "section", "capture", "block", "strip"])
_MIDDLES = {
    "else": frozenset({"if", "foreach", "section", "for"}), "elseif": frozenset({"if"}),
    "foreachelse": frozenset({"foreach"}), "sectionelse": frozenset({"section"}), "forelse": frozenset({"for"}),
}  # fmt: skip
_STATEMENTS = frozenset(
    [
        "assign",
        "include",
        "extends",
        "append",
        "config_load",
        "debug",
        "eval",
        "insert",
        "call",
        "continue",
        "break",
        "ldelim",
        "rdelim",
        "counter",
        "cycle",
    ]
)
PAIRING = Pairing(
    lambda tag: tag.keyword.removeprefix("/"),
    lambda keyword: keyword == "if",
    middles=_MIDDLES,
    optional=lambda tag: tag.keyword not in _REQUIRED,
)
_START = regex(r"\{(?=[$/A-Za-z_\"\'*#])")
_TOKEN = regex(r'"(?:[^"\\\n]|\\.)*+"?' r"|'(?:[^'\\\n]|\\.)*+'?|[{}\n;]")
_WORD = regex(r"/?[A-Za-z_]\w*")
_CALL = regex(r"[A-Za-z_]\w*(?:[\s|](?:[^{};]|\{\$[^{};]*\})*+)?\Z")
WINDOW = 2_000
"""Characters of one tag that are read."""


def scan(text: str) -> Scan:
    """The tags of a text."""
    reader = Reader(text)
    comments, literals = Finder(text, "*}"), Finder(text, "{/literal}")
    found: list[tuple[int, int]] | None = None
    budget = [min(PASSES * len(text) + 10_000, MAX_LOOKED_AT)]
    at = marks = 0
    while not reader.full:
        match = _START.search(text, at)
        if match is None:
            break
        start = match.start()
        at = start + 1
        marks += 1
        if marks > MAX_MARKS or budget[0] < 0:
            reader.stop(start, at)
        elif text.startswith("{*", start):
            close = comments.after(start + 2)
            if close >= 0:
                reader.comment(start, close + 2)
                at = close + 2
            else:
                reader.unclosed(start, start + 2, "*}")
                reader.add(start, start + 2, OUTPUT)
        elif text.startswith("{literal}", start):
            close = literals.after(start)
            at = close + 10 if close >= 0 else start + 9
            reader.add(start, start + 9, STATEMENT, "literal")
            if close >= 0:
                reader.raw.append((start + 9, close))
                reader.add(close, at, STATEMENT, "/literal")
            else:
                reader.fault("unbalanced", "“literal” is never closed", start, start + 9)
        else:
            end = _end(text, start, budget)
            if end > 0 and _classified(reader, start, end):
                at = end
            elif end < 0 and text[start + 1] == "$" and text[start + 2 : start + 3].isalpha():
                found = styles(text) if found is None else found
                if not within(found, start):
                    word = _WORD.match(text, start + 2)
                    at = word.end() if word else at
                    reader.unclosed(start, at, "}")
                    reader.add(start, at, OUTPUT)
    return reader.scan()


def _end(text: str, start: int, budget: list[int]) -> int:
    """Behind the closing brace, -1 where there is none within reach, 0 where CSS or a script stands there.

    `budget` holds how many characters the whole scan may still look at.
    """
    depth, at = 0, start
    for match in _TOKEN.finditer(text, start + 1, min(len(text), start + WINDOW)):
        piece = match[0]
        budget[0] -= match.end() - at
        at = match.end()
        if budget[0] < 0:
            return 0
        if piece == "}":
            if depth == 0:
                return match.end()
            depth -= 1
        elif piece == "{":
            if text[match.end() : match.end() + 1] not in {"$", "("} and depth == 0 and text[start + 1] == "$":
                return -1
            depth += 1
        elif piece == ";":
            return 0
        elif piece[0] in "\"'" and (len(piece) == 1 or piece[-1] != piece[0]):
            return -1
    return -1


def _classified(reader: Reader, start: int, end: int) -> bool:
    """Add the tag; False for what is none (CSS, a script's object)."""
    inner = reader.text[start + 1 : end - 1].strip()
    match = _WORD.match(inner)
    word = match[0] if match else ""
    expression = inner[len(word) :].strip()
    escapes = False if inner.endswith("nofilter") or "|unescape" in inner else None
    if inner[:1] == "$":
        assigned = re.match(r"\$[\w.>\[\]-]+\s*=[^=]", inner)
        reader.add(start, end, STATEMENT if assigned else OUTPUT, "", inner, escapes)
    elif inner[:1] == "/" and word:
        if word[1:] not in _BLOCKS:
            reader.add(start, end, STATEMENT, word)
        else:
            reader.add(start, end, CLOSE, word)
    elif word in _MIDDLES:
        reader.add(start, end, MIDDLE, word, expression)
    elif word in _BLOCKS and not (word == "block" and "=" not in expression and not expression):
        reader.add(start, end, OPEN, word, expression)
    elif word in _STATEMENTS:
        reader.add(start, end, STATEMENT, word, expression)
    elif word and _CALL.match(inner) and not expression.startswith(":"):
        reader.add(start, end, OUTPUT, "", inner, escapes)
    elif inner[:1] in {'"', "#"} and inner[-1:] == inner[:1] and len(inner) > 1:
        reader.add(start, end, OUTPUT, "", inner)
    else:
        return False
    return True
