"""Rules about the DMARC record and its policy (RFC 9989 4.7, 4.8)."""

from mailcheck.auth.dmarc.walk import LOWER, Step
from mailcheck.domain_audit.dmarc_edit import (
    RANK,
    SENTENCE,
    acts,
    at,
    change,
    evidence,
    has_own,
    has_policy,
    has_sound_policy,
    own_record,
)
from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.model.fact import Unknown
from mailcheck.model.finding import Finding, Undetermined
from mailcheck.model.fix import Fix, publish, steps
from mailcheck.model.fix import Step as FixStep
from mailcheck.model.location import DnsLocation
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity
from mailcheck.records.dmarc import POLICIES, parse_dmarc, version_problem


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
        f"no DMARC record applies to {facts.domain}: nothing asks receivers to stop forged mail with this From address",
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
        if len(step.found) < 2 or (step is not facts.own_step and facts.own_step.record is not None):
            continue
        records = [parse_dmarc(text) for text in step.found]
        usable = [record for record in records if record.applies]
        keep = max(usable or records, key=lambda record: (RANK[record.p], len(record.text)))
        others = tuple(text for text in step.found if text != keep.text)
        yield Finding(
            f"{len(step.found)} DMARC records stand at _dmarc.{step.domain}; receivers discard them all",
            DnsLocation(f"_dmarc.{step.domain}", "TXT", None, step.found[0]),
            evidence=(step.fact.evidence,),
            fixes=(steps(f"Keep the one you mean, for example {keep.text}", *(f"Delete: {text}" for text in others)),),
            offending=step.domain,
        )


@rule(
    "DMARC003",
    "dmarc-version",
    Severity.ERROR,
    since="0.1",
    applies=lambda facts: bool(facts.own_step.texts) or isinstance(facts.own_step.fact, Unknown),
    fix=Fixable.UNSAFE,
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
        safe = bool(better) and parse_dmarc(better).applies and not acts(parse_dmarc(better)) and not step.found
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
    fix=Fixable.UNSAFE,
)
def dmarc_p_invalid(facts: DomainFacts) -> Result:
    """The policy cannot be read.

    Why: With p missing or wrong, or sp or np wrong, the record counts as p=none if it has a usable rua address, and as no DMARC at all if it has none. Either way nothing stops forged mail.
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
        change(
            facts,
            "with the policy that was meant",
            suggestions,
            safe=all(value == "none" for value in suggestions.values()),
        )
        if known
        else steps(
            f"Say which policy in {' and '.join(bad)}", f"Write {bad[0]}=none, {bad[0]}=quarantine or {bad[0]}=reject."
        )
    )
    tag = record.tag(bad[0])
    what = f"{tag.name}={tag.value}" if tag else "p is missing"
    yield Finding(
        f"the policy cannot be read ({what:.60}): {effect}",
        at(facts, tag),
        evidence=evidence(facts),
        fixes=(fix,),
        offending=what,
    )


@rule("DMARC005", "dmarc-policy-none", Severity.WARNING, since="0.1", needs=("policy",), applies=has_sound_policy)
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
        evidence=evidence(facts),
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
            evidence=evidence(facts),
            fixes=(
                change(
                    facts,
                    "without it" if not trial else "the same in today's words",
                    {name: None, "t": "y"} if trial else {name: None},
                    safe=full,
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
        f"t=y: the policy is {facts.policy.policy}, but forged mail {SENTENCE[effective]} as with p={effective}",
        at(facts, record.tag("t")),
        evidence=evidence(facts),
        fixes=(change(facts, "when reports show all your mail aligned", {"t": None}, safe=False),),
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


@rule("DMARC024", "dmarc-tag-syntax", Severity.WARNING, since="0.1", needs=("policy",), applies=has_own)
def dmarc_tag_syntax(facts: DomainFacts) -> Result:
    """The record repeats a tag, holds something that is no tag, or a value that means nothing.

    Why: What receivers do with a repeated or broken tag differs: some take the first, some drop the record. A value or tag they do not know they ignore, and the default applies.
    Bad:
    _dmarc TXT "v=DMARC1; p=reject; p=none; rua=mailto:dmarc@example.com"
    Good:
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    Fix: Keep each tag once, with a value of its list.
    References: RFC 9989 4.7, 4.8; RFC 6376 3.2
    """
    record = own_record(facts)
    if record is None:
        return
    told = {"p", "sp", "np"} if record.policy_fault else set()
    for problem in record.problems:
        tag = next((tag for tag in record.tags.tags if tag.value_span == problem.span), None)
        if problem.kind not in _LEVELS or (problem.kind == "value" and tag and tag.name in {*told, "fo"}):
            continue
        policy = problem.kind == "tag-duplicate" and record.text[slice(*problem.span)][:2].rstrip("= ") == "p"
        empty = problem.kind == "tag-syntax" and problem.suggestion == ""
        level = Severity.ERROR if policy else Severity.INFO if empty else _LEVELS[problem.kind]
        hint = f"; did you mean {problem.suggestion!r}?" if problem.suggestion else ""
        yield Finding(
            f"{problem.message}{hint}",
            facts.dmarc_place(problem.span),
            severity=level,
            evidence=evidence(facts),
            fixes=(steps("Repair the tag", "Put the marked tag right, or delete it."),),
            offending=record.text[slice(*problem.span)],
        )


_LEVELS = {
    "tag-duplicate": Severity.WARNING,
    "tag-syntax": Severity.WARNING,
    "value": Severity.WARNING,
    "unknown-tag": Severity.INFO,
}
