"""From messages to facts: any octets, any message, and the cases of RFC 2308."""

import asyncio

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailcheck.dns.answers import read
from mailcheck.dns.rdata import Exchange, Text
from mailcheck.dns.transport import matches, parse
from mailcheck.model.fact import Absent, Fact, Known, Unknown

NAME = "a.example"
QUERY = dns.message.make_query(NAME, "TXT")


def message(
    *answer: str, rcode: str = "NOERROR", authority: str | None = None, flags: str = "QR RD RA"
) -> dns.message.Message:
    """A response to a.example TXT with these records."""
    reply = dns.message.make_response(QUERY)
    reply.flags = dns.flags.from_text(flags)
    reply.set_rcode(dns.rcode.from_text(rcode))
    for line in answer:
        owner, type_, data = line.split(None, 2)
        class_ = "IN"
        if type_.startswith("CH/"):
            class_, _, type_ = type_.partition("/")
        reply.answer.append(dns.rrset.from_text(owner, 60, class_, type_, data))
    if authority:
        reply.authority.append(dns.rrset.from_text("example.", 60, "IN", *authority.split(None, 1)))
    return reply


SOA = "SOA ns.example. h.example. 1 2 3 4 5"
CASES = {
    "data": (message('a.example. TXT "x"'), "known"),
    "data in other letters": (message('A.EXAMPLE. TXT "x"'), "known"),
    "data behind an alias": (message("a.example. CNAME b.example.", 'b.example. TXT "x"'), "known"),
    "data in any order": (message('b.example. TXT "x"', "a.example. CNAME b.example."), "known"),
    "data of another name only": (message('b.example. TXT "x"'), "nodata"),
    "data of another type only": (message("a.example. A 192.0.2.1"), "nodata"),
    "data of another class only": (message('a.example. CH/TXT "x"'), "nodata"),
    "NODATA": (message(authority=SOA), "nodata"),
    "NODATA without SOA from a resolver": (message(), "nodata"),
    "NODATA without SOA from an authority": (message(flags="QR AA"), "nodata"),
    "nothing from neither": (message(flags="QR RD"), "referral"),
    "referral": (message(authority="NS ns.elsewhere.example."), "referral"),
    "NXDOMAIN": (message(rcode="NXDOMAIN", authority=SOA), "nxdomain"),
    "NXDOMAIN without SOA": (message(rcode="NXDOMAIN"), "nxdomain"),
    "NXDOMAIN behind an alias": (message("a.example. CNAME b.example.", rcode="NXDOMAIN", authority=SOA), "nxdomain"),
    "NODATA behind an alias": (message("a.example. CNAME b.example.", authority=SOA), "nodata"),
    "an alias and no more": (message("a.example. CNAME b.example."), "alias-unfinished"),
    "an alias and a referral": (message("a.example. CNAME b.example.", authority="NS n.example."), "alias-unfinished"),
    "alias to itself": (message("a.example. CNAME a.example."), "alias-loop"),
    "circle": (message("a.example. CNAME b.example.", "b.example. CNAME a.example."), "alias-loop"),
    "circle further on": (message("a.example. CNAME b.example.", "b.example. CNAME b.example."), "alias-loop"),
    "NXDOMAIN with data": (message('a.example. TXT "x"', rcode="NXDOMAIN"), "malformed"),
    "SERVFAIL with data": (message('a.example. TXT "x"', rcode="SERVFAIL"), "servfail"),
    "YXDOMAIN": (message(rcode="YXDOMAIN"), "yxdomain"),
}


@pytest.mark.parametrize(("reply", "outcome"), CASES.values(), ids=CASES.keys())
def test_what_a_message_says(reply: dns.message.Message, outcome: str) -> None:
    fact = read(reply, NAME, "TXT", "server")
    assert ("known" if isinstance(fact, Known) else fact.reason) == outcome
    assert isinstance(fact, Absent) == (outcome in {"nxdomain", "nodata"})
    assert fact.evidence.server == "server"
    if isinstance(fact, Unknown):
        assert fact.evidence.advice


def test_a_fault_keeps_its_rcode() -> None:
    assert read(message(rcode="REFUSED"), NAME, "TXT", "s").evidence.rcode == "REFUSED"
    assert read(message(rcode="BADVERS"), NAME, "TXT", "s").evidence.rcode == "BADVERS"


def test_records_come_in_one_order_and_a_null_mx_has_no_host() -> None:
    reply = dns.message.make_response(dns.message.make_query(NAME, "MX"))
    for data in ("20 b.example.", "0 .", "10 B.example."):
        reply.answer.append(dns.rrset.from_text("a.example.", 60, "IN", "MX", data))
    merged = dns.message.from_wire(reply.to_wire())
    fact = read(merged, NAME, "MX", "s")
    assert isinstance(fact, Known)
    assert fact.value == (Exchange(0, ""), Exchange(10, "b.example"), Exchange(20, "b.example"))


def test_a_text_keeps_its_strings_and_octets() -> None:
    reply = message('a.example. TXT "a b" "c\\200\\"\\\\"')
    fact = read(parse(reply.to_wire()) or reply, NAME, "TXT", "s")
    assert isinstance(fact, Known)
    (record,) = fact.value
    assert record == Text((b"a b", b'c\xc8"\\'))
    assert isinstance(record, Text)
    assert record.joined == 'a bc\xc8"\\'
    assert record.presentation == r'"a b" "c\200\"\\"'


WIRE = message(
    'a.example. TXT "v=spf1 -all"', "a.example. CNAME b.example.", 'b.example. CAA 0 issue "x"', authority=SOA
).to_wire()


def outcome(data: bytes, type_: str = "TXT") -> Fact[object] | None:
    """What becomes of a datagram with the right id, up to the fact."""
    reply = parse(data)
    if reply is None or not matches(QUERY, reply):
        return None
    return read(reply, NAME, type_, "server")


@settings(max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=120).map(lambda tail: WIRE[:2] + b"\x81\x80" + tail),
        st.binary(max_size=120).map(lambda tail: QUERY.to_wire()[:2] + b"\x81\x80\x00\x01\x00\x03" + tail),
        st.lists(st.tuples(st.integers(0, len(WIRE) - 1), st.integers(0, 255)), max_size=6).map(
            lambda edits: bytes(dict(edits).get(at, octet) for at, octet in enumerate(WIRE))
        ),
        st.integers(0, len(WIRE)).map(lambda end: WIRE[:end]),
    ),
    st.sampled_from(["TXT", "CNAME", "CAA", "SOA"]),
)
def test_any_octets_become_a_fact_or_nothing(data: bytes, type_: str) -> None:
    fact = outcome(data, type_)
    assert fact is None or fact.evidence.name == NAME
    if isinstance(fact, Known):
        assert fact.evidence.answer is not None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.binary(min_size=0, max_size=60), min_size=1, max_size=5))
def test_no_datagram_raises_out_of_the_resolver(datagrams: list[bytes]) -> None:
    """Through real sockets: whatever comes back, `ask` gives a fact and the loop has nothing to complain about."""
    from mailcheck.dns.live import LiveResolver, Timing
    from mailcheck.dns.servers import PlainServer

    complaints: list[object] = []

    class Hostile(asyncio.DatagramProtocol):
        def connection_made(self, transport: object) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            for each in datagrams:
                self.transport.sendto(data[:2] + each, addr)  # type: ignore[attr-defined]

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: complaints.append(context))
        transport, _ = await loop.create_datagram_endpoint(Hostile, ("127.0.0.1", 0))
        server = PlainServer("127.0.0.1", transport.get_extra_info("sockname")[1])
        resolver = LiveResolver([server], timing=Timing((0.0,), 0.01))
        fact = await resolver.ask(NAME, "TXT")
        assert not isinstance(fact, Known)
        await resolver.close()
        transport.close()
        await asyncio.sleep(0)

    asyncio.run(main())
    assert complaints == []
