"""Every audit rule's Bad example is found by the rule, and its Good example is not."""

import asyncio

import pytest

from mailcheck.dns.run import Run
from mailcheck.dns.static import StaticResolver
from mailcheck.domain_audit.declaration import Declaration
from mailcheck.domain_audit.judging import rules
from mailcheck.domain_audit.run import audit_domains
from mailcheck.model.report import SubjectReport
from mailcheck.model.rule import Rule
from mailcheck.model.selection import Selection
from worlds import changed, clean

RULES = rules(Selection.of(("ALL",)))


def audit(lines: tuple[str, ...]) -> SubjectReport:
    """Audit the clean world changed by example lines."""
    subject, answers, declared = changed(clean(), lines)
    declaration = Declaration(
        bounce_domains=declared.get("bounce-domains", ()), selectors=declared.get("selectors", ())
    )

    async def run() -> SubjectReport:
        asker = Run(StaticResolver(answers))
        report = await audit_domains([subject], asker, version="0", declared={subject: declaration})
        return report.subjects[0]

    return asyncio.run(run())


def codes(subject: SubjectReport) -> set[str]:
    """The codes of findings, and of what could not be determined."""
    return {finding.code for finding in subject.findings} | {each.code for each in subject.unknown}


def test_the_clean_world_has_no_finding() -> None:
    subject = audit(())
    assert [(finding.code, finding.message) for finding in subject.findings] == []
    assert subject.unknown == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_bad_example_is_found(rule: Rule) -> None:
    assert rule.doc.bad, "every rule shows a bad example"
    assert rule.code in codes(audit(rule.doc.bad))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_good_example_is_not_found(rule: Rule) -> None:
    assert rule.doc.good, "every rule shows a good example"
    assert rule.code not in codes(audit(rule.doc.good))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_documentation_is_complete(rule: Rule) -> None:
    doc = rule.doc
    assert doc.summary.endswith(".")
    assert doc.why
    assert doc.fix
    assert doc.references
