"""The Resolver port: one question in, one fact out."""

from typing import Protocol

from mailcheck.dns.rdata import Records
from mailcheck.model.fact import Absent, Evidence, Fact, Known, Unknown

ADVICE = {
    "timeout": "try --resolver with another name server, or a longer --timeout",
    "servfail": "the name server could not answer; ask again later or try --resolver with another one",
    "refused": "this name server does not answer for that name; try --resolver with a recursive one",
    "malformed": "the answer could not be read; try --resolver with another name server",
    "truncated": "the answer needs TCP and TCP to the name server failed; open TCP port 53 or try --resolver",
    "outside-zones": "not in the zone files given; add the zone, or use --overlay to ask the rest live",
    "not-recorded": "the question is not in the recording; record again with --record",
    "offline": "give the records with --zone or --replay, or leave --offline out",
    "no-resolver": "no name server is configured on this system; give one with --resolver",
    "connection-refused": "nothing answers there; check the address and port of --resolver",
    "deadline": "the run's deadline passed; give a longer --timeout",
    "interrupted": "the run was interrupted",
    "referral": "the server only refers to others; give --resolver a recursive name server",
    "too-many-questions": "the limit of questions for one run was reached",
    "invalid-name": "the name does not fit the DNS (63 octets a label, 253 in all)",
}


class Resolver(Protocol):
    """Anything that answers DNS questions."""

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """The records of `type` at `name`, aliases followed.

        Never raises for what the world does: NXDOMAIN and NODATA are Absent, every fault is Unknown.
        """
        ...

    async def close(self) -> None:
        """Let go of sockets and files."""
        ...


def known(
    name: str,
    type: str,
    records: Records,
    *,
    server: str | None = None,
    aliases: tuple[str, ...] = (),
    authenticated: bool = False,
    ttl: int | None = None,
) -> Known[Records]:
    """A Known fact; the records in a stable order, since servers shuffle them."""
    ordered = tuple(sorted(records, key=lambda record: record.presentation))
    answer = "\n".join(record.presentation for record in ordered)
    return Known(ordered, Evidence(name, type, "NOERROR", answer, server, aliases, authenticated, ttl=ttl))


def absent(
    name: str,
    type: str,
    reason: str,
    *,
    server: str | None = None,
    aliases: tuple[str, ...] = (),
    ad: bool = False,
) -> Absent:
    """An Absent fact: `nxdomain` or `nodata`."""
    if reason == "nxdomain":
        return Absent("nxdomain", Evidence(name, type, "NXDOMAIN", None, server, aliases, ad))
    return Absent("nodata", Evidence(name, type, "NOERROR", None, server, aliases, ad))


def unknown(name: str, type: str, reason: str, *, server: str | None = None, aliases: tuple[str, ...] = ()) -> Unknown:
    """An Unknown fact, with the advice that belongs to the reason."""
    rcode = reason.upper() if reason in {"servfail", "refused", "formerr", "notimp"} else "NONE"
    return Unknown(reason, Evidence(name, type, rcode, None, server, aliases, advice=ADVICE.get(reason)))
