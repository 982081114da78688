"""The key of an address: equal for spellings that reach one mailbox. For duplicates and suppression alone."""

import hashlib

from mailcheck.data.recipients_facts import mailboxes
from mailcheck.model.pattern import regex
from mailcheck.recipients.address import Address


def key_of(address: Address) -> str:
    """The key; empty where there is no address.

    Letter case is folded everywhere: RFC 5321 2.4 lets a receiver tell `Anna` from `anna`, and none is known that does.
    What else is the same mailbox is told by the service alone (data/recipients/mailboxes.json).
    """
    if address.normalized is None:
        return ""
    local = address.local.casefold()
    domain = address.host or address.normalized.rpartition("@")[2]
    service = mailboxes().get(domain)
    if service is not None and not local.startswith('"'):
        name = local.partition(service.separator)[0] if service.separator else local
        for sign in service.ignored:
            name = name.replace(sign, "")
        for sign, same in service.equal:
            name = name.replace(sign, same)
        # An address that is nothing but a tag keeps it.
        local = name or local
        if domain in service.same_mailbox:
            domain = service.same_mailbox[0]
    return f"{local}@{domain}"


def digest(text: str) -> str:
    """SHA-256 of a text in lower case, as suppression lists are exchanged."""
    return hashlib.sha256(text.lower().encode("utf-8", "replace")).hexdigest()


def masked(text: str) -> str:
    """An address of which a reader learns the domain and no person: `a…@example.com`."""
    local, at, domain = text.strip().rpartition("@")
    if not at:
        return f"{text.strip()[:1]}… ({len(text)} characters)" if text.strip() else "empty"
    # What stands behind a domain may be a name.
    return f"{local[:1]}…@{_BEHIND.split(domain, maxsplit=1)[0][:80]}"


_BEHIND = regex(r"[\s,;<>()\"']")
