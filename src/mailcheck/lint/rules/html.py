"""HTM: the page around the mail and the order of its tags."""

import re
from collections.abc import Iterator

from mailcheck.lint.document import Body, Document
from mailcheck.lint.html import Element, Markup
from mailcheck.lint.nesting import Fault, element_at, faults
from mailcheck.model.finding import Finding, Related
from mailcheck.model.fix import Fix, steps
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity

_SHOWN = 100
"""Misnested tags of one file that are shown: they are seldom each other's consequence, but one is enough to begin with."""


@rule("HTM004", "unclosed-or-misnested", Severity.ERROR, since="0.1")
def unclosed_or_misnested(document: Document) -> Result:
    """Tags do not fit each other: an element is never closed, an end tag ends nothing, or two elements cross.

    Why: Each mail client repairs such markup in its own way. An unclosed table cell swallows the rest of the mail, an unclosed link makes all that follows clickable, and Outlook moves whole columns. Judged are the mail without its comments and, apart, what Outlook for Windows reads inside its conditional comments; in a template, only tags that stand in the same branch.
    Bad: <table><tr><td><b>Total</td></tr></table>
    Good: <table><tr><td><b>Total</b></td></tr></table>
    Fix: Put the missing end tag where the element shall end, or delete the one too many.
    References: HTML 13.1.2 (elements), 13.1.2.4 (optional tags), 13.2.6.4 (what parsers do)
    """
    for body in document.html:
        for fault in faults(body)[:_SHOWN]:
            yield _misnested(body, fault)


def _misnested(body: Body, fault: Fault) -> Finding:
    misnesting, reading = fault.misnesting, fault.reading
    tag, other = misnesting.tag, misnesting.other
    where = " in what Outlook for Windows reads" if fault.outlook else ""
    if misnesting.kind == "crossed" and other is not None:
        own = element_at(reading, misnesting.start)
        message = f"<{tag}> and <{other.tag}> end in the wrong order{where}: </{other.tag}> comes before </{tag}>"
        fix = steps(f"write </{tag}> before </{other.tag}>")
        places = [(f"</{other.tag}> is here", other.close_start, other.close_end)]
        if own is not None:
            places.append((f"</{tag}> is here", own.close_start, own.close_end))
        return _at(body, fault, message, fix, places)
    if misnesting.kind == "implied" and other is not None:
        ender = _ender(reading, other)
        what = f"<{ender.tag}>" if ender is not None else "a block"
        message = (
            f"this </{tag}> ends nothing{where}: {what} inside has ended the <{tag}>, and clients add an empty one here"
        )
        fix = steps(f"write </{tag}> before {what}, or make the <{tag}> a <div>")
        places = [(f"the <{tag}> begins here", other.start, other.end)]
        if ender is not None:
            places.append((f"{what} ends it here", ender.start, ender.end))
        return _at(body, fault, message, fix, places, severity=Severity.WARNING)
    if misnesting.kind == "stray":
        message = f"</{tag}> ends nothing{where}: no <{tag}> is open here"
        return _at(body, fault, message, steps(f"delete this </{tag}>, or put the <{tag}> that is missing before it"))
    closed_short = body.source.text[misnesting.start : misnesting.end].endswith("/>")
    hint = "; in HTML, /> does not close it" if closed_short else ""
    if other is not None and other.close_start is not None:
        message = f"<{tag}> is not closed{where} before </{other.tag}>{hint}: clients differ in where it ends"
        fix = steps(f"put </{tag}> where it shall end, at the latest before </{other.tag}>")
        return _at(body, fault, message, fix, [(f"</{other.tag}> is here", other.close_start, other.close_end)])
    return _at(body, fault, f"<{tag}> is never closed{where}{hint}", steps(f"put </{tag}> where it shall end"))


def _at(
    body: Body,
    fault: Fault,
    message: str,
    fix: Fix,
    places: list[tuple[str, int | None, int | None]] | None = None,
    *,
    severity: Severity | None = None,
) -> Finding:
    related = tuple(
        Related(text, body.location(start, end))
        for text, start, end in places or ()
        if start is not None and end is not None
    )
    found = fault.misnesting
    return body.finding(message, found.start, found.end, fix=fix, related=related, severity=severity)


def _ender(reading: Markup, ended: Element) -> Element | None:
    """The element whose start has ended another."""
    return reading.elements[ended.last_child] if ended.last_child < len(reading.elements) else None
