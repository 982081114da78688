"""The truth table: every rule, every record it reads, every way a question can end.

`fixtures/truth_table.json` says per rule which questions it reads (by hand), and per outcome of each what the
rule then says: finding, passed, unknown or not listed, and the exit code (written by MAILCHECK_UPDATE_SNAPSHOTS=1,
and read by a person). The tests below hold whatever the file says: a fault never reads as an answer.
"""

import asyncio
import json
import os
from functools import cache
from typing import Any

import pytest

from mailcheck.dns.run import Run
from mailcheck.dns.static import StaticResolver
from mailcheck.domain_audit.declaration import Declaration
from mailcheck.domain_audit.judging import rules
from mailcheck.domain_audit.run import audit_domains
from mailcheck.model.report import Report
from mailcheck.model.selection import Selection
from worlds import FIXTURES, changed, clean

PATH = FIXTURES / "truth_table.json"
TABLE: dict[str, Any] = json.loads(PATH.read_text())
FAULTS = ("SERVFAIL", "REFUSED", "TIMEOUT", "MALFORMED", "TRUNCATED", "OUTSIDE-ZONES")
OUTCOMES = ("NOERROR", "NODATA", "NXDOMAIN", *FAULTS)
RULES = {rule.code: rule for rule in rules(Selection.of(("ALL",)))}
PAIRS = [(code, question) for code, entry in TABLE["rules"].items() for question in entry["reads"]]


def test_every_rule_is_in_the_table() -> None:
    assert set(TABLE["rules"]) == set(RULES)
    # Whether the domain exists is settled by its TXT or its MX answer alone, so no single fault matters.
    assert [code for code, entry in TABLE["rules"].items() if not entry["reads"]] == ["DNS001"]


@cache
def audit(question: str, outcome: str, lines: tuple[str, ...] = ()) -> Report:
    """Audit the table's world with one question ending in one way."""
    subject, answers, _ = changed(clean(), (*TABLE["world"], *lines))
    name, type_ = question.split()
    entry = answers.get(name)
    if outcome == "NXDOMAIN":
        answers[name] = "NXDOMAIN"
    elif outcome == "NODATA":
        # A name with another type only.
        answers[name] = {key: value for key, value in (entry or {}).items() if key != type_} or {"TYPE65280": []}
    elif outcome in FAULTS:
        answers[name] = {**(entry if isinstance(entry, dict) else {}), type_: outcome}

    async def run() -> Report:
        declared = {subject: Declaration(bounce_domains=(f"bounce.{subject}",))}
        return await audit_domains(
            [subject], Run(StaticResolver(answers)), version="0", declared=declared, selectors=["s1"]
        )

    return asyncio.run(run())


def state(report: Report, code: str) -> str:
    """What a rule said."""
    subject = report.subjects[0]
    for word, items in (("finding", subject.findings), ("unknown", subject.unknown), ("passed", subject.passed)):
        if any(each.code == code for each in items):
            return word
    return "not listed"


def measured(code: str, question: str) -> dict[str, str]:
    """Outcome -> "state, exit code"."""
    cells = {}
    for outcome in OUTCOMES:
        report = audit(question, outcome)
        cells[outcome] = f"{state(report, code)}, exit {report.exit_code()}"
    return cells


def test_the_world_itself_is_clean() -> None:
    report = audit("example.com TXT", "NOERROR")
    assert [finding.name for finding in report.subjects[0].findings] == []
    assert report.exit_code() == 0


@pytest.mark.parametrize(("code", "question"), PAIRS, ids=lambda value: value.replace(" ", "/"))
def test_table(code: str, question: str) -> None:
    cells = measured(code, question)
    if os.environ.get("MAILCHECK_UPDATE_SNAPSHOTS") == "1":
        TABLE["rules"][code]["reads"][question] = cells
        lines = [f'  "{key}": {json.dumps(entry)}' for key, entry in TABLE["rules"].items()]
        head = {key: value for key, value in TABLE.items() if key != "rules"}
        text = json.dumps(head, indent=1)[:-2] + ',\n "rules": {\n' + ",\n".join(lines) + "\n }\n}\n"
        PATH.write_text(text)
    assert cells == TABLE["rules"][code]["reads"][question]


@pytest.mark.parametrize(("code", "question"), PAIRS, ids=lambda value: value.replace(" ", "/"))
def test_a_fault_is_unknown_and_nothing_else(code: str, question: str) -> None:
    """Unknown is not absent, and absent is not pass."""
    for outcome in FAULTS:
        report = audit(question, outcome)
        assert state(report, code) == "unknown", outcome
        assert report.exit_code() == 3, outcome


@pytest.mark.parametrize("question", sorted({question for _, question in PAIRS}))
def test_a_fault_makes_no_finding(question: str) -> None:
    """In a clean world, a question that fails is never the reason for a finding."""
    for outcome in FAULTS:
        names = [finding.name for finding in audit(question, outcome).subjects[0].findings]
        assert names == [], outcome


def test_with_nothing_answered_nothing_passes() -> None:
    """A dead name server: no rule passes, none finds, the exit code is 3."""

    class Dead(StaticResolver):
        async def ask(self, name: str, type: str) -> Any:
            from mailcheck.dns.port import unknown

            return unknown(name, type, "timeout")

    async def run() -> Report:
        return await audit_domains(["example.com"], Run(Dead({})), version="0")

    report = asyncio.run(run())
    assert [each.name for each in report.subjects[0].passed] == []
    assert [each.name for each in report.subjects[0].findings] == []
    assert report.exit_code() == 3
