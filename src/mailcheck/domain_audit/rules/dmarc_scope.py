"""Rules about whom a DMARC policy reaches: subdomains, inheritance, the tree walk, alignment (RFC 9989 4.4, 4.10)."""

from mailcheck.data.psl import is_public_suffix
from mailcheck.domain_audit.dmarc_edit import (
    RANK,
    SENTENCE,
    at,
    change,
    evidence,
    has_own,
    has_policy,
    own_record,
    retagged,
)
from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.domain_audit.unsettled import selectors
from mailcheck.model.fact import Absent
from mailcheck.model.finding import Finding, Related
from mailcheck.model.fix import publish, steps
from mailcheck.model.location import DnsLocation
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity


@rule(
    "DMARC008",
    "dmarc-subdomain-weak",
    Severity.WARNING,
    since="0.1",
    needs=("policy", "walk"),
    applies=has_policy,
    fix=Fixable.UNSAFE,
)
def dmarc_subdomain_weak(facts: DomainFacts) -> Result:
    """Subdomains are protected less than the domain.

    Why: Forgers use a subdomain as readily: billing.example.com convinces people just as well.
    Bad:
    _dmarc TXT "v=DMARC1; p=reject; sp=none; rua=mailto:dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Take sp out, or set it to what p says, once mail from your subdomains passes.
    References: RFC 9989 4.7
    """
    yield from _weaker(facts, "sp")


@rule(
    "DMARC009",
    "dmarc-np-weak",
    Severity.WARNING,
    since="0.1",
    needs=("policy", "walk"),
    applies=has_policy,
    fix=Fixable.UNSAFE,
)
def dmarc_np_weak(facts: DomainFacts) -> Result:
    """Names that do not exist are protected less than the domain.

    Why: Nobody can send honest mail from a subdomain that does not exist, so there is nothing to lose by rejecting it, and forgers are free to make such names up.
    Bad:
    _dmarc TXT "v=DMARC1; p=reject; np=none; rua=mailto:dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: np=reject.
    References: RFC 9989 4.7
    """
    yield from _weaker(facts, "np")


def _weaker(facts: DomainFacts, name: str) -> Result:
    record = own_record(facts)
    tag = record.tag(name) if record else None
    if record is None or tag is None or record.policy_fault or facts.policy.organizational_domain != facts.domain:
        return
    weak = record.sp if name == "sp" else record.np
    if RANK[weak] < RANK[record.p]:
        who = "forged mail from a subdomain" if name == "sp" else "forged mail from a made-up subdomain"
        new = "reject" if name == "np" else record.p
        yield Finding(
            f"{who} {SENTENCE[weak]} ({name}={weak}), though the domain itself has p={record.p}",
            at(facts, tag),
            evidence=evidence(facts),
            fixes=(
                change(
                    facts,
                    "as strict as can be" if name == "np" else "the same for both",
                    {name: new},
                    safe=name == "np",
                ),
            ),
        )


@rule("DMARC010", "dmarc-inherited", Severity.INFO, since="0.1", needs=("policy", "walk"), applies=has_policy)
def dmarc_inherited(facts: DomainFacts) -> Result:
    """The policy comes from a parent domain.

    Why: The domain has no DMARC record of its own; receivers walk up the tree and use the organizational domain's, its sp tag first.
    Bad: {audit mail.example.com}
    mail A 192.0.2.20
    mail TXT "v=spf1 a -all"
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: Nothing, if that is what you want. A record at the name itself goes first.
    References: RFC 9989 4.10.1
    """
    found = facts.policy
    if found.policy_domain and found.policy_domain != facts.domain and found.record:
        walked = " → ".join(f"_dmarc.{step.domain}" for step in facts.walk.steps)
        yield Finding(
            f"the policy is {found.policy}, from the {found.tag} tag at _dmarc.{found.policy_domain} (asked: {walked})",
            at(facts, found.record.tag(found.tag or "p")),
            evidence=tuple(step.fact.evidence for step in facts.walk.steps),
        )


@rule("DMARC011", "dmarc-shadowed", Severity.WARNING, since="0.1", needs=("walk",))
def dmarc_shadowed(facts: DomainFacts) -> Result:
    """A record above the domain is passed over.

    Why: For a domain without a record of its own, receivers use the record of the organizational domain only: that of the name with the fewest labels. A record in between is read for mail from that very name, and for nothing below it.
    Bad: {audit a.mid.example.com}
    a.mid A 192.0.2.20
    a.mid TXT "v=spf1 a -all"
    _dmarc.mid TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: Publish a record at the domain itself, or psd=n in the record that shall govern what is below it.
    References: RFC 9989 4.10.2
    """
    if own_record(facts) is not None:
        return
    used = facts.policy.policy_domain
    for step in facts.walk.steps[1:]:
        if step.record is None or step.domain == used or step.record.psd == "y":
            continue
        if used is not None and step.domain.endswith("." + used):
            own = f"_dmarc.{facts.domain}"
            yield Finding(
                f"the record at _dmarc.{step.domain} is not used for {facts.domain}: _dmarc.{used} is",
                DnsLocation(f"_dmarc.{step.domain}", "TXT", None, step.record.text),
                related=(Related("this one applies", facts.dmarc_place()),),
                evidence=(step.fact.evidence,),
                fixes=(
                    publish("its own record for this domain", own, step.record.text, safe=False),
                    publish(
                        f"or let {step.domain} be an organizational domain of its own",
                        f"_dmarc.{step.domain}",
                        retagged(step.record, {"psd": "n"}),
                        old=(step.record.text,),
                        safe=False,
                    ),
                ),
                offending=step.domain,
            )


@rule("DMARC012", "dmarc-sp-useless", Severity.INFO, since="0.1", needs=("walk",), applies=has_own)
def dmarc_sp_useless(facts: DomainFacts) -> Result:
    """The record has sp or np, but is not the organizational domain's.

    Why: Receivers read sp and np from the organizational domain's record only. Here they do nothing.
    Bad: {audit mail.example.com}
    mail A 192.0.2.20
    mail TXT "v=spf1 a -all"
    _dmarc.mail TXT "v=DMARC1; p=reject; sp=reject; rua=mailto:dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; sp=reject; rua=mailto:dmarc@example.com"
    Fix: Take them out; or psd=n, if this domain shall be an organizational domain of its own.
    References: RFC 9989 4.7, 4.10.2
    """
    record = own_record(facts)
    if record is None or facts.policy.organizational_domain == facts.domain:
        return
    tags = [tag for tag in (record.tag("sp"), record.tag("np")) if tag]
    if tags:
        names = " and ".join(tag.name for tag in tags)
        yield Finding(
            f"{names} here is read by nobody: the organizational domain is {facts.policy.organizational_domain}",
            at(facts, tags[0]),
            evidence=(facts.own_step.fact.evidence,),
            fixes=(change(facts, "without it", dict.fromkeys((tag.name for tag in tags), None)),),
            offending=names,
        )


@rule(
    "DMARC013", "dmarc-psd-misuse", Severity.ERROR, since="0.1", needs=("policy",), applies=has_own, fix=Fixable.UNSAFE
)
def dmarc_psd_misuse(facts: DomainFacts) -> Result:
    """The record says that the domain is a public suffix (psd=y).

    Why: psd=y is for registries, under whose names strangers register theirs. At an ordinary domain it makes each subdomain a stranger to the others: relaxed alignment between them fails.
    Bad:
    _dmarc TXT "v=DMARC1; p=reject; psd=y; rua=mailto:dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Take psd=y out.
    References: RFC 9989 4.7
    """
    record = own_record(facts)
    if record is not None and record.psd == "y" and not is_public_suffix(facts.domain):
        yield Finding(
            f"psd=y says that {facts.domain} is a public suffix, which it is not: alignment between its subdomains is lost",
            at(facts, record.tag("psd")),
            evidence=(facts.own_step.fact.evidence,),
            fixes=(change(facts, "an ordinary domain", {"psd": None}, safe=False),),
        )


@rule("DMARC014", "dmarc-depth", Severity.INFO, since="0.1", needs=("walk",))
def dmarc_depth(facts: DomainFacts) -> Result:
    """The domain has more than eight labels.

    Why: Receivers ask at most eight names: the domain's own, then its last seven labels and what is above. Records in between are not read.
    Bad: {audit a.b.c.d.e.f.g.example.com}
    a.b.c.d.e.f.g A 192.0.2.20
    a.b.c.d.e.f.g TXT "v=spf1 a -all"
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: Publish a record at the domain itself.
    References: RFC 9989 4.10
    """
    if facts.walk.skipped:
        yield Finding(
            f"{facts.domain} has {facts.domain.count('.') + 1} labels: receivers do not ask {', '.join(facts.walk.skipped)}",
            DnsLocation(f"_dmarc.{facts.domain}", "TXT"),
            evidence=(facts.own_step.fact.evidence,),
        )


@rule(
    "DMARC022",
    "dmarc-strict-risk",
    Severity.WARNING,
    since="0.1",
    needs=("policy", "txt"),
    applies=has_policy,
    fix=Fixable.UNSAFE,
)
def dmarc_strict_risk(facts: DomainFacts) -> Result:
    """Strict alignment is asked for, while a service uses a subdomain.

    Why: With adkim=s or aspf=s the signing or bounce domain must be the From domain itself. Services that sign or bounce through a subdomain of yours then fail the check.
    Bad:
    @ TXT "v=spf1 mx include:sendgrid.net -all"
    sendgrid.net. TXT "v=spf1 ip4:192.0.2.128/25 -all"
    _dmarc TXT "v=DMARC1; p=reject; aspf=s; rua=mailto:dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Take the tag out; relaxed is the default and safe.
    References: RFC 9989 4.4
    """
    record = facts.policy.record
    if record is None:
        return
    signers = {domain for seen in facts.seen for domain, _ in seen.signatures if domain.endswith("." + facts.domain)}
    if record.strict("adkim") and signers:
        yield _strict(facts, "adkim", f"messages were signed by {', '.join(sorted(signers)[:3])}")
    bounces = [name for name, _ in facts.bounce]
    custom = [provider.name for provider in facts.providers if provider.bounce == "custom"]
    if record.strict("aspf") and (bounces or custom):
        yield _strict(
            facts, "aspf", f"bounces go to {bounces[0]}" if bounces else f"{custom[0]} may bounce through a subdomain"
        )


def _strict(facts: DomainFacts, name: str, why: str) -> Finding:
    what = "DKIM" if name == "adkim" else "SPF"
    return Finding(
        f"{name}=s makes {what} count for the exact domain only, but {why}: that mail does not align by {what}",
        at(facts, facts.policy.record.tag(name) if facts.policy.record else None),
        evidence=evidence(facts),
        fixes=(change(facts, "relaxed, the default", {name: None}, safe=False),),
        offending=name,
    )


@rule(
    "DMARC023",
    "dmarc-alignment-impossible",
    Severity.ERROR,
    since="0.1",
    needs=("policy", "txt", "domainkey"),
    applies=has_policy,
)
def dmarc_alignment_impossible(facts: DomainFacts) -> Result:
    """The policy acts, but the domain's own mail cannot pass.

    Why: DMARC passes when SPF or DKIM passes for the From domain. Here SPF gives none or permerror, and no DKIM key can exist: the policy hits your own mail as well as forged mail.
    Bad:
    @ TXT "hello"
    s1._domainkey TXT
    *._domainkey TXT
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: Publish SPF and a DKIM key before enforcing; until then p=none.
    References: RFC 9989 5.1
    """
    if not facts.enforcing or facts.silent or facts.parked:
        return
    if not facts.dkim_absent:
        # Where `_domainkey` is NXDOMAIN only a selector that could not be asked keeps it open.
        if isinstance(facts.domainkey, Absent) and facts.domainkey.nxdomain:
            yield from selectors(facts)
        return
    record = facts.spf_record
    # A null MX and no SPF: the domain sends nothing, and rejecting its mail is what is meant.
    if facts.null_mx and record is None and not facts.declared.sends:
        return
    broken = record is None or not record.valid
    if not broken:
        return
    word = "permerror" if facts.spf_records else "none"
    yield Finding(
        f"SPF gives {word} and no DKIM key can exist, so {facts.domain}'s own mail {SENTENCE[facts.policy.effective or 'none']} like forged mail",
        at(facts, facts.policy.record.tag(facts.policy.tag or "p") if facts.policy.record else None),
        evidence=(facts.txt.evidence, facts.domainkey.evidence),
        fixes=(
            steps(
                "Make your own mail pass first",
                "Repair SPF, or publish a DKIM key and sign with it.",
                f"Until then publish p=none at _dmarc.{facts.policy.policy_domain}.",
            ),
        ),
    )
