"""For people: the verdict first, then what to publish, in the order mail flows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Protocol, TypeVar

from mailcheck.model.finding import Finding
from mailcheck.model.fix import Fix
from mailcheck.model.location import DnsLocation, FileLocation, Location, MessageLocation
from mailcheck.model.pattern import regex
from mailcheck.model.report import Report, SubjectReport
from mailcheck.model.severity import Severity
from mailcheck.report.causes import asked, causes, listed
from mailcheck.report.excerpt import excerpt
from mailcheck.report.options import RenderOptions
from mailcheck.report.page import TIED, Page
from mailcheck.report.place import where
from mailcheck.report.remedy import label, lines
from mailcheck.report.sections import BY_FILE, FAMILIES, TITLES, by_reading_order, family_of
from mailcheck.report.summary import VERDICTS, statistics, subject_counts, totals
from mailcheck.report.text import LIMIT, plural, printable

_STYLES = {"fail": "error", "unknown": "unknown", "pass": "passed"}
_WORD = 2
"""Column of the words error, warning, info, passed, unknown."""
_TEXT = 12
"""Column of what is said."""
_DRAWING = 4
"""Column of trees and tables, which need the room."""
# Two letters before the point: "Brown v. Old Navy" ends no sentence.
_SENTENCE_END = regex(r"(?<=[a-z0-9)”%\]`A-Z][a-z0-9)”%\]`A-Z][.!?]) +(?=[A-Z“\"])")


def render(report: Report, options: RenderOptions) -> str:
    """The whole report. Colour only repeats what words, place and carets say."""
    page = Page(options)
    by_file = report.command in BY_FILE
    shown = _with_something(report) if by_file and not options.verbose else report.subjects
    explained: set[str] = set()
    for number, subject in enumerate(shown):
        if number:
            page.line()
        if by_file:
            _file(page, subject, explained)
        else:
            _subject(page, subject)
    if options.statistics:
        _statistics(page, report)
    if by_file:
        _files(page, report, shown)
    elif len(report.subjects) > 1:
        page.line()
        _verdict(page, plural(len(report.subjects), "subject"), report.verdict, report.summary)
    if not report.complete:
        page.line()
        page.line("Incomplete: the run was ended before everything was judged.", style="unknown")
    return page.text()


def _verdict(page: Page, name: str, verdict: str, summary: dict[str, int]) -> None:
    counts = totals(summary)
    parts: list[tuple[str | None, str]] = [("bold", f"{name}:"), (_STYLES[verdict], VERDICTS[verdict]), (None, "·")]
    for number, (word, text) in enumerate(counts, 1):
        style = None if word in {"passed", "ignored"} else word
        parts.append((style, f"{text}," if number < len(counts) else text))
    page.flow(parts)


def _subject(page: Page, subject: SubjectReport) -> None:
    name = printable(subject.subject, limit=260)
    _verdict(page, name, subject.verdict, subject_counts(subject))
    found = _by_family(sorted(subject.findings, key=by_reading_order))
    passed = {} if page.options.quiet else _by_family(subject.passed)
    ignored = _by_family(subject.ignored) if page.options.verbose else {}
    unknown = _by_family(subject.unknown)
    families = {*found, *passed, *unknown, *ignored}
    for family in sorted(families, key=lambda each: (FAMILIES.index(each) if each in FAMILIES else 99, each)):
        page.line()
        page.line(TITLES.get(family, family), style="bold")
        drawing = () if page.options.quiet else subject.drawings.get(family, ())
        rest = any(family in each for each in (passed, unknown, ignored)) or drawing
        findings = found.get(family, [])
        for finding, after in zip_longest(findings, findings[1:]):
            _finding(page, finding)
            # What is the same for several findings of one rule is said once, behind the last.
            if after is None or (after.code, after.why) != (finding.code, finding.why):
                _why(page, finding)
            if rest or after is not None:
                page.line()
        for finding in ignored.get(family, ()):
            page.wrap(f"{finding.code} {finding.name} at {where(finding.location)}", _WORD, first=f"{'ignored':<10}")
        _rules(page, "unknown", unknown.get(family, ()))
        for text in drawing:
            (page.branch if _is_branch(text) else page.columns)(text, _DRAWING)
        _rules(page, "passed", passed.get(family, ()))
    _not_determined(page, subject)
    _receivers(page, subject)


def _with_something(report: Report) -> Sequence[SubjectReport]:
    return [subject for subject in report.subjects if subject.findings or subject.unknown]


def _file(page: Page, subject: SubjectReport, explained: set[str]) -> None:
    """A file: its findings in the order of the text, without sections and without what is well.

    Why a rule matters is said at its first finding of the run; `explained` keeps the codes.
    """
    _verdict(page, printable(subject.subject, limit=260), subject.verdict, subject_counts(subject))
    for finding in subject.findings:
        page.line()
        _finding(page, finding)
        if finding.code not in explained:
            explained.add(finding.code)
            _why(page, finding)
    if page.options.verbose:
        page.line()
        for each in subject.ignored:
            page.wrap(f"{each.code} {each.name} at {where(each.location)}", _WORD, first=f"{'ignored':<10}")
        _rules(page, "passed", subject.passed)
    _not_determined(page, subject)


def _files(page: Page, report: Report, shown: Sequence[SubjectReport]) -> None:
    """The last lines: how many files, what was found in all, and what can be repaired by the command."""
    if shown:
        page.line()
    safe = sum(any(fix.safe for fix in finding.fixes) for subject in report.subjects for finding in subject.findings)
    _verdict(page, plural(len(report.subjects), "file"), report.verdict, report.summary)
    if safe and not page.options.quiet:
        page.wrap(f"{plural(safe, 'finding')} can be repaired with --fix; --diff shows the changes.", 0)


class _HasCode(Protocol):
    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_HasCode)


def _by_family(items: Iterable[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for item in items:
        found[family_of(item.code)].append(item)
    return found


def _is_branch(text: str) -> bool:
    return text.lstrip(" │").startswith(("├", "└"))


def _rules(page: Page, word: str, results: Sequence[_HasCode]) -> None:
    """Rules of one outcome: their number, or in verbose each by name."""
    rules = list(dict.fromkeys(f"{each.code} {each.name}" for each in results))
    head = (word, f"{word:<10}")
    if page.options.verbose:
        for rule in rules:
            page.styled(head, (None, rule), indent=_WORD)
    elif rules:
        below = ", see “Not determined” below" if word == "unknown" else ""
        page.styled(head, (None, plural(len(rules), "check") + below), indent=_WORD)


def _not_determined(page: Page, subject: SubjectReport) -> None:
    """Each cause once, however many questions met it."""
    found = causes(subject.unknown)
    if not found:
        return
    page.line()
    page.line("Not determined", style="bold")
    limit = None if page.options.verbose else 4
    for cause in found:
        page.wrap(cause.text, _WORD, first=f"{'unknown':<10}", style="unknown", limit=LIMIT)
        if cause.questions:
            page.wrap(asked(cause, limit), _TEXT, first="Asked: ")
        page.wrap(listed([rule.replace(" ", TIED) for rule in cause.rules], limit), _TEXT, first="Open:  ")


def _receivers(page: Page, subject: SubjectReport) -> None:
    readiness = subject.drawings.get("readiness")
    if readiness and not page.options.quiet:
        page.line()
        page.line("Receivers", style="bold")
        for text in readiness:
            page.columns(text, _DRAWING)


def _finding(page: Page, finding: Finding) -> None:
    word = str(finding.severity)
    preview = " (preview)" if finding.preview else ""
    page.styled((word, f"{word:<10}{finding.code}"), ("bold", f" {finding.name}"), (None, preview), indent=_WORD)
    page.wrap(finding.message, _TEXT, limit=LIMIT)
    page.line(printable(where(finding.location), limit=LIMIT), _TEXT, style="dim")
    _place(page, finding.location)
    for related in finding.related:
        page.wrap(f"{where(related.location)}: {related.message}", _TEXT, first="See: ", limit=LIMIT)
        _place(page, related.location)
    above = None if finding.related and isinstance(finding.location, DnsLocation) else finding.location
    for number, fix in enumerate(finding.fixes):
        _fix(page, fix, above, again=number > 0)
    for each in finding.evidence if page.options.verbose else ():
        server = f" from {each.server}" if each.server else ""
        answer = f": {each.answer}" if each.answer else ""
        page.wrap(f"{each.question}: {each.rcode}{server}{answer}", _TEXT, first="Asked: ", limit=LIMIT)


def _why(page: Page, finding: Finding) -> None:
    verbose = page.options.verbose
    if finding.why and (verbose or finding.severity is not Severity.INFO):
        why = finding.why if verbose else _SENTENCE_END.split(finding.why, maxsplit=1)[0]
        page.wrap(why, _TEXT, first="Why: ")
    page.line(f"mailcheck explain {finding.code}", _TEXT, style="dim")


def _place(page: Page, location: Location) -> None:
    """The text there, behind a rule: so no row of it begins a line, and the carets keep their columns."""
    span: tuple[int, int] | None
    match location:
        case DnsLocation(text=str(text), span=span) | MessageLocation(text=str(text), span=span):
            octets = True
        case FileLocation(source=str(text)):
            octets = False
            end = location.end_column - 1 if location.end_line == location.line else len(text)
            span = (location.column - 1, end)
        case _:
            return
    width = page.width - _TEXT - 2
    folded = isinstance(location, MessageLocation)
    for kind, row in excerpt(text, span, width, octets=octets, ascii=not page.options.unicode, lines=folded):
        style = {"gap": "dim", "marks": "error"}.get(kind)
        page.styled(("dim", "│ "), (style, row), indent=_TEXT)


def _fix(page: Page, fix: Fix, above: Location | None, *, again: bool) -> None:
    word = label(fix)
    word = f"Or {word[0].lower()}{word[1:]}" if again else word
    page.wrap(fix.title, _TEXT, first=f"{word}: ", limit=LIMIT)
    in_zone = False
    for role, text in lines(fix, above):
        if (role == "zone") != in_zone:
            page.line()
            in_zone = role == "zone"
        if role == "zone":
            # Whole and at the margin: in a master file a line that begins with a blank has no owner (RFC 1035 5.1).
            page.line(text)
        else:
            page.wrap(text, _TEXT + 2, first="- ", limit=120 if role == "old" else LIMIT)
    if in_zone:
        page.line()


def _statistics(page: Page, report: Report) -> None:
    page.line()
    page.line("Statistics", style="bold")
    counts = statistics(report)
    for count, code, name in counts:
        page.line(f"{count:>5,}  {code:<9} {name}", _WORD)
    if not counts:
        page.line("no findings", _WORD)
