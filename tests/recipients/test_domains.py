"""Where mail goes: each state, from real answers through the cache of a run."""

import asyncio

import pytest

from mailcheck.dns.static import StaticResolver
from mailcheck.recipients.domains import look_up, routable
from mailcheck.recipients.mail_hosts import MailHosts
from recipients.world import ANSWERS


class Counting(StaticResolver):
    """Counts what is asked, and answers SERVFAIL to the first `faults` questions about a name."""

    def __init__(self, faults: int = 0) -> None:
        super().__init__(ANSWERS)
        self.asked: list[tuple[str, str]] = []
        self.faults = faults

    async def ask(self, name, type):
        from mailcheck.dns.port import unknown

        self.asked.append((name, type))
        if self.asked.count((name, type)) <= self.faults:
            return unknown(name, type, "servfail")
        return await super().ask(name, type)


def found(*domains: str, resolver: StaticResolver | None = None, **kwargs) -> dict[str, MailHosts]:
    return asyncio.run(look_up(domains, resolver or StaticResolver(ANSWERS), **({"pauses": (0, 0)} | kwargs)))


@pytest.mark.parametrize(
    ("domain", "state", "deliverable"),
    [
        ("mail.example", "mx", True),
        ("six.example", "mx", True),
        ("null.example", "null", False),
        ("bare.example", "nothing", False),
        ("dangling.example", "nothing", False),
        ("loop.example", "unroutable", False),
        ("private.example", "unroutable", False),
        ("homeweb.example", "unroutable", False),
        ("web.example", "implicit", True),
        ("gone.example", "nxdomain", False),
        ("broken.example", "unknown", None),
        ("slow.example", "unknown", None),
        ("half.example", "mx", True),
        ("lost.example", "unknown", None),
        ("many.example", "unknown", None),
    ],
)
def test_every_state(domain: str, state: str, deliverable: bool | None) -> None:
    hosts = found(domain)[domain]
    assert (hosts.state, hosts.deliverable) == (state, deliverable)
    assert hosts.evidence


def test_each_question_is_asked_once() -> None:
    resolver = Counting()
    found(*(name for name in ("mail.example", "gmail.com", "gmx.de") for _ in range(5)), resolver=resolver)
    assert len(resolver.asked) == len(set(resolver.asked)) == 4


def test_a_fault_that_passes_is_asked_again() -> None:
    resolver = Counting(faults=1)
    assert found("web.example", resolver=resolver, pauses=(0, 0, 0))["web.example"].state == "implicit"
    assert found("mail.example", resolver=Counting(faults=1))["mail.example"].state == "mx"


def test_a_fault_that_stays_is_unknown_and_never_bad() -> None:
    resolver = Counting(faults=99)
    hosts = found("gone.example", "mail.example", resolver=resolver)
    assert {each.state for each in hosts.values()} == {"unknown"}
    assert resolver.asked.count(("mail.example", "MX")) == 3


def test_a_closed_world_is_not_asked_again() -> None:
    """What no server can say another time is settled: offline, a name outside the zones."""
    from mailcheck.dns.opening import OfflineResolver

    hosts = asyncio.run(look_up(["mail.example"], OfflineResolver(), pauses=(3600,)))
    assert hosts["mail.example"].fault == "offline"


def test_the_deadline_ends_it() -> None:
    class Silent(StaticResolver):
        async def ask(self, name, type):
            await asyncio.sleep(3600)

    hosts = found("mail.example", "gmail.com", resolver=Silent({}), timeout=0.05)
    assert {each.fault for each in hosts.values()} == {"deadline"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [("8.8.8.8", True), ("192.0.2.1", True), ("10.1.2.3", False), ("127.0.0.1", False), ("::1", False),
     ("224.0.0.1", False), ("169.254.1.1", False), ("fe80::1", False), ("100.64.0.1", False)],
)  # fmt: skip
def test_routable(address: str, expected: bool) -> None:
    assert routable(address) is expected
