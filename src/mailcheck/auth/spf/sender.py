"""Who sends, as SPF sees it: the client's address and the identity that is checked (RFC 7208 2, 4.1, 4.3)."""

import re
from ipaddress import IPv4Address, IPv6Address
from socket import AF_INET, AF_INET6, inet_pton
from typing import NamedTuple

from mailcheck.dns.names import a_labels

MAX_LOCAL = 1000
"""Octets of a local part or HELO name that macros see; a path has 256 at the most (RFC 5321 4.5.3.1.3)."""

_LABELS = re.compile(r"[^.]{1,63}(?:\.[^.]{1,63})*")


class Sender(NamedTuple):
    """The identity that is checked: `local` and `domain` of MAIL FROM, or postmaster at the HELO name.

    Texts hold one character an octet. `ascii_local` is False where the local part cannot stand in the DNS (RFC 8616 4).
    """

    local: str
    domain: str
    helo: str
    identity: str
    ascii_local: bool


def client_address(text: str | IPv4Address | IPv6Address) -> IPv4Address | IPv6Address | None:
    """The address of an SMTP client, None where the text is none.

    An IPv4-mapped one is an IPv4 address (RFC 7208 5); a zone (`%eth0`) names a link of the receiver and is dropped.
    """
    written = str(text)
    if len(written) > 100:
        return None
    try:
        if ":" not in written:
            return IPv4Address(inet_pton(AF_INET, written))
        address = IPv6Address(inet_pton(AF_INET6, written.partition("%")[0]))
    except (OSError, ValueError):
        return None
    return address.ipv4_mapped or address


def sender_of(mail_from: str, helo: str) -> Sender:
    """The identity to check: MAIL FROM, or HELO where that is null (2.4). `<` and `>` around it are taken off."""
    path = mail_from.strip()
    if path.startswith("<") and path.endswith(">"):
        path = path[1:-1]
    hello = a_labels(helo[-MAX_LOCAL:])
    if not path:
        return Sender("postmaster", hello, hello, "helo", True)
    local, _, domain = path.rpartition("@")
    local = local or "postmaster"  # 4.3
    kept = _octets(local)[-MAX_LOCAL:]
    return Sender(kept, a_labels(domain), hello, "mailfrom", kept.isascii())


def malformed(domain: str) -> str | None:
    """Why a domain cannot have a record (RFC 7208 4.3); None for one that can."""
    if not domain:
        return "there is no domain to check"
    if "." not in domain or domain.startswith("["):
        return "the domain is not a name of several labels"
    if domain[-1].isdigit() and re.fullmatch(r"[0-9.]+", domain):
        return "the domain is an address"
    if not askable(domain):
        return "the domain does not fit into the DNS (1 to 63 octets a label, 253 in all)"
    return None


def askable(name: str) -> bool:
    """Whether a name after macro expansion can be asked about: no empty or over-long label, one octet a character."""
    return 0 < len(name) <= 253 and "\\." not in name and _LABELS.fullmatch(name) is not None


def _octets(text: str) -> str:
    """The text as UTF-8, one character an octet."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1") if not text.isascii() else text
