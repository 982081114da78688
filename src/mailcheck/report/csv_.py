"""A table for spreadsheets: one row a finding or undetermined rule, and one for a subject without any."""

import csv
import io

from mailcheck.model.finding import Finding
from mailcheck.model.pattern import regex
from mailcheck.model.report import Report, SubjectReport
from mailcheck.report.options import RenderOptions
from mailcheck.report.place import where
from mailcheck.report.remedy import label, lines
from mailcheck.report.sections import in_reading_order
from mailcheck.report.text import LIMIT, printable

HEADER = ("subject", "verdict", "code", "name", "severity", "message", "location", "fix", "fingerprint")

# A cell that begins so is a formula to a spreadsheet (tab and CR are written out before). Where the semicolon
# separates cells, what stands behind one begins a cell too, whatever the quotes.
_FORMULA = regex(r"(^|;)(\s*)(?=[=+\-@＝＋－＠])")


def cell(text: str) -> str:
    """The escaper: printable, and never a formula."""
    return _FORMULA.sub(r"\1\2'", printable(text))


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001  every writer has this form
    """RFC 4180 with every cell quoted; lines end in LF."""
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(HEADER)
    for subject in report.subjects:
        writer.writerows([cell(text) for text in row] for row in _rows(report.command, subject))
    return stream.getvalue()


def _rows(command: str, subject: SubjectReport) -> list[tuple[str, ...]]:
    above = (subject.subject, subject.verdict)
    rows = [(*above, *_finding(each)) for each in in_reading_order(command, subject.findings)]
    rows += [
        (*above, each.code, each.name, "unknown", printable(each.reason, limit=LIMIT), "", "", "")
        for each in subject.unknown
    ]
    return rows or [(*above, "", "", "", "", "", "", "")]


def _finding(finding: Finding) -> tuple[str, ...]:
    message = printable(finding.message, limit=LIMIT)
    place = where(finding.location)
    return (finding.code, finding.name, str(finding.severity), message, place, _fix(finding), finding.fingerprint)


def _fix(finding: Finding) -> str:
    if not finding.fixes:
        return ""
    best = next((fix for fix in finding.fixes if fix.safe), finding.fixes[0])
    return " | ".join([f"{label(best)}: {best.title}", *(text for _, text in lines(best))])
