"""Answers from RFC 1035 master files, as an authoritative server would give them (RFC 1034 4.3.2, RFC 4592)."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.rrset
import dns.tokenizer
import dns.zonefile

from mailcheck.dns.answers import CHAIN
from mailcheck.dns.names import from_wire_name, normal, parents, under
from mailcheck.dns.port import absent, known, unknown
from mailcheck.dns.rdata import Rdata, Records, Target, from_dnspython
from mailcheck.model.errors import InputError
from mailcheck.model.fact import Fact

SUFFIXES = (".zone", ".db", ".txt", ".master")
MAX_FILE = 20_000_000
"""Octets of one zone file that are read."""


@dataclass(slots=True)
class Zone:
    """One origin with its records: name -> type -> (records, TTL)."""

    origin: str
    source: str
    records: dict[str, dict[str, tuple[list[Rdata], int]]] = field(default_factory=lambda: defaultdict(dict))
    names: set[str] = field(default_factory=set)

    def settle(self) -> None:
        """Work out the empty non-terminals (RFC 4592 2.2.2)."""
        for name in self.records:
            for ancestor in (name, *parents(name)):
                if under(ancestor, self.origin):
                    self.names.add(ancestor)
        self.names.add(self.origin)

    def cut(self, name: str) -> bool:
        """Whether `name` stands at or below a delegation to another zone."""
        return any(
            "NS" in self.records.get(each, {})
            for each in (name, *parents(name))
            if under(each, self.origin) and each != self.origin
        )

    def owner(self, name: str) -> str | None:
        """The owner whose records answer for `name`: itself, a wildcard, or None where neither is."""
        if name in self.names:
            return name
        closest = next((each for each in parents(name) if each in self.names), None)
        wildcard = f"*.{closest}" if closest is not None else None
        return wildcard if wildcard in self.names else None


def read_zone(path: Path, text: str | None = None) -> list[Zone]:
    """The zones of one master file.

    The origin is the `$ORIGIN` at its head, else the owner of its SOA, else the file's name without
    suffix. A file with several SOA records holds several zones. Raises InputError with file and line.
    """
    if text is None:
        try:
            if path.stat().st_size > MAX_FILE:
                raise InputError(f"{path}: larger than {MAX_FILE // 1_000_000} MB, the limit for a zone file")
            text = path.read_text("utf-8", "surrogateescape")
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    stem = path.name
    for suffix in SUFFIXES:
        stem = stem.removesuffix(suffix)
    try:
        rrsets = _records(path, stem, text)
    except dns.exception.DNSException as error:
        raise InputError(_place(path, str(error))) from None
    except (ValueError, UnicodeError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as a master file: {error}") from None
    origins = [from_wire_name(each.name) for each in rrsets if each.rdtype == dns.rdatatype.SOA]
    if not origins:
        origins = [_first_origin(text) or normal(stem)]
    zones = {origin: Zone(origin, str(path)) for origin in origins}
    for rrset in rrsets:
        _enter(zones, rrset, path)
    for zone in zones.values():
        zone.settle()
    return list(zones.values())


class _Collector:
    """Takes the records from dnspython's reader, under any name and with any number of SOA records.

    It stands in for the reader's transaction; dnspython's own ones hold one zone, or need quadratic time.
    """

    def __init__(self) -> None:
        self.records: dict[dns.name.Name, dict[dns.rdatatype.RdataType, dns.rdataset.Rdataset]] = {}
        self.manager = self

    def origin_information(self) -> tuple[dns.name.Name, bool, dns.name.Name]:
        """Names are read under the root, and kept absolute."""
        return dns.name.root, False, dns.name.root

    def check_put_rdataset(self, check: object) -> None:
        """The checks are ours (`_aliases_alone`)."""

    def _set_origin(self, origin: dns.name.Name) -> None:
        """$ORIGIN concerns the reader only."""

    def add(self, name: dns.name.Name, ttl: int, rdata: dns.rdata.Rdata) -> None:
        """One record."""
        types = self.records.setdefault(name, {})
        found = types.setdefault(rdata.rdtype, dns.rdataset.Rdataset(rdata.rdclass, rdata.rdtype))
        found.add(rdata, ttl)


def _records(path: Path, stem: str, text: str) -> list[dns.rrset.RRset]:
    collector: Any = _Collector()
    tokens = dns.tokenizer.Tokenizer(text, str(path))
    # $INCLUDE would read other files, $GENERATE can make millions of records out of one line.
    directives = ("$ORIGIN", "$TTL")
    reader = dns.zonefile.Reader(tokens, dns.rdataclass.IN, collector, allow_directives=directives, default_ttl=3600)
    reader.current_origin = dns.name.from_text(stem or ".")
    reader.read()
    _aliases_alone(path, collector.records)
    return [
        dns.rrset.from_rdata_list(name, found.ttl, list(found))
        for name, types in collector.records.items()
        for found in types.values()
    ]


_BESIDE_CNAME = frozenset({dns.rdatatype.CNAME, dns.rdatatype.RRSIG, dns.rdatatype.NSEC, dns.rdatatype.KEY})


def _aliases_alone(path: Path, records: dict[dns.name.Name, dict[dns.rdatatype.RdataType, Any]]) -> None:
    """No server loads a zone with a CNAME beside other data (RFC 1034 3.6.2)."""
    for name, types in records.items():
        others = [dns.rdatatype.to_text(each) for each in types if each not in _BESIDE_CNAME]
        if dns.rdatatype.CNAME in types and (others or len(types[dns.rdatatype.CNAME]) > 1):
            beside = f"beside {', '.join(others)}" if others else "twice"
            raise InputError(f"{path}: {name}: a CNAME stands {beside}, so no name server loads this zone")


def _enter(zones: dict[str, Zone], rrset: dns.rrset.RRset, path: Path) -> None:
    name = from_wire_name(rrset.name)
    home = max((origin for origin in zones if under(name, origin)), key=len, default=None)
    if home is None:
        raise InputError(
            f"{path}: {name}. stands outside the zone {next(iter(zones))}.; is a final dot missing or too much?"
        )
    type_ = dns.rdatatype.to_text(rrset.rdtype)
    zones[home].records[name][type_] = ([from_dnspython(item) for item in rrset], int(rrset.ttl))


def _first_origin(text: str) -> str | None:
    for line in text.splitlines():
        words = line.split()
        if words and words[0].upper() == "$ORIGIN" and len(words) > 1:
            return normal(words[1])
    return None


def _place(path: Path, message: str) -> str:
    return message if message.startswith(f"{path}:") else f"{path}: {message}"


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
        place = Path(path)
        if place.is_dir():
            files = sorted(each for each in place.rglob("*") if each.is_file() and each.suffix in SUFFIXES)
            if not files:
                raise InputError(f"{place}: no zone files there (*{', *'.join(SUFFIXES)})")
        else:
            files = [place]
        zones: dict[str, Zone] = {}
        for file in files:
            for zone in read_zone(file):
                if zone.origin in zones:
                    raise InputError(f"{file}: the zone {zone.origin}. is in {zones[zone.origin].source} already")
                zones[zone.origin] = zone
        return cls(list(zones.values()))

    @property
    def zones(self) -> list[Zone]:
        """The zones held."""
        return list(self._zones.values())

    def _zone(self, name: str) -> Zone | None:
        return next((self._zones[each] for each in (name, *parents(name)) if each in self._zones), None)

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """Answer from the zones; aliases are followed across them."""
        return self.answer(name, type)

    def answer(self, name: str, type: str) -> Fact[Records]:
        """The same without waiting."""
        aliases: list[str] = []
        current = normal(name)
        while True:
            chain = tuple(aliases)
            zone = self._zone(current)
            if zone is None and current in self._ancestors:
                return absent(name, type, "nodata", server="zone files", aliases=chain)
            if zone is None and current.startswith("_") and current.partition(".")[2] in self._ancestors:
                # An empty ancestor holds no underscored names either (RFC 8552): the DMARC walk asks for them.
                return absent(name, type, "nxdomain", server="zone files", aliases=chain)
            if zone is None or zone.cut(current):
                return unknown(name, type, "outside-zones", aliases=chain)
            owner = zone.owner(current)
            if owner is None:
                reason = "nodata" if current in self._ancestors else "nxdomain"
                return absent(name, type, reason, server=zone.source, aliases=chain)
            found = zone.records.get(owner, {}).get(type)
            if found:
                return known(name, type, tuple(found[0]), server=zone.source, aliases=chain, ttl=found[1])
            alias = zone.records.get(owner, {}).get("CNAME")
            if alias is None or type == "CNAME" or not isinstance(alias[0][0], Target):
                return absent(name, type, "nodata", server=zone.source, aliases=chain)
            current = alias[0][0].name
            if current in aliases or len(aliases) >= CHAIN:
                return unknown(name, type, "alias-loop", server=zone.source, aliases=chain)
            aliases.append(current)

    async def close(self) -> None:
        """Nothing to let go of."""
