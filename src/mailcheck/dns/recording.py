"""Keep the answers of a run in a file, and audit again from it."""

import json
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar

from mailcheck.dns.names import normal
from mailcheck.dns.port import Resolver, absent, known, unknown
from mailcheck.dns.rdata import Address, Exchange, Other, Rdata, Records, Target, Text
from mailcheck.model.errors import InputError
from mailcheck.model.fact import Absent, Fact, Known
from mailcheck.model.files import write_text
from mailcheck.model.value import replace

T = TypeVar("T")

FORMAT = "mailcheck-recording/1"
MAX_FILE = 100_000_000
"""Octets of a recording that are read."""


class RecordingResolver:
    """Passes questions on and writes what came back to `path` when closed (one JSON object a line, sorted).

    Raises InputError where there can be no such file: before the questions, not after.
    """

    def __init__(self, inner: Resolver, path: str | Path) -> None:
        self._inner = inner
        self._path = Path(path)
        if self._path.is_dir() or not self._path.parent.is_dir():
            problem = "is a directory" if self._path.is_dir() else "its directory does not exist"
            raise InputError(f"{path}: cannot be written: {problem}")
        self._facts: dict[tuple[str, str], Fact[Records]] = {}

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """Ask below and remember."""
        fact = await self._inner.ask(name, type)
        self._facts[normal(name), type] = fact
        return fact

    async def close(self) -> None:
        """Write the file, whole or not at all. Raises InputError when it cannot be written."""
        try:
            await self._inner.close()
        finally:
            self._write()

    def _write(self) -> None:
        lines = [json.dumps({"format": FORMAT})]
        lines += [json.dumps(_to_json(self._facts[key]), sort_keys=True) for key in sorted(self._facts)]
        try:
            write_text(self._path, "\n".join(lines) + "\n")
        except OSError as error:
            raise InputError(f"{self._path}: cannot be written: {error.strerror}") from None


class ReplayResolver:
    """Answers from a recording; a question it does not hold is Unknown (`not-recorded`). Raises InputError."""

    def __init__(self, path: str | Path) -> None:
        self._facts: dict[tuple[str, str], Fact[Records]] = {}
        lines = _lines(path)
        for number, line in enumerate(lines, 1):
            try:
                item = json.loads(line)
                if number == 1 and item.get("format") != FORMAT:
                    raise ValueError("the first line does not say " + FORMAT)
                if number > 1:
                    fact = _from_json(item)
                    self._facts[normal(fact.evidence.name), fact.evidence.type] = fact
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                problem = f"{error} is missing" if isinstance(error, KeyError) else str(error)
                raise InputError(f"{path}:{number}: not a line of a recording made with --record: {problem}") from None
        if not lines:
            raise InputError(f"{path}: empty; make a recording with --record")

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """The recorded fact."""
        return self._facts.get((normal(name), type)) or unknown(name, type, "not-recorded")

    async def close(self) -> None:
        """Nothing to let go of."""


def _lines(path: str | Path) -> list[str]:
    try:
        with Path(path).open("rb") as stream:
            raw = stream.read(MAX_FILE + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    if len(raw) > MAX_FILE:
        raise InputError(f"{path}: larger than {MAX_FILE // 1_000_000} MB, the limit for a recording")
    try:
        return raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: not UTF-8 text, so no recording made with --record") from None


def _to_json(fact: Fact[Records]) -> dict[str, Any]:
    evidence = fact.evidence
    item: dict[str, Any] = {"name": evidence.name, "type": evidence.type, "server": evidence.server}
    if evidence.aliases:
        item["aliases"] = list(evidence.aliases)
    if evidence.authenticated:
        item["authenticated"] = True
    if isinstance(fact, Known):
        return item | {"ttl": evidence.ttl, "records": [_record_to_json(record) for record in fact.value]}
    if isinstance(fact, Absent):
        return item | {"absent": fact.reason}
    return item | {"unknown": fact.reason, "rcode": evidence.rcode, "advice": evidence.advice}


def _record_to_json(record: Rdata) -> list[Any]:
    match record:
        case Text(strings=strings):
            return ["Text", [part.decode("latin-1") for part in strings]]
        case Exchange(preference=preference, host=host):
            return ["Exchange", preference, host]
        case Address(ip=value) | Target(name=value) | Other(text=value):
            return [type(record).__name__, value]


def _record_from_json(item: list[Any]) -> Rdata:
    match item:
        case ["Text", list(parts)]:
            return Text(tuple(str(part).encode("latin-1") for part in parts))
        case ["Exchange", int(preference), str(host)]:
            return Exchange(preference, host)
        case ["Address", str(value)]:
            return Address(str(ip_address(value)))
        case ["Target", str(value)]:
            return Target(value)
        case ["Other", str(value)]:
            return Other(value)
    raise ValueError(f"not a record: {item!r:.80}")


def _from_json(item: dict[str, Any]) -> Fact[Records]:
    name, type_, server = str(item["name"]), str(item["type"]), _optional(str, item.get("server"))
    aliases = tuple(str(each) for each in item.get("aliases", []))
    ad = bool(item.get("authenticated"))
    if "records" in item:
        records = tuple(_record_from_json(each) for each in item["records"])
        if not records:
            raise ValueError("there are no records")
        ttl = _optional(int, item.get("ttl"))
        return known(name, type_, records, server=server, aliases=aliases, authenticated=ad, ttl=ttl)
    if "absent" in item:
        if item["absent"] not in {"nxdomain", "nodata"}:
            raise ValueError(f"absent is nxdomain or nodata, not {item['absent']!r:.80}")
        return absent(name, type_, item["absent"], server=server, aliases=aliases, ad=ad)
    fact = unknown(name, type_, str(item["unknown"]), server=server, aliases=aliases, ad=ad)
    evidence = fact.evidence
    rcode, advice = str(item.get("rcode") or evidence.rcode), str(item.get("advice") or evidence.advice)
    return replace(fact, evidence=replace(evidence, rcode=rcode, advice=advice))


def _optional(kind: type[T], value: object) -> T | None:
    if value is None or isinstance(value, kind):
        return value
    raise ValueError(f"not {kind.__name__} but {value!r:.80}")
