"""Several servers, dead ones, IPv6, TLS, and what a run leaves behind."""

import asyncio
import gc
import socket

import pytest

from mailcheck.dns.live import LiveResolver, Timing
from mailcheck.dns.run import Run
from mailcheck.dns.servers import TlsServer
from mailcheck.dns.specs import parse_spec, system_servers
from mailcheck.model.errors import UsageError
from mailcheck.model.fact import Known, Unknown
from servers.asking import FAILING, ONCE, PATIENT, ask_all, live, text
from servers.certificates import Authority
from servers.fault import FaultServer
from servers.knot import free_port

NAME = "a.example"
TXT = (NAME, "TXT")
ANSWERS = {NAME: {"TXT": ["v=spf1 -all"]}}


@pytest.mark.parametrize("behaviour", ["timeout", "servfail", "refused", "garbage", "referral", "truncated-closed"])
def test_the_next_server_is_asked_when_one_fails(behaviour: str) -> None:
    with FaultServer(ANSWERS, {"*": behaviour}) as bad, FaultServer(ANSWERS) as good:
        (fact,) = ask_all(live(bad.port, good.port, timing=PATIENT), TXT)
        assert text(fact) == "v=spf1 -all"
        assert fact.evidence.server == f"127.0.0.1:{good.port}"


def test_the_next_server_is_not_waited_for_after_a_refusal() -> None:
    """Only silence is waited for; with an hour between attempts the second server still answers."""
    with FaultServer(ANSWERS, {"*": "refused"}) as bad, FaultServer(ANSWERS) as good:
        timing = Timing(send=(0.0, 3600.0), question=3600.0)
        assert text(ask_all(live(bad.port, good.port, timing=timing), TXT)[0]) == "v=spf1 -all"


def test_a_dead_server_beside_a_good_one() -> None:
    with FaultServer(ANSWERS) as good:
        assert text(ask_all(live(free_port(), good.port, timing=PATIENT), TXT)[0]) == "v=spf1 -all"


def test_nobody_listens() -> None:
    (fact,) = ask_all(live(free_port(), timing=FAILING), TXT)
    assert isinstance(fact, Unknown)
    assert fact.reason == "connection-refused"


def test_every_server_gets_its_turn() -> None:
    servers = [FaultServer(ANSWERS, {"*": "servfail"}) for _ in range(4)]
    for server in servers:
        server.start()
    (fact,) = ask_all(live(*(server.port for server in servers), timing=FAILING), TXT)
    for server in servers:
        server.stop()
    assert isinstance(fact, Unknown)
    assert [len(server.log) for server in servers] == [1, 1, 1, 1]


def test_no_server_at_all() -> None:
    (fact,) = ask_all(live(), TXT)
    assert isinstance(fact, Unknown)
    assert fact.reason == "no-resolver"


def test_over_ipv6() -> None:
    with FaultServer(ANSWERS, {NAME: "truncated"}, address="::1") as server:
        (fact,) = ask_all(live(parse_spec(server.spec), timing=PATIENT), TXT)
        assert text(fact) == "v=spf1 -all"
        assert fact.evidence.server == f"[::1]:{server.port}"


def test_an_address_without_a_way_to_it_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_way(*_: object, **__: object) -> None:
        raise OSError(101, "Network is unreachable")

    async def run() -> str:
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(loop, "create_datagram_endpoint", no_way)
        fact = await live(free_port())().ask(*TXT)
        assert isinstance(fact, Unknown)
        return fact.reason

    assert asyncio.run(run()) == "network-unreachable"


def test_a_fault_inside_the_transport_is_told_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    async def run() -> Unknown:
        monkeypatch.setattr(asyncio.get_running_loop(), "create_datagram_endpoint", broken)
        fact = await live(free_port())().ask(*TXT)
        assert isinstance(fact, Unknown)
        return fact

    fact = asyncio.run(run())
    assert fact.reason == "resolver-fault"
    assert "RuntimeError: boom" in fact.sentence


def test_cancelling_leaves_no_task_and_no_socket() -> None:
    """Questions open over UDP, over a stalled TCP connection, and over TLS: cancel, close, and all is gone."""

    async def run(server: FaultServer) -> None:
        resolver = live(server.port, timing=Timing((0.0,), 60.0))()
        run = Run(resolver)
        group = asyncio.gather(*(run.ask(name, "TXT") for name in ("udp.example", "tcp.example", "b.example")))
        while len(server.log) < 4:  # noqa: ASYNC110  the log grows in the server's own thread
            await asyncio.sleep(0.01)
        group.cancel()
        await asyncio.gather(group, return_exceptions=True)
        await run.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with FaultServer({}, {"*": "timeout", "tcp.example": "truncated-stalled"}) as server:
        asyncio.run(run(server))
        # An unclosed socket would warn when it is collected, and warnings are errors here.
        gc.collect()


def test_a_question_given_up_ends_its_tcp_connection() -> None:
    async def run(server: FaultServer) -> int:
        resolver = live(server.port)()
        for at in range(3):
            await resolver.ask(f"n{at}.example", "TXT")
        await asyncio.sleep(0)
        tasks = len(asyncio.all_tasks()) - 1
        await resolver.close()
        return tasks

    with FaultServer({}, {"*": "truncated-stalled"}) as server:
        assert asyncio.run(run(server)) == 0


def test_a_resolver_can_be_used_again_after_closing() -> None:
    with FaultServer(ANSWERS) as server:
        resolver = live(server.port, timing=ONCE)()
        assert text(ask_all(lambda: resolver, TXT)[0]) == text(ask_all(lambda: resolver, TXT)[0])
        assert len(server.log) == 2


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def test_over_tls_by_name_and_by_address(authority: Authority) -> None:
    context = authority.server_context("dns.example", "127.0.0.1")
    with FaultServer(ANSWERS, tls=context) as server:
        for name in ("dns.example", None):
            tls = TlsServer("127.0.0.1", server.tls_port, name, authority.client_context())
            (fact,) = ask_all(live(tls, timing=PATIENT), TXT)
            assert text(fact) == "v=spf1 -all"
            assert fact.evidence.server == f"tls://127.0.0.1:{server.tls_port}"
        assert {each.transport for each in server.log} == {"tls"}


def test_a_certificate_of_another_name_is_not_believed(authority: Authority) -> None:
    with FaultServer(ANSWERS, tls=authority.server_context("other.example")) as server:
        tls = TlsServer("127.0.0.1", server.tls_port, "dns.example", authority.client_context())
        (fact,) = ask_all(live(tls, timing=FAILING), TXT)
    assert isinstance(fact, Unknown)
    assert fact.reason == "tls-failed"
    assert "dns.example" in fact.sentence


def test_an_authority_that_is_not_trusted_is_not_believed(authority: Authority) -> None:
    with FaultServer(ANSWERS, tls=authority.server_context("dns.example")) as server:
        (fact,) = ask_all(live(TlsServer("127.0.0.1", server.tls_port, "dns.example"), timing=FAILING), TXT)
    assert isinstance(fact, Unknown)
    assert fact.reason == "tls-failed"
    assert fact.evidence.advice


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("truncated-closed", "connection-closed"),
        ("truncated-garbage", "malformed"),
        ("truncated-truncated", "truncated"),
    ],
)
def test_faults_over_tls(authority: Authority, behaviour: str, reason: str) -> None:
    with FaultServer(ANSWERS, {"*": behaviour}, tls=authority.server_context("127.0.0.1")) as server:
        tls = TlsServer("127.0.0.1", server.tls_port, context=authority.client_context())
        (fact,) = ask_all(live(tls, timing=Timing(send=(0.0, 0.1), question=5.0)), TXT)
    assert isinstance(fact, Unknown)
    assert fact.reason == reason


def test_tls_to_a_port_where_nobody_listens() -> None:
    (fact,) = ask_all(live(TlsServer("127.0.0.1", free_port()), timing=FAILING), TXT)
    assert isinstance(fact, Unknown)
    assert fact.reason == "connection-refused"


def test_tls_leaves_nothing_behind_when_cancelled(authority: Authority) -> None:
    """Stalled inside the handshake: a TCP server that never speaks."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        tls = TlsServer("127.0.0.1", listener.getsockname()[1], context=authority.client_context())
        (fact,) = ask_all(live(tls), TXT)
    assert isinstance(fact, Unknown)
    assert fact.reason == "timeout"
    gc.collect()


def test_https_without_its_extra_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dns.query.have_doh", False)
    with pytest.raises(UsageError, match=r"needs the extra doh: pip install 'mailcheck-cli\[doh\]'$"):
        parse_spec("https://dns.example/dns-query")


SPECS = {
    "192.0.2.1": "192.0.2.1",
    "192.0.2.1:5353": "192.0.2.1:5353",
    "udp://192.0.2.1": "192.0.2.1",
    "2001:db8::1": "2001:db8::1",
    "[2001:db8::1]": "2001:db8::1",
    "[2001:db8::1]:5353": "[2001:db8::1]:5353",
    "tls://192.0.2.1": "tls://192.0.2.1",
    "tls://192.0.2.1:8853": "tls://192.0.2.1:8853",
    "tls://192.0.2.1#dns.example": "tls://192.0.2.1",
    "tls://[2001:db8::1]:8853#dns.example": "tls://[2001:db8::1]:8853",
}


@pytest.mark.parametrize(("spec", "label"), SPECS.items())
def test_a_server_is_named_as_it_was_given(spec: str, label: str) -> None:
    assert parse_spec(spec).label == label


@pytest.mark.parametrize(
    "spec",
    [
        "", "dns.example", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:0653361", "192.0.2.1:٥٣",
        "192.0.2.1:-1", "192.0.2.1#5353", "[192.0.2.1", "[::1]x", "192.0.2.300", "ftp://192.0.2.1", "tls://dns.example",
        "tls://127.0.0.1#..", "tls://127.0.0.1#a b", "tls://127.0.0.1#" + "x" * 300,
        "https://", "https://[", "https://dns.example:0/", "https://dns.example:99999/", "https://a b/",
        "https://user:secret@dns.example/", "tls://", "x" * 5000, "192.0.2.1:53\n",
    ],
)  # fmt: skip
def test_a_server_that_cannot_be_is_a_usage_error(spec: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_spec(spec)
    message = str(caught.value)
    assert message.startswith("--resolver")
    assert len(message) < 300
    assert "secret" not in message


def test_the_system_servers_are_read_without_asking_them(monkeypatch: pytest.MonkeyPatch) -> None:
    import dns.resolver

    class Configured:
        nameservers = ("127.0.0.1", "::1", "https://dns.example/dns-query")
        port = 53

    monkeypatch.setattr(dns.resolver, "Resolver", lambda configure: Configured())
    assert [server.label for server in system_servers()] == ["127.0.0.1", "::1"]


def test_a_system_without_name_servers_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    import dns.resolver

    def none(configure: bool) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver, "Resolver", none)
    assert system_servers() == []


def test_from_specs_asks_the_servers_named() -> None:
    with FaultServer(ANSWERS) as server:
        (fact,) = ask_all(lambda: LiveResolver.from_specs([server.spec], timing=PATIENT), TXT)
        assert isinstance(fact, Known)
