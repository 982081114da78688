"""Pair the opening, middle and closing tags of a template; what does not pair is a fault (TPL001)."""

from collections.abc import Callable

from mailcheck.lint.template import CLOSE, MIDDLE, OPEN, Block, Fault, Scan, Tag

MAX_DEPTH = 200
"""Blocks inside each other; deeper ones are not paired."""


class Pairing:
    """How a language's blocks close.

    `closes` tells from an opening and a closing keyword whether they belong together (always true where a plain `end`
    closes the innermost block, as in Go and ERB). `conditional` tells from an opening keyword whether its branches
    exclude each other and may be left out.
    """

    __slots__ = ("closes", "conditional")

    def __init__(self, closes: Callable[[str, str], bool], conditional: Callable[[str], bool]) -> None:
        self.closes = closes
        self.conditional = conditional


def pair(scan: Scan, pairing: Pairing) -> list[Block]:
    """The blocks of a scan, in the order in which they open. Faults are added to the scan; nothing is raised."""
    blocks: list[Block] = []
    stack: list[tuple[Block, int]] = []
    for tag in scan.tags:
        if tag.kind == OPEN:
            parent = stack[-1][0] if stack else None
            block = Block(tag, parent, conditional=pairing.conditional(tag.keyword))
            if len(stack) < MAX_DEPTH:
                stack.append((block, tag.end))
                blocks.append(block)
        elif tag.kind == MIDDLE:
            if stack:
                block, start = stack[-1]
                block.branches.append((start, tag.start))
                stack[-1] = (block, tag.end)
            else:
                scan.faults.append(
                    Fault("unbalanced", f"{_shown(tag)} stands outside any block", tag.start, tag.end)
                )
        elif tag.kind == CLOSE:
            _close(tag, stack, scan, pairing)
    for block, start in stack:
        opening = block.open
        scan.faults.append(Fault("unbalanced", f"{_shown(opening)} is never closed", opening.start, opening.end))
        block.branches.append((start, start))
    return blocks


def _close(tag: Tag, stack: list[tuple[Block, int]], scan: Scan, pairing: Pairing) -> None:
    at = next(
        (number for number in range(len(stack) - 1, -1, -1) if pairing.closes(stack[number][0].name, tag.keyword)), None
    )
    if at is None:
        scan.faults.append(Fault("unbalanced", f"{_shown(tag)} closes nothing", tag.start, tag.end))
        return
    for block, start in stack[at + 1 :]:
        opening = block.open
        scan.faults.append(
            Fault(
                "unbalanced",
                f"{_shown(opening)} is not closed before {_shown(tag)}",
                opening.start,
                opening.end,
                (tag.start, tag.end),
            )
        )
        block.branches.append((start, tag.start))
    block, start = stack[at]
    block.branches.append((start, tag.start))
    block.close = tag
    del stack[at:]


def _shown(tag: Tag) -> str:
    return f"“{tag.keyword}”"
