"""GitHub Actions workflow commands: annotations at the line, or at the run for what has none."""

from collections import Counter

from mailcheck.model.finding import Finding
from mailcheck.model.location import ConfigLocation, FileLocation, MessageLocation
from mailcheck.model.report import Report, SubjectReport
from mailcheck.report.causes import Cause, asked, causes, listed
from mailcheck.report.concise_ import finding_line, line
from mailcheck.report.options import RenderOptions
from mailcheck.report.place import where
from mailcheck.report.remedy import label
from mailcheck.report.sections import in_reading_order
from mailcheck.report.summary import outcome
from mailcheck.report.text import LIMIT, plural, printable

SHOWN = 9
"""Annotations of one kind. GitHub shows ten a step, and the runner's own "Process completed with exit code" is one."""
MAX_FILES = 5
"""Files that the last annotation names."""
_KINDS = {"error": "error", "warning": "warning", "info": "notice"}
_Told = tuple[str, str, str]
"""One finding as a command, as a line of the log, and the file or subject that it is in."""


def data(text: str) -> str:
    """The escaper of a command's message (actions/toolkit, command.ts escapeData); lines are joined by `%0A`."""
    return printable(text).replace("%", "%25")


def value(text: str) -> str:
    """The escaper of a command's property."""
    return data(text).replace(":", "%3A").replace(",", "%2C")


def render(report: Report, options: RenderOptions) -> str:
    """Worst first; what has no room as an annotation stands in the log as a plain line.

    Where there are more than fit, the last annotation says how many more there are, and where.
    """
    kinds: dict[str, list[_Told]] = {kind: [] for kind in _KINDS.values()}
    findings = [
        finding for subject in report.subjects for finding in in_reading_order(report.command, subject.findings)
    ]
    for finding in findings:
        kinds[_KINDS[str(finding.severity)]].append((_finding(finding), finding_line(finding), _file(finding)))
    for subject in report.subjects:
        for cause in causes(subject.unknown):
            command, plain = _unknown(subject, cause)
            kinds["warning" if cause.blocking else "notice"].append((command, plain, subject.subject))
    lines: list[str] = []
    plain_lines: list[str] = []
    for kind, found in kinds.items():
        shown = found if len(found) <= SHOWN else found[: SHOWN - 1]
        rest = found[len(shown) :]
        lines += [f"::{kind} {command}" for command, _, _ in shown]
        if rest:
            lines.append(f"::{kind} {_command('mailcheck', '', _more(kind, rest, elsewhere=options.elsewhere))}")
        plain_lines += [plain for _, plain, _ in rest]
    return "".join(f"{each}\n" for each in [*lines, *plain_lines, line(outcome(report))])


def _file(finding: Finding) -> str:
    match finding.location:
        case FileLocation(path=path) | ConfigLocation(path=path):
            return path
    return finding.subject


def _more(kind: str, rest: list[_Told], *, elsewhere: bool) -> str:
    """How many more of a kind there are, and in which files most of them stand."""
    places = Counter(place for _, _, place in rest)
    named = [f"{count:,} in {printable(place, limit=100)}" for place, count in places.most_common(MAX_FILES)]
    left = len(places) - len(named)
    others = [f"the rest in {plural(left, 'other file')}"] if left else []
    listed_in = "the step summary and the log" if elsewhere else "the log"
    return f"{plural(len(rest), f'more {kind}')}: {', '.join([*named, *others])}; all stand in {listed_in}"


def _command(title: str, place: str, *paragraphs: str) -> str:
    return f"{place}title={value(title)}::{'%0A'.join(data(each) for each in paragraphs)}"


def _finding(finding: Finding) -> str:
    preview = " (preview)" if finding.preview else ""
    title = f"{finding.code} {finding.name}{preview}"
    message = printable(finding.message, limit=LIMIT)
    fixes = [f"{label(fix)}: {printable(fix.title, limit=LIMIT)}" for fix in finding.fixes]
    match finding.location:
        case FileLocation() as at:
            # GitHub takes columns only where the range lies in one line.
            columns = f"col={at.column},endColumn={at.end_column}," if at.line == at.end_line else ""
            place = f"file={value(at.path)},line={at.line},endLine={at.end_line},{columns}"
            return _command(title, place, message, *fixes)
        case ConfigLocation(path=path, line=at_line, key=key):
            place = f"file={value(path)},line={at_line or 1},"
            return _command(title, place, f"{key}: {message}", *fixes)
        case MessageLocation(path=str(path), line=line_number, field=field):
            place = f"file={value(path)},line={line_number},"
            return _command(title, place, f"{field}: {message}" if field else message, *fixes)
        case location:
            return _command(title, "", f"{where(location)}: {message}", *fixes)


def _unknown(subject: SubjectReport, cause: Cause) -> tuple[str, str]:
    why = printable(cause.text, limit=LIMIT)
    rules = f"not determined: {listed(cause.rules, 5)}"
    questions = [f"asked: {asked(cause, 5)}"] if cause.questions else []
    title = f"{subject.subject}: not determined"
    return _command(title, "", why, *questions, rules), line(f"{subject.subject}: {rules}: {why}")
