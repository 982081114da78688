"""HTM: the page around the mail and the order of its tags."""

from collections.abc import Iterator

from mailcheck.lint.conditional import Conditional, conditionals
from mailcheck.lint.document import Body, Document
from mailcheck.lint.html import Element, Markup
from mailcheck.lint.inserts import Inserts
from mailcheck.lint.nesting import Fault, element_at, faults, framed
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


@rule("HTM005", "unbalanced-mso-conditional", Severity.ERROR, since="0.1")
def unbalanced_mso_conditional(document: Document) -> Result:
    """A conditional comment for Outlook has no end, ends too late, or ends without a beginning.

    Why: A section without <![endif]--> hides all that follows, up to the next comment, from every client but Outlook; a missing one in the other form leaves Outlook without the rest. Readers get half a mail.
    Bad:
    <!--[if mso]><table><tr><td>
    <p>Your order has shipped.</p>
    <!--[if mso]></td></tr></table><![endif]-->
    Good:
    <!--[if mso]><table><tr><td><![endif]-->
    <p>Your order has shipped.</p>
    <!--[if mso]></td></tr></table><![endif]-->
    Fix: End <!--[if mso]> with <![endif]-->, and <!--[if !mso]><!--> with <!--<![endif]-->.
    References: HTML 13.1.6 (comments); Microsoft, About Conditional Comments
    """
    for body in document.html:
        yield from _sections(body)


def _sections(body: Body) -> Iterator[Finding]:
    stand: dict[int, list[tuple[Markup, Conditional | tuple[int, int]]]] = {}
    for markup in body.variants:
        if markup.limited:
            return
        sections, stray = conditionals(markup.text, markup.comments)
        cut = 0
        for section in sections:
            if section.close is None or section.runs_on is not None:
                stand.setdefault(section.open[0], []).append((markup, section))
                cut += section.hidden and section.close is None
        # The end mark of a section that an inner comment has ended stands alone: the section is what is told.
        for mark in stray[cut:] if cut < len(stray) else ():
            stand.setdefault(mark[0], []).append((markup, mark))
    inserts = Inserts(body) if stand else None
    for start in sorted(stand):
        markup, what = stand[start][0]
        contained = sum(each.text[start : start + 1] == "<" for each in body.variants)
        if len(stand[start]) < contained or inserts is None:
            continue
        if isinstance(what, Conditional) and what.hidden:
            if not body.template.overlaps(*what.open):
                yield _hidden_section(body, what)
        elif _lone(body, markup, start, inserts):
            yield _open_section(body, what)


def _lone(body: Body, markup: Markup, start: int, inserts: Inserts) -> bool:
    """Whether the other half of a section that all clients read is in no other branch, file or slot."""
    if body.template.branch_at(start) is not None or inserts.tags:
        return False
    return body.rendered or framed(markup)


def _hidden_section(body: Body, section: Conditional) -> Finding:
    start, end = section.open
    mark = body.source.text[start:end]
    if section.runs_on is not None:
        at = section.runs_on
        message = f"{mark} does not end where it was meant to: all from here to the next --> is hidden from every client but Outlook"
        fix = steps("write the end mark as <![endif]-->, before the next section begins")
        inner = body.location(at, at + 1)
        return body.finding(message, start, end, fix=fix, related=(Related("no --> stands before this", inner),))
    message = f"{mark} ends without <![endif]: Outlook reads on, and its reading of the mail is broken"
    return body.finding(message, start, end, fix=steps("end the section with <![endif]--> and put no comment inside"))


def _open_section(body: Body, what: Conditional | tuple[int, int]) -> Finding:
    if isinstance(what, Conditional):
        mark = body.source.text[what.open[0] : what.open[1]]
        message = f"{mark} has no end: what Outlook shows of the rest of the mail is up to it"
        return body.finding(message, *what.open, fix=steps("end the section with <!--<![endif]-->"))
    mark = body.source.text[what[0] : what[1]]
    return body.finding(
        f"{mark} ends no section: the conditional comment that it belongs to is missing or has ended before",
        *what,
        fix=steps("delete it, or put <!--[if mso]> where the section shall begin"),
    )


def _page(body: Body) -> Element | None:
    """The html element of a mail that is written in HTML itself, if its start tag is here and certain."""
    if any(markup.limited for markup in body.variants):
        return None
    for element in body.find("html"):
        return element if body.variants[0].elements and body.complete(element) else None
    return None


@rule("HTM001", "doctype-missing", Severity.INFO, since="0.1", fix=Fixable.UNSAFE)
def doctype_missing(document: Document) -> Result:
    """The page has no doctype.

    Why: Without it, clients that show the mail as it is use quirks mode: widths, line heights and table fonts come out otherwise than in those that bring their own doctype, as Gmail does.
    Bad:
    <html lang="en"><head><title>Receipt</title></head><body><p>Thank you.</p></body></html>
    Good:
    <!DOCTYPE html>
    <html lang="en"><head><title>Receipt</title></head><body><p>Thank you.</p></body></html>
    Fix: Put <!DOCTYPE html> before <html>, and look at the mail again: gaps under images may show.
    References: HTML 13.1.1 (the DOCTYPE), Quirks Mode Standard
    """
    for body in document.html:
        element = _page(body)
        if element is None or any(markup.doctype for markup in (*body.variants, *body.outlook)):
            continue
        if any(tag.start < element.start for tag in Inserts(body).tags):
            continue
        fix = Fix("put the doctype first", (body.edit(element.start, element.start, "<!DOCTYPE html>\n"),))
        yield body.finding(
            "no doctype stands before <html>: clients show this mail in quirks mode",
            element.start,
            element.end,
            fix=fix,
        )
