"""A template as its language sees it: tags, blocks of branches, and texts of the same length without them.

Masking keeps every offset and line: output becomes `x`, statements and comments become blanks, line ends stay. So a
parser that knows no template language reads the rest, and each of its places is a place in the source. One variant a
branch index is made, so that every branch of every conditional is read once (if/elif/else: three variants).
"""

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from mailcheck.model.pattern import regex

OUTPUT, STATEMENT, COMMENT, OPEN, MIDDLE, CLOSE = "output", "statement", "comment", "open", "middle", "close"
DECLARED, SUFFIX, CENSUS = "declared", "suffix", "census"
MAX_VARIANTS = 16
"""Branches of one conditional that are read; further ones are read with the last of these."""
MAX_TAGS = 50_000
"""Tags of one template; a file with more is no template that a person wrote."""
_NOT_NEWLINE = regex(r"[^\r\n]")


class Tag:
    """One tag of the template language.

    `kind` is output, statement, comment, open, middle or close; `keyword` the word that says so (if, endif, #each),
    lower case where the language folds case; `expression` what stands behind it (for output: all of it, stripped).
    `escapes` is None where the language's default holds, False where the tag switches escaping off ({{{ }}}, |safe).
    `language` is empty for the template's own language, else the name of the other one that the tag is written in.
    """

    __slots__ = ("end", "escapes", "expression", "keyword", "kind", "language", "start")

    def __init__(
        self, start: int, end: int, kind: str, keyword: str = "", expression: str = "", escapes: bool | None = None
    ) -> None:
        self.start = start
        self.end = end
        self.kind = kind
        self.keyword = keyword
        self.expression = expression
        self.escapes = escapes
        self.language = ""

    def __repr__(self) -> str:
        return f"Tag({self.start}, {self.end}, {self.kind!r}, {self.keyword!r}, {self.expression!r})"


class Fault:
    """What is wrong with the template's own syntax: a rule name's key, a sentence, a range, and a related range."""

    __slots__ = ("end", "key", "message", "related", "start")

    def __init__(self, key: str, message: str, start: int, end: int, related: tuple[int, int] | None = None) -> None:
        self.key = key
        self.message = message
        self.start = start
        self.end = end
        self.related = related


class Scan:
    """What a dialect's scanner found: tags in order, faults, and ranges that the language leaves alone (raw blocks)."""

    __slots__ = ("faults", "raw", "tags")

    def __init__(self, tags: list[Tag], faults: Sequence[Fault] = (), raw: Sequence[tuple[int, int]] = ()) -> None:
        self.tags = tags
        self.faults = list(faults)
        self.raw = list(raw)


class Block:
    """An opened tag, its branches and its end.

    `branches` are ranges of the source: behind the opening tag up to the next middle or closing one, and so on.
    `conditional` is False for loops and other blocks, whose body is read in every variant. `exclusive` says that one
    branch is left out where another is taken: of every block with a middle tag, also of a loop with an else.
    """

    __slots__ = ("branches", "close", "conditional", "exclusive", "middles", "name", "open", "parent")

    def __init__(self, opening: Tag, parent: "Block | None", *, conditional: bool) -> None:
        self.open = opening
        self.close: Tag | None = None
        self.parent = parent
        self.name = opening.keyword
        self.conditional = conditional
        self.exclusive = False
        self.middles: list[Tag] = []
        self.branches: list[tuple[int, int]] = []


class Branch:
    """One branch of a block, and the branch around it."""

    __slots__ = ("block", "end", "index", "parent", "start")

    def __init__(self, block: Block, index: int, parent: "Branch | None") -> None:
        self.block = block
        self.index = index
        self.parent = parent
        self.start, self.end = block.branches[index]


def _sweep(blocks: Sequence[Block]) -> tuple[list[int], list[Branch | None]]:
    """Where the innermost branch changes, and to which: one pass over the branches in order."""
    points: list[int] = []
    inner: list[Branch | None] = []
    stack: list[Branch] = []

    def close(before: int) -> None:
        while stack and stack[-1].end <= before:
            done = stack.pop()
            points.append(done.end)
            inner.append(stack[-1] if stack else None)

    ranges = sorted(
        ((start, -end, block, number) for block in blocks for number, (start, end) in enumerate(block.branches)),
        key=lambda each: each[:2],
    )
    for start, _, block, number in ranges:
        close(start)
        stack.append(Branch(block, number, stack[-1] if stack else None))
        points.append(start)
        inner.append(stack[-1])
    close(sys.maxsize)
    return points, inner


class Template:
    """Text, tags and blocks of one template; masked texts are made when asked for.

    `dialect` names the language; `origin` tells from what: declared (by configuration or caller), suffix, or census of
    tags. Rules that rest on the language ask `certain`.
    """

    __slots__ = (
        "_ends", "_inner", "_starts", "_variants", "blocks", "dialect", "faults", "origin", "raw", "tags", "text",
    )  # fmt: skip

    def __init__(self, text: str, dialect: str, scan: Scan, blocks: Sequence[Block], *, origin: str = DECLARED) -> None:
        self.text = text
        self.dialect = dialect
        self.origin = origin
        self.tags = tuple(scan.tags)
        self.faults = tuple(scan.faults)
        self.raw = tuple(scan.raw)
        self.blocks = tuple(blocks)
        self._starts = [tag.start for tag in self.tags]
        self._ends = [tag.end for tag in self.tags]
        self._inner: tuple[list[int], list[Branch | None]] | None = None
        self._variants: tuple[str, ...] | None = None

    @property
    def certain(self) -> bool:
        """Whether the language is known from outside the text: it was declared, or the file's name says so."""
        return self.origin in (DECLARED, SUFFIX)

    # --- three-valued answers -------------------------------------------------------------------------------------
    def overlaps(self, start: int, end: int) -> bool:
        """Whether a tag of the template language lies in the range: then its text is unknown."""
        at = bisect_right(self._ends, start)
        return at < len(self._starts) and self._starts[at] < end

    def tags_in(self, start: int, end: int) -> Iterator[Tag]:
        """The tags that overlap the range, in order."""
        at = bisect_right(self._ends, start)
        while at < len(self.tags) and self._starts[at] < end:
            yield self.tags[at]
            at += 1

    def tag_at(self, offset: int) -> Tag | None:
        """The tag that covers the offset."""
        at = bisect_right(self._starts, offset) - 1
        return self.tags[at] if at >= 0 and offset < self._ends[at] else None

    def next_tag(self, offset: int) -> Tag | None:
        """The first tag that begins at the offset or behind it."""
        at = bisect_left(self._starts, offset)
        return self.tags[at] if at < len(self.tags) else None

    def in_raw(self, offset: int) -> bool:
        """Whether the place is in a range that the language leaves as it is ({% raw %})."""
        at = bisect_right(self.raw, offset, key=lambda each: each[0]) - 1
        return at >= 0 and offset < self.raw[at][1]

    def branch_at(self, offset: int) -> "Branch | None":
        """The innermost branch around the offset, None at the top level. Bodies of loops are branches too."""
        if self._inner is None:
            self._inner = _sweep(self.blocks)
        points, inner = self._inner
        return inner[bisect_right(points, offset) - 1] if points and offset >= points[0] else None

    def in_conditional(self, offset: int) -> bool:
        """Whether the place is in a branch that may be left out."""
        branch = self.branch_at(offset)
        while branch is not None:
            if branch.block.conditional:
                return True
            branch = branch.parent
        return False

    # --- masked texts ---------------------------------------------------------------------------------------------
    @property
    def variants(self) -> tuple[str, ...]:
        """The masked texts, one a branch index; one where there is no conditional with branches."""
        if self._variants is None:
            count = max((len(block.branches) for block in self.blocks if block.exclusive), default=1)
            count = max(1, min(count, MAX_VARIANTS))
            base = self._masked()
            self._variants = tuple(self._branch(base, index) for index in range(count)) if count > 1 else (base,)
        return self._variants

    def _masked(self) -> str:
        parts, at = [], 0
        for tag in self.tags:
            if tag.start < at:
                continue
            parts.append(self.text[at : tag.start])
            parts.append(filler(self.text[tag.start : tag.end], "x" if tag.kind == OUTPUT else " "))
            at = tag.end
        parts.append(self.text[at:])
        return "".join(parts)

    def _branch(self, base: str, index: int) -> str:
        """`base` with all branches blanked but the one of this index (the last, where there are fewer)."""
        gone: list[tuple[int, int]] = []
        for block in self.blocks:
            if block.exclusive:
                kept = min(index, len(block.branches) - 1)
                gone += [branch for number, branch in enumerate(block.branches) if number != kept]
        gone.sort()
        parts, at = [], 0
        for start, end in gone:
            if end <= at:
                continue
            begin = max(start, at)
            parts.append(base[at:begin])
            parts.append(filler(base[begin:end], " "))
            at = end
        parts.append(base[at:])
        return "".join(parts)


def filler(text: str, char: str) -> str:
    """As many characters, line ends kept."""
    if "\r" in text:
        return _NOT_NEWLINE.sub(char, text)
    return "\n".join([char * len(line) for line in text.split("\n")])
