"""Keep the answers of a run in a file, and audit again from it."""

import json
from pathlib import Path
from typing import Any

from mailcheck.dns.port import Resolver, absent, known, unknown
from mailcheck.dns.rdata import Address, Exchange, Other, Rdata, Records, Target, Text
from mailcheck.model.errors import InputError
from mailcheck.model.fact import Absent, Fact, Known
from mailcheck.model.files import write_text

FORMAT = "mailcheck-recording/1"


class RecordingResolver:
    """Passes questions on and writes what came back to `path` when closed (one JSON object a line, sorted)."""

    def __init__(self, inner: Resolver, path: str | Path) -> None:
        self._inner = inner
        self._path = Path(path)
        self._facts: dict[tuple[str, str], Fact[Records]] = {}

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """Ask below and remember."""
        fact = await self._inner.ask(name, type)
        self._facts[name, type] = fact
        return fact

    async def close(self) -> None:
        """Write the file, whole or not at all. Raises InputError when it cannot be written."""
        await self._inner.close()
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
        try:
            lines = Path(path).read_text("utf-8").splitlines()
        except (OSError, UnicodeError) as error:
            raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
        for number, line in enumerate(lines, 1):
            try:
                item = json.loads(line)
                if number == 1 and item.get("format") != FORMAT:
                    raise ValueError("the first line does not say " + FORMAT)
                if number > 1:
                    fact = _from_json(item)
                    self._facts[fact.evidence.name, fact.evidence.type] = fact
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                raise InputError(f"{path}:{number}: not a line of a recording made with --record: {error}") from None
        if not lines:
            raise InputError(f"{path}: empty; make a recording with --record")

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """The recorded fact."""
        return self._facts.get((name, type)) or unknown(name, type, "not-recorded")

    async def close(self) -> None:
        """Nothing to let go of."""


def _to_json(fact: Fact[Records]) -> dict[str, Any]:
    evidence = fact.evidence
    item: dict[str, Any] = {"name": evidence.name, "type": evidence.type, "server": evidence.server}
    if evidence.aliases:
        item["aliases"] = list(evidence.aliases)
    if evidence.authenticated:
        item["authenticated"] = True
    if isinstance(fact, Known):
        return item | {"ttl": evidence.ttl, "records": [_record_to_json(record) for record in fact.value]}
    return item | {"absent" if isinstance(fact, Absent) else "unknown": fact.reason}


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
            return Address(value)
        case ["Target", str(value)]:
            return Target(value)
        case ["Other", str(value)]:
            return Other(value)
    raise ValueError(f"not a record: {item!r:.80}")


def _from_json(item: dict[str, Any]) -> Fact[Records]:
    name, type_, server = str(item["name"]), str(item["type"]), item.get("server")
    aliases = tuple(str(each) for each in item.get("aliases", []))
    if "records" in item:
        records = tuple(_record_from_json(each) for each in item["records"])
        ad = bool(item.get("authenticated"))
        return known(name, type_, records, server=server, aliases=aliases, authenticated=ad, ttl=item.get("ttl"))
    if "absent" in item:
        return absent(name, type_, str(item["absent"]), server=server, aliases=aliases)
    return unknown(name, type_, str(item["unknown"]), server=server, aliases=aliases)
