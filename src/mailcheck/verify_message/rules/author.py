"""Rules about the author: one From field, one domain, nothing else in it (RFC 9989 4.2, 11.5)."""

from mailcheck.mail.words import decoded
from mailcheck.model.finding import Finding, Related
from mailcheck.model.fix import steps
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity
from mailcheck.verify_message.view import VerifiedMessage

MOST = 20
"""Places of a From field that are told one by one."""


def has_from(view: VerifiedMessage) -> bool:
    """There is something to judge."""
    return bool(view.author.fields)


@rule("AUTH006", "author-missing", Severity.ERROR, since="0.1", needs=("message",))
def author_missing(view: VerifiedMessage) -> Result:
    """The message has no From field.

    Why: Without an author there is nothing to align with: DMARC cannot be applied, and large receivers refuse the message (Gmail: 550 5.7.1).
    Bad:
    -From
    Good:
    From: Alice <alice@example.com>
    Fix: Write one From field with one address.
    References: RFC 5322 3.6.2; RFC 9989 4.2
    """
    if not view.author.fields:
        yield Finding(
            "there is no From field, so DMARC cannot be applied: receivers will refuse the message",
            view.top,
            fixes=(steps("Write a From field", "From: Your Name <you@your-domain.example>"),),
        )


@rule("AUTH007", "author-field-repeated", Severity.ERROR, since="0.1", needs=("message",), applies=has_from)
def author_field_repeated(view: VerifiedMessage) -> Result:
    """There are several From fields.

    Why: Verifiers and mail programs differ in which one they read, so a forged author can be shown beside a valid signature. RFC 5322 forbids it, and DMARC receivers refuse it or cannot align it.
    Bad:
    later +From: CEO <ceo@example.net>
    Good:
    later +Sender: news@example.com
    Fix: Send one From field; sign it twice in h= (From:From), so that a second one breaks the signature.
    References: RFC 5322 3.6; RFC 6376 8.15; RFC 9989 4.2
    """
    fields = view.author.fields
    if len(fields) > 1:
        names = ", ".join(dict.fromkeys(each.domain or each.written for each in view.author.addresses[:5]))
        yield Finding(
            f"there are {len(fields)} From fields ({names}): no author domain can be told, so nothing aligns and "
            "receivers refuse the message",
            view.at(fields[0]),
            related=tuple(Related("another From field", view.at(field)) for field in fields[1:5]),
            fixes=(steps("Send one From field", "Remove the others, and list From twice in h= of the signature."),),
            offending=str(len(fields)),
        )


@rule("AUTH008", "author-domains-several", Severity.ERROR, since="0.1", needs=("message",), applies=has_from)
def author_domains_several(view: VerifiedMessage) -> Result:
    """One From field names authors of several domains.

    Why: DMARC has one author domain. Receivers refuse such a message, or apply the strictest of the policies.
    Bad:
    From: alice@example.com, bob@example.net
    Good:
    From: alice@example.com, bob@example.com
    Fix: Name one author, or authors of one domain; put the others into Reply-To.
    References: RFC 9989 4.2, 11.5
    """
    fields, domains = view.author.fields, tuple(dict.fromkeys(each.domain for each in view.author.addresses))
    if len(fields) == 1 and len(domains) > 1:
        named = ", ".join(domain or "(no domain)" for domain in domains[:5])
        yield Finding(
            f"From names {len(view.author.addresses)} authors of {len(domains)} domains ({named}): DMARC has one author "
            "domain, so the message does not align and may be refused",
            view.at(fields[0]),
            fixes=(steps("Name authors of one domain", "Move the other addresses into Reply-To or Cc."),),
        )


@rule("AUTH009", "author-malformed", Severity.ERROR, since="0.1", needs=("message",), applies=has_from)
def author_malformed(view: VerifiedMessage) -> Result:
    """The From field is not an address list as RFC 5322 has it.

    Why: What stands beside the address, before it or inside it is read differently by verifiers and mail programs: a known way to show a forged author. Receivers refuse it or cannot align it.
    Bad:
    From: <alice@example.com> <mallory@example.net>
    Good:
    From: "Alice (Example)" <alice@example.com>
    Fix: Write `Name <address>`, the name in quotation marks where it holds one of ()<>[]:;@,. and nothing else.
    References: RFC 5322 3.4, 4.4; RFC 2047 5; RFC 9989 11.5
    """
    faults = view.author.faults
    for field, fault in faults[:MOST]:
        start = field.value_start + len(field.body) - len(field.body.lstrip())
        folded = b"\n" in field.body
        place = view.at(field) if folded else view.place(start + fault.start, max(start + fault.end, start + 1))
        yield Finding(
            f"{fault.message} in From: the author cannot be told for certain, so the message does not align and may be "
            "refused",
            place,
            offending=f"{fault.kind} {field.text[fault.start : fault.end]}",
            fixes=(steps("Write the From field anew", _example(view)),),
        )
    if len(faults) > MOST:
        more = f"{len(faults) - MOST:,} more places in From are malformed"
        yield Finding(more, view.at(faults[0][0]), offending="more", fixes=(steps("Write it anew", _example(view)),))


def _example(view: VerifiedMessage) -> str:
    first = next(iter(view.author.addresses), None)
    if first is None or first.domain is None:
        return "From: Your Name <you@your-domain.example>"
    name = decoded(first.display).replace('"', "").strip()
    address = f"{first.local}@{first.domain}"
    return f'From: "{name[:60]}" <{address}>' if name else f"From: {address}"
