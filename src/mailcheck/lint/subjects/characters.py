"""Characters that readers do not see, or take for others: hidden ones, foreign letters in a word, styled letters.

Each function gives ranges of a text. What is told is certain from the characters alone (Unicode 16; UTS 39; UTS 51).
"""

import unicodedata
from collections.abc import Iterator

from mailcheck.model.pattern import regex

Range = tuple[int, int]

HIDDEN = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\u2800\u3164"
    "\ufeff\uffa0\ufff9\ufffa\ufffb"
)
_HIDDEN = regex(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f]+"
)
# Marks of direction that a text of right-to-left letters may need (UAX 9); overrides and embeddings it never needs.
_DIRECTION = frozenset("\u061c\u200e\u200f\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")
# A flag of a region: black flag, tag letters, and the tag that ends it (UTS 51 ED-14a).
_FLAG = regex("\U0001f3f4[\U000e0020-\U000e007e]{1,10}\U000e007f")
_RIGHT_TO_LEFT = regex("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_WORD = regex(r"[^\W\d_]+")
_LATIN = regex("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_OTHER = regex("[\u0370-\u03ff\u0400-\u052f\u1f00-\u1fff]")
# Micro, ohm and their multiples: µm, kΩ, MΩ, μF.
_UNIT = regex("[µμ][A-Za-zΩ]{1,3}|[kKMGmTµμ]?[ΩΩ][a-z]?")
# A Greek letter as the symbol that ends or begins a name of capitals: TNFα, IFNγ, βHCG.
_SYMBOL = regex("[A-Z]{2,}[α-ω]|[α-ω][A-Z]{2,}")
_STYLED = regex("[\U0001d400-\U0001d7cb]")
_WIDE = regex("[\uff21-\uff3a\uff41-\uff5a]")
_RINGED = regex("[\u24b6-\u24e9\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189]{2,}")
_CJK = regex("[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def hidden(text: str) -> Iterator[Range]:
    """Runs of characters without a shape of their own that nothing in the text needs."""
    if text.isascii():
        return
    flags = {at for match in _FLAG.finditer(text) for at in range(match.start(), match.end())}
    for match in _HIDDEN.finditer(text):
        start = match.start()
        while start < match.end() and (start in flags or _needed(text, start)):
            start += 1
        end = match.end()
        while end > start and (end - 1 in flags or _needed(text, end - 1)):
            end -= 1
        if start < end:
            yield start, end


def _needed(text: str, at: int) -> bool:
    char = text[at]
    if char in _DIRECTION:
        return _RIGHT_TO_LEFT.search(text) is not None
    if char not in _JOINERS:
        return False
    before = _base(text, at - 1, -1)
    after = text[at + 1] if at + 1 < len(text) else ""
    if not before or not after:
        return False
    if char == "\u200d" and _pictograph(before) and _pictograph(after):
        return True
    # Joiners shape letters of Arabic, Syriac, N'Ko, Mongolian and the scripts of India (UAX 31 A1, A2, B).
    return _joining(before) and (_joining(after) or not after.strip())


def _base(text: str, at: int, step: int) -> str:
    """The character there, past variation selectors and skin tones."""
    while 0 <= at < len(text) and (text[at] == "\ufe0f" or "\U0001f3fb" <= text[at] <= "\U0001f3ff"):
        at += step
    return text[at] if 0 <= at < len(text) else ""


def _pictograph(char: str) -> bool:
    return unicodedata.category(char) in {"So", "Sm"} or char in "\u2194\u2195\u27a1\u2b1b"


def _joining(char: str) -> bool:
    return ("\u0600" <= char <= "\u0dff" or "\u1000" <= char <= "\u109f" or "\u1780" <= char <= "\u18af") and (
        unicodedata.category(char)[0] in "LM"
    )


def foreign_words(text: str) -> Iterator[Range]:
    """Words of Latin letters in which a Cyrillic or Greek one stands, or the other way round (UTS 39 5.1)."""
    if text.isascii() or _OTHER.search(text) is None:
        return
    for match in _WORD.finditer(_without_hidden(text)):
        word = match[0]
        if _OTHER.search(word) is None or _LATIN.search(word) is None:
            continue
        if _UNIT.fullmatch(word) or _SYMBOL.fullmatch(word):
            continue
        yield match.start(), match.end()


def _without_hidden(text: str) -> str:
    """The text with a letter-like filler for what is hidden, so that it ends no word."""
    return _HIDDEN.sub(lambda match: "ー" * len(match[0]), text)


def styled(text: str) -> Iterator[Range]:
    """Runs of letters out of the mathematical, fullwidth and enclosed blocks, where plain ones are meant."""
    if text.isascii():
        return
    found = [match.start() for match in _STYLED.finditer(text)]
    if _CJK.search(text) is None:
        found += [match.start() for match in _WIDE.finditer(text)]
    if len(found) < 2:
        # One such letter is a symbol (a variable, a constant).
        found = []
    found += [at for match in _RINGED.finditer(text) for at in range(match.start(), match.end())]
    yield from _runs(sorted(found))


def _runs(places: list[int]) -> Iterator[Range]:
    """Places that follow one another, or nearly (an accented letter has no styled form), as ranges."""
    start = end = -1
    for at in places:
        if start >= 0 and at - end <= 2:
            end = at + 1
            continue
        if start >= 0:
            yield start, end
        start, end = at, at + 1
    if start >= 0:
        yield start, end
