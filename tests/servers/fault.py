"""A name server on loopback that misbehaves as told: `with FaultServer(answers, behaviours) as server: server.port`.

`answers` has the form of `StaticResolver`'s: `{"example.com": {"TXT": ["v=spf1 -all"], "MX": ["10 mx.example.com."]}}`,
a closed world in which aliases are followed. With `forward=PORT` every normal answer comes from the server on that
port instead (a `Knot`, say).

`behaviours` maps a question `("example.com", "TXT")`, a name `"example.com"`, a subtree `"*.example.com"` or everything
`"*"` to what the server does; the most exact key wins. A behaviour is

- a word: `answer`, `nxdomain`, `nodata`, `servfail`, `refused`, `formerr`, `notimp`; `bare-nxdomain`, `bare-nodata`
  (without SOA); `formerr-to-edns`; `timeout`; `garbage` (the right id, then noise), `noise` (nothing right at all),
  `wrong-id`, `wrong-question`, `wrong-source`, `not-a-response`; `referral`; `alias-only` (the first CNAME and nothing
  behind it); `truncated` (TCP answers), `truncated-closed`, `truncated-stalled`, `truncated-half`,
  `truncated-garbage`, `truncated-wrong-id`, `truncated-servfail` (what TCP does instead);
- several words joined by `+`, done one after the other: `garbage+answer`, `wrong-id+answer`;
- `Delayed(seconds, behaviour)`;
- a list: one behaviour for each time the question is asked, the last one for ever: `["servfail", "answer"]`.

The rest is keywords: `edns=False` (FORMERR to EDNS), `tcp=False` (nobody listens there), `loss` and `seed`, `delay`
(each answer), `cold` (the first answer to each question), `table` (open questions above which it refuses), `tls` (an
`ssl.SSLContext` for DNS over TLS on `tls_port`), `ad` (answers carry the AD bit), `address` (`"::1"`).
It runs in a thread of its own, so that a subprocess can ask it. `counts`, `log` and `peak` say what it was asked.
"""

import asyncio
import random
import ssl
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import dns.asyncquery
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from mailcheck.model.fix import zone_text

Answers = Mapping[str, Mapping[str, Sequence[str]]]
Question = tuple[str, str]
Send = Callable[[bytes], None]

RCODES = {word: dns.rcode.from_text(word) for word in ("servfail", "refused", "formerr", "notimp")}
SOA = "ns.invalid. hostmaster.invalid. 1 3600 600 86400 60"


@dataclass(frozen=True)
class Delayed:
    """Do this after so many seconds."""

    seconds: float
    behaviour: str = "answer"


Behaviour = str | Delayed | Sequence[str | Delayed]


@dataclass(frozen=True)
class Asked:
    """One question as it arrived: seconds of `time.monotonic`, transport, name, type, and whether with EDNS."""

    at: float
    transport: str
    name: str
    type: str
    edns: bool
    id: int


class FaultServer:
    """See the module's text. A context manager; `start` and `stop` do the same by hand."""

    def __init__(
        self,
        answers: Answers | None = None,
        behaviours: Mapping[str | Question, Behaviour] | None = None,
        *,
        forward: int | None = None,
        address: str = "127.0.0.1",
        port: int = 0,
        edns: bool = True,
        tcp: bool = True,
        tls: ssl.SSLContext | None = None,
        loss: float = 0.0,
        seed: int = 1,
        delay: float = 0.0,
        cold: float = 0.0,
        table: int | None = None,
        ad: bool = False,
    ) -> None:
        self.answers = {name.lower().removesuffix("."): types for name, types in (answers or {}).items()}
        self.behaviours = dict(behaviours or {})
        self.forward = forward
        self.address = address
        self.port = port
        self.tls_port = 0
        self.edns, self.tcp, self.tls, self.ad = edns, tcp, tls, ad
        self.loss, self.seed, self.delay, self.cold, self.table = loss, seed, delay, cold, table
        self.log: list[Asked] = []
        self.open = self.peak = 0
        self._arrived: Counter[Question] = Counter()
        self._warm: dict[Question, float] = {}
        self._truncated: dict[Question, str] = {}
        self._names = {name.split(".", up)[-1] for name in self.answers for up in range(name.count(".") + 1)}
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="fault server", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None

    @property
    def spec(self) -> str:
        """What `--resolver` takes."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    @property
    def counts(self) -> Counter[Question]:
        """How often each (name, type) arrived, over any transport: retransmissions and the TCP repeat count too."""
        return Counter((each.name, each.type) for each in self.log)

    @property
    def fresh(self) -> Counter[Question]:
        """How often each (name, type) arrived over UDP under a new id; a client that asks once has 1 everywhere
        where nothing was lost or refused."""
        unique = {(each.name, each.type, each.id) for each in self.log if each.transport == "udp"}
        return Counter((name, type_) for name, type_, _ in unique)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; the ports are known when this returns."""
        self._thread.start()
        assert self._ready.wait(10), "the fault server did not start"
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Close everything and end the thread. Raises what went wrong inside the server itself."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)
        if self._failure is not None:
            raise self._failure

    # In the thread

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        servers: list[asyncio.Server] = []
        transports: list[asyncio.BaseTransport] = []
        try:
            await self._listen(servers, transports)
        except OSError as error:
            self._failure = error
            self._end.set()
        self._ready.set()
        await self._end.wait()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for server in servers:
            server.close()
        for transport in transports:
            transport.close()
        await asyncio.sleep(0)

    async def _listen(self, servers: list[asyncio.Server], transports: list[asyncio.BaseTransport]) -> None:
        for attempt in range(20):
            udp, _ = await self._loop.create_datagram_endpoint(lambda: _Udp(self), (self.address, self.port))
            port = udp.get_extra_info("sockname")[1]
            try:
                if self.tcp:
                    servers.append(await asyncio.start_server(self._stream("tcp"), self.address, port))
            except OSError:
                udp.close()
                if self.port or attempt == 19:
                    raise
                continue
            transports.append(udp)
            self.port = port
            break
        other, _ = await self._loop.create_datagram_endpoint(asyncio.DatagramProtocol, (self.address, 0))
        transports.append(other)
        self.stranger = other
        if self.tls is not None:
            server = await asyncio.start_server(self._stream("tls"), self.address, 0, ssl=self.tls)
            self.tls_port = server.sockets[0].getsockname()[1]
            servers.append(server)

    def spawn(self, work: Awaitable[None]) -> None:
        """Run `work` beside everything else."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._failure = task.exception()

    def _stream(self, transport: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.add(task)
            try:
                while await self._one_of_stream(reader, writer, transport):
                    await writer.drain()
            except (asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
                pass
            finally:
                self._tasks.discard(task)
                writer.close()

        return serve

    async def _one_of_stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, transport: str) -> bool:
        length = int.from_bytes(await reader.readexactly(2), "big")
        query = dns.message.from_wire(await reader.readexactly(length))

        def send(wire: bytes) -> None:
            writer.write(len(wire).to_bytes(2, "big") + wire)

        question = self._note(query, transport)
        self._arrived[question] += transport == "tls"
        behaviour = self._behaviour(question)
        # What was truncated over UDP goes on over TCP as was meant then, even if it was asked again since.
        word = self._truncated.get(question) or (behaviour if isinstance(behaviour, str) else behaviour.behaviour)
        _, _, instead = word.partition("truncated-")
        if instead == "stalled":
            await self._end.wait()
        if instead == "half":
            writer.write(b"\x02\x00" + query.to_wire()[:20])
        if instead in {"closed", "half", "stalled"}:
            return False
        if not word.startswith("truncated"):
            await self.perform(query, question, word, send, limit=65535)
        else:
            await self.perform(query, question, instead or "answer", send, limit=65535)
        return True

    def _note(self, query: dns.message.Message, transport: str) -> Question:
        asked = query.question[0]
        name = asked.name.to_text(omit_final_dot=True).lower() if asked.name != dns.name.root else ""
        question = (name, dns.rdatatype.to_text(asked.rdtype))
        self.log.append(Asked(time.monotonic(), transport, *question, query.edns >= 0, query.id))
        return question

    def _behaviour(self, question: Question) -> str | Delayed:
        name, _ = question
        above = [f"*.{name.split('.', up)[-1]}" for up in range(1, name.count(".") + 1)]
        key = next((each for each in (question, name, *above, "*") if each in self.behaviours), None)
        found: Behaviour = self.behaviours[key] if key is not None else "answer"
        if isinstance(found, (str, Delayed)):
            return found
        return found[min(self._arrived[question], len(found)) - 1]

    async def datagram(self, data: bytes, send: Send, send_as_stranger: Send) -> None:
        """One question over UDP."""
        query = dns.message.from_wire(data)
        question = self._note(query, "udp")
        self._arrived[question] += 1
        lot = random.Random(f"{self.seed} {question} {self._arrived[question]}").random()
        if lot < self.loss:
            return
        if self.table is not None and self.open >= self.table:
            send(_rcode(query, "refused").to_wire())
            return
        behaviour = self._behaviour(question)
        self.open += 1
        self.peak = max(self.peak, self.open)
        try:
            seconds, word = (
                (behaviour.seconds, behaviour.behaviour) if isinstance(behaviour, Delayed) else (0, behaviour)
            )
            warm = self._warm.setdefault(question, self._loop.time() + self.cold)
            seconds += self.delay + max(0.0, warm - self._loop.time())
            if seconds:
                await asyncio.sleep(seconds)
            for each in word.split("+"):
                if each.startswith("truncated"):
                    self._truncated[question] = each
                sender = send_as_stranger if each == "wrong-source" else send
                word_ = "truncated" if each.startswith("truncated") else each
                await self.perform(query, question, word_, sender, limit=max(query.payload, 512))
        finally:
            self.open -= 1

    async def perform(self, query: dns.message.Message, question: Question, word: str, send: Send, limit: int) -> None:
        """Send what the word says."""
        if query.edns >= 0 and (word == "formerr-to-edns" or not self.edns):
            send(_rcode(query, "formerr").to_wire())
            return
        match word:
            case "timeout":
                return
            case "garbage":
                send(query.to_wire()[:2] + b"\x81\x80" + b"\xff\xc0" * 20)
            case "noise":
                send(random.Random(str(question)).randbytes(40))
            case "not-a-response":
                send(query.to_wire())
            case "truncated":
                reply = dns.message.make_response(query, recursion_available=True)
                reply.flags |= dns.flags.TC
                send(reply.to_wire())
            case "servfail" | "refused" | "formerr" | "notimp":
                send(_rcode(query, word).to_wire())
            case _:
                send(self._fit(query, await self._reply(query, question, word), limit))

    def _fit(self, query: dns.message.Message, reply: dns.message.Message, limit: int) -> bytes:
        if self.ad:
            reply.flags |= dns.flags.AD
        wire = reply.to_wire(max_size=65535)
        if len(wire) <= limit:
            return wire
        short = dns.message.make_response(query, recursion_available=True)
        short.flags |= dns.flags.TC
        return short.to_wire()

    async def _reply(self, query: dns.message.Message, question: Question, word: str) -> dns.message.Message:
        name, type_ = question
        reply = dns.message.make_response(query, recursion_available=True)
        match word:
            case "nxdomain" | "nodata":
                _negative(reply, nxdomain=word == "nxdomain")
            case "bare-nxdomain":
                reply.set_rcode(dns.rcode.NXDOMAIN)
            case "bare-nodata":
                pass
            case "referral":
                reply.authority.append(dns.rrset.from_text("invalid.", 60, "IN", "NS", "ns.elsewhere.invalid."))
            case "alias-only":
                reply.answer.append(_rrset(name, "CNAME", self.answers[name]["CNAME"]))
            case "wrong-question":
                other = dns.message.make_query("wrong.question.invalid.", type_)
                other.id = query.id
                reply = dns.message.make_response(other)
                reply.answer.append(_rrset("wrong.question.invalid", "TXT", ["forged"]))
            case "wrong-id" | "wrong-source":
                # A forgery worth believing: it carries data.
                reply.answer.append(_rrset(name, "TXT", ["forged"]))
                if word == "wrong-id":
                    reply.id = (query.id + 1) % 65536
            case "answer" | "formerr-to-edns":
                reply = await self._normal(query, reply, question)
            case _:
                raise ValueError(f"no such behaviour: {word}")
        return reply

    async def _normal(
        self, query: dns.message.Message, reply: dns.message.Message, question: Question
    ) -> dns.message.Message:
        if self.forward is not None:
            found, _ = await dns.asyncquery.udp_with_fallback(query, "127.0.0.1", timeout=5, port=self.forward)
            return found
        name, type_ = question
        seen: set[str] = set()
        while name not in seen:
            seen.add(name)
            types = self.answers.get(name, {})
            if types.get(type_):
                reply.answer.append(_rrset(name, type_, types[type_]))
                return reply
            if "CNAME" not in types:
                _negative(reply, nxdomain=name not in self._names)
                return reply
            reply.answer.append(_rrset(name, "CNAME", types["CNAME"]))
            name = types["CNAME"][0].lower().removesuffix(".")
        return reply


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, owner: FaultServer) -> None:
        self.owner = owner

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        def send(wire: bytes) -> None:
            if not self.transport.is_closing():
                self.transport.sendto(wire, addr)

        self.owner.spawn(self.owner.datagram(data, send, lambda wire: self.owner.stranger.sendto(wire, addr)))


def _rcode(query: dns.message.Message, word: str) -> dns.message.Message:
    reply = dns.message.make_response(query)
    reply.set_rcode(RCODES[word])
    return reply


def _negative(reply: dns.message.Message, *, nxdomain: bool) -> None:
    if nxdomain:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    reply.authority.append(dns.rrset.from_text("invalid.", 60, "IN", "SOA", SOA))


def _rrset(name: str, type_: str, items: Sequence[str]) -> dns.rrset.RRset:
    texts = [zone_text(item) if type_ == "TXT" and not item.startswith('"') else item for item in items]
    return dns.rrset.from_text_list(f"{name}.", 300, dns.rdataclass.IN, type_, texts)
