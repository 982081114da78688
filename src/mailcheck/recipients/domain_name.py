"""The domain of an address as a name: its form in the DNS, and what the name alone says. No question is asked."""

import unicodedata
from functools import lru_cache

from mailcheck.data import psl
from mailcheck.model.pattern import regex
from mailcheck.model.severity import Severity
from mailcheck.model.value import dataclass
from mailcheck.recipients.reason import Reason

NAME_LENGTH = 253
"""Characters of a name in the DNS (RFC 1035 2.3.4: 255 octets on the wire)."""
_LABEL = 63
_PLAIN = regex(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_LITERAL = regex(r"\[(?:IPv6:)?([^\]]*)\]", 2)
_DOTS = regex("[\u3002\uff0e\uff61]")
JOINERS = frozenset("\u200c\u200d")
"""Zero width non-joiner and joiner: letters of Persian and Indic names where their neighbours allow (RFC 5892 A)."""

_NEVER = ("test", "invalid", "localhost", "local", "onion", "alt", "internal", "arpa")
"""RFC 6761 6.2 to 6.4, RFC 6762, RFC 7686, RFC 9476, ICANN's `internal`; `arpa` is for infrastructure (RFC 3172)."""
_DOCUMENTATION = ("example", "example.com", "example.net", "example.org")
"""RFC 6761 6.5, RFC 2606 3."""


@dataclass(frozen=True, slots=True)
class DomainName:
    """A domain as it was written, as the DNS holds it (A-labels, lower case; empty where it cannot be one), as people
    read it, and what is wrong with it. `literal` is an address in brackets.
    """

    written: str
    ascii: str
    unicode: str
    reasons: tuple[Reason, ...]
    literal: bool = False


@lru_cache(maxsize=100_000)
def read_domain(written: str) -> DomainName:
    """The name behind the `@`. Never raises: every fault is a reason."""
    if written.startswith("["):
        return _literal(written)
    lower = written.lower() if written.isascii() else written
    if lower.isascii() and len(lower) <= NAME_LENGTH and "xn--" not in lower and _PLAIN.fullmatch(lower):
        return DomainName(written, lower, lower, tuple(_as_name(lower)))
    problem = _form(written)
    if problem is not None:
        return DomainName(written, "", written, (problem,))
    return _encoded(written)


def _literal(written: str) -> DomainName:
    from ipaddress import ip_address

    inside = _LITERAL.fullmatch(written)
    try:
        address = ip_address(inside[1]) if inside else None
    except ValueError:
        address = None
    tagged = written[1:6].lower() == "ipv6:"
    # RFC 5321 4.1.3: an IPv6 address carries the tag, an IPv4 address none.
    if address is None or tagged != (address.version == 6) or "%" in written:
        return DomainName(written, "", written, (Reason("domain-bad-label", "no IP address in the brackets"),))
    return DomainName(written, written.lower(), written, (Reason("domain-literal", str(address)),), literal=True)


def _form(written: str) -> Reason | None:
    """What keeps a text from being a name, before IDNA is asked: it is slow on long texts (CVE-2024-3651)."""
    if not written:
        return Reason("addr-empty", "nothing stands behind the @")
    labels = _DOTS.sub(".", written).split(".")
    longest = max(labels, key=len)
    if len(longest) > _LABEL:
        return Reason("label-too-long", f"{len(longest)} characters between two dots, {_LABEL} fit")
    if len(written) > NAME_LENGTH:
        return Reason("addr-too-long", f"{len(written)} characters behind the @, {NAME_LENGTH} fit")
    if "" in labels:
        where = (
            "begins with a dot" if not labels[0] else "ends with a dot" if not labels[-1] else "has two dots in a row"
        )
        return Reason("domain-bad-label", f"the domain {where}")
    for label in labels:
        odd = next((c for c in label if c.isascii() and not (c.isalnum() or c == "-")), None)
        if odd is not None:
            return Reason("domain-bad-label", f"{odd!r} cannot stand in a domain name")
        if label.startswith("-") or label.endswith("-"):
            return Reason("domain-bad-label", "a label begins or ends with a hyphen")
    return None


def _encoded(written: str) -> DomainName:
    import idna

    try:
        mapped = idna.uts46_remap(written, std3_rules=True, transitional=False)
        labels = [idna.alabel(label).decode("ascii") for label in mapped.split(".")]
        shown = ".".join(idna.ulabel(label) for label in labels)
    except (idna.IDNAError, UnicodeError) as error:
        return DomainName(written, "", written, (Reason("domain-idna-invalid", str(error)[:120]),))
    name = ".".join(labels)
    again = _form(name)
    if again is not None or not _PLAIN.fullmatch(name):
        problem = again or Reason("domain-bad-label", "it is no name after mapping")
        return DomainName(written, "", shown, (problem,))
    reasons = []
    if not written.isascii() and mapped != unicodedata.normalize("NFC", written):
        reasons.append(Reason("domain-mapped", shown))
    scripts = _mixed(shown)
    if scripts:
        reasons.append(Reason("mixed-script", scripts))
    return DomainName(written, name, shown, (*reasons, *_as_name(name)))


def _as_name(name: str) -> list[Reason]:
    """What the registries' list and the reserved names say of a well-formed name."""
    top = name.rpartition(".")[2]
    under = [each for each in (*_NEVER, *_DOCUMENTATION) if name == each or name.endswith("." + each)]
    if under:
        if under[0] in _NEVER:
            return [Reason("domain-reserved", f".{under[0]} is no part of the public DNS")]
        return [Reason("domain-reserved", f"{under[0]} is reserved for documentation", Severity.WARNING)]
    if "." not in name:
        return [Reason("domain-no-dot", name)]
    if not psl.is_top_level(top):
        return [Reason("domain-unknown-tld", f".{top}")]
    if psl.is_registry_suffix(name):
        return [Reason("domain-is-suffix", name)]
    # RFC 5890 2.3.1: hyphens in the third and fourth place mark encoded labels, of which only xn-- is in use.
    if any(label[2:4] == "--" and not label.startswith("xn--") for label in name.split(".")):
        return [Reason("domain-bad-label", "two hyphens in the third and fourth place")]
    return []


def _mixed(shown: str) -> str:
    """Labels that mix letters of Latin, Greek and Cyrillic, which look alike; empty where there is none."""
    for label in shown.split("."):
        found = scripts_of(label)
        if len(found) > 1:
            return " and ".join(found)
    return ""


def scripts_of(text: str) -> list[str]:
    """Which of Latin, Greek and Cyrillic a text has letters of."""
    names = {unicodedata.name(c, "").partition(" ")[0] for c in text if c.isalpha()}
    return [script.title() for script in ("LATIN", "GREEK", "CYRILLIC") if script in names]
