"""SPF evaluation beside pyspf: the same senders, the same answers from memory, in turn, in one process.

    python benchmarks/spf_evaluation.py [--runs N] [--write]

Two sets of senders: the records of large ones (fixtures/big) with clients inside and outside, and the public SPF
suite, which pip fetches with pyspf's source (left out with a word where it cannot). Every figure is processor time.
pyspf parses a record each time; mailcheck keeps records in parsed form, as it does when many messages are verified.
"cold" is mailcheck without that: every record is parsed anew.
"""

import argparse
import asyncio
import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import spf as pyspf
from figures import Figure, table, write_readme

from mailcheck.auth.spf import walker
from mailcheck.auth.spf.evaluate import check_host
from mailcheck.auth.spf.second_opinion import as_pyspf_has_it, second_opinion
from mailcheck.dns.rdata import Records
from mailcheck.dns.static import StaticResolver
from mailcheck.dns.zones import ZoneResolver
from mailcheck.model.fact import Fact, Known, Unknown

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests"))
LEAST = 0.3
"""Seconds that one turn fills with rounds."""
DOMAINS = ("google.com", "gmail.com", "amazon.com", "amazonses.com", "outlook.com", "yahoo.com", "fastmail.com",
           "icloud.com", "workspace.example", "shop.example", "contoso.example", "parked.example")  # fmt: skip
CLIENTS = ("209.85.220.41", "54.240.0.9", "40.92.0.7", "98.137.64.1", "66.111.4.25", "17.58.6.41", "192.0.2.99",
           "2001:db8::25")  # fmt: skip


class Memory:
    """Answers that were asked for once; both implementations get them from here."""

    def __init__(self, ask: walker.Ask) -> None:
        self.inner = ask
        self.facts: dict[tuple[str, str], Fact[Records]] = {}

    async def ask(self, name: str, type_: str) -> Fact[Records]:
        """Ours: a fact."""
        fact = self.facts.get((name, type_))
        if fact is None:
            fact = self.facts[name, type_] = await self.inner(name, type_)
        return fact

    def lookup(self, name: str, type_: str, *_: object) -> list[Any]:
        """pyspf's: a list of names and values, or its exception."""
        fact = self.facts.get((name, type_))
        if fact is None:
            fact = asyncio.run(self.ask(name, type_))
        if isinstance(fact, Unknown):
            raise pyspf.TempError(fact.reason)
        return [((name, type_), as_pyspf_has_it(each)) for each in fact.value] if isinstance(fact, Known) else []


Senders = list[tuple[tuple[str, str, str], Memory]]


def ours(senders: Senders, *, cold: bool = False) -> list[str]:
    """Our results."""

    async def run() -> list[str]:
        found = []
        for sender, memory in senders:
            if cold:
                walker.forget()
            found.append((await check_host(*sender, memory.ask)).result)
        return found

    return asyncio.run(run())


def theirs(senders: Senders) -> list[str]:
    """pyspf's results."""
    found = []
    for (ip, mail_from, helo), memory in senders:
        pyspf.DNSLookup = memory.lookup
        found.append(pyspf.query(i=ip, s=mail_from, h=helo, strict=True).check()[0])
    return found


def seconds(run: Callable[[], object]) -> float:
    """Processor time of one round."""
    rounds, start = 0, time.process_time()
    while (spent := time.process_time() - start) < LEAST:
        run()
        rounds += 1
    return spent / rounds


def compared(name: str, senders: Senders, runs: int) -> list[Figure]:
    """Our rate against pyspf's, warm and cold."""
    same = sum(one == other for one, other in zip(ours(senders), theirs(senders), strict=True))
    count = len(senders)
    turns = []
    for _ in range(runs):
        reference = seconds(lambda: theirs(senders))
        ours(senders)
        turns.append((seconds(lambda: ours(senders)), seconds(lambda: ours(senders, cold=True)), reference))
    figures = []
    for at, (kind, target) in enumerate((("", ">= 1 x"), (", cold", "(for comparison)"))):
        ratio = statistics.median(turn[2] / turn[at] for turn in turns)
        mine, other = (count / statistics.median(turn[column] for turn in turns) for column in (at, 2))
        told = f"{ratio:.2f} x ({mine:,.0f}/s against {other:,.0f}/s; {same} of {count} results the same)"
        figures.append(Figure(f"SPF evaluations, {name}{kind}", target, told, None if at else ratio >= 1))
    return figures


def large_senders() -> Senders:
    """Every domain with every client."""
    memory = Memory(ZoneResolver.from_path(ROOT / "fixtures" / "big").ask)
    return [((ip, f"someone@{domain}", "mx.example.net"), memory) for domain in DOMAINS for ip in CLIENTS]


def suite() -> Senders:
    """The senders of the public suite; none where pip cannot get it."""
    from auth import public_suite

    if public_suite.texts() is None:
        sys.stderr.write("the public SPF suite is left out: pip cannot get it\n")
        return []
    memories: dict[int, Memory] = {}
    found = []
    for case in public_suite.cases("rfc7208-tests.yml"):
        memory = memories.setdefault(id(case.world), Memory(case.world.ask))
        found.append(((case.ip, case.mail_from, case.helo), memory))
    return found


def hostile() -> Figure:
    """The slowest of the hostile worlds of the tests, ours and the second opinion together."""
    from auth.test_spf_evaluate import HOSTILE

    slowest, which = 0.0, ""
    for name, world in HOSTILE.items():
        for local in ("u", "." * 100_000, "a." * 150):
            resolver = StaticResolver(world)
            sender = ("192.0.2.1", f"{local}@example.com", "h")
            start = time.process_time()
            result = asyncio.run(check_host(*sender, resolver.ask))
            asyncio.run(second_opinion(*sender, resolver.ask, trace=result.trace))
            spent = time.process_time() - start
            slowest, which = max((slowest, which), (spent, name))
    return Figure("slowest hostile sender, with pyspf's opinion", "<= 2 s", f"{slowest:.2f} s ({which})", slowest <= 2)


def main() -> int:
    """Measure; 0 where every target is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="of everything; medians are shown (default 7)")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    args = parser.parse_args()
    load = os.getloadavg()[0]
    gc.freeze()
    figures = compared("large senders", large_senders(), args.runs)
    if senders := suite():
        figures += compared("public suite", senders, args.runs)
    figures.append(hostile())
    text = table(figures, load, f"pyspf {version('pyspf')}")
    sys.stdout.write(text)
    if args.write:
        write_readme("spf", text)
    return 0 if all(figure.ok is not False for figure in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
