"""JUnit XML: every judged rule is a test case, so that a CI page shows what passed too."""

from collections.abc import Iterable

from mailcheck.model.finding import Finding
from mailcheck.model.report import Report, SubjectReport
from mailcheck.model.value import dataclass, field
from mailcheck.report.options import RenderOptions
from mailcheck.report.place import where
from mailcheck.report.remedy import label, lines
from mailcheck.report.sections import family_order
from mailcheck.report.text import LIMIT, line_start, printable

_BROKEN = frozenset({"RUN001", "RUN002"})
"""mailcheck itself failed, or could not read an input: JUnit's error, not its failure."""
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"})


def xml(text: str) -> str:
    """The escaper, for text and attributes. ASCII, so that the encoding of a terminal or file cannot break it."""
    return printable(text).translate(_MARKUP).encode("ascii", "xmlcharrefreplace").decode("ascii")


@dataclass(slots=True)
class _Case:
    code: str
    name: str
    failing: list[Finding] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        if self.failing:
            return "error" if self.code in _BROKEN else "failure"
        return "skipped" if self.unknown else "passed"


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001  every writer has this form
    """One suite a subject. No times and no dates: the same input gives the same file."""
    suites = [(subject, list(_cases(subject, report))) for subject in report.subjects]
    counts = _counts(case for _, cases in suites for case in cases)
    out = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="mailcheck {xml(report.command)}" {counts}>']
    for subject, cases in suites:
        out.append(f' <testsuite name="{xml(subject.subject)}" {_counts(cases)}>')
        for case in cases:
            out += _testcase(case, subject.subject)
        out.append(" </testsuite>")
    return "".join(f"{line}\n" for line in [*out, "</testsuites>"])


def _counts(cases: Iterable[_Case]) -> str:
    outcomes = [case.outcome for case in cases]
    words = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    return f'tests="{len(outcomes)}" ' + " ".join(f'{key}="{outcomes.count(word)}"' for key, word in words.items())


def _cases(subject: SubjectReport, report: Report) -> Iterable[_Case]:
    cases: dict[str, _Case] = {}
    for passed in subject.passed:
        cases[passed.code] = _Case(passed.code, passed.name)
    for finding in subject.findings:
        case = cases.setdefault(finding.code, _Case(finding.code, finding.name))
        fails = finding.severity is not None and finding.severity.reaches(report.fail_on) and not finding.preview
        if fails or finding.code in _BROKEN:
            case.failing.append(finding)
        else:
            case.told.append(_text(finding))
    for unknown in subject.unknown:
        case = cases.setdefault(unknown.code, _Case(unknown.code, unknown.name))
        case.unknown.append(printable(unknown.reason, limit=LIMIT))
    for finding in subject.ignored:
        case = cases.setdefault(finding.code, _Case(finding.code, finding.name))
        case.told.append(f"accepted or ignored: {_text(finding)}")
    return sorted(cases.values(), key=lambda case: (family_order(case.code), case.code))


def _testcase(case: _Case, subject: str) -> list[str]:
    head = f'  <testcase classname="{xml(subject)}" name="{xml(f"{case.code} {case.name}")}"'
    body: list[str] = []
    told = list(case.told)
    if case.failing:
        first = case.failing[0]
        message = xml(printable(first.message, limit=LIMIT))
        text = "\n".join(xml(line) for each in case.failing for line in _text(each).split("\n"))
        body.append(f'   <{case.outcome} type="{xml(str(first.severity))}" message="{message}">{text}</{case.outcome}>')
        told += [f"not determined: {reason}" for reason in case.unknown]
    elif case.unknown:
        body.append(f'   <skipped message="{xml("not determined: " + "; ".join(dict.fromkeys(case.unknown)))}"/>')
    if told:
        text = "\n".join(xml(line) for each in told for line in each.split("\n"))
        body.append(f"   <system-out>{text}</system-out>")
    return [f"{head}>", *body, "  </testcase>"] if body else [f"{head}/>"]


def _text(finding: Finding) -> str:
    """Lines of ours; every line is escaped before it is written."""
    preview = " (preview)" if finding.preview else ""
    parts = [f"{finding.severity}{preview}: {printable(finding.message, limit=LIMIT)}", f"at {where(finding.location)}"]
    for fix in finding.fixes:
        parts += [f"{label(fix)}: {fix.title}", *(text for _, text in lines(fix))]
    if finding.url:
        parts.append(finding.url)
    return "\n".join(line_start(printable(part)) for part in parts)
