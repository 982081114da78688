"""A record or a source line as an excerpt with carets under the place."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Literal

from mailcheck.model.pattern import regex
from mailcheck.report.text import COMMAND, printable

WINDOW = 800
"""Octets of a long record that are shown around the place."""
LINE_WINDOW = 240
"""Characters of a long line of a file that are shown around the place: a minified page is one line."""

_LINE_END = regex(r"\r?\n()\t*")

_UTF8 = regex("[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")

Row = tuple[Literal["gap", "text", "marks"], str]

# RFC 1035 5.1: what is not printable ASCII as `\DDD`, the backslash doubled.
_OCTETS = {chr(octet): f"\\{octet:03d}" for octet in range(256) if not 0x20 <= octet < 0x7F} | {"\\": "\\\\"}


def excerpt(
    text: str, span: tuple[int, int] | None, width: int, *, octets: bool, ascii: bool = False, lines: bool = False
) -> Iterator[Row]:
    """The text in rows of at most `width` columns, each followed by its carets where it has any.

    A DNS text (`octets`) is written as in a master file, other text as it looks (`ascii`: written out), so every
    octet or character of the span has carets over all its columns. With `lines` its line ends begin a row, as in a
    message's folded field, and octets that are UTF-8 are read. A span of no length marks one column, a span over
    a whole DNS record none. Of a long text only a window is shown.
    """
    start, end = span or (0, 0)
    window = WINDOW if octets else LINE_WINDOW
    low = max(0, min(start, len(text)) - window // 4) if len(text) > window else 0
    high = min(len(text), low + window)
    cells = _octets(text[low:high]) if octets else _characters(text[low:high], ascii=ascii)
    if span is None or (octets and start <= 0 and end >= len(text)):
        marked = (0, 0)
    else:
        marked = (start - low, max(end, start + 1) - low)
        cells += [" "] if start >= high else []  # the place is behind the last one
    breaks = _line_ends(cells, text[low:high]) if lines else []
    if lines and not ascii:
        _read_utf8(cells, text[low:high])
    unit = "octets" if octets else "characters"
    ellipsis = "..." if ascii else "…"
    if low:
        yield "gap", f"{ellipsis} {low:,} {unit} before"
    measure = len if all(map(str.isascii, cells)) else _columns
    yield from _rows(cells, marked, width, list(accumulate(map(measure, cells), initial=0)), breaks)
    if high < len(text):
        yield "gap", f"{ellipsis} {len(text) - high:,} {unit} more"


def _rows(
    cells: list[str], marked: tuple[int, int], width: int, columns: list[int], breaks: list[int]
) -> Iterator[Row]:
    """Broken at `breaks` and behind a blank in the second half of a row, else anywhere between two cells."""
    first = 0
    while first < len(cells):
        last = max(first + 1, bisect_right(columns, columns[first] + width) - 1)
        number = bisect_right(breaks, first)
        if number < len(breaks) and breaks[number] <= last:
            last = breaks[number]
        elif last < len(cells):
            blanks = (at + 1 for at in range(last - 1, (first + last) // 2, -1) if cells[at] == " ")
            last = next(blanks, last)
        yield "text", "".join(cells[first:last])
        begin, end = max(first, marked[0]), min(last, marked[1])
        if columns[begin] < columns[max(begin, end)]:
            yield "marks", " " * (columns[begin] - columns[first]) + "^" * (columns[end] - columns[begin])
        first = last


def _line_ends(cells: list[str], text: str) -> list[int]:
    """Take the line ends (and tabs that begin a line) out of the cells; gives where the next lines begin."""
    found = []
    for match in _LINE_END.finditer(text):
        for at in range(match.start(), match.end()):
            cells[at] = "" if text[at] in "\r\n" else "    "
        found.append(match.start(1))
    return found


def _read_utf8(cells: list[str], text: str) -> None:
    """Octets that are UTF-8 become the character that they are, where it may be shown."""
    for match in _UTF8.finditer(text):
        try:
            char = match[0].encode("latin-1").decode("utf-8")
        except UnicodeError:
            continue
        if printable(char) == char:
            cells[match.start() : match.end()] = [char, *[""] * (len(match[0]) - 1)]


def _octets(text: str) -> list[str]:
    cells = [_OCTETS.get(char, char) for char in text]
    for match in COMMAND.finditer(text):
        cells[match.start() + 1] = "\\035"
    return cells


def _characters(text: str, *, ascii: bool) -> list[str]:
    cells = ["    " if char == "\t" else printable(char) for char in text]
    if ascii:
        cells = [cell.encode("ascii", "backslashreplace").decode("ascii") for cell in cells]
    for match in COMMAND.finditer(text):
        cells[match.start() + 1] = "\\x23"
    return cells


def _columns(cell: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in cell
    )
