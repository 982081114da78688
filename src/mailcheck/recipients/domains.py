"""The domains of recipients asked for: each once, what got no answer again, and silence is never a verdict."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import ip_address, ip_network
from typing import TypeAlias

from mailcheck.dns.port import Resolver
from mailcheck.dns.rdata import Address, Exchange, Records
from mailcheck.dns.run import Run
from mailcheck.model.fact import Absent, Evidence, Fact, Known, Unknown
from mailcheck.recipients.mail_hosts import MailHosts

AT_ONCE = 200
"""Domains whose questions are open at once; the resolver below holds them back as the server suffers."""
MAX_EXCHANGES = 5
"""Mail exchangers of a domain whose addresses are looked up, in the order of their preference, until one will do."""
PAUSES = (0.5, 2.0)
"""Seconds before what got no answer is asked again, and once more."""
PASSING = frozenset(
    ("timeout", "servfail", "refused", "malformed", "truncated", "connection-closed", "connection-refused",
     "network-unreachable", "tls-failed", "https-failed")
)  # fmt: skip
"""Faults that may be gone the next time."""

Ask: TypeAlias = Callable[[str, str], Awaitable[Fact[Records]]]
_DOCUMENTATION = tuple(map(ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))
"""RFC 5737 and RFC 3849: private to Python, and in every example."""


async def look_up(
    domains: Iterable[str],
    resolver: Resolver,
    *,
    timeout: float | None = None,  # noqa: ASYNC109  the deadline of all rounds, not of this call
    pauses: Sequence[float] = PAUSES,
    told: Callable[[int, int], None] | None = None,
    started: Callable[[Run], None] | None = None,
) -> dict[str, MailHosts]:
    """What the DNS says of each domain, in the order given; the caller closes the resolver.

    `timeout` is the deadline of the whole in seconds. `started` is given each Run, so that a signal can stop it;
    `told` the number of domains done and how many there are.
    """
    waiting = list(dict.fromkeys(domains))
    order = {domain: MailHosts(domain, "unknown", "not asked") for domain in waiting}
    clock = asyncio.get_running_loop().time
    end = clock() + timeout if timeout is not None else None
    stopped = None
    for pause in (0.0, *pauses):
        if not waiting or stopped:
            break
        if pause:
            if end is not None and clock() + pause >= end:
                break
            await asyncio.sleep(pause)
        # A Run keeps every answer, the bad ones too: what is asked again needs a new one.
        run = Run(resolver, timeout=None if end is None else max(end - clock(), 0.001), limit=100_000_000)
        if started is not None:
            started(run)
        await _round(waiting, run, order, told)
        stopped = run.stopped
        waiting = [each for each in waiting if order[each].fault in PASSING]
    return order


async def _round(
    domains: Sequence[str], run: Run, into: dict[str, MailHosts], told: Callable[[int, int], None] | None
) -> None:
    waiting = iter(domains)
    done = 0

    async def worker() -> None:
        nonlocal done
        for domain in waiting:
            into[domain] = await mail_hosts(domain, run.ask)
            done += 1
            if told is not None:
                told(done, len(domains))

    async with asyncio.TaskGroup() as group:
        for _ in range(min(AT_ONCE, len(domains))):
            group.create_task(worker())


async def mail_hosts(domain: str, ask: Ask) -> MailHosts:
    """Where mail to one domain goes (RFC 5321 5.1). Never raises: a fault is the state `unknown`."""
    fact = await ask(domain, "MX")
    if isinstance(fact, Unknown):
        return _unknown(domain, fact)
    if isinstance(fact, Absent):
        if fact.nxdomain:
            return MailHosts(domain, "nxdomain", "", (), (fact.evidence,))
        return await _implicit(domain, fact.evidence, ask)
    exchanges = sorted(
        (each for each in fact.value if isinstance(each, Exchange)), key=lambda each: (each.preference, each.host)
    )
    hosts = tuple(each.host for each in exchanges if each.host)
    if not hosts:
        # RFC 7505 3: one MX with the root as its host.
        return MailHosts(domain, "null", "", (), (fact.evidence,))
    return await _exchangers(domain, hosts, fact.evidence, ask)


async def _exchangers(domain: str, hosts: tuple[str, ...], evidence: Evidence, ask: Ask) -> MailHosts:
    """The first of the hosts that the Internet leads to decides."""
    nowhere: list[str] = []
    lost: Unknown | None = None
    for host in hosts[:MAX_EXCHANGES]:
        if _local(host):
            nowhere.append(host)
            continue
        found = await _addresses(host, ask)
        if isinstance(found, Unknown):
            lost = lost or found
        elif any(routable(each) for each in found):
            return MailHosts(domain, "mx", "", hosts, (evidence,))
        elif found:
            nowhere.append(f"{host} ({found[0]})")
    # Hosts that gave no answer, or were left out: that none takes mail is not proven.
    if lost is not None:
        return _unknown(domain, lost, hosts)
    if len(hosts) > MAX_EXCHANGES:
        detail = (
            f"{domain} MX: the first {MAX_EXCHANGES} of {len(hosts)} hosts cannot be reached, the others were not asked"
        )
        return MailHosts(domain, "unknown", detail, hosts, (evidence,), "too-many-exchanges")
    if nowhere:
        return MailHosts(domain, "unroutable", nowhere[0], hosts, (evidence,))
    return MailHosts(domain, "nothing", f"the MX {hosts[0]} has no address", hosts, (evidence,))


async def _implicit(domain: str, evidence: Evidence, ask: Ask) -> MailHosts:
    found = await _addresses(domain, ask)
    if isinstance(found, Unknown):
        return _unknown(domain, found)
    if not found:
        return MailHosts(domain, "nothing", "neither an MX nor an address", (), (evidence,))
    usable = next((each for each in found if routable(each)), None)
    if usable is None:
        return MailHosts(domain, "unroutable", f"the domain's own address {found[0]}", (), (evidence,))
    return MailHosts(domain, "implicit", usable, (), (evidence,))


async def _addresses(host: str, ask: Ask) -> tuple[str, ...] | Unknown:
    """The addresses of a host: A, and AAAA only where there is no usable A. Unknown where that could not be told."""
    four = await ask(host, "A")
    found = _ips(four)
    if any(routable(each) for each in found):
        return found
    six = await ask(host, "AAAA")
    found = (*found, *_ips(six))
    if any(routable(each) for each in found):
        return found
    return next((each for each in (four, six) if isinstance(each, Unknown)), found)


def _ips(fact: Fact[Records]) -> tuple[str, ...]:
    return tuple(each.ip for each in fact.value if isinstance(each, Address)) if isinstance(fact, Known) else ()


def _local(host: str) -> bool:
    """A host that is this machine to everybody, or an IP address in the place of a name (RFC 1035 3.3.9)."""
    return host in {"localhost", "localhost.localdomain"} or host.replace(".", "").isdigit()


def routable(address: str) -> bool:
    """Whether the Internet leads to an address: neither private nor link-local nor multicast (RFC 6890)."""
    parsed = ip_address(address)
    return any(parsed in network for network in _DOCUMENTATION) or (parsed.is_global and not parsed.is_multicast)


def _unknown(domain: str, fact: Unknown, hosts: tuple[str, ...] = ()) -> MailHosts:
    return MailHosts(domain, "unknown", fact.sentence, hosts, (fact.evidence,), fact.reason)
