"""Audit domains: gather, judge, and put the outcome into a report."""

import asyncio
from collections.abc import Mapping, Sequence
from importlib import import_module

from mailcheck.auth.spf.tree import Ask
from mailcheck.dns.run import Run
from mailcheck.domain_audit.declaration import Declaration, Seen
from mailcheck.domain_audit.drawings import drawings
from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.domain_audit.facts_json import facts_json
from mailcheck.domain_audit.gather import gather
from mailcheck.model.judge import internal_error, judge
from mailcheck.model.location import DnsLocation
from mailcheck.model.report import Report, SubjectReport, verdict_of
from mailcheck.model.rule import Rule, loaded
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity

FAMILIES = ("DNS", "MX", "SPF", "DKIM", "DMARC")
_MODULES = ("general", "mx", "spf", "spf_tree", "dkim", "dmarc", "dmarc_reports")
DOMAINS_AT_ONCE = 20
"""Domains whose facts are gathered side by side; they share one cache."""


def rules(selection: Selection) -> list[Rule]:
    """The audit's rules that are selected, in reading order."""
    for module in _MODULES:
        import_module(f"mailcheck.domain_audit.rules.{module}")
    chosen = [rule for rule in loaded(*FAMILIES) if rule.code in selection]
    return sorted(chosen, key=lambda rule: (FAMILIES.index(rule.family), rule.code))


def judge_domain(facts: DomainFacts, chosen: Sequence[Rule], fail_on: Severity) -> SubjectReport:
    """Judge gathered facts. Pure."""
    if not facts.exists:
        # One finding, stop: everything else would only repeat that there is no such name.
        chosen = [rule for rule in chosen if rule.code == "DNS001"]
    judgement = judge(chosen, facts, locus=DnsLocation(facts.domain, "ANY"))
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


async def audit_domains(
    domains: Sequence[str],
    run: Run,
    *,
    version: str,
    selection: Selection | None = None,
    selectors: Sequence[str] = (),
    declared: Mapping[str, Declaration] | None = None,
    seen: tuple[Seen, ...] = (),
    fail_on: Severity = Severity.ERROR,
) -> Report:
    """Audit domains that share one run and one cache; the subjects come in the order given."""
    chosen = rules(selection or Selection.of())
    gate = asyncio.Semaphore(DOMAINS_AT_ONCE)

    async def one(domain: str) -> SubjectReport:
        try:
            async with gate:
                facts = await gather(
                    domain, _asker(run), selectors=selectors, declared=(declared or {}).get(domain), seen=seen
                )
            return judge_domain(facts, chosen, fail_on)
        except Exception as error:  # noqa: BLE001  one boundary a subject: the others are still judged
            cause = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
            finding = internal_error(domain, f"{type(cause).__name__}: {cause}", DnsLocation(domain, "ANY"))
            return SubjectReport(domain, "fail", (finding,))

    subjects = await asyncio.gather(*(one(domain) for domain in domains))
    complete = run.stopped != "interrupted"
    return Report("audit", version, tuple(subjects), complete, fail_on)


def _asker(run: Run) -> Ask:
    return run.ask
