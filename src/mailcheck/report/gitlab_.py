"""GitLab Code Quality: a JSON array of issues."""

from typing import Any

from mailcheck.model.finding import Finding, fingerprint
from mailcheck.model.judge import UnknownResult
from mailcheck.model.report import Report
from mailcheck.report.ascii_json import dump
from mailcheck.report.options import RenderOptions
from mailcheck.report.place import artifact, dns_artifact
from mailcheck.report.sections import in_reading_order
from mailcheck.report.text import LIMIT, printable

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def text(value: str) -> str:
    """The escaper: printable here, ASCII in `dump`."""
    return printable(value)


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001  every writer has this form
    """Findings, and what could not be determined as `info`: an empty array would read as a pass."""
    issues: list[dict[str, Any]] = []
    for subject in report.subjects:
        issues += [_finding(each) for each in in_reading_order(report.command, subject.findings)]
        issues += [_unknown(each, subject.subject) for each in subject.unknown]
    return dump(issues, indent=1) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    path, line = artifact(finding)
    name = f"{finding.name} (preview)" if finding.preview else finding.name
    return {
        "check_name": text(finding.code),
        "description": text(f"{name}: {printable(finding.message, limit=LIMIT)}"),
        "severity": _SEVERITIES[str(finding.severity)],
        "fingerprint": finding.fingerprint,
        "location": {"path": text(path), "lines": {"begin": line}},
    }


def _unknown(result: UnknownResult, subject: str) -> dict[str, Any]:
    return {
        "check_name": text(result.code),
        "description": text(f"{result.name}: not determined: {printable(result.reason, limit=LIMIT)}"),
        "severity": "info",
        "fingerprint": fingerprint(result.code, subject, f"unknown {result.reason}", 0),
        "location": {"path": dns_artifact(subject), "lines": {"begin": 1}},
    }
