"""SEC: what is attached to a message."""

from mailcheck.data.attachments import MACROS, PAGES, REFUSED, kind_of
from mailcheck.lint.document import Document
from mailcheck.model.finding import Finding
from mailcheck.model.fix import steps
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity

_WHY = {
    REFUSED: "Gmail and others refuse the whole message",
    MACROS: "documents with macros are how malware travels: most companies block them",
    PAGES: "pages as attachments are how phishing travels: many filters block them",
}


def _has_parts(document: Document) -> bool:
    return document.mail is not None and any(part.filename for part in document.mail.tree.parts)


@rule("SEC009", "risky-attachment", Severity.ERROR, since="0.1", applies=_has_parts)
def risky_attachment(document: Document) -> Result:
    """A program, a disk image, a page, or a document with macros is attached.

    Why: Gmail refuses messages with such files, also inside archives; other filters block or junk them, because malware and phishing arrive so.
    Bad:
    {file mail.eml}
    From: Nord <news@shop-nord.de>
    MIME-Version: 1.0
    Content-Type: application/octet-stream; name="invoice.pdf.exe"
    Content-Disposition: attachment; filename="invoice.pdf.exe"
    {blank}
    MZ
    Good:
    {file mail.eml}
    From: Nord <news@shop-nord.de>
    MIME-Version: 1.0
    Content-Type: application/pdf; name="invoice.pdf"
    Content-Disposition: attachment; filename="invoice.pdf"
    {blank}
    %PDF-1.7
    Fix: Send a PDF or a picture instead, or a link to a page on your site.
    References: Gmail, File types blocked in Gmail; RFC 2183 5
    """
    mail = document.mail
    for part in mail.tree.parts:
        name = part.filename
        kind = kind_of(name) if name else None
        # A text part that is shown in place has a name at times; it is no attachment.
        if name is None or kind is None or part.multipart or not part.attachment:
            continue
        field = next(
            (each for key in ("content-disposition", "content-type") for each in part.fields if each.key == key), None
        )
        start, end = (field.start, field.end) if field else (part.start, part.body_start)
        end = start + len(mail.message.raw[start:end].rstrip(b"\r\n"))
        yield Finding(
            f"“{name[:80]}” is attached: {_WHY[kind]}",
            mail.file.octets(start, end),
            fixes=(steps("send a PDF or a picture instead, or link to a page on your site"),),
            offending=name,
        )
