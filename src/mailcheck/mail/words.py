"""Encoded words (RFC 2047), decoded with their raw form and place kept."""

import base64
import binascii
import re
from itertools import islice

from mailcheck.mail.charsets import decode
from mailcheck.model.value import dataclass

MAX_WORDS = 500
"""Encoded words that are decoded in one field."""

# RFC 2047 2: charset[*language]?encoding?text. Each class excludes what ends it, so matching is linear.
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([^?\s]{1,8})\?([^?]{0,9000})\?=")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a field's value: its place in the text handed in, what it says, and how it was written.

    `charset` is None for plain text. `fault` says why an encoded word could not be decoded as it claims.
    """

    text: str
    raw: str
    start: int
    charset: str | None = None
    encoding: str | None = None
    fault: str | None = None


def read_words(value: str | bytes) -> tuple[Word, ...]:
    """The pieces of an unfolded value, in order, blanks between encoded words left out (RFC 2047 6.2). Never raises."""
    text = _as_text(value) if isinstance(value, bytes) else value
    found: list[Word] = []
    at = 0
    for match in islice(_WORD.finditer(text), MAX_WORDS):
        between = text[at : match.start()]
        if between and not (found and found[-1].charset is not None and not between.strip(" \t\r\n")):
            found.append(Word(between, between, at))
        found.append(_decoded(match))
        at = match.end()
    if at < len(text) or not found:
        found.append(Word(text[at:], text[at:], at))
    return tuple(found)


def decoded(value: str | bytes) -> str:
    """The value as people read it."""
    words = read_words(value)
    # Some writers split a character over two words of one charset (forbidden by RFC 2047 5); readers join them.
    return "".join(word.text for word in words)


def _as_text(value: bytes) -> str:
    return decode(value, "utf-8")[0] if not value.isascii() else value.decode("ascii")


def _decoded(match: re.Match[str]) -> Word:
    charset, encoding, body = match[1], match[2].upper(), match[3]
    octets = body.encode("utf-8", "replace")
    fault = None
    if encoding == "B":
        packed = octets.rstrip(b"=")
        try:
            raw = base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
        except (binascii.Error, ValueError):
            return Word(match[0], match[0], match.start(), charset, "B", "the base64 in it cannot be decoded")
    elif encoding == "Q":
        raw = _HEX.sub(lambda each: bytes((int(each[1], 16),)), octets.replace(b"_", b" "))
    else:
        return Word(match[0], match[0], match.start(), charset, encoding, f"{encoding!r:.20} is neither B nor Q")
    text, fault = decode(raw, charset)
    return Word(text, match[0], match.start(), charset, encoding, fault)
