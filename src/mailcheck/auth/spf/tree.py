"""The whole tree of an SPF record: every branch visited, every cost counted (RFC 7208 4.6.4).

Fetching and judging are apart: `fetch` asks all that any sender could make a receiver ask, as few waves
deep as the includes are; `build` works on the answers alone.
"""

import asyncio
from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from typing import TypeVar

from mailcheck.auth.spf.space import Network
from mailcheck.auth.spf.walker import MX_NAMES, Ask, published, reached_terms, target_of
from mailcheck.dns.names import valid
from mailcheck.dns.port import unknown
from mailcheck.dns.rdata import Address, Exchange, Records
from mailcheck.model.fact import Absent, Fact, Known, Unknown
from mailcheck.model.value import dataclass, field
from mailcheck.records.spf import LOOKUP_TERMS, BadTerm, Mechanism, Modifier, SpfRecord, Term

Facts = dict[tuple[str, str], Fact[Records]]
T = TypeVar("T")

MAX_DOMAINS = 50
"""Distinct domains whose records are fetched in one tree; five times what any receiver follows."""
MAX_TARGETS = 50
"""Distinct names of a, mx and exists terms that are asked about in one tree."""
MAX_TERMS = 2000
"""Terms read in one tree; once it has so many, no further record is read."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One term in its record.

    `target` is the name it asks about (None where that depends on the message). `lookups` counts the
    term and all below it; 0 where it is never reached. `void` tells for which senders ("4", "6") the
    term's own question comes back empty. Of modifiers only redirect is ever `reached`: the others have no
    part in who may send.
    """

    term: Term
    reached: bool
    target: str | None = None
    fact: Fact[Records] | None = None
    # Left out of repr: a tree with shared branches would print for ever.
    child: "Node | None" = field(default=None, repr=False)
    lookups: int = 0
    void: str = ""
    hosts: tuple[str, ...] = ()
    own: tuple[Network, ...] = ()
    unknown: tuple[Unknown, ...] = ()

    @property
    def networks(self) -> tuple[Network, ...]:
        """The addresses the term lets pass: its own, or those of the record it leads to."""
        return self.child.networks if self.child is not None and _qualifier(self.term) == "+" else self.own

    @property
    def name(self) -> str:
        """The mechanism's or modifier's name, empty for a term that cannot be read."""
        return self.term.name if isinstance(self.term, (Mechanism, Modifier)) else ""


@dataclass(frozen=True, slots=True)
class Node:
    """One domain's record in the tree.

    `state` is ok, missing (no SPF record), multiple, syntax, loop, unknown (the question failed) or
    unvisited (beyond the limits of this walk; `unknown` tells so). Counts include everything below; the way
    back of a loop counts as the one look-up it starts with.
    """

    domain: str
    state: str
    fact: Fact[Records] | None = None
    record: SpfRecord | None = None
    visits: tuple[Visit, ...] = ()
    lookups: int = 0
    voids4: int = 0
    voids6: int = 0
    passes_all: bool = False
    groups: tuple[tuple[Network, ...], ...] = ()
    """The addresses that pass, by the record that lets them."""
    unknown: tuple[Unknown, ...] = ()

    @property
    def networks(self) -> tuple[Network, ...]:
        """The addresses that pass, each network once."""
        return tuple(dict.fromkeys(network for group in self.groups for network in group))

    def walk(self, path: tuple["Visit", ...] = ()) -> Iterator[tuple[tuple["Visit", ...], "Node"]]:
        """Every node with the visits that led to it, itself first; a repeated subtree only once."""
        seen: set[str] = set()
        stack: list[tuple[tuple[Visit, ...], Node]] = [(path, self)]
        while stack:
            here, node = stack.pop()
            yield here, node
            if node.domain in seen:
                continue
            seen.add(node.domain)
            stack += [((*here, visit), visit.child) for visit in reversed(node.visits) if visit.child and visit.reached]


async def fetch(domain: str, ask: Ask) -> Facts:
    """Ask for every record the tree of `domain` needs; each domain once, branches side by side."""
    facts: Facts = {}
    seen = {domain}
    targets: set[tuple[str, str]] = set()

    async def question(name: str, type_: str) -> Fact[Records]:
        fact = facts[name, type_] = await ask(name, type_)
        return fact

    async def mx(name: str) -> None:
        fact = await question(name, "MX")
        hosts = [each.host for each in fact.value if isinstance(each, Exchange)] if isinstance(fact, Known) else []
        async with asyncio.TaskGroup() as group:
            for host in hosts[:MX_NAMES]:
                if host:
                    group.create_task(question(host, "A"))
                    group.create_task(question(host, "AAAA"))

    async def visit(name: str) -> None:
        fact = await question(name, "TXT")
        record = published(fact).record
        if record is None:
            return
        async with asyncio.TaskGroup() as group:
            for term in reached_terms(record):
                target = target_of(term, name)
                if target is None or not valid(target):
                    continue
                if term.name in {"include", "redirect"}:
                    if target not in seen and len(seen) < MAX_DOMAINS:
                        seen.add(target)
                        group.create_task(visit(target))
                    continue
                if (term.name, target) in targets or len(targets) >= MAX_TARGETS:
                    continue
                targets.add((term.name, target))
                match term.name:
                    case "a":
                        group.create_task(question(target, "A"))
                        group.create_task(question(target, "AAAA"))
                    case "exists":
                        group.create_task(question(target, "A"))
                    case "mx":
                        group.create_task(mx(target))

    await visit(domain)
    return facts


@dataclass
class _Builder:
    facts: Facts
    done: dict[str, Node] = field(default_factory=dict)
    gaps: dict[tuple[str, str], Unknown] = field(default_factory=dict)
    terms: int = 0

    def node(self, domain: str, path: tuple[str, ...]) -> Node:
        if domain in path:
            return Node(domain, "loop")
        if domain in self.done:
            return self.done[domain]
        fact = self.facts.get((domain, "TXT"))
        if fact is None:
            return Node(domain, "unvisited", unknown=(self.gap(domain, "TXT", "too-many-questions"),))
        if isinstance(fact, Unknown):
            return Node(domain, "unknown", fact, unknown=(fact,))
        found = published(fact)
        if found.record is None:
            return Node(domain, found.state, fact)
        if self.terms >= MAX_TERMS:
            gap = self.gap(domain, "TXT", "too-many-terms")
            return self.done.setdefault(domain, Node(domain, "unvisited", fact, unknown=(gap,)))
        self.terms += len(found.record.terms)
        # A domain is judged once, also where it is part of a loop: its way back is the same from everywhere.
        node = self.done[domain] = self.judged(domain, fact, found.record, (*path, domain))
        return node

    def judged(self, domain: str, fact: Fact[Records], record: SpfRecord, path: tuple[str, ...]) -> Node:
        live = {term.span for term in reached_terms(record)}
        visits = tuple(
            self.visit(term, domain, path)
            if term.span in live and isinstance(term, (Mechanism, Modifier))
            else Visit(term, reached=False)
            for term in record.terms
        )
        own = tuple(network for visit in visits for network in visit.own)
        passing = [visit.child for visit in visits if visit.child is not None and _qualifier(visit.term) == "+"]
        own_voids = [visit.void for visit in visits]
        children = [visit.child for visit in visits if visit.child is not None]
        return Node(
            domain,
            "ok" if record.valid else "syntax",
            fact,
            record,
            visits,
            lookups=sum(visit.lookups for visit in visits),
            voids4=sum("4" in void for void in own_voids) + sum(child.voids4 for child in children),
            voids6=sum("6" in void for void in own_voids) + sum(child.voids6 for child in children),
            passes_all=any(lets_all(visit) for visit in visits),
            groups=_union([(own,), *(child.groups for child in passing)]),
            unknown=_union(visit.unknown for visit in visits),
        )

    def visit(self, term: Mechanism | Modifier, domain: str, path: tuple[str, ...]) -> Visit:
        if term.name not in LOOKUP_TERMS:
            network = term.network if isinstance(term, Mechanism) else None
            own = (network,) if network is not None and _qualifier(term) == "+" else ()
            return Visit(term, reached=True, own=own)
        target = target_of(term, domain)
        if target is None or term.name == "ptr":
            return Visit(term, reached=True, target=target, lookups=1)
        if not valid(target):
            # No record can stand there: an include or redirect ends in permerror, the others do not match.
            child = Node(target, "missing") if term.name in {"include", "redirect"} else None
            return Visit(term, reached=True, target=target, child=child, lookups=1)
        if term.name in {"include", "redirect"}:
            return self.nested(term, target, path)
        if term.name == "exists":
            return self.exists(term, target)
        return self.addresses(term, target)

    def nested(self, term: Mechanism | Modifier, target: str, path: tuple[str, ...]) -> Visit:
        child = self.node(target, path)
        void = "46" if isinstance(child.fact, Absent) else ""
        lookups = 1 + child.lookups
        return Visit(term, True, target, child.fact, child, lookups, void, unknown=child.unknown)

    def exists(self, term: Mechanism | Modifier, target: str) -> Visit:
        fact = self.fact(target, "A")
        failed = (fact,) if isinstance(fact, Unknown) else ()
        return Visit(term, True, target, fact, None, 1, "46" if isinstance(fact, Absent) else "", unknown=failed)

    def fact(self, name: str, type_: str) -> Fact[Records]:
        return self.facts.get((name, type_)) or self.gap(name, type_, "too-many-questions")

    def gap(self, name: str, type_: str, reason: str) -> Unknown:
        """What the limits of the walk left open."""
        return self.gaps.setdefault((name, type_), unknown(name, type_, reason))

    def addresses(self, term: Mechanism | Modifier, target: str) -> Visit:
        hosts: tuple[str, ...] = (target,)
        fact: Fact[Records] | None = None
        void = ""
        if term.name == "mx":
            fact = self.fact(target, "MX")
            if isinstance(fact, Known):
                hosts = tuple(each.host for each in fact.value if isinstance(each, Exchange) and each.host)
            else:
                hosts, void = (), "46" if isinstance(fact, Absent) else ""
        answers = [
            (family, self.fact(host, type_))
            for host in hosts[:MX_NAMES]
            for family, type_ in (("4", "A"), ("6", "AAAA"))
        ]
        if term.name == "a":
            void = "".join(family for family, answer in answers if isinstance(answer, Absent))
            fact = next((answer for _, answer in answers if isinstance(answer, Known)), answers[0][1])
        failed = [fact] if isinstance(fact, Unknown) else []
        failed += [answer for _, answer in answers if isinstance(answer, Unknown)]
        networks = _networks(term, [answer for _, answer in answers]) if _qualifier(term) == "+" else ()
        return Visit(term, True, target, fact, None, 1, void, hosts, networks, tuple(dict.fromkeys(failed)))


def _union(groups: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    """All members once, in their order. Branches that meet bring the same objects, so identity is enough."""
    distinct = {id(group): group for group in groups}
    return tuple({id(each): each for group in distinct.values() for each in group}.values())


def _qualifier(term: Term) -> str:
    return term.qualifier if isinstance(term, Mechanism) else "+"


def _networks(term: Mechanism | Modifier, answers: list[Fact[Records]]) -> tuple[Network, ...]:
    if not isinstance(term, Mechanism):
        return ()
    found: list[Network] = []
    for answer in answers:
        for record in answer.value if isinstance(answer, Known) else ():
            if isinstance(record, Address):
                length = term.cidr6 if ":" in record.ip else term.cidr4
                found.append(ip_network(f"{record.ip}/{length}", strict=False))
    return tuple(found)


def lets_all(visit: Visit) -> bool:
    """Whether a term lets every sender pass."""
    term = visit.term
    if not visit.reached or _qualifier(term) != "+" or isinstance(term, BadTerm):
        return False
    # exists with a fixed name asks nothing about the sender: where the name is there, everybody passes (5.7).
    fixed = term.name == "exists" and visit.target is not None and isinstance(visit.fact, Known)
    return term.name == "all" or fixed or (visit.child is not None and visit.child.passes_all)


def build(domain: str, facts: Facts) -> Node:
    """The tree of `domain` from fetched facts. Pure."""
    return _Builder(facts).node(domain, ())
