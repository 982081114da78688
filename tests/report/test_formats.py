"""What each of the plainer formats promises its reader."""

import csv
import io
import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from mailcheck.model.finding import Finding
from mailcheck.model.location import DnsLocation, FileLocation
from mailcheck.model.report import Report, SubjectReport
from mailcheck.model.severity import Severity
from mailcheck.report import FORMATS, RenderOptions, render
from mailcheck.report.markdown_ import MAX, prose
from report.markdown_reading import outside_code
from report.sample import BROKEN, DOMAIN, FINDINGS, LOOKUPS, PREVIEW, REPORT, SHOP, UNKNOWN, finding

PLACE = DnsLocation(DOMAIN, "TXT", None, "v=spf1 -all")


def many(count: int, severity: Severity = Severity.ERROR) -> tuple[Finding, ...]:
    return tuple(finding("SPF901", "spf-x", severity, f"finding number {number}", PLACE) for number in range(count))


def report_with(*findings: Finding) -> Report:
    return Report("audit", "0.1.0", (SubjectReport(DOMAIN, "fail", findings),))


def write(format_name: str, report: Report = REPORT) -> str:
    return render(format_name, report, RenderOptions())


def test_concise_is_one_line_a_result_and_a_summary() -> None:
    lines = write("concise").splitlines()
    assert len(lines) == len(FINDINGS) + len(UNKNOWN) + 1
    assert lines[0] == (
        "shop.example TXT:8: SPF901 spf-lookup-limit [*] error: "
        "the record costs 12 DNS look-ups; receivers stop at 10 and answer permerror"
    )
    assert "shop.example: TLS901 dnssec-chain unknown: this resolver does not validate" in lines
    assert lines[-1].startswith("mailcheck audit: fail; 2 errors, 2 warnings, 2 info, 5 passed, 10 not determined")


def test_concise_marks_only_what_a_safe_fix_exists_for() -> None:
    marked = {line.split(": ")[1].split()[0] for line in write("concise").splitlines() if "[*]" in line}
    assert marked == {"SPF901", "SPF902", "LNK901"}


@pytest.mark.parametrize(("count", "shown"), [(8, 8), (9, 9), (10, 9), (11, 9), (500, 9)])
@pytest.mark.parametrize("severity", list(Severity))
def test_github_writes_at_most_nine_annotations_of_a_kind(severity: Severity, count: int, shown: int) -> None:
    lines = write("github", report_with(*many(count, severity))).splitlines()
    commands = [line for line in lines if line.startswith("::")]
    assert len(commands) == shown
    if count > 9:
        assert f"::{count - 8} more " in commands[-1]
    told = sum("finding number" in line for line in lines)
    assert told == count, "what is no annotation stands in the log"


def test_github_says_where_the_others_are() -> None:
    def at(path: str, count: int) -> list[Finding]:
        place = FileLocation(path, 1, 1, 1, 2, 0, 1)
        return [replace(each, location=place) for each in many(count)]

    files = [finding for number in range(8) for finding in at(f"mail/{number}.html", number + 1)]
    lines = write("github", report_with(*at("first,one.html", 8), *files)).splitlines()
    (told,) = [line for line in lines if "title=mailcheck::" in line]
    assert told == (
        "::error title=mailcheck::36 more errors: 8 in mail/7.html, 7 in mail/6.html, 6 in mail/5.html, "
        "5 in mail/4.html, 4 in mail/3.html, the rest in 3 other files; all stand in the log"
    )
    text = render("github", report_with(*many(10)), RenderOptions(elsewhere=True))
    assert "2 more errors: 2 in shop.example; all stand in the step summary and the log" in text


def test_markdown_may_be_given_another_room() -> None:
    report = report_with(*(replace(LOOKUPS, message=f"日本 {number}") for number in range(2000)))
    for room in (3_000, 100_000, 1_048_576):
        text = render("markdown", report, RenderOptions(room=room))
        assert room - 10_000 < len(text.encode()) <= room or "Cut here" not in text
        outside_code(text)


def test_github_puts_the_worst_first_and_names_a_file_only_for_files() -> None:
    lines = write("github").splitlines()
    kinds = [line.split(" ")[0] for line in lines if line.startswith("::")]
    assert kinds == sorted(kinds, key=["::error", "::warning", "::notice"].index)
    assert [line.split("title=")[1].split("::")[0] for line in lines if "file=" in line] == [
        "LNK901 insecure-link",
        "IGN901 accept-unused-thing",
    ]
    assert any("file=templates/welcome.html,line=12,endLine=12,col=23,endColumn=45,title=" in line for line in lines)


def test_gitlab_issues_have_the_keys_of_code_quality() -> None:
    issues: list[dict[str, Any]] = json.loads(write("gitlab"))
    assert len(issues) == len(FINDINGS) + len(UNKNOWN)
    assert {tuple(issue) for issue in issues} == {("check_name", "description", "severity", "fingerprint", "location")}
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert {issue["severity"] for issue in issues} == {"major", "minor", "info"}
    places = {issue["check_name"]: issue["location"] for issue in issues}
    assert places["LNK901"] == {"path": "templates/welcome.html", "lines": {"begin": 12}}
    assert places["SPF901"] == {"path": "dns/shop.example", "lines": {"begin": 1}}


def outcomes(report: Report) -> dict[str, str]:
    root = ElementTree.fromstring(write("junit", report))
    return {case.get("name", "").split()[0]: case[0].tag if len(case) else "passed" for case in root.iter("testcase")}


def test_junit_has_a_test_case_for_every_judged_rule() -> None:
    shop = replace(REPORT, subjects=(SHOP,))
    found = outcomes(shop)
    assert found == {
        **{each.code: "skipped" for each in UNKNOWN},
        **{each.code: "passed" for each in SHOP.passed},
        **{each.code: "system-out" for each in (*FINDINGS, *SHOP.ignored)},
        "SPF901": "failure",
    }
    suite = ElementTree.fromstring(write("junit", shop))[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (
        "18",
        "1",
        "0",
        "8",
    )


def test_junit_fails_what_reaches_fail_on_but_never_a_preview() -> None:
    strict = replace(REPORT, subjects=(SHOP,), fail_on=Severity.INFO)
    assert {code for code, tag in outcomes(strict).items() if tag == "failure"} == {
        each.code for each in FINDINGS if each is not PREVIEW
    }


def test_junit_tells_a_fault_of_mailcheck_as_an_error() -> None:
    assert outcomes(BROKEN) == {"RUN001": "error"}


def test_junit_keeps_a_finding_beside_what_is_unknown_of_the_same_rule() -> None:
    subject = SubjectReport(
        DOMAIN, "fail", (LOOKUPS,), (), (replace(UNKNOWN[0], code="SPF901", name="spf-lookup-limit"),)
    )
    (case,) = ElementTree.fromstring(write("junit", Report("audit", "0.1.0", (subject,)))).iter("testcase")
    assert [each.tag for each in case] == ["failure", "system-out"]
    assert "not determined: _mta-sts.shop.example TXT" in (case[1].text or "")


@pytest.mark.parametrize("count", [10, 300, 2000])
def test_markdown_stays_below_the_limit_and_counts_what_is_cut(count: int) -> None:
    text = write("markdown", report_with(*(replace(LOOKUPS, message=f"{number}") for number in range(count))))
    shown = text.count("\n- **error**")
    assert len(text) <= MAX
    assert (shown == count) == ("Cut here" not in text)
    assert shown == count or f"**Cut here:** {count - shown:,} more findings." in text
    outside_code(text)


def test_markdown_leaves_out_a_fix_that_is_longer_than_a_comment() -> None:
    fix = replace(LOOKUPS.fixes[0], changes=(replace(LOOKUPS.fixes[0].changes[0], data=("x" * 70_000,)),))
    text = write("markdown", report_with(replace(LOOKUPS, fixes=(fix,)), *many(3)))
    assert "The fix is too long for a comment." in text
    assert text.count("\n- **error**") == 4


def test_markdown_shows_failing_subjects_first() -> None:
    text = write("markdown", replace(REPORT, subjects=REPORT.subjects[::-1]))
    assert text.index("### `shop.example`: fail") < text.index("### `fine.example`: pass")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("the record costs 12 look-ups (10 are allowed).", "the record costs 12 look-ups (10 are allowed)."),
        ("include:_spf.example.com is void", "`include:_spf.example.com` is void"),
        ("take out `ptr` and `a mx`.", "take out `ptr` and `a mx`."),
        ("ask @someone, or see #12", "ask `@someone`, or see `#12`"),
        ("<b>x</b>", "`<b>x</b>`"),
        ("a ` b", "a `` ` `` b"),
        ("- x - y", "`-` x - y"),
        ("1. x", "`1.` x"),
        ("", "(empty)"),
    ],
)
def test_markdown_prose_keeps_words_and_codes_the_rest(sentence: str, expected: str) -> None:
    assert prose(sentence) == expected


def test_csv_has_a_row_for_every_finding_unknown_and_clean_subject() -> None:
    rows = list(csv.DictReader(io.StringIO(write("csv"))))
    assert ",".join(rows[0]) == "subject,verdict,code,name,severity,message,location,fix,fingerprint"
    assert [row["severity"] for row in rows].count("unknown") == len(UNKNOWN)
    assert rows[-1]["subject"] == "fine.example"
    assert (rows[-1]["verdict"], rows[-1]["code"]) == ("pass", "")
    assert rows[0]["fix"].endswith('shop.example. 3600 IN TXT "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.7 ?all"')


@pytest.mark.parametrize("format_name", FORMATS)
def test_twenty_thousand_findings_are_written(format_name: str) -> None:
    text = write(format_name, report_with(*many(20_000)))
    if format_name != "markdown":
        assert text.count("finding number 19999") >= 1
        assert text.count("finding number") >= 20_000
