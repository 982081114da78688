"""A DNS proxy on loopback that behaves like a network, and keeps count of what is asked of it.

    python benchmarks/dns_proxy.py --upstream 127.0.0.1:5300 --delay 0.02

It prints the port on which it listens (UDP and TCP), and on SIGTERM or SIGINT its statistics as JSON.

Every answer leaves `delay` seconds after its question came, like a round trip. Beyond that it can lose questions
(`--loss`, by `--seed`: the same attempt at the same question is lost in every run), take longer the first time a
name is asked (`--cold`, as a resolver that has to look it up; a repeated question joins the first), and hold no
more than `--table` open questions (as small forwarders do; what comes on top is REFUSED, or dropped).
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import selectors
import signal
import socket
import struct
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

HOST = "127.0.0.1"
TYPES = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA"}
TYPES |= {43: "DS", 48: "DNSKEY", 52: "TLSA", 99: "SPF", 65: "HTTPS"}
REFUSED = 5
Deliver = Callable[[bytes], None]


@dataclass(slots=True)
class Question:
    """One question as it came in: a datagram, or a message in a TCP stream. Times are the proxy's own clock."""

    name: str
    type: str
    transport: str
    came: float
    due: float
    left: float | None = None
    fate: str = "open"
    truncated: bool = False


@dataclass(slots=True)
class Meter:
    """What is counted: every question, how many were open at once, and for how long at least one was."""

    log: list[Question] = field(default_factory=list)
    open: int = 0
    peak: int = 0
    busy: float = 0.0
    since: float = 0.0

    def opened(self, question: Question) -> None:
        """A question is on its way."""
        if not self.open:
            self.since = question.came
        self.open += 1
        self.peak = max(self.peak, self.open)

    def closed(self, question: Question, now: float, fate: str) -> None:
        """Its answer is sent."""
        question.left, question.fate = now, fate
        self.open -= 1
        if not self.open:
            self.busy += now - self.since

    def statistics(self) -> dict[str, Any]:
        """Everything, as JSON takes it. A repeat over TCP of a truncated answer is not a second question."""
        first = self.log[0].came if self.log else 0.0
        asked = Counter((each.name, each.type) for each in self.log)
        truncated = Counter((each.name, each.type) for each in self.log if each.truncated)
        return {
            "messages": len(self.log),
            "first": first,
            "distinct": len(asked),
            "duplicates": sorted(
                f"{name} {type_}" for (name, type_), count in (asked - truncated).items() if count > 1
            ),
            "tcp": sum(each.transport == "tcp" for each in self.log),
            "peak": self.peak,
            "busy": self.busy,
            "span": max((each.left or 0.0 for each in self.log), default=first) - first,
            "fates": Counter(each.fate for each in self.log),
            "log": [
                [
                    round(each.came - first, 5),
                    each.left and round(each.left - first, 5),
                    each.name,
                    each.type,
                    each.fate,
                ]
                for each in self.log
            ],
        }


def question_of(wire: bytes) -> tuple[str, str] | None:
    """The name (lower case) and type that a query asks for."""
    labels, at = [], 12
    try:
        while length := wire[at]:
            labels.append(wire[at + 1 : at + 1 + length].decode("latin-1").lower())
            at += 1 + length
        (number,) = struct.unpack_from("!H", wire, at + 1)
    except (IndexError, struct.error):
        return None
    return ".".join(labels) or ".", TYPES.get(number, f"TYPE{number}")


def refusal(query: bytes) -> bytes:
    """The answer REFUSED, without the question's EDNS."""
    at = 12
    while query[at]:
        at += 1 + query[at]
    return query[:2] + bytes([query[2] | 0x80, 0x80 | REFUSED]) + struct.pack("!4H", 1, 0, 0, 0) + query[12 : at + 5]


class Proxy:
    """Takes questions from anyone, asks the upstream server, and lets the answers go when they are due."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        host, _, port = options.upstream.rpartition(":")
        self.upstream = (host, int(port))
        self.meter = Meter()
        self.warm: dict[str, float] = {}
        self.attempts: Counter[tuple[str, str]] = Counter()
        self.waiting: dict[int, Deliver] = {}
        self.next = 0
        self.loop = asyncio.get_running_loop()
        self.tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listen; gives the port."""
        self.clients = self._socket()
        while True:
            self.clients.bind((HOST, 0))
            port = int(self.clients.getsockname()[1])
            try:
                self.streams = await asyncio.start_server(self._stream, HOST, port)
            except OSError:
                self.clients.close()
                self.clients = self._socket()
                continue
            break
        self.server = self._socket()
        self.server.connect(self.upstream)
        self.loop.add_reader(self.clients, self._asked)
        self.loop.add_reader(self.server, self._answered)
        return port

    @staticmethod
    def _socket() -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setblocking(False)
        return made

    def _admit(self, wire: bytes, transport: str) -> Question | None:
        """The question with its fate so far; None for what is no question."""
        now = self.loop.time()
        found = question_of(wire)
        if found is None:
            return None
        question = Question(*found, transport, now, now + self.options.delay)
        self.meter.log.append(question)
        if transport == "udp" and self._lost(found):
            question.fate = "lost"
        elif self.meter.open >= self.options.table:
            question.fate = "turned away"
        else:
            self.meter.opened(question)
            ready = self.warm.setdefault(question.name, now + self.options.cold)
            question.due = max(now, ready) + self.options.delay
        return question

    def _lost(self, asked: tuple[str, str]) -> bool:
        self.attempts[asked] += 1
        key = f"{self.options.seed} {asked[0]} {asked[1]} {self.attempts[asked]}"
        return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) < float(self.options.loss) * 2**32

    def _asked(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                wire, client = self.clients.recvfrom(65535)
                self._datagram(wire, client)

    def _datagram(self, wire: bytes, client: tuple[str, int]) -> None:
        question = self._admit(wire, "udp")
        if question is None or question.fate != "open":
            if question and question.fate == "turned away" and self.options.overflow == "refused":
                self.clients.sendto(refusal(wire), client)
            return
        while self.next in self.waiting:
            self.next = (self.next + 1) % 65536
        handle = self.next
        self.next = (self.next + 1) % 65536

        def send(reply: bytes) -> None:
            question.truncated = bool(reply[2] & 0x02)
            self.meter.closed(question, self.loop.time(), "answered")
            with contextlib.suppress(OSError):
                self.clients.sendto(wire[:2] + reply[2:], client)

        self.waiting[handle] = lambda reply: void(self.loop.call_at(question.due, send, reply))
        self.server.send(handle.to_bytes(2) + wire[2:])

    def _answered(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                reply = self.server.recv(65535)
                deliver = self.waiting.pop(int.from_bytes(reply[:2]), None)
                if deliver is not None:
                    deliver(reply)

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                wire = await reader.readexactly(int.from_bytes(await reader.readexactly(2)))
                task = self.loop.create_task(self._by_stream(wire, writer))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)
        writer.close()

    async def _by_stream(self, wire: bytes, writer: asyncio.StreamWriter) -> None:
        question = self._admit(wire, "tcp")
        if question is None:
            return
        if question.fate == "turned away":
            reply = refusal(wire)
        else:
            upstream, sink = await asyncio.open_connection(*self.upstream)
            sink.write(len(wire).to_bytes(2) + wire)
            reply = await upstream.readexactly(int.from_bytes(await upstream.readexactly(2)))
            sink.close()
            await asyncio.sleep(question.due - self.loop.time())
            self.meter.closed(question, self.loop.time(), "answered")
        with contextlib.suppress(OSError):
            writer.write(len(reply).to_bytes(2) + reply)
            await writer.drain()


def void(_: object) -> None:
    """Drop a value."""


async def serve(options: argparse.Namespace) -> None:
    """Until a signal comes."""
    proxy = Proxy(options)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        proxy.loop.add_signal_handler(number, stop.set)
    sys.stdout.write(f"{await proxy.start()}\n")
    sys.stdout.flush()
    await stop.wait()
    sys.stdout.write(json.dumps(proxy.meter.statistics()))


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upstream", required=True, metavar="ADDR:PORT")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--loss", type=float, default=0.0, metavar="SHARE", help="of the datagrams, such as 0.05")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--cold", type=float, default=0.0, metavar="SECONDS", help="more, the first time a name is asked"
    )
    parser.add_argument("--table", type=int, default=100_000, metavar="N", help="open questions at most")
    parser.add_argument("--overflow", choices=("refused", "drop"), default="refused")
    # select() waits to the microsecond; epoll rounds up to whole milliseconds, 5 % of a 20 ms delay.
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        runner.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
