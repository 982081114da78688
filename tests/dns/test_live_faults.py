"""Live DNS against a server that misbehaves: every fault is told as what it is, and never as "no record"."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from mailcheck.dns.live import LiveResolver, Timing
from mailcheck.dns.rdata import Records, Text
from mailcheck.dns.servers import PlainServer
from mailcheck.model.fact import Fact, Known, Unknown
from servers.fault import Behaviour, FaultServer

QUICK = Timing(send=(0.0, 0.05, 0.1), question=0.3)
NAME = "a.example"
ANSWERS = {
    NAME: {"TXT": ["v=spf1 -all"]},
    "alias.example": {"CNAME": ["middle.example."]},
    "middle.example": {"CNAME": [f"{NAME}."]},
    "dangling.example": {"CNAME": ["nowhere.example."]},
    "loop.example": {"CNAME": ["pool.example."]},
    "pool.example": {"CNAME": ["loop.example."]},
    "self.example": {"CNAME": ["self.example."]},
    "to-nodata.example": {"CNAME": ["host.example."]},
    "host.example": {"A": ["192.0.2.1"]},
}


def ask(ports: Sequence[int], *questions: tuple[str, str], timing: Timing = QUICK) -> list[Fact[Records]]:
    """Ask these questions side by side through a live resolver over servers on these ports."""

    async def run() -> list[Fact[Records]]:
        resolver = LiveResolver([PlainServer("127.0.0.1", port) for port in ports], timing=timing)
        try:
            return list(await asyncio.gather(*(resolver.ask(*question) for question in questions)))
        finally:
            await resolver.close()

    return asyncio.run(run())


def faulty(behaviour: Behaviour, name: str = NAME, type: str = "TXT", **options: Any) -> Fact[Records]:
    """The fact for one question to a server that behaves like this."""
    with FaultServer(ANSWERS, {name: behaviour}, **options) as server:
        return ask([server.port], (name, type))[0]


def text(fact: Fact[Records]) -> str:
    """The one TXT of a fact that must be known."""
    assert isinstance(fact, Known), fact
    (record,) = fact.value
    assert isinstance(record, Text)
    return record.joined


FAULTS = {
    "servfail": "servfail",
    "refused": "refused",
    "formerr": "formerr",
    "notimp": "notimp",
    "timeout": "timeout",
    "garbage": "malformed",
    "noise": "timeout",
    "not-a-response": "malformed",
    "wrong-id": "timeout",
    "wrong-question": "malformed",
    "wrong-source": "timeout",
    "referral": "referral",
    "truncated-closed": "truncated",
    "truncated-half": "truncated",
    "truncated-stalled": "truncated",
    "truncated-garbage": "malformed",
    "truncated-wrong-id": "malformed",
    "truncated-wrong-question": "malformed",
    "truncated-truncated": "truncated",
    "truncated-servfail": "servfail",
    "truncated-refused": "refused",
}


@pytest.mark.parametrize(("behaviour", "reason"), FAULTS.items())
def test_a_fault_is_unknown_with_its_reason_and_what_to_try(behaviour: str, reason: str) -> None:
    fact = faulty(behaviour)
    assert isinstance(fact, Unknown), fact
    assert fact.reason == reason
    assert fact.evidence.advice
