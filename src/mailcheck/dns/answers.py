"""From a response message to a fact (RFC 1035 4.1, RFC 2308 2)."""

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from mailcheck.dns.names import from_wire_name
from mailcheck.dns.port import UNFINISHED, absent, known, unknown
from mailcheck.dns.rdata import Records, Target, from_dnspython
from mailcheck.model.fact import Fact

CHAIN = 12
"""Aliases followed in one answer; longer chains are loops in all but name."""


def read(message: dns.message.Message, name: str, type: str, server: str) -> Fact[Records]:
    """What the message says about the question.

    The answer's own CNAME chain is read; one that ends without data, and without the SOA that would make it
    a negative answer, is Unknown (`alias-unfinished`).
    """
    rcode = message.rcode()
    ad = bool(message.flags & dns.flags.AD)
    if rcode not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        word = dns.rcode.to_text(rcode)
        return unknown(name, type, word.lower(), server=server, rcode=word)
    sets = {
        (from_wire_name(each.name), dns.rdatatype.to_text(each.rdtype)): each
        for each in message.answer
        if each.rdclass == dns.rdataclass.IN and len(each)
    }
    last, chain = _follow(sets, name, type)
    found = sets.get((last, type))
    if found is not None:
        if rcode == dns.rcode.NXDOMAIN:
            # Data at a name that is said not to exist: one of the two is wrong.
            return unknown(name, type, "malformed", server=server, aliases=chain)
        records = tuple(from_dnspython(item) for item in found)
        return known(name, type, records, server=server, aliases=chain, authenticated=ad, ttl=int(found.ttl))
    if last in chain[:-1] or (chain and last == name) or len(chain) >= CHAIN:
        return unknown(name, type, "alias-loop", server=server, aliases=chain)
    if rcode == dns.rcode.NXDOMAIN:
        return absent(name, type, "nxdomain", server=server, aliases=chain, ad=ad)
    authority = {each.rdtype for each in message.authority}
    if dns.rdatatype.SOA in authority:
        return absent(name, type, "nodata", server=server, aliases=chain, ad=ad)
    if chain:
        return unknown(name, type, UNFINISHED, server=server, aliases=chain, ad=ad)
    if dns.rdatatype.NS in authority or not message.flags & (dns.flags.AA | dns.flags.RA):
        # NS without SOA is a referral, not NODATA (RFC 2308 2.2). A server that neither holds the zone nor asks
        # others has told nothing by an empty answer.
        return unknown(name, type, "referral", server=server)
    return absent(name, type, "nodata", server=server, ad=ad)


def _follow(sets: dict[tuple[str, str], dns.rrset.RRset], name: str, type: str) -> tuple[str, tuple[str, ...]]:
    """The name at which the answer's aliases end, and the aliases in order; a circle ends where it closes."""
    chain: list[str] = []
    last = name
    while (last, type) not in sets and (alias := sets.get((last, "CNAME"))) is not None and len(chain) < CHAIN:
        target = from_dnspython(alias[0])
        if not isinstance(target, Target):
            break
        closed = target.name == name or target.name in chain
        last = target.name
        chain.append(last)
        if closed:
            break
    return last, tuple(chain)
