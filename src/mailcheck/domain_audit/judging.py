"""Gathered facts judged by the rules, and made into a subject's report. Pure."""

from collections.abc import Sequence
from importlib import import_module

from mailcheck.auth.spf.tree import MAX_DOMAINS
from mailcheck.domain_audit.drawings import drawings
from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.domain_audit.facts_json import facts_json
from mailcheck.domain_audit.gather import MAX_DESTINATIONS, MAX_HOSTS, MAX_REVERSES
from mailcheck.model.finding import Finding
from mailcheck.model.judge import judge
from mailcheck.model.location import DnsLocation
from mailcheck.model.report import SubjectReport, verdict_of
from mailcheck.model.rule import Rule, loaded
from mailcheck.model.run_rules import RunView
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity

FAMILIES = ("DNS", "MX", "SPF", "DKIM", "DMARC")
MODULES = (
    "general", "mx", "spf", "spf_terms", "spf_tree", "dkim", "dkim_key", "dmarc", "dmarc_scope", "dmarc_reports",
)  # fmt: skip


def load_rules() -> None:
    """Import the rule modules."""
    for module in MODULES:
        import_module(f"mailcheck.domain_audit.rules.{module}")


def rules(selection: Selection) -> list[Rule]:
    """The audit's rules that are selected, in reading order."""
    load_rules()
    chosen = [rule for rule in loaded(*FAMILIES) if rule.code in selection]
    return sorted(chosen, key=lambda rule: (FAMILIES.index(rule.family), rule.code))


def limits(facts: DomainFacts) -> tuple[str, ...]:
    """What was left out because the domain holds more than is looked at."""
    found: list[str] = []
    if len(facts.exchanges) > MAX_HOSTS:
        found.append(f"{len(facts.exchanges)} MX records; the addresses of the first {MAX_HOSTS} hosts were looked up")
    record = facts.policy.record
    foreign = {uri.domain for uri in (*record.rua, *record.ruf) if uri.domain} if record else set()
    if len(facts.destinations) >= MAX_DESTINATIONS and len(foreign) > MAX_DESTINATIONS:
        found.append(f"{len(foreign)} report destinations; the first {MAX_DESTINATIONS} were looked at")
    if len(facts.reverses) >= MAX_REVERSES:
        found.append(f"the reverse names of the first {MAX_REVERSES} sending addresses were looked up")
    if any(node.state == "unvisited" for _, node in facts.spf.walk()):
        found.append(f"the SPF tree is larger than the {MAX_DOMAINS} domains that are followed")
    return tuple(found)


def judge_run(facts: DomainFacts, selection: Selection, stopped: str | None) -> list[Finding]:
    """What is to be told about the run itself (RUN003, RUN004)."""
    open_questions = len(
        {unknown.evidence.question for unknown in facts.unknowns.values() if unknown.reason == "deadline"}
    )
    view = RunView(
        facts.domain,
        limits=limits(facts),
        deadline=open_questions if stopped == "deadline" else 0,
        locus=DnsLocation(facts.domain, "ANY"),
    )
    return judge([rule for rule in loaded("RUN") if rule.code in selection], view).findings


def judge_domain(
    facts: DomainFacts, chosen: Sequence[Rule], fail_on: Severity, about_run: Sequence[Finding] = ()
) -> SubjectReport:
    """Judge gathered facts. Pure."""
    if not facts.exists:
        # One finding, stop: everything else would only repeat that there is no such name.
        chosen = [rule for rule in chosen if rule.code == "DNS001"]
    judgement = judge(chosen, facts, locus=DnsLocation(facts.domain, "ANY"))
    judgement.findings += about_run
    return SubjectReport(
        facts.domain,
        verdict_of(judgement.findings, judgement.unknown, fail_on),
        tuple(judgement.findings),
        tuple(judgement.passed),
        tuple(judgement.unknown),
        (),
        facts_json(facts),
        drawings(facts) if facts.exists else {},
    )
