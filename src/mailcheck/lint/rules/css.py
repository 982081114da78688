"""CSS: style sheets that clients do not fetch, or drop for their size."""

import re
from collections.abc import Iterator

from mailcheck.lint.document import Body, Document
from mailcheck.lint.html import Element
from mailcheck.lint.template import filler
from mailcheck.model.fix import steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity

_FONTS = regex(
    r"(?:https?:)?//(?:[\w-]+\.)*(?:fonts\.googleapis\.com|fonts\.gstatic\.com|fonts\.bunny\.net|typekit\.(?:net|com)"
    r"|fonts\.net|typography\.com|typenetwork\.com|fontshare\.com|fonts\.[\w-]+\.\w+)(?:[/?]|\Z)",
    re.IGNORECASE,
)
"""Services whose style sheets bring in fonts alone: clients that do not fetch them show the next font of the list."""
_INLINER = regex(r"(?:data-)?(?:inline|embed|roadie-\w+|premailer|juice\w*)\Z")
_ABSOLUTE = regex(r"(?:[a-z][a-z0-9+.-]*:)?//|data:", re.IGNORECASE)
SHEET = 8_192
"""Characters of style sheets up to which every Gmail has been measured to keep them."""
SHEETS = 16_384
"""Characters of all style sheets of a mail, from which on Gmail has been measured to drop them."""
_BLANKS = regex(r"[ \t]{2,}")


@rule("CSS003", "external-stylesheet", Severity.ERROR, since="0.1")
def external_stylesheet(document: Document) -> Result:
    """The mail links a style sheet on a server.

    Why: Gmail, Outlook, Yahoo and most others never fetch it, so the mail is shown without these styles. Links to web fonts alone are not judged: without them the next font of the list is shown. A file beside the template is a warning, for a tool may write its rules into the mail.
    Bad: <link rel="stylesheet" href="https://www.shop-nord.de/mail.css">
    Good: <style>.button { background-color: #0b5c7a; }</style>
    Fix: Put the rules into a <style> block in the <head>, and what must not be lost into style attributes; a tool such as juice or premailer does both.
    References: HTML 4.6.7.22 (link type stylesheet); caniemail.com, <link> element (measured by a community)
    """
    for body in document.written:
        for element in body.find("link"):
            href = body.known(element, "href")
            relation = body.known(element, "rel")
            if href is None or relation is None or "stylesheet" not in relation.lower().split():
                continue
            if _FONTS.match(href.strip()) or any(_INLINER.match(name) for name in element.attributes):
                continue
            # A file beside the template is most often there for a tool that writes its rules into the mail.
            inlined = document.message is None and not _ABSOLUTE.match(href.strip())
            unless = "unless a tool writes its rules into the mail before it is sent, " if inlined else ""
            yield body.finding(
                f"clients do not fetch this style sheet: {unless}the mail is shown without its styles",
                element.start,
                element.end,
                severity=Severity.WARNING if inlined else None,
                fix=steps("put its rules into a <style> block in the <head> and into style attributes"),
            )


@rule("CSS004", "css-import", Severity.WARNING, since="0.1")
def css_import(document: Document) -> Result:
    """A style block imports a style sheet from a server.

    Why: Gmail, Outlook and Yahoo do not fetch it, so the mail is shown without these styles; Gmail may drop the whole block with it. Imports of web fonts alone are not judged.
    Bad: <style>@import url("https://www.shop-nord.de/mail.css");</style>
    Good: <style>.button { background-color: #0b5c7a; }</style>
    Fix: Put the rules of the other style sheet into the block itself.
    References: CSS Cascading 5, 2 (importing style sheets); caniemail.com, @import (measured by a community)
    """
    for body in document.written:
        seen: set[int] = set()
        for element, text in _sheets(body):
            start, end = element.content
            if "@import" not in text[start:end].lower():
                continue
            from mailcheck.lint.css import read_sheet

            for each in read_sheet(text, start, end).rules:
                if each.name != "import" or each.start in seen or body.template.overlaps(each.start, each.end):
                    continue
                seen.add(each.start)
                if not _FONTS.match(re.sub(r"(?i)\Aurl\(", "", each.prelude).lstrip("\"' ")):
                    yield body.finding(
                        "most clients do not fetch an imported style sheet: the mail is shown without its styles",
                        each.start,
                        each.end,
                        fix=steps("put the rules of that style sheet into this block in the place of @import"),
                    )


def _sheets(body: Body) -> Iterator[tuple[Element, str]]:
    """The style elements of every reading, with the text in which each stands."""
    for markup in (*body.variants, *body.outlook):
        for element in markup.find("style"):
            yield element, markup.text


@rule("CSS006", "style-block-too-large", Severity.WARNING, since="0.1")
def style_block_too_large(document: Document) -> Result:
    """A style block is larger than Gmail keeps.

    Why: Gmail has been measured to drop the style sheets that reach beyond a limit: 8,192 characters at first, 16,384 for all of a mail in later reports. It is documented nowhere. Without them a mail for phones shows its desktop layout.
    Bad:
    <style>
    {repeat 200 .button { background-color: #0b5c7a; color: #ffffff; }}
    </style>
    Good:
    <style>@media (max-width: 600px) { .column { width: 100% !important; } }</style>
    Fix: Put what fits into style attributes, remove rules that nothing uses, and split the block so that the most important rules stand in the first, small one.
    References: github.com/hteumeuleu/email-bugs/issues/90, github.com/hteumeuleu/caniemail/issues/144 (measured by a community)
    """
    for body in document.html:
        if any(element.tag == "mjml" for element in body.elements[:5]):
            continue
        large: dict[int, tuple[Element, int]] = {}
        crossing: dict[int, tuple[Element, int]] = {}
        for markup in body.variants:
            total = 0
            for element in markup.find("style"):
                size = _size(body, element, markup.text)
                if size > SHEET:
                    large.setdefault(element.start, (element, size))
                elif total <= SHEETS < total + size:
                    crossing.setdefault(element.start, (element, total + size))
                total += size
        for start, (element, size) in sorted((large | crossing).items()):
            if start in large:
                message = (
                    f"this style block has {size:,} characters; Gmail has been measured to drop style sheets"
                    f" beyond {SHEET:,} characters, in later reports beyond {SHEETS:,}"
                )
            else:
                message = (
                    f"with this block the style sheets of the mail have {size:,} characters;"
                    f" Gmail has been measured to drop those that reach beyond {SHEETS:,}"
                )
            yield body.finding(
                message,
                element.start,
                element.end,
                fix=steps("move rules into style attributes, and the most important ones into a small first block"),
            )


def _size(body: Body, element: Element, text: str) -> int:
    """How many characters of a block are sent at least: tags and branches not taken do not count."""
    start, end = element.content
    inside = text[start:end]
    if not body.template.overlaps(start, end):
        return len(inside)
    tags = sum(min(tag.end, end) - max(tag.start, start) for tag in body.template.tags_in(start, end))
    # What is not taken has become blanks, as has indentation.
    return min(len(inside) - tags, len(_BLANKS.sub(" ", inside))) if filler(inside, " ") != inside else 0
