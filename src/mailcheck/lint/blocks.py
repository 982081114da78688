"""Pair the opening, middle and closing tags of a template; what does not pair is a fault (TPL001)."""

from collections.abc import Callable, Mapping

from mailcheck.lint.template import CLOSE, MIDDLE, OPEN, Block, Fault, Scan, Tag

MAX_DEPTH = 200
"""Blocks inside each other that are told apart; those deeper count as one with the last."""
MAX_REACH = 50
"""Open blocks among which the one of a middle tag is looked for."""
ANY = ""
"""The group of a closing tag that ends the innermost block, whichever it is."""


class Pairing:
    """How a language's blocks close.

    `group` gives for an opening or closing tag the name that both halves share, and `ANY` for a closing tag that ends
    the innermost block (Go, ERB). `conditional` holds the opening keywords whose body may be left out, `middles` for a
    middle keyword the groups that it divides (any block, where it is not named). `optional` tells of an opening tag
    that it may stand without its end, being no block then.
    """

    __slots__ = ("conditional", "group", "middles", "optional")

    def __init__(
        self,
        group: Callable[[Tag], str],
        conditional: Callable[[str], bool],
        *,
        middles: Mapping[str, frozenset[str]] | None = None,
        optional: Callable[[Tag], bool] = lambda _tag: False,
    ) -> None:
        self.group = group
        self.conditional = conditional
        self.middles = middles or {}
        self.optional = optional


class _Open:
    """A block that waits for its end."""

    __slots__ = ("at", "block", "group", "optional")

    def __init__(self, block: Block, group: str, *, optional: bool) -> None:
        self.block = block
        self.group = group
        self.optional = optional
        self.at = block.open.end

    def divide(self, tag: Tag) -> None:
        """A middle tag ends a branch and begins the next."""
        self.block.branches.append((self.at, tag.start))
        self.block.middles.append(tag)
        self.block.exclusive = True
        self.at = tag.end

    def end(self, at: int) -> None:
        """The last branch."""
        self.block.branches.append((self.at, max(at, self.at)))


def pair(scan: Scan, pairing: Pairing) -> list[Block]:
    """The blocks of a scan, in the order in which they open. Faults are added to the scan; nothing is raised."""
    return _Pairs(scan, pairing).run()


class _Pairs:
    def __init__(self, scan: Scan, pairing: Pairing) -> None:
        self._scan = scan
        self._pairing = pairing
        self._blocks: list[Block] = []
        self._stack: list[_Open] = []
        self._waiting: dict[str, int] = {}

    def run(self) -> list[Block]:
        for tag in self._scan.tags:
            if tag.kind == OPEN:
                self._open(tag)
            elif tag.kind == MIDDLE:
                self._middle(tag)
            elif tag.kind == CLOSE:
                self._close(tag)
        while self._stack:
            last = self._pop()
            last.end(last.at)
            if not last.optional:
                opening = last.block.open
                self._fault(f"“{opening.keyword}” is never closed", opening)
        self._scan.faults.sort(key=lambda fault: fault.start)
        # What never closed and may stand alone was no block.
        return [block for block in self._blocks if block.branches and not (block.close is None and self._alone(block))]

    def _alone(self, block: Block) -> bool:
        return self._pairing.optional(block.open)

    def _open(self, tag: Tag) -> None:
        group = self._pairing.group(tag)
        parent = self._stack[-1].block if self._stack else None
        block = Block(tag, parent, conditional=self._pairing.conditional(tag.keyword))
        if len(self._stack) < MAX_DEPTH:
            self._blocks.append(block)
        self._stack.append(_Open(block, group, optional=self._pairing.optional(tag)))
        self._waiting[group] = self._waiting.get(group, 0) + 1

    def _pop(self) -> _Open:
        last = self._stack.pop()
        self._waiting[last.group] -= 1
        return last

    def _middle(self, tag: Tag) -> None:
        groups = self._pairing.middles.get(tag.keyword)
        for each in self._stack[: -MAX_REACH - 1 : -1]:
            if each.group in groups if groups is not None else not each.optional:
                each.divide(tag)
                return
        self._fault(f"“{tag.keyword}” stands outside any block", tag)

    def _close(self, tag: Tag) -> None:
        group = self._pairing.group(tag)
        if not (self._stack if group == ANY else self._waiting.get(group)):
            self._fault(f"“{tag.keyword}” closes nothing", tag)
            return
        while group not in (ANY, self._stack[-1].group):
            inner = self._pop()
            inner.end(tag.start)
            if not inner.optional:
                opening = inner.block.open
                message = f"“{opening.keyword}” is not closed before “{tag.keyword}”"
                self._fault(message, opening, (tag.start, tag.end))
        last = self._pop()
        last.end(tag.start)
        last.block.close = tag

    def _fault(self, message: str, tag: Tag, related: tuple[int, int] | None = None) -> None:
        self._scan.faults.append(Fault("unbalanced", message, tag.start, tag.end, related))
