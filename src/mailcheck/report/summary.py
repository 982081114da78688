"""Counts in words."""

from collections import Counter

from mailcheck.model.report import Report, SubjectReport
from mailcheck.model.severity import Severity
from mailcheck.report.text import plural

VERDICTS = {"fail": "fail", "unknown": "cannot tell", "pass": "pass"}


def subject_counts(subject: SubjectReport) -> dict[str, int]:
    """The keys of `Report.summary`, for one subject."""
    return {
        **{str(level): subject.count(level) for level in Severity},
        "passed": len(subject.passed),
        "unknown": len(subject.unknown),
        "ignored": len(subject.ignored),
    }


def totals(summary: dict[str, int]) -> list[tuple[str, str]]:
    """Pairs of key and words; what is zero is left out, but for what passed."""
    pairs = [(word, plural(summary[word], word)) for word in ("error", "warning") if summary[word]]
    pairs += [("info", f"{summary['info']:,} info")] if summary["info"] else []
    pairs.append(("passed", f"{summary['passed']:,} passed"))
    pairs += [("unknown", f"{summary['unknown']:,} not determined")] if summary["unknown"] else []
    pairs += [("ignored", f"{summary['ignored']:,} ignored")] if summary["ignored"] else []
    return pairs


def totals_text(summary: dict[str, int]) -> str:
    """`1 error, 3 passed`."""
    return ", ".join(text for _, text in totals(summary))


def outcome(report: Report) -> str:
    """The whole run in one line of ours: command, verdict, counts."""
    cut = "" if report.complete else "; incomplete: the run was ended before everything was judged"
    return f"mailcheck {report.command}: {VERDICTS[report.verdict]}; {totals_text(report.summary)}{cut}"


def statistics(report: Report) -> list[tuple[int, str, str]]:
    """Number of findings, code and name of each rule; most frequent first."""
    counts = Counter((finding.code, finding.name) for subject in report.subjects for finding in subject.findings)
    return [(count, *rule) for rule, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
