"""Every lint rule's Bad example is found by the rule, its Good example is not, and its page is complete."""

from pathlib import Path

import pytest

from lint.examples import codes, lint, write_example
from mailcheck.lint.judging import rules
from mailcheck.model.location import FileLocation
from mailcheck.model.rule import Rule
from mailcheck.model.selection import Selection

RULES = rules(Selection.of(("ALL",)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_bad_example_is_found(rule: Rule, tmp_path: Path) -> None:
    assert rule.doc.bad, "every rule shows a bad example"
    report = lint(tmp_path, kind=write_example(tmp_path, rule.doc.bad))
    assert rule.code in codes(report)
    assert "RUN001" not in codes(report)
    for subject in report.subjects:
        for finding in subject.findings:
            if finding.code == rule.code:
                assert isinstance(finding.location, FileLocation)
                assert finding.location.source is not None
                assert finding.why
                assert finding.fixes, "every finding says what to do"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_good_example_is_not_found(rule: Rule, tmp_path: Path) -> None:
    assert rule.doc.good, "every rule shows a good example"
    report = lint(tmp_path, kind=write_example(tmp_path, rule.doc.good))
    assert rule.code not in codes(report)
    assert "RUN001" not in codes(report)
    assert "RUN002" not in codes(report)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_documentation_is_complete(rule: Rule) -> None:
    doc = rule.doc
    assert doc.summary.endswith((".", "?", "”.", '".'))
    assert doc.why
    assert doc.fix
    assert doc.references
