"""Domain names as text: lower case, no final dot, one character an octet (latin-1)."""

import dns.exception
import dns.name

from mailcheck.model.errors import UsageError

_LOWER = {ord(letter): ord(letter) + 32 for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def normal(name: str) -> str:
    """The name as it is compared: lower case (ASCII only, RFC 4343), without the final dot."""
    lower = name.lower() if name.isascii() else name.translate(_LOWER)
    # A dot after a backslash is part of a label (`from_wire_name`).
    return lower if lower.endswith("\\.") else lower.removesuffix(".")


def to_wire_name(name: str) -> dns.name.Name | None:
    """The name as dnspython holds it; None where RFC 1035 2.3.4 has no room for it (63 and 255 octets).

    None as well for a label with a dot in it, which this form cannot tell from two labels: no host has one.
    """
    if len(name) > 255 or "\\." in name:
        return None
    if not name:
        return dns.name.root
    try:
        return dns.name.Name([*(label.encode("latin-1") for label in name.split(".")), b""])
    except (dns.exception.DNSException, UnicodeEncodeError):
        return None


def from_wire_name(name: dns.name.Name) -> str:
    """The text of a dnspython name; a dot inside a label is written `\\.`, and such a name is asked for no more."""
    labels = [label.decode("latin-1").replace(".", "\\.") for label in name.labels if label]
    return normal(".".join(labels))


def valid(name: str) -> bool:
    """Whether the name can be asked for at all."""
    return to_wire_name(name) is not None


def under(name: str, ancestor: str) -> bool:
    """Whether `name` is `ancestor` or stands below it."""
    return name == ancestor or not ancestor or name.endswith("." + ancestor)


def parents(name: str) -> list[str]:
    """The names above, nearest first, without the root."""
    labels = name.split(".")
    return [".".join(labels[start:]) for start in range(1, len(labels))]


def reverse_name(address: str) -> str:
    """The name that holds the PTR of an IPv4 or IPv6 address (RFC 1035 3.5, RFC 3596 2.5)."""
    import ipaddress

    return ipaddress.ip_address(address).reverse_pointer


def a_labels(text: str) -> str:
    """A name that a stranger wrote, in lower case without its final dot, U-labels as A-labels where they can be.

    Never raises: what is no name is given back as its octets (UTF-8), for the DNS to refuse.
    """
    if text.isascii():
        return normal(text)
    # Lengths first: IDNA on a long label is quadratic (CVE-2024-3651).
    if len(text) <= 253 and all(len(label) <= 63 for label in text.split(".")):
        import idna

        try:
            return normal(idna.encode(text, uts46=True).decode("ascii"))
        except (idna.IDNAError, UnicodeError):
            pass
    return normal(text.encode("utf-8", "surrogatepass").decode("latin-1"))


def domain_argument(text: str) -> str:
    """A domain as a person types it, as the DNS holds it (A-labels, RFC 5890).

    Raises UsageError with the remedy for what is no domain.
    """
    shown = text if len(text) <= 80 else text[:77] + "…"
    if "://" in text:
        raise UsageError(f"{shown!r} is a URL; audit its host{_instead(text.partition('://')[2].partition('/')[0])}")
    if "@" in text:
        raise UsageError(f"{shown!r} is an e-mail address; audit its domain{_instead(text.rpartition('@')[2])}")
    bare = text.removesuffix(".")
    if not bare or len(bare) > 1000:
        raise UsageError(f"{shown!r} is not a domain name: a name has at most 253 characters and is not empty")
    name = normal(text) if text.isascii() else _to_ascii(bare, shown)
    problem = _problem(name)
    if problem:
        raise UsageError(f"{shown!r} is not a domain name: {problem}")
    return name


def _instead(word: str) -> str:
    """The command to use instead, where the word can stand in one."""
    return f": mailcheck {word}" if word and len(word) <= 253 and not _problem(word) else ""


def _to_ascii(text: str, shown: str) -> str:
    # Lengths first: IDNA on a long label is quadratic (CVE-2024-3651).
    if len(text) > 253 or any(len(label) > 63 for label in text.split(".")):
        raise UsageError(f"{shown!r} is not a domain name: a label has at most 63 characters, a name 253")
    import idna

    try:
        return normal(idna.encode(text, uts46=True).decode("ascii"))
    except (idna.IDNAError, UnicodeError) as error:
        raise UsageError(f"{shown!r} is not an internationalized domain name: {error}") from None


def _problem(name: str) -> str | None:
    if ":" in name or name.replace(".", "").isdigit():
        import ipaddress

        try:
            ipaddress.ip_address(name)
        except ValueError:
            pass
        else:
            return "it is an IP address; name the domain in your From address"
    if len(name) > 253:
        return f"it has {len(name)} characters, 253 fit"
    labels = name.split(".")
    for label in labels:
        if not label:
            return "it has an empty label (two dots in a row, or one in front)"
        if len(label) > 63:
            return f"the label {label[:20]}… has {len(label)} characters, 63 fit"
        odd = next((c for c in label if not (c.isascii() and (c.isalnum() or c in "-_"))), None)
        if odd is not None:
            return f"{odd!r} cannot stand in it"
        if label.startswith("-") or label.endswith("-"):
            return f"the label {label!r} begins or ends with a hyphen"
    return None
