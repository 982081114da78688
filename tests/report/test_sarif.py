"""SARIF against the standard's own schema, and what code scanning needs beyond it."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from mailcheck.model import registry
from mailcheck.model.location import DnsLocation, FileLocation
from mailcheck.model.report import Report, SubjectReport
from mailcheck.model.severity import Severity
from mailcheck.report import RenderOptions, render
from mailcheck.report.sarif_ import text, uri
from report.hostile import NASTY, report_of
from report.sample import ACCEPTED, BROKEN, FINDINGS, LINK, LOOKUPS, REPORT, UNKNOWN, finding

FIXTURES = Path(__file__).parents[2] / "fixtures" / "report"
VALIDATOR = Draft4Validator(json.loads((FIXTURES / "sarif-2.1.0-rtm.5.schema.json").read_text("utf-8")))


def run_of(report: Report) -> dict[str, Any]:
    log = json.loads(render("sarif", report, RenderOptions()))
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    return run


def result_of(name: str) -> dict[str, Any]:
    return next(each for each in run_of(REPORT)["results"] if each["ruleId"] == name)


@pytest.mark.parametrize("report", [REPORT, BROKEN, Report("audit", "0.1.0", ())], ids=["shop", "broken", "empty"])
def test_the_log_is_as_the_standard_says_and_has_one_run(report: Report) -> None:
    assert run_of(report)["invocations"][0]["executionSuccessful"] is True


@pytest.mark.parametrize("hostile", NASTY, ids=lambda each: ascii(each)[:40])
def test_hostile_texts_keep_the_log_valid(hostile: str) -> None:
    assert len(run_of(report_of(hostile))["results"]) == 28


def test_every_result_points_to_its_rule() -> None:
    run = run_of(REPORT)
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [each["ruleId"] for each in run["results"]]
    for rule in rules:
        assert rule["helpUri"].endswith(rule["id"])
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]


def test_levels_and_fingerprints_are_those_of_the_findings() -> None:
    levels = {each["partialFingerprints"]["mailcheck/v1"]: each["level"] for each in run_of(REPORT)["results"]}
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    assert levels == {each.fingerprint: words[each.severity] for each in (*FINDINGS, ACCEPTED) if each.severity}


def test_a_domain_is_an_artifact_of_its_own_and_matched_by_our_fingerprint() -> None:
    result = result_of("SPF901")
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "dns/shop.example"
    region = location["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (1, 8, 33)
    assert region["snippet"]["text"] == "include:_spf.mail.example"
    assert location["logicalLocations"][0]["name"] == "shop.example"
    assert result["partialFingerprints"]["primaryLocationLineHash"] == LOOKUPS.fingerprint
    assert result["relatedLocations"][0]["message"]["text"] == "this include alone costs 9"


def test_only_text_edits_become_fixes() -> None:
    with_fixes = [each["ruleId"] for each in run_of(REPORT)["results"] if "fixes" in each]
    assert with_fixes == ["LNK901"]
    change = result_of("LNK901")["fixes"][0]["artifactChanges"][0]
    assert change["artifactLocation"]["uri"] == "templates/welcome.html"
    assert change["replacements"][0] == {
        "deletedRegion": {"charOffset": 363, "charLength": 4},
        "insertedContent": {"text": "https"},
    }
    assert "primaryLocationLineHash" not in result_of("LNK901")["partialFingerprints"]
    assert isinstance(LINK.location, FileLocation)
    region = result_of("LNK901")["locations"][0]["physicalLocation"]["region"]
    assert region["startColumn"] == LINK.location.column


def test_what_is_ignored_is_a_suppressed_result() -> None:
    suppressed = [each["ruleId"] for each in run_of(REPORT)["results"] if each.get("suppressions")]
    assert suppressed == ["MX902"]


def test_what_could_not_be_determined_is_a_notification_and_never_a_result() -> None:
    run = run_of(REPORT)
    told = run["invocations"][0]["toolExecutionNotifications"]
    assert [each["associatedRule"]["id"] for each in told] == [each.code for each in UNKNOWN]
    assert all(each.reason in told[number]["message"]["text"] for number, each in enumerate(UNKNOWN))
    assert "TLS901" not in {each["ruleId"] for each in run["results"]}


def test_a_run_that_was_ended_early_says_so() -> None:
    told = run_of(BROKEN)["invocations"][0]["toolExecutionNotifications"]
    assert "Incomplete" in told[-1]["message"]["text"]


def test_a_registered_rule_is_described_by_its_documentation() -> None:
    entry = registry.entries()[0]
    place = DnsLocation("shop.example", "TXT")
    subject = SubjectReport("shop.example", "fail", (finding(entry.code, entry.name, Severity.INFO, "x", place),))
    (rule,) = run_of(Report("audit", "0.1.0", (subject,)))["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == text(entry.summary)
    assert rule["fullDescription"]["text"] == text(registry.load(entry).doc.why)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("templates/a b.html", "templates/a%20b.html"),
        ("/tmp/x.html", "file:///tmp/x.html"),
        ("C:\\mail\\x.html", "file:///C%3A/mail/x.html"),
        ("a\\b.html", "a%5Cb.html"),
        ("a:b.html", "a%3Ab.html"),
        ("gr\u00fc\u00df.html", "gr%C3%BC%C3%9F.html"),
        ("raw\udcff.html", "raw%FF.html"),
        ("../x?y#z", "../x%3Fy%23z"),
        ("\ud800", "%3F"),
    ],
)
def test_paths_become_uri_references(path: str, expected: str) -> None:
    assert uri(path) == expected


def test_a_link_in_a_message_is_not_a_link() -> None:
    assert text("see [here](http://evil.example)") == "see \\[here\\](http://evil.example)"
    assert text("ip6 [::1] stays") == "ip6 [::1] stays"
