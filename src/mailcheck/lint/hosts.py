"""What the name of a host says by itself: an address, one that no reader can reach, or one that only stands in."""

import re

from mailcheck.data.link_hosts import below, hosts
from mailcheck.model.pattern import regex

_NUMBER = regex(r"(?:0x[0-9a-f]*|\d+)\Z")
_STAGING = regex(r"(?:\A|[.-])(staging\d*|stg\d*|preprod|pre-prod|uat)(?=[.-])")
_LOCAL_SUFFIXES = {
    "localhost": "RFC 6761 6.3",
    "local": "RFC 6762 3",
    "internal": "no name of the public DNS",
    "lan": "no name of the public DNS",
    "localdomain": "no name of the public DNS",
    "test": "RFC 2606 2",
    "invalid": "RFC 2606 2",
    "example": "RFC 2606 2",
}


def ipv4(host: str) -> int | None:
    """The address that browsers read from a host of numbers (WHATWG URL, IPv4 parser), None where it is a name."""
    parts = host.split(".")
    if len(parts) > 4 or not all(_NUMBER.match(part) for part in parts) or len(host) > 60:
        return None
    try:
        numbers = [
            int(part[2:] or "0", 16) if part.startswith("0x") else int(part, 8 if part[0] == "0" else 10)
            for part in parts
        ]
    except ValueError:
        return None
    last = numbers.pop()
    if any(number > 255 for number in numbers) or last >= 256 ** (4 - len(numbers)):
        return None
    return last + sum(number << 8 * (3 - at) for at, number in enumerate(numbers))


_SPECIAL = (
    # first address, prefix length, what it is (RFC 6890; RFC 5737 for documentation)
    (0x00000000, 8, "no host's address"),
    (0x0A000000, 8, "a private address (RFC 1918)"),
    (0x64400000, 10, "an address inside a provider's network (RFC 6598)"),
    (0x7F000000, 8, "the reader's own computer"),
    (0xA9FE0000, 16, "a link-local address (RFC 3927)"),
    (0xAC100000, 12, "a private address (RFC 1918)"),
    (0xC0000200, 24, "an address for documentation (RFC 5737)"),
    (0xC0A80000, 16, "a private address (RFC 1918)"),
    (0xC6336400, 24, "an address for documentation (RFC 5737)"),
    (0xCB007100, 24, "an address for documentation (RFC 5737)"),
)


def is_address(host: str) -> bool:
    """Whether the host is an IP address."""
    return ":" in host or ipv4(host) is not None


def unreachable(host: str) -> str | None:
    """Why no reader can open the host: what it is, in words that fit behind "is"; None where readers may reach it."""
    if ":" in host:
        return _unreachable_v6(host)
    address = ipv4(host)
    if address is not None:
        return next((text for first, length, text in _SPECIAL if address >> 32 - length == first >> 32 - length), None)
    suffix = host.rpartition(".")[2]
    if suffix in _LOCAL_SUFFIXES:
        why = _LOCAL_SUFFIXES[suffix]
        return f"a name that exists only inside your network ({why})" if suffix != "example" else _STAND_IN
    if host == "host.docker.internal" or below(host, "placeholder", "tunnels"):
        return "a developer's tunnel or test service"
    return stands_in(host) or staging(host)


_STAND_IN = "a placeholder, not a site of yours (RFC 2606)"


def stands_in(host: str) -> str | None:
    """Why the host is no real one but a word in its place."""
    labels = host.split(".")
    if len(labels) == 1:
        return "a placeholder, not a host" if host in hosts("placeholder", "single") else None
    names = labels[:-1]
    # example.com, .net, .org are reserved; under any other suffix the label is as surely not the sender's own.
    if "example" in names[-2:]:
        return _STAND_IN
    if any(label in hosts("placeholder", "labels") for label in names[-2:]):
        return "a placeholder, not a site of yours"
    return None


def staging(host: str) -> str | None:
    """Whether a label below the registrable domain says that this is no production system."""
    found = _STAGING.search(host)
    if found is None:
        return None
    from mailcheck.data.psl import registrable

    domain = registrable(host)
    if domain is None or not host.endswith("." + domain) or found.start() >= len(host) - len(domain) - 1:
        return None
    return "a staging system"


def _unreachable_v6(host: str) -> str | None:
    if host in {"::1", "0:0:0:0:0:0:0:1"}:
        return "the reader's own computer"
    if re.match(r"f[cd]", host):
        return "a private address (RFC 4193)"
    if re.match(r"fe[89ab]", host):
        return "a link-local address (RFC 4291 2.5.6)"
    return "an address for documentation (RFC 3849)" if host.startswith("2001:db8:") else None
