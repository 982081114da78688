"""Who sent the message by SMTP: from flags, from a trusted Received field, or assumed from a known provider's."""

from ipaddress import ip_address

from mailcheck.mail.addresses import read_addresses
from mailcheck.mail.message import Message
from mailcheck.model.value import dataclass
from mailcheck.verify_message.received import Received, is_inner, read_received

MAX_HOPS = 100
"""Received fields that are read."""
PROVIDERS = {
    "Gmail": ("google.com",),
    "Microsoft": ("outlook.com", "office365.com", "hotmail.com", "exchangelabs.com"),
    "Yahoo": ("yahoo.com", "yahoodns.net", "aol.com"),
    "Apple": ("icloud.com", "me.com", "apple.com"),
    "GMX and WEB.DE": ("gmx.net", "web.de", "gmx.com"),
    "Fastmail": ("messagingengine.com",),
    "Proton": ("protonmail.ch", "proton.ch"),
    "Zoho": ("zoho.com", "zohomail.com", "zoho.eu"),
    "Yandex": ("yandex.net", "yandex.ru"),
    "Mail.ru": ("mail.ru",),
}
"""Receivers whose own Received fields are recognised, by the host behind `by`."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The client's address, what it said in HELO and MAIL FROM, and how that is known.

    `source` is flags, received (trusted by --trust-received), assumed (a known provider's Received field) or none.
    `received_at` is when the receiver got the message, in seconds since 1970, as far as its field tells.
    """

    ip: str | None
    helo: str
    mail_from: str | None
    source: str
    told_by: str | None = None
    received_at: int | None = None

    @property
    def assumed(self) -> bool:
        """Whether nobody said that the address can be trusted."""
        return self.source == "assumed"


def hops_of(message: Message) -> tuple[Received, ...]:
    """The Received fields, from the top."""
    return tuple(read_received(field) for field in message.all("Received")[:MAX_HOPS])


def envelope_of(
    message: Message,
    hops: tuple[Received, ...],
    *,
    ip: str | None = None,
    helo: str | None = None,
    mail_from: str | None = None,
    trust_received: int = 0,
) -> Envelope:
    """The envelope; what is given wins over what the message tells."""
    path = mail_from if mail_from is not None else _return_path(message)
    if path is not None and path.replace(" ", "") == "<>":
        path = ""
    hop, provider, source = None, None, "none"
    if trust_received:
        hop = hops[trust_received - 1] if trust_received <= len(hops) else None
        source = "received" if hop else "none"
    elif ip is None:
        hop, provider = _outermost(hops)
        source = "assumed" if hop else "none"
    # The topmost field is the receiver's own, whoever that is.
    received_at = next((each.time for each in hops[:1]), None)
    address = str(ip_address(ip)) if ip is not None else hop.ip if hop else None
    name = helo if helo is not None else hop.helo if hop and hop.helo else ""
    if address is None:
        return Envelope(None, name, path, "none", None, received_at)
    return Envelope(address, name, path, "flags" if ip is not None else source, provider, received_at)


def _outermost(hops: tuple[Received, ...]) -> tuple[Received | None, str | None]:
    """The topmost hop at which a known provider took the message from a stranger."""
    seen: str | None = None
    for hop in hops:
        provider = next((name for name, hosts in PROVIDERS.items() if _below(hop.by, hosts)), None)
        if provider is None and seen is not None and is_inner(hop.by):
            provider = seen  # Yahoo's border hosts call themselves by an address of the inner network
        seen = provider or seen
        if provider is None:
            if hop.helo is None and hop.ip is None:
                continue  # written inside the receiver, by a host without a name of its own
            return None, None
        if hop.public and not _below(hop.helo, PROVIDERS[provider]):
            return hop, provider
    return None, None


def _below(host: str | None, suffixes: tuple[str, ...]) -> bool:
    name = (host or "").lower().rstrip(".")
    return any(name == suffix or name.endswith("." + suffix) for suffix in suffixes)


def _return_path(message: Message) -> str | None:
    """The MAIL FROM that final delivery wrote down (RFC 5321 4.4); "" is the null sender, None: not told."""
    field = message.first("Return-Path")
    if field is None:
        return None
    text = field.text
    if text.replace(" ", "") == "<>":
        return text
    found = read_addresses(text).addresses
    return found[0].written.strip("<>") if len(found) == 1 else None
