"""check_host() and evaluate_dmarc() over a real name server and a real recursive resolver: as from the zone files."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailcheck.auth.dmarc.evaluate import DmarcResult, evaluate_dmarc
from mailcheck.auth.spf.evaluate import check_host
from mailcheck.auth.spf.result import SpfResult
from mailcheck.dns.live import LiveResolver
from mailcheck.dns.master_file import read_zone
from mailcheck.dns.port import Resolver
from mailcheck.dns.run import Run
from mailcheck.dns.zones import ZoneResolver
from published import ZONES, cases
from servers.knot import LISTEN, Knot
from servers.unbound import Unbound

pytestmark = pytest.mark.server
CLIENTS = ("192.0.2.10", "203.0.113.77", "2001:db8::25")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    """The zones of fixtures/zones, and the top-level domains above them."""
    folder = tmp_path_factory.mktemp("knot")
    zones = {zone.origin: path for path in sorted(ZONES.glob("*.zone")) for zone in read_zone(path)}
    for top in {origin.rpartition(".")[2] for origin in zones}:
        path = zones[top] = folder / f"{top}.zone"
        path.write_text(
            f"$ORIGIN {top}.\n@ 3600 IN SOA ns.{top}. root.{top}. 1 7200 3600 1209600 3600\n@ IN NS ns.{top}.\n"
        )
    knot = Knot(folder, zones)
    yield knot
    knot.stop()


@pytest.fixture(scope="module")
def recursive(server: Knot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unbound]:
    """A real recursive resolver in front of it."""
    unbound = Unbound(tmp_path_factory.mktemp("unbound"), server.port)
    yield unbound
    unbound.stop()


def results(resolver: Resolver) -> dict[tuple[str, str], tuple[object, ...]]:
    """What every fixture domain gives for every client: all that must not depend on where the answers come from."""
    domains = [case.domain for case in cases() if case.domain.endswith(".example") and "\\" not in case.domain]

    async def run() -> dict[tuple[str, str], tuple[object, ...]]:
        ask = Run(resolver)
        try:
            found = {}
            for domain in domains:
                for ip in CLIENTS:
                    spf = await check_host(ip, f"someone@{domain}", f"mx.{domain}", ask.ask)
                    dmarc = await evaluate_dmarc(domain, (spf.domain, spf.result), [(f"m.{domain}", "pass")], ask.ask)
                    found[domain, ip] = (*told(spf), *judged(dmarc))
            return found
        finally:
            await ask.close()

    return asyncio.run(run())


def told(spf: SpfResult) -> tuple[object, ...]:
    steps = [(step.kind, step.depth, step.domain, step.term, step.target, step.outcome) for step in spf.trace]
    return (spf.result, spf.matched, spf.explanation, spf.lookups, spf.void_lookups, steps)


def judged(dmarc: DmarcResult) -> tuple[object, ...]:
    names = [(step.domain, step.found) for step in dmarc.walk.steps]
    return (dmarc.result, dmarc.policy, dmarc.policy_tag, dmarc.disposition, dmarc.policy_domain, names)


FROM_FILES = results(ZoneResolver.from_path(Path(ZONES)))


def test_the_fixtures_reach_every_result() -> None:
    words = {found[0] for found in FROM_FILES.values()}
    assert words >= {"pass", "fail", "softfail", "neutral", "none", "permerror", "temperror"}


def test_a_real_server(server: Knot) -> None:
    live = results(LiveResolver.from_specs([f"{LISTEN}:{server.port}"]))
    assert {key: found for key, found in live.items() if found != FROM_FILES[key]} == {}


def test_a_recursive_resolver(recursive: Unbound) -> None:
    live = results(LiveResolver.from_specs([f"{LISTEN}:{recursive.port}"]))
    assert {key: found for key, found in live.items() if found != FROM_FILES[key]} == {}
