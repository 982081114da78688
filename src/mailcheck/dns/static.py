"""A closed world of answers, for tests, for Python callers, and for `--zone answers.json`."""

import json
from collections.abc import Mapping
from pathlib import Path

import dns.rdata
import dns.rdataclass
import dns.rdatatype

from mailcheck.dns.answers import CHAIN
from mailcheck.dns.names import normal, parents, valid
from mailcheck.dns.port import absent, known, unknown
from mailcheck.dns.rdata import Rdata, Records, Target, Text, from_dnspython
from mailcheck.model.errors import InputError
from mailcheck.model.fact import Fact

FAULTS = {"SERVFAIL": "servfail", "TIMEOUT": "timeout", "REFUSED": "refused", "MALFORMED": "malformed",
          "TRUNCATED": "truncated", "OUTSIDE-ZONES": "outside-zones"}  # fmt: skip
"""Words that stand for an answer that proves nothing, and the reason each gives."""

MAX_FILE = 20_000_000
"""Octets of a file of answers that are read."""

KEPT = 10_000
"""Answers that are kept as they were given; the world does not change."""

Answers = Mapping[str, str | Mapping[str, str | list[str]]]


class StaticResolver:
    """Answers from a mapping.

    `answers` maps a name to `{"TXT": ["…"], "MX": ["10 mx.example.com."], …}`, to "NXDOMAIN", or to a
    fault ("SERVFAIL", "TIMEOUT", "REFUSED", "MALFORMED", "TRUNCATED", "OUTSIDE-ZONES"); a type may map
    to a fault too. A TXT item is the record's joined text, or, when it begins with a quotation mark, its strings
    as in a master file. A name `*.…` is a wildcard. The world is closed: an unlisted name is NXDOMAIN, a listed
    name (or one above a listed one) without the type is NODATA.

    Raises InputError for data that cannot be read.
    """

    def __init__(self, answers: Answers, *, source: str = "answers") -> None:
        self._source = source
        self._faults: dict[str, str] = {}
        self._types: dict[tuple[str, str], Records | str] = {}
        self._names: set[str] = set()
        self._given: dict[tuple[str, str], Fact[Records]] = {}
        if not isinstance(answers, Mapping):
            raise InputError(f"{source}: a mapping of names to their records is wanted, not {type(answers).__name__}")
        for name, entry in answers.items():
            if not name.isascii() or not valid(normal(name)):
                raise InputError(f"{source}: {name!r:.300} is no name; internationalized ones are written xn--…")
            self._enter(normal(name), entry)

    @classmethod
    def from_file(cls, path: str | Path) -> "StaticResolver":
        """Read the JSON form. Raises InputError with file, line and remedy."""
        try:
            with Path(path).open("rb") as stream:
                raw = stream.read(MAX_FILE + 1)
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}") from None
        if len(raw) > MAX_FILE:
            raise InputError(f"{path}: larger than {MAX_FILE // 1_000_000} MB, the limit for a file of answers")
        try:
            data = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}:{error.lineno}: not JSON: {error.msg} (column {error.colno})") from None
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}: not JSON: {error}") from None
        if not isinstance(data, dict):
            raise InputError(f"{path}: the top of the file must be an object of names")
        return cls(data, source=str(path))

    def _enter(self, name: str, entry: object) -> None:
        if isinstance(entry, str):
            word = entry.upper()
            if word != "NXDOMAIN" and word not in FAULTS:
                raise InputError(f"{self._source}: {name}: {entry!r} is none of NXDOMAIN, {', '.join(FAULTS)}")
            self._faults[name] = word
            if word in FAULTS:
                self._names.update([name, *parents(name)])
            return
        if not isinstance(entry, Mapping):
            raise InputError(f"{self._source}: {name}: expected an object of types, or a word like NXDOMAIN")
        self._names.update([name, *parents(name)])
        for type_, value in entry.items():
            if isinstance(value, str) and value.upper() in FAULTS:
                self._types[name, type_.upper()] = value.upper()
            elif isinstance(value, (list, tuple)):
                self._types[name, type_.upper()] = tuple(self._record(name, type_, item) for item in value)
            else:
                raise InputError(f"{self._source}: {name} {type_}: expected a list of records or a word like SERVFAIL")

    def _record(self, name: str, type_: str, item: object) -> Rdata:
        if not isinstance(item, str):
            raise InputError(f"{self._source}: {name} {type_}: {item!r} is not a string")
        if type_.upper() == "TXT" and not item.startswith('"'):
            try:
                raw = item.encode("utf-8", "surrogateescape")
            except UnicodeEncodeError as error:
                raise InputError(f"{self._source}: {name} {type_}: {item!r:.300} is no text: {error.reason}") from None
            return Text(tuple(raw[at : at + 255] for at in range(0, len(raw), 255)) or (b"",))
        try:
            rdtype = dns.rdatatype.from_text(type_)
            return from_dnspython(dns.rdata.from_text(dns.rdataclass.IN, rdtype, item, relativize=False))
        except Exception as error:  # noqa: BLE001  whatever the parser raises says: this is no such record
            raise InputError(f"{self._source}: {name} {type_}: {item!r:.300} cannot be read: {error}") from None

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """Answer from the mapping; aliases are followed inside it."""
        return self.answer(name, type)

    def answer(self, name: str, type: str) -> Fact[Records]:
        """The same without waiting."""
        fact = self._given.get((name, type))
        if fact is None:
            if len(self._given) >= KEPT:
                self._given.clear()
            fact = self._given[name, type] = self._answer(name, type)
        return fact

    def _answer(self, name: str, type: str) -> Fact[Records]:
        aliases: list[str] = []
        current = normal(name)
        while True:
            chain = tuple(aliases)
            current = self._owner(current)
            word = self._faults.get(current)
            if word == "NXDOMAIN":
                return absent(name, type, "nxdomain", server=self._source, aliases=chain)
            if word:
                return unknown(name, type, FAULTS[word], server=self._source, aliases=chain)
            found = self._types.get((current, type))
            if isinstance(found, str):
                return unknown(name, type, FAULTS[found], server=self._source, aliases=chain)
            if found:
                return known(name, type, found, server=self._source, aliases=chain)
            alias = self._types.get((current, "CNAME"))
            if isinstance(alias, tuple) and alias and isinstance(alias[0], Target) and type != "CNAME":
                current = alias[0].name
                if current in aliases or len(aliases) >= CHAIN:
                    return unknown(name, type, "alias-loop", server=self._source, aliases=chain)
                aliases.append(current)
                continue
            reason = "nodata" if current in self._names else "nxdomain"
            return absent(name, type, reason, server=self._source, aliases=chain)

    def _owner(self, name: str) -> str:
        """The entry that answers for a name: its own, else the wildcard below its closest ancestor (RFC 4592 3.3.1)."""
        if name in self._names or name in self._faults:
            return name
        closest = next((each for each in parents(name) if each in self._names), None)
        star = f"*.{closest}"
        return star if closest is not None and star in self._names else name

    async def close(self) -> None:
        """Nothing to let go of."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose keys differ: of two entries for one name JSON would silently keep the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for at, (key, _) in enumerate(pairs) if key in dict(pairs[:at]))
        raise ValueError(f"{twice!r:.300} is there twice; put its records into one list")
    return found
