"""Which tags of a body certainly do not fit: what a template may do to them is taken into account.

A fault counts where it stands in every reading that contains its tag, and where all tags that it is about stand in the
same branch: across branches, includes and slots nothing is certain.
"""

import re
from collections.abc import Iterable, Iterator

from mailcheck.lint.document import Body
from mailcheck.lint.html import KNOWN, OPTIONAL_END, Element, Markup, Misnesting
from mailcheck.lint.inserts import Inserts
from mailcheck.lint.template import Branch, Template

_NAME = re.compile(r"[a-z][a-z0-9:._-]*\Z")
_FRAME = frozenset({"html", "body", "mjml"})


class Fault:
    """One misnesting that is certain; `reading` is the markup in which it stands, `outlook` whether only Outlook's."""

    __slots__ = ("misnesting", "outlook", "reading")

    def __init__(self, misnesting: Misnesting, reading: Markup, *, outlook: bool) -> None:
        self.misnesting = misnesting
        self.reading = reading
        self.outlook = outlook


def faults(body: Body) -> list[Fault]:
    """What is certainly misnested in a body, in the order of the source."""
    if not any(markup.misnested for markup in (*body.variants, *body.outlook)):
        return []
    if any(fault.key in {"unclosed", "unbalanced", "limit"} for fault in body.template.faults):
        # Where the template's own syntax is broken, which tags belong together is not known.
        return []
    judge = _Judge(body)
    found = list(judge.certain(body.variants, outlook=False))
    known = {fault.misnesting.start for fault in found}
    found += [fault for fault in judge.certain(body.outlook, outlook=True) if fault.misnesting.start not in known]
    found.sort(key=lambda fault: fault.misnesting.start)
    return found


class _Judge:
    def __init__(self, body: Body) -> None:
        self._body = body
        self._template: Template = body.template
        self._inserts = Inserts(body)
        self._loose = _loose_names(body)

    def certain(self, readings: tuple[Markup, ...], *, outlook: bool) -> Iterator[Fault]:
        if any(markup.limited for markup in readings):
            return
        stand: dict[int, int] = {}
        first: dict[int, tuple[Misnesting, Markup]] = {}
        for markup in readings:
            for fault in markup.misnested:
                stand[fault.start] = stand.get(fault.start, 0) + 1
                first.setdefault(fault.start, (fault, markup))
        for start, (fault, markup) in first.items():
            contained = sum(reading.text[start : start + 1] == "<" for reading in readings)
            if stand[start] == contained and self._certain(fault, markup):
                yield Fault(fault, markup, outlook=outlook)

    def _certain(self, fault: Misnesting, markup: Markup) -> bool:
        template = self._template
        if fault.tag not in KNOWN and ":" not in fault.tag and not fault.tag.startswith("mj-"):
            # <currentyear>, <x-button>: another program's placeholder.
            return False
        if not _NAME.match(fault.tag) or template.overlaps(
            fault.start, min(fault.end, fault.start + len(fault.tag) + 2)
        ):
            # The name itself comes from a tag: <{{ element }}>.
            return False
        if fault.tag in self._loose or (fault.other is not None and fault.other.tag in self._loose):
            return False
        low, high = self._extent(fault, markup)
        if fault.at_end:
            if not (self._body.rendered or markup.framed) or self._inserts.tags:
                return False
            if template.branch_at(fault.start) is not None:
                return False
        branch = template.branch_at(fault.start)
        if any(template.branch_at(place) is not branch for place in (low, max(low, high - 1))):
            return False
        return fault.kind in {"crossed", "implied"} or not self._inserts.between(low, high)

    def _extent(self, fault: Misnesting, markup: Markup) -> tuple[int, int]:
        """The range from the first to the last tag that the fault is about."""
        places = [fault.start, fault.end]
        other = fault.other
        if other is not None and not (fault.kind == "unclosed" and other.tag in _FRAME):
            places += [other.start, other.end, other.close_end or other.end]
        if fault.kind == "crossed":
            own = element_at(markup, fault.start)
            places.append((own.close_end if own else None) or fault.end)
        if fault.kind == "stray":
            around = innermost(markup, fault.start)
            places.append(around.start if around is not None and around.tag not in _FRAME else fault.start)
        return min(places), max(places)


def element_at(markup: Markup, start: int) -> Element | None:
    """The element whose start tag begins there."""
    low, high = 0, len(markup.elements)
    while low < high:
        middle = (low + high) // 2
        if markup.elements[middle].start < start:
            low = middle + 1
        else:
            high = middle
    if low < len(markup.elements) and markup.elements[low].start == start:
        return markup.elements[low]
    return None


def innermost(markup: Markup, offset: int) -> Element | None:
    """The innermost element that is open at the offset, as far as tags tell."""
    low, high = 0, len(markup.elements)
    while low < high:
        middle = (low + high) // 2
        if markup.elements[middle].start < offset:
            low = middle + 1
        else:
            high = middle
    number = low - 1
    each = markup.elements[number] if number >= 0 else None
    while each is not None and each.last_child <= number + 1 and _over(each, offset):
        each = each.parent
    return each


def _over(element: Element, offset: int) -> bool:
    return element.content[1] <= offset and element.close_start is not None


def _loose_names(body: Body) -> frozenset[str]:
    """Names of elements that a branch opens without closing, or closes without opening, in a way of its own.

    Where every branch of an if/else leaves the same tags open, the text behind it is sure to stand inside them. Else
    another tag may or may not be there, and what fits it may or may not fit.
    """
    template = body.template
    if not template.blocks:
        return frozenset()
    leaks: dict[int, tuple[Branch, set[tuple[str, str]]]] = {}
    for markup in (*body.variants, *body.outlook):
        for kind, tag, inside, outside in _ends(markup):
            for branch in _left(template, inside, outside):
                leaks.setdefault(branch.start, (branch, set()))[1].add((kind, tag))
    loose: set[str] = set()
    for branch, tags in leaks.values():
        block = branch.block
        if block.conditional and len(block.branches) > 1:
            others = [leaks[start][1] if start in leaks else set() for start, _ in block.branches]
            if all(other == tags for other in others):
                continue
        loose |= {tag for _, tag in tags}
    return frozenset(loose)


def _ends(markup: Markup) -> Iterable[tuple[str, str, int, int | None]]:
    """Tags and their partners: (open or close, name, the tag's place, the place of the other or None)."""
    for element in markup.elements:
        if element.close_start is not None:
            yield "open", element.tag, element.start, element.close_start
            yield "close", element.tag, element.close_start, element.start
    for fault in markup.misnested:
        if fault.kind == "unclosed":
            # Whatever ended it early, in its own branch or behind it.
            yield "open", fault.tag, fault.start, fault.other.close_start if fault.other is not None else None
        elif fault.kind in {"stray", "implied"}:
            yield "close", fault.tag, fault.start, innermost_start(markup, fault)


def innermost_start(markup: Markup, fault: Misnesting) -> int | None:
    """Where the element begins in which a stray end tag stands: in the same branch, the tag leaves none."""
    if fault.other is not None:
        return fault.other.start
    around = innermost(markup, fault.start)
    return around.start if around is not None and around.tag not in OPTIONAL_END | _FRAME else None


def _left(template: Template, inside: int, outside: int | None) -> Iterator[Branch]:
    """The branches around `inside` that do not hold `outside`, from the inside."""
    branch = template.branch_at(inside)
    while branch is not None and not (outside is not None and branch.start <= outside < branch.end):
        yield branch
        branch = branch.parent
