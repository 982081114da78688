"""Of a report about files, what is new since a revision; the rest is known and moves to `ignored`. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping

from mailcheck.config.revision import Changes
from mailcheck.model.finding import Finding
from mailcheck.model.judge import place_of
from mailcheck.model.location import FileLocation
from mailcheck.model.report import Report, SubjectReport, verdict_of
from mailcheck.model.value import replace

WHOLE = frozenset({"UNS001", "UNS002", "UNS006", "LEG001", "HTM001", "HTM002", "HTM012", "TXT001", "PRE001"})
"""Rules about what is missing from a whole message: their place is where it would go, and a change there is no sign."""
Before = Callable[[Mapping[str, bytes | None]], Report | None]
"""Gives the report about the same files with these contents (None: not there); None where it cannot be had."""


def new_only(report: Report, changes: Changes, before: Before) -> Report:
    """Keep what stands on lines that are new or were changed, and what was not found at the revision.

    The second half catches what no line shows: an unsubscribe link that was taken out, a page broken by its layout.
    What is missing from a whole message is judged by that half alone, in a file that was there.
    """
    changes.look_up(path for subject in report.subjects for path in _paths(subject))
    known = _known(report, changes, before)
    return replace(report, subjects=tuple(_narrow(each, changes, known, report) for each in report.subjects))


def _known(report: Report, changes: Changes, before: Before) -> "Counter[_Key] | None":
    """How often each finding was there already; None where that need not or cannot be known."""
    old_places = any(
        not _at_a_new_place(finding, changes) for subject in report.subjects for finding in subject.findings
    )
    if not old_places or not changes.lines:
        return None
    former = before(changes.before(changes.lines))
    if former is None:
        return None
    return Counter(_key(finding) for subject in former.subjects for finding in (*subject.findings, *subject.ignored))


_Key = tuple[str, str, str]


def _key(finding: Finding) -> _Key:
    """The file, not the subject: a message may get another name by a file more. The text, without the place."""
    at = finding.location
    path = at.path if isinstance(at, FileLocation) else finding.subject
    if finding.code in WHOLE:
        return path, finding.code, ""
    text = finding.offending or (at.source or "" if isinstance(at, FileLocation) else place_of(at))
    return path, finding.code, " ".join(text.split()).lower()


def _paths(subject: SubjectReport) -> list[str]:
    return [finding.location.path for finding in subject.findings if isinstance(finding.location, FileLocation)]


def _at_a_new_place(finding: Finding, changes: Changes) -> bool:
    """On a line that is new or was changed; what is about the run itself, or stands in no file, always is."""
    at = finding.location
    if finding.code.startswith("RUN") or not isinstance(at, FileLocation):
        return True
    if finding.code in WHOLE and not changes.is_new(at.path):
        return False
    return changes.touches(at.path, at.line, at.end_line)


def _narrow(subject: SubjectReport, changes: Changes, known: "Counter[_Key] | None", report: Report) -> SubjectReport:
    if not subject.findings:
        return subject
    left = Counter(known) if known is not None else None
    kept: list[Finding] = []
    ignored: list[Finding] = []
    for finding in subject.findings:
        if _at_a_new_place(finding, changes):
            kept.append(finding)
        elif left is None or left[_key(finding)] > 0:
            ignored.append(finding)
            if left is not None:
                left[_key(finding)] -= 1
        else:
            kept.append(finding)
    verdict = verdict_of(kept, list(subject.unknown), report.fail_on)
    return replace(subject, findings=tuple(kept), ignored=(*subject.ignored, *ignored), verdict=verdict)
