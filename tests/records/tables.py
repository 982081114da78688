"""Cases written as data: TOML tables of one-line entries, grouped by the clause they come from."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "fixtures" / "records"


def cases(name: str, subject: str = "record") -> list[Any]:
    """The entries of `fixtures/records/NAME.toml` as parameters named after their clause and the text of `subject`."""
    data = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    return [
        pytest.param(entry, id=f"{group}: {ascii(entry[subject])[1:-1][:70]} ({number})")
        for group, entries in data.items()
        for number, entry in enumerate(entries)
    ]


def octets(text: str) -> bytes:
    """The record as the DNS holds it: one character an octet."""
    return text.encode("latin-1")


def expected(entry: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """The problems an entry lists: kind, covered text, suggestion."""
    return [(each[0], each[1], each[2] if len(each) > 2 else None) for each in entry.get("problems", ())]
