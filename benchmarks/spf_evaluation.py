"""SPF evaluation beside pyspf: the same senders, the same answers from memory, in turn, in one process.

    python benchmarks/spf_evaluation.py  # half a minute; exit code 0 where every target is met (warm: a ratio of 1)

Two sets: the records of large senders (fixtures/big) with clients inside and outside of them, and the public SPF suite,
which pip fetches with pyspf's source. pyspf keeps nothing between evaluations; mailcheck keeps records in parsed form,
as it does when many messages are verified. "cold" is mailcheck without that: every record is parsed anew.
"""

import argparse
import asyncio
import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import spf as pyspf

from mailcheck.auth.spf import walker
from mailcheck.auth.spf.evaluate import check_host
from mailcheck.auth.spf.second_opinion import as_pyspf_has_it
from mailcheck.dns.rdata import Records
from mailcheck.dns.zones import ZoneResolver
from mailcheck.model.fact import Fact, Known, Unknown

ROOT = Path(__file__).parent.parent
Sender = tuple[str, str, str]
DOMAINS = ("google.com", "gmail.com", "amazon.com", "amazonses.com", "outlook.com", "yahoo.com", "fastmail.com",
           "icloud.com", "workspace.example", "shop.example", "contoso.example", "parked.example")  # fmt: skip
CLIENTS = (
    "209.85.220.41",
    "54.240.0.9",
    "40.92.0.7",
    "98.137.64.1",
    "66.111.4.25",
    "17.58.6.41",
    "192.0.2.99",
    "2001:db8::25",
)


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


def ours(senders: list[tuple[Sender, Memory]], *, cold: bool = False) -> list[str]:
    async def run() -> list[str]:
        found = []
        for sender, memory in senders:
            if cold:
                walker.forget()
            found.append((await check_host(*sender, memory.ask)).result)
        return found

    return asyncio.run(run())


def theirs(senders: list[tuple[Sender, Memory]]) -> list[str]:
    found = []
    for (ip, mail_from, helo), memory in senders:
        pyspf.DNSLookup = memory.lookup
        found.append(pyspf.query(i=ip, s=mail_from, h=helo, strict=True).check()[0])
    return found


def seconds(run: Callable[[], object], least: float) -> float:
    """Processor time of one round, by as many rounds as fill `least` seconds."""
    rounds, start = 0, time.process_time()
    while (spent := time.process_time() - start) < least:
        run()
        rounds += 1
    return spent / rounds


def measured(name: str, senders: list[tuple[Sender, Memory]], turns: int) -> list[tuple[str, float, float, float]]:
    """Name, our rate, pyspf's, and the ratio, the median of turns; warm and cold."""
    results, others = ours(senders), theirs(senders)
    same = sum(one == other for one, other in zip(results, others, strict=True))
    print(f"{name}: {len(senders)} evaluations, {same} with the same result")
    rows: dict[str, list[tuple[float, float]]] = {"warm": [], "cold": []}
    for _ in range(turns):
        reference = seconds(lambda: theirs(senders), 0.3)
        ours(senders)
        rows["warm"].append((seconds(lambda: ours(senders), 0.3), reference))
        rows["cold"].append((seconds(lambda: ours(senders, cold=True), 0.3), reference))
    found = []
    for kind, pairs in rows.items():
        rate = statistics.median(len(senders) / mine for mine, _ in pairs)
        other = statistics.median(len(senders) / reference for _, reference in pairs)
        ratio = statistics.median(reference / mine for mine, reference in pairs)
        found.append((f"{name}, {kind}", rate, other, ratio))
    return found


def large_senders() -> list[tuple[Sender, Memory]]:
    memory = Memory(ZoneResolver.from_path(ROOT / "fixtures" / "big").ask)
    return [((ip, f"someone@{domain}", "mx.example.net"), memory) for domain in DOMAINS for ip in CLIENTS]


def public_suite() -> Any:
    """The module of the tests that fetches it."""
    sys.path.append(str(ROOT / "tests"))
    from auth import public_suite as module

    return module


def suite() -> list[tuple[Sender, Memory]]:
    memories: dict[int, Memory] = {}
    found = []
    for case in public_suite().cases("rfc7208-tests.yml"):
        memory = memories.setdefault(id(case.world), Memory(case.world.ask))
        found.append(((case.ip, case.mail_from, case.helo), memory))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=7)
    turns = parser.parse_args().turns
    gc.freeze()
    rows = measured("large senders", large_senders(), turns)
    if public_suite().texts() is None:
        print("the public suite is left out: pip cannot get it")
    else:
        rows += measured("public suite", suite(), turns)
    print("| senders | mailcheck | pyspf | ratio |\n| --- | --- | --- | --- |")
    for name, rate, other, ratio in rows:
        print(f"| {name} | {rate:,.0f}/s | {other:,.0f}/s | {ratio:.2f} |")
    return 0 if all(ratio >= 1 for name, _, _, ratio in rows if name.endswith("warm")) else 1


if __name__ == "__main__":
    sys.exit(main())
