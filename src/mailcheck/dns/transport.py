"""What every kind of name server shares: queries out, replies in, and when a reply counts."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Protocol

import dns.flags
import dns.message
import dns.rcode

from mailcheck.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """No usable answer: one word, and what more there is to say.

    `final` where nothing more will come of this attempt.
    """

    reason: str
    detail: str = ""
    final: bool = True


Reply = dns.message.Message | Failure
Deliver = Callable[[Reply], None]


class Server(Protocol):
    """One name server."""

    @property
    def label(self) -> str:
        """How evidence names it."""
        ...

    def submit(self, query: dns.message.QueryMessage, deliver: Deliver) -> int:
        """Send a query; `deliver` is called with what comes back. Gives a handle for `forget`."""
        ...

    def forget(self, handle: int) -> None:
        """The answer to this query is not waited for any more."""
        ...

    async def close(self) -> None:
        """Close its sockets. It opens new ones when it is asked again."""
        ...


def parse(wire: bytes) -> dns.message.Message | None:
    """The message in these octets, None where there is none."""
    try:
        return dns.message.from_wire(wire, ignore_trailing=True)
    except Exception:  # noqa: BLE001  whatever a parser raises on a stranger's octets says: no message
        return None


def matches(query: dns.message.Message, reply: dns.message.Message) -> bool:
    """Whether a reply answers this very question: id, QR, opcode, and name, type and class of the question."""
    if reply.id != query.id or not reply.flags & dns.flags.QR or reply.opcode() != query.opcode():
        return False
    if not reply.question:
        # FORMERR and the like may come back without their question (RFC 1035 4.1.1).
        return reply.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)
    return reply.question == query.question


class Tasks:
    """The work for open questions, by handle; whatever goes wrong in it is delivered, not lost."""

    def __init__(self) -> None:
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def __contains__(self, handle: object) -> bool:
        return handle in self._tasks

    def start(self, handle: int, work: Callable[[], Awaitable[Reply | None]], deliver: Deliver) -> None:
        """Do the work and deliver its outcome, if it has one."""

        async def attempt() -> None:
            try:
                outcome = await work()
            except Exception as error:  # noqa: BLE001  a fault of ours is no answer, and never silence
                outcome = Failure("resolver-fault", f"{type(error).__name__}: {error}")
            if outcome is not None:
                deliver(outcome)

        task = self._tasks[handle] = asyncio.get_running_loop().create_task(attempt())
        task.add_done_callback(lambda done: self._ended(handle, done))

    def _ended(self, handle: int, task: asyncio.Task[None]) -> None:
        # A later task may have the same handle.
        if self._tasks.get(handle) is task:
            del self._tasks[handle]

    def cancel(self, handle: int) -> None:
        """End this work."""
        task = self._tasks.get(handle)
        if task is not None:
            task.cancel()

    async def end(self) -> None:
        """End all work and let closed transports close their sockets."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # A transport closes its socket in the next turn of the loop, one under TLS in the turn after.
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def stream_exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, query: dns.message.QueryMessage, fault: str
) -> Reply:
    """One question over TCP or TLS (RFC 1035 4.2.2); the connection is closed after it."""
    try:
        wire = query.to_wire()
        writer.write(len(wire).to_bytes(2, "big") + wire)
        await writer.drain()
        length = int.from_bytes(await reader.readexactly(2), "big")
        reply = parse(await reader.readexactly(length))
    except (OSError, EOFError, ssl.SSLError):
        return Failure(fault)
    finally:
        # Nothing is left to send, and the other side's goodbye is not waited for.
        writer.transport.abort()
    if reply is None or not matches(query, reply):
        return Failure("malformed")
    # Half an answer must not read as a whole one: a record that was cut off would be "absent".
    return Failure("truncated") if reply.flags & dns.flags.TC else reply
