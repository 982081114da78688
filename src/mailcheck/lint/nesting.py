"""Which tags of a body certainly do not fit: what a template may do to them is taken into account.

A fault counts where it stands in every reading that contains its tag, and where all tags that it is about stand in the
same branch: across branches, includes and slots nothing is certain.
"""

from collections.abc import Iterable, Iterator

from mailcheck.lint.document import Body
from mailcheck.lint.html import KNOWN, OPTIONAL_END, Element, Markup, Misnesting
from mailcheck.lint.inserts import Inserts
from mailcheck.lint.template import Branch, Template
from mailcheck.model.pattern import regex

_NAME = regex(r"[a-z][a-z0-9:._-]*\Z")
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
    if any(
        section.hidden and (section.close is None or section.runs_on is not None) for section in body.conditionals[0]
    ):
        # HTM005 tells it: which tags Outlook reads and which all others is not what was meant.
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
        self._loose = _loose_tags(body)

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
        # Another tag of the name that leaves its branch may or may not be there, and be the one that is missing here.
        if self._loose.get(fault.tag, set()) - {fault.start}:
            return False
        if fault.other is not None and self._loose.get(fault.other.tag):
            return False
        if fault.at_end and not ((self._body.rendered or markup.framed) and template.branch_at(fault.start) is None):
            return False
        if fault.kind == "unclosed":
            return not self._may_be_closed(fault, markup)
        if fault.kind == "stray":
            return not self._may_be_opened(fault, markup)
        low, high = _extent(fault, markup)
        branch = template.branch_at(fault.start)
        return all(template.branch_at(place) is branch for place in (low, max(low, high - 1)))

    def _may_be_closed(self, fault: Misnesting, markup: Markup) -> bool:
        """Whether something from elsewhere stands where it may close the element: not in another that has its end."""
        other = fault.other
        end = other.close_start if other is not None and other.close_start is not None else len(markup.text)
        return any(
            around is None or around.start == fault.start or around.close_start is None
            for around in self._inserts.arounds(fault.end, end)
        )

    def _may_be_opened(self, fault: Misnesting, markup: Markup) -> bool:
        """Whether something from elsewhere stands before it, in the same element, that may open what it closes."""
        around = innermost(markup, fault.start)
        begin = around.start if around is not None else -1
        return any(
            (each.start if each is not None else -1) == begin or each is None or each.close_start is None
            for each in self._inserts.arounds(max(begin, 0), fault.start)
        )


def _extent(fault: Misnesting, markup: Markup) -> tuple[int, int]:
    """The range from the first to the last tag that the fault is about."""
    places = [fault.start, fault.end]
    if fault.other is not None:
        places += [fault.other.start, fault.other.end, fault.other.close_end or fault.other.end]
    if fault.kind == "crossed":
        own = element_at(markup, fault.start)
        places.append((own.close_end if own else None) or fault.end)
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


def _loose_tags(body: Body) -> dict[str, set[int]]:
    """Names of elements that a branch opens without closing, or closes without opening, and where it does so.

    Where every branch of an if/else leaves the same tags open, the text behind it is sure to stand inside them. Else
    another tag may or may not be there, and what fits it may or may not fit.
    """
    template = body.template
    loose: dict[str, set[int]] = {}
    if not template.blocks:
        return loose
    leaks: dict[int, tuple[Branch, set[tuple[str, str, int]]]] = {}
    for markup in (*body.variants, *body.outlook):
        for kind, tag, inside, outside in _ends(markup):
            for branch in _left(template, inside, outside):
                leaks.setdefault(branch.start, (branch, set()))[1].add((kind, tag, inside))
    names = {start: {leak[:2] for leak in tags} for start, (_, tags) in leaks.items()}
    for start, (branch, tags) in leaks.items():
        block = branch.block
        alike = all(names.get(other, set()) == names[start] for other, _ in block.branches)
        if block.conditional and len(block.branches) > 1 and alike:
            continue
        for _, tag, place in tags:
            loose.setdefault(tag, set()).add(place)
    return loose


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
