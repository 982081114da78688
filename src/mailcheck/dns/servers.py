"""Name servers: plain (UDP, TCP where truncated), over TLS, over HTTPS."""

import asyncio
import secrets
import ssl
from abc import ABC, abstractmethod

import dns.exception
import dns.flags
import dns.message

from mailcheck.dns.burst import Burst
from mailcheck.dns.transport import Deliver, Failure, Reply, Tasks, matches, parse, stream_exchange
from mailcheck.model.errors import UsageError


def _label(address: str, port: int, default: int) -> str:
    shown = f"[{address}]" if ":" in address else address
    return address if port == default else f"{shown}:{port}"


class _Udp(asyncio.DatagramProtocol):
    """One connected socket: the kernel drops datagrams from any other address or port."""

    def __init__(self, owner: "PlainServer") -> None:
        self.owner = owner

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002  connected: one peer only
        self.owner.received(data)

    def error_received(self, exc: Exception) -> None:
        self.owner.unreachable(exc)


class PlainServer:
    """UDP with one socket a server and random ids; TCP where an answer is truncated."""

    def __init__(self, address: str, port: int = 53) -> None:
        self.address = address
        self.port = port
        self._transport: asyncio.DatagramTransport | None = None
        self._burst: Burst | None = None
        self._opening = asyncio.Lock()
        self._pending: dict[int, tuple[dns.message.QueryMessage, Deliver]] = {}
        self._tasks = Tasks()

    @property
    def label(self) -> str:
        """Address, with the port where it is not 53."""
        return _label(self.address, self.port, 53)

    def submit(self, query: dns.message.QueryMessage, deliver: Deliver) -> int:
        """Send over UDP; the handle is the id."""
        handle = secrets.randbelow(65536)
        while handle in self._pending or handle in self._tasks:
            handle = secrets.randbelow(65536)
        query.id = handle
        self._pending[handle] = (query, deliver)
        if self._burst is not None:
            self._burst.send(query.to_wire())
        else:
            self._tasks.start(handle, lambda: self._open_and_send(query), deliver)
        return handle

    async def _open_and_send(self, query: dns.message.QueryMessage) -> Failure | None:
        try:
            async with self._opening:
                burst = self._burst or await self._open()
        except OSError as error:
            return _network_fault(error)
        burst.send(query.to_wire())
        return None

    async def _open(self) -> Burst:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Udp(self), remote_addr=(self.address, self.port))
        self._transport = transport
        self._burst = Burst(transport)
        return self._burst

    def received(self, data: bytes) -> None:
        """A datagram came in from the server."""
        if self._burst is not None:
            self._burst.stir()
        pending = self._pending.get(int.from_bytes(data[:2], "big"))
        if pending is None:
            return
        query, deliver = pending
        reply = parse(data)
        if reply is None or not matches(query, reply):
            # It may be forged; the true answer may still come (CVE-2023-29483).
            deliver(Failure("malformed", final=False))
            return
        del self._pending[query.id]
        if reply.flags & dns.flags.TC:
            deliver(Failure("truncated", final=False))
            self._tasks.start(query.id, lambda: self._by_tcp(query), deliver)
        else:
            deliver(reply)

    def unreachable(self, error: Exception) -> None:
        """The network says that nobody is there: all that is open fails."""
        pending = list(self._pending.values())
        self._pending.clear()
        for _, deliver in pending:
            deliver(_network_fault(error))

    async def _by_tcp(self, query: dns.message.QueryMessage) -> Reply:
        try:
            reader, writer = await asyncio.open_connection(self.address, self.port)
        except OSError:
            return Failure("truncated")
        return await stream_exchange(reader, writer, query, "truncated")

    def forget(self, handle: int) -> None:
        """Drop the entry, and the TCP connection if it came to that."""
        self._pending.pop(handle, None)
        self._tasks.cancel(handle)

    async def close(self) -> None:
        """Close the socket and end what is open."""
        if self._transport is not None:
            self._transport.close()
            self._transport = self._burst = None
        self._pending.clear()
        await self._tasks.end()
        # A lock belongs to one event loop; the next question may come in another.
        self._opening = asyncio.Lock()


def _network_fault(error: Exception) -> Failure:
    return Failure("connection-refused" if isinstance(error, ConnectionRefusedError) else "network-unreachable")


class _TaskServer(ABC):
    """A server that answers each query in a task of its own."""

    def __init__(self) -> None:
        self._tasks = Tasks()
        self._count = 0

    def submit(self, query: dns.message.QueryMessage, deliver: Deliver) -> int:
        """Start the task."""
        self._count += 1
        self._tasks.start(self._count, lambda: self.exchange(query), deliver)
        return self._count

    @abstractmethod
    async def exchange(self, query: dns.message.QueryMessage) -> Reply:
        """Ask."""

    def forget(self, handle: int) -> None:
        """End the task."""
        self._tasks.cancel(handle)

    async def close(self) -> None:
        """End all tasks."""
        await self._tasks.end()


class TlsServer(_TaskServer):
    """DNS over TLS (RFC 7858). The certificate must be valid for `name` (a host name), or for the address."""

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

    async def exchange(self, query: dns.message.QueryMessage) -> Reply:
        """One connection a question."""
        if self._context is None:
            self._context = ssl.create_default_context()
        query.id = secrets.randbelow(65536)
        try:
            reader, writer = await asyncio.open_connection(
                self.address, self.port, ssl=self._context, server_hostname=self.name
            )
        except ssl.SSLError as error:
            return Failure("tls-failed", getattr(error, "verify_message", "") or error.reason or "")
        except ConnectionResetError:
            return Failure("tls-failed", "the server closed the connection")
        except OSError as error:
            return _network_fault(error)
        return await stream_exchange(reader, writer, query, "connection-closed")


class HttpsServer(_TaskServer):
    """DNS over HTTPS (RFC 8484), by dnspython; needs the extra `doh`. Raises UsageError without it."""

    def __init__(self, url: str, context: ssl.SSLContext | None = None) -> None:
        super().__init__()
        import dns.query

        if not dns.query.have_doh:
            raise UsageError(f"--resolver {url!r:.80} needs the extra doh: pip install 'mailcheck-cli[doh]'")
        self.url = url
        self._context = context

    @property
    def label(self) -> str:
        """The URL."""
        return self.url

    async def exchange(self, query: dns.message.QueryMessage) -> Reply:
        """One request a question."""
        import dns.asyncquery

        if self._context is None:
            self._context = ssl.create_default_context()
        # The id is 0 so that caches on the way can serve the answer (RFC 8484 4.1).
        query.id = 0
        try:
            reply = await dns.asyncquery.https(query, self.url, verify=self._context)
        except dns.exception.FormError:
            return Failure("malformed")
        except Exception as error:  # noqa: BLE001  the HTTP stack's exceptions are many, and all mean the same
            return Failure("https-failed", f"{type(error).__name__}: {error}"[:200])
        if not matches(query, reply):
            return Failure("malformed")
        return Failure("truncated") if reply.flags & dns.flags.TC else reply
