"""What would the answers be if these records were published? Zones laid over another resolver."""

from mailcheck.dns.names import normal, parents
from mailcheck.dns.port import UNFINISHED, Resolver, absent, unknown
from mailcheck.dns.rdata import Records
from mailcheck.dns.zones import ZoneResolver
from mailcheck.model.fact import Absent, Fact, Unknown
from mailcheck.model.value import replace


class OverlayResolver:
    """Record sets of the overlay win; everything else is asked below.

    An alias in the overlay replaces its whole name. Names above an overlaid one exist. A wildcard of the
    overlay answers only where the world below has no such name (RFC 4592 4.2). An alias that leads out of the
    overlay, or from below into it, is Unknown (`alias-unfinished`): `Run` asks on from there.
    """

    def __init__(self, overlay: ZoneResolver, below: Resolver) -> None:
        self._overlay = overlay
        self._below = below
        self._owners = {name: set(types) for zone in overlay.zones for name, types in zone.records.items()}
        self._above = {each for name in self._owners for each in parents(name)}

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """Answer from the overlay where it speaks, else from below."""
        name = normal(name)
        if self._speaks(name, type):
            fact = self._overlay.answer(name, type)
            if fact.evidence.aliases or not isinstance(fact, Unknown):
                return self._leaving(fact)
        fact = await self._below.ask(name, type)
        if isinstance(fact, Absent) and fact.nxdomain and not fact.evidence.aliases:
            return await self._nowhere_below(name, type, fact)
        return self._entering(fact)

    def _speaks(self, name: str, type: str) -> bool:
        types = self._owners.get(name, set())
        return type in types or "CNAME" in types

    def _leaving(self, fact: Fact[Records]) -> Fact[Records]:
        """An answer of the overlay, cut where its aliases come to a name or type that is not overlaid."""
        evidence = fact.evidence
        outside = next((each for each in evidence.aliases if not self._speaks(each, evidence.type)), None)
        return fact if outside is None else self._cut(fact, outside)

    def _entering(self, fact: Fact[Records]) -> Fact[Records]:
        """An answer from below, cut where its aliases come to a name that is overlaid."""
        evidence = fact.evidence
        inside = next((each for each in evidence.aliases if self._speaks(each, evidence.type)), None)
        return fact if inside is None else self._cut(fact, inside)

    def _cut(self, fact: Fact[Records], at: str) -> Unknown:
        evidence = fact.evidence
        aliases = evidence.aliases[: evidence.aliases.index(at) + 1]
        cut = unknown(evidence.name, evidence.type, UNFINISHED, server=evidence.server, aliases=aliases)
        return replace(cut, evidence=replace(cut.evidence, authenticated=evidence.authenticated))

    async def _nowhere_below(self, name: str, type: str, fact: Absent) -> Fact[Records]:
        """The name does not exist below: it may in the overlay, plainly, above another name, or by a wildcard."""
        if name in self._owners or name in self._above:
            return absent(name, type, "nodata", server="overlay")
        for encloser in parents(name):
            if f"*.{encloser}" in self._owners:
                return self._leaving(self._overlay.answer(name, type))
            if encloser in self._owners or encloser in self._above:
                return fact
            # The closest encloser that exists decides which wildcard speaks (RFC 4592 3.3.1).
            if any(f"*.{each}" in self._owners for each in parents(encloser)):
                there = await self._below.ask(encloser, type)
                if isinstance(there, Unknown):
                    return replace(there, evidence=replace(there.evidence, name=name))
                if not (isinstance(there, Absent) and there.nxdomain):
                    return fact
        return fact

    async def close(self) -> None:
        """Close the resolver below."""
        await self._below.close()
