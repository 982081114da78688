"""Accepted risks: findings that a person took on, with a reason and a last day."""

from typing import TYPE_CHECKING

from mailcheck.config.schema import Accept, Settings
from mailcheck.model import registry
from mailcheck.model.errors import ConfigError, UsageError
from mailcheck.model.finding import Finding
from mailcheck.model.judge import judge
from mailcheck.model.location import ConfigLocation
from mailcheck.model.report import Report, SubjectReport, verdict_of
from mailcheck.model.rule import Result, loaded, rule
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity
from mailcheck.model.value import dataclass, replace

if TYPE_CHECKING:
    import datetime


@dataclass(frozen=True, slots=True)
class Accepting:
    """The [[accept]] entries for one subject: those whose day has passed, and those that matched nothing."""

    subject: str
    path: str
    expired: tuple[Accept, ...] = ()
    unused: tuple[Accept, ...] = ()

    def undetermined(self, need: str) -> str | None:  # noqa: ARG002  the view's form
        """Nothing here is looked up."""
        return None


@rule("IGN002", "accept-expired", Severity.WARNING, since="0.1")
def accept_expired(view: Accepting) -> Result:
    """An accepted finding has passed its last day.

    Why: Somebody took this risk until a date, and the date has passed: the finding counts again.
    Fix: Repair what the finding says, or move the date in [[accept]] and say why.
    References: docs/configuration.md
    """
    for each in view.expired:
        yield Finding(
            f"{each.rule} was accepted for {each.domain} until {each.until}: {each.reason}",
            ConfigLocation(view.path, "accept", each.line),
            offending=f"{each.rule} {each.domain}",
        )


@rule("IGN003", "accept-unused", Severity.INFO, since="0.1")
def accept_unused(view: Accepting) -> Result:
    """An [[accept]] entry matches no finding any more.

    Why: The risk it took on is gone. Left standing, it would hide the finding if it came back.
    Fix: Delete the entry.
    References: docs/configuration.md
    """
    for each in view.unused:
        yield Finding(
            f"{each.rule} is accepted for {each.domain}, but was not found there",
            ConfigLocation(view.path, "accept", each.line),
            offending=f"{each.rule} {each.domain}",
        )


def check_accepts(settings: Settings) -> None:
    """Raises ConfigError for an entry whose rule does not exist, or is none that a person may accept."""
    for each in settings.accepts:
        at = f"{settings.path}:{each.line}: [[accept]]"
        entry = registry.find(each.rule)
        if entry is None:
            try:
                registry.matching(each.rule)
            except UsageError as error:
                raise ConfigError(f"{at}: {error}") from None
            raise ConfigError(f"{at} takes one rule, not a family: {each.rule!r:.60}; to switch it off, use ignore")
        if entry.family in {"RUN", "IGN"}:
            # Accepting these would hide that the run itself failed, or that an entry is out of date.
            raise ConfigError(f"{at}: {entry.code} {entry.name} is about the run and cannot be accepted")


def apply_accepts(report: Report, settings: Settings, today: "datetime.date", selection: Selection) -> Report:
    """Move accepted findings to `ignored`, and report entries that are out of date or unused.

    The settings have passed `check_accepts`, and name domains as the report does.
    """
    subjects = tuple(_apply(subject, settings, today, selection, report.fail_on) for subject in report.subjects)
    return replace(report, subjects=subjects)


def _apply(
    subject: SubjectReport, settings: Settings, today: "datetime.date", selection: Selection, fail_on: Severity
) -> SubjectReport:
    accepts = [each for each in settings.accepts if each.domain == subject.subject]
    if not accepts:
        return subject
    codes = {each: entry.code for each in accepts if (entry := registry.find(each.rule))}
    expired = [each for each in accepts if each.until is not None and each.until < today]
    valid = {codes[each] for each in accepts if each not in expired}
    ignored = tuple(finding for finding in subject.findings if finding.code in valid)
    kept = [finding for finding in subject.findings if finding.code not in valid]
    present = {finding.code for finding in subject.findings}
    unknown = {each.code for each in subject.unknown}
    # A rule that was not run or not determined says nothing about whether its entry is still needed.
    unused = [
        each
        for each in accepts
        if each not in expired and codes[each] in selection and codes[each] not in present | unknown
    ]
    expired = [each for each in expired if codes[each] in present]
    view = Accepting(subject.subject, settings.path or "configuration", tuple(expired), tuple(unused))
    chosen = [each for each in loaded("IGN") if each.module == __name__ and each.code in selection]
    findings = [*kept, *judge(chosen, view).findings]
    verdict = verdict_of(findings, list(subject.unknown), fail_on)
    return replace(subject, findings=tuple(findings), ignored=(*subject.ignored, *ignored), verdict=verdict)
