"""For people: the verdict first, then what to publish, in the order mail flows."""

import textwrap
from collections import Counter
from itertools import groupby

from mailcheck.model.finding import Finding
from mailcheck.model.fix import DnsChange, Fix, Step, TextEdit, zone_lines, zone_text
from mailcheck.model.location import ConfigLocation, DnsLocation, FileLocation
from mailcheck.model.report import Report, SubjectReport
from mailcheck.model.severity import Severity
from mailcheck.report.options import RenderOptions
from mailcheck.report.sections import FAMILIES, TITLES, by_reading_order, family_of
from mailcheck.report.text import plural, printable, record_text

_SGR = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;34",
    "passed": "32",
    "unknown": "1;35",
    "dim": "2",
    "bold": "1",
}
_ASCII = str.maketrans({"├": "|", "└": "`", "│": "|", "─": "-", "→": ">", "…": ".", "·": "-", "–": "-", "✓": "+"})
_WINDOW = 400
"""Octets of a long record shown around the place of a finding."""


def render(report: Report, options: RenderOptions) -> str:
    """The whole report."""
    page = _Page(options)
    for number, subject in enumerate(report.subjects):
        if number:
            page.line()
        _subject(page, subject)
    if options.statistics:
        _statistics(page, report)
    if len(report.subjects) > 1:
        page.line()
        page.line(_totals(report.summary, page))
    if not report.complete:
        page.line()
        page.line(page.style("unknown", "Incomplete: the run was ended before every question was answered."))
    return page.text()


class _Page:
    def __init__(self, options: RenderOptions) -> None:
        self.options = options
        self.width = max(40, min(options.width, 120))
        self.lines: list[str] = []

    def style(self, name: str, text: str) -> str:
        return f"\x1b[{_SGR[name]}m{text}\x1b[0m" if self.options.color and text else text

    def line(self, text: str = "", indent: int = 0) -> None:
        self.lines.append((" " * indent + text).rstrip() if text else "")

    def wrap(self, text: str, indent: int, first: str = "", style: str | None = None) -> None:
        width = max(20, self.width - indent - len(first))
        pieces = textwrap.wrap(printable(text), width, break_on_hyphens=False) or [""]
        for number, piece in enumerate(pieces):
            lead = first if number == 0 else " " * len(first)
            self.line(lead + (self.style(style, piece) if style else piece), indent)

    def text(self) -> str:
        text = "\n".join(self.lines) + "\n"
        return text if self.options.unicode else text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def _totals(summary: dict[str, int], page: _Page) -> str:
    parts = [
        page.style(word, plural(summary[word], word) if word in {"error", "warning"} else f"{summary[word]} {word}")
        for word in ("error", "warning", "info")
        if summary[word]
    ]
    parts.append(f"{summary['passed']} passed")
    parts += [page.style("unknown", f"{summary['unknown']} not determined")] if summary["unknown"] else []
    parts += [f"{summary['ignored']} accepted or ignored"] if summary["ignored"] else []
    return ", ".join(parts)


_VERDICTS = {
    "fail": ("error", "fail"),
    "unknown": ("unknown", "cannot tell"),
    "pass": ("passed", "pass"),
}


def _subject(page: _Page, subject: SubjectReport) -> None:
    style, word = _VERDICTS[subject.verdict]
    counts = {str(level): subject.count(level) for level in Severity}
    counts |= {
        "passed": len(subject.passed),
        "unknown": len(subject.unknown),
        "ignored": len(subject.ignored),
    }
    name = page.style("bold", printable(subject.subject, limit=260))
    page.line(f"{name}: {page.style(style, word)} · {_totals(counts, page)}")
    findings = sorted(subject.findings, key=by_reading_order)
    for family in FAMILIES:
        _section(page, subject, family, [each for each in findings if family_of(each.code) == family])
    readiness = subject.drawings.get("readiness")
    if readiness and not page.options.quiet:
        page.line()
        page.line(page.style("bold", "Receivers"))
        for text in readiness:
            page.wrap(text, 4, first="")


def _section(page: _Page, subject: SubjectReport, family: str, findings: list[Finding]) -> None:
    passed = [each for each in subject.passed if family_of(each.code) == family]
    unknown = [each for each in subject.unknown if family_of(each.code) == family]
    if page.options.quiet:
        passed = []
    if not findings and not passed and not unknown:
        return
    page.line()
    page.line(page.style("bold", TITLES.get(family, family)))
    for each in findings:
        _finding(page, each)
    for reason, group in groupby(sorted(unknown, key=lambda each: (each.reason, each.code)), lambda each: each.reason):
        rules = list(group)
        names = ", ".join(dict.fromkeys(f"{each.code} {each.name}" for each in rules[:3]))
        more = f" and {len(rules) - 3} more" if len(rules) > 3 else ""
        listed = ", ".join(f"{each.code} {each.name}" for each in rules) if page.options.verbose else f"{names}{more}"
        page.wrap(listed, 2, first="unknown   ", style="unknown")
        page.wrap(reason, 12)
    drawing = () if page.options.quiet else subject.drawings.get(family, ())
    for text in drawing:
        page.line(printable(text), 4)
    if page.options.verbose:
        for rule in passed:
            page.line(f"{page.style('passed', 'passed')}    {rule.code} {rule.name}", 2)
    elif passed:
        page.line(f"{page.style('passed', 'passed')}    {plural(len(passed), 'check')}", 2)


def _finding(page: _Page, finding: Finding) -> None:
    word = str(finding.severity)
    head = f"{page.style(word, f'{word:<9}')} {finding.code} {page.style('bold', finding.name)}"
    page.line(head + (" (preview)" if finding.preview else ""), 2)
    page.wrap(finding.message, 12)
    _place(page, finding)
    for related in finding.related:
        page.wrap(f"see {_where(related.location)}: {related.message}", 12)
    for fix in finding.fixes:
        _fix(page, fix)
    if finding.severity is not Severity.INFO or page.options.verbose:
        page.wrap(finding.why if page.options.verbose else _first_sentence(finding.why), 12, first="Why: ")
    page.line(page.style("dim", f"mailcheck explain {finding.code}"), 12)


def _first_sentence(text: str) -> str:
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]


def _where(location: DnsLocation | FileLocation | ConfigLocation) -> str:
    match location:
        case DnsLocation(name=name, type=type_):
            return f"{record_text(name)} {type_}"
        case FileLocation(path=path, line=line, column=column):
            return f"{printable(path)}:{line}:{column}"
        case ConfigLocation(path=path, key=key, line=line):
            return f"{printable(path)}{f':{line}' if line else ''} {printable(key)}"


def _place(page: _Page, finding: Finding) -> None:
    location = finding.location
    text = location.text if isinstance(location, DnsLocation) else None
    if isinstance(location, FileLocation):
        text = location.source
    page.line(page.style("dim", _where(location)), 12)
    if text is None:
        return
    span: tuple[int, int] | None = None
    if isinstance(location, DnsLocation):
        span = location.span
    elif isinstance(location, FileLocation):
        span = (
            location.column - 1,
            location.end_column - 1 if location.end_line == location.line else len(text),
        )
    _caret(page, text, span, 14)


def _caret(page: _Page, text: str, span: tuple[int, int] | None, indent: int) -> None:
    """The record in lines of the page's width, with carets under the octets of `span`."""
    start, end = span or (0, 0)
    low = 0
    if len(text) > _WINDOW * 2:
        low = max(0, min(start, len(text)) - _WINDOW // 2)
    window = text[low : low + _WINDOW * 2] if low or len(text) > _WINDOW * 2 else text
    cells = [(char if " " <= char <= "~" else f"\\{ord(char) & 0xFF:03d}", low + at) for at, char in enumerate(window)]
    if low:
        page.line(page.style("dim", f"… {low:,} octets before"), indent)
    width = page.width - indent
    row, marks = "", ""

    def flush() -> None:
        page.line(row, indent)
        if "^" in marks:
            page.line(page.style("error", marks.rstrip()), indent)

    for shown, at in cells:
        if len(row) + len(shown) > width:
            cut = row.rfind(" ")
            keep_row, keep_marks = ("", "")
            if cut > width // 2:
                keep_row, keep_marks = row[cut + 1 :], marks[cut + 1 :]
                row, marks = row[:cut], marks[:cut]
            flush()
            row, marks = keep_row, keep_marks
        inside = span is not None and (start <= at < end or (start == end == at))
        row += shown
        marks += ("^" if inside else " ") * len(shown)
    if span is not None and start == end == low + len(window):
        marks += "^"
    flush()
    if low + len(window) < len(text):
        page.line(page.style("dim", f"… {len(text) - low - len(window):,} octets more"), indent)


def _fix(page: _Page, fix: Fix) -> None:
    label = "Publish" if fix.kind == "dns" else "Do"
    page.wrap(fix.title, 12, first=f"{label}: ")
    for change in fix.changes:
        match change:
            case DnsChange():
                if change.old:
                    verb = "instead of" if change.op == "replace" else "delete"
                    for old in change.old:
                        shown = zone_text(old) if change.type == "TXT" else old
                        page.line(
                            page.style("dim", f"{verb} {change.name}. {change.type} {printable(shown, limit=60)}"),
                            14,
                        )
                for zone_line in zone_lines(change):
                    # Never wrapped: it is there to be pasted.
                    page.line(printable(zone_line), 14)
            case Step(text=text):
                page.wrap(text, 14, first="- ")
            case TextEdit(path=path, text=text):
                page.wrap(f"{path}: {text!r}", 14, first="- ")


def _statistics(page: _Page, report: Report) -> None:
    counts = Counter((finding.code, finding.name) for subject in report.subjects for finding in subject.findings)
    page.line()
    page.line(page.style("bold", "Statistics"))
    for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        page.line(f"{count:>5}  {code:<9} {name}", 2)
    if not counts:
        page.line("no findings", 2)
