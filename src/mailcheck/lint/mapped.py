"""Texts that a file holds in another form: escaped in JSON, encoded in a message, rendered from a template."""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from mailcheck.lint.source import Source
from mailcheck.model.fix import TextEdit
from mailcheck.model.location import FileLocation


class MappedSource(Source):
    """A text whose places are places of another source.

    `steps` are offsets in this text, sorted, and those in the origin that belong to them; between two of them both
    texts run at the same pace, but never beyond the next. `escape` writes a text as the origin holds it; without it,
    no edit is possible.
    """

    __slots__ = ("_at", "_escape", "_origin_at", "origin")

    def __init__(
        self,
        text: str,
        origin: Source,
        steps: tuple[Sequence[int], Sequence[int]],
        *,
        escape: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__(origin.path, text, encoding=origin.encoding, bom=origin.bom)
        self.origin = origin
        self.editable = escape is not None and origin.editable
        self._escape = escape
        self._at, self._origin_at = steps

    def place(self, offset: int) -> int:
        """The offset in the origin of an offset of this text."""
        number = max(0, bisect_right(self._at, offset) - 1)
        place = self._origin_at[number] + max(0, offset - self._at[number])
        if number + 1 < len(self._at):
            place = min(place, max(self._origin_at[number], self._origin_at[number + 1]))
        return place

    def location(self, start: int, end: int) -> FileLocation:
        """The place in the origin."""
        first, last = self.place(start), self.place(end)
        if last < first or (last == first and end > start):
            last = first + 1
        return self.origin.location(first, last)

    def edit(self, start: int, end: int, text: str) -> TextEdit:
        """The change of the origin."""
        written = self._escape(text) if self._escape else text
        return self.origin.edit(self.place(start), self.place(end), written)


def part_of(origin: Source, start: int, end: int, escape: Callable[[str], str] | None = None) -> MappedSource:
    """A range of a source that stands there as it is."""
    return MappedSource(origin.text[start:end], origin, ((0,), (start,)), escape=escape)
