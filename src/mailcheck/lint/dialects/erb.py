"""ERB, and EJS with the same marks: Ruby's blocks are read from the first and last words of each statement."""

import re

from mailcheck.lint.blocks import ANY, Pairing
from mailcheck.lint.dialects.reading import Finder, Reader
from mailcheck.lint.template import CLOSE, MIDDLE, OPEN, OUTPUT, STATEMENT, Scan
from mailcheck.model.pattern import regex

NAME = "erb"
_CONDITIONAL = frozenset({"if", "unless", "case", "switch"})
PAIRING = Pairing(lambda _tag: ANY, lambda keyword: keyword in _CONDITIONAL)
_OPENS = frozenset(["if", "unless", "case", "while", "until", "for", "begin", "def", "class", "module"])
_MIDDLES = frozenset(["elsif", "else", "when", "in", "rescue", "ensure"])
_WORD = regex(r"[a-z]+\b")
_DO = regex(r"(?:\bdo|\{)\s*(?:\|[^|]*\|)?\s*\Z")
_ASSIGNED = regex(r"[\w.@\[\]:]+\s*(?:\|\|)?=\s*(if|unless|case|begin)\b")
_STRINGS = regex(r'"(?:[^"\\]|\\.)*+"?' r"|'(?:[^'\\]|\\.)*+'?|(?:^|(?<=\s))\#(?!\{).*")
_UNESCAPED = regex(r"\braw[\s(]|\.html_safe\b")


def scan(text: str) -> Scan:
    """The tags of a text. ERB ends a tag at the first %>, in strings too."""
    reader, closers = Reader(text), Finder(text, "%>")
    at = text.find("<%")
    while at >= 0 and not reader.full:
        if text.startswith("<%%", at):
            # An escaped mark: it is sent as <%.
            at = text.find("<%", at + 3)
            continue
        close = closers.after(at + 2)
        while close > 0 and text[close - 1] == "%" and close - 1 > at + 2:
            close = closers.after(close + 2)
        if close < 0 or text.find("<%", at + 2, close) >= 0:
            end = at + 2
            reader.unclosed(at, end, "%>")
            reader.add(at, end, STATEMENT)
        else:
            end = close + 2
            _classified(reader, at, end)
        at = text.find("<%", end)
    return reader.scan()


def _classified(reader: Reader, start: int, end: int) -> None:
    inner = reader.text[start + 2 : end - 2].removesuffix("-")
    sign = inner[:1]
    if sign == "#":
        reader.comment(start, end)
        return
    output = sign in {"=", "-"} and inner[:1] == "="
    code = inner.lstrip("=-_|").strip()
    kind, word = _blocks(code)
    if kind == STATEMENT and output:
        escapes = False if inner.startswith("==") or _UNESCAPED.search(code) else None
        reader.add(start, end, OUTPUT, "", code, escapes)
    elif kind == STATEMENT:
        reader.add(start, end, STATEMENT, word, code[len(word) :].strip())
    else:
        reader.add(start, end, kind, word, code.removeprefix(word).strip())


def _blocks(code: str) -> tuple[str, str]:
    """What a tag's code does to the blocks around it: opens, divides, closes, or nothing; and by which word."""
    if len(code) > 20_000:
        return STATEMENT, ""
    statements = [each.strip() for each in re.split(r"[;\n]", _STRINGS.sub("0", code)) if each.strip()]
    depth, lowest, opened, first = 0, 0, "", ""
    for statement in statements:
        match = _WORD.match(statement)
        word = match[0] if match else ""
        assigned = _ASSIGNED.match(statement)
        first = first or word
        if word == "end" or statement[0] == "}":
            depth -= 1
            lowest = min(lowest, depth)
            if _DO.search(statement) and statement[0] == "}":
                # } else {
                depth += 1
        elif word in _MIDDLES and depth == 0 and len(statements) == 1:
            return MIDDLE, word
        elif (word in _OPENS or assigned) and not re.search(r"\bend\b", statement[len(word) :]):
            # `x if y` begins with another word, and `if y then z end` is whole.
            depth += 1
            opened = opened or (assigned[1] if assigned else word)
        elif _DO.search(statement):
            depth += 1
            opened = opened or word or "do"
    if depth > 0 and lowest == 0:
        return OPEN, opened
    if depth < 0:
        return CLOSE, "end" if first == "end" else "}"
    if lowest < 0:
        return MIDDLE, "else"
    return STATEMENT, first
