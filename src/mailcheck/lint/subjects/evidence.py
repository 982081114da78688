"""What the mail itself shows: the words that readers see, in every part and branch, and what tags may still print."""

from functools import cached_property
from typing import TYPE_CHECKING

from mailcheck.lint.subjects.dates import Calendar, Day
from mailcheck.lint.subjects.folding import folded
from mailcheck.lint.subjects.topics import AMOUNT, DATE, LINK, ORDER, OTHER, PERSON, topic
from mailcheck.lint.template import COMMENT, OUTPUT

if TYPE_CHECKING:
    from mailcheck.lint.document import Body, Document
    from mailcheck.lint.subjects.packs import Pack

MAX_TEXT = 60_000
"""Characters of each body that are read as evidence."""
MAX_TAGS = 1_000
"""Tags whose names are read; with more, anything may be printed."""


class Evidence:
    """The bodies of a document, with what they extend and include, as evidence for a claim."""

    def __init__(self, document: "Document", pack: "Pack | None") -> None:
        self.document = document
        self.pack = pack

    @cached_property
    def _bodies(self) -> "tuple[tuple[Body, ...], bool]":
        found: list[Body] = []
        whole = True
        document = self.document
        for body in (*(document.written or document.html), *document.text):
            composition = document.composed(body)
            # What surrounds a mail's content in a layout (logo, address) is no evidence for its subject.
            whole = whole and composition.content
            found += composition.bodies
        if document.mail is not None and document.mail.limits:
            whole = False
        return tuple(dict.fromkeys(found)), whole

    @property
    def there(self) -> bool:
        """Whether there is any body."""
        return bool(self._bodies[0])

    @property
    def whole(self) -> bool:
        """Whether all that readers will get is here (but for what tags print)."""
        return self.there and self._bodies[1] and not self.cut

    @cached_property
    def cut(self) -> bool:
        """Whether a body is longer than what is read."""
        return any(len(text) > MAX_TEXT for text in self._texts)

    @cached_property
    def _texts(self) -> list[str]:
        found = []
        for body in self._bodies[0]:
            text = body.visible_text
            if body.media == "html":
                alts = (element.get("alt") for element in body.find("img", "area"))
                text = "\n".join([text, *(alt for alt in alts if alt)])
            found.append(text)
        return found

    @cached_property
    def text(self) -> str:
        """All visible words, folded; a line end ends a sentence."""
        return folded("\n".join(text[:MAX_TEXT] for text in self._texts).replace("\n", " \u2028 "))

    @cached_property
    def sentences(self) -> list[str]:
        """The text by sentences, roughly."""
        import re

        return [each for each in re.split(r"(?<=[.!?。！？])\s(?!\d)", self.text) if each.strip()]

    @cached_property
    def topics(self) -> frozenset[str]:
        """What the tags print that stand in visible text."""
        found: set[str] = set()
        number = 0
        for body in self._bodies[0]:
            quoted = _attributes(body)
            for tag in body.template.tags:
                if tag.kind == COMMENT or any(
                    start <= tag.start < end for start, end in quoted.get(tag.start // 4096, ())
                ):
                    continue
                number += 1
                if number > MAX_TAGS:
                    return frozenset({OTHER, ORDER, AMOUNT, DATE, PERSON})
                if tag.kind == OUTPUT:
                    found.add(topic(body.source.text[tag.start : tag.end], tag.expression))
        return frozenset(found)

    def may_print(self, *topics: str) -> bool:
        """Whether a tag may print evidence of these sorts: one that is named so, or whose name tells nothing."""
        return bool(self.topics & {*topics, OTHER})

    @cached_property
    def personal(self) -> bool:
        """Whether a tag prints something of the reader's."""
        return bool(self.topics - {LINK})

    @cached_property
    def calendar(self) -> Calendar:
        """Reads days in the mail's language."""
        return Calendar(self.pack)

    @cached_property
    def days(self) -> list[Day]:
        """The days that the bodies name."""
        return self.calendar.days(self.text)


def _attributes(body: "Body") -> dict[int, list[tuple[int, int]]]:
    """The ranges of start tags and of comments, by stretches of 4,096 characters: what stands there is not seen."""
    found: dict[int, list[tuple[int, int]]] = {}
    if body.media != "html":
        return found
    for markup in body.variants:
        for element in markup.elements:
            _put(found, element.start, element.end)
        for comment in markup.comments:
            _put(found, comment[0], comment[1])
    return found


def _put(found: dict[int, list[tuple[int, int]]], start: int, end: int) -> None:
    for stretch in range(start // 4096, end // 4096 + 1):
        found.setdefault(stretch, []).append((start, end))
