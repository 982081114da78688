"""Where a rendered text comes from: its words found again in the templates, in their order.

Four words in a row are taken for the same place; from there on, word after word is followed as long as both agree.
What a value or a loop brought in has the place of the words before it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from mailcheck.lint.mapped import MappedSource
from mailcheck.lint.source import Source
from mailcheck.model.location import FileLocation
from mailcheck.model.pattern import regex

RUN = 4
"""Words in a row that are believed to be the same place."""
MAX_WORDS = 1_500_000
"""Words of all texts together that are compared."""
_WORD = regex(r"\w+|[^\w\s]")

Place = tuple[int, int, int]
"""An offset in the rendered text, the number of the origin, and the offset there."""


class RenderedSource(MappedSource):
    """A text made from templates, whose places are places of these."""

    __slots__ = ("origins", "places")

    def __init__(self, text: str, origins: Sequence[Source], places: Sequence[Place], how: str) -> None:
        super().__init__(text, origins[0], ((0,), (0,)))
        self.origins = tuple(origins)
        self.places = places
        self.how = how

    def _origin(self, offset: int) -> tuple[int, int]:
        """The number of the origin and the offset in it."""
        number = bisect_right(self.places, (offset, len(self.origins), 0)) - 1
        if number < 0:
            return 0, 0
        start, origin, at = self.places[number]
        after = self.places[number + 1] if number + 1 < len(self.places) else (len(self.text), -1, 0)
        ahead = offset - start
        if after[1] == origin and after[2] >= at:
            ahead = min(ahead, after[2] - at)
        return origin, min(at + ahead, len(self.origins[origin].text))

    def location(self, start: int, end: int) -> FileLocation:
        """The place in the template from which the text came, or before which it was put in."""
        origin, first = self._origin(start)
        other, last = self._origin(max(start, end - 1))
        last = last + 1 if other == origin and last >= first else first + 1
        return self.origins[origin].location(first, last)


def aligned(text: str, origins: Sequence[Source], begins: Sequence[int], how: str) -> RenderedSource:
    """Find the words of `text` in the origins (each from where its template begins). Linear in all of them."""
    index: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    words: list[list[tuple[str, int]]] = []
    left = MAX_WORDS
    for number, (source, begin) in enumerate(zip(origins, begins, strict=True)):
        own = [(match[0], match.start()) for match in _WORD.finditer(source.text, begin)][: max(0, left)]
        left -= len(own)
        words.append(own)
        for at in range(len(own) - RUN + 1):
            index.setdefault(tuple(word for word, _ in own[at : at + RUN]), []).append((number, at))
    made = [(match[0], match.start()) for match in _WORD.finditer(text)][:MAX_WORDS]
    places: list[Place] = []
    cursor = (0, 0)
    at = 0
    while at < len(made):
        found = index.get(tuple(word for word, _ in made[at : at + RUN]))
        if not found:
            at += 1
            continue
        # The next place in the order of the templates; behind the last one, a loop has begun again.
        number, there = found[min(bisect_left(found, cursor), len(found) - 1)]
        own = words[number]
        while at < len(made) and there < len(own) and made[at][0] == own[there][0]:
            places.append((made[at][1], number, own[there][1]))
            at += 1
            there += 1
        cursor = (number, there)
    return RenderedSource(text, origins, places, how)
