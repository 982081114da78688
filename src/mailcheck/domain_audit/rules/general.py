"""Rules about the domain as a whole, and about records that stand at the wrong name."""

import re

from mailcheck.dns.names import under
from mailcheck.dns.rdata import Records
from mailcheck.domain_audit.dmarc_edit import acts
from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.domain_audit.unsettled import selectors, unsettled
from mailcheck.model.fact import Absent, Fact, Known, Unknown
from mailcheck.model.finding import Finding, Undetermined
from mailcheck.model.fix import DnsChange, Fix, Step, steps
from mailcheck.model.location import DnsLocation
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity
from mailcheck.records.dkim_key import looks_like_key
from mailcheck.records.dmarc import is_dmarc, parse_dmarc
from mailcheck.records.spf import is_spf


@rule("DNS001", "domain-nxdomain", Severity.ERROR, since="0.1", needs=("existence",))
def domain_nxdomain(facts: DomainFacts) -> Result:
    """The domain does not exist.

    Why: The DNS answers NXDOMAIN, so nothing at or below this name exists (RFC 8020 2). Receivers refuse mail from a domain that cannot be answered.
    Bad:
    @ NXDOMAIN
    Good:
    @ MX 10 mx1.example.com.
    Fix: Check the spelling. For a domain of yours, check that it is registered, paid for and delegated.
    References: RFC 8020 2
    """
    if not facts.exists:
        suffix = facts.domain.rpartition(".")[2]
        yield Finding(
            f"{facts.domain} does not exist: the DNS answers NXDOMAIN",
            DnsLocation(facts.domain, "ANY"),
            evidence=(facts.txt.evidence,),
            fixes=(
                steps(
                    "Find out why the name is gone",
                    "Check the spelling.",
                    f"Check that the registration below .{suffix} has not run out.",
                ),
            ),
        )


@rule("DNS002", "dns-unreachable", Severity.ERROR, since="0.1")
def dns_unreachable(facts: DomainFacts) -> Result:
    """A question that the audit rests on got no usable answer.

    Why: SERVFAIL, REFUSED, a timeout or a broken answer proves nothing. What depends on it is reported as not determined, never as missing and never as passed.
    Bad:
    @ TXT SERVFAIL
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: Ask again, or ask another name server with --resolver. If it stays, the domain's own name servers are at fault and receivers see the same.
    References: RFC 2308 7
    """
    asked: list[Fact[Records]] = [facts.txt, facts.mx, facts.domainkey]
    asked += [step.fact for step in facts.walk.steps]
    failed = list(dict.fromkeys(fact for fact in asked if isinstance(fact, Unknown)))
    # One line each; a dead resolver fails them all alike, and forty lines say no more than ten.
    for fact in failed[:10]:
        yield Undetermined(fact.sentence)
    if len(failed) > 10:
        yield Undetermined(f"and {len(failed) - 10} more questions")


@rule("DNS003", "domain-parked", Severity.INFO, since="0.1", needs=("txt", "mx", "policy"))
def domain_parked(facts: DomainFacts) -> Result:
    """The domain is locked: it takes no mail, nobody may send for it, and receivers reject what tries.

    Why: A domain that sends no mail is what forgers like best. This one says so in every place where receivers look.
    Bad:
    @ TXT "v=spf1 -all"
    @ MX 0 .
    _dmarc TXT "v=DMARC1; p=reject; sp=reject"
    Good:
    @ TXT "v=spf1 mx -all"
    @ MX 10 mx1.example.com.
    Fix: Nothing to do. The four records of a locked domain are a null MX, `v=spf1 -all`, `*._domainkey TXT "v=DKIM1; p="` and `_dmarc TXT "v=DMARC1; p=reject;"`.
    References: RFC 7505 3; RFC 7208 10.1.2; RFC 9989 4.7
    """
    if not facts.parked:
        return
    missing: list[DnsChange] = []
    if not facts.null_mx:
        missing.append(DnsChange("add", facts.domain, "MX", ("0 .",)))
    if not facts.wildcard_keys:
        missing.append(DnsChange("add", f"*._domainkey.{facts.domain}", "TXT", ("v=DKIM1; p=",)))
    fixes = (Fix("Optional, for completeness", tuple(missing), safe=False),) if missing else ()
    yield Finding(
        "this domain is locked well: it takes no mail, SPF lets nobody send and DMARC rejects forgeries",
        DnsLocation(facts.domain, "TXT", None, facts.spf_record.text if facts.spf_record else None),
        evidence=(facts.txt.evidence, facts.mx.evidence),
        fixes=fixes,
    )


@rule("DNS004", "dns-doubled-origin", Severity.ERROR, since="0.1", fix=Fixable.UNSAFE)
def dns_doubled_origin(facts: DomainFacts) -> Result:
    """A record stands at a name that repeats the domain.

    Why: Many DNS panels append the zone's name to what you type. Where the full name was typed, the record ends up at a name that no receiver asks for, and mail goes out as if it were not there.
    Bad:
    _dmarc TXT
    _dmarc.example.com.example.com. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Move the record: enter the short name (`_dmarc`), not the full one.
    References: RFC 1035 5.1; RFC 9989 4.5
    """
    everywhere = _everywhere(facts)
    for probe in facts.misplaced:
        if not probe.name.endswith(f".{facts.domain}.{facts.domain}"):
            continue
        for text in _texts(probe.fact):
            if text in everywhere or not _is_for(probe.belongs, text):
                continue
            there = text in facts.own_step.found and probe.belongs == f"_dmarc.{facts.domain}"
            delete = DnsChange("delete", probe.name, "TXT", (), (text,))
            move = () if there else (DnsChange("add", probe.belongs, "TXT", (text,)),)
            short = probe.belongs.removesuffix("." + facts.domain)
            yield Finding(
                f"a record for {probe.belongs} stands at {probe.name}, where no receiver looks",
                DnsLocation(probe.name, "TXT", None, text),
                evidence=(probe.fact.evidence,),
                fixes=(
                    Fix(
                        f"Publish it at {probe.belongs} (in a DNS panel: {short})",
                        (*move, delete),
                        safe=not _occupied(facts, probe.belongs) and not _acts(text),
                    ),
                ),
                offending=probe.name,
            )
    yield from unsettled(probe.fact for probe in facts.misplaced)


def _everywhere(facts: DomainFacts) -> set[str]:
    """Texts that a wildcard gives for any name below the domain: none of those names is a wrong place for them."""
    # Nobody types both of these doubled names, and the same text at both.
    doubled = [
        set(_texts(probe.fact))
        for probe in facts.misplaced
        if probe.name in {f"_dmarc.{facts.domain}.{facts.domain}", f"_mta-sts.{facts.domain}.{facts.domain}"}
    ]
    return {*_texts(facts.wildcard), *(set.intersection(*doubled) if len(doubled) == 2 else ())}


def _occupied(facts: DomainFacts, name: str) -> bool:
    return name == f"_dmarc.{facts.domain}" and bool(facts.own_step.found)


def _acts(text: str) -> bool:
    """Whether the text is a DMARC policy that stops mail: putting it in force is for its owner to decide."""
    return is_dmarc(text) and acts(parse_dmarc(text))


def _texts(fact: Fact[Records]) -> list[str]:
    return (
        [each.joined for each in fact.value if hasattr(each, "joined")]
        if isinstance(fact, Known) and isinstance(fact.value, tuple)
        else []
    )


def _is_for(name: str, text: str) -> bool:
    if name.startswith("_dmarc."):
        return is_dmarc(text)
    if "._domainkey." in name:
        return looks_like_key(text)
    return re.match(r"v=STSv1\s*;", text, re.IGNORECASE) is not None


_HOMES = (
    (re.compile(r"v\s*=\s*DMARC1\b", re.IGNORECASE), "_dmarc", "DMARC"),
    (re.compile(r"v\s*=\s*BIMI1\b", re.IGNORECASE), "default._bimi", "BIMI"),
    (re.compile(r"v\s*=\s*STSv1\b", re.IGNORECASE), "_mta-sts", "MTA-STS"),
    (re.compile(r"v\s*=\s*TLSRPTv1\b", re.IGNORECASE), "_smtp._tls", "TLS-RPT"),
    (re.compile(r"v\s*=\s*DKIM1\b", re.IGNORECASE), "<selector>._domainkey", "DKIM key"),
)


@rule("DNS005", "dns-record-in-wrong-place", Severity.ERROR, since="0.1", needs=("txt",))
def dns_record_in_wrong_place(facts: DomainFacts) -> Result:
    """A record stands at a name where nobody asks for its kind.

    Why: Receivers ask for each kind of record at one name only. At any other it has no effect, however right its text is.
    Bad:
    _dmarc TXT
    @ TXT "v=spf1 mx -all"
    @ TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Move the record to its own name.
    References: RFC 9989 4.5; RFC 8461 3.1; RFC 6376 3.6.2.1
    """
    places: list[tuple[str, Fact[Records]]] = [
        (facts.domain, facts.txt),
        (f"_dmarc.{facts.domain}", facts.own_step.fact),
    ]
    places += [(probe.name, probe.fact) for probe in facts.misplaced if probe.name == f"dmarc.{facts.domain}"]
    places.append((f"_domainkey.{facts.domain}", facts.domainkey))
    everywhere = _everywhere(facts)
    for name, fact in places:
        for text in _texts(fact):
            if name != facts.domain and text in everywhere:
                continue
            head = next(
                ((label, what) for pattern, label, what in _HOMES if pattern.match(text.strip().strip('"'))),
                None,
            )
            if head is None and is_spf(text) and name == f"_dmarc.{facts.domain}":
                yield _moved(facts, name, text, facts.domain, "SPF", fact)
            if head is None or name == f"{head[0]}.{facts.domain}":
                continue
            yield _moved(facts, name, text, f"{head[0]}.{facts.domain}", head[1], fact)
    yield from unsettled(fact for _, fact in places)


def _moved(facts: DomainFacts, name: str, text: str, home: str, what: str, fact: Fact[Records]) -> Finding:
    if what == "DMARC" and is_dmarc(text) and not facts.own_step.found:
        changes = (DnsChange("add", home, "TXT", (text,)), DnsChange("delete", name, "TXT", (), (text,)))
        fix = Fix(f"Move it to {home}", changes, safe=not _acts(text))
    else:
        fix = Fix(f"Move it to {home}", (Step(f"Publish the record at {home}, then delete it at {name}."),))
    return Finding(
        f"a {what} record stands at {name}; receivers ask for it at {home} only",
        DnsLocation(name, "TXT", None, text),
        evidence=(fact.evidence,),
        fixes=(fix,),
        offending=f"{name} {what}",
    )


@rule("DNS006", "dns-cname-dangling", Severity.ERROR, since="0.1")
def dns_cname_dangling(facts: DomainFacts) -> Result:
    """A name that receivers ask for mail authentication is an alias of a name that does not exist.

    Why: The record you rely on is gone. Worse, whoever registers the target, or gets it assigned by the provider, publishes your policy for you.
    Bad:
    _dmarc CNAME gone.example.com.
    gone NXDOMAIN
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Recreate the target at the provider, or delete the alias and publish the record itself.
    References: RFC 1034 3.6.2
    """
    places: list[Fact[Records]] = [facts.txt, facts.mx, facts.domainkey]
    places += [step.fact for step in facts.walk.steps if under(step.domain, facts.policy.organizational_domain)]
    places += [fact for _, fact in facts.bounce]
    yield from unsettled(places)
    for fact in dict.fromkeys(places):
        if isinstance(fact, Absent) and fact.nxdomain and fact.evidence.aliases:
            target = fact.evidence.aliases[-1]
            yield Finding(
                f"{fact.evidence.name} is an alias of {target}, which does not exist",
                DnsLocation(fact.evidence.name, "CNAME", None, f"{fact.evidence.aliases[0]}."),
                evidence=(fact.evidence,),
                fixes=(steps(
                    "Bring the target back or drop the alias",
                    f"If {target} belongs to a provider you use, set the domain up there again.",
                    f"If not, delete the CNAME at {fact.evidence.name}: its target can be taken over.",
                ),),
            )  # fmt: skip


@rule("DNS007", "dns-ent-nxdomain", Severity.WARNING, since="0.1", needs=("domainkey",))
def dns_ent_nxdomain(facts: DomainFacts) -> Result:
    """The name server denies a name below which there are keys.

    Why: NXDOMAIN means that nothing exists below the name either (RFC 8020 2). A resolver that remembers the answer for `_domainkey` will say that your keys do not exist, and signatures fail now and then.
    Bad:
    _domainkey NXDOMAIN
    google._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    @ TXT "v=spf1 include:_spf.google.com -all"
    Good:
    google._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Update the name server software or move the zone: an empty non-terminal must be answered NOERROR without data.
    References: RFC 8020 2; RFC 4592 2.2.2; DVE-2019-0001
    """
    denied = isinstance(facts.domainkey, Absent) and facts.domainkey.nxdomain
    # Behind an alias, NXDOMAIN speaks of the alias's target (RFC 6604 3).
    if not denied or facts.domainkey.evidence.aliases:
        return
    if not any(isinstance(selector.fact, Known) for selector in facts.selectors):
        yield from selectors(facts)
    for selector in facts.selectors:
        if isinstance(selector.fact, Known) and selector.domain == facts.domain:
            yield Finding(
                f"_domainkey.{facts.domain} is answered NXDOMAIN although {selector.owner} exists below it",
                DnsLocation(f"_domainkey.{facts.domain}", "TXT"),
                evidence=(facts.domainkey.evidence, selector.fact.evidence),
                fixes=(
                    steps(
                        "Have the name servers answer as RFC 8020 says",
                        "Tell your DNS provider: empty non-terminals must be NOERROR, not NXDOMAIN.",
                        f"Or publish any TXT record at _domainkey.{facts.domain}; the name then exists.",
                    ),
                ),
            )
            return
