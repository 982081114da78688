"""Reports about real messages: every example of every rule through the published schema and every writer."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from mailcheck.model.report import Report
from mailcheck.model.rule import Rule
from mailcheck.model.selection import Selection
from mailcheck.report import FORMATS, render
from mailcheck.report.options import RenderOptions
from mailcheck.verify_message.judging import rules
from verify_message.scenario import scenario

SCHEMA = Path(__file__).parent.parent.parent / "src" / "mailcheck" / "data" / "report.schema.json"
VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
RULES = rules(Selection.of(("ALL",)))
REPORTS = {
    rule.code: Report("verify", "0.1.0", (scenario(rule.doc.bad).report(Selection.of(("ALL",))),)) for rule in RULES
}


@pytest.mark.parametrize("code", REPORTS)
def test_it_is_as_the_schema_says(code: str) -> None:
    VALIDATOR.validate(json.loads(render("json", REPORTS[code], RenderOptions())))


@pytest.mark.parametrize("code", REPORTS)
@pytest.mark.parametrize("form", FORMATS)
def test_every_writer_takes_it(code: str, form: str) -> None:
    text = render(form, REPORTS[code], RenderOptions(verbose=True))
    assert code in text or form == "csv" or code in {each.code for each in REPORTS[code].subjects[0].unknown}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_same_message_gives_the_same_report(rule: Rule) -> None:
    """Byte for byte: nothing in it depends on the clock or on chance."""
    again = Report("verify", "0.1.0", (scenario(rule.doc.bad).report(Selection.of(("ALL",))),))
    assert render("json", again, RenderOptions()) == render("json", REPORTS[rule.code], RenderOptions())


def test_findings_tell_what_happens_and_what_to_do() -> None:
    for code, report in REPORTS.items():
        for finding in report.subjects[0].findings:
            assert len(finding.message) < 900, code
            if finding.code not in {"AUTH038", "AUTH041", "AUTH042", "AUTH002", "AUTH003", "AUTH005"}:
                assert finding.fixes, finding.code
