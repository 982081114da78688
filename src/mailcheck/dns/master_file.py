"""RFC 1035 master files: from text to zones, every complaint with its line."""

import re
from pathlib import Path
from typing import Any

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.tokenizer
import dns.zonefile

from mailcheck.dns.names import from_wire_name, normal, parents
from mailcheck.dns.rdata import Rdata, from_dnspython
from mailcheck.model.errors import InputError
from mailcheck.model.value import dataclass, field

SUFFIXES = (".zone", ".db", ".master")
MAX_FILE = 20_000_000
"""Octets of one zone file that are read."""


@dataclass(slots=True)
class RecordSet:
    """The records of one name and type; `line` is that of the first."""

    line: int
    ttl: int
    records: dict[dns.rdata.Rdata, None] = field(default_factory=dict)


@dataclass(slots=True)
class Zone:
    """One origin with its records: name -> type -> (records, TTL)."""

    origin: str
    source: str
    records: dict[str, dict[str, tuple[list[Rdata], int]]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def settle(self) -> None:
        """Work out the empty non-terminals (RFC 4592 2.2.2)."""
        self.names.add(self.origin)
        for name in self.records:
            for each in (name, *parents(name)):
                if each in self.names:
                    break
                self.names.add(each)

    def _above(self, name: str) -> list[str]:
        """The names above `name` in this zone, nearest first; the last is the origin."""
        above = [*parents(name), ""] if name else []
        return above[: above.index(self.origin) + 1] if self.origin in above else []

    def cut(self, name: str) -> bool:
        """Whether `name` stands at or below a delegation to another zone."""
        return any("NS" in self.records.get(each, {}) for each in (name, *self._above(name)) if each != self.origin)

    def redirected(self, name: str) -> tuple[str, int] | None:
        """Where a DNAME above `name` leads it, and for how long (RFC 6672 2.2)."""
        for each in self._above(name):
            found = self.records.get(each, {}).get("DNAME")
            if found:
                (dname, *_), ttl = found
                return normal(f"{name[: len(name) - len(each)].removesuffix('.')}.{dname.presentation}"), ttl
        return None

    def owner(self, name: str) -> str | None:
        """The owner whose records answer for `name`: itself, a wildcard, or None where neither is."""
        if name in self.names:
            return name
        closest = next((each for each in parents(name) if each in self.names), self.origin)
        wildcard = f"*.{closest}" if closest else "*"
        return wildcard if wildcard in self.names else None


def read_zone(path: Path, text: str | None = None) -> list[Zone]:
    """The zones of one master file.

    The origin is the owner of its SOA, else the `$ORIGIN` at its head, else the file's name without suffix; where
    no record stands below that, the names of the records themselves. A file with several SOA records holds several
    zones. Raises InputError with file, line and remedy.
    """
    sets, head = _records(path, _text(path) if text is None else text)
    if not sets:
        raise InputError(f"{path}:1: holds no records; one is written: name [TTL] [IN] TYPE data")
    origins = [from_wire_name(name) for name, types in sets.items() if dns.rdatatype.SOA in types]
    if not origins:
        owners = {from_wire_name(name) for name in sets}
        # A few records with whole names, as a report prints them, need neither SOA nor $ORIGIN.
        outside = {name for name in owners if head not in {name, *parents(name), ""}}
        origins = [head] if outside != owners else _tops(owners)
    zones = {origin: Zone(origin, str(path)) for origin in origins}
    for owner, types in sets.items():
        _alias_alone(path, owner, types)
        name = from_wire_name(owner)
        home = next((each for each in (name, *parents(name), "") if each in zones), None)
        if home is None:
            first = min(each.line for each in types.values())
            origin = next(iter(zones))
            raise InputError(
                f"{path}:{first}: {name}. stands outside the zone {origin}.; is a final dot missing or too much?"
            )
        zones[home].records[name] = {
            dns.rdatatype.to_text(rdtype): ([from_dnspython(item) for item in each.records], each.ttl)
            for rdtype, each in types.items()
        }
    for zone in zones.values():
        zone.settle()
    return list(zones.values())


def _tops(names: set[str]) -> list[str]:
    """The names that stand below none of the others; a wildcard counts for the name it stands under."""
    bare = {name.removeprefix("*.") for name in names}
    return sorted(name for name in bare if not bare & set(parents(name)))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_FILE + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    if len(raw) > MAX_FILE:
        raise InputError(f"{path}: larger than {MAX_FILE // 1_000_000} MB, the limit for a zone file")
    # What is not UTF-8 keeps its octets, as \DDD (RFC 1035 5.1).
    text = raw.decode("utf-8-sig", "surrogateescape")
    return re.sub("[\udc80-\udcff]", lambda found: f"\\{ord(found[0]) - 0xDC00:03d}", text)


class _Tokens(dns.tokenizer.Tokenizer):
    """Remembers the last token and its line; the base class counts a line's end as soon as it has looked at it."""

    line = 1
    word = ""

    def get(self, want_leading: bool = False, want_comment: bool = False) -> dns.tokenizer.Token:
        token = super().get(want_leading, want_comment)
        if not token.is_eol_or_eof():
            self.word = str(token.value)
            self.line = self.line_number - (self.ungotten_char == "\n")
        return token

    def where(self) -> tuple[str, int]:
        return self.filename, self.line


class _Collector:
    """Takes the records from dnspython's reader, under any name and with any number of SOA records.

    It stands in for the reader's transaction; dnspython's own ones hold one zone, or need quadratic time.
    """

    def __init__(self, tokens: _Tokens) -> None:
        self.sets: dict[dns.name.Name, dict[dns.rdatatype.RdataType, RecordSet]] = {}
        self.manager = self
        self.head: dns.name.Name | None = None
        self._tokens = tokens

    def origin_information(self) -> tuple[dns.name.Name, bool, dns.name.Name]:
        """Names are read under the root, and kept absolute."""
        return dns.name.root, False, dns.name.root

    def check_put_rdataset(self, check: object) -> None:
        """The checks are ours (`_alias_alone`)."""

    def _set_origin(self, origin: dns.name.Name) -> None:
        """$ORIGIN: the first one names the zone where no SOA does."""
        self.head = self.head or origin

    def add(self, name: dns.name.Name, ttl: int, rdata: dns.rdata.Rdata) -> None:
        """One record."""
        types = self.sets.setdefault(name, {})
        found = types.setdefault(rdata.rdtype, RecordSet(self._tokens.line, ttl))
        found.ttl = min(found.ttl, ttl)
        found.records[rdata] = None


Sets = dict[dns.name.Name, dict[dns.rdatatype.RdataType, RecordSet]]


def _records(path: Path, text: str) -> tuple[Sets, str]:
    """The record sets of a file, and the origin to use where no SOA names one."""
    tokens = _Tokens(text, str(path))
    found = _Collector(tokens)
    collector: Any = found
    # $INCLUDE would read other files, $GENERATE can make millions of records out of one line.
    directives = ("$ORIGIN", "$TTL")
    reader = dns.zonefile.Reader(tokens, dns.rdataclass.IN, collector, allow_directives=directives, default_ttl=3600)
    reader.current_origin = _stem(path)
    try:
        reader.read()
    except Exception as error:  # noqa: BLE001  whatever the reader raises says: this line cannot be read
        place = f"{path}:{tokens.line}: "
        raise InputError(f"{place}{_complaint(str(error).removeprefix(place), tokens.word)}") from None
    return found.sets, from_wire_name(found.head or _stem(path))


def _stem(path: Path) -> dns.name.Name:
    stem = path.name
    for suffix in SUFFIXES:
        stem = stem.removesuffix(suffix)
    try:
        return dns.name.from_text(normal(stem) or ".")
    except (dns.exception.DNSException, UnicodeError):
        return dns.name.root


def _complaint(problem: str, word: str) -> str:
    problem = re.sub(r"caught exception <class '[\w.]+'>: ", "", problem).rstrip(".") or "cannot be read"
    if "directive" in problem:
        return f"{problem}; only $ORIGIN and $TTL are read, so put the records themselves into the file"
    if word and word not in problem:
        problem += f" (at {word!r:.60})"
    return f"{problem}; a record is written: name [TTL] [IN] TYPE data"


_BESIDE_CNAME = frozenset({dns.rdatatype.CNAME, dns.rdatatype.RRSIG, dns.rdatatype.NSEC, dns.rdatatype.KEY})


def _alias_alone(path: Path, name: dns.name.Name, types: dict[dns.rdatatype.RdataType, RecordSet]) -> None:
    """No server loads a zone with a CNAME beside other data (RFC 1034 3.6.2)."""
    alias = types.get(dns.rdatatype.CNAME)
    if alias is None:
        return
    others = [dns.rdatatype.to_text(each) for each in types if each not in _BESIDE_CNAME]
    if others or len(alias.records) > 1:
        beside = f"beside {', '.join(others)}" if others else "beside another CNAME"
        raise InputError(
            f"{path}:{alias.line}: {name}: a CNAME stands {beside}, so no name server loads this zone; keep one of them"
        )
