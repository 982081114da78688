"""Live DNS: our own asyncio transport under dnspython's messages.

A question goes out at 0, 0.5 and 1.5 seconds, to the next server in turn; any answer to it counts until 5
seconds are over. A server that answers SERVFAIL, REFUSED or worse is asked again, or the next one, before
that is believed. How many questions are open at once adapts to what the server bears.
"""

import asyncio
from collections.abc import Callable, Sequence

import dns.flags
import dns.message
import dns.rdatatype

from mailcheck.dns.answers import read
from mailcheck.dns.names import to_wire_name
from mailcheck.dns.port import unknown
from mailcheck.dns.rdata import Records
from mailcheck.dns.transport import Failure, Reply, Server
from mailcheck.dns.window import Window
from mailcheck.model.fact import Fact, Unknown
from mailcheck.model.value import dataclass

PAYLOAD = 1232
"""EDNS UDP payload: what passes without fragments nearly everywhere."""

_SETTLED = frozenset({"alias-loop", "alias-unfinished"})
"""Unknowns that are about the records: no other server will say otherwise."""
_OVERLOADED = frozenset({"servfail", "refused"})
_NO_EDNS = frozenset({"formerr", "notimp", "badvers"})


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: when a question is sent, and until when an answer to it counts."""

    send: tuple[float, ...] = (0.0, 0.5, 1.5)
    question: float = 5.0


class LiveResolver:
    """Asks name servers. `servers` may be empty: then every answer is Unknown (`no-resolver`)."""

    def __init__(self, servers: Sequence[Server], *, timing: Timing | None = None) -> None:
        self._servers = list(servers)
        self._timing = timing or Timing()
        self._window = Window()
        self._plain: set[Server] = set()

    @classmethod
    def from_specs(cls, specs: Sequence[str] = (), *, timing: Timing | None = None) -> "LiveResolver":
        """From ADDR, ADDR:PORT, tls://… and https://…; without any, the system's. Raises UsageError."""
        from mailcheck.dns.specs import parse_spec, system_servers

        servers = [parse_spec(spec) for spec in specs] if specs else system_servers()
        return cls(servers, timing=timing)

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """Ask the servers; the aliases in their answer are read, not asked for."""
        if not self._servers:
            return unknown(name, type, "no-resolver")
        if to_wire_name(name) is None:
            return unknown(name, type, "invalid-name")
        exchange = _Exchange(name, type, self._servers, self._timing, self._window, self._plain)
        return await exchange.run()

    async def close(self) -> None:
        """Close all sockets."""
        for server in self._servers:
            await server.close()


class _Exchange:
    """One question until it is answered or given up."""

    def __init__(
        self, name: str, type: str, servers: Sequence[Server], timing: Timing, window: Window, plain: set[Server]
    ) -> None:
        self.name = name
        self.type = type
        self.servers = servers
        self.timing = timing
        self.window = window
        self.plain = plain
        self.replies: asyncio.Queue[tuple[Server, bool, Reply]] = asyncio.Queue()
        self.handles: list[tuple[Server, int]] = []
        self.sent = 0
        self.open = 0
        self.hurry = False
        self.inside = False
        self.start = 0.0
        self.worst: Unknown | None = None

    async def run(self) -> Fact[Records]:
        clock = asyncio.get_running_loop().time
        self.start = clock()
        try:
            while self.open or self.more:
                # After a bad answer a server not yet asked is asked at once; the same one at its time.
                if self.more and ((self.hurry and self.sent < len(self.servers)) or clock() >= self._due()):
                    await self._attempt(clock)
                    continue
                if not self.open:
                    self._step_aside()
                end = self.start + self.timing.question
                try:
                    async with asyncio.timeout_at(min(self._due(), end) if self.more else end):
                        reply = await self.replies.get()
                except TimeoutError:
                    if clock() >= end:
                        break
                    continue
                fact = self._judge(*reply)
                if fact is not None:
                    self.window.answered()
                    return fact
            asked = dict.fromkeys(server.label for server, _ in self.handles)
            return self.worst or unknown(self.name, self.type, "timeout", server=", ".join(asked))
        finally:
            self._step_aside()
            for server, handle in self.handles:
                server.forget(handle)

    def _step_aside(self) -> None:
        """While nothing of this question is under way, another one may be."""
        if self.inside:
            self.inside = False
            self.window.leave()

    @property
    def more(self) -> bool:
        """Whether another attempt is left: every server gets one, and every time in `Timing.send` is used."""
        return self.sent < max(len(self.timing.send), len(self.servers))

    def _due(self) -> float:
        return self.start + self.timing.send[min(self.sent, len(self.timing.send) - 1)]

    async def _attempt(self, clock: Callable[[], float]) -> None:
        if self.open:
            self.window.lost(clock())
        if not self.inside:
            before = clock()
            await self.window.enter()
            self.inside = True
            # The question's time does not run while it waits for its turn.
            self.start += clock() - before
        server = self.servers[self.sent % len(self.servers)]
        self.sent += 1
        self.hurry = False
        self._send(server)

    def _send(self, server: Server) -> None:
        self.open += 1
        edns = server not in self.plain
        query = _query(self.name, self.type, edns=edns)
        handle = server.submit(query, lambda reply: self.replies.put_nowait((server, edns, reply)))
        self.handles.append((server, handle))

    def _judge(self, server: Server, edns: bool, reply: Reply) -> Fact[Records] | None:
        """The fact, or None where this reply settles nothing."""
        if isinstance(reply, Failure):
            if reply.final:
                self.open -= 1
                self.hurry = True
            self._note(unknown(self.name, self.type, reply.reason, server=server.label, detail=reply.detail))
            return None
        self.open -= 1
        fact = read(reply, self.name, self.type, server.label)
        if not isinstance(fact, Unknown) or fact.reason in _SETTLED:
            return fact
        if edns and fact.reason in _NO_EDNS:
            # A server that does not know EDNS is asked without (RFC 6891 6.2.2), from now on.
            self.plain.add(server)
            self._send(server)
            return None
        if fact.reason in _OVERLOADED:
            self.window.refused()
        self.hurry = True
        self._note(fact)
        return None

    def _note(self, fact: Unknown) -> None:
        """Keep what to report if nothing better comes: a server's own word says more than silence."""
        if self.worst is None or self.worst.evidence.rcode == "NONE" or fact.evidence.rcode != "NONE":
            self.worst = fact


def _query(name: str, type: str, *, edns: bool) -> dns.message.QueryMessage:
    wire = to_wire_name(name)
    if wire is None:
        raise ValueError(f"not a name: {name!r}")
    payload = {"use_edns": 0, "payload": PAYLOAD} if edns else {"use_edns": False}
    # AD in the question asks for AD in the answer (RFC 6840 5.7).
    return dns.message.make_query(wire, dns.rdatatype.from_text(type), flags=dns.flags.RD | dns.flags.AD, **payload)
