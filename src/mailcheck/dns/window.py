"""How many questions may be open at once: grows while answers come, halves when the server suffers."""

import asyncio
from collections import deque

START, LEAST, MOST = 32, 4, 200
"""In flight at the start, after any trouble, and at the most (small forwarders hold 150)."""
PAUSE = 0.25
"""Seconds in which several losses count as one."""


class Window:
    """Those who want to ask `enter` and, once nothing of theirs is under way, `leave`."""

    def __init__(self) -> None:
        self.limit = float(START)
        self._open = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._last = float("-inf")

    async def enter(self) -> None:
        """Wait for a place; who is cancelled while waiting has none."""
        if self._open < int(self.limit):
            self._open += 1
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """Give the place to the next."""
        self._open -= 1
        self._admit()

    def _admit(self) -> None:
        """Let in those who wait, in their order; a place is taken for them at once."""
        while self._waiting and self._open < int(self.limit):
            waiter = self._waiting.popleft()
            if not waiter.done():
                self._open += 1
                waiter.set_result(None)

    def answered(self) -> None:
        """A good answer came: one more may be open."""
        self.limit = min(MOST, self.limit + 1)
        self._admit()

    def refused(self) -> None:
        """The server said that it cannot: halve."""
        self._halve(asyncio.get_running_loop().time())

    def lost(self, now: float) -> None:
        """No answer in time (`now` in the loop's seconds): halve."""
        self._halve(now)

    def _halve(self, now: float) -> None:
        if now - self._last >= PAUSE:
            self._last = now
            self.limit = max(LEAST, self.limit / 2)
