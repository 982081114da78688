"""TXT: the plain text part, and whether it says what the HTML says."""

import re

from mailcheck.lint.document import MARKETING, Body, Document
from mailcheck.lint.part_places import part_finding, part_of
from mailcheck.model.finding import Finding
from mailcheck.model.fix import Fix, steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity

_TAG = regex(
    r"</?(html|head|body|title|style|table|tbody|tr|td|th|div|p|span|br|a|img|strong|b|em|i|u|ul|ol|li|h[1-6]|font|center"
    r"|hr|blockquote)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_PAGE = regex(r"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_WORD = regex(r"[^\W\d_]{3,}")
_ADDRESS = regex(r"https?://|www\.\w|mailto:", re.IGNORECASE)
MAX_WORDS = 200_000
"""Characters of each part whose words are compared."""
FEW = 20
"""Words below which two parts are too short to be compared."""


def _whole(document: Document) -> bool:
    """Whether all parts of the mail are here: a message, or files found as a set."""
    return document.message is not None or document.is_set


def _with_html(document: Document) -> bool:
    return _whole(document) and bool(document.html)


@rule("TXT001", "plain-part-missing", Severity.WARNING, since="0.1", applies=_with_html)
def plain_part_missing(document: Document) -> Result:
    """The mail has an HTML part and no plain text part.

    Why: Filters count HTML without plain text as a sign of spam, and readers with a text client, a watch or a screen reader set to text get markup or nothing.
    Bad:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your order has shipped
    MIME-Version: 1.0
    Content-Type: text/html; charset=utf-8
    {blank}
    <p>Your order has shipped.</p>
    Good:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your order has shipped
    MIME-Version: 1.0
    Content-Type: multipart/alternative; boundary=b
    {blank}
    --b
    Content-Type: text/plain; charset=utf-8
    {blank}
    Your order has shipped.
    --b
    Content-Type: text/html; charset=utf-8
    {blank}
    <p>Your order has shipped.</p>
    --b--
    Fix: Send multipart/alternative with the same message as text/plain first and text/html last.
    References: RFC 2046 5.1.4; SpamAssassin rule MIME_HTML_ONLY
    """
    if document.text or not document.html:
        return
    body = document.html[0]
    severe = document.message is not None and document.kind == MARKETING
    yield _about(
        document,
        body,
        "there is HTML and no plain text part: filters count that as a sign of spam, and text readers get nothing",
        steps("add a text/plain part with the same message, before the HTML part"),
        severity=Severity.ERROR if severe else Severity.WARNING,
    )


def _about(document: Document, body: Body, message: str, fix: Fix, *, severity: Severity | None = None) -> Finding:
    """A finding about a whole part: at its Content-Type in a message, else at its first line."""
    part = part_of(document, body)
    if part is not None:
        return part_finding(document, part, message, fix, severity=severity)
    text = body.source.text
    start = body.start + len(text[body.start :]) - len(text[body.start :].lstrip())
    start = start if start < len(text) else body.start
    at = text.find("\n", start)
    end = min(start + 200, at if at > start else len(text))
    return body.finding(message, start, max(end, start), fix=fix, severity=severity)


def _with_text(document: Document) -> bool:
    return bool(document.text)


@rule("TXT002", "plain-is-html", Severity.ERROR, since="0.1", applies=_with_text)
def plain_is_html(document: Document) -> Result:
    """The plain text part holds HTML.

    Why: Whoever reads the plain text sees tags instead of a mail, and so do previews and notifications.
    Bad:
    {file welcome.txt.j2}
    <html><body><p>Hello Anna,</p><p>welcome aboard.</p></body></html>
    Good:
    {file welcome.txt.j2}
    Hello Anna,
    welcome aboard.
    Fix: Write the text without tags; links as addresses, on lines of their own.
    References: RFC 2046 4.1.3 (text/plain: no formatting commands)
    """
    for body in document.text:
        text = body.template.variants[0][body.start : body.start + MAX_WORDS]
        place = _markup_in(text)
        if place is not None:
            start, end = body.start + place[0], body.start + place[1]
            yield body.finding(
                "the plain text part is HTML: readers of plain text see tags instead of the mail",
                start,
                end,
                fix=steps("write this part as text, without tags; HTML goes into the HTML part"),
            )


def _markup_in(text: str) -> tuple[int, int] | None:
    """Where a text turns out to be HTML: it begins as a page, or most of its lines hold tags, in pairs."""
    page = _PAGE.match(text)
    if page:
        return page.end() - len(page[0].lstrip()), page.end()
    tags = list(_TAG.finditer(text))
    if len(tags) < 4:
        return None
    opened = {tag[1].lower() for tag in tags if tag[0][1] != "/"}
    closed = {tag[1].lower() for tag in tags if tag[0][1] == "/"}
    lines = [line for line in text.splitlines() if line.strip()]
    marked = sum(_TAG.search(line) is not None for line in lines)
    if opened & closed and marked * 2 > len(lines):
        return tags[0].span()
    return None


@rule(
    "TXT003",
    "plain-empty",
    Severity.ERROR,
    since="0.1",
    applies=lambda document: _whole(document) and _with_text(document),
)
def plain_empty(document: Document) -> Result:
    """The plain text part is empty.

    Why: Readers of plain text, previews and notifications show an empty mail. Filters take an empty text beside HTML for an attempt to hide the content from them.
    Bad:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your order has shipped
    MIME-Version: 1.0
    Content-Type: multipart/alternative; boundary=b
    {blank}
    --b
    Content-Type: text/plain; charset=utf-8
    {blank}
    {blank}
    --b
    Content-Type: text/html; charset=utf-8
    {blank}
    <p>Your order has shipped.</p>
    --b--
    Good:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your order has shipped
    MIME-Version: 1.0
    Content-Type: multipart/alternative; boundary=b
    {blank}
    --b
    Content-Type: text/plain; charset=utf-8
    {blank}
    Your order has shipped.
    --b
    Content-Type: text/html; charset=utf-8
    {blank}
    <p>Your order has shipped.</p>
    --b--
    Fix: Write in it what the HTML says, or leave the part out: most sending libraries can make it from the HTML.
    References: RFC 2046 5.1.4 (alternatives are of the same information)
    """
    for body in document.text:
        if body.template.tags or not document.html:
            continue
        if not body.source.text[body.start :].strip(" \t\r\n\f\v\u00a0\u200b\ufeff"):
            yield _about(
                document,
                body,
                "the plain text part is empty: readers of plain text and previews get an empty mail",
                steps("write in the plain text part what the HTML says"),
            )


def with_both(document: Document) -> bool:
    return _whole(document) and pair_of(document) is not None


def pair_of(document: Document) -> tuple[Body, Body] | None:
    """The one HTML and the one text body of a mail, as they are rendered where both are."""
    for rendered in (True, False):
        html = [body for body in document.written if bool(body.source.how) is rendered]
        text = [body for body in document.text if bool(body.source.how) is rendered]
        if html and text:
            return (html[0], text[0]) if len(html) == len(text) == 1 else None
    return None


@rule("TXT004", "parts-differ", Severity.WARNING, since="0.1", applies=with_both)
def parts_differ(document: Document) -> Result:
    """The plain text part says something else than the HTML part, or leaves its links out.

    Why: The parts are alternatives of one message, and each reader sees one of them. Filters compare them, for spam shows harmless words in one and the offer in the other.
    Bad:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your order has shipped
    MIME-Version: 1.0
    Content-Type: multipart/alternative; boundary=b
    {blank}
    --b
    Content-Type: text/plain; charset=utf-8
    {blank}
    Your order has shipped and arrives on Friday.
    --b
    Content-Type: text/html; charset=utf-8
    {blank}
    <p>Your order has shipped: <a href="https://www.shop-nord.de/track">track it</a>.</p>
    --b--
    Good:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your order has shipped
    MIME-Version: 1.0
    Content-Type: multipart/alternative; boundary=b
    {blank}
    --b
    Content-Type: text/plain; charset=utf-8
    {blank}
    Your order has shipped: track it at https://www.shop-nord.de/track
    --b
    Content-Type: text/html; charset=utf-8
    {blank}
    <p>Your order has shipped: <a href="https://www.shop-nord.de/track">track it</a>.</p>
    --b--
    Fix: Say the same in both, and write each link's address in the text.
    References: RFC 2046 5.1.4; SpamAssassin rule MPART_ALT_DIFF
    """
    pair = pair_of(document)
    if pair is None:
        return
    html, text = pair
    if not (document.composed(html).complete and document.composed(text).complete):
        return
    plain = "\n".join(_words_of(body) for body in document.composed(text).bodies)
    if not plain.strip():
        return  # TXT003
    page = "\n".join(_words_of(body) for body in document.composed(html).bodies)
    here, there = _words(plain), _words(page)
    shared = len(here & there)
    # A share of the smaller one: a text that is shorter than the page may say the same.
    if min(len(here), len(there)) >= FEW and shared * 2 < min(len(here), len(there)):
        yield _about(
            document,
            text,
            f"of {len(here)} words of the plain text only {shared} stand in the HTML: the parts say different things",
            steps("write the plain text part again, from what the HTML says"),
        )
    elif (
        _links(document, html)
        and not _ADDRESS.search(plain)
        and not any(body.template.tags for body in document.composed(text).bodies)
    ):
        yield _about(
            document,
            text,
            "the HTML has links and the plain text has none: its readers cannot follow them",
            steps("write the address of each link of the HTML into the plain text"),
        )


def _words_of(body: Body) -> str:
    return body.visible_text[:MAX_WORDS]


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text) if word.strip("x")}


def _links(document: Document, html: Body) -> bool:
    """Whether the HTML leads readers anywhere on the web."""
    return any(
        link.element is not None and link.element.tag == "a" and link.scheme in {"http", "https"}
        for body in document.composed(html).bodies
        for link in body.links
    )
