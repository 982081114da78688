"""The figures of `mailcheck DOMAIN`: DNS waiting, against checkdmarc, on a bad network, and starting up.

    python benchmarks/audit.py [--runs N] [--cache DIR] [--write]

Everything stays on loopback: knotd serves the zones of zones.py, dns_proxy.py stands between as the network. The
peer is installed by pip into a virtual environment in --cache (kept) or in a temporary folder (removed).
"""

import argparse
import contextlib
import json
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import zones
from figures import Figure, installed_peer, table, write_readme
from processes import HERE, Ended, name_server, proxy, run

PEER = "6.0.4"
DELAYS = (0.02, 0.05)
BAD = {"delay": 0.02, "loss": 0.05, "cold": 1.5, "table": 150}


class Bench:
    """Runs the programs against the name server and makes the figures."""

    def __init__(self, runs: int, upstream: int, mailcheck: str) -> None:
        self.runs = runs
        self.upstream = upstream
        self.command = mailcheck
        self.questions: dict[str, list[int]] = {domain: [] for domain in zones.LONGEST}
        self.peaks: list[int] = []
        self.duplicates: set[str] = set()

    def mailcheck(self, *domains: str, **network: object) -> tuple[Ended, dict[str, Any]]:
        """One audit as a whole process, through a fresh proxy."""
        with proxy(self.upstream, **network) as way:
            words = [*domains, "--resolver", f"127.0.0.1:{way.port}", "--format", "json"]
            ended = run([self.command, *words])
        if ended.code == 2 or not ended.out:
            raise SystemExit(f"mailcheck {' '.join(words)}\nexit code {ended.code}: {ended.err}")
        return ended, way.seen

    def clean(self, domain: str, delay: float) -> tuple[Ended, dict[str, Any]]:
        """An audit on a good network; its questions are counted, and the end of the longest chain is looked for."""
        ended, seen = self.mailcheck(domain, delay=delay)
        last = zones.LONGEST[domain][1]
        if last not in {f"{name} {type_}" for _, _, name, type_, _ in seen["log"]}:
            raise SystemExit(f"the audit of {domain} does not ask {last}: the bound in zones.py is not its own")
        self.questions[domain].append(seen["messages"])
        self.peaks.append(seen["peak"])
        self.duplicates |= set(seen["duplicates"])
        return ended, seen

    def waiting(self) -> Iterator[Figure]:
        """(a) Time with a question open, in units of the longest chain of dependent questions."""
        for domain, (length, _) in zones.LONGEST.items():
            for delay in DELAYS:
                seen = [self.clean(domain, delay)[1] for _ in range(self.runs)]
                bound = length * delay
                busy = median(each["busy"] for each in seen) / bound
                span = median(each["span"] for each in seen)
                name = f"{domain}, {delay * 1000:.0f} ms: time with a question open"
                shown = f"{busy:.2f} x {length} x {delay * 1000:.0f} ms"
                shown += f" (first question to last answer {span * 1000:.0f} ms)"
                yield Figure(name, "<= 1.15 x chain x delay", shown, busy <= 1.15)

    def counts(self) -> Iterator[Figure]:
        """(c) Over all clean runs so far."""
        shown = ", ".join(sorted(self.duplicates)) or "0"
        yield Figure("questions asked twice (name, type)", "0", shown, not self.duplicates)
        for domain, counted in self.questions.items():
            yield Figure(f"{domain}: questions", "<= 45", f"{max(counted)}", max(counted) <= 45)
        yield Figure("questions in flight at most", "<= 200", str(max(self.peaks)), max(self.peaks) <= 200)

    def against(self, peer: Path) -> Iterator[Figure]:
        """(b) Whole processes, in pairs, each side through a fresh proxy."""
        for domain, target in ((zones.CHAIN, 4.0), (zones.FLAT, 7.0)):
            for work, promised in (("whole", target), ("same", None)):
                ours: list[float] = []
                theirs: list[float] = []
                seen: dict[str, Any] = {}
                for _ in range(self.runs):
                    ours.append(self.clean(domain, 0.02)[0].wall)
                    ended, seen = self.checkdmarc(peer, work, domain)
                    theirs.append(ended.wall)
                ratio = median(their / our for our, their in zip(ours, theirs, strict=True))
                shown = f"{ratio:.1f} x ({median(ours) * 1000:.0f} against {median(theirs) * 1000:.0f} ms"
                shown += f", {seen['messages']} questions, {len(seen['duplicates'])} of them repeated)"
                name = f"{domain}, 20 ms: checkdmarc {PEER}, {'whole' if promised else 'MX, SPF and DMARC only'}"
                goal = f">= {promised:.0f} x" if promised else "(for comparison)"
                yield Figure(name, goal, shown, None if promised is None else ratio >= promised)

    def checkdmarc(self, peer: Path, work: str, domain: str) -> tuple[Ended, dict[str, Any]]:
        """One run of the peer as a whole process. Its HTTPS fetch is refused at once: nobody listens on that port."""
        with socket.socket() as closed, proxy(self.upstream, delay=0.02) as way:
            closed.bind(("127.0.0.1", 0))
            refuses = f"http://127.0.0.1:{closed.getsockname()[1]}"
            command = [str(peer), str(HERE / "run_checkdmarc.py"), str(way.port), work, domain]
            ended = run(command, HTTPS_PROXY=refuses, https_proxy=refuses, NO_PROXY="", no_proxy="")
        if ended.code:
            raise SystemExit(f"checkdmarc: exit code {ended.code}: {ended.err}")
        return ended, way.seen

    def bad_network(self) -> Iterator[Figure]:
        """(d) Loss, cold answers and a small table: is anything judged otherwise?"""
        alone = [((domain,), "alone") for domain in zones.LONGEST]
        for domains, name in [*alone, (zones.CROWD, f"and {len(zones.CROWD) - 1} more in one run")]:
            expected = verdicts(self.mailcheck(*domains, delay=0.02)[0])
            differ, walls, fates = [], [], []
            for seed in range(1, self.runs + 1):
                overflow = "refused" if seed % 2 else "drop"
                ended, seen = self.mailcheck(*domains, seed=seed, overflow=overflow, **BAD)
                differ += [f"seed {seed}: {each}" for each in differences(expected, verdicts(ended))]
                walls.append(ended.wall)
                fates.append(seen["fates"])
            lost, turned_away = (sum(fate.get(which, 0) for fate in fates) for which in ("lost", "turned away"))
            shown = f"{len(differ)} differences in {self.runs} seeds"
            shown += f" ({median(walls):.1f} s; {lost} lost, {turned_away} turned away)"
            for each in differ:
                sys.stderr.write(f"{domains[0]} {name}: {each}\n")
            title = f"{domains[0]} {name}: 5 % loss, 1.5 s cold, table of 150"
            yield Figure(title, "verdicts of the clean run", shown, not differ)

    def starting(self) -> Iterator[Figure]:
        """(e) `--version` against a Python that does nothing, alternating."""
        ours, floor = [], []
        for _ in range(max(21, self.runs)):
            floor.append(run([sys.executable, "-c", "pass"]))
            ours.append(run([self.command, "--version"]))
        for what in ("cpu", "wall"):
            here, there = (median(getattr(each, what) for each in ended) for ended in (ours, floor))
            shown = f"{here / there:.2f} x ({here * 1000:.1f} against {there * 1000:.1f} ms)"
            name = f"`mailcheck --version`, {'processor' if what == 'cpu' else 'clock'} time"
            yield Figure(name, "<= 2.2 x `python -c pass`", shown, here / there <= 2.2)


def verdicts(ended: Ended) -> dict[str, Any]:
    """What a run says of each domain, without the name of the server that said it."""
    report = json.loads(ended.out, object_hook=lambda found: {key: found[key] for key in found if key != "server"})
    keys = ("verdict", "findings", "passed", "unknown")
    return {each["subject"]: {key: each[key] for key in keys} for each in report["subjects"]}


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """One line for each domain that is judged otherwise."""
    lines = []
    for domain, clean in expected.items():
        now = found.get(domain, {})
        if now != clean:
            new = [
                f"{each['code']}: {each['reason']}" for each in now.get("unknown", ()) if each not in clean["unknown"]
            ]
            new += [
                f"{each['code']}: {each['message']}"
                for each in now.get("findings", ())
                if each not in clean["findings"]
            ]
            lines.append(
                f"{domain}: {now.get('verdict')} instead of {clean['verdict']}; new: {'; '.join(new) or 'nothing'}"
            )
    return lines


def main() -> int:
    """Measure; 0 where every target is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="of everything; medians are shown (default 7)")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep the peer's environment here")
    parser.add_argument("--mailcheck", default=str(Path(sys.executable).with_name("mailcheck")), metavar="PATH")
    parser.add_argument(
        "--only", default="abcde", metavar="LETTERS", help="a waiting, b peer, c counts, d bad network, e start"
    )
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    args = parser.parse_args()
    figures: list[Figure] = []
    load = os.getloadavg()[0]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(name_server(folder, zones.write(folder)))
        bench = Bench(args.runs, server, args.mailcheck)
        parts = {"a": bench.waiting, "c": bench.counts, "d": bench.bad_network, "e": bench.starting}
        if "b" in args.only:
            peer = installed_peer(args.cache or folder, "checkdmarc", PEER) / "python"
            parts["b"] = lambda: bench.against(peer)
        for domain in zones.LONGEST:
            bench.clean(domain, 0.02)  # compiles what is not compiled yet
        for letter in "abcde":
            for figure in parts[letter]() if letter in args.only else ():
                figures.append(figure)
                sys.stderr.write(figure.line + "\n")
    text = table(figures, load, f"dnspython {version('dnspython')}", f"checkdmarc {PEER}")
    sys.stdout.write(text)
    if args.write:
        write_readme("audit", text)
    return 0 if all(figure.ok is not False for figure in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
