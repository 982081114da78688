"""A list as rows: number and text of the address. Twice, since domains are asked for between."""

import csv
import io
import itertools
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

from mailcheck.model.errors import InputError
from mailcheck.recipients.lists.encoding import MAX_LINE, Encoding, detect
from mailcheck.recipients.lists.shape import Shape, shape_of

SAMPLE = 500
"""Lines by which the shape is found."""
MAX_KEYS = 1_000
"""Keys of JSON objects among which that of the addresses is looked for; --column names any."""
_IN_MEMORY = 16_000_000
_REFUSED = {
    ".parquet": "Parquet is not read by this version; export the list as CSV",
    ".gz": "compressed lists are not read by this version; unpack it first",
    ".xlsx": "spreadsheets are not read; export the list as CSV",
    ".xls": "spreadsheets are not read; export the list as CSV",
}


class ListRow(NamedTuple):
    """A row's number (from 1, the header not counted), and its cell; None where the row has no such cell."""

    number: int
    text: str | None
    detail: str = ""


class RecipientList(Protocol):
    """A list that is open."""

    name: str
    path: str | None
    format: str
    encoding: Encoding
    column: str | None
    delimiter: str | None

    def rows(self) -> Iterator[ListRow]:
        """Every row from the first. Raises InputError that names the row."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


def open_list(path: str, *, column: str | None = None) -> "RecipientList":
    """Open a file, or standard input for `-`. Raises InputError where it is no list that can be read."""
    name = "standard input" if path == "-" else path
    ending = Path(path).suffix.lower()
    if ending in _REFUSED:
        raise InputError(f"{name}: {_REFUSED[ending]}")
    stream = _spooled() if path == "-" else _file(path)
    try:
        encoding = detect(stream, name)
        lines = _sample(_lines(stream, encoding, name))
        given = None if path == "-" else path
        if ending in {".jsonl", ".ndjson", ".json"} or (path == "-" and _is_json(lines)):
            return _JsonLines(stream, name, given, encoding, lines, column)
        shape = shape_of(lines, name, column=column, delimiter="\t" if ending == ".tsv" else None)
        return _Table(stream, name, given, encoding, shape)
    except csv.Error as error:
        stream.close()
        raise InputError(f"{name}: no table: {error}") from None
    except BaseException:
        stream.close()
        raise


def first_lines(path: str) -> list[str]:
    """The first lines of a file. Raises InputError."""
    return _sample(plain_lines(path))


def _sample(lines: Iterator[str]) -> list[str]:
    found = []
    size = 0
    for line in itertools.islice(lines, SAMPLE):
        found.append(line)
        size += len(line)
        if size > MAX_LINE:
            break
    return found


def plain_lines(path: str) -> Iterator[str]:
    """Every line of a file, whatever its shape. Raises InputError."""
    stream = _file(path)
    try:
        yield from _lines(stream, detect(stream, path), path)
    finally:
        stream.close()


def _file(path: str) -> BinaryIO:
    try:
        if Path(path).is_dir():
            raise InputError(f"{path}: a folder; name a list in it")
        if Path(path).exists() and not Path(path).is_file():
            # A pipe (process substitution) is read once only.
            with Path(path).open("rb") as stream:
                return _copied(stream)
        return Path(path).open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def _spooled() -> BinaryIO:
    if sys.stdin is None:
        raise InputError("standard input: it is closed")
    try:
        return _copied(sys.stdin.buffer)
    except OSError as error:
        raise InputError(f"standard input: cannot be read: {error.strerror}") from None


def _copied(stream: BinaryIO) -> BinaryIO:
    import shutil

    copy: Any = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  the list closes it
    shutil.copyfileobj(stream, copy)
    copy.seek(0)
    found: BinaryIO = copy
    return found


def _lines(stream: BinaryIO, encoding: Encoding, name: str) -> Iterator[str]:
    """Every line with its end. A line break is LF, CR LF or CR."""
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding.name, newline="")
    number = 0
    try:
        while True:
            line = text.readline(MAX_LINE + 1)
            if not line:
                return
            number += 1
            if len(line) > MAX_LINE:
                raise InputError(
                    f"{name}: line {number} has more than {MAX_LINE:,} characters; this is no list of addresses"
                )
            yield line
    except UnicodeError:
        raise InputError(f"{name}: behind line {number} stands what is no {encoding.name}") from None
    except OSError as error:
        raise InputError(f"{name}: behind line {number}: cannot be read: {error.strerror}") from None
    finally:
        # The wrapper would close the stream, which is read again.
        if not stream.closed:
            text.detach()


class _Table:
    """CSV and its kin, and one address a line."""

    def __init__(self, stream: BinaryIO, name: str, path: str | None, encoding: Encoding, shape: Shape) -> None:
        self._stream = stream
        self._shape = shape
        self.name = name
        self.path = path
        self.encoding = encoding
        self.format = "text" if shape.delimiter is None else "csv"
        self.delimiter = shape.delimiter
        self.column = shape.column_name

    def rows(self) -> Iterator[ListRow]:
        rows = self._text() if self._shape.delimiter is None else self._cells()
        if self._shape.names:
            next(rows, None)
            rows = (ListRow(row.number - 1, row.text, row.detail) for row in rows)
        return rows

    def _text(self) -> Iterator[ListRow]:
        number = 0
        for line in _lines(self._stream, self.encoding, self.name):
            text = line.rstrip("\r\n")
            if text.strip():
                number += 1
                if len(text) > 2 and text[0] == text[-1] == '"':
                    text = text[1:-1].replace('""', '"')
                yield ListRow(number, text)

    def _cells(self) -> Iterator[ListRow]:
        number = 0
        column = self._shape.column
        reader = csv.reader(_lines(self._stream, self.encoding, self.name), delimiter=self._shape.delimiter or ",")
        try:
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                number += 1
                if column < len(cells):
                    yield ListRow(number, cells[column])
                else:
                    yield ListRow(
                        number, None, f"the row has {len(cells)} cells, the addresses stand in cell {column + 1}"
                    )
        except csv.Error as error:
            why = "a quotation mark is opened and not closed" if "field larger" in str(error) else str(error)
            raise InputError(
                f"{self.name}: row {number + 1 - bool(self._shape.names)} (line {reader.line_num}): {why}"
            ) from None

    def close(self) -> None:
        self._stream.close()


class _JsonLines:
    """JSON Lines: an object or a string a line."""

    def __init__(
        self, stream: BinaryIO, name: str, path: str | None, encoding: Encoding, lines: list[str], column: str | None
    ) -> None:
        self._stream = stream
        self.name = name
        self.path = path
        self.encoding = encoding
        self.format = "jsonl"
        self.delimiter: str | None = None
        filled = [line for line in lines if line.strip()]
        if not filled:
            raise InputError(f"{name}: there are no rows in it")
        first = filled[0].lstrip()
        if first.startswith("[") and not first.rstrip().endswith("]"):
            raise InputError(f"{name}: a JSON array; write JSON Lines, one object a line (jq -c '.[]')")
        self.column = self._key([self._value(line, at) for at, line in enumerate(filled, 1)], column)

    def _key(self, values: list[Any], column: str | None) -> str | None:
        objects = [value for value in values if isinstance(value, dict)]
        if not objects:
            if all(isinstance(value, str) for value in values):
                return None
            raise InputError(f"{self.name}: its lines are neither objects nor strings; write one object a line")
        table = [list(dict.fromkeys(key for each in objects for key in each))[:MAX_KEYS]]
        table += [[str(each.get(key) or "") for key in table[0]] for each in objects]
        if column is not None and not any(column in each for each in objects):
            raise InputError(f"{self.name}: there is no key {column!r:.60} (keys: {', '.join(table[0][:20]):.300})")
        if column is not None:
            return column
        text = io.StringIO()
        csv.writer(text).writerows(table)
        shape = shape_of(text.getvalue().splitlines(keepends=True), self.name, delimiter=",")
        return str(table[0][shape.column])

    def _value(self, line: str, number: int) -> Any:
        try:
            return json.loads(line)
        except json.JSONDecodeError as error:
            # Neither the line nor a part of it is told: it may hold an address.
            raise InputError(f"{self.name}: row {number} is no JSON: {error.msg} at character {error.colno}") from None
        except (ValueError, RecursionError):
            raise InputError(
                f"{self.name}: row {number} is no JSON that is read: too deep, or a number too long"
            ) from None

    def rows(self) -> Iterator[ListRow]:
        number = 0
        for line in _lines(self._stream, self.encoding, self.name):
            if not line.strip():
                continue
            number += 1
            value = self._value(line, number)
            if isinstance(value, dict):
                value = value.get(self.column) if self.column is not None else None
            if isinstance(value, str):
                yield ListRow(number, value)
            else:
                yield ListRow(number, None, f"there is no text under {self.column!r}" if self.column else "no text")

    def close(self) -> None:
        self._stream.close()


def _is_json(lines: list[str]) -> bool:
    first = next((line.lstrip() for line in lines if line.strip()), "")
    return first.startswith("{") or (first.startswith('"') and first.rstrip().endswith('"') and '","' not in first)
