"""Rules about mail exchangers and the reverse names of sending hosts."""

import re

from mailcheck.auth.spf.space import routable
from mailcheck.domain_audit.facts import DomainFacts, Host, addresses
from mailcheck.domain_audit.unsettled import selectors, senders, unsettled
from mailcheck.model.fact import Absent, Known, Unknown
from mailcheck.model.finding import Finding, Undetermined
from mailcheck.model.fix import DnsChange, Fix, Step, steps
from mailcheck.model.location import DnsLocation
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+){3}\Z")
_GENERIC = re.compile(
    r"\b(?:dynamic|dyn|dhcp|pool|ppp|adsl|dsl|cable|broadband|dialup|customer|cust|client|unassigned|static-ip|ip-pool)\b"
)


def _place(facts: DomainFacts, host: str) -> DnsLocation:
    each = next((each for each in facts.exchanges if each.host == host), None)
    return DnsLocation(facts.domain, "MX", None, each.presentation if each else None)


def _hosts(facts: DomainFacts) -> list[Host]:
    """The MX hosts that are names; an IP address in their place is mx-is-ip's, and its "name" says nothing."""
    return [host for host in facts.hosts if not _NUMBER.match(host.name.removesuffix("." + facts.domain))]


def has_mx(facts: DomainFacts) -> bool:
    """There are MX records."""
    return bool(facts.exchanges)


def has_senders(facts: DomainFacts) -> bool:
    """Hosts of the domain's own send, or it could not be told whether they do."""
    return bool(facts.reverses) or any(True for _ in senders(facts))


@rule("MX001", "mx-missing", Severity.WARNING, since="0.1", needs=("mx", "txt"), fix=Fixable.UNSAFE)
def mx_missing(facts: DomainFacts) -> Result:
    """The domain has no MX record.

    Why: Bounces and replies have to go somewhere, and many receivers refuse mail from a domain that takes none. Without MX, senders fall back to the domain's address, mostly a web server that takes no mail.
    Bad:
    @ MX
    Good:
    @ MX 10 mx1.example.com.
    Fix: Publish an MX for the host that takes your mail, or a null MX (`0 .`) if the domain takes none.
    References: RFC 5321 5.1; RFC 7505 3
    """
    if not isinstance(facts.mx, Absent):
        return
    reach = [fact for fact in (facts.a, facts.aaaa) if isinstance(fact, Known)]
    failed = next((fact for fact in (facts.a, facts.aaaa) if isinstance(fact, Unknown)), None)
    if failed and not reach:
        yield Undetermined(failed.sentence)
        return
    null = Fix(
        "if it takes no mail: say so", (DnsChange("add", facts.domain, "MX", ("0 .",)),), safe=facts.spf_denies_all
    )
    if facts.parked:
        # The praise of a locked domain offers the null MX.
        return
    if facts.silent:
        yield Finding(
            "there is no MX record; for a domain that sends no mail a null MX says so at once",
            DnsLocation(facts.domain, "MX"),
            severity=Severity.INFO,
            evidence=(facts.mx.evidence,),
            fixes=(null,),
        )
    elif reach:
        yield Finding(
            f"there is no MX record, so mail goes to the domain's own address {', '.join(addresses(reach[0])[:3])} (implicit MX)",
            DnsLocation(facts.domain, "MX"),
            severity=Severity.INFO,
            evidence=(facts.mx.evidence, reach[0].evidence),
            fixes=(null, steps("Name your mail host", f"Publish: {facts.domain}. 3600 IN MX 10 <your mail host>.")),
        )
    else:
        yield Finding(
            "there is neither an MX nor an address record: nobody can send mail to this domain, no bounce and no reply arrives",
            DnsLocation(facts.domain, "MX"),
            evidence=(facts.mx.evidence,),
            fixes=(steps("Name your mail host", f"Publish: {facts.domain}. 3600 IN MX 10 <your mail host>."), null),
        )


@rule("MX002", "mx-null-not-alone", Severity.ERROR, since="0.1", needs=("mx",), applies=has_mx, fix=Fixable.SAFE)
def mx_null_not_alone(facts: DomainFacts) -> Result:
    """A null MX stands beside other MX records.

    Why: `0 .` says that the domain takes no mail; beside a real host that contradicts itself, and senders do one or the other.
    Bad:
    @ MX 0 .
    @ MX 10 mx1.example.com.
    Good:
    @ MX 10 mx1.example.com.
    Fix: Keep the null MX alone, or delete it.
    References: RFC 7505 3
    """
    nulls = [each for each in facts.exchanges if each.host == ""]
    if nulls and len(facts.exchanges) > len(nulls):
        yield Finding(
            "a null MX (takes no mail) stands beside hosts that take mail; what senders do is left to chance",
            DnsLocation(facts.domain, "MX", None, nulls[0].presentation),
            evidence=(facts.mx.evidence,),
            fixes=(
                Fix(
                    "without the null MX",
                    (DnsChange("delete", facts.domain, "MX", (), tuple(each.presentation for each in nulls)),),
                    safe=True,
                ),
            ),
        )


@rule("MX003", "mx-null-but-sends", Severity.WARNING, since="0.1", needs=("mx", "txt"))
def mx_null_but_sends(facts: DomainFacts) -> Result:
    """The domain takes no mail (null MX), but sends.

    Why: Bounces and replies cannot be delivered, and receivers may refuse mail from a domain that takes none.
    Bad:
    @ MX 0 .
    @ TXT "v=spf1 ip4:192.0.2.10 -all"
    Good:
    @ MX 0 .
    @ TXT "v=spf1 -all"
    Fix: Publish an MX for a host that takes bounces and replies; or, if the domain sends nothing, say so in SPF.
    References: RFC 7505 4.2
    """
    if not facts.null_mx or len(facts.exchanges) > 1 or facts.declared.sends is False:
        return
    yield from selectors(facts)
    signs: list[str] = []
    if (
        facts.spf_record is not None
        and not facts.spf_denies_all
        and any(visit.reached and visit.name != "all" for visit in facts.spf.visits)
    ):
        signs.append("SPF lets hosts send")
    if facts.live_keys:
        signs.append(f"a DKIM key is live at {facts.live_keys[0].owner}")
    if signs:
        yield Finding(
            f"the domain takes no mail (null MX), but {' and '.join(signs)}: bounces and replies are lost, and receivers may refuse its mail",
            DnsLocation(facts.domain, "MX", None, "0 ."),
            evidence=(facts.mx.evidence, facts.txt.evidence),
            fixes=(
                steps(
                    "Give it a way in",
                    f"Replace the null MX by: {facts.domain}. 3600 IN MX 10 <your mail host>.",
                    "Or, if nothing is sent, publish v=spf1 -all.",
                ),
            ),
        )


@rule("MX004", "mx-cname", Severity.ERROR, since="0.1", needs=("mx",), applies=has_mx)
def mx_cname(facts: DomainFacts) -> Result:
    """An MX record points at an alias.

    Why: The host of an MX must have addresses of its own. Some senders do not follow the alias, and your mail, bounces included, does not arrive.
    Bad:
    @ MX 10 alias.example.com.
    alias CNAME mx1.example.com.
    Good:
    @ MX 10 mx1.example.com.
    Fix: Point the MX at the name that the alias leads to.
    References: RFC 5321 5.1; RFC 2181 10.3
    """
    for host in _hosts(facts):
        aliases = host.a.evidence.aliases or host.aaaa.evidence.aliases
        if aliases:
            changes = (
                DnsChange(
                    "replace",
                    facts.domain,
                    "MX",
                    (f"{host.preference} {aliases[-1]}.",),
                    (f"{host.preference} {host.name}.",),
                ),
            )
            usable = bool(host.addresses) and aliases[-1] not in {each.name for each in facts.hosts}
            yield Finding(
                f"the MX host {host.name} is an alias of {aliases[-1]}; some senders do not deliver to aliases",
                _place(facts, host.name),
                evidence=(host.a.evidence,),
                fixes=(Fix("the name behind the alias", changes, safe=usable),),
                offending=host.name,
            )
    yield from unsettled(host.unknown for host in _hosts(facts))


@rule("MX005", "mx-is-ip", Severity.ERROR, since="0.1", needs=("mx",), applies=has_mx)
def mx_is_ip(facts: DomainFacts) -> Result:
    """An MX record holds an IP address.

    Why: An MX takes a host name. The address is read as a name that does not exist, and no mail arrives there.
    Bad:
    @ MX 10 192.0.2.10.
    Good:
    @ MX 10 mx1.example.com.
    Fix: Give the host a name with an A record, and point the MX at the name.
    References: RFC 1035 3.3.9; RFC 5321 5.1
    """
    for each in facts.exchanges:
        host = each.host.removesuffix("." + facts.domain)
        if _NUMBER.match(host):
            yield Finding(
                f"the MX names the IP address {host} where a host name belongs; senders find no such name",
                DnsLocation(facts.domain, "MX", None, each.presentation),
                evidence=(facts.mx.evidence,),
                fixes=(
                    steps(
                        "Name the host",
                        f"Publish an A record, say mail.{facts.domain}. 3600 IN A {host}",
                        f"Then: {facts.domain}. 3600 IN MX {each.preference} mail.{facts.domain}.",
                    ),
                ),
                offending=each.host,
            )


@rule("MX006", "mx-dangling", Severity.ERROR, since="0.1", needs=("mx",), applies=has_mx, fix=Fixable.SAFE)
def mx_dangling(facts: DomainFacts) -> Result:
    """An MX host has no address.

    Why: Mail to that host waits and bounces. If the name's domain has lapsed, whoever registers it gets your mail.
    Bad:
    @ MX 10 gone.example.com.
    Good:
    @ MX 10 mx1.example.com.
    Fix: Publish an address for the host, or delete the MX.
    References: RFC 5321 5.1
    """
    broken = [host for host in _hosts(facts) if isinstance(host.a, Absent) and isinstance(host.aaaa, Absent)]
    for host in broken:
        gone = "does not exist" if isinstance(host.a, Absent) and host.a.nxdomain else "has no address"
        change = DnsChange("delete", facts.domain, "MX", (), (f"{host.preference} {host.name}.",))
        yield Finding(
            f"the MX host {host.name} {gone}: mail that is sent to it does not arrive",
            _place(facts, host.name),
            evidence=(host.a.evidence, host.aaaa.evidence),
            fixes=(
                Fix("without this MX", (change,), safe=any(each.addresses for each in _hosts(facts))),
                steps("Bring the host back", f"Publish an A record at {host.name}."),
            ),
            offending=host.name,
        )
    yield from unsettled(host.unknown for host in _hosts(facts) if not host.addresses)


@rule("MX007", "mx-private-address", Severity.ERROR, since="0.1", needs=("mx",), applies=has_mx)
def mx_private_address(facts: DomainFacts) -> Result:
    """An MX host has an address that is not reachable from the Internet.

    Why: Private, loopback and link-local addresses lead senders into their own network, never to you.
    Bad:
    @ MX 10 inside.example.com.
    inside A 10.0.0.5
    Good:
    @ MX 10 mx1.example.com.
    Fix: Publish the host's public address, or take the host out of the MX.
    References: RFC 1918; RFC 6890
    """
    for host in _hosts(facts):
        for address in host.addresses:
            if not routable(address):
                kind = "AAAA" if ":" in address else "A"
                yield Finding(
                    f"the MX host {host.name} has the address {address}, which leads nowhere from the Internet",
                    DnsLocation(host.name, kind, None, address),
                    evidence=((host.aaaa if kind == "AAAA" else host.a).evidence,),
                    fixes=(
                        steps("Publish the public address", f"Replace {address} at {host.name}, or delete this MX."),
                    ),
                    offending=f"{host.name} {address}",
                )
    yield from unsettled(host.unknown for host in _hosts(facts))


@rule("MX008", "mx-ipv6-only", Severity.INFO, since="0.1", needs=("mx",), applies=has_mx)
def mx_ipv6_only(facts: DomainFacts) -> Result:
    """All MX hosts have IPv6 addresses only.

    Why: Many senders still deliver over IPv4 alone; their mail to you waits and bounces.
    Bad:
    @ MX 10 six.example.com.
    six AAAA 2001:db8::25
    Good:
    @ MX 10 mx1.example.com.
    Fix: Give one MX host an IPv4 address too.
    References: RFC 5321 5.2
    """
    hosts = _hosts(facts)
    reachable = [host for host in hosts if host.addresses]
    if any(addresses(host.a) for host in hosts):
        return
    if any(isinstance(host.a, Unknown) for host in hosts):
        yield from unsettled(host.a for host in hosts)
    elif reachable:
        yield Finding(
            "no MX host has an IPv4 address: senders without IPv6 cannot deliver",
            _place(facts, reachable[0].name),
            evidence=(reachable[0].a.evidence,),
            fixes=(steps("Add IPv4", f"Publish an A record at {reachable[0].name}."),),
        )


@rule("MX009", "mx-no-ptr", Severity.WARNING, since="0.1", needs=("mx", "txt"), applies=has_senders)
def mx_no_ptr(facts: DomainFacts) -> Result:
    """A host that sends for the domain has no reverse name.

    Why: Google and Microsoft refuse mail from addresses without a PTR record. Checked for addresses that your own record lets send, your own MX hosts among them.
    Bad:
    @ TXT "v=spf1 ip4:192.0.2.99 -all"
    Good:
    @ TXT "v=spf1 ip4:192.0.2.10 -all"
    Fix: Have whoever runs the network set a PTR record: the host's own name, the one it says in HELO.
    References: RFC 1912 2.1; Google sender guidelines
    """
    for each in facts.reverses:
        if isinstance(each.ptr, Absent):
            yield Finding(
                f"{each.address} ({each.owner}) may send for the domain, but has no reverse name: large receivers refuse its mail",
                DnsLocation(each.ptr.evidence.name, "PTR"),
                evidence=(each.ptr.evidence,),
                fixes=(
                    steps(
                        "Set the reverse name",
                        f"Ask the provider of {each.address} for a PTR record with the host's HELO name.",
                        "If the address no longer sends, delete it from SPF.",
                    ),
                ),
                offending=each.address,
            )
    yield from senders(facts)


@rule("MX010", "mx-fcrdns-mismatch", Severity.WARNING, since="0.1", needs=("mx", "txt"), applies=has_senders)
def mx_fcrdns_mismatch(facts: DomainFacts) -> Result:
    """A sending host's reverse name does not lead back to its address.

    Why: Receivers look up the reverse name's address and compare (forward-confirmed reverse DNS). Where it differs, the name counts as forged, and Google refuses the mail.
    Bad:
    @ TXT "v=spf1 ip4:192.0.2.66 -all"
    66.2.0.192.in-addr.arpa. PTR elsewhere.example.com.
    elsewhere A 192.0.2.10
    Good:
    @ TXT "v=spf1 ip4:192.0.2.10 -all"
    Fix: Publish an address record at the reverse name, or correct the PTR.
    References: RFC 8601 3; Google sender guidelines
    """
    for each in facts.reverses:
        if not each.names:
            continue
        confirmed = each.confirmed
        if confirmed is None:
            failed = next(fact for _, fact in each.forward if isinstance(fact, Unknown))
            yield Undetermined(failed.sentence)
        elif not confirmed:
            name = each.names[0]
            kind = "AAAA" if ":" in each.address else "A"
            yield Finding(
                f"the reverse name of {each.address} is {name}, but {name} does not lead back to {each.address}",
                DnsLocation(each.ptr.evidence.name, "PTR", None, f"{name}."),
                evidence=(each.ptr.evidence, *(fact.evidence for _, fact in each.forward)),
                fixes=(
                    Fix(
                        "make both agree",
                        (
                            Step(f"Publish: {name}. 3600 IN {kind} {each.address}"),
                            Step("Or have the PTR changed to the name that has this address."),
                        ),
                    ),
                ),
                offending=each.address,
            )
    yield from senders(facts)


@rule("MX011", "mx-generic-ptr", Severity.INFO, since="0.1", needs=("mx", "txt"), applies=has_senders)
def mx_generic_ptr(facts: DomainFacts) -> Result:
    """A sending host's reverse name looks like that of a customer line.

    Why: Names that spell out the address, or say dynamic or pool, make receivers take the host for a home connection, and some refuse it.
    Bad:
    @ TXT "v=spf1 ip4:192.0.2.67 -all"
    67.2.0.192.in-addr.arpa. PTR 192-0-2-67.dynamic.example.com.
    192-0-2-67.dynamic A 192.0.2.67
    Good:
    @ TXT "v=spf1 ip4:192.0.2.10 -all"
    Fix: Have the PTR set to the name that the host says in HELO.
    References: M3AAWG sender best practices
    """
    for each in facts.reverses:
        parts = each.address.split(".")
        for name in each.names[:1]:
            spelled = len(parts) == 4 and any(
                joint.join(order) in name for joint in "-." for order in (parts, parts[::-1])
            )
            if spelled or _GENERIC.search(name.replace("-", ".")):
                yield Finding(
                    f"the reverse name of {each.address}, {name}, looks like a customer line's",
                    DnsLocation(each.ptr.evidence.name, "PTR", None, f"{name}."),
                    evidence=(each.ptr.evidence,),
                    fixes=(
                        steps(
                            "Name the host",
                            f"Ask the provider of {each.address} for a PTR record such as mail.{facts.domain}.",
                        ),
                    ),
                    offending=each.address,
                )
    yield from senders(facts)
