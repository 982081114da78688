"""Rules about the DMARC policy: the record, the tree walk, and what it decides (RFC 9989)."""

from mailcheck.auth.dmarc.walk import LOWER, Step
from mailcheck.data.psl import is_public_suffix
from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.model.fact import Evidence, Unknown
from mailcheck.model.finding import Finding, Related, Undetermined
from mailcheck.model.fix import DnsChange, Fix, publish, steps
from mailcheck.model.fix import Step as FixStep
from mailcheck.model.location import DnsLocation
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity
from mailcheck.records.dmarc import POLICIES, DmarcRecord, parse_dmarc, version_problem
from mailcheck.records.tags import Tag

_RANK = {"none": 0, "quarantine": 1, "reject": 2}
_SENTENCE = {"none": "is delivered", "quarantine": "goes to junk", "reject": "is refused"}


def has_policy(facts: DomainFacts) -> bool:
    """A record applies to the domain, its own or an inherited one."""
    return facts.policy.record is not None and facts.policy.policy is not None


def own_record(facts: DomainFacts) -> DmarcRecord | None:
    """The record at the domain's own `_dmarc` name."""
    return facts.own_step.record


def has_own(facts: DomainFacts) -> bool:
    """The domain has a DMARC record of its own."""
    return own_record(facts) is not None


def retagged(record: DmarcRecord, changes: dict[str, str | None]) -> str:
    """The record with tags set to a value, or taken out (None); others stay as they are."""
    parts = [
        f"{tag.name}={changes[tag.name]}" if changes.get(tag.name) is not None else record.text[slice(*tag.span)]
        for tag in record.tags.tags
        if not (tag.name in changes and changes[tag.name] is None)
    ]
    present = {tag.name for tag in record.tags.tags}
    parts += [f"{name}={value}" for name, value in changes.items() if value is not None and name not in present]
    return "; ".join(parts)


def change(facts: DomainFacts, title: str, changes: dict[str, str | None], *, safe: bool = True) -> Fix:
    """A fix that sets or removes tags of the record that applies."""
    found = facts.policy
    record = found.record
    if record is None:
        return steps(title, "Publish a DMARC record.")
    return publish(title, f"_dmarc.{found.policy_domain}", retagged(record, changes), old=(record.text,), safe=safe)


def at(facts: DomainFacts, tag: Tag | None) -> DnsLocation:
    """The place of a tag in the record that applies."""
    return facts.dmarc_place(tag.span if tag else None)


def almost(step: Step) -> list[str]:
    """Texts at the step's name that mean to be DMARC and are not."""
    return [text for text in step.texts if text not in step.found and version_problem(text) is not None]


def _report_to(facts: DomainFacts) -> str:
    return f"rua=mailto:dmarc@{facts.policy.organizational_domain}"


@rule(
    "DMARC001",
    "dmarc-missing",
    Severity.ERROR,
    since="0.1",
    needs=("policy",),
    applies=lambda facts: not almost(facts.own_step) and len(facts.own_step.found) < 2,
    fix=Fixable.UNSAFE,
)
def dmarc_missing(facts: DomainFacts) -> Result:
    """No DMARC record applies to the domain.

    Why: Anyone can put your domain into the From line that people see, and receivers have no instruction to stop it. Google, Yahoo and Microsoft refuse bulk mail of domains without DMARC.
    Bad:
    _dmarc TXT
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Publish p=none with a report address now. Read the reports for some weeks, bring your own senders into line, then go to p=quarantine and p=reject.
    References: RFC 9989 4.10
    """
    if facts.policy.record is not None:
        return
    name = f"_dmarc.{facts.domain}"
    first = "v=DMARC1; p=reject;" if facts.silent else f"v=DMARC1; p=none; {_report_to(facts)}"
    title = (
        "this domain sends nothing: reject all" if facts.silent else "step 1 of 3: watch (use an address that you read)"
    )
    fixes = [publish(title, name, first, safe=facts.silent)]
    if not facts.silent:
        fixes.append(
            Fix(
                "Then",
                (
                    FixStep("Step 2, when reports show your own mail aligned: p=quarantine."),
                    FixStep("Step 3, some weeks later: p=reject."),
                ),
            )
        )
    yield Finding(
        f"no DMARC record applies to {facts.domain}: forged mail with this From address is delivered",
        DnsLocation(name, "TXT"),
        evidence=tuple(step.fact.evidence for step in facts.walk.steps),
        fixes=tuple(fixes),
    )


@rule(
    "DMARC002",
    "dmarc-multiple",
    Severity.ERROR,
    since="0.1",
    needs=("policy",),
    applies=lambda facts: any(step.found for step in facts.walk.steps),
)
def dmarc_multiple(facts: DomainFacts) -> Result:
    """Several DMARC records stand at one name.

    Why: Receivers discard them all and go on to the parent domain, as if nothing were published here.
    Bad:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    _dmarc TXT "v=DMARC1; p=none"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Keep one record.
    References: RFC 9989 4.10 step 2
    """
    for step in facts.walk.steps:
        if len(step.found) < 2:
            continue
        records = [parse_dmarc(text) for text in step.found]
        usable = [record for record in records if record.applies]
        keep = max(usable or records, key=lambda record: (_RANK[record.p], len(record.text)))
        others = tuple(text for text in step.found if text != keep.text)
        fix = Fix(
            "delete the others",
            (DnsChange("delete", f"_dmarc.{step.domain}", "TXT", (), others),),
            safe=len(set(step.found)) == 1,
        )
        yield Finding(
            f"{len(step.found)} DMARC records stand at _dmarc.{step.domain}; receivers discard them all",
            DnsLocation(f"_dmarc.{step.domain}", "TXT", None, step.found[0]),
            evidence=(step.fact.evidence,),
            fixes=(
                steps(f"Keep the one you mean, for example {keep.text}", *(f"Delete: {text}" for text in others)),
                fix,
            )[: 1 if others else 2],
            offending=step.domain,
        )


@rule(
    "DMARC003",
    "dmarc-version",
    Severity.ERROR,
    since="0.1",
    applies=lambda facts: bool(facts.own_step.texts) or isinstance(facts.own_step.fact, Unknown),
    fix=Fixable.SAFE,
)
def dmarc_version(facts: DomainFacts) -> Result:
    """A record means to be DMARC, but does not begin with `v=DMARC1;`.

    Why: Receivers take a record for DMARC only if its first tag is v=DMARC1, in these capitals. Any other is passed over without a word.
    Bad:
    _dmarc TXT "v=dmarc1; p=reject; rua=mailto:dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Begin the record with `v=DMARC1;`.
    References: RFC 9989 4.7, 4.8
    """
    step = facts.own_step
    if isinstance(step.fact, Unknown):
        yield Undetermined(step.fact.sentence)
    for text in almost(step):
        problem = version_problem(text)
        if problem is None:
            continue
        better = problem.suggestion or ""
        safe = bool(better) and parse_dmarc(better).applies and not step.found
        yield Finding(
            f"receivers pass over this record: {problem.message}",
            DnsLocation(f"_dmarc.{step.domain}", "TXT", problem.span, text),
            evidence=(step.fact.evidence,),
            fixes=(publish("so that it is read", f"_dmarc.{step.domain}", better, old=(text,), safe=safe),),
            offending=text,
        )


@rule(
    "DMARC004",
    "dmarc-p-invalid",
    Severity.ERROR,
    since="0.1",
    needs=("policy",),
    applies=lambda facts: facts.policy.record is not None,
    fix=Fixable.SAFE,
)
def dmarc_p_invalid(facts: DomainFacts) -> Result:
    """The policy cannot be read.

    Why: With p missing or wrong, or sp or np wrong, the record counts as p=none if it has a usable rua address, and as no DMARC at all if it has none. Either way forged mail is delivered.
    Bad:
    _dmarc TXT "v=DMARC1; p=rejct; rua=mailto:dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: p, sp and np take none, quarantine or reject.
    References: RFC 9989 4.7, 4.10.1
    """
    record = facts.policy.record
    if record is None or not record.policy_fault:
        return
    effect = (
        "the record counts as p=none"
        if record.applies
        else "there is no DMARC at all, since there is no usable rua address either"
    )
    bad = [
        name
        for name in ("p", "sp", "np")
        if record.tag(name) and (record.tags.value(name) or "").lower() not in POLICIES
    ]
    suggestions: dict[str, str | None] = {
        name: next(
            (
                problem.suggestion
                for problem in record.problems
                if problem.kind == "value" and (tag := record.tag(name)) and problem.span == tag.value_span
            ),
            None,
        )
        for name in bad
    }
    if record.tag("p") is None:
        bad = ["p", *bad]
        suggestions = {"p": "none", **suggestions}
    known = all(suggestions[name] for name in bad)
    fix = (
        change(facts, "with the policy that was meant", suggestions, safe=record.tag("p") is not None)
        if known
        else steps("Say which policy", "Write p=none, p=quarantine or p=reject.")
    )
    tag = record.tag(bad[0])
    what = f"{tag.name}={tag.value}" if tag else "p is missing"
    yield Finding(
        f"the policy cannot be read ({what:.60}): {effect}",
        at(facts, tag),
        evidence=_evidence(facts),
        fixes=(fix,),
        offending=what,
    )


def _evidence(facts: DomainFacts) -> tuple[Evidence, ...]:
    return tuple(step.fact.evidence for step in facts.walk.steps if step.domain == facts.policy.policy_domain)


@rule("DMARC005", "dmarc-policy-none", Severity.WARNING, since="0.1", needs=("policy",), applies=has_policy)
def dmarc_policy_none(facts: DomainFacts) -> Result:
    """The policy is p=none.

    Why: p=none asks for reports and stops nothing. It meets the minimum of Google, Yahoo and Microsoft, and is the right first step, not the last.
    Bad:
    _dmarc TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: When the reports show that all your own mail passes, publish p=quarantine, and p=reject some weeks later.
    References: RFC 9989 4.7, 5.2
    """
    found = facts.policy
    if found.policy != "none" or found.record is None or found.record.policy_fault:
        return
    yield Finding(
        f"DMARC stops no forged mail here: the policy is none ({found.tag} at {found.policy_domain})",
        at(facts, found.record.tag(found.tag or "p")),
        evidence=_evidence(facts),
        fixes=(change(facts, "when reports show all your mail aligned", {found.tag or "p": "quarantine"}, safe=False),),
    )


@rule(
    "DMARC006",
    "dmarc-removed-tag",
    Severity.WARNING,
    since="0.1",
    needs=("policy",),
    applies=has_policy,
    fix=Fixable.SAFE,
)
def dmarc_removed_tag(facts: DomainFacts) -> Result:
    """The record has tags that RFC 9989 removed: pct, rf or ri.

    Why: New receivers ignore them, older ones still obey: with pct below 100 one part of the forged mail is let through by some and none by others. pct=0 used to mean what t=y means now.
    Bad:
    _dmarc TXT "v=DMARC1; p=reject; pct=20; rua=mailto:dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Take the tags out; for a trial write t=y.
    References: RFC 9989 A.6
    """
    record = facts.policy.record
    for name in ("pct", "rf", "ri"):
        tag = record.tag(name) if record else None
        if record is None or tag is None:
            continue
        full = name != "pct" or tag.value == "100"
        trial = name == "pct" and tag.value == "0"
        if trial:
            text = "pct=0 is ignored by new receivers, which then apply the whole policy; t=y says what it meant"
        elif full:
            text = f"{name}={tag.value:.20} means nothing any more; it can go"
        else:
            text = f"pct={tag.value:.20} is ignored by new receivers (they apply the policy to all mail) and obeyed by older ones"
        yield Finding(
            text,
            at(facts, tag),
            severity=Severity.INFO if full else None,
            evidence=_evidence(facts),
            fixes=(
                change(
                    facts,
                    "without it" if not trial else "the same in today's words",
                    {name: None, "t": "y"} if trial else {name: None},
                    safe=not trial,
                ),
            ),
            offending=name,
        )


@rule(
    "DMARC007",
    "dmarc-test-mode",
    Severity.WARNING,
    since="0.1",
    needs=("policy",),
    applies=has_policy,
    fix=Fixable.UNSAFE,
)
def dmarc_test_mode(facts: DomainFacts) -> Result:
    """The policy is being tested (t=y).

    Why: Receivers treat failing mail one level more mildly than the policy says: reject as quarantine, quarantine as none. Older receivers ignore the tag.
    Bad:
    _dmarc TXT "v=DMARC1; p=reject; t=y; rua=mailto:dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Take t=y out once reports show that your own mail passes.
    References: RFC 9989 4.7
    """
    record = facts.policy.record
    if record is None or not record.testing or facts.policy.policy in {None, "none"}:
        return
    effective = LOWER[facts.policy.policy or "none"]
    yield Finding(
        f"t=y: the policy is {facts.policy.policy}, but forged mail {_SENTENCE[effective]} as with p={effective}",
        at(facts, record.tag("t")),
        evidence=_evidence(facts),
        fixes=(change(facts, "when reports show all your mail aligned", {"t": None}, safe=False),),
    )


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
    fix=Fixable.SAFE,
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
    if _RANK[weak] < _RANK[record.p]:
        who = "forged mail from a subdomain" if name == "sp" else "forged mail from a made-up subdomain"
        new = "reject" if name == "np" else record.p
        yield Finding(
            f"{who} {_SENTENCE[weak]} ({name}={weak}), though the domain itself has p={record.p}",
            at(facts, tag),
            evidence=_evidence(facts),
            fixes=(change(facts, "the same for both", {name: new}, safe=name == "np"),),
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


@rule("DMARC013", "dmarc-psd-misuse", Severity.ERROR, since="0.1", needs=("policy",), applies=has_own, fix=Fixable.SAFE)
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
            fixes=(change(facts, "an ordinary domain", {"psd": None}),),
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
    "DMARC020", "dmarc-p-not-second", Severity.INFO, since="0.1", needs=("policy",), applies=has_own, fix=Fixable.SAFE
)
def dmarc_p_not_second(facts: DomainFacts) -> Result:
    """P does not stand right after v.

    Why: Any order is legal since RFC 9989. Some older receivers still want p in the second place, and drop the record otherwise.
    Bad:
    _dmarc TXT "v=DMARC1; rua=mailto:dmarc@example.com; p=reject"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Move p to the second place.
    References: RFC 9989 4.7; RFC 7489 6.3
    """
    record = own_record(facts)
    tag = record.tag("p") if record else None
    if record is None or tag is None or record.tags.tags[1:2] == (tag,):
        return
    rest = [record.text[slice(*each.span)] for each in record.tags.tags if each.name not in {"v", "p"}]
    text = "; ".join(["v=DMARC1", f"p={tag.value}", *rest])
    yield Finding(
        "p is not the second tag: fine today, but some older receivers then drop the record",
        at(facts, tag),
        evidence=(facts.own_step.fact.evidence,),
        fixes=(publish("p in its old place", f"_dmarc.{facts.domain}", text, old=(record.text,)),),
    )


@rule(
    "DMARC022",
    "dmarc-strict-risk",
    Severity.WARNING,
    since="0.1",
    needs=("policy", "txt"),
    applies=has_policy,
    fix=Fixable.SAFE,
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
            facts, "aspf", f"bounces go to {bounces[0]}" if bounces else f"{custom[0]} bounces through a subdomain"
        )


def _strict(facts: DomainFacts, name: str, why: str) -> Finding:
    what = "DKIM" if name == "adkim" else "SPF"
    return Finding(
        f"{name}=s makes {what} count for the exact domain only, but {why}: that mail does not align by {what}",
        at(facts, facts.policy.record.tag(name) if facts.policy.record else None),
        evidence=_evidence(facts),
        fixes=(change(facts, "relaxed, the default", {name: None}),),
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
    if not facts.enforcing or facts.silent or facts.parked or not facts.dkim_absent:
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
        f"SPF gives {word} and no DKIM key can exist, so {facts.domain}'s own mail {_SENTENCE[facts.policy.effective or 'none']} like forged mail",
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
