"""Rules about where DMARC reports go (RFC 9989 4.7, RFC 9990)."""

import re

from mailcheck.domain_audit.dmarc_edit import at, change, evidence, has_policy
from mailcheck.domain_audit.facts import Destination, DomainFacts
from mailcheck.model.fact import Absent, Known, Unknown
from mailcheck.model.finding import Finding, Undetermined
from mailcheck.model.fix import DnsChange, Fix, steps
from mailcheck.model.location import DnsLocation
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity


def has_record(facts: DomainFacts) -> bool:
    """A record applies, even one whose policy cannot be read."""
    return facts.policy.record is not None


@rule("DMARC015", "dmarc-rua-missing", Severity.WARNING, since="0.1", needs=("policy",), applies=has_policy)
def dmarc_rua_missing(facts: DomainFacts) -> Result:
    """There is no address for aggregate reports.

    Why: Without rua you do not learn who sends with your domain, which of your own senders fail, or that somebody forges it.
    Bad:
    _dmarc TXT "v=DMARC1; p=reject"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Add rua=mailto: with an address that a person or a report service reads.
    References: RFC 9989 4.7
    """
    record = facts.policy.record
    if record is None or record.tag("rua") is not None or facts.parked:
        return
    yield Finding(
        "no aggregate reports are asked for: you will not see who sends with this domain",
        facts.dmarc_place((len(record.text), len(record.text))),
        severity=Severity.INFO if facts.silent else None,
        evidence=evidence(facts),
        fixes=(
            change(
                facts,
                "with an address that you read",
                {"rua": f"mailto:dmarc@{facts.policy.organizational_domain}"},
                safe=False,
            ),
        ),
    )


@rule(
    "DMARC016", "dmarc-rua-syntax", Severity.ERROR, since="0.1", needs=("policy",), applies=has_record, fix=Fixable.SAFE
)
def dmarc_rua_syntax(facts: DomainFacts) -> Result:
    """A report address is not a mailto: URI.

    Why: Receivers skip an address they cannot read: its reports are never sent.
    Bad:
    _dmarc TXT "v=DMARC1; p=reject; rua=dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Write mailto: in front of each address; commas and exclamation marks inside an address as %2C and %21.
    References: RFC 9989 4.7, 4.8
    """
    record = facts.policy.record
    for name, uris in (("rua", record.rua), ("ruf", record.ruf)) if record else ():
        for uri in uris:
            if uri.problem is None:
                continue
            if not uri.text:
                kept = ",".join(each.text for each in uris if each.text) or None
                yield Finding(
                    f"{name} holds an empty address, which receivers pass over",
                    facts.dmarc_place(uri.span),
                    severity=Severity.INFO,
                    evidence=evidence(facts),
                    fixes=(change(facts, "without it", {name: kept}),),
                    offending=f"{name} empty",
                )
                continue
            better = [f"mailto:{each.text}" if each is uri else each.text for each in uris]
            simple = uri.problem.startswith("mailto: is missing") and re.match(
                r"[^\s,!:]+@[^\s,!:@]+\.[^\s,!:@]+\Z", uri.text
            )
            fix = (
                change(facts, "with mailto:", {name: ",".join(better)})
                if simple
                else steps("Write it as a URI", f"Replace {uri.text!r:.60} in {name} by mailto:address@domain.")
            )
            yield Finding(
                f"no reports are sent to {uri.text!r:.80}: {uri.problem}",
                facts.dmarc_place(uri.span),
                evidence=evidence(facts),
                fixes=(fix,),
                offending=uri.text,
            )


@rule("DMARC017", "dmarc-rua-size", Severity.INFO, since="0.1", needs=("policy",), applies=has_record, fix=Fixable.SAFE)
def dmarc_rua_size(facts: DomainFacts) -> Result:
    """A report address carries a size limit.

    Why: `!10m` after an address was dropped with RFC 9989; new receivers ignore it, older ones may hold back larger reports.
    Bad:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com!10m"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Take the limit out.
    References: RFC 9989 4.7
    """
    record = facts.policy.record
    for name, uris in (("rua", record.rua), ("ruf", record.ruf)) if record else ():
        for uri in uris:
            if uri.size is None:
                continue
            cleaned = ",".join(each.text.rpartition("!")[0] if each.size else each.text for each in uris)
            yield Finding(
                f"the size limit !{uri.size} is obsolete",
                facts.dmarc_place(uri.span),
                evidence=evidence(facts),
                fixes=(change(facts, "without the limit", {name: cleaned}),),
                offending=uri.text,
            )


@rule(
    "DMARC018",
    "dmarc-rua-unauthorised",
    Severity.ERROR,
    since="0.1",
    needs=("policy",),
    applies=has_record,
    fix=Fixable.UNSAFE,
)
def dmarc_rua_unauthorised(facts: DomainFacts) -> Result:
    """Reports go to another domain, which has not agreed to take them.

    Why: To keep reports from being turned on a stranger, receivers ask the destination for its consent. Without it they send nothing there.
    Bad:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@reports.example.net"
    reports.example.net. MX 10 mx1.example.com.
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@reports.example.net"
    reports.example.net. MX 10 mx1.example.com.
    example.com._report._dmarc.reports.example.net. TXT "v=DMARC1;"
    Fix: Have the owner of the destination publish the record shown, or `*._report._dmarc` for all.
    References: RFC 9990 4
    """
    for each in facts.destinations:
        fact = each.authorisation
        if fact is None:
            continue
        if isinstance(fact, Unknown):
            yield Undetermined(fact.sentence)
            continue
        texts = [getattr(record, "joined", "") for record in fact.value] if isinstance(fact, Known) else []
        if any(re.match(r"v[ \t]*=[ \t]*DMARC1[ \t]*(;|\Z)", text) for text in texts):
            continue
        yield Finding(
            f"{each.domain} has not agreed to take reports about {facts.policy.policy_domain}: no {each.tag} reports are sent there",
            _place(facts, each),
            evidence=(fact.evidence,),
            fixes=(
                Fix(
                    f"to be published by the owner of {each.domain}",
                    (DnsChange("add", each.owner, "TXT", ("v=DMARC1;",)),),
                    safe=False,
                ),
            ),
            offending=each.domain,
        )


def _place(facts: DomainFacts, each: Destination) -> DnsLocation:
    return facts.dmarc_place(each.span)


@rule("DMARC019", "dmarc-rua-undeliverable", Severity.WARNING, since="0.1", needs=("policy",), applies=has_record)
def dmarc_rua_undeliverable(facts: DomainFacts) -> Result:
    """Reports go to a domain that takes no mail.

    Why: The destination has neither an MX nor an address, or a null MX: every report bounces.
    Bad:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@gone.example.net"
    example.com._report._dmarc.gone.example.net. TXT "v=DMARC1;"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Use an address that takes mail.
    References: RFC 5321 5.1; RFC 7505 3
    """
    if facts.policy.policy_domain and not facts.own(facts.policy.policy_domain):
        # A registry's record (psd=y): where its reports go is not this domain's to mend.
        return
    for each in facts.destinations:
        failed = next((fact for fact in (each.mx, each.address) if isinstance(fact, Unknown)), None)
        if failed is not None:
            yield Undetermined(failed.sentence)
            continue
        null = isinstance(each.mx, Known) and all(getattr(record, "host", None) == "" for record in each.mx.value)
        if null or (isinstance(each.mx, Absent) and not isinstance(each.address, Known)):
            yield Finding(
                f"{each.domain} takes no mail, so {each.tag} reports to {each.uri[:80]} bounce",
                _place(facts, each),
                evidence=(each.mx.evidence,),
                fixes=(steps("Use an address that takes mail", f"Replace {each.uri[:80]} in {each.tag}."),),
                offending=each.domain,
            )


@rule("DMARC021", "dmarc-fo", Severity.INFO, since="0.1", needs=("policy",), applies=has_policy, fix=Fixable.SAFE)
def dmarc_fo(facts: DomainFacts) -> Result:
    """Fo has no effect, or contradicts itself.

    Why: fo says which failures are reported to ruf: without ruf it is ignored. 0 (both fail) and 1 (either fails) exclude each other.
    Bad:
    _dmarc TXT "v=DMARC1; p=reject; fo=1; rua=mailto:dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Take fo out, or give a ruf address.
    References: RFC 9989 4.7
    """
    record = facts.policy.record
    tag = record.tag("fo") if record else None
    if record is None or tag is None:
        return
    values = {value.strip().lower() for value in tag.value.split(":")}
    if record.tag("ruf") is None:
        yield Finding(
            "fo is ignored: there is no ruf address for failure reports",
            at(facts, tag),
            evidence=evidence(facts),
            fixes=(change(facts, "without it", {"fo": None}),),
            offending="fo",
        )
    elif {"0", "1"} <= values:
        kept = ":".join(value for value in ("1", "d", "s") if value in values)
        yield Finding(
            "fo holds both 0 and 1, which exclude each other",
            at(facts, tag),
            evidence=evidence(facts),
            fixes=(change(facts, "either check that fails", {"fo": kept}),),
            offending="fo",
        )
    elif values - {"0", "1", "d", "s"}:
        yield Finding(
            f"fo={tag.value:.30} holds values other than 0, 1, d and s; they are ignored",
            at(facts, tag),
            evidence=evidence(facts),
            fixes=(
                change(
                    facts,
                    "failures of either check",
                    {"fo": ":".join(value for value in ("0", "1", "d", "s") if value in values) or None},
                ),
            ),
            offending="fo",
        )
