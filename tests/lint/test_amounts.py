"""Amounts of money in the notations that people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcheck.lint.amounts import amounts


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("€ 1.234,56", [("EUR", 123456)]),
        ("€1,234.56", [("EUR", 123456)]),
        ("1 234,56 €", [("EUR", 123456)]),
        ("1\u202f234,56\u00a0€", [("EUR", 123456)]),
        ("£22.00 and £22", [("GBP", 2200), ("GBP", 2200)]),
        ("CHF 1'250.50", [("CHF", 125050)]),
        ("Fr. 12.50", [("CHF", 1250)]),
        ("149 kr", [("kr", 14900)]),
        ("kr. 149", [("kr", 14900)]),
        ("49,99 zł", [("PLN", 4999)]),
        ("R$ 20,00", [("BRL", 2000)]),
        ("¥1,200", [("JPY", 120000)]),
        ("12.5 EUR", [("EUR", 1250)]),
        ("EUR 12", [("EUR", 1200)]),
        ("12 Euro", [("EUR", 1200)]),
        ("1.200 ₺", [("TRY", 120000)]),
        ("$1,299.", [("USD", 129900)]),
        ("20 % off, order 4711, 3.5.2026, 12:30", []),
        ("EURO 2024", []),
        ("12 TLS records", []),
        ("150 crowns", []),
        ("12 EURO-trips", []),
        ("Row 3, seat 8  £24.00  £7", [("GBP", 2400), ("GBP", 700)]),
        ("seat 8 €24", [("EUR", 2400)]),
    ],
)
def test_notations(text: str, wanted: list[tuple[str, int]]) -> None:
    assert [amount.key for amount in amounts(text)] == wanted


@given(st.text(alphabet="0123456789., '€$£EURkzł%x"))
def test_any_text_gives_amounts_that_stand_in_it(text: str) -> None:
    last = 0
    for amount in amounts(text):
        assert last <= amount.start < amount.end <= len(text)
        assert any(char.isdigit() for char in text[amount.start : amount.end])
        assert amount.hundredths >= 0
        last = amount.end
