"""The SPF cases of fixtures/spf/*.toml, grouped by their clause of RFC 7208.

{ why = "what the clause says here",
  ip = "192.0.2.1", from = "user@example.com", helo = "mx.example.net",     the defaults
  spf = "v=spf1 -all",                    the record of example.com
  dns = { "i.t" = ["v=spf1 +all"],        a list is TXT
          "h.t" = { A = ["192.0.2.1"] },  a table is types; what it says of example.com is added to `spf`
          "d.t" = "SERVFAIL" },           a word is a fault
  gives = "pass", by = "+all",            the result, and the term that decides
  exp = "...",                            the explanation; there must be none where this is left out
  lookups = 1, voids = 0, identity = "helo",
  not_asked = ["d.t A"],                  questions that must not be asked
  pyspf = "permerror" }                   pyspf's result, where it differs from ours
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailcheck.dns.rdata import Records
from mailcheck.dns.static import StaticResolver
from mailcheck.model.fact import Fact

FOLDER = Path(__file__).parents[2] / "fixtures" / "spf"


def entries() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every case with a name made of its clause and its `why`."""
    for path in sorted(FOLDER.glob("*.toml")):
        for group, cases in tomllib.loads(path.read_text("utf-8")).items():
            for case in cases:
                yield f"{group}: {case['why']}", case


CASES = [pytest.param(case, id=ascii(name)[1:-1]) for name, case in entries()]


def world_of(case: dict[str, Any]) -> dict[str, Any]:
    """The case's DNS as StaticResolver takes it."""
    world = {name: {"TXT": each} if isinstance(each, list) else each for name, each in case.get("dns", {}).items()}
    if "spf" in case:
        world["example.com"] = {"TXT": [case["spf"]], **world.get("example.com", {})}
    return world


def sender_of(case: dict[str, Any]) -> tuple[str, str, str]:
    """Client, MAIL FROM and HELO."""
    return case.get("ip", "192.0.2.1"), case.get("from", "user@example.com"), case.get("helo", "mx.example.net")


class Asked:
    """A closed world that keeps what it was asked."""

    def __init__(self, world: dict[str, Any]) -> None:
        self.resolver = StaticResolver(world)
        self.questions: list[str] = []

    async def ask(self, name: str, type_: str) -> Fact[Records]:
        """The world's answer."""
        self.questions.append(f"{name} {type_}")
        return self.resolver.answer(name, type_)
