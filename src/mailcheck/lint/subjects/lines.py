"""The three lines that an inbox shows: subject, preheader and the sender's name, with their tags and folded words."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from mailcheck.lint.template import COMMENT, OUTPUT

if TYPE_CHECKING:
    from mailcheck.lint.document import Body, Document
    from mailcheck.lint.subjects.folding import Folded
    from mailcheck.lint.template import Tag
    from mailcheck.model.finding import Finding

MAX_LINE = 100_000
"""Characters of a line that are looked at."""
GAP = "\ue000"
"""Stands for a tag's output in the words: no word, number or blank."""


class Line:
    """One of the lines.

    Its text runs from `start` of the body's source; `masked` has blanks where tags print nothing, `GAP` elsewhere.
    """

    def __init__(self, body: "Body") -> None:
        self.body = body
        full = body.source.text
        self.start = max(body.start, 0)
        rest = full[self.start : self.start + MAX_LINE]
        self.start += len(rest) - len(rest.lstrip("\r\n"))
        self.text = rest.strip("\r\n")

    @cached_property
    def tags(self) -> "tuple[Tag, ...]":
        """The tags in the line, without comments."""
        found = self.body.template.tags_in(self.start, self.start + len(self.text))
        return tuple(tag for tag in found if tag.kind != COMMENT)

    @cached_property
    def masked(self) -> str:
        """The text as it is written, without the code of tags; of the same length."""
        parts, at = [], self.start
        for tag in self.body.template.tags_in(self.start, self.start + len(self.text)):
            if tag.start < at:
                continue
            end = min(tag.end, self.start + len(self.text))
            parts.append(self.body.source.text[at : tag.start])
            parts.append((GAP if tag.kind == OUTPUT else " ") * (end - tag.start))
            at = end
        parts.append(self.body.source.text[at : self.start + len(self.text)])
        return "".join(parts)

    @cached_property
    def words(self) -> "Folded":
        """The masked text, folded."""
        from mailcheck.lint.subjects.folding import MAX_TEXT, fold

        return fold(self.masked[:MAX_TEXT])

    @cached_property
    def complete(self) -> bool:
        """Whether all of it is written out."""
        return not self.tags

    def finding(self, message: str, start: int, end: int, **more: Any) -> "Finding":
        """A finding at a range of the line."""
        return self.body.finding(message, self.start + start, self.start + end, **more)

    def folded_finding(self, message: str, start: int, end: int, **more: Any) -> "Finding":
        """A finding at a range of the folded words."""
        return self.finding(message, *self.words.place(start, end), **more)

    def quoted(self, start: int, end: int, most: int = 60) -> str:
        """The text of a range as a message shows it."""
        from mailcheck.lint.subjects.quoting import shown

        return shown(self.text[start:end], most)


def line_of(document: "Document", media: str) -> Line | None:
    """The document's line of this kind."""
    body = next((body for body in document.bodies if body.media == media), None)
    return Line(body) if body is not None else None
