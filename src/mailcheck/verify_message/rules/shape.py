"""Rules about the file and the form of the message: what verifiers and readers would see differently."""

from collections import Counter

from mailcheck.mail.decoding import read_body
from mailcheck.mail.fault import Fault
from mailcheck.mail.parts import Part
from mailcheck.model.finding import Finding, Related
from mailcheck.model.fix import Fix, steps
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity
from mailcheck.verify_message.naming import field_name, graver
from mailcheck.verify_message.saved import EXPORT
from mailcheck.verify_message.view import VerifiedMessage

SINGLE = frozenset(
    ("date", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to", "references", "subject",
     "mime-version", "content-type", "content-transfer-encoding")
)  # fmt: skip
"""Fields that may stand once (RFC 5322 3.6; RFC 2045); From has a rule of its own."""
MOST = 20
"""Places of one rule that are told one by one."""
_GRAVE = frozenset({"no-colon", "name", "leading-continuation", "nul", "bare-cr"})
_TOLD = frozenset({"envelope-line", "byte-order-mark", "limit"})
"""Faults of the header that other rules tell."""
DECODED = 2_000_000
"""Octets of parts that are decoded to see whether they can be."""


@rule("AUTH001", "not-a-message", Severity.ERROR, since="0.1")
def not_a_message(view: VerifiedMessage) -> Result:
    """The file is not a message as it was sent.

    Why: Signatures cover the exact octets that travelled. An Outlook .msg file, a web page or a copied text does not hold them, so nothing can be verified.
    Bad:
    file <html><body>Hello</body></html>
    Good:
    Subject: Hello
    Fix: Export the original message (.eml) and check that.
    References: RFC 5322 2.1
    """
    if view.no_message:
        yield Finding(f"{view.no_message}: nothing in it can be verified", view.top, fixes=(export(),))


@rule("AUTH002", "file-resaved", Severity.WARNING, since="0.1", needs=("message",))
def file_resaved(view: VerifiedMessage) -> Result:
    """A program wrote the file anew, so that signatures may fail here and nowhere else.

    Why: Editors and mail programs change line ends, lose 8-bit characters or add fields when they save. A signature that fails on such a file may well have passed where the message arrived.
    Bad:
    later body first line\\nsecond line
    Good:
    Subject: Hello
    Fix: Export the original from the program that received it.
    References: RFC 6376 5.3; RFC 5321 2.3.8
    """
    failing = any(result.result == "fail" for result in view.dkim)
    passing = any(result.result == "pass" for result in view.dkim)
    for sign in view.signs:
        if not (sign.spoils or failing or (sign.kind == "no-body" and not passing)):
            continue  # nothing of it matters to a message whose signatures hold
        severity = Severity.INFO
        if sign.spoils:
            # What fails below it may be the work of this file's program: it is told first.
            severity = graver(view) if failing else Severity.WARNING
        end = "; a signature that fails here may have been valid" if sign.spoils else ""
        yield Finding(
            f"{sign.message}{end}",
            view.place(sign.start, sign.end) if sign.end else view.top,
            severity=severity,
            fixes=(export(),) if sign.spoils else (),
            offending=sign.kind,
        )


@rule("AUTH003", "header-malformed", Severity.ERROR, since="0.1", needs=("message",))
def header_malformed(view: VerifiedMessage) -> Result:
    """A line among the header fields is not a field as RFC 5322 has it.

    Why: Programs read such a line differently: some end the header there, some skip it, some take it for the field before. What a verifier checks and what a person sees can then be two things, and many receivers refuse the message.
    Bad:
    later +From : attacker@example.net
    Good:
    later +X-Tracking: 7
    Fix: Find the program that writes this line, and let a mail library write the fields.
    References: RFC 5322 2.2, 4.5.8
    """
    faults = [fault for fault in view.message.faults if fault.kind not in _TOLD]
    for fault in faults[:MOST]:
        grave = fault.kind in _GRAVE or (fault.kind == "blank-before-colon" and _is_from(view, fault))
        yield Finding(
            f"{fault.message}: programs differ in what they make of it, and some receivers refuse the message",
            view.place(fault.start, fault.end),
            severity=Severity.ERROR if grave else Severity.INFO if _is_utf8(view, fault) else Severity.WARNING,
            offending=fault.kind,
            fixes=(
                steps("Write the field anew", f"Follow {fault.clause or 'RFC 5322 2.2'}: a name, a colon, a value."),
            ),
        )
    if len(faults) > MOST:
        yield Finding(f"{len(faults) - MOST:,} more lines of the header are malformed", view.top, offending="more")


def _is_utf8(view: VerifiedMessage, fault: Fault) -> bool:
    """Whether octets above 127 are UTF-8, which internationalized mail has in its fields (RFC 6532 3.2)."""
    if fault.kind != "eight-bit":
        return False
    field = next((each for each in view.message.fields if each.start <= fault.start < each.end), None)
    return field is not None and "\ufffd" not in field.raw.decode("utf-8", "replace")


def _is_from(view: VerifiedMessage, fault: Fault) -> bool:
    return view.message.raw[fault.start : fault.end].strip().lower() == b"from"


@rule("AUTH004", "header-field-repeated", Severity.WARNING, since="0.1", needs=("message",))
def header_field_repeated(view: VerifiedMessage) -> Result:
    """A field that may stand once stands several times.

    Why: DKIM signs the lowest of them, most programs show the topmost. So a second Subject, To or Content-Type on top changes what people see and may leave the signature valid.
    Bad:
    later +Subject: You have won
    Good:
    later +X-Subject: You have won
    Fix: Send one of each, and list it once more in h= (over-signing), so that another one breaks the signature.
    References: RFC 5322 3.6; RFC 6376 5.4.2, 8.15
    """
    counts = Counter(field.key for field in view.message.fields)
    for key in sorted(SINGLE & set(counts)):
        if counts[key] < 2:
            continue
        fields = view.message.all(key)
        signed = any(number for result in view.dkim if result.result == "pass" for number in result.signed)
        told = "; signatures cover the lowest, people see the topmost" if signed else ""
        yield Finding(
            f"{field_name(key)} stands {counts[key]} times, and may stand once{told}",
            view.at(fields[0]),
            related=tuple(Related("another one", view.at(field)) for field in fields[1:4]),
            fixes=(steps(f"Send one {field_name(key)}", "Remove the others where the message is made."),),
            offending=key,
        )


@rule("AUTH005", "mime-ambiguous", Severity.WARNING, since="0.1", needs=("message",))
def mime_ambiguous(view: VerifiedMessage) -> Result:
    """The MIME structure can be read in more than one way.

    Why: Where a boundary is missing, a field stands twice, or a text is not of the encoding or charset it declares, scanners and mail programs see different things. Filters treat that as an attempt to hide something.
    Bad:
    Content-Type: multipart/mixed
    Good:
    Content-Type: text/plain; charset=utf-8
    Fix: Let a mail library write the parts; each multipart needs a boundary that is used and closed.
    References: RFC 2045 5, 6; RFC 2046 4.1.2, 5.1.1
    """
    faults = [(part, fault) for part in view.tree.parts for fault in part.faults]
    faults += _undecodable(view)
    for part, fault in faults[:MOST]:
        where = f"part {part.number}: " if part.number else ""
        yield Finding(
            f"{where}{fault.message}; programs differ in what they show then",
            view.place(fault.start, fault.end, part),
            offending=f"{part.number} {fault.kind}",
            fixes=(steps("Write the part anew", f"Follow {fault.clause or 'RFC 2045'}."),),
        )
    if len(faults) > MOST:
        yield Finding(f"{len(faults) - MOST:,} more places in the MIME structure", view.top, offending="more")


def _undecodable(view: VerifiedMessage) -> list[tuple[Part, Fault]]:
    """Parts whose octets are not of their declared encoding or charset, within a limit."""
    found: list[tuple[Part, Fault]] = []
    left = DECODED
    for part in view.tree.leaves():
        left -= part.end - part.body_start
        if left < 0:
            break
        found += [(part, fault) for fault in read_body(view.message, part).faults]
    return found


def export() -> Fix:
    """How to get the original."""
    return steps("Get the original message", *EXPORT)
