"""Of a report about files, what is new since a revision; the rest is known and moves to `ignored`. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from mailcheck.config.revision import Changes
from mailcheck.model.finding import Finding
from mailcheck.model.judge import place_of
from mailcheck.model.location import FileLocation
from mailcheck.model.report import Report, SubjectReport, verdict_of

Before = Callable[[Mapping[str, bytes | None]], Report | None]
"""Gives the report about the same files with these contents (None: not there); None where it cannot be had."""


def new_only(report: Report, changes: Changes, before: Before) -> Report:
    """Keep what stands on lines that are new or were changed, and what was not found at the revision.

    The second half catches what no line shows: an unsubscribe link that was taken out, a page broken by its layout.
    """
    changes.look_up(path for subject in report.subjects for path in _paths(subject))
    known = _known(report, changes, before)
    return replace(report, subjects=tuple(_narrow(each, changes, known, report) for each in report.subjects))


def _known(report: Report, changes: Changes, before: Before) -> "Counter[_Key] | None":
    """How often each finding was there already; None where everything that stands on old lines is old."""
    old_lines = any(
        not _on_changed_line(finding, changes) for subject in report.subjects for finding in subject.findings
    )
    if not old_lines or not changes.lines:
        return None
    former = before(changes.before(changes.lines))
    if former is None:
        return None
    return Counter(_key(finding) for subject in former.subjects for finding in (*subject.findings, *subject.ignored))


_Key = tuple[str, str, str]


def _key(finding: Finding) -> _Key:
    """The fingerprint's ingredients without its ordinal, which changes when one of several is repaired."""
    text = finding.offending or place_of(finding.location)
    return finding.subject, finding.code, " ".join(text.split()).lower()


def _paths(subject: SubjectReport) -> list[str]:
    return [finding.location.path for finding in subject.findings if isinstance(finding.location, FileLocation)]


def _on_changed_line(finding: Finding, changes: Changes) -> bool:
    """What is about the run itself, or stands in no file, counts as new."""
    at = finding.location
    if finding.code.startswith("RUN") or not isinstance(at, FileLocation):
        return True
    return changes.touches(at.path, at.line, at.end_line)


def _narrow(subject: SubjectReport, changes: Changes, known: "Counter[_Key] | None", report: Report) -> SubjectReport:
    if not subject.findings:
        return subject
    left = Counter(known) if known is not None else None
    kept: list[Finding] = []
    ignored: list[Finding] = []
    for finding in subject.findings:
        if _on_changed_line(finding, changes):
            kept.append(finding)
        elif left is None or left[_key(finding)] > 0:
            ignored.append(finding)
            if left is not None:
                left[_key(finding)] -= 1
        else:
            kept.append(finding)
    verdict = verdict_of(kept, list(subject.unknown), report.fail_on)
    return replace(subject, findings=tuple(kept), ignored=(*subject.ignored, *ignored), verdict=verdict)
