"""What a command found, ready for any writer."""

from typing import Any

from mailcheck.model.finding import Finding
from mailcheck.model.judge import Passed, UnknownResult
from mailcheck.model.severity import Severity
from mailcheck.model.value import dataclass, field

SCHEMA = "mailcheck/1"


@dataclass(frozen=True, slots=True)
class SubjectReport:
    """All that was found about one subject.

    `facts` are JSON-ready and documented per command. `drawings` are blocks of text lines that the
    terminal shows under a family's section (the SPF tree, the DMARC walk); machines read `facts`.
    """

    subject: str
    verdict: str
    findings: tuple[Finding, ...] = ()
    passed: tuple[Passed, ...] = ()
    unknown: tuple[UnknownResult, ...] = ()
    ignored: tuple[Finding, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    drawings: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one command.

    `verdict` of each subject is fail if a finding reaches `fail_on`, else unknown if anything selected
    is, else pass.
    """

    command: str
    version: str
    subjects: tuple[SubjectReport, ...]
    complete: bool = True
    fail_on: Severity = Severity.ERROR

    @property
    def summary(self) -> dict[str, int]:
        """Counts over all subjects."""
        return {
            **{str(level): sum(subject.count(level) for subject in self.subjects) for level in Severity},
            "passed": sum(len(subject.passed) for subject in self.subjects),
            "unknown": sum(len(subject.unknown) for subject in self.subjects),
            "ignored": sum(len(subject.ignored) for subject in self.subjects),
        }

    @property
    def verdict(self) -> str:
        """The worst verdict of the subjects."""
        verdicts = {subject.verdict for subject in self.subjects}
        return next((word for word in ("fail", "unknown") if word in verdicts), "pass")

    @property
    def broken(self) -> bool:
        """Whether mailcheck itself failed or an input could not be read: exit 2, whatever else was found."""
        return any(finding.code in {"RUN001", "RUN002"} for subject in self.subjects for finding in subject.findings)

    def exit_code(self, *, exit_zero: bool = False, allow_unknown: bool = False) -> int:
        """0 nothing at `fail_on` or worse, 1 findings, 2 broken, 3 something selected undetermined."""
        if self.broken:
            return 2
        if self.verdict == "fail":
            return 0 if exit_zero else 1
        if self.verdict == "unknown":
            return 0 if allow_unknown else 3
        return 0


def verdict_of(findings: list[Finding], unknown: list[UnknownResult], fail_on: Severity) -> str:
    """The verdict word for one subject."""
    if any(
        finding.severity is not None and finding.severity.reaches(fail_on) and not finding.preview
        for finding in findings
    ):
        return "fail"
    return "unknown" if any(each.blocking for each in unknown) else "pass"
