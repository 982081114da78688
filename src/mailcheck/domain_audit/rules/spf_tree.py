"""Rules about the whole SPF tree: limits, includes, and who may send in the end (RFC 7208 4.6.4, 5.2)."""

from collections.abc import Iterator

from mailcheck.auth.spf.space import size
from mailcheck.auth.spf.tree import Node, Visit, lets_all
from mailcheck.auth.spf.walker import LOOKUPS, MX_NAMES, VOIDS
from mailcheck.domain_audit.drawings import addresses
from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.domain_audit.rules.spf import has_record
from mailcheck.domain_audit.spf_edit import cheaper, order_matters, repeats, replace_record, without
from mailcheck.domain_audit.unsettled import tree
from mailcheck.model.finding import Finding, Related
from mailcheck.model.fix import Fix, Step, steps
from mailcheck.model.location import DnsLocation, Span
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity


def _costs(facts: DomainFacts) -> str:
    """The terms that cost, the dearest first."""
    visits = sorted((visit for visit in facts.spf.visits if visit.lookups), key=lambda visit: -visit.lookups)
    return ", ".join(f"{visit.term.text} {visit.lookups}" for visit in visits[:12])


def _branches(facts: DomainFacts) -> Iterator[tuple[tuple[Visit, ...], Node]]:
    """The nodes below the domain's own record."""
    return ((path, node) for path, node in facts.spf.walk() if path)


def _chain(path: tuple[Visit, ...]) -> str:
    return " → ".join(visit.term.text for visit in path)


def _nested(path: tuple[Visit, ...]) -> tuple[Related, ...]:
    """The place inside an included record, where the fault is not in the domain's own."""
    if len(path) < 2 or path[-2].child is None:
        return ()
    holder = path[-2].child
    text = holder.record.text if holder.record else None
    return (Related(f"{path[-1].term.text} stands there", DnsLocation(holder.domain, "TXT", path[-1].term.span, text)),)


def _drop(facts: DomainFacts, spans: list[Span], title: str, *, safe: bool = True) -> Fix:
    record = facts.spf_record
    text = record.text if record else ""
    return replace_record(title, facts.domain, text, without(text, spans), safe=safe and bool(record and record.valid))


def _mixed(facts: DomainFacts) -> bool:
    record = facts.spf_record
    return record is not None and order_matters(record)


def _saving(facts: DomainFacts) -> tuple[Fix, ...]:
    record = facts.spf_record
    found = cheaper(facts)
    fixes: list[Fix] = []
    if found and record:
        text, left, kept = found
        fixes.append(
            replace_record(
                f"the same senders for {left} look-ups", facts.domain, record.text, text, safe=left <= LOOKUPS and kept
            )
        )
    if not found or found[1] > LOOKUPS:
        dear = sorted(
            (visit for visit in facts.spf.visits if visit.name == "include" and visit.lookups),
            key=lambda visit: -visit.lookups,
        )
        texts = [
            f"Remove {visit.term.text} if it no longer sends for you: saves {visit.lookups}." for visit in dear[:4]
        ]
        texts.append("Or send one service's mail from a subdomain with an SPF record of its own.")
        fixes.append(Fix("Drop what you do not use", tuple(Step(text) for text in texts)))
    return tuple(fixes)


@rule("SPF006", "spf-lookup-limit", Severity.ERROR, since="0.1", needs=("txt",), applies=has_record, fix=Fixable.SAFE)
def spf_lookup_limit(facts: DomainFacts) -> Result:
    """Evaluating the record takes more than 10 DNS look-ups.

    Why: Receivers stop at the eleventh look-up with a permerror. Whether a message is hit depends on where in the record its sender stands, so some of your mail passes and some fails.
    Bad:
    @ TXT "v=spf1 a:h1.example.com a:h2.example.com a:h3.example.com a:h4.example.com a:h5.example.com a:h6.example.com a:h7.example.com a:h8.example.com a:h9.example.com a:h10.example.com mx -all"
    h1 A 192.0.2.1
    h2 A 192.0.2.2
    h3 A 192.0.2.3
    h4 A 192.0.2.4
    h5 A 192.0.2.5
    h6 A 192.0.2.6
    h7 A 192.0.2.7
    h8 A 192.0.2.8
    h9 A 192.0.2.9
    h10 A 192.0.2.10
    Good:
    @ TXT "v=spf1 mx ip4:192.0.2.0/28 -all"
    Fix: Remove includes you no longer use, the dearest first; write your own hosts as addresses; give a service its own subdomain. Flattening a provider's include breaks when the provider changes it.
    References: RFC 7208 4.6.4
    """
    if facts.spf.lookups > LOOKUPS:
        yield Finding(
            f"evaluating this record takes {facts.spf.lookups} DNS look-ups; receivers stop after {LOOKUPS} with permerror ({_costs(facts)})",
            facts.spf_place(_first_over(facts)),
            evidence=(facts.txt.evidence,),
            fixes=_saving(facts),
        )
    else:
        yield from tree(facts)


def _first_over(facts: DomainFacts) -> Span | None:
    """The term of the own record in which the eleventh look-up falls."""
    total = 0
    for visit in facts.spf.visits:
        total += visit.lookups
        if total > LOOKUPS:
            return visit.term.span
    return None


@rule("SPF007", "spf-lookup-near", Severity.WARNING, since="0.1", needs=("txt",), applies=has_record)
def spf_lookup_near(facts: DomainFacts) -> Result:
    """The record takes 8, 9 or 10 of the 10 DNS look-ups.

    Why: It works today. The next service you add, or one look-up more inside a provider's include, which the provider adds without telling you, makes it a permerror.
    Bad:
    @ TXT "v=spf1 a:h1.example.com a:h2.example.com a:h3.example.com a:h4.example.com a:h5.example.com a:h6.example.com a:h7.example.com mx -all"
    h1 A 192.0.2.1
    h2 A 192.0.2.2
    h3 A 192.0.2.3
    h4 A 192.0.2.4
    h5 A 192.0.2.5
    h6 A 192.0.2.6
    h7 A 192.0.2.7
    Good:
    @ TXT "v=spf1 mx ip4:192.0.2.0/29 -all"
    Fix: Remove includes you no longer use, and write your own hosts as addresses.
    References: RFC 7208 4.6.4
    """
    if 8 <= facts.spf.lookups <= LOOKUPS:
        yield Finding(
            f"{facts.spf.lookups} of {LOOKUPS} DNS look-ups are used; {LOOKUPS - facts.spf.lookups} left ({_costs(facts)})",
            facts.spf_place(),
            evidence=(facts.txt.evidence,),
            fixes=_saving(facts),
        )
    elif facts.spf.lookups <= LOOKUPS:
        yield from tree(facts)


@rule("SPF008", "spf-void-limit", Severity.ERROR, since="0.1", needs=("txt",), applies=has_record, fix=Fixable.SAFE)
def spf_void_limit(facts: DomainFacts) -> Result:
    """More than two terms ask for names that have no such record.

    Why: Receivers stop at the third look-up that comes back empty with a permerror, a guard against abuse. The dead names are leftovers of hosts and services that are gone.
    Bad:
    @ TXT "v=spf1 a:old1.example.com a:old2.example.com a:old3.example.com mx -all"
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: Delete the terms whose targets are gone.
    References: RFC 7208 4.6.4, 11.1
    """
    both = _void(facts.spf, "46")
    worst = max(facts.spf.voids4, facts.spf.voids6)
    if worst <= VOIDS:
        yield from tree(facts)
        return
    # A host without AAAA is void for senders over IPv6 only.
    six_only = facts.spf.voids4 <= VOIDS
    if six_only and not size(facts.spf.networks)[1]:
        # No sender over IPv6 is listed: permerror takes nothing away from anybody.
        return
    dead = both if not six_only else _void(facts.spf, "6")
    own = [visit.term.span for visit in facts.spf.visits if visit.void == "46"]
    names = ", ".join(dict.fromkeys(str(visit.target) for visit in dead))
    who = "for senders over IPv6, " if six_only else ""
    fixes = (_drop(facts, own, "without the dead terms", safe=worst - len(own) <= VOIDS),) if own else ()
    yield Finding(
        f"{who}{worst} look-ups come back empty; receivers stop after {VOIDS} with permerror. Nothing at: {names}",
        facts.spf_place(own[0] if own else None),
        severity=Severity.WARNING if six_only else None,
        evidence=(facts.txt.evidence, *(visit.fact.evidence for visit in dead[:5] if visit.fact)),
        fixes=fixes
        or (steps("Name addresses instead", "Write the hosts as ip4: and ip6: terms, or give them AAAA records."),),
    )


def _void(node: Node, families: str) -> list[Visit]:
    return [
        visit
        for _, each in node.walk()
        for visit in each.visits
        if visit.reached and all(family in visit.void for family in families)
    ]


@rule("SPF009", "spf-mx-limit", Severity.ERROR, since="0.1", needs=("txt",), applies=has_record)
def spf_mx_limit(facts: DomainFacts) -> Result:
    """An mx term names a domain with more than 10 mail exchangers.

    Why: Receivers look up the addresses of at most 10 hosts of an mx term; an eleventh is a permerror.
    Bad:
    @ TXT "v=spf1 mx:many.example.com -all"
    many MX 10 m1.example.com.
    many MX 10 m2.example.com.
    many MX 10 m3.example.com.
    many MX 10 m4.example.com.
    many MX 10 m5.example.com.
    many MX 10 m6.example.com.
    many MX 10 m7.example.com.
    many MX 10 m8.example.com.
    many MX 10 m9.example.com.
    many MX 10 m10.example.com.
    many MX 10 m11.example.com.
    Good:
    @ TXT "v=spf1 ip4:192.0.2.0/28 -all"
    Fix: Name the sending addresses with ip4 and ip6.
    References: RFC 7208 4.6.4
    """
    for path, node in facts.spf.walk():
        for visit in node.visits:
            if visit.name == "mx" and visit.reached and len(visit.hosts) > MX_NAMES:
                span = (path[0] if path else visit).term.span
                yield Finding(
                    f"{visit.term.text} has {len(visit.hosts)} mail exchangers; receivers stop after {MX_NAMES} with permerror",
                    facts.spf_place(span),
                    related=_nested((*path, visit)) if path else (),
                    evidence=(visit.fact.evidence,) if visit.fact else (),
                    fixes=(
                        steps(
                            "Name the addresses",
                            f"Replace {visit.term.text} by ip4: and ip6: terms for the hosts that send.",
                        ),
                    ),
                    offending=visit.term.text,
                )
    yield from tree(facts)


_BROKEN = {
    "missing": "has no SPF record",
    "multiple": "has several SPF records",
    "syntax": "has an SPF record with a syntax fault",
}


@rule("SPF010", "spf-include-broken", Severity.ERROR, since="0.1", needs=("txt",), applies=has_record, fix=Fixable.SAFE)
def spf_include_broken(facts: DomainFacts) -> Result:
    """An include or redirect leads to a domain without a usable SPF record.

    Why: That is a permerror for your whole record as soon as evaluation gets there: mail from every sender listed behind it fails.
    Bad:
    @ TXT "v=spf1 mx include:gone.example.com -all"
    gone TXT "hello"
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: Remove the term, or ask the service for its present include.
    References: RFC 7208 5.2, 6.1
    """
    for path, node in _branches(facts):
        if node.state not in _BROKEN:
            continue
        term = path[0].term
        through = f" (through {_chain(path)})" if len(path) > 1 else ""
        own = len(path) == 1 and path[0].name == "include"
        # A record that is there and faulty can be repaired by its owner; one that is not will not come back.
        fix = _drop(facts, [term.span], f"without {term.text}", safe=own and node.state == "missing")
        yield Finding(
            f"{node.domain} {_BROKEN[node.state]}{through}: permerror for every message that gets this far",
            facts.spf_place(term.span),
            related=_nested(path),
            evidence=(node.fact.evidence,) if node.fact else (),
            fixes=(fix,)
            if own
            else (fix, steps("Tell its owner", f"The fault is at {node.domain}; its owner can repair it.")),
            offending=f"{term.text} {node.domain}",
        )
    yield from tree(facts)


@rule("SPF011", "spf-include-temperror", Severity.WARNING, since="0.1", needs=("txt",), applies=has_record)
def spf_include_temperror(facts: DomainFacts) -> Result:
    """A name in the SPF tree could not be asked.

    Why: A fault that passes is no proof of a broken record. While it lasts, receivers answer temperror and may ask the sender to try again.
    Bad:
    @ TXT "v=spf1 mx include:slow.example.com -all"
    slow TXT SERVFAIL
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: Run the audit again. If it stays, tell the owner of the name.
    References: RFC 7208 4.4, 5.2
    """
    yield from tree(facts)


@rule("SPF012", "spf-loop", Severity.ERROR, since="0.1", needs=("txt",), applies=has_record, fix=Fixable.SAFE)
def spf_loop(facts: DomainFacts) -> Result:
    """The includes go round in a circle.

    Why: Receivers follow the circle until the limit of 10 look-ups ends it with a permerror.
    Bad:
    @ TXT "v=spf1 mx include:example.com -all"
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: Remove the include that leads back.
    References: RFC 7208 4.6.4, 5.2
    """
    told: set[Span] = set()
    for path, node in _branches(facts):
        if node.state != "loop" or path[0].term.span in told:
            continue
        term = path[0].term
        told.add(term.span)
        own = len(path) == 1 and path[0].name == "include"
        yield Finding(
            f"the record leads back to {node.domain}: {_chain(path)}",
            facts.spf_place(term.span),
            related=_nested(path),
            evidence=(facts.txt.evidence,),
            fixes=(_drop(facts, [term.span], f"without {term.text}", safe=own),),
            offending=term.text,
        )
    yield from tree(facts)


@rule("SPF013", "spf-pass-all", Severity.ERROR, since="0.1", needs=("txt",), applies=has_record)
def spf_pass_all(facts: DomainFacts) -> Result:
    """The record lets nearly everybody send.

    Why: Whoever wants can send mail with your domain in the envelope that passes SPF, and with relaxed alignment passes DMARC as well.
    Bad:
    @ TXT "v=spf1 mx +all"
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: End in -all or ~all, and list the servers that send.
    References: RFC 7208 5.1, 11.4; BreakSPF (NDSS 2024)
    """
    record = facts.spf_record
    own = record.all if record else None
    if record and own and own.qualifier == "+":
        better = record.text[: own.span[0]] + "~all" + record.text[own.span[1] :]
        yield Finding(
            f"{own.text} lets every server in the world send for {facts.domain}",
            facts.spf_place(own.span),
            evidence=(facts.txt.evidence,),
            fixes=(
                replace_record(
                    "refuse the rest (check first that all your senders are listed)",
                    facts.domain,
                    record.text,
                    better,
                    safe=False,
                ),
            ),
        )
        return
    for visit in facts.spf.visits:
        if lets_all(visit):
            how = "is there for every sender" if visit.name == "exists" else "ends in +all"
            yield Finding(
                f"{visit.term.text} {how}, so every server in the world may send for {facts.domain}",
                facts.spf_place(visit.term.span),
                evidence=(visit.fact.evidence,) if visit.fact else (),
                fixes=(_drop(facts, [visit.term.span], f"without {visit.term.text}", safe=False),),
                offending=visit.term.text,
            )
    four, six = size(facts.spf.networks)
    if not facts.spf.passes_all and record and record.valid and (four >= 1 << 24 or six >= 1 << 120):
        count, family = (four, "IPv4") if four >= 1 << 24 else (six, "IPv6")
        widest = max(
            (visit for visit in facts.spf.visits if visit.reached),
            key=lambda visit: size(visit.networks)[0 if four >= 1 << 24 else 1],
        )
        yield Finding(
            f"the record lets {addresses(count)} {family} addresses send, as many as a /8 or more",
            facts.spf_place(widest.term.span),
            evidence=(facts.txt.evidence,),
            fixes=(
                steps("Narrow it down", f"{widest.term.text} is the widest term; name the networks that send instead."),
            ),
        )
    yield from tree(facts)


@rule(
    "SPF021",
    "spf-duplicate-include",
    Severity.WARNING,
    since="0.1",
    needs=("txt",),
    applies=has_record,
    fix=Fixable.SAFE,
)
def spf_duplicate_include(facts: DomainFacts) -> Result:
    """The same domain is included twice, or inside another include already.

    Why: The second time changes nothing and costs its look-ups again.
    Bad:
    @ TXT "v=spf1 include:_spf.google.com include:_spf.google.com -all"
    Good:
    @ TXT "v=spf1 include:_spf.google.com -all"
    Fix: Delete one.
    References: RFC 7208 4.6.4
    """
    for visit, where in repeats(facts):
        yield Finding(
            f"{visit.term.text} is {where}; its {visit.lookups} of {LOOKUPS} look-ups are for nothing",
            facts.spf_place(visit.term.span),
            evidence=(facts.txt.evidence,),
            fixes=(_drop(facts, [visit.term.span], "without it", safe=not _mixed(facts)),),
            offending=visit.term.text,
        )
    yield from tree(facts)
