"""What rules see: one message to be, in one file or several, frozen."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mailcheck.lint.conditional import Conditional, conditionals, outlook_texts
from mailcheck.lint.html import MAX_TOKENS, Element, Markup, parse
from mailcheck.lint.source import Source
from mailcheck.lint.template import Template
from mailcheck.model.finding import Finding, Related
from mailcheck.model.fix import Fix, TextEdit, steps
from mailcheck.model.location import FileLocation
from mailcheck.model.severity import Severity

if TYPE_CHECKING:
    from datetime import date

    from mailcheck.ledger.entries import Entry
    from mailcheck.lint.hrefs import Link
    from mailcheck.lint.subjects.heading import Heading

MARKETING, TRANSACTIONAL, UNKNOWN = "marketing", "transactional", "unknown"


class Body:
    """One text of a message: a source, its template, and the markup of each variant.

    `media` is html, text, subject, preheader or from_name; the body begins at `start` of the source (behind
    front matter). `rendered` is True where nothing of a template language is left to come (a message, rendered output).
    `whole` says whether this is a complete page by itself (it has html or body tags) rather than a part of one.
    """

    def __init__(
        self, source: Source, template: Template, media: str, *, start: int = 0, rendered: bool = False
    ) -> None:
        self.source = source
        self.template = template
        self.media = media
        self.start = start
        self.rendered = rendered

    @cached_property
    def variants(self) -> tuple[Markup, ...]:
        """The markup of each variant (empty for what is no HTML)."""
        if self.media != "html":
            return ()
        texts = self.template.variants
        return tuple(parse(self.source, self._cut(text), limit=MAX_TOKENS // len(texts)) for text in texts)

    def _cut(self, text: str) -> str:
        """Front matter is no markup."""
        from mailcheck.lint.template import filler

        return filler(text[: self.start], " ") + text[self.start :] if self.start else text

    @cached_property
    def conditionals(self) -> tuple[tuple[Conditional, ...], tuple[tuple[int, int], ...]]:
        """The Outlook sections of the first variant that has any, and end marks that end nothing."""
        found: list[Conditional] = []
        stray: list[tuple[int, int]] = []
        for markup in self.variants:
            sections, marks = conditionals(markup.text, markup.comments)
            known = {each.open[0] for each in found}
            found += [each for each in sections if each.open[0] not in known]
            stray += marks
        return tuple(found), tuple(dict.fromkeys(stray))

    @cached_property
    def outlook(self) -> tuple[Markup, ...]:
        """The markup that Outlook reads: for each variant, one document a reading that differs."""
        texts: dict[str, None] = {}
        for markup in self.variants:
            sections, _ = conditionals(markup.text, markup.comments)
            texts |= dict.fromkeys(outlook_texts(markup.text, sections))
        return tuple(parse(self.source, text, limit=MAX_TOKENS // len(texts)) for text in texts)

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """Every element of every variant and of Outlook's reading, once, in the order of the source."""
        readings = (*self.variants, *self.outlook)
        if len(readings) == 1:
            return tuple(readings[0].elements)
        found: dict[int, Element] = {}
        for markup in readings:
            for element in markup.elements:
                found.setdefault(element.start, element)
        return tuple([found[start] for start in sorted(found)])

    @cached_property
    def _by_tag(self) -> dict[str, list[Element]]:
        """The elements by name: a hundred rules ask for some of them, each for its own."""
        found: dict[str, list[Element]] = {}
        for element in self.elements:
            if element.tag in found:
                found[element.tag].append(element)
            else:
                found[element.tag] = [element]
        return found

    def find(self, *tags: str) -> Iterator[Element]:
        """The elements of these names, in the order of the source."""
        found = [self._by_tag[tag] for tag in dict.fromkeys(tags) if tag in self._by_tag]
        if len(found) == 1:
            return iter(found[0])
        return iter(sorted((each for of_tag in found for each in of_tag), key=_start_of))

    @cached_property
    def links(self) -> "tuple[Link, ...]":
        """Every link of the markup, or every URL of a plain text, with what is known of where it leads."""
        from mailcheck.lint.hrefs import read_links

        return read_links(self)

    @cached_property
    def whole(self) -> bool:
        """Whether it holds a page's own frame."""
        return any(markup.holds("html", "body", "mjml") for markup in self.variants)

    def known(self, element: Element, name: str) -> str | None:
        """The value of an attribute that is written out whole; None where it is missing or a tag lies in it."""
        attribute = element.attribute(name)
        if attribute is None or self.template.overlaps(attribute.start, attribute.end):
            return None
        return attribute.value

    def complete(self, element: Element) -> bool:
        """Whether the start tag is written out as far as its attributes' names go: one that is not there is missing.

        Tags inside quoted values make no attributes: <img src="{{ url }}"> has no alt.
        """
        if not self.template.overlaps(element.start, element.end):
            return True
        quoted = element.quoted()
        starts = [start for start, _ in quoted]
        for tag in self.template.tags_in(element.start, element.end):
            number = bisect_right(starts, tag.start) - 1
            if number < 0 or tag.end > quoted[number][1]:
                return False
        return True

    @cached_property
    def visible_text(self) -> str:
        """The text of all variants as readers get it: no styles, scripts or hidden heads; output masked as `x`."""
        if self.media != "html":
            return self.template.variants[0][self.start :]
        parts = []
        for markup in self.variants:
            unseen = _unseen(markup)
            parts += [text for _, _, text, around in markup.texts if id(around) not in unseen]
        return "\n".join(parts)

    def finding(
        self,
        message: str,
        start: int,
        end: int,
        *,
        severity: Severity | None = None,
        fix: Fix | None = None,
        fixes: Sequence[Fix] = (),
        related: Any = (),
    ) -> Finding:
        """A finding at a range of this text; the text there is what its fingerprint holds on to."""
        place = self.source.location(start, end)
        remedies = (fix, *fixes) if fix else tuple(fixes)
        if not self.source.editable:
            remedies = tuple(steps(each.title) if each.kind == "text" else each for each in remedies)
        if self.source.how:
            related = (*related, Related(self.source.how, place))
        return Finding(
            message,
            place,
            severity=severity,
            fixes=remedies,
            related=related,
            offending=self.source.text[start : min(end, start + 500)] or place.source or "",
        )

    def location(self, start: int, end: int) -> FileLocation:
        """The place of a range."""
        return self.source.location(start, end)

    def edit(self, start: int, end: int, text: str) -> TextEdit:
        """Replace a range of this text."""
        return self.source.edit(start, end, text)


def _start_of(element: Element) -> int:
    return element.start


_UNSEEN = frozenset({"style", "script", "title", "head", "template", "noscript"})


def _unseen(markup: Markup) -> set[int]:
    """The elements (by id) in which stands what readers do not see. Those around stand before those inside."""
    found: set[int] = set()
    for element in markup.elements:
        if element.tag in _UNSEEN or id(element.parent) in found:
            found.add(id(element))
    return found


class Composition:
    """What a template becomes together with those that it extends and includes.

    `bodies` are this one and the others, in the order of inclusion; `complete` is False where one of them is unknown
    (a layout chosen in code, a name that holds a tag, a file outside the repository, a slot that a child fills), and
    `reason` says which. `part` is True where it is no message by itself: a layout with slots, a piece of a page.
    `content` is True too where nothing but the frame of the page is missing: what it says is all there.
    """

    def __init__(
        self,
        bodies: Sequence[Body],
        *,
        complete: bool,
        reason: str = "",
        part: bool = False,
        content: bool | None = None,
    ) -> None:
        self.bodies = tuple(bodies)
        self.content = complete if content is None else content
        self.part = part
        self.complete = complete
        self.reason = reason


class Document:
    """One message to be: the view of every lint rule.

    `subject` is the name under which it is reported (the path, or the set's). `bodies` are the texts that this run is
    to judge as places, each with its media; `composed` maps an HTML or text body to what it becomes. `kind` is
    marketing, transactional or unknown (or a callable that gives it and the reason), `kind_reason` tells from what.
    `link_domains` are the domains through which the sender leads links. `message` is the parsed message for `.eml`
    (mail/), `mail` with its parts and places (lint/messages.Mail), both else None; `is_set` tells whether subject and
    bodies were found as a set. `front` is the front matter's mapping; `today` gives the day of the check, `ledger`
    holds earlier sends.
    """

    def __init__(
        self,
        subject: str,
        bodies: Sequence[Body],
        *,
        kind: str | Callable[[], tuple[str, str]] = UNKNOWN,
        kind_reason: str = "",
        composed: Callable[[Body], Composition] | None = None,
        message: Any = None,
        is_set: bool = False,
        front: dict[str, Any] | None = None,
        link_domains: Sequence[str] = (),
        today: "Callable[[], date | None] | None" = None,
        ledger: "Sequence[Entry]" = (),
    ) -> None:
        self.subject = subject
        self.bodies = tuple(bodies)
        self._kind = kind
        self._kind_reason = kind_reason
        self.link_domains = tuple(link_domains)
        self._today = today
        self.ledger = tuple(ledger)
        self.message = message
        self.mail: Any = None
        self.is_set = is_set
        self.front = front or {}
        self._compose = composed
        self._composed: dict[int, Composition] = {}

    def undetermined(self, need: str) -> str | None:  # noqa: ARG002  the view's form
        """Nothing of a document is looked up."""
        return None

    @cached_property
    def today(self) -> "date | None":
        """The day of the check, None where there is none."""
        return self._today() if self._today is not None else None

    @cached_property
    def heading(self) -> "Heading":
        """What an inbox shows of it, for the rules about subjects and senders' names."""
        from mailcheck.lint.subjects.heading import Heading

        return Heading(self)

    @cached_property
    def _judged_kind(self) -> tuple[str, str]:
        return (self._kind, self._kind_reason) if isinstance(self._kind, str) else self._kind()

    @property
    def kind(self) -> str:
        """What the message is for; read from the bodies only where nothing says it and a rule asks."""
        return self._judged_kind[0]

    @property
    def kind_reason(self) -> str:
        """From what the kind was told."""
        return self._judged_kind[1]

    @property
    def html(self) -> tuple[Body, ...]:
        """The HTML bodies."""
        return tuple([body for body in self.bodies if body.media == "html"])

    @property
    def written(self) -> tuple[Body, ...]:
        """The HTML bodies but for those that MJML was compiled to: nobody wrote their tags."""
        return tuple([body for body in self.bodies if body.media == "html" and (body.rendered or not body.source.how)])

    @property
    def text(self) -> tuple[Body, ...]:
        """The plain text bodies."""
        return tuple([body for body in self.bodies if body.media == "text"])

    def composed(self, body: Body) -> Composition:
        """What the body becomes with what it extends and includes."""
        found = self._composed.get(id(body))
        if found is None:
            found = self._compose(body) if self._compose else Composition((body,), complete=True)
            self._composed[id(body)] = found
        return found

    def facts(self) -> dict[str, Any]:
        """What was measured, for the JSON report: documented in docs/json.md."""
        found: dict[str, Any] = {
            "kind": self.kind,
            "kind_reason": self.kind_reason or None,
            "bodies": [
                {
                    "path": body.source.path,
                    "media": body.media,
                    "dialect": body.template.dialect,
                    "characters": len(body.source.text),
                    "tags": len(body.template.tags),
                    "variants": len(body.template.variants),
                }
                for body in self.bodies
            ],
        }
        if any(body.media == "subject" for body in self.bodies):
            pack = self.heading.pack
            found["subject_language"] = self.heading.language
            found["subject_claims"] = pack is not None
        return found
