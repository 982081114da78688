"""Audit domains: gather facts side by side, judge each domain, make one report."""

import asyncio
from collections.abc import Mapping, Sequence

from mailcheck.dns.run import Run
from mailcheck.domain_audit.declaration import Declaration, Seen
from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.domain_audit.gather import gather
from mailcheck.model.judge import internal_error
from mailcheck.model.location import DnsLocation
from mailcheck.model.report import Report, SubjectReport
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity

DOMAINS_AT_ONCE = 20
"""Domains whose facts are gathered side by side; they share one cache."""
FIRST_WAVE = 0.003
"""Seconds in which the first questions leave."""


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
    gate = asyncio.Semaphore(DOMAINS_AT_ONCE)

    async def facts_of(domain: str) -> DomainFacts:
        async with gate:
            return await gather(domain, run.ask, selectors=selectors, declared=(declared or {}).get(domain), seen=seen)

    gathering = [asyncio.create_task(facts_of(domain)) for domain in domains]
    await _load_meanwhile()
    subjects = []
    for domain, task in zip(domains, gathering, strict=True):
        subjects.append(await _judged(domain, task, run, selection or Selection.of(), fail_on))
    return Report("audit", version, tuple(subjects), run.stopped != "interrupted", fail_on)


async def _load_meanwhile() -> None:
    """Import what judges while the first answers are on their way.

    In one go, once the first questions are out: in pieces between later answers it would hold up the
    questions that follow from them.
    """
    await asyncio.sleep(FIRST_WAVE)
    from mailcheck.domain_audit.judging import load_rules

    load_rules()


async def _judged(
    domain: str, task: asyncio.Task[DomainFacts], run: Run, selection: Selection, fail_on: Severity
) -> SubjectReport:
    from mailcheck.domain_audit.judging import judge_domain, judge_run, rules

    try:
        facts = await task
        return judge_domain(facts, rules(selection), fail_on, judge_run(facts, selection, run.stopped))
    except Exception as error:  # noqa: BLE001  one boundary a subject: the others are still judged
        cause = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
        finding = internal_error(domain, f"{type(cause).__name__}: {cause}", DnsLocation(domain, "ANY"))
        return SubjectReport(domain, "fail", (finding,))
