"""How a subject is written: capitals, rows of marks, spaced or disguised words, emoji, signs of programs."""

import unicodedata
from collections.abc import Iterator

from mailcheck.model.pattern import regex

Range = tuple[int, int]

LETTERS = 8
"""Letters from which capitals are counted."""
SHARE = 0.8
"""The share of capitals that is more than this."""
_WORD = regex(r"[^\W\d_]+")
_ROW = regex(r"[,/;:|·•]")
_BLANKS = regex(r"\s+")
# Marks in a row: two exclamation or question marks, three of either kind mixed, three currency signs.
_MARKS = regex(r"[!！]{2,}[!！?？]*|[?？]{2,}[!！?？]*|[!！?？]{3,}|[?？][!！][?？]+|[$]{3,}|[€]{3,}|[£]{3,}")
_BANG = regex(r"[!！]")
# Names that are written with the mark (a letter or digit follows at once in "P!nk").
_NAMES = regex(r"\b(?:yahoo|jeopardy|joomla|panic|oklahoma|mamma mia|yum|taboola)!|(?<=\w)!(?=\w)", 2)
# F R E E, F.R.E.E, F*R*E*E, S/A/L/E: four letters or more, each by itself, with the same sign between.
_SPACED = regex(
    r"(?<![\w.*/·-])[^\W\d_]([ .*/·_-])[^\W\d_](?![^\W_])(?:\1[^\W\d_](?![^\W_])){2,}+(\.(?=\s|\Z|,))?(?![*/·-])"
)
ACRONYM = 6
"""Letters of an acronym with dots; what is longer, or a known word, is a word."""
_DISGUISED = regex(r"(?<!\w)[\w$€£@!*|+]{3,24}(?!\w)")
_SIGNS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "$": "s", "€": "e", "£": "l", "@": "a",
          "!": "i", "|": "l", "+": "t"}  # fmt: skip
# Words with stars for letters and acronyms that are known by that spelling.
_KNOWN = frozenset({"m*a*s*h", "u.s.s.r", "n.w.a", "h.e.r", "a/b/c/d", "r.i.p", "a-b-c-d"})
_PICTOGRAPH = regex(
    "[\U0001f1e6-\U0001f1ff]{2}|\U0001f3f4[\U000e0020-\U000e007f]+"
    "|[\u2600-\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u231a\u231b\u23e9-\u23f3\u23f8-\u23fa\U0001f000-\U0001faff]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]*"
    "(?:\u200d[\u2600-\u27bf\u2b05-\u2b07\u2b1b\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]*)*"
)
# Check marks and crosses, locks and keys, warning signs, envelopes and mailboxes, bells.
_GLYPH = regex(
    "[\u2705\u2713\u2714\u2611\u274c\u274e\u2716\u26a0\u26d4\u2757\u2755\u203c\u2709\U0001f510-\U0001f513\U0001f6a8"
    "\U0001f4e7-\U0001f4ed\U0001f514\U0001f515\U0001f6d1\U0001f6ce\U0001f4e9\U0001f4e8\U0001f5f3]\ufe0f?"
)


def capitals(text: str) -> bool:
    """Whether it is written in capitals: letters that have case, without rows of acronyms."""
    letters = [char for char in text if char.isupper() or char.islower()]
    if len(letters) < LETTERS or sum(map(str.isupper, letters)) <= SHARE * len(letters):
        return False
    words = [word for word in _WORD.findall(text) if len(word) > 1]
    if max(map(len, words), default=0) <= 5 and (_ROW.search(text) or len(words) < 3):
        # GDPR, DSA, NIS2: acronyms, which have no other form.
        return False
    return len(words) > 1 or len(letters) > 2 * LETTERS


def marks(text: str) -> Iterator[Range]:
    """Rows of marks; else the second exclamation mark and those behind it, where names have none."""
    found = [match.span() for match in _MARKS.finditer(text)]
    if found:
        yield from found
        return
    named = {at for match in _NAMES.finditer(text) for at in range(match.start(), match.end())}
    bangs = [match.start() for match in _BANG.finditer(text) if match.start() not in named]
    if len(bangs) > 1:
        yield bangs[0], bangs[-1] + 1


def spaced(text: str, words: frozenset[str]) -> Iterator[Range]:
    """Words whose letters are kept apart, and those of `words` with signs in the place of letters."""
    for match in _SPACED.finditer(text):
        word = match[0].strip(". ").lower()
        letters = "".join(char for char in word if char.isalpha())
        if match[2] and len(letters) <= ACRONYM and letters not in words:
            continue
        if word not in _KNOWN and (match[1] != "-" or match[0].isupper()):
            yield match.start(), match.end() - len(match[2] or "")
    for match in _DISGUISED.finditer(text):
        word = match[0].strip("!*|+")
        if word.isalpha() or not any(char.isalpha() for char in word):
            continue
        plain = "".join(_SIGNS.get(char, char) for char in word.lower())
        starred = "*" in plain and _starred(plain, words)
        if (plain in words or starred) and word.lower() not in _KNOWN:
            yield match.start(), match.end()


def _starred(plain: str, words: frozenset[str]) -> bool:
    """V*AGRA, F*REE, V*I*A*G*R*A: stars for letters, or between them."""
    return plain.replace("*", "") in words or any(
        len(word) == len(plain) and all(a in {"*", b} for a, b in zip(plain, word, strict=True))
        for word in words
        if plain.count("*") * 2 < len(plain)
    )


def emoji(text: str) -> list[Range]:
    """The emoji; a joined sequence and a flag are one. Letters, digits and marks such as ™ are none."""
    if text.isascii():
        return []
    return [match.span() for match in _PICTOGRAPH.finditer(text)]


def glyph(text: str) -> Range | None:
    """A sign of a program at the beginning: a check mark, lock, warning sign, envelope or bell."""
    start = len(text) - len(text.lstrip())
    match = _GLYPH.match(text, start)
    return match.span() if match else None


def columns(text: str) -> int:
    """How wide a text is: wide characters are two columns, marks none."""
    shown = _BLANKS.sub(" ", text.strip())
    return sum(
        0
        if unicodedata.category(char) in {"Mn", "Me", "Cf", "Cc"}
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in shown
    )
