"""HTM: the page around the mail and the order of its tags."""

import re
from collections.abc import Iterator

from mailcheck.lint.conditional import Conditional, conditionals
from mailcheck.lint.document import Body, Document
from mailcheck.lint.html import Element, Markup
from mailcheck.lint.inserts import Inserts
from mailcheck.lint.nesting import Fault, element_at, faults
from mailcheck.lint.part_places import part_of
from mailcheck.model.finding import Finding, Related
from mailcheck.model.fix import Fix, steps
from mailcheck.model.pattern import regex
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
    for body in document.written:
        swallowed = _swallowed(body)
        if swallowed is not None:
            yield swallowed
        for fault in faults(body)[:_SHOWN]:
            yield _misnested(body, fault)


def _swallowed(body: Body) -> Finding | None:
    """A tag or comment that goes on to the end of the text, in every variant."""
    if body.template.faults or any(markup.limited for markup in body.variants):
        return None
    begins = set()
    for markup in body.variants:
        open_comment = _open_comment(markup)
        begins.add(markup.cut[0] if markup.cut is not None else open_comment)
    start = begins.pop() if len(begins) == 1 else None
    text = body.source.text
    if start is None or text[start : start + 1] != "<" or body.template.overlaps(start, start + 4):
        return None
    if text.startswith("<!", start):
        message = "this comment is never ended: clients hide all that follows"
        fix = steps("end the comment with -->")
    else:
        message = "this tag is never ended, or a quotation mark in it is missing: clients drop all that follows"
        fix = steps("end the tag with >, and each attribute's value with the \" that it begins with")
    end = min(start + 80, len(text))
    return body.finding(message, start, start + len(text[start:end].splitlines()[0]), fix=fix)


def _open_comment(markup: Markup) -> int | None:
    """Where a comment begins that has no end; of Outlook's sections HTM005 tells."""
    if not markup.comments:
        return None
    start, end, inner = markup.comments[-1]
    if end < len(markup.text) or not markup.text.startswith("<!--", start) or inner.lower().startswith("[if"):
        return None
    return None if markup.text.endswith(("-->", "--!>", "<!-->", "<!--->")) else start


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
        message = f"</{tag}> ends nothing{where}: no <{tag}> is open here, and clients drop it or end another with it"
        return _at(body, fault, message, steps(f"delete this </{tag}>, or put the <{tag}> that is missing before it"))
    closed_short = body.source.text[misnesting.start : misnesting.end].endswith("/>")
    hint = "; in HTML, /> does not close it" if closed_short else ""
    if other is not None and other.close_start is not None:
        message = f"<{tag}> is not closed{where} before </{other.tag}>{hint}: {_harm(tag)}"
        fix = steps(f"put </{tag}> where it shall end, at the latest before </{other.tag}>")
        return _at(body, fault, message, fix, [(f"</{other.tag}> is here", other.close_start, other.close_end)])
    message = f"<{tag}> is never closed{where}{hint}: {_harm(tag)}"
    return _at(body, fault, message, steps(f"put </{tag}> where it shall end"))


_TABLE = frozenset({"table", "tbody", "thead", "tfoot", "tr", "td", "th"})
_LOOKS = frozenset({"b", "strong", "i", "em", "u", "s", "span", "font", "small", "big", "sup", "sub", "strike", "code"})


def _harm(tag: str) -> str:
    """What becomes of the mail where an element has no end."""
    if tag in _TABLE:
        return "clients differ in where it ends, and in some the layout falls apart"
    if tag == "a":
        return "clients differ in where it ends, and in some all that follows is a link"
    if tag in _LOOKS:
        return "clients differ in where it ends, and in some all that follows looks like it"
    return "clients differ in where it ends, and in some what follows is out of its place"


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
    for body in document.written:
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
    return body.rendered or markup.framed


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
    for body in document.written:
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


_CHARSET = regex(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_LABELS = {"iso-8859-1": "windows-1252", "latin1": "windows-1252", "latin-1": "windows-1252", "l1": "windows-1252",
           "us-ascii": "windows-1252", "ascii": "windows-1252", "cp1252": "windows-1252", "iso8859-1": "windows-1252",
           "utf8": "utf-8", "unicode-1-1-utf-8": "utf-8", "x-sjis": "shift_jis", "shift-jis": "shift_jis",
           "sjis": "shift_jis", "gb2312": "gbk", "gb_2312-80": "gbk", "latin9": "iso-8859-15"}  # fmt: skip
"""Names that browsers read as one encoding (Encoding Standard 4.2), of those that mail uses."""
HEAD = 1_024
"""Octets in which the encoding is looked for (HTML 13.2.3.2)."""


def _metas(body: Body) -> Iterator[tuple[Element, str | None]]:
    """The meta elements that declare the encoding, and what they declare; None where a tag says it."""
    for element in body.find("meta"):
        if "charset" in element.attributes:
            yield element, body.known(element, "charset")
        elif (element.get("http-equiv") or "").strip().lower() == "content-type":
            content = body.known(element, "content")
            found = _CHARSET.search(content) if content is not None else None
            if content is None or found:
                yield element, found[1] if found else None


def _label(name: str) -> str:
    plain = name.strip().lower()
    return _LABELS.get(plain, plain)


def _template_pages(document: Document) -> bool:
    return document.message is None and any(body.whole for body in document.written)


@rule(
    "HTM002", "charset-meta-missing-or-late", Severity.WARNING, since="0.1", fix=Fixable.SAFE, applies=_template_pages
)
def charset_meta_missing_or_late(document: Document) -> Result:
    """The page does not say its encoding, or says it too late.

    Why: A mail that is saved, forwarded or shown in a browser ("view online") loses the Content-Type of its MIME part; without a meta in the first 1,024 bytes, browsers guess, and umlauts, quotes and prices in euros become garbage.
    Bad:
    <html lang="de"><head><title>Quittung</title></head><body><p>49 €</p></body></html>
    Good:
    <html lang="de"><head><meta charset="utf-8"><title>Quittung</title></head><body><p>49 €</p></body></html>
    Fix: Put <meta charset="utf-8"> first in the <head>.
    References: HTML 4.2.5.4 (specifying the document's character encoding), 13.2.3.2
    """
    for body in document.written:
        page = _page(body)
        head = next(body.find("head"), None)
        if page is None or head is None:
            continue
        metas = list(_metas(body))
        at = head.end
        if not metas:
            if _filled_head(body):
                continue
            safe = body.source.encoding.lower().startswith("utf-8") and not body.template.overlaps(head.start, head.end)
            fix = Fix("say that it is UTF-8", (body.edit(at, at, '<meta charset="utf-8">'),), safe=safe)
            message = "no <meta charset> stands in the <head>: where the mail is saved or shown online, browsers guess its encoding"
            yield body.finding(message, head.start, head.end, fix=fix)
            continue
        first = metas[0][0]
        before = body.source.text[body.start : first.end]
        tags = sum(tag.end - tag.start for tag in body.template.tags_in(body.start, first.end))
        if len(before.encode("utf-8", "replace")) - tags * 4 > HEAD and not body.template.in_conditional(first.start):
            yield body.finding(
                f"the encoding is declared behind the first {HEAD:,} bytes, where browsers no longer look for it",
                first.start,
                first.end,
                fix=steps("move this <meta> to the beginning of the <head>"),
            )


def _filled_head(body: Body) -> bool:
    """Whether something from elsewhere may stand in the head."""
    inserts = Inserts(body)
    first = next(body.find("body"), None)
    return bool(inserts.tags) and (first is None or inserts.tags[0].start < first.start)


def _parts(document: Document) -> bool:
    return document.mail is not None and bool(document.html)


@rule("HTM003", "charset-differs", Severity.ERROR, since="0.1", applies=_parts)
def charset_differs(document: Document) -> Result:
    """The page declares another encoding than its MIME part.

    Why: Clients follow one or the other, so somewhere each umlaut and each curly quote becomes two wrong characters; a mail that is forwarded or shown online follows the meta.
    Bad:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your receipt
    MIME-Version: 1.0
    Content-Type: text/html; charset=utf-8
    Content-Transfer-Encoding: quoted-printable
    {blank}
    <html lang=3D"de"><head><meta charset=3D"iso-8859-1"></head><body>49 =E2=82=AC</body></html>
    Good:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your receipt
    MIME-Version: 1.0
    Content-Type: text/html; charset=utf-8
    Content-Transfer-Encoding: quoted-printable
    {blank}
    <html lang=3D"de"><head><meta charset=3D"utf-8"></head><body>49 =E2=82=AC</body></html>
    Fix: Declare in the meta what the Content-Type of the part says, best utf-8 in both.
    References: RFC 2046 4.1.2, RFC 2854 6 (charset of text/html), HTML 13.2.3.2
    """
    for body in document.written:
        part = part_of(document, body)
        if part is None or part.declared is None:
            continue
        charset = part.declared.get("charset")
        if not charset:
            continue
        for element, declared in _metas(body):
            if declared is None or _label(declared) == _label(charset):
                continue
            if _label(charset) == "windows-1252" and body.source.text.isascii():
                # us-ascii is what libraries write over plain ASCII, whatever the page says.
                continue
            harm = (
                "its umlauts and quotes come out wrong"
                if not body.source.text.isascii()
                else "the first umlaut in it will come out wrong"
            )
            yield body.finding(
                f"the page says {declared}, its MIME part {charset}: in some clients {harm}",
                element.start,
                element.end,
                severity=Severity.WARNING if body.source.text.isascii() else None,
                fix=steps(f'write <meta charset="{charset.lower()}"> here, or send the part as {declared}'),
            )
            break


@rule("HTM012", "title-missing", Severity.WARNING, since="0.1")
def title_missing(document: Document) -> Result:
    """The page has no title.

    Why: Screen readers announce the title when a mail is opened in a browser or a web client, and the tab of "view online" shows the address instead.
    Bad:
    <html lang="en"><head><meta charset="utf-8"></head><body><p>Thank you.</p></body></html>
    Good:
    <html lang="en"><head><meta charset="utf-8"><title>Your receipt</title></head><body><p>Thank you.</p></body></html>
    Fix: Put a <title> into the <head> that says what the subject says.
    References: HTML 4.2.2 (the title element), WCAG 2.2 success criterion 2.4.2
    """
    for body in document.written:
        head = next(body.find("head"), None)
        if _page(body) is None or head is None or _filled_head(body):
            continue
        titles = [element for element in body.find("title") if not _in_svg(element)]
        if any(title.text().strip() or body.template.overlaps(*title.content) for title in titles):
            continue
        place = titles[0] if titles else head
        what = "the <title> is empty" if titles else "no <title> stands in the <head>"
        yield body.finding(
            f"{what}: screen readers have nothing to announce this mail by",
            place.start,
            place.end,
            fix=steps("write the subject of the mail into <title>…</title> in the <head>"),
        )


def _in_svg(element: Element) -> bool:
    return any(each.tag == "svg" for each in element.ancestors())
