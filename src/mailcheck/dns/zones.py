"""Answers from RFC 1035 master files, as an authoritative server would give them (RFC 1034 4.3.2, RFC 4592)."""

from pathlib import Path

from mailcheck.dns.answers import CHAIN
from mailcheck.dns.master_file import SUFFIXES, Zone, read_zone
from mailcheck.dns.names import normal, parents, valid
from mailcheck.dns.port import absent, known, unknown
from mailcheck.dns.rdata import Records, Target
from mailcheck.model.errors import InputError
from mailcheck.model.fact import Fact


class ZoneResolver:
    """Answers from zones alone.

    Inside an origin as an authoritative server; the ancestors of an origin exist and are empty; every
    other name is Unknown (`outside-zones`), as is a name below a delegation whose zone is not given.
    """

    def __init__(self, zones: list[Zone]) -> None:
        self._zones = {zone.origin: zone for zone in zones}
        self._ancestors = {each for zone in zones for each in parents(zone.origin)}

    @classmethod
    def from_path(cls, path: str | Path) -> "ZoneResolver":
        """Read a master file, or every one in a directory. Raises InputError."""
        zones: dict[str, Zone] = {}
        for file in _files(Path(path)):
            for zone in read_zone(file):
                if zone.origin in zones:
                    raise InputError(f"{file}: the zone {zone.origin}. is in {zones[zone.origin].source} already")
                zones[zone.origin] = zone
        return cls(list(zones.values()))

    @property
    def zones(self) -> list[Zone]:
        """The zones held."""
        return list(self._zones.values())

    def _zone(self, name: str, type: str) -> Zone | None:
        above = [each for each in (*parents(name), "") if each in self._zones]
        if type == "DS" and above:
            # The parent side of a cut answers for DS (RFC 4035 3.1.4.1).
            return self._zones[above[0]]
        return self._zones.get(name) or (self._zones[above[0]] if above else None)

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """Answer from the zones; aliases are followed across them."""
        return self.answer(name, type)

    def answer(self, name: str, type: str) -> Fact[Records]:
        """The same without waiting."""
        aliases: list[str] = []
        current = normal(name)
        while True:
            chain = tuple(aliases)
            zone = self._zone(current, type)
            if zone is None:
                return self._outside(name, type, current, chain)
            if zone.cut(current if type != "DS" else current.partition(".")[2]):
                return unknown(name, type, "outside-zones", aliases=chain)
            found = self._inside(zone, name, type, current, chain)
            if not isinstance(found, str):
                return found
            if not valid(found):
                return unknown(name, type, "invalid-name", server=zone.source, aliases=chain)
            current = found
            if current in aliases or len(aliases) >= CHAIN:
                return unknown(name, type, "alias-loop", server=zone.source, aliases=chain)
            aliases.append(current)

    def _outside(self, name: str, type: str, current: str, chain: tuple[str, ...]) -> Fact[Records]:
        """The answer where no zone is given for `current`."""
        if current in self._ancestors:
            return absent(name, type, "nodata", server="zone files", aliases=chain)
        if current.startswith("_") and current.partition(".")[2] in self._ancestors:
            # An empty ancestor holds no underscored names either (RFC 8552): the DMARC walk asks for them.
            return absent(name, type, "nxdomain", server="zone files", aliases=chain)
        return unknown(name, type, "outside-zones", aliases=chain)

    def _inside(self, zone: Zone, name: str, type: str, current: str, chain: tuple[str, ...]) -> Fact[Records] | str:
        """The zone's answer for `current`, or the alias to follow."""
        redirected = zone.redirected(current)
        if redirected is not None:
            target, ttl = redirected
            if type != "CNAME":
                return target
            # The alias that a DNAME makes is itself the answer (RFC 6672 3.2).
            return known(name, type, (Target(target),), server=zone.source, aliases=chain, ttl=ttl)
        owner = zone.owner(current)
        if owner is None:
            reason = "nodata" if current in self._ancestors else "nxdomain"
            return absent(name, type, reason, server=zone.source, aliases=chain)
        types = zone.records.get(owner, {})
        if type in types:
            records, ttl = types[type]
            return known(name, type, tuple(records), server=zone.source, aliases=chain, ttl=ttl)
        if "CNAME" in types:
            (alias,) = types["CNAME"][0]
            if isinstance(alias, Target):
                return alias.name
        return absent(name, type, "nodata", server=zone.source, aliases=chain)

    async def close(self) -> None:
        """Nothing to let go of."""


def _files(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place]
    try:
        files = sorted(each for each in place.rglob("*") if each.suffix in SUFFIXES and each.is_file())
        # rglob passes over what it may not read.
        next(place.iterdir(), None)
    except OSError as error:
        raise InputError(f"{place}: cannot be read: {error.strerror}") from None
    if not files:
        raise InputError(f"{place}: no zone files there (*{', *'.join(SUFFIXES)})")
    return files
