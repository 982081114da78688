"""Live DNS: our own asyncio transport under dnspython's messages.

A question goes out at 0, 0.5 and 1.5 seconds, to the next server in turn; any answer to it counts until 5
seconds are over. A server that answers SERVFAIL, REFUSED or worse is asked again, or the next one, before
that is believed. How many questions are open at once adapts to what the server bears.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import dns.flags
import dns.message
import dns.rdatatype

from mailcheck.dns.answers import CHAIN, Unfinished, read
from mailcheck.dns.names import to_wire_name
from mailcheck.dns.port import unknown
from mailcheck.dns.rdata import Records
from mailcheck.dns.servers import Failure, Server, parse_spec, system_servers
from mailcheck.dns.window import Window
from mailcheck.model.fact import Absent, Fact, Known, Unknown

PAYLOAD = 1232
"""EDNS UDP payload: what passes without fragments nearly everywhere."""


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
        self._turn = 0

    @classmethod
    def from_specs(cls, specs: Sequence[str] = (), *, timing: Timing | None = None) -> "LiveResolver":
        """From ADDR, ADDR:PORT, tls://… and https://…; without any, the system's. Raises UsageError."""
        servers = [parse_spec(spec) for spec in specs] if specs else system_servers()
        return cls(servers, timing=timing)

    async def ask(self, name: str, type: str) -> Fact[Records]:
        """Ask; an alias that the server did not follow is followed here."""
        aliases: tuple[str, ...] = ()
        current = name
        while True:
            if not self._servers:
                return unknown(name, type, "no-resolver")
            answer = await self._question(current, type)
            if not isinstance(answer, Unfinished):
                return _under(name, aliases, answer)
            aliases = (*aliases, *answer.aliases)
            if answer.target in aliases[:-1] or answer.target == name or len(aliases) > CHAIN:
                return unknown(name, type, "alias-loop", aliases=aliases)
            current = answer.target

    async def _question(self, name: str, type: str) -> Fact[Records] | Unfinished:
        async with self._window:
            return await _Exchange(self, name, type).run()

    def next_server(self, offset: int) -> Server:
        """The server for one more attempt."""
        return self._servers[offset % len(self._servers)]

    @property
    def timing(self) -> Timing:
        """When to send and how long to wait."""
        return self._timing

    @property
    def window(self) -> Window:
        """How many questions may be open."""
        return self._window

    @property
    def count(self) -> int:
        """How many servers there are."""
        return len(self._servers)

    async def close(self) -> None:
        """Close all sockets."""
        for server in self._servers:
            await server.close()


def _under(name: str, aliases: tuple[str, ...], answer: Fact[Records]) -> Fact[Records]:
    """The answer for the last alias, told as the answer for `name`."""
    if not aliases:
        return answer
    from dataclasses import replace

    evidence = replace(answer.evidence, name=name, aliases=(*aliases, *answer.evidence.aliases))
    match answer:
        case Known():
            return replace(answer, evidence=evidence)
        case Absent():
            return replace(answer, evidence=evidence)
        case Unknown():
            return replace(answer, evidence=evidence)


class _Exchange:
    """One question until it is answered or given up."""

    def __init__(self, resolver: LiveResolver, name: str, type: str) -> None:
        self.resolver = resolver
        self.name = name
        self.type = type
        self.replies: asyncio.Queue[tuple[Server, dns.message.Message | Failure]] = asyncio.Queue()
        self.open = 0
        self.sent = 0
        self.edns = True
        self.worst = unknown(name, type, "timeout")

    async def run(self) -> Fact[Records] | Unfinished:
        loop = asyncio.get_running_loop()
        timing, window = self.resolver.timing, self.resolver.window
        start = loop.time()
        attempts = max(len(timing.send), self.resolver.count)
        answered_badly = False
        handles: list[tuple[Server, int]] = []
        try:
            while True:
                now = loop.time()
                due = timing.send[self.sent] if self.sent < len(timing.send) else timing.send[-1]
                more = self.sent < attempts
                # After a bad answer a server not yet asked is asked at once; the same one at its time.
                if more and (now >= start + due or (answered_badly and self.sent < self.resolver.count)):
                    if self.sent and self.open:
                        window.lost(now)
                    handles.append(self.send())
                    answered_badly = False
                    continue
                if not more and not self.open:
                    return self.worst
                until = start + (due if more else timing.question)
                try:
                    async with asyncio.timeout_at(min(until, start + timing.question)):
                        server, reply = await self.replies.get()
                except TimeoutError:
                    if loop.time() >= start + timing.question:
                        return self.worst
                    continue
                outcome = self.judge(server, reply)
                if outcome is not None:
                    window.answered()
                    return outcome
                answered_badly = True
        finally:
            for server, handle in handles:
                server.forget(handle)

    def send(self) -> tuple[Server, int]:
        server = self.resolver.next_server(self.sent)
        self.sent += 1
        self.open += 1
        query = _query(self.name, self.type, edns=self.edns)
        return server, server.submit(query, lambda reply: self.replies.put_nowait((server, reply)))

    def judge(self, server: Server, reply: dns.message.Message | Failure) -> Fact[Records] | Unfinished | None:
        """The fact, or None where this reply settles nothing."""
        if isinstance(reply, Failure):
            if reply.final:
                self.open -= 1
            self.worst = unknown(self.name, self.type, reply.reason, server=server.label)
            return None
        self.open -= 1
        answer = read(reply, self.name, self.type, server.label)
        if isinstance(answer, Unknown) and answer.reason not in {"referral", "alias-loop"}:
            if answer.reason == "formerr" and self.edns:
                # A server that does not know EDNS is asked without (RFC 6891 6.2.2).
                self.edns = False
            self.resolver.window.refused()
            self.worst = answer
            return None
        return answer


def _query(name: str, type: str, *, edns: bool) -> dns.message.QueryMessage:
    wire = to_wire_name(name)
    if wire is None:
        raise ValueError(f"not a name: {name!r}")
    payload = {"use_edns": 0, "payload": PAYLOAD} if edns else {"use_edns": False}
    # AD in the question asks for AD in the answer (RFC 6840 5.7).
    return dns.message.make_query(wire, dns.rdatatype.from_text(type), flags=dns.flags.RD | dns.flags.AD, **payload)
