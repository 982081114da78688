"""Lines for a terminal: width, indentation, colour, and the escaper of everything that is written."""

from collections.abc import Iterable

from mailcheck.model.pattern import regex
from mailcheck.report.options import RenderOptions
from mailcheck.report.text import line_start, printable

_SGR = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;34",
    "passed": "32",
    "unknown": "1;35",
    "dim": "2",
    "bold": "1",
}
_ASCII = str.maketrans(
    {"├": "|", "└": "`", "│": "|", "─": "-", "→": ">", "…": "...", "·": "-", "–": "-", "—": "-", "×": "x"}
    | dict.fromkeys("“”„", '"')
    | dict.fromkeys("‘’", "'")
)
_LAST_COLUMN = regex(r".*\S {2,}(?=\S)")
_ROOM = 36
"""Columns that a wrapped column needs beside the others."""
TIED = "\u00a0"
"""A blank at which no line is broken."""


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width, break_on_hyphens=False)


class Page:
    """Collects lines. Every method escapes the text it is given; nothing else reaches the terminal."""

    def __init__(self, options: RenderOptions) -> None:
        self.options = options
        self.width = max(40, min(options.width, 120))
        self._lines: list[str] = []

    def safe(self, text: str, limit: int | None = None) -> str:
        """The escaper: printable; where there is no Unicode, ASCII signs for ours and the rest written out."""
        shown = printable(text, limit=limit)
        if self.options.unicode or shown.isascii():
            return shown
        return shown.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")

    def style(self, name: str | None, text: str) -> str:
        """`text`, safe and in the colour of `name`; no meaning is carried by the colour alone."""
        shown = self.safe(text)
        return f"\x1b[{_SGR[name]}m{shown}\x1b[0m" if name and self.options.color and shown else shown

    def line(self, text: str = "", indent: int = 0, *, style: str | None = None) -> None:
        """One line, not wrapped."""
        shown = line_start(self.safe(text.rstrip()))
        self._lines.append(" " * indent + self.style(style, shown) if shown else "")

    def styled(self, *parts: tuple[str | None, str], indent: int = 0) -> None:
        """One line of pairs of style and text; the first begins with a word of ours."""
        self._lines.append(" " * indent + "".join(self.style(style, text) for style, text in parts).rstrip())

    def flow(self, parts: Iterable[tuple[str | None, str]]) -> None:
        """Pairs of style and text, a blank between them, broken only between pairs."""
        line, used = "", 0
        for style, text in parts:
            shown = line_start(self.safe(text))
            if used and used + 1 + len(shown) > self.width:
                self._lines.append(line)
                line, used = " ", 1
            blank = " " if used else ""
            line += blank + self.style(style, shown)
            used += len(blank + shown)
        self._lines.append(line)

    def wrap(self, text: str, indent: int, *, first: str = "", style: str | None = None, limit: int = 5000) -> None:
        """A paragraph; `first` (ours) stands before it in `style`, and the other lines align behind it."""
        width = max(20, self.width - indent - len(first))
        shown = TIED.join(self.safe(part) for part in printable(text, limit=limit).split(TIED))
        # Most paragraphs fit, and textwrap is slow.
        pieces = [shown.strip()] if len(shown) <= width else _wrapped(shown, width)
        for number, piece in enumerate(pieces or [""]):
            plain = piece.replace(TIED, " ")
            if number == 0 and first:
                self._lines.append(" " * indent + self.style(style, first) + plain)
            else:
                self._lines.append(" " * (indent + len(first)) + line_start(plain))

    def columns(self, text: str, indent: int) -> None:
        """A line of columns set apart by two blanks or more; where it is too long, the last is wrapped or put below."""
        shown = self.safe(text)
        if indent + len(shown) <= self.width:
            self.line(shown, indent)
            return
        match = _LAST_COLUMN.match(shown)
        lead, rest = (match[0], shown[match.end() :]) if match else ("", shown)
        if match and indent + len(lead) > self.width - _ROOM:
            self.line(lead, indent)
            self.wrap(rest, indent + 4)
        else:
            self.wrap(rest, indent, first=line_start(lead))

    def branch(self, text: str, indent: int) -> None:
        """A line of a tree: where it is too long, the label is cut and what stands behind two blanks is kept."""
        shown = self.safe(text)
        over = indent + len(shown) - self.width
        if over > 0:
            label, blanks, cost = shown.rpartition("  ")
            label, cost = (label, cost) if blanks else (cost, "")
            ellipsis = self.safe("…")
            shown = label[: max(8, len(label) - over - len(ellipsis))] + ellipsis + blanks + cost
        self.line(shown, indent)

    def text(self) -> str:
        """The page."""
        return "\n".join(self._lines) + "\n"
