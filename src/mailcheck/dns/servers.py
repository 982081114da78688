"""Name servers: plain (UDP, TCP where truncated), over TLS, over HTTPS."""

import asyncio
import secrets
import ssl
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Protocol

import dns.exception
import dns.flags
import dns.message
import dns.rcode

from mailcheck.model.errors import UsageError


@dataclass(frozen=True, slots=True)
class Failure:
    """No usable answer; `final` where nothing more will come of this attempt."""

    reason: str
    final: bool = True


Deliver = Callable[[dns.message.Message | Failure], None]


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
        """Close its sockets."""
        ...


def parse_spec(spec: str) -> "Server":
    """A server from ADDR, ADDR:PORT, [ADDR6]:PORT, tls://ADDR[:PORT][#NAME] or https://URL. Raises UsageError."""
    if spec.startswith("https://"):
        return HttpsServer(spec)
    scheme, _, rest = spec.rpartition("://")
    if scheme not in {"", "tls", "udp"}:
        raise UsageError(f"--resolver {spec!r:.80}: known are ADDR, ADDR:PORT, tls://ADDR and https://URL")
    rest, _, name = rest.partition("#")
    address, port = _address(rest, 853 if scheme == "tls" else 53, spec)
    if scheme == "tls":
        return TlsServer(address, port, name or None)
    return PlainServer(address, port)


def _address(text: str, default: int, spec: str) -> tuple[str, int]:
    import ipaddress

    host, port = text, str(default)
    if text.startswith("["):
        host, _, tail = text[1:].partition("]")
        port = tail.removeprefix(":") or port
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise UsageError(
            f"--resolver {spec!r:.80}: {host!r:.60} is no IP address; a name server is given by its address"
        ) from None
    if not port.isascii() or not port.isdigit() or not 0 < int(port[:6]) < 65536:
        raise UsageError(f"--resolver {spec!r:.80}: {port!r:.20} is no port (1 to 65535)")
    return host, int(port)


def system_servers() -> list[Server]:
    """The name servers that the system is set up with, found by dnspython; none where there are none."""
    import dns.resolver

    try:
        found = dns.resolver.Resolver(configure=True)
    except (dns.exception.DNSException, OSError):
        return []
    return [
        PlainServer(str(address), found.port) for address in found.nameservers if not str(address).startswith("https:")
    ]


def _label(address: str, port: int, default: int) -> str:
    shown = f"[{address}]" if ":" in address else address
    return address if port == default else f"{shown}:{port}"


def matches(query: dns.message.Message, reply: dns.message.Message) -> bool:
    """Whether a reply answers this very question: id, QR, opcode, and name, type and class of the question."""
    if reply.id != query.id or not reply.flags & dns.flags.QR or reply.opcode() != query.opcode():
        return False
    if not reply.question:
        # FORMERR and the like may come back without their question (RFC 1035 4.1.1).
        return reply.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)
    return reply.question == query.question


class _Udp(asyncio.DatagramProtocol):
    """One connected socket: the kernel drops datagrams from any other address or port."""

    def __init__(self, owner: "PlainServer") -> None:
        self.owner = owner

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002  connected: one peer only
        self.owner.received(data)

    def error_received(self, exc: Exception) -> None:
        self.owner.refused("connection-refused" if isinstance(exc, ConnectionRefusedError) else "network-unreachable")


class PlainServer:
    """UDP with one socket a server and random ids; TCP where an answer is truncated."""

    def __init__(self, address: str, port: int = 53) -> None:
        self.address = address
        self.port = port
        self._transport: asyncio.DatagramTransport | None = None
        self._opening: asyncio.Task[None] | None = None
        self._pending: dict[int, tuple[dns.message.QueryMessage, Deliver]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def label(self) -> str:
        """Address, with the port where it is not 53."""
        return _label(self.address, self.port, 53)

    def submit(self, query: dns.message.QueryMessage, deliver: Deliver) -> int:
        """Send over UDP."""
        handle = secrets.randbelow(65536)
        while handle in self._pending:
            handle = secrets.randbelow(65536)
        query.id = handle
        self._pending[handle] = (query, deliver)
        if self._transport is not None:
            self._transport.sendto(query.to_wire())
        else:
            self._spawn(self._open_and_send(handle))
        return handle

    async def _open_and_send(self, handle: int) -> None:
        if self._opening is None:
            self._opening = asyncio.get_running_loop().create_task(self._open())
        try:
            await asyncio.shield(self._opening)
        except OSError:
            self._opening = None
            self._fail(handle, Failure("network-unreachable"))
            return
        pending = self._pending.get(handle)
        if pending is not None and self._transport is not None:
            self._transport.sendto(pending[0].to_wire())

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Udp(self), remote_addr=(self.address, self.port))
        self._transport = transport

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _fail(self, handle: int, failure: Failure) -> None:
        pending = self._pending.get(handle)
        if pending is not None:
            pending[1](failure)

    def received(self, data: bytes) -> None:
        """A datagram came in from the server."""
        pending = self._pending.get(int.from_bytes(data[:2], "big")) if len(data) >= 12 else None
        if pending is None:
            return
        query, deliver = pending
        handle = query.id
        try:
            reply = dns.message.from_wire(data, ignore_trailing=True, raise_on_truncation=False)
        except (dns.exception.DNSException, ValueError, struct.error, IndexError):
            # It may be forged; the true answer may still come (CVE-2023-29483).
            deliver(Failure("malformed", final=False))
            return
        if not matches(query, reply):
            deliver(Failure("malformed", final=False))
        elif reply.flags & dns.flags.TC:
            self._spawn(self._by_tcp(handle, query, deliver))
        else:
            del self._pending[handle]
            deliver(reply)

    def refused(self, reason: str) -> None:
        """The network says that nobody is there: all that is open fails."""
        for _, deliver in list(self._pending.values()):
            deliver(Failure(reason))
        self._pending.clear()

    async def _by_tcp(self, handle: int, query: dns.message.QueryMessage, deliver: Deliver) -> None:
        self._pending.pop(handle, None)
        try:
            reader, writer = await asyncio.open_connection(self.address, self.port)
        except OSError:
            deliver(Failure("truncated"))
            return
        deliver(await stream_exchange(reader, writer, query, "truncated"))

    def forget(self, handle: int) -> None:
        """Drop the entry."""
        self._pending.pop(handle, None)

    async def close(self) -> None:
        """Close the socket and end what is open."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._transport is not None:
            self._transport.close()
            # One turn of the loop lets the transport close its socket.
            await asyncio.sleep(0)


async def stream_exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, query: dns.message.QueryMessage, fault: str
) -> dns.message.Message | Failure:
    """One question over TCP or TLS (RFC 1035 4.2.2); the connection is closed after it."""
    try:
        wire = query.to_wire()
        writer.write(len(wire).to_bytes(2, "big") + wire)
        await writer.drain()
        length = int.from_bytes(await reader.readexactly(2), "big")
        reply = dns.message.from_wire(await reader.readexactly(length), ignore_trailing=True)
    except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
        return Failure(fault)
    except (dns.exception.DNSException, ValueError, struct.error, IndexError):
        return Failure("malformed")
    finally:
        writer.close()
    return reply if matches(query, reply) else Failure("malformed")


class _TaskServer(ABC):
    """A server that answers each query in a task of its own."""

    def __init__(self) -> None:
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._count = 0

    def submit(self, query: dns.message.QueryMessage, deliver: Deliver) -> int:
        """Start the task."""
        self._count += 1
        handle = self._count

        async def work() -> None:
            deliver(await self.exchange(query))

        task = self._tasks[handle] = asyncio.get_running_loop().create_task(work())
        task.add_done_callback(lambda _: self._tasks.pop(handle, None))
        return handle

    @abstractmethod
    async def exchange(self, query: dns.message.QueryMessage) -> dns.message.Message | Failure:
        """Ask."""

    def forget(self, handle: int) -> None:
        """End the task."""
        task = self._tasks.get(handle)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """End all tasks."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class TlsServer(_TaskServer):
    """DNS over TLS (RFC 7858). The certificate must be valid for `name`, or for the address."""

    def __init__(
        self, address: str, port: int = 853, name: str | None = None, context: ssl.SSLContext | None = None
    ) -> None:
        super().__init__()
        self.address = address
        self.port = port
        self.name = name or address
        self._context = context

    @property
    def label(self) -> str:
        """As it was given."""
        return "tls://" + _label(self.address, self.port, 853)

    async def exchange(self, query: dns.message.QueryMessage) -> dns.message.Message | Failure:
        """One connection a question."""
        if self._context is None:
            self._context = ssl.create_default_context()
        query.id = secrets.randbelow(65536)
        try:
            reader, writer = await asyncio.open_connection(
                self.address, self.port, ssl=self._context, server_hostname=self.name
            )
        except ssl.SSLError as error:
            return Failure(f"tls-failed ({error.reason or 'handshake'})")
        except OSError:
            return Failure("connection-refused")
        return await stream_exchange(reader, writer, query, "connection-closed")


class HttpsServer(_TaskServer):
    """DNS over HTTPS (RFC 8484), by dnspython; needs the extra `doh`."""

    def __init__(self, url: str) -> None:
        super().__init__()
        import importlib.util

        if not any(importlib.util.find_spec(each) for each in ("httpx", "httpx2")):
            raise UsageError(f"--resolver {url!r:.80} needs the extra doh: pip install 'mailcheck-cli[doh]'")
        self.url = url

    @property
    def label(self) -> str:
        """The URL."""
        return self.url

    async def exchange(self, query: dns.message.QueryMessage) -> dns.message.Message | Failure:
        """One request a question."""
        import dns.asyncquery

        # The id is 0 so that caches on the way can serve the answer (RFC 8484 4.1).
        query.id = 0
        try:
            reply = await dns.asyncquery.https(query, self.url, timeout=5.0)
        except (dns.exception.DNSException, ValueError):
            return Failure("malformed")
        except Exception as error:  # noqa: BLE001  the HTTP stack's exceptions are many, and all mean the same
            return Failure(f"https-failed ({type(error).__name__})")
        return reply if matches(query, reply) else Failure("malformed")
