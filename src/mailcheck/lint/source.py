"""A text and its places: offsets in code points, lines and columns from 1."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain

from mailcheck.model.fix import TextEdit
from mailcheck.model.location import FileLocation
from mailcheck.model.pattern import regex

_NEWLINE = regex(r"\r\n|\r|\n")
SHOWN = 100_000
"""Characters of a source line that a finding carries; with a longer line it carries none."""

MANY_LINES = 100_000
"""Lines from which their places are kept in four octets each, not in 36: a file may hold line ends alone."""


def _line_starts(text: str) -> Iterator[int]:
    """The offset behind each line end."""
    if "\r" in text:
        yield from (match.end() for match in _NEWLINE.finditer(text))
        return
    at = text.find("\n")
    while at >= 0:
        yield at + 1
        at = text.find("\n", at + 1)


class Source:
    """One text with its path.

    `text` is decoded, without a byte order mark; `encoding` and `bom` are how it was read. Line ends are CRLF, CR
    and LF, as the HTML standard and editors count them. Nothing is changed after it is made. `editable` is False where
    the file holds the text in a form that no edit of ours may touch (a part of a message, what was rendered); `how`
    tells how a text was made that stands in no file, and is empty for what is written.
    """

    __slots__ = ("_line", "_starts", "bom", "editable", "encoding", "how", "path", "text")

    def __init__(self, path: str, text: str, *, encoding: str = "utf-8", bom: bool = False) -> None:
        self.path = path
        self.text = text
        self.encoding = encoding
        self.bom = bom
        self.editable = True
        self.how = ""
        self._starts: Sequence[int] | None = None
        self._line: tuple[int, str | None] = (0, None)

    @property
    def starts(self) -> Sequence[int]:
        """The offset at which each line begins."""
        if self._starts is None:
            offsets = chain((0,), _line_starts(self.text))
            if self.text.count("\n") + self.text.count("\r") <= MANY_LINES:
                self._starts = list(offsets)
            else:
                from array import array

                self._starts = array("I", offsets)
        return self._starts

    def line_of(self, offset: int) -> int:
        """The 1-based line of an offset."""
        return bisect_right(self.starts, offset)

    def location(self, start: int, end: int) -> FileLocation:
        """The place of a half-open range of this text, with the line on which it begins."""
        start = max(0, min(start, len(self.text)))
        end = max(start, min(end, len(self.text)))
        line, last = self.line_of(start), self.line_of(max(start, end - 1))
        begin, last_begin = self.starts[line - 1], self.starts[last - 1]
        column, end_column = start - begin + 1, end - last_begin + 1
        return FileLocation(self.path, line, column, last, end_column, start, end, self._line_text(line))

    def edit(self, start: int, end: int, text: str) -> TextEdit:
        """The change of the file that replaces a range of this text."""
        return TextEdit(self.path, start, end, text)

    def _line_text(self, line: int) -> str | None:
        """The line; the same string for all findings in it, since minified pages have thousands in one line."""
        if self._line[0] != line:
            begin = self.starts[line - 1]
            end = self.starts[line] if line < len(self.starts) else len(self.text)
            self._line = (line, self.text[begin:end].rstrip("\r\n") if end - begin <= SHOWN else None)
        return self._line[1]
