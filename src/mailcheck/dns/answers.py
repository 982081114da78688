"""From a response message to a fact (RFC 1035 4.1, RFC 2308 2)."""

from dataclasses import dataclass

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from mailcheck.dns.names import from_wire_name
from mailcheck.dns.port import absent, known, unknown
from mailcheck.dns.rdata import Records, Target, from_dnspython
from mailcheck.model.fact import Fact

CHAIN = 12
"""Aliases followed in one answer; longer chains are loops in all but name."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An answer that stops at an alias whose target this server did not look up."""

    target: str
    aliases: tuple[str, ...]


def read(message: dns.message.Message, name: str, type: str, server: str) -> Fact[Records] | Unfinished:
    """What the message says about the question.

    The answer's own CNAME chain is read; a chain that ends without data, and without the SOA that
    would make it a negative answer, is Unfinished.
    """
    rcode = message.rcode()
    if rcode not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return unknown(name, type, dns.rcode.to_text(rcode).lower(), server=server)
    sets = {(from_wire_name(each.name), dns.rdatatype.to_text(each.rdtype)): each for each in message.answer}
    authenticated = bool(message.flags & dns.flags.AD)
    aliases: list[str] = []
    current = name
    while (found := sets.get((current, type))) is None and len(aliases) < CHAIN:
        alias = sets.get((current, "CNAME"))
        target = from_dnspython(alias[0]) if alias else None
        if not isinstance(target, Target):
            break
        current = target.name
        if current in aliases:
            return unknown(name, type, "alias-loop", server=server, aliases=tuple(aliases))
        aliases.append(current)
    chain = tuple(aliases)
    if found is not None:
        records = tuple(from_dnspython(item) for item in found)
        return known(name, type, records, server=server, aliases=chain, authenticated=authenticated, ttl=int(found.ttl))
    if len(aliases) >= CHAIN:
        return unknown(name, type, "alias-loop", server=server, aliases=chain)
    if rcode == dns.rcode.NXDOMAIN:
        return absent(name, type, "nxdomain", server=server, aliases=chain, ad=authenticated)
    authority = {each.rdtype for each in message.authority}
    if dns.rdatatype.SOA in authority:
        return absent(name, type, "nodata", server=server, aliases=chain, ad=authenticated)
    if chain:
        return Unfinished(current, chain)
    if dns.rdatatype.NS in authority:
        # NS without SOA in the authority section is a referral, not NODATA (RFC 2308 2.2).
        return unknown(name, type, "referral", server=server)
    return absent(name, type, "nodata", server=server, ad=authenticated)
