"""Mailchimp and Mandrill merge tags: *|FNAME|*, and *|IF:…|* *|ELSEIF:…|* *|ELSE:|* *|END:IF|*."""

from mailcheck.lint.blocks import Pairing
from mailcheck.lint.dialects.reading import Reader
from mailcheck.lint.template import CLOSE, MIDDLE, OPEN, OUTPUT, Scan, Tag
from mailcheck.model.pattern import regex

NAME = "mailchimp"
_TAG = regex(r"\*\|(?=[A-Za-z])([^|\r\n*]{1,500}(?:\|(?!\*)[^|\r\n*]{1,500}){0,5})\|\*")
_STUMP = regex(r"\*\|[A-Z][A-Z0-9_]*(?::\w*)?")
_OPENS = {"IF": "IF", "IFNOT": "IF", "INTERESTED": "INTERESTED"}
_LOOPS = frozenset({"RSSITEMS", "FEEDITEMS", "FEEDBLOCK", "RSSFEED", "RECENT", "GROUP"})


def _group(tag: Tag) -> str:
    if tag.kind == CLOSE:
        return tag.expression.upper()
    return _OPENS.get(tag.keyword, tag.keyword)


PAIRING = Pairing(
    _group,
    lambda keyword: keyword in _OPENS,
    middles={"ELSEIF": frozenset({"IF", "INTERESTED"}), "ELSE": frozenset({"IF", "INTERESTED"})},
    optional=lambda tag: tag.keyword in _LOOPS,
)


def scan(text: str) -> Scan:
    """The tags of a text."""
    reader = Reader(text)
    at = text.find("*|")
    while at >= 0 and not reader.full:
        match = _TAG.match(text, at)
        if match is not None:
            end = match.end()
            _classified(reader, at, end, match[1].strip())
        else:
            stump = _STUMP.match(text, at)
            end = stump.end() if stump else at + 2
            if stump is not None:
                reader.unclosed(at, end, "|*")
                reader.add(at, end, OUTPUT)
        at = text.find("*|", end)
    return reader.scan()


def _classified(reader: Reader, start: int, end: int, inner: str) -> None:
    word, _, expression = inner.partition(":")
    word, expression = word.strip().upper(), expression.strip()
    if word == "END":
        reader.add(start, end, CLOSE, "END", expression)
    elif word in ("ELSE", "ELSEIF"):
        reader.add(start, end, MIDDLE, word, expression)
    elif word in _OPENS or (word in _LOOPS and ":" in inner):
        reader.add(start, end, OPEN, word, expression)
    else:
        reader.add(start, end, OUTPUT, "", inner, False if word == "HTML" else None)
