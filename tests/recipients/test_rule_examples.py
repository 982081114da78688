"""Every RCP rule's Bad example is found by the rule, and its Good example is not."""

import asyncio
import re

import pytest

from mailcheck.dns.static import StaticResolver
from mailcheck.model.location import RowLocation
from mailcheck.model.report import SubjectReport
from mailcheck.model.rule import Rule
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity
from mailcheck.recipients.address import read_address
from mailcheck.recipients.domains import look_up
from mailcheck.recipients.judging import report_row, rules
from mailcheck.recipients.listed import Listed
from mailcheck.recipients.row import judge_row, view_of
from mailcheck.recipients.suppression import Suppressions
from recipients.world import ANSWERS

ALL = Selection.of(("ALL",))
RULES = rules(ALL)


def unescaped(line: str) -> str:
    """`\\u200b` and `\\n` in an example stand for the character, `a{65}` for 65 of them."""
    line = re.sub(r"([ab])\{(\d+)\}", lambda match: match[1] * int(match[2]), line)
    return re.sub(r"\\u([0-9a-f]{4})|\\n", lambda match: chr(int(match[1], 16)) if match[1] else "\n", line)


def reports(lines: tuple[str, ...]) -> list[SubjectReport]:
    """The lines as rows of one list, each with its report."""
    suppressions = Suppressions()
    rows = []
    for line in map(unescaped, lines):
        if line.startswith("suppressed: "):
            suppressions.add(line.removeprefix("suppressed: "))
        else:
            rows.append(read_address(line))
    hosts = asyncio.run(look_up([each.question for each in rows if each.question], StaticResolver(ANSWERS), pauses=()))
    listed = Listed(suppressions)
    found = []
    for number, address in enumerate(rows, 1):
        known = hosts.get(address.host)
        row = judge_row(address, view_of(address.host, known), listed.reasons(number, address))
        found.append(report_row(row, "x", RowLocation(None, number, None), ALL, Severity.ERROR, known))
    return found


def codes(lines: tuple[str, ...]) -> list[set[str]]:
    """Per row, the codes of findings and of what could not be determined."""
    return [{each.code for each in (*report.findings, *report.unknown)} for report in reports(lines)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_bad_example_is_found(rule: Rule) -> None:
    found = codes(rule.doc.bad)
    assert found, "every rule shows a bad example"
    if rule.name.startswith("dup-"):
        assert [rule.code in each for each in found] == [False, True]
    else:
        assert all(rule.code in each for each in found), found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_good_example_is_not_found(rule: Rule) -> None:
    found = codes(rule.doc.good)
    assert found, "every rule shows a good example"
    assert not any(rule.code in each for each in found)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_documentation_is_complete(rule: Rule) -> None:
    doc = rule.doc
    assert all((doc.summary, doc.why, doc.fix, doc.references))
    assert doc.summary.endswith(".")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_no_example_makes_a_rule_crash(rule: Rule) -> None:
    assert "RUN001" not in set().union(*codes(rule.doc.bad), *codes(rule.doc.good))


def test_codes_are_those_of_the_catalogue() -> None:
    assert [each.code for each in RULES] == [f"RCP{number:03d}" for number in range(1, 49)]
