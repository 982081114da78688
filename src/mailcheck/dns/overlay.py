"""What would the answers be if these records were published? Zones laid over another resolver."""

from dataclasses import replace

from mailcheck.dns.names import normal, parents
from mailcheck.dns.port import Resolver, absent, unknown
from mailcheck.dns.rdata import Records
from mailcheck.dns.zones import ZoneResolver
from mailcheck.model.fact import Absent, Fact, Known


class OverlayResolver:
    """Record sets of the overlay win; everything else is asked below.

    An alias in the overlay replaces its whole name. Names above an overlaid one exist. A wildcard of the
    overlay answers only where the world below has no such name (RFC 4592 4.2).
    """

    def __init__(self, overlay: ZoneResolver, below: Resolver) -> None:
        self._overlay = overlay
        self._below = below
        self._owners = {name: set(types) for zone in overlay.zones for name, types in zone.records.items()}
        self._above = {each for name in self._owners for each in parents(name.removeprefix("*."))}

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """Answer from the overlay where it speaks, else from below."""
        name = normal(name)
        types = self._owners.get(name, set())
        if type in types or "CNAME" in types:
            return await self._finish(name, type, self._overlay.answer(name, type))
        fact = await self._below.ask(name, type)
        if isinstance(fact, Absent) and fact.nxdomain and not fact.evidence.aliases:
            if name in self._owners or name in self._above:
                return absent(name, type, "nodata", server="overlay")
            star = next((f"*.{each}" for each in parents(name) if f"*.{each}" in self._owners), None)
            if star is not None:
                return await self._finish(name, type, self._overlay.answer(name, type))
        return fact

    async def _finish(self, name: str, type: str, fact: Fact[Records]) -> Fact[Records]:
        aliases = fact.evidence.aliases
        if isinstance(fact, Known) or not aliases:
            return fact
        # The alias leaves the overlay: the rest of the chain is asked below, at its first name outside.
        target = next((each for each in aliases if each not in self._owners), aliases[-1])
        if target == name:
            return unknown(name, type, "alias-loop", server="overlay", aliases=aliases)
        below = await self._below.ask(target, type)
        kept = aliases[: aliases.index(target) + 1]
        evidence = replace(below.evidence, name=name, aliases=(*kept, *below.evidence.aliases))
        return replace(below, evidence=evidence)

    async def close(self) -> None:
        """Close the resolver below."""
        await self._below.close()
