"""One line a finding, for grep, editors and hooks."""

from mailcheck.model.finding import Finding
from mailcheck.model.report import Report
from mailcheck.report.options import RenderOptions
from mailcheck.report.place import where
from mailcheck.report.sections import in_reading_order
from mailcheck.report.summary import outcome, statistics
from mailcheck.report.text import LIMIT, line_start, printable


def line(text: str) -> str:
    """The escaper: one line, that no log reader takes for a command."""
    return line_start(printable(text).strip())


def finding_line(finding: Finding) -> str:
    """`place: CODE name [*] severity: message`; `[*]` where a fix is safe to apply as it stands."""
    mark = "[*] " if any(fix.safe for fix in finding.fixes) else ""
    preview = " (preview)" if finding.preview else ""
    message = printable(finding.message, limit=LIMIT)
    return line(
        f"{where(finding.location)}: {finding.code} {finding.name} {mark}{finding.severity}{preview}: {message}"
    )


def render(report: Report, options: RenderOptions) -> str:
    """Findings and what could not be determined, then the counts."""
    lines: list[str] = []
    for subject in report.subjects:
        lines += [finding_line(finding) for finding in in_reading_order(report.command, subject.findings)]
        for each in subject.unknown:
            reason = printable(each.reason, limit=LIMIT)
            lines.append(line(f"{subject.subject}: {each.code} {each.name} unknown: {reason}"))
    if options.statistics:
        lines += [line(f"{count:>6,}  {code} {name}") for count, code, name in statistics(report)]
    if not options.quiet:
        lines.append(line(outcome(report)))
    return "".join(f"{each}\n" for each in lines)
