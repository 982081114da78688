"""How rules, drawings and facts call the things of a message."""

from mailcheck.auth.dkim.verify import DkimResult
from mailcheck.mail.headers import Field
from mailcheck.model.location import DnsLocation, MessageLocation
from mailcheck.model.severity import Severity
from mailcheck.verify_message.view import VerifiedMessage

SHOWN_NAMES = {
    "mime-version": "MIME-Version",
    "message-id": "Message-ID",
    "content-id": "Content-ID",
    "list-id": "List-ID",
    "list-unsubscribe-post": "List-Unsubscribe-Post",
    "dkim-signature": "DKIM-Signature",
}
"""Field names whose usual form is not that of capitals after hyphens."""


def field_name(key: str) -> str:
    """A field's name as people write it."""
    return SHOWN_NAMES.get(key) or "-".join(part.capitalize() for part in key.split("-"))


def signature_name(view: VerifiedMessage, result: DkimResult) -> str:
    """`the signature of example.com (s=s1)`."""
    signature = result.signature
    who = signature.domain or "no domain"
    number = f" number {view.dkim.index(result) + 1}" if signature.domain is None else ""
    return f"the signature{number} of {who} (s={signature.selector or '?'})"


def tag_place(view: VerifiedMessage, result: DkimResult, *names: str) -> MessageLocation:
    """The first of these tags that the signature has; the whole field where it has none."""
    for name in names:
        tag = result.signature.tags.first(name)
        if tag is not None:
            return view.at(result.field, tag.span)
    return view.at(result.field)


def key_place(result: DkimResult) -> DnsLocation:
    """The key record."""
    return DnsLocation(result.signature.owner, "TXT", None, result.key.text if result.key else None)


def graver(view: VerifiedMessage, severity: Severity = Severity.ERROR) -> Severity:
    """`severity` where the failing thing decides about the message, a warning where DMARC passes without it."""
    passes = view.dmarc is not None and view.dmarc.result == "pass"
    return Severity.WARNING if passes and severity is Severity.ERROR else severity


def consequence(view: VerifiedMessage) -> str:
    """What receivers that follow DMARC do with this message now."""
    dmarc = view.dmarc
    if dmarc is None:
        return "no author domain can be told, so receivers cannot apply DMARC and may refuse the message"
    if dmarc.result == "pass":
        return "the message still passes DMARC by another identifier"
    if dmarc.result == "fail" and view.spf is None and dmarc.disposition != "none":
        return f"unless SPF passes for an aligned domain, DMARC fails with {dmarc.policy_tag}={dmarc.policy}"
    if dmarc.result == "fail" and dmarc.disposition == "reject":
        return f"DMARC fails and {dmarc.policy_domain} asks for refusal (p=reject): the message will be refused"
    if dmarc.result == "fail" and dmarc.disposition == "quarantine":
        return f"DMARC fails and {dmarc.policy_domain} asks for quarantine: the message will land in the junk folder"
    if dmarc.result == "fail":
        return "DMARC fails; the policy asks for no action, but Gmail, Yahoo and Microsoft hold it against bulk mail"
    return "receivers have one reason less to believe the message"


def names_of(fields: tuple[Field, ...]) -> str:
    """The lines on which fields stand."""
    return ", ".join(field.name for field in fields)
