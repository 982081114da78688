"""Received fields (RFC 5321 4.4): who handed the message to whom, as far as the text tells."""

import re
from ipaddress import ip_address, ip_network

from mailcheck.mail.headers import Field
from mailcheck.model.value import dataclass

MAX_TEXT = 2000
"""Characters of a field that are looked at."""

_BY = re.compile(r"(?:^|\s)by\s+\[?([A-Za-z0-9._:-]{1,255})")
_FROM = re.compile(r"from\s+(\[?[^\s()\[\];]{1,255}\]?)?", re.IGNORECASE)
_HELO = re.compile(r"(?:helo[= ]|EHLO |HELO )\[?([A-Za-z0-9._:-]{1,255})", re.IGNORECASE)
_INNER = tuple(
    ip_network(each)
    for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
                 "0.0.0.0/8", "::1/128", "fc00::/7", "fe80::/10")
)  # fmt: skip
_FOUR, _SIX = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}", r"[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{2,40}"
_ADDRESS = re.compile(rf"\[(?:IPv6:)?([0-9A-Fa-f:.]{{3,45}})\]|[( ]({_FOUR}|{_SIX})[) ]")
_MONTHS = re.compile(r"\d{1,2}\s+[A-Za-z]{3}\s+\d{4}")


@dataclass(frozen=True, slots=True)
class Received:
    """One hop: the name the client gave, its address, the host that wrote the field, and when (seconds since 1970).

    Each is None where the field does not tell it.
    """

    field: Field
    helo: str | None
    ip: str | None
    by: str | None
    time: int | None

    @property
    def public(self) -> bool:
        """Whether the client's address is none of an inner network (RFC 1918, RFC 4193, RFC 6598)."""
        return self.ip is not None and not is_inner(self.ip)


def is_inner(host: str | None) -> bool:
    """Whether a host is written as an address of an inner network."""
    found = _valid(host or "")
    return found is not None and any(ip_address(found) in network for network in _INNER)


def read_received(field: Field) -> Received:
    """Read one field. Never raises."""
    text = field.text[:MAX_TEXT]
    clause, _, date = text.rpartition(";")
    by = _BY.search(clause)
    before = clause[: by.start()] if by else clause
    helo = _FROM.match(before)
    said = _HELO.search(before)
    ip = None
    for match in _ADDRESS.finditer(before + " "):
        ip = _valid(match[1] or match[2])
        if ip is not None:
            break
    name = said[1] if said else helo[1] if helo and helo[1] else None
    if ip is None and helo and helo[1]:
        ip = _valid(helo[1].strip("[]"))
    return Received(field, name, ip, by[1].lower().rstrip(".") if by else None, read_date(date))


def read_date(text: str) -> int | None:
    """Seconds since 1970 of a date-time (RFC 5322 3.3); None where it is none."""
    from email.utils import mktime_tz, parsedate_tz

    if len(text) > 100 or not _MONTHS.search(text):
        return None
    try:
        parsed = parsedate_tz(text)
        return int(mktime_tz(parsed)) if parsed else None
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _valid(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None
