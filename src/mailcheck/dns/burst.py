"""Datagrams leave in bursts: the questions that follow from one wave of answers go out together.

Reading answers takes longer than a network needs to deliver them. If each next question left at once, the
last one of a wave would leave when the others are answered already.
"""

import asyncio

QUIET = 12
"""Turns of the event loop without a new datagram, either way, after which a burst leaves."""
PATIENCE = 400
"""Turns after which it leaves in any case."""


class Burst:
    """Holds datagrams for a connected transport until the event loop has nothing else to read."""

    def __init__(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport
        self._waiting: list[bytes] = []
        self._quiet = 0
        self._turns = 0

    def send(self, datagram: bytes) -> None:
        """Let a datagram leave with the next burst."""
        self._waiting.append(datagram)
        self._quiet = 0
        if len(self._waiting) == 1:
            self._turns = 0
            asyncio.get_running_loop().call_soon(self._turn)

    def stir(self) -> None:
        """An answer came in: more questions may follow from it."""
        self._quiet = 0

    def _turn(self) -> None:
        self._quiet += 1
        self._turns += 1
        if self._quiet < QUIET and self._turns < PATIENCE:
            asyncio.get_running_loop().call_soon(self._turn)
            return
        datagrams, self._waiting = self._waiting, []
        if not self._transport.is_closing():
            for datagram in datagrams:
                self._transport.sendto(datagram)
