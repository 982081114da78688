"""PRE: what inboxes show beside the subject."""

import re

from mailcheck.lint.absence import marketing_message, whole_message
from mailcheck.lint.document import Body, Document
from mailcheck.lint.html import Element, Markup
from mailcheck.lint.inserts import Inserts
from mailcheck.model.fix import steps
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity

FIRST = 25
"""Visible words before which a hidden text is the preheader."""
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?![.\d]*[1-9])"
    r"|(?:max-height|font-size|line-height|height)\s*:\s*[01](?:px|pt)?\s*(?:[;!]|\Z)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"pre-?header|pre-?view|pre-?text|snippet|teaser|intro", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")


def _bodies(document: Document) -> tuple[Body, ...]:
    return tuple(body for body in whole_message(document) or () if body.media == "html")


@rule("PRE001", "preheader-missing", Severity.INFO, since="0.1", applies=marketing_message)
def preheader_missing(document: Document) -> Result:
    """The mail has no preheader.

    Why: Inboxes show the first words of a mail beside its subject. Without a preheader these are whatever comes first, such as a date, the name of a logo or "view in browser", in the place that decides with the subject whether the mail is opened.
    Bad:
    {marketing}
    <html lang="en"><body><p>View in browser</p><p>Lamps from 39 euros.</p></body></html>
    Good:
    {marketing}
    <html lang="en"><body>
    <div style="display:none">Lamps from 39 euros, until Friday</div>
    <p>View in browser</p><p>Lamps from 39 euros.</p></body></html>
    Fix: Put a hidden text of 40 to 90 characters right behind <body>, which goes on from the subject.
    References: RFC 5322 3.6.5 has the subject alone; the preview is each client's own (measured by a community)
    """
    if document.front.get("preheader") or any(body.media == "preheader" for body in document.bodies):
        return
    bodies = _bodies(document)
    pages = [body for body in document.written if body.whole]
    if not pages or any(_may_have(body) for body in bodies):
        return
    page = pages[0]
    place = next(page.find("body", "mj-body"), None)
    if place is None:
        return
    yield page.finding(
        "no preheader stands at the top: inboxes show the first words of the mail beside its subject",
        place.start,
        place.end,
        fix=steps(
            'put it behind <body>: <div style="display:none;max-height:0;overflow:hidden">what the subject leaves out</div>'
        ),
    )


def _may_have(body: Body) -> bool:
    """Whether a text stands at the top that is hidden, or may be."""
    if body.template.faults:
        return True
    inserts = Inserts(body)
    for markup in body.variants:
        end = _end_of_first_words(markup)
        if markup.limited or any(tag.start < end for tag in inserts.tags):
            return True
        for element in markup.elements:
            if element.start >= end:
                break
            if element.tag in {"mj-preview", "mj-raw"} or _hides(body, element):
                return True
    return False


def _hides(body: Body, element: Element) -> bool:
    if element.tag in {"style", "script", "title", "meta", "link", "head", "html"}:
        return False
    if not body.complete(element) or "hidden" in element.attributes:
        return True
    if _HIDING.search(element.get("style") or "") or body.template.overlaps(element.start, element.end):
        return True
    return _NAMED.search(f"{element.get('class') or ''} {element.get('id') or ''}") is not None


def _end_of_first_words(markup: Markup) -> int:
    """Where the first words end that readers see."""
    words = 0
    for start, end, text, around in markup.texts:
        if around is not None and any(
            each.tag in {"head", "style", "script", "title"} for each in (around, *_few(around))
        ):
            continue
        words += len(_WORD.findall(text[:10_000]))
        if words >= FIRST:
            return max(start, end)
    return len(markup.text)


def _few(element: Element) -> list[Element]:
    """The elements around, as far as a head goes."""
    found = []
    for each in element.ancestors():
        found.append(each)
        if len(found) >= 3:
            break
    return found
