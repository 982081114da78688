"""One run's questions: each asked once, all under one deadline."""

import asyncio
from typing import TypeAlias

from mailcheck.dns.names import normal, valid
from mailcheck.dns.port import Resolver, unknown
from mailcheck.dns.rdata import Records
from mailcheck.model.fact import Fact

Question: TypeAlias = tuple[str, str]


class Run:
    """A Resolver over another that joins questions in flight and keeps every answer as what it is.

    `timeout` seconds after the first question whatever is still open becomes Unknown (`deadline`).
    At most `limit` distinct questions are asked. `stop` ends the run early with a reason of its own.
    """

    def __init__(self, inner: Resolver, *, timeout: float | None = 30.0, limit: int = 20_000) -> None:
        self._inner = inner
        self._timeout = timeout
        self._limit = limit
        self._end: float | None = None
        self._answers: dict[Question, asyncio.Future[Fact[Records]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped: str | None = None

    @property
    def asked(self) -> list[Question]:
        """The distinct questions so far, in the order of their asking."""
        return list(self._answers)

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """The fact for this question; a repeated question gets the first one's answer."""
        name = normal(name)
        if not valid(name):
            return unknown(name, type, "invalid-name")
        key = (name, type)
        future = self._answers.get(key)
        if future is None:
            if self._stopped:
                return unknown(name, type, self._stopped)
            if len(self._answers) >= self._limit:
                return unknown(name, type, "too-many-questions")
            loop = asyncio.get_running_loop()
            if self._end is None and self._timeout is not None:
                self._end = loop.time() + self._timeout
                loop.call_at(self._end, self.stop, "deadline")
            future = self._answers[key] = loop.create_future()
            task = loop.create_task(self._fetch(key, future))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(future)

    async def _fetch(self, key: Question, future: asyncio.Future[Fact[Records]]) -> None:
        try:
            fact = await self._inner.ask(*key)
        except asyncio.CancelledError:
            fact = unknown(*key, self._stopped or "interrupted")
        except Exception as error:  # noqa: BLE001  a resolver's fault is an unknown answer, never a crash
            fact = unknown(*key, f"resolver-fault ({type(error).__name__}: {error})")
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
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._inner.close()
