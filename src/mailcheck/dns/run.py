"""One run's questions: each asked once, all under one deadline."""

import asyncio
from typing import TypeAlias

from mailcheck.dns.answers import CHAIN
from mailcheck.dns.names import normal, valid
from mailcheck.dns.port import UNFINISHED, Resolver, unknown
from mailcheck.dns.rdata import Records
from mailcheck.model.fact import Fact, Unknown
from mailcheck.model.value import replace

Question: TypeAlias = tuple[str, str]


class Run:
    """A Resolver over another that joins questions in flight and keeps every answer as what it is.

    `timeout` seconds after the first question whatever is still open becomes Unknown (`deadline`).
    At most `limit` distinct questions are asked. `stop` ends the run early with a reason of its own.
    An alias that the resolver below did not follow is followed here, so that its target is asked once, too.
    """

    def __init__(self, inner: Resolver, *, timeout: float | None = 30.0, limit: int = 20_000) -> None:
        self._inner = inner
        self._timeout = timeout
        self._limit = limit
        self._deadline: asyncio.TimerHandle | None = None
        self._answers: dict[Question, asyncio.Future[Fact[Records]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped: str | None = None

    @property
    def asked(self) -> list[Question]:
        """The distinct questions so far, in the order of their asking."""
        return list(self._answers)

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """The fact for this question; a repeated question gets the first one's answer."""
        fact = await self._step(name, type)
        while isinstance(fact, Unknown) and fact.reason == UNFINISHED:
            evidence = fact.evidence
            target = evidence.aliases[-1]
            if target == normal(name) or target in evidence.aliases[:-1] or len(evidence.aliases) >= CHAIN:
                return unknown(name, type, "alias-loop", server=evidence.server, aliases=evidence.aliases)
            rest = await self._step(target, type)
            joined = replace(
                rest.evidence,
                name=name,
                aliases=(*evidence.aliases, *rest.evidence.aliases),
                # A chain is as authenticated as its weakest link (RFC 4035 3.2.3).
                authenticated=evidence.authenticated and rest.evidence.authenticated,
            )
            fact = replace(rest, evidence=joined)
        return fact

    async def _step(self, name: str, type: str) -> Fact[Records]:
        """What the resolver below says to this question, asked once."""
        key = (normal(name), type)
        if not valid(key[0]):
            return unknown(*key, "invalid-name")
        future = self._answers.get(key)
        if future is None:
            if self._stopped:
                return unknown(*key, self._stopped)
            if len(self._answers) >= self._limit:
                return unknown(*key, "too-many-questions")
            loop = asyncio.get_running_loop()
            if self._deadline is None and self._timeout is not None:
                self._deadline = loop.call_later(self._timeout, self.stop, "deadline")
            future = self._answers[key] = loop.create_future()
            task = loop.create_task(self._fetch(key, future))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        # Who stops waiting does not take the answer from the others.
        return await asyncio.shield(future)

    async def _fetch(self, key: Question, future: asyncio.Future[Fact[Records]]) -> None:
        try:
            fact = await self._inner.ask(*key)
        except asyncio.CancelledError:
            fact = unknown(*key, self._stopped or "interrupted")
        except Exception as error:  # noqa: BLE001  a resolver's fault is an unknown answer, never a crash
            fact = unknown(*key, "resolver-fault", detail=f"{type(error).__name__}: {error}")
        if not future.done():
            future.set_result(fact)

    def stop(self, reason: str) -> None:
        """End the run: open questions become Unknown with this reason, as do new ones."""
        self._stopped = self._stopped or reason
        for task in list(self._tasks):
            task.cancel()
        for key, future in self._answers.items():
            if not future.done():
                future.set_result(unknown(*key, self._stopped))

    @property
    def stopped(self) -> str | None:
        """Why the run was ended early, if it was."""
        return self._stopped

    async def close(self) -> None:
        """Stop what is open and close the resolver below."""
        self.stop("closed")
        if self._deadline is not None:
            self._deadline.cancel()
        try:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            await self._inner.close()
