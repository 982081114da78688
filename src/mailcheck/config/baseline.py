"""A baseline: what is known today. Counted per subject and rule, so that places can move.

One file serves all commands: domains stand in `counts`, files (named from the repository's root) in `files`.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from mailcheck.model.errors import InputError
from mailcheck.model.files import write_text
from mailcheck.model.report import Report, SubjectReport, verdict_of
from mailcheck.model.severity import Severity
from mailcheck.model.value import replace

FORMAT = "mailcheck-baseline/1"
Counts = dict[str, dict[str, int]]
_SECTIONS = ("counts", "files")


def section_of(command: str) -> str:
    """The part of a baseline that a command reads and writes."""
    return "files" if command == "lint" else "counts"


def read_baseline(path: str, section: str = "counts") -> Counts:
    """Subject -> code -> how many findings are known. Raises InputError."""
    return _read(path).get(section, {})


def _read(path: str) -> dict[str, Counts]:
    try:
        data: Any = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; write one with --write-baseline {path}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not a baseline: {error}") from None
    found = {name: data[name] for name in _SECTIONS if name in data} if isinstance(data, dict) else {}
    if not found or data.get("format") != FORMAT or not all(map(_is_counts, found.values())):
        raise InputError(
            f"{path}: not a baseline: it must say {FORMAT} and hold counts; write one with --write-baseline"
        )
    return found


def _is_counts(counts: Any) -> bool:
    return isinstance(counts, dict) and all(
        isinstance(codes, dict) and all(isinstance(count, int) for count in codes.values()) for codes in counts.values()
    )


def write_baseline(path: str, report: Report) -> None:
    """Write the findings of a report as counts, whole or not at all; the section of other commands stays.

    Raises InputError.
    """
    counts: Counts = {}
    for subject in report.subjects:
        codes = Counter(finding.code for finding in subject.findings if not finding.code.startswith("RUN"))
        if codes:
            counts[subject.subject] = dict(sorted(codes.items()))
    sections = _others(path) | {section_of(report.command): dict(sorted(counts.items()))}
    ordered = {name: sections[name] for name in _SECTIONS if name in sections}
    text = json.dumps({"format": FORMAT, **ordered}, indent=1, ensure_ascii=True)
    try:
        write_text(Path(path), text + "\n")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None


def _others(path: str) -> dict[str, Counts]:
    """What a baseline of this name holds already; a file that is none is written over."""
    try:
        return _read(path)
    except InputError:
        return {}


def apply_baseline(report: Report, counts: Counts) -> Report:
    """Move known findings to `ignored`; what is beyond the count of its rule stays."""
    return replace(
        report,
        subjects=tuple(_apply(each, counts.get(each.subject, {}), report.fail_on) for each in report.subjects),
    )


def _apply(subject: SubjectReport, known: dict[str, int], fail_on: Severity) -> SubjectReport:
    if not known:
        return subject
    left = Counter(known)
    kept, ignored = [], []
    for finding in subject.findings:
        if left[finding.code] > 0 and not finding.code.startswith("RUN"):
            left[finding.code] -= 1
            ignored.append(finding)
        else:
            kept.append(finding)
    verdict = verdict_of(kept, list(subject.unknown), fail_on)
    return replace(subject, findings=tuple(kept), ignored=(*subject.ignored, *ignored), verdict=verdict)
