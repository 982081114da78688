"""Text as words are compared: no case, no accents, no hidden characters, look-alikes read as what they look like."""

import unicodedata
from functools import cache

from mailcheck.lint.subjects.characters import HIDDEN, foreign_words

MAX_TEXT = 2_000
"""Characters of a subject, preheader or name whose words are read."""
_PLAIN = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "’": "'", "‘": "'", "ʼ": "'", "´": "'", "“": '"', "”": '"', "„": '"',
          "–": "-", "—": "-", "−": "-", "‑": "-", "٪": "%", "％": "%", "﹪": "%", "：": ":", "！": "!",
          "？": "?"}  # fmt: skip


class Folded:
    """The folded text and, for each of its characters, the offset that it came from (one more for the end)."""

    __slots__ = ("offsets", "text")

    def __init__(self, text: str, offsets: list[int]) -> None:
        self.text = text
        self.offsets = offsets

    def place(self, start: int, end: int) -> tuple[int, int]:
        """A range of the folded text as a range of the text it was made from."""
        first = self.offsets[start]
        return first, max(self.offsets[end - 1] + 1 if end > start else first, first)


@cache
def _folded(char: str) -> str:
    if char.isspace():
        return " "
    if char in HIDDEN:
        return ""
    found = ""
    for each in unicodedata.normalize("NFKC", char):
        parts = unicodedata.normalize("NFD", each) if each < "\u0530" or "\u1e00" <= each < "\u2000" else each
        for part in parts.casefold():
            category = unicodedata.category(part)
            if category in {"Mn", "Cf", "Cc", "Cs"} and part != " ":
                continue
            number = unicodedata.decimal(part, None)
            found += str(number) if number is not None else _PLAIN.get(part, part)
    return found


def fold(text: str) -> Folded:
    """Fold a text, character by character; blanks become one. Linear."""
    text = unlike(text)
    out: list[str] = []
    offsets: list[int] = []
    blank = True
    for at, char in enumerate(text):
        for each in _PLAIN.get(char) or (char if "a" <= char <= "z" else _folded(char)):
            if each == " ":
                if blank:
                    continue
                blank = True
            else:
                blank = False
            out.append(each)
            offsets.append(at)
    offsets.append(len(text))
    return Folded("".join(out), offsets)


def folded(text: str) -> str:
    """The folded text alone."""
    if text.isascii():
        return " ".join(text.casefold().split())
    return fold(text).text


def unlike(text: str) -> str:
    """The text with words of mixed scripts as they are meant to be read (skeletons of UTS 39); of the same length."""
    if text.isascii():
        return text
    parts, at = [], 0
    for start, end in foreign_words(text):
        from mailcheck.lint.subjects.tables import lookalikes

        table = lookalikes()
        parts += [text[at:start], *(table.get(char, char) for char in text[start:end])]
        at = end
    parts.append(text[at:])
    return "".join(parts)
