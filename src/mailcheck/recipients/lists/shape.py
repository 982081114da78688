"""The shape of a list: its delimiter, its header, and the column with the addresses. Pure."""

import csv
from collections import Counter
from collections.abc import Sequence

from mailcheck.model.errors import InputError
from mailcheck.model.pattern import regex
from mailcheck.model.value import dataclass

DELIMITERS = (",", ";", "\t", "|")
_ADDRESS = regex(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_NAMES = frozenset(
    ("email", "e-mail", "e_mail", "mail", "emailaddress", "email_address", "email address", "e-mail address",
     "e-mail-address", "mailaddress", "mail address", "address", "recipient", "to", "subscriber", "user_email",
     "e-mail-adresse", "emailadresse", "e-mailadresse", "mailadresse", "adresse e-mail", "adresse email", "courriel",
     "correo", "correo electrónico", "correo electronico", "indirizzo e-mail", "indirizzo email", "e-mailadres",
     "e-post", "email 1", "email1", "primary email", "work email")
)  # fmt: skip
"""What people call the column."""
_SHARE = 0.5
"""The share of rows whose cell must hold an @ for a column that nobody named."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How to read a table: `delimiter` is None for one address a line, `names` are those of its header, if any."""

    delimiter: str | None
    names: tuple[str, ...]
    column: int

    @property
    def column_name(self) -> str | None:
        """The name of the address column; its number where there is no header; None for one address a line."""
        if self.names:
            return self.names[self.column]
        return None if self.delimiter is None else str(self.column + 1)


def shape_of(lines: Sequence[str], name: str, *, column: str | None = None, delimiter: str | None = None) -> Shape:
    """The shape, from the first lines. Raises InputError where no column, or more than one, could be meant."""
    split = delimiter or delimiter_of(lines)
    if split is None:
        return _single(lines, name, column)
    rows = [row for row in csv.reader(lines, delimiter=split) if any(cell.strip() for cell in row)]
    if not rows:
        raise InputError(f"{name}: there are no rows in it")
    first = [cell.strip() for cell in rows[0]]
    if column is not None:
        return _named(rows, first, name, column, split)
    header = not any(_ADDRESS.search(cell) for cell in first)
    named = [at for at, cell in enumerate(first) if cell.casefold() in _NAMES] if header else []
    if len(named) == 1:
        return Shape(split, tuple(first), named[0])
    data = rows[1:] if header else rows
    shares = _shares(data, named)
    if not shares:
        columns = ", ".join(first[:20]) if header else f"1 to {len(first)}"
        raise InputError(f"{name}: no column holds addresses (columns: {columns:.300}); name it with --column")
    best = max(shares.values())
    found = [at for at, share in shares.items() if share == best]
    if len(found) > 1:
        which = ", ".join(first[at] if header else str(at + 1) for at in found[:10])
        raise InputError(f"{name}: several columns hold addresses ({which:.300}); name one with --column")
    return Shape(split, tuple(first) if header else (), found[0])


def _shares(rows: Sequence[Sequence[str]], named: Sequence[int]) -> dict[int, float]:
    """The share of cells with an @, of each column that has enough of them."""
    counts = Counter(at for row in rows for at, cell in enumerate(row) if "@" in cell)
    return {
        at: counts[at] / len(rows) for at in counts if counts[at] / len(rows) >= _SHARE and (not named or at in named)
    }


def _named(rows: Sequence[Sequence[str]], first: list[str], name: str, column: str, delimiter: str) -> Shape:
    wanted = column.strip().casefold()
    at = next((number for number, cell in enumerate(first) if cell.casefold() == wanted), None)
    if at is not None:
        return Shape(delimiter, tuple(first), at)
    header = not any(_ADDRESS.search(cell) for cell in first)
    width = max(map(len, rows))
    if column.isascii() and column.isdigit() and 1 <= int(column[:9]) <= width:
        at = int(column) - 1
        return Shape(delimiter, tuple(first) if header and at < len(first) else (), at)
    columns = ", ".join(first[:20]) if header else f"1 to {width}"
    raise InputError(f"{name}: there is no column {column!r:.60} (columns: {columns:.300})")


def _single(lines: Sequence[str], name: str, column: str | None) -> Shape:
    first = next((line.strip() for line in lines if line.strip()), "").strip('"')
    if not first:
        raise InputError(f"{name}: there are no rows in it")
    header = first.casefold() in _NAMES or (column is not None and first.casefold() == column.strip().casefold())
    if column is not None and not header and column != "1":
        raise InputError(f"{name}: there is no column {column!r:.60}; the list has one address a line")
    if not header and not any("@" in line for line in lines):
        raise InputError(f"{name}: there is no address in its first {len(lines)} lines")
    return Shape(None, (first,) if header else (), 0)


def delimiter_of(lines: Sequence[str]) -> str | None:
    """The sign that cuts most rows into the same number of cells; None where none does."""
    best: tuple[float, int, str] | None = None
    for sign in DELIMITERS:
        if not any(sign in line for line in lines):
            continue
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=sign) if row)
        width, rows = widths.most_common(1)[0]
        share = rows / widths.total()
        if width > 1 and share >= _SHARE and (best is None or (share, width) > best[:2]):
            best = (share, width, sign)
    return best[2] if best else None


def is_header(text: str) -> bool:
    """Whether a text is what people call the column of the addresses."""
    return text.strip().strip('"').casefold() in _NAMES
