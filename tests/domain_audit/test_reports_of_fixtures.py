"""Real audits through every writer: the JSON is that of the published schema, and no format chokes on a record."""

import csv
import io
import json
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

import mailcheck
from mailcheck.dns.zones import ZoneResolver
from mailcheck.model.report import Report
from mailcheck.report import FORMATS, RenderOptions, render
from published import ZONES, audit_now, cases

SCHEMA = Path(mailcheck.__file__).parent / "data" / "report.schema.json"


@cache
def report() -> Report:
    """One report of all fixture domains."""
    return Report("audit", "0", tuple(audit_now(cases(), ZoneResolver.from_path(ZONES))))


def test_json_is_that_of_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    found = json.loads(render("json", report(), RenderOptions()))
    assert [error.message for error in validator.iter_errors(found)] == []
    assert len(found["subjects"]) == len(cases())


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_every_error(name: str) -> None:
    text = render(name, report(), RenderOptions(verbose=True))
    assert "\x1b" not in text
    told = {each.code for subject in report().subjects for each in subject.findings}
    if name == "junit":
        text = " ".join(element.get("name", "") for element in ElementTree.fromstring(text).iter("testcase"))
    if name == "csv":
        text = " ".join(row["code"] for row in csv.DictReader(io.StringIO(text)))
    # GitHub takes nine annotations of a kind, Markdown 65,536 characters: there the worst come first.
    missing = {code for code in told if code not in text}
    assert missing == set() or name in {"github", "markdown"}
    assert any(code in text for code in told)
