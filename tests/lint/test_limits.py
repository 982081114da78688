"""What is beyond a limit is not read, and that is told (RUN003); what was not read is never said to be missing."""

import pytest

from mailcheck.lint.dialects import read
from mailcheck.lint.dialects.reading import MAX_MARKS
from mailcheck.lint.html import MAX_TOKENS
from mailcheck.lint.options import LintOptions
from mailcheck.lint.run import MOST, lint_source
from mailcheck.model.report import Report
from mailcheck.model.selection import Selection

OPTIONS = LintOptions(Selection.of(("ALL",)))


def told(report: Report, code: str) -> list[str]:
    return [finding.message for subject in report.subjects for finding in subject.findings if finding.code == code]


def test_a_rule_tells_so_many_findings_and_that_there_are_more() -> None:
    report = lint_source('<img src="https://img.shop-nord.de/a.png" width="20">\n' * (MOST + 1), "x.html", OPTIONS)
    assert len(told(report, "IMG001")) == MOST
    assert told(report, "RUN003") == [f"only the first {MOST:,} findings of IMG001 are told"]


def test_the_last_finding_that_fits_is_no_limit() -> None:
    report = lint_source('<img src="https://img.shop-nord.de/a.png" width="20">\n' * MOST, "x.html", OPTIONS)
    assert len(told(report, "IMG001")) == MOST
    assert told(report, "RUN003") == []


@pytest.mark.parametrize("inside", ["<p>x</p>", "{% if a %}<p>x</p>{% else %}<b>y</b>{% endif %}"])
def test_markup_beyond_the_limit_is_told_and_nothing_is_said_to_be_missing(inside: str) -> None:
    text = f"<html><head></head><body><table>{inside * (MAX_TOKENS // 2)}</table></body></html>"
    report = lint_source(text[: 5 * 1024 * 1024], "x.html.j2", OPTIONS)
    assert any("tags, texts and comments" in message for message in told(report, "RUN003"))
    for code in ("HTM001", "HTM004", "HTM005", "ACC002", "PRE001", "RUN001"):
        assert told(report, code) == []


@pytest.mark.parametrize(
    ("dialect", "mark"),
    [
        ("smarty", "{include "),
        ("smarty", "{a;"),
        ("blade", "@include("),
        ("blade", "@if ("),
        ("blade", "@media "),
        ("handlebars", "<style>" + "{{{" * 1000),
        ("mustache", "<style>" + "{{{" * 1000),
    ],
)
def test_marks_without_end_are_given_up_and_that_is_told(dialect: str, mark: str) -> None:
    """No budget of time: the scan counts what it looks at, and says where it stopped."""
    template = read(mark * (5_000_000 // len(mark)), dialect)
    limits = [fault for fault in template.faults if fault.key == "limit"]
    assert len(limits) == 1
    assert limits[0].start < 5_000_000


@pytest.mark.parametrize(("dialect", "tag"), [("smarty", "{$a}"), ("blade", "@include('a')"), ("handlebars", "{{a}}")])
def test_many_tags_that_end_are_no_limit(dialect: str, tag: str) -> None:
    count = min(MAX_MARKS // 8, 40_000)
    template = read(f"{tag} <p>{{ css }}</p>\n" * count, dialect)
    assert [fault for fault in template.faults if fault.key == "limit"] == []
    assert len(template.tags) >= count
