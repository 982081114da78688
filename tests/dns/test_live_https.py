"""DNS over HTTPS against a server on loopback; run where the extra `doh` is installed."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable

import dns.flags
import dns.message
import dns.rrset
import pytest

from mailcheck.dns.live import LiveResolver, Timing
from mailcheck.dns.rdata import Records
from mailcheck.dns.servers import HttpsServer
from mailcheck.model.fact import Fact, Unknown
from servers.asking import text
from servers.certificates import Authority

pytestmark = pytest.mark.doh

Respond = Callable[[dns.message.Message], tuple[int, bytes]]


@contextlib.asynccontextmanager
async def https(context: ssl.SSLContext, respond: Respond) -> AsyncIterator[int]:
    """An HTTP/1.1 server that answers POSTed messages; gives its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        status, body = respond(dns.message.from_wire(await reader.readexactly(length)))
        headers = (
            f"HTTP/1.1 {status} OK\r\ncontent-type: application/dns-message\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        writer.write(headers.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def ask(authority: Authority, respond: Respond, *, trusted: bool = True) -> Fact[Records]:
    async def main() -> Fact[Records]:
        async with https(authority.server_context("127.0.0.1"), respond) as port:
            context = authority.client_context() if trusted else None
            server = HttpsServer(f"https://127.0.0.1:{port}/dns-query", context)
            resolver = LiveResolver([server], timing=Timing((0.0,), 10.0))
            fact = await resolver.ask("a.example", "TXT")
            await resolver.close()
            return fact

    return asyncio.run(main())


def good(query: dns.message.Message) -> tuple[int, bytes]:
    assert query.id == 0
    reply = dns.message.make_response(query, recursion_available=True)
    reply.answer.append(dns.rrset.from_text("a.example.", 60, "IN", "TXT", '"over https"'))
    return 200, reply.to_wire()


def truncated(query: dns.message.Message) -> tuple[int, bytes]:
    reply = dns.message.make_response(query, recursion_available=True)
    reply.flags |= dns.flags.TC
    return 200, reply.to_wire()


def other_question(query: dns.message.Message) -> tuple[int, bytes]:
    other = dns.message.make_query("b.example", "TXT")
    other.id = query.id
    return 200, dns.message.make_response(other).to_wire()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def test_over_https(authority: Authority) -> None:
    fact = ask(authority, good)
    assert text(fact) == "over https"
    assert fact.evidence.server is not None
    assert fact.evidence.server.startswith("https://127.0.0.1:")


@pytest.mark.parametrize(
    ("respond", "reason"),
    [
        (lambda _: (500, b""), "https-failed"),
        (lambda _: (200, b"<html>"), "malformed"),
        (other_question, "malformed"),
        (truncated, "truncated"),
    ],
    ids=["status 500", "HTML", "another question", "truncated"],
)
def test_faults_over_https(authority: Authority, respond: Respond, reason: str) -> None:
    fact = ask(authority, respond)
    assert isinstance(fact, Unknown)
    assert fact.reason == reason
    assert fact.evidence.advice


def test_an_authority_that_is_not_trusted_is_not_believed(authority: Authority) -> None:
    fact = ask(authority, good, trusted=False)
    assert isinstance(fact, Unknown)
    assert fact.reason == "https-failed"
