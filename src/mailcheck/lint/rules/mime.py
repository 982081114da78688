"""MIM: how the parts of a message are put together (.eml alone)."""

import re
from collections.abc import Iterator
from typing import Any

from mailcheck.lint.document import Document
from mailcheck.lint.part_places import field_place, part_finding
from mailcheck.model.finding import Finding
from mailcheck.model.fix import steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity

LINE = 998
"""Octets of a line without its end (RFC 5322 2.1.1)."""
_SHOWN = 20
"""Findings of one rule about one message."""


def _message(document: Document) -> bool:
    return document.mail is not None


def _multipart(document: Document) -> bool:
    return document.mail is not None and any(part.multipart for part in document.mail.tree.parts)


def _children(parts: Any, number: int) -> list[tuple[int, Any]]:
    return [(at, part) for at, part in enumerate(parts) if part.parent == number]


def _alternatives(document: Document) -> Iterator[tuple[Any, list[tuple[int, Any]]]]:
    """Every multipart/alternative with its own parts."""
    parts = document.mail.tree.parts
    for number, part in enumerate(parts):
        if part.content_type == "multipart/alternative":
            yield part, _children(parts, number)


def _holds_html(document: Document, number: int) -> bool:
    """Whether the part is HTML, or a related or mixed part that begins with it."""
    parts = document.mail.tree.parts
    part = parts[number]
    if part.content_type in {"multipart/related", "multipart/mixed"}:
        inner = _children(parts, number)
        return bool(inner) and inner[0][1].content_type == "text/html"
    return bool(part.content_type == "text/html") and not part.attachment


@rule("MIM001", "multipart-order", Severity.ERROR, since="0.1", applies=_multipart)
def multipart_order(document: Document) -> Result:
    """The plain text stands behind the HTML in multipart/alternative.

    Why: The parts go from the plainest to the richest, and clients show the last one that they can: with this order all readers get the plain text, and nobody the HTML.
    Bad:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your order has shipped
    MIME-Version: 1.0
    Content-Type: multipart/alternative; boundary=b
    {blank}
    --b
    Content-Type: text/html; charset=utf-8
    {blank}
    <p>Your order has shipped.</p>
    --b
    Content-Type: text/plain; charset=utf-8
    {blank}
    Your order has shipped.
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
    Fix: Put text/plain first and text/html last.
    References: RFC 2046 5.1.4
    """
    for _, inner in _alternatives(document):
        html = next((at for at, part in inner if _holds_html(document, at)), None)
        for at, part in inner:
            if part.content_type == "text/plain" and not part.attachment and html is not None and at > html:
                yield part_finding(
                    document,
                    part,
                    "the plain text stands behind the HTML: clients show the last part, so readers get the plain text",
                    steps("put the text/plain part before the text/html part"),
                )
                break


@rule("MIM002", "body-line-too-long", Severity.ERROR, since="0.1", applies=_message)
def body_line_too_long(document: Document) -> Result:
    """A line of a part that is not encoded is longer than 998 octets.

    Why: SMTP allows no longer line. Servers on the way cut it or refuse the mail; a cut in the middle of a tag or an address breaks the mail, and any cut breaks its DKIM signature.
    Bad:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your order has shipped
    MIME-Version: 1.0
    Content-Type: text/plain; charset=us-ascii
    {blank}
    {line 200 lamp, cable, bulb, plug,}
    Good:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your order has shipped
    MIME-Version: 1.0
    Content-Type: text/plain; charset=us-ascii
    {blank}
    lamp, cable, bulb, plug,
    lamp, cable, bulb, plug
    Fix: Send the part as quoted-printable, which most libraries do when asked.
    References: RFC 5321 4.5.3.1.6, RFC 5322 2.1.1, RFC 2045 6.7
    """
    raw: bytes = document.mail.message.raw
    told = 0
    for part in document.mail.tree.leaves():
        if part.encoding == "binary" or told >= _SHOWN:
            continue
        found = _LONG.search(raw, part.body_start, part.end)
        if found is None:
            continue
        told += 1
        size = found.end() - found.start()
        end = raw.find(b"\n", found.end(), part.end)
        size = (end if end >= 0 else part.end) - found.start()
        yield part_finding(
            document,
            part,
            f"this line has {size:,} octets, and servers cut or refuse lines of more than {LINE}",
            steps("send the part with Content-Transfer-Encoding: quoted-printable"),
            place=document.mail.file.octets(found.start(), found.start() + 80),
        )


_LONG = regex(rb"(?:(?<=\n)|(?<=\r)|\A)[^\r\n]{999}")


@rule("MIM003", "attachment-in-alternative", Severity.WARNING, since="0.1", applies=_multipart)
def attachment_in_alternative(document: Document) -> Result:
    """An attachment stands inside multipart/alternative.

    Why: All parts of an alternative are forms of one message, of which a client shows one: some show the attachment in the place of the mail, others never list it.
    Bad:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your invoice
    MIME-Version: 1.0
    Content-Type: multipart/alternative; boundary=b
    {blank}
    --b
    Content-Type: text/plain; charset=utf-8
    {blank}
    Your invoice is attached.
    --b
    Content-Type: application/pdf; name=invoice.pdf
    Content-Disposition: attachment; filename=invoice.pdf
    Content-Transfer-Encoding: base64
    {blank}
    JVBERi0xLjQK
    --b--
    Good:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your invoice
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary=b
    {blank}
    --b
    Content-Type: text/plain; charset=utf-8
    {blank}
    Your invoice is attached.
    --b
    Content-Type: application/pdf; name=invoice.pdf
    Content-Disposition: attachment; filename=invoice.pdf
    Content-Transfer-Encoding: base64
    {blank}
    JVBERi0xLjQK
    --b--
    Fix: Put multipart/mixed around it: first the multipart/alternative, then the attachments.
    References: RFC 2046 5.1.3, 5.1.4
    """
    for _, inner in _alternatives(document):
        for _, part in inner[:_SHOWN]:
            named = part.content_type.startswith(("application/", "image/", "audio/", "video/")) and part.filename
            declared = part.disposition is not None and part.disposition.value == "attachment"
            if part.multipart or not (declared or named) or part.content_type in {"text/calendar", "application/ics"}:
                continue
            yield part_finding(
                document,
                part,
                f"this {part.content_type} is a form of the message here, not an attachment: some clients show it"
                " in the place of the mail, others not at all",
                steps("move it out of multipart/alternative, into a multipart/mixed around it"),
            )


@rule("MIM004", "cid-missing-or-unused", Severity.WARNING, since="0.1", applies=_message)
def cid_missing_or_unused(document: Document) -> Result:
    """The HTML shows a part by cid: that is not there, or an embedded image is shown nowhere.

    Why: Without the part readers see a broken image. An image that nothing refers to is listed as an attachment by some clients and makes the mail larger for all.
    Bad:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your order has shipped
    MIME-Version: 1.0
    Content-Type: multipart/related; boundary=b
    {blank}
    --b
    Content-Type: text/html; charset=utf-8
    {blank}
    <p><img src="cid:logo@shop-nord.de" width="120" alt="Shop Nord"></p>
    --b
    Content-Type: image/png
    Content-ID: <header@shop-nord.de>
    Content-Transfer-Encoding: base64
    {blank}
    iVBORw0KGgo=
    --b--
    Good:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your order has shipped
    MIME-Version: 1.0
    Content-Type: multipart/related; boundary=b
    {blank}
    --b
    Content-Type: text/html; charset=utf-8
    {blank}
    <p><img src="cid:logo@shop-nord.de" width="120" alt="Shop Nord"></p>
    --b
    Content-Type: image/png
    Content-ID: <logo@shop-nord.de>
    Content-Transfer-Encoding: base64
    {blank}
    iVBORw0KGgo=
    --b--
    Fix: Write in the src the Content-ID of the part, without its angle brackets; leave out parts that nothing shows.
    References: RFC 2392, RFC 2387 (multipart/related)
    """
    from urllib.parse import unquote

    if document.mail.tree.cut or any(markup.limited for body in document.html for markup in body.variants):
        return
    parts = document.mail.tree.parts
    there = {part.content_id for part in parts if part.content_id}
    named: set[str] = set()
    for body in document.html:
        for match in _CID.finditer(body.source.text):
            named.add(unquote(match[1]))
        for element in body.elements:
            for name in ("src", "background"):
                attribute = element.attribute(name)
                if attribute is None or not attribute.value.strip().lower().startswith("cid:"):
                    continue
                wanted = unquote(attribute.value.strip()[4:])
                if wanted and wanted not in there:
                    yield body.finding(
                        f"no part of the message has the Content-ID <{wanted[:80]}>: readers see a broken image",
                        attribute.start,
                        attribute.end,
                        fix=steps(f"embed the image with Content-ID: <{wanted[:80]}>, or correct the address"),
                    )
    for part in parts:
        related = part.parent is not None and parts[part.parent].content_type == "multipart/related"
        if not (related and document.html and part.content_id and part.content_type.startswith("image/")):
            continue
        if part.content_id not in named and not part.filename:
            yield part_finding(
                document,
                part,
                f"nothing in the HTML shows this image (cid:{part.content_id[:80]}): clients list it as an attachment",
                steps("leave the part out, or show it by its Content-ID"),
                name="Content-ID",
            )


_CID = regex(r"cid:([^\s\"'<>)]{1,998})", re.IGNORECASE)


@rule("MIM005", "wrong-transfer-encoding", Severity.ERROR, since="0.1", applies=_message)
def wrong_transfer_encoding(document: Document) -> Result:
    """A part is not encoded as its Content-Transfer-Encoding says.

    Why: Clients decode it by what is declared: readers see =E2=82=AC or rows of letters, or lose all above ASCII. Servers that carry seven bits only change it on the way, which breaks its DKIM signature.
    Bad:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your receipt
    MIME-Version: 1.0
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: 7bit
    {blank}
    49 €
    Good:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: Your receipt
    MIME-Version: 1.0
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable
    {blank}
    49 =E2=82=AC
    Fix: Encode the part as quoted-printable (text) or base64 (files), and declare that.
    References: RFC 2045 6.1, 6.2, 6.4, 6.7, 6.8
    """
    message = document.mail.message
    told = 0
    for part in document.mail.tree.parts:
        if told >= _SHOWN:
            return
        for fault in part.faults:
            if fault.kind == "encoding":
                told += 1
                yield _faulty(document, part, fault.message, fault.start, fault.end)
        if part.multipart:
            continue
        body = message.raw[part.body_start : part.end]
        if part.encoding == "7bit" and not body.isascii():
            at = part.body_start + next(number for number, octet in enumerate(body) if octet > 0x7F)
            declared = "is declared as 7bit" if _declares(part) else "declares no transfer encoding, which means 7bit"
            told += 1
            yield _faulty(document, part, f"this part {declared}, and holds octets above 127", at, at + 1)
        elif part.encoding in {"quoted-printable", "base64"} and part.content_type.startswith("text/"):
            from mailcheck.mail.decoding import read_body

            for fault in read_body(message, part).faults[:1]:
                if fault.kind == "encoding":
                    told += 1
                    what = f"this part is declared as {part.encoding}, and is not: {fault.message}"
                    yield _faulty(document, part, what, fault.start, fault.end)


def _declares(part: Any) -> bool:
    return any(field.name.lower() == "content-transfer-encoding" for field in part.fields)


def _faulty(document: Document, part: Any, message: str, start: int, end: int) -> Finding:
    return part_finding(
        document,
        part,
        f"{message}: clients show it wrongly",
        steps("encode the part as quoted-printable (text) or base64 (files), and declare it so"),
        place=document.mail.file.octets(start, max(end, start + 1)),
    )


@rule("MIM006", "boundary-fault", Severity.ERROR, since="0.1", applies=_multipart)
def boundary_fault(document: Document) -> Result:
    """A multipart has no boundary, one that nothing uses, or no end.

    Why: Clients that cannot find the parts show the source of the mail as text, or the first part alone; a missing end makes some drop the last part.
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
    Your order has shipped.
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
    --b--
    Fix: Declare one boundary, begin each part with two hyphens and it, and end the last with two hyphens more.
    References: RFC 2046 5.1.1
    """
    for part in document.mail.tree.parts[:200]:
        for fault in part.faults:
            if fault.kind not in {"boundary", "unclosed"}:
                continue
            boundary = (part.declared.get("boundary") if part.declared else None) or ""
            fix = (
                steps(f"end the last part with a line --{boundary}--")
                if fault.kind == "unclosed"
                else steps('declare the boundary that the parts use: Content-Type: multipart/…; boundary="…"')
            )
            yield part_finding(
                document,
                part,
                f"{fault.message}: clients show the mail in part, or its source",
                fix,
                place=field_place(document, part, "Content-Type"),
            )
