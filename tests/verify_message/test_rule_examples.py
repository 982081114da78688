"""Every rule's Bad example is found by the rule, and its Good example is not."""

import pytest

from mailcheck.model.rule import Rule
from mailcheck.model.selection import Selection
from mailcheck.verify_message.judging import rules
from verify_message.scenario import scenario

RULES = rules(Selection.of(("ALL",)))


def codes(lines: tuple[str, ...]) -> set[str]:
    """The codes of findings, and of what could not be determined."""
    subject = scenario(lines).report(Selection.of(("ALL",)))
    return {finding.code for finding in subject.findings} | {each.code for each in subject.unknown}


def test_the_clean_message_has_no_finding() -> None:
    subject = scenario(()).report(Selection.of(("ALL",)))
    assert [(finding.code, finding.message) for finding in subject.findings] == []
    assert subject.unknown == ()
    assert subject.verdict == "pass"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_bad_example_is_found(rule: Rule) -> None:
    assert rule.doc.bad, "every rule shows a bad example"
    found = codes(rule.doc.bad)
    assert rule.code in found
    assert "RUN001" not in found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_good_example_is_not_found(rule: Rule) -> None:
    assert rule.doc.good, "every rule shows a good example"
    found = codes(rule.doc.good)
    assert rule.code not in found
    assert "RUN001" not in found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_documentation_is_complete(rule: Rule) -> None:
    doc = rule.doc
    assert doc.summary.endswith(".")
    assert doc.why
    assert doc.fix
    assert doc.references
