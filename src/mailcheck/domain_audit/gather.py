"""Ask what the audit needs: every question at the earliest moment at which it can be known.

No chain of dependent questions is longer than an address check of a mail host (MX, address, PTR, address)
or the depth of the SPF includes. Repeated questions are joined by the run's cache below.
"""

import asyncio
import hashlib
from collections.abc import Coroutine, Iterable
from ipaddress import ip_network

from mailcheck.auth.dmarc.walk import Walk, discover, walk
from mailcheck.auth.spf.space import covers, network_text, routable
from mailcheck.auth.spf.tree import Node, build, fetch
from mailcheck.auth.spf.walker import MX_NAMES, Ask, reached_terms, spf_texts, target_of
from mailcheck.data.providers import Provider, by_name, generic_selectors, recognise
from mailcheck.dns.names import reverse_name, under, valid
from mailcheck.dns.rdata import Exchange, Records, Target
from mailcheck.domain_audit.declaration import Declaration, Seen
from mailcheck.domain_audit.facts import Destination, DomainFacts, Host, Probe, Reverse, Selector
from mailcheck.model.fact import Absent, Fact, Known, Unknown
from mailcheck.records.spf import Mechanism, parse_spf

MAX_HOSTS, MAX_REVERSES, MAX_SELECTORS, MAX_DESTINATIONS = 20, 10, 40, 10
"""Of one domain: MX hosts whose addresses are asked, addresses whose names are, selectors, report destinations."""


async def gather(
    domain: str,
    ask: Ask,
    *,
    selectors: Iterable[str] = (),
    declared: Declaration | None = None,
    seen: tuple[Seen, ...] = (),
) -> DomainFacts:
    """All facts about one domain; faults come back as Unknown, nothing raises."""
    return await _Gatherer(domain, ask, tuple(selectors), declared or Declaration(), seen).run()


class _Gatherer:
    def __init__(
        self, domain: str, ask: Ask, selectors: tuple[str, ...], declared: Declaration, seen: tuple[Seen, ...]
    ) -> None:
        self.domain = domain
        self.ask = ask
        self.flags = selectors
        self.declared = declared
        self.seen = seen

    async def run(self) -> DomainFacts:
        domain, ask = self.domain, self.ask
        async with asyncio.TaskGroup() as group:
            txt = group.create_task(_one(ask, domain, "TXT"))
            mx = group.create_task(self.exchanges())
            spf = group.create_task(fetch(domain, ask))
            steps = group.create_task(walk(domain, ask))
            domainkey = group.create_task(_one(ask, f"_domainkey.{domain}", "TXT"))
            wildcard = group.create_task(_one(ask, _probe_name(domain), "TXT"))
            selectors = group.create_task(self.selectors())
            misplaced = group.create_task(self.misplaced(steps))
            bounce = group.create_task(self.bounce())
            destinations = group.create_task(self.destinations(steps))
            reverses = group.create_task(self.reverses(mx, steps))
            doubled = group.create_task(self.doubled_selectors(selectors))
        mx_fact, a, aaaa, hosts = mx.result()
        found, providers = selectors.result()
        return DomainFacts(
            domain=domain,
            txt=txt.result(),
            mx=mx_fact,
            a=a,
            aaaa=aaaa,
            hosts=hosts,
            reverses=reverses.result(),
            spf=build(domain, spf.result()),
            walk=steps.result(),
            domainkey=domainkey.result(),
            wildcard=wildcard.result(),
            selectors=found,
            destinations=destinations.result(),
            misplaced=(*misplaced.result(), *doubled.result()),
            bounce=bounce.result(),
            providers=providers,
            declared=self.declared,
            seen=self.seen,
        )

    async def exchanges(
        self,
    ) -> tuple[Fact[Records], Fact[Records] | None, Fact[Records] | None, tuple[Host, ...]]:
        """The MX records with their hosts' addresses; without MX, the domain's own (RFC 5321 5.1)."""
        fact = await self.ask(self.domain, "MX")
        if isinstance(fact, Absent):
            if fact.nxdomain:
                return fact, None, None, ()
            a, aaaa = await asyncio.gather(self.ask(self.domain, "A"), self.ask(self.domain, "AAAA"))
            return fact, a, aaaa, ()
        if isinstance(fact, Unknown):
            return fact, None, None, ()
        targets = sorted(
            {(each.preference, each.host) for each in fact.value if isinstance(each, Exchange) and each.host}
        )[:MAX_HOSTS]
        answers = await asyncio.gather(*(self.ask(name, kind) for _, name in targets for kind in ("A", "AAAA")))
        hosts = [
            Host(preference, name, answers[2 * at], answers[2 * at + 1])
            for at, (preference, name) in enumerate(targets)
        ]
        return fact, None, None, tuple(hosts)

    async def evidence(self) -> list[Provider]:
        """The services recognised in the domain's own SPF records (nested ones too) and MX hosts."""
        names: list[str] = []
        queue, done = [self.domain], set[str]()
        while queue and len(done) < 5:
            name = queue.pop(0)
            done.add(name)
            found = spf_texts(await self.ask(name, "TXT"))
            for term in reached_terms(parse_spf(found[0])) if len(found) == 1 else ():
                target = target_of(term, name) if term.name in {"include", "redirect"} else None
                if target and valid(target):
                    names.append(target)
                    if under(target, self.domain) and target not in done:
                        queue.append(target)
                elif isinstance(term, Mechanism) and term.domain is not None:
                    # Macro names end in the service's own: %{ir}.%{v}.%{d}.spf.has.pphosted.com.
                    names.append(term.domain.text.rpartition("}")[2].lstrip(".").lower())
        mx = await self.ask(self.domain, "MX")
        hosts = [each.host for each in mx.value if isinstance(each, Exchange)] if isinstance(mx, Known) else []
        chosen = recognise(spf=names, mx=hosts)
        named = [by_name(name) for name in self.declared.providers]
        return list(dict.fromkeys([*chosen, *(each for each in named if each)]))

    async def selectors(self) -> tuple[tuple[Selector, ...], tuple[Provider, ...]]:
        """Ask for keys, the best evidence first; guesses only where evidence gave none."""
        meant: dict[tuple[str, str], str] = {}
        for origin, names in (("flag", self.flags), ("config", self.declared.selectors)):
            for name in names:
                meant.setdefault((name.lower(), self.domain), origin)
        for message in self.seen:
            for signed, name in message.signatures:
                if under(signed, self.domain) or under(self.domain, signed):
                    meant.setdefault((name.lower(), signed), "message")
        group = asyncio.gather(*(self.key(name, at, origin) for (name, at), origin in meant.items()))
        providers = await self.evidence()
        wanted = {
            name: provider.name
            for provider in providers
            for name in provider.selectors
            if (name, self.domain) not in meant
        }
        # Cut before the questions are made: a coroutine that nobody awaits is a fault of its own.
        guesses = [
            self.key(name, self.domain, "provider", service) for name, service in list(wanted.items())[:MAX_SELECTORS]
        ]
        found = [*await group, *await asyncio.gather(*guesses)]
        if not any(isinstance(each.fact, Known) for each in found) and await self.worth_guessing():
            asked = {each.name for each in found if each.domain == self.domain}
            rest = [name for name in generic_selectors() if name not in asked]
            found += await asyncio.gather(*(self.key(name, self.domain, "guess") for name in rest))
        targets = [alias for each in found for alias in each.fact.evidence.aliases]
        by_dkim = recognise(dkim=targets)
        return tuple(found), tuple(dict.fromkeys([*providers, *by_dkim]))

    async def worth_guessing(self) -> bool:
        """Not where `_domainkey` is NXDOMAIN (RFC 8020), where any label answers, or where nobody may send."""
        below, wildcard, txt = await asyncio.gather(
            self.ask(f"_domainkey.{self.domain}", "TXT"),
            self.ask(_probe_name(self.domain), "TXT"),
            self.ask(self.domain, "TXT"),
        )
        if isinstance(below, Absent) and below.nxdomain and not below.evidence.aliases:
            return False
        locked = any(text.lower().split() == ["v=spf1", "-all"] for text in spf_texts(txt))
        return not isinstance(wildcard, Known) and not locked

    async def key(self, name: str, domain: str, origin: str, provider: str | None = None) -> Selector:
        return Selector(name, domain, origin, await self.ask(f"{name}._domainkey.{domain}", "TXT"), provider)

    async def misplaced(self, steps: asyncio.Task[Walk]) -> tuple[Probe, ...]:
        """Names at which records end up by a panel that appends the zone, or by a forgotten underscore."""
        domain = self.domain
        probes = [
            (f"_dmarc.{domain}.{domain}", f"_dmarc.{domain}"),
            (f"_mta-sts.{domain}.{domain}", f"_mta-sts.{domain}"),
        ]
        first = asyncio.gather(*(self.ask(name, "TXT") for name, _ in probes))
        if not (await steps).steps[0].found:
            probes.append((f"dmarc.{domain}", f"_dmarc.{domain}"))
        answers = [*await first, *[await self.ask(name, "TXT") for name, _ in probes[2:]]]
        return tuple(Probe(name, belongs, fact) for (name, belongs), fact in zip(probes, answers, strict=True))

    async def doubled_selectors(
        self, selectors: asyncio.Task[tuple[tuple[Selector, ...], tuple[Provider, ...]]]
    ) -> tuple[Probe, ...]:
        """Selectors that are meant, or a provider's, and did not answer: at the doubled name?"""
        found, _ = await selectors
        if any(isinstance(each.fact, Known) for each in found):
            lost = [
                each for each in found if isinstance(each.fact, Absent) and each.origin in {"flag", "config", "message"}
            ]
        else:
            lost = [each for each in found if isinstance(each.fact, Absent) and each.origin != "guess"]
        chosen = list({each.name: each for each in lost if each.domain == self.domain}.values())[:3]
        facts = await asyncio.gather(*(self.ask(f"{each.owner}.{self.domain}", "TXT") for each in chosen))
        return tuple(
            Probe(f"{each.owner}.{self.domain}", each.owner, fact) for each, fact in zip(chosen, facts, strict=True)
        )

    async def bounce(self) -> tuple[tuple[str, Fact[Records]], ...]:
        """The SPF answers of the bounce domains that are declared or were seen in messages."""
        names = [*self.declared.bounce_domains, *(name for each in self.seen for name in each.bounce_domains)]
        chosen = [name for name in dict.fromkeys(names) if under(name, self.domain) and name != self.domain][:10]
        facts = await asyncio.gather(*(self.ask(name, "TXT") for name in chosen))
        return tuple(zip(chosen, facts, strict=True))

    async def destinations(self, steps: asyncio.Task[Walk]) -> tuple[Destination, ...]:
        """Deliverability of the domains that reports go to, and the leave of the foreign ones (RFC 9990 4)."""
        found = discover(self.domain, (await steps).steps)
        if found.record is None or found.policy_domain is None:
            return ()
        uris = [("rua", uri) for uri in found.record.rua] + [("ruf", uri) for uri in found.record.ruf]
        named = {uri.domain: (tag, uri) for tag, uri in reversed(uris) if uri.domain and valid(uri.domain)}
        # Its own domain needs nobody's leave, nor does a registry's own record (psd=y).
        own = {
            domain for domain in named if under(domain, found.organizational_domain) or domain == found.policy_domain
        }

        async def one(domain: str) -> Destination:
            tag, uri = named[domain]
            name = f"{found.policy_domain}._report._dmarc.{domain}"
            leave = None if domain in own else asyncio.ensure_future(_one(self.ask, name, "TXT"))
            mx = await self.ask(domain, "MX")
            authorisation = await leave if leave is not None else None
            address = None
            if isinstance(mx, Absent) and not mx.nxdomain:
                address = await self.ask(domain, "A")
                if isinstance(address, Absent):
                    address = await self.ask(domain, "AAAA")
            return Destination(domain, tag, uri.text, uri.span, authorisation, mx, address)

        return tuple(await asyncio.gather(*(one(domain) for domain in sorted(named)[:MAX_DESTINATIONS])))

    async def reverses(
        self,
        mx: asyncio.Task[tuple[Fact[Records], Fact[Records] | None, Fact[Records] | None, tuple[Host, ...]]],
        steps: asyncio.Task[Walk],
    ) -> tuple[Reverse, ...]:
        """Names of the addresses that the domain's own hosts send from.

        Those are the single addresses that the domain's own record names, through its own hosts or plainly,
        and its own MX hosts where that record lets them send. A provider's host is not looked at: nobody but
        the provider could change it. Includes are not waited for.
        """
        tree = await self.own_record()
        organizational = discover(self.domain, (await steps).steps).organizational_domain
        chosen = dict(own_senders(tree, organizational))
        own = [network for visit in tree.visits for network in visit.networks]
        for host in (await mx)[3]:
            for address in host.addresses if under(host.name, organizational) else ():
                if any(covers(network, ip_network(address)) for network in own):
                    chosen[address] = host.name
        # A private address has no name to be found from outside; MX007 tells of it.
        picked = [(address, owner) for address, owner in chosen.items() if routable(address)][:MAX_REVERSES]
        return tuple(await asyncio.gather(*(self.reverse(address, owner) for address, owner in picked)))

    async def own_record(self) -> Node:
        """The domain's own record alone, with the addresses of its a and mx terms."""
        facts = {(self.domain, "TXT"): await self.ask(self.domain, "TXT")}
        found = spf_texts(facts[self.domain, "TXT"])

        async def ask(name: str, type: str) -> None:
            facts[name, type] = await self.ask(name, type)

        async def exchangers(name: str) -> None:
            await ask(name, "MX")
            fact = facts[name, "MX"]
            hosts = [each.host for each in fact.value if isinstance(each, Exchange)] if isinstance(fact, Known) else []
            await asyncio.gather(*(ask(host, kind) for host in hosts[:MX_NAMES] if host for kind in ("A", "AAAA")))

        waits: list[Coroutine[None, None, None]] = []
        for term in reached_terms(parse_spf(found[0])) if len(found) == 1 else ():
            target = target_of(term, self.domain)
            if target and valid(target) and term.name == "a":
                waits += [ask(target, "A"), ask(target, "AAAA")]
            elif target and valid(target) and term.name == "mx":
                waits.append(exchangers(target))
        await asyncio.gather(*waits)
        return build(self.domain, facts)

    async def reverse(self, address: str, owner: str) -> Reverse:
        ptr = await self.ask(reverse_name(address), "PTR")
        names = [each.name for each in ptr.value if isinstance(each, Target)][:5] if isinstance(ptr, Known) else []
        kind = "AAAA" if ":" in address else "A"
        forward = await asyncio.gather(*(self.ask(name, kind) for name in names))
        return Reverse(address, owner, ptr, tuple(zip(names, forward, strict=True)))


def own_senders(tree: Node, organizational: str) -> list[tuple[str, str]]:
    """Single addresses that the domain's own record names, with the host or term that names them."""
    chosen: list[tuple[str, str]] = []
    for visit in tree.visits:
        if not visit.reached or not isinstance(visit.term, Mechanism) or visit.name not in {"ip4", "ip6", "a", "mx"}:
            continue
        if visit.name in {"a", "mx"} and not all(under(host, organizational) for host in visit.hosts):
            continue
        owner = visit.hosts[0] if len(visit.hosts) == 1 else visit.term.text
        chosen += [(network_text(network), owner) for network in visit.networks if network.num_addresses == 1]
    return chosen


async def _one(ask: Ask, name: str, type: str) -> Fact[Records]:
    return await ask(name, type)


def _probe_name(domain: str) -> str:
    """A selector that nobody publishes: it answers only where all do. Always the same, so that runs can be replayed."""
    return f"mailcheck-probe-{hashlib.sha256(domain.encode()).hexdigest()[:10]}._domainkey.{domain}"
