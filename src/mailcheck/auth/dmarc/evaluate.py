"""DMARC of one message (RFC 9989): which policy applies, what aligns with the author domain, what is to become of it.

SPF and DKIM come in as their result words; the DNS is asked for policies and organizational domains alone.
A fault of the DNS that could change the answer is a temperror, never "no record" and never a pass.
"""

import asyncio
from collections.abc import Sequence

from mailcheck.auth.dmarc.walk import Ask, Discovery, Walk, discover, organizational_domain, walk
from mailcheck.dns.names import a_labels, under, valid
from mailcheck.model.fact import Absent, Unknown
from mailcheck.model.value import dataclass

MAX_IDENTIFIERS = 100
"""Results of DKIM that are looked at; a message's further ones are passed over."""
_DECIDING = frozenset({"pass", "temperror"})


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name that SPF or DKIM vouches for, or failed to, beside the author domain.

    `aligned` is None where that was not determined: the check did not pass, so that it does not matter, or the
    DNS failed. `organizational_domain` is None where it was not needed.
    """

    kind: str
    domain: str
    result: str
    aligned: bool | None = None
    organizational_domain: str | None = None


@dataclass(frozen=True, slots=True)
class DmarcResult:
    """What DMARC makes of a message.

    `result` is pass, fail, none (no policy applies), temperror or permerror (the author domain is no name).
    `policy` is the word of the tag `policy_tag` (p, sp, np) in the record at `policy_domain`; `testing` is
    its t=y, which lowers `disposition`, what the domain asks to be done with this message: none, quarantine or reject.
    `spf_aligned` and `dkim_aligned` tell whether a pass aligns with the author domain. `walk` holds the questions that
    found the policy. `identifiers` are the names that came in; `reason` is our sentence for the result.
    """

    result: str
    policy: str | None
    policy_tag: str | None
    disposition: str
    policy_domain: str | None
    organizational_domain: str
    spf_aligned: bool
    dkim_aligned: bool
    testing: bool
    walk: Walk
    identifiers: tuple[Identifier, ...] = ()
    reason: str = ""


async def evaluate_dmarc(
    author_domain: str,
    spf: tuple[str, str] | None,
    dkim: Sequence[tuple[str, str]],
    ask: Ask,
) -> DmarcResult:
    """Evaluate DMARC for the domain of the From field (exactly one, 5.3.1).

    `spf` is the domain that SPF checked and the result word; `dkim` the d= domain and result word of each
    signature. Never raises.
    """
    author = a_labels(author_domain)
    given = [("spf", *spf)] if spf is not None else []
    given += [("dkim", *each) for each in dkim[:MAX_IDENTIFIERS]]
    identifiers = tuple(Identifier(kind, a_labels(name), result.lower()) for kind, name, result in given)
    if not author or not valid(author):
        nowhere = Discovery(author, author)
        return _result(
            "permerror", nowhere, Walk(author, ()), identifiers, "the author domain is not a name that can be asked for"
        )
    way = await walk(author, ask)
    found = await _discovered(author, way, ask)
    if found.unknown is not None:
        return _result("temperror", found, way, identifiers, found.unknown.sentence)
    if found.record is None:
        return _result("none", found, way, identifiers, f"no DMARC record applies to {author}")
    if found.policy is None:
        reason = f"the record at {found.policy_domain} has no valid policy and no address for reports (RFC 9989 4.10.1)"
        return _result("none", found, way, identifiers, reason)
    identifiers = await _aligned(found, way, identifiers, ask)
    return _judged(found, way, identifiers)


async def _discovered(author: str, way: Walk, ask: Ask) -> Discovery:
    """The policy; whether the author domain exists is asked only where that decides between sp and np."""
    found = discover(author, way.steps)
    record = found.record
    if record is None or found.policy_domain == author or record.sp == record.np:
        return found
    own = way.steps[0].fact
    if not (isinstance(own, Absent) and own.nxdomain):
        return found  # a name below it exists, so it does, too (RFC 8020)
    fact = await ask(author, "A")
    gone = isinstance(fact, Absent) and fact.nxdomain
    return discover(author, way.steps, exists=fact if isinstance(fact, Unknown) else not gone)


async def _aligned(
    found: Discovery, way: Walk, identifiers: tuple[Identifier, ...], ask: Ask
) -> tuple[Identifier, ...]:
    """The identifiers that matter, with their alignment; each name is walked once, all side by side (4.4, 4.10.2)."""
    record = found.record
    strict = {"spf": record.strict("aspf"), "dkim": record.strict("adkim")} if record is not None else {}
    names = {
        each.domain
        for each in identifiers
        if each.result in _DECIDING and not strict[each.kind] and _related(each.domain, found.author_domain)
    }
    order = sorted(names - {found.author_domain})
    walks = dict(zip(order, await asyncio.gather(*(walk(name, ask) for name in order)), strict=True))

    def judged(each: Identifier) -> Identifier:
        if each.result not in _DECIDING:
            return each
        if each.domain == found.author_domain:
            return Identifier(each.kind, each.domain, each.result, True)
        theirs = walks.get(each.domain)
        if strict[each.kind] or theirs is None:
            return Identifier(each.kind, each.domain, each.result, False)
        own, other = found.organizational_domain, organizational_domain(each.domain, theirs.steps)
        aligned: bool | None = own == other
        if "." not in own and own not in {each.domain, found.author_domain}:
            # Two names below a top-level domain that has a record without psd=y are strangers all the same.
            aligned = False
        if way.unknown is not None or theirs.unknown is not None:
            aligned = None
        return Identifier(each.kind, each.domain, each.result, aligned, other)

    return tuple(judged(each) for each in identifiers)


def _related(domain: str, author: str) -> bool:
    """Whether two names can have one organizational domain at all."""
    return bool(domain) and valid(domain) and under(author, domain.rpartition(".")[2])


def _judged(found: Discovery, way: Walk, identifiers: tuple[Identifier, ...]) -> DmarcResult:
    """One aligned pass is a pass (5.3.4); one that may yet be found is a temperror; else it is a fail."""
    for each in identifiers:
        if each.result == "pass" and each.aligned:
            check = "SPF" if each.kind == "spf" else "DKIM"
            return _result("pass", found, way, identifiers, f"{check} passes for {each.domain}, which is aligned")
    for each in identifiers:
        if each.result in _DECIDING and each.aligned is None:
            failed = way.unknown
            what = failed.sentence if failed else f"the organizational domain of {each.domain} could not be looked up"
            return _result("temperror", found, way, identifiers, what)
        if each.result == "temperror" and each.aligned:
            check = "SPF" if each.kind == "spf" else "DKIM"
            return _result("temperror", found, way, identifiers, f"{check} of {each.domain} ended in a temperror")
    reason = f"neither SPF nor DKIM passes for a name that is aligned with {found.author_domain}"
    return _result("fail", found, way, identifiers, reason)


def _result(word: str, found: Discovery, way: Walk, identifiers: tuple[Identifier, ...], reason: str) -> DmarcResult:
    passing = {each.kind for each in identifiers if each.result == "pass" and each.aligned}
    return DmarcResult(
        result=word,
        policy=found.policy,
        policy_tag=found.tag,
        disposition=(found.effective or "none") if word == "fail" else "none",
        policy_domain=found.policy_domain,
        organizational_domain=found.organizational_domain,
        spf_aligned="spf" in passing,
        dkim_aligned="dkim" in passing,
        testing=found.record.testing if found.record is not None and found.policy is not None else False,
        walk=way,
        identifiers=identifiers,
        reason=reason,
    )
