"""The public SPF test suite (RFC 7208), from pyspf's source distribution: fetched by pip, never kept here."""

import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from mailcheck.dns.names import normal
from mailcheck.dns.port import absent, known, unknown
from mailcheck.dns.rdata import Address, Exchange, Rdata, Records, Target, Text
from mailcheck.model.fact import Fact

FILES = ("rfc7208-tests.yml", "rfc4408-tests.yml")


@cache
def texts() -> dict[str, str] | None:
    """The files of the suite; None where pip cannot get them."""
    name = f"pyspf=={metadata.version('pyspf')}"
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", "pyspf", "-d", folder, name]
        try:
            subprocess.run(pip, capture_output=True, timeout=120, check=True)
        except (subprocess.SubprocessError, OSError):
            return None
        (archive,) = Path(folder).glob("*.tar.gz")
        found = {}
        with tarfile.open(archive) as tar:
            for member in tar:
                file = tar.extractfile(member) if member.name.endswith(FILES) else None
                if file is not None:
                    found[Path(member.name).name] = file.read().decode("utf-8")
    return found if len(found) == len(FILES) else None


@dataclass(frozen=True)
class Case:
    """One case: who sends, which results are right (the first is preferred), and the explanation where it matters."""

    name: str
    ip: str
    helo: str
    mail_from: str
    results: tuple[str, ...]
    explanation: str | None
    world: "World"


@dataclass(frozen=True)
class World:
    """The DNS of a scenario, as pyspf's own test driver reads it."""

    records: dict[tuple[str, str], tuple[Rdata, ...]]
    faults: frozenset[tuple[str, str]]
    dead: frozenset[str]
    names: frozenset[str] = field(default=frozenset())

    async def ask(self, name: str, type_: str) -> Fact[Records]:
        """The fact for a question; aliases are followed."""
        current, chain = normal(name), []
        while True:
            if (current, type_) in self.faults or (current.startswith("error.") and current not in self.names):
                return unknown(name, type_, "timeout")
            found = self.records.get((current, type_))
            if found:
                return known(name, type_, found, aliases=tuple(chain))
            if current in self.dead:
                return unknown(name, type_, "timeout")
            alias = self.records.get((current, "CNAME"))
            if not alias:
                return absent(name, type_, "nodata" if current in self.names else "nxdomain")
            current = alias[0].name
            if current in chain:
                return unknown(name, type_, "alias-loop")
            chain.append(current)


def _rdata(type_: str, value: Any) -> Rdata:
    if type_ == "TXT":
        return Text(tuple(part.encode("utf-8") for part in ([value] if isinstance(value, str) else value)))
    if type_ == "MX":
        return Exchange(value[0], normal(value[1]))
    return Address(value) if type_ in {"A", "AAAA"} else Target(normal(value))


def _world(zone: dict[str, list[Any]]) -> World:
    records: dict[tuple[str, str], list[Rdata]] = {}
    faults, dead = set(), set()
    for owner, entries in zone.items():
        name = normal(owner)
        pairs = [pair for entry in entries if isinstance(entry, dict) for pair in entry.items()]
        if "TIMEOUT" in entries:
            dead.add(name)
        if not any(type_ == "TXT" for type_, _ in pairs):
            # A record of the type SPF stands for TXT, too, where the case does not say otherwise.
            pairs += [("TXT", value) for type_, value in pairs if type_ == "SPF"]
        for type_, value in pairs:
            if value == "TIMEOUT":
                faults.add((name, type_))
            elif type_ != "SPF" and value != "NONE":
                records.setdefault((name, type_), []).append(_rdata(type_, value))
    frozen = {key: tuple(values) for key, values in records.items()}
    return World(frozen, frozenset(faults), frozenset(dead), frozenset(normal(name) for name in zone))


def cases(file: str) -> Iterator[Case]:
    """Every case of a file."""
    for scenario in yaml.safe_load_all((texts() or {})[file]):
        world = _world(scenario["zonedata"])
        for name, case in scenario["tests"].items():
            results = [case["result"]] if isinstance(case["result"], str) else case["result"]
            sender = (str(case["host"]), case["helo"], case["mailfrom"])
            yield Case(name, *sender, tuple(results), case.get("explanation"), world)
