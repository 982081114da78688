"""Ask a live resolver from a plain test function, with times scaled down."""

import asyncio
from collections.abc import Callable, Sequence

from mailcheck.dns.live import LiveResolver, Timing
from mailcheck.dns.port import Resolver
from mailcheck.dns.rdata import Records, Text
from mailcheck.dns.run import Run
from mailcheck.dns.servers import PlainServer
from mailcheck.dns.transport import Server
from mailcheck.model.fact import Fact, Known

QUICK = Timing(send=(0.0, 0.05, 0.1), question=0.6)
"""A tenth of the real times: for questions that end in silence."""
FAILING = Timing(send=(0.0, 0.05, 0.1), question=20.0)
"""For questions that end by failures, which nobody waits for."""
PATIENT = Timing(send=(0.0, 0.2, 0.5), question=20.0)
"""For questions that shall be answered, however busy the machine is."""

ONCE = Timing(send=(0.0,), question=30.0)
"""Nothing is sent a second time: for exact counts."""


def ask_all(
    make: Callable[[], Resolver], *questions: tuple[str, str], timeout: float | None = None
) -> list[Fact[Records]]:
    """Ask these questions side by side in one run over the resolver that `make` makes; close everything."""

    async def run() -> list[Fact[Records]]:
        asked = Run(make(), timeout=timeout)
        try:
            return list(await asyncio.gather(*(asked.ask(*question) for question in questions)))
        finally:
            await asked.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            assert not others, "closing left tasks behind"

    return asyncio.run(run())


def live(*servers: Server | int, timing: Timing = QUICK) -> Callable[[], LiveResolver]:
    """Makes a live resolver over servers; a number is a port on 127.0.0.1."""
    chosen = [PlainServer("127.0.0.1", each) if isinstance(each, int) else each for each in servers]
    return lambda: LiveResolver(chosen, timing=timing)


def text(fact: Fact[Records]) -> str:
    """The one TXT of a fact that must be known."""
    assert isinstance(fact, Known), fact
    (record,) = fact.value
    assert isinstance(record, Text)
    return record.joined


def texts(facts: Sequence[Fact[Records]]) -> list[str]:
    """The one TXT of each."""
    return [text(fact) for fact in facts]
