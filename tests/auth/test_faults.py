"""Faults of the DNS: whatever question fails, the result is the one without the fault, or temperror."""

import asyncio
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auth import test_dmarc_evaluate as dmarc
from auth import test_spf_against_pyspf as spf
from auth.spf_cases import Asked
from mailcheck.auth.dmarc.evaluate import DmarcResult, evaluate_dmarc
from mailcheck.auth.spf.evaluate import check_host
from mailcheck.dns.port import unknown
from mailcheck.dns.rdata import Records
from mailcheck.model.fact import Fact

REASONS = st.sampled_from(["servfail", "timeout", "refused", "malformed", "truncated", "deadline"])


class Faulty(Asked):
    """A world in which the questions at these places of the run fail, each time that they are asked."""

    def __init__(self, world: dict[str, Any], dark: set[str], reason: str) -> None:
        super().__init__(world)
        self.dark = dark
        self.reason = reason

    async def ask(self, name: str, type_: str) -> Fact[Records]:
        fact = await super().ask(name, type_)
        return unknown(name, type_, self.reason) if f"{name} {type_}" in self.dark else fact


@settings(max_examples=200, deadline=None)
@given(spf.WORLD, st.sampled_from(["192.0.2.1", "2001:db8::1"]), st.data(), REASONS)
def test_spf(world: dict[str, Any], ip: str, data: st.DataObject, reason: str) -> None:
    """But for the names of the client: their faults are no match (RFC 7208 5.5, 7.3), so such records are left out."""
    assume("ptr" not in spf.words(world) and "%{p}" not in spf.words(world))

    async def run() -> None:
        clean = Asked(world)
        right = await check_host(ip, "user@example.com", "mx.example.net", clean.ask)
        dark = set(data.draw(st.lists(st.sampled_from(clean.questions), max_size=3)))
        found = await check_host(ip, "user@example.com", "mx.example.net", Faulty(world, dark, reason).ask)
        needed = {fact.evidence.question for step in right.trace if step.kind != "exp" for fact in step.facts}
        if dark & needed:
            # Every question was asked for a reason, so none can fail without a trace.
            assert (found.result, reason in found.reason) == ("temperror", True)
        else:
            assert (found.result, found.matched) == (right.result, right.matched)

    asyncio.run(run())


@settings(max_examples=200, deadline=None)
@given(
    dmarc.LABELS,
    st.tuples(dmarc.LABELS, dmarc.RESULT),
    st.lists(st.tuples(dmarc.LABELS, dmarc.RESULT), max_size=2),
    dmarc.ZONE,
    st.data(),
    REASONS,
)
def test_dmarc(author: str, spf: Any, dkim: Any, zone: dict[str, Any], data: st.DataObject, reason: str) -> None:
    world = dmarc.world_of({"zone": zone, "names": [author]})

    async def run() -> tuple[DmarcResult, DmarcResult]:
        clean = Asked(world)
        right = await evaluate_dmarc(author, spf, dkim, clean.ask)
        dark = set(data.draw(st.lists(st.sampled_from(clean.questions), max_size=3)))
        return right, await evaluate_dmarc(author, spf, dkim, Faulty(world, dark, reason).ask)

    right, found = asyncio.run(run())
    if found.result != right.result:
        assert found.result == "temperror"
    elif found.result != "temperror":
        assert (found.policy, found.disposition, found.policy_domain) == (
            right.policy,
            right.disposition,
            right.policy_domain,
        )
