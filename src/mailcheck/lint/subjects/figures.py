"""Percentages and amounts of money in folded text, and whether they are flat or only a limit ("up to", "from")."""

import re
from typing import TYPE_CHECKING

from mailcheck.lint.amounts import amounts
from mailcheck.model.pattern import regex

if TYPE_CHECKING:
    from mailcheck.lint.subjects.packs import Pack

PERCENT = "%"
_PERCENT = regex(
    r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,2})?) ?(?:%|per ?cent\b|percent\b|prozent\b"
    r"|pour ?cent\b|por ?ciento\b|por ?cento\b|per ?cento\b|procent\b|"
    r"proc\.|процент\w*|パーセント|퍼센트|프로)|(?<!\w)(?:%|yuzde )(\d{1,3})(?![\d.,]\d|\w)"
)
# What amounts.py leaves out: local signs behind a number, multiples in words.
_LOCAL = regex(
    r"(?<![\d.,])(\d{1,3}(?:[.,  ]\d{3})+|\d{1,9})(?:[.,](\d{2}))? ?(zl|tl|руб\w*"
    r"|р\.|₽|ريال|جنيه|درهم|دينار|ש\"ח|שקל\w*|שח|円|元|块|원|euro?s?|"
    r"dollars?|pounds?|kronen|kroner|kronor|reais|lira\w*|zloty\w*|franken|francs?)(?![^\W\d_])"
)
_SAME = {
    "zl": "PLN",
    "tl": "TRY",
    "р.": "RUB",
    "₽": "RUB",
    "ريال": "SAR",
    "円": "JPY",
    "元": "CNY",
    "块": "CNY",
    "원": "KRW",
    "reais": "BRL",
}
_MULTIPLE = regex(
    r" ?(?:k|m|mn|mio|bn|mrd|million\w*|billion\w*|millard\w*|milliard\w*|milion\w*"
    r"|mil|mln|tys|bin|milyon|万|千|億|亿|만|천|억)\b"
)
_SPEC = regex(
    r" ?(?:\(?(?:cotton|wool|linen|silk|polyester|recycled|organic|natural|juice"
    r"|cocoa|arabica|vegan|baumwolle|wolle|leinen|coton|laine|algodon|lana|"
    r"cotone|katoen|wol|bawelna|pamuk|хлоп\w+|vol|alc|alk|fat|milk|bone|renewable|abv)\b)"
)


class Figure:
    """One figure: what it is compared by, its range, and its bound: none (flat), "up to", "from" or "under"."""

    __slots__ = ("bound", "end", "key", "start")

    def __init__(self, start: int, end: int, key: tuple[str, int]) -> None:
        self.start = start
        self.end = end
        self.key = key
        self.bound = ""


def figures(text: str, pack: "Pack | None", most: int = 500) -> list[Figure]:
    """The figures of a folded text, in order."""
    found: list[Figure] = []
    for match in _PERCENT.finditer(text):
        number = (match[1] or match[2]).replace(",", ".")
        if _SPEC.match(text, match.end()):
            continue
        found.append(Figure(match.start(), match.end(), (PERCENT, round(float(number) * 100))))
        if len(found) >= most:
            break
    for amount in amounts(_upper(text)):
        if _MULTIPLE.match(text, amount.end):
            continue
        found.append(Figure(amount.start, amount.end, amount.key))
    known = {figure.start for figure in found}
    for match in _LOCAL.finditer(text):
        if match.start() in known or any(
            each.start < match.end() and match.start() < each.end for each in found[-most:]
        ):
            continue
        whole = int(re.sub(r"\D", "", match[1])) * 100 + int(match[2] or 0)
        found.append(Figure(match.start(), match.end(), (_SAME.get(match[3], match[3][:3].upper()), whole)))
        if len(found) >= 2 * most:
            break
    found.sort(key=lambda figure: figure.start)
    for figure in found:
        figure.bound = _bound(text, figure, pack)
    return found


def _upper(text: str) -> str:
    """Currency codes are capitals; a text that would change its length stays."""
    upper = text.upper()
    return upper if len(upper) == len(text) else text


def _bound(text: str, figure: Figure, pack: "Pack | None") -> str:
    if pack is None:
        return ""
    before, after = text[max(0, figure.start - 40) : figure.start], text[figure.end : figure.end + 30]
    if pack.group("up_to").search(before) or pack.group("up_to_after").match(after):
        return "up to"
    if figure.key[0] != PERCENT and pack.group("from_price").search(before):
        return "from"
    return "under" if pack.group("below").search(before) else ""


def worth(figure: Figure) -> str:
    """The bare number, as it may stand in a text without its sign."""
    whole, cents = divmod(figure.key[1], 100)
    return f"{whole}" if not cents else f"{whole}[.,]{cents:02d}"
