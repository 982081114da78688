"""The Resolver port: one question in, one fact out."""

from typing import Protocol

from mailcheck.dns.rdata import Records
from mailcheck.model.fact import Absent, Evidence, Fact, Known, Unknown

UNFINISHED = "alias-unfinished"
"""The answer stops at an alias, the last of its `aliases`, whose target this resolver did not look up."""

ADVICE = {
    "timeout": "try --resolver with another name server, or a longer --timeout",
    "servfail": "the name server could not answer; ask again later or try --resolver with another one",
    "refused": "this name server does not answer for that name; try --resolver with a recursive one",
    "formerr": "the name server does not understand the question; try --resolver with another one",
    "notimp": "the name server does not know this kind of question; try --resolver with another one",
    "malformed": "the answer could not be read; try --resolver with another name server",
    "truncated": "the answer needs TCP and TCP to the name server failed; open TCP port 53 or try --resolver",
    "alias-loop": "the CNAME records lead round in a circle; one of them must end at a name with records",
    UNFINISHED: "the name server does not follow aliases; give --resolver a recursive one",
    "outside-zones": "not in the zone files given; add the zone, or use --overlay to ask the rest live",
    "not-recorded": "the question is not in the recording; record again with --record",
    "offline": "give the records with --zone or --replay, or leave --offline out",
    "no-resolver": "no name server is configured on this system; give one with --resolver",
    "connection-refused": "nothing answers there; check the address and port of --resolver",
    "connection-closed": "the name server hung up; try --resolver with another one",
    "network-unreachable": "there is no way to the name server from here; check the network and --resolver",
    "tls-failed": "check the name after # in --resolver tls://ADDR#NAME and the server's certificate",
    "https-failed": "check the URL of --resolver and the server's certificate",
    "deadline": "the run's deadline passed; give a longer --timeout",
    "interrupted": "the run was interrupted",
    "closed": "the run is over; start another one",
    "referral": "the server only refers to others; give --resolver a recursive name server",
    "too-many-terms": "the SPF records together hold more terms than are followed; make them smaller",
    "too-many-questions": "the limit of questions for one run was reached",
    "invalid-name": "the name does not fit the DNS (63 octets a label, 253 in all)",
    "resolver-fault": "this is a fault of the resolver, not of the domain; please report it",
}
OTHER_ADVICE = "try --resolver with another name server"
"""What to try where a server answers with one of the rarer response codes."""


class Resolver(Protocol):
    """Anything that answers DNS questions."""

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """The records of `type` at `name`, aliases followed.

        Never raises for what the world does: NXDOMAIN and NODATA are Absent, every fault is Unknown. So is an
        alias that leads out of what is held here (`alias-unfinished`); `Run` asks on from there.
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


def unknown(
    name: str,
    type: str,
    reason: str,
    *,
    server: str | None = None,
    aliases: tuple[str, ...] = (),
    ad: bool = False,
    rcode: str = "NONE",
    detail: str = "",
) -> Unknown:
    """An Unknown fact, with the advice that belongs to the reason; `detail` is told before it."""
    advice = ADVICE.get(reason, OTHER_ADVICE)
    if detail:
        advice = f"{detail}; {advice}"
    return Unknown(reason, Evidence(name, type, rcode, None, server, aliases, ad, advice))
