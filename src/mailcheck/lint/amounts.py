"""Amounts of money in a text: places, currency and value, in the notations of many countries."""

import re

from mailcheck.model.pattern import regex

_SIGNS = {
    "€": "EUR", "£": "GBP", "$": "USD", "¥": "JPY", "￥": "JPY", "₺": "TRY", "₹": "INR", "₽": "RUB", "₩": "KRW",
    "₪": "ILS", "zł": "PLN", "kč": "CZK", "kr": "kr", "kr.": "kr", "sek": "kr", "nok": "kr", "dkk": "kr", "tl": "TRY",
    "fr.": "CHF", "sfr.": "CHF", "r$": "BRL", "a$": "AUD", "c$": "CAD", "us$": "USD", "euro": "EUR", "euros": "EUR",
}  # fmt: skip
"""A sign or short form, lower case -> the currency; the three krones are one, since their sign is."""
_CODES = "EUR|USD|GBP|CHF|JPY|CNY|PLN|CZK|HUF|RON|SEK|NOK|DKK|TRY|INR|RUB|KRW|ILS|BRL|AUD|CAD|NZD|MXN|ZAR"
_SIGN = r"US\$|R\$|A\$|C\$|[€£$¥￥₺₹₽₩₪]"
_BEFORE = rf"(?:{_SIGN}|(?<![^\W\d_])(?:{_CODES}|Fr\.|SFr\.|kr\.?|TL)(?=[ \u00a0\u202f]?\d))"
_AFTER = rf"(?:{_SIGN}|(?:{_CODES}|zł|Kč|kr\.?|TL|Fr\.|[Ee]uros?)(?![^\W\d_]))"
_NUMBER = r"\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?"
_BLANK = r"[ \u00a0\u202f]{0,6}"
# A sign with a number behind it belongs to that number: "seat 8  £24".
_AMOUNT = regex(
    rf"(?P<before>{_BEFORE}){_BLANK}(?P<first>{_NUMBER})(?![\d%])"
    rf"|(?<![\d.,€£$¥])(?P<second>{_NUMBER}){_BLANK}(?P<after>{_AFTER})(?!{_BLANK}\d)"
)
MAX_AMOUNTS = 2_000
"""Amounts of one text that are compared."""


class Amount:
    """One amount: its range, its currency (ISO 4217, or kr), and its value in hundredths."""

    __slots__ = ("currency", "end", "hundredths", "start")

    def __init__(self, start: int, end: int, currency: str, hundredths: int) -> None:
        self.start = start
        self.end = end
        self.currency = currency
        self.hundredths = hundredths

    @property
    def key(self) -> tuple[str, int]:
        """What is compared."""
        return self.currency, self.hundredths


def amounts(text: str) -> list[Amount]:
    """The amounts of a text, in order. Linear in its size."""
    found = []
    for match in _AMOUNT.finditer(text):
        number = match["first"] or match["second"]
        sign = (match["before"] or match["after"]).lower()
        currency = _SIGNS.get(sign, sign.upper())
        found.append(Amount(match.start(), match.end(), currency, _hundredths(number)))
        if len(found) >= MAX_AMOUNTS:
            break
    return found


def _hundredths(number: str) -> int:
    """The last point or comma is the decimal one where one or two digits follow it, else it groups thousands."""
    decimal = re.search(r"[.,](\d{1,2})\Z", number)
    cents = decimal[1].ljust(2, "0") if decimal else "00"
    whole = number[: decimal.start()] if decimal else number
    return int(re.sub(r"\D", "", whole)) * 100 + int(cents)
