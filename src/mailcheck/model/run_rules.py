"""Rules about the run itself: what failed, what was cut short."""

from mailcheck.model.finding import Finding
from mailcheck.model.location import ConfigLocation, Location
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity
from mailcheck.model.value import dataclass

_RUN = ConfigLocation("mailcheck", "run")


@dataclass(frozen=True, slots=True)
class RunView:
    """What happened to one subject in this run; `locus` is where to show it."""

    subject: str
    crashes: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    deadline: int = 0
    locus: Location = _RUN

    def undetermined(self, need: str) -> str | None:  # noqa: ARG002  the view's form
        """Nothing about the run is unknown."""
        return None


@rule("RUN001", "internal-error", Severity.ERROR, since="0.1")
def internal_error(view: RunView) -> Result:
    """A part of mailcheck itself failed.

    Why: This is a fault of mailcheck, not of what you checked. The part's result is lost, the other rules were still judged, and the run ends with exit 2, never 0.
    Fix: Please report it with the command and, if you can, a recording (--record FILE).
    References: docs/exit-codes.md
    """
    for crash in view.crashes:
        yield Finding(f"mailcheck failed here: {crash}", view.locus, offending=crash)


@rule("RUN002", "input-unreadable", Severity.ERROR, since="0.1")
def input_unreadable(view: RunView) -> Result:
    """One of several inputs could not be read; the others were judged.

    Why: What was not read was not checked, so the run cannot end well (exit 2).
    Fix: The message names the file and what is wrong with it.
    References: docs/exit-codes.md
    """
    for message in view.unreadable:
        yield Finding(message, view.locus, offending=message)


@rule("RUN003", "limit-reached", Severity.INFO, since="0.1")
def limit_reached(view: RunView) -> Result:
    """A limit on what a stranger controls was hit, and what lies beyond was not looked at.

    Why: Every input that others control is capped, so that no record or file can make a run endless. What is beyond the cap is far more than receivers would follow.
    Fix: Make the thing smaller, or leave it out of this check.
    References: docs/limits.md
    """
    for message in view.limits:
        yield Finding(message, view.locus, offending=message)


@rule("RUN004", "deadline", Severity.INFO, since="0.1")
def deadline(view: RunView) -> Result:
    """The run's deadline passed before every question was answered.

    Why: What was still open is reported as not determined; nothing is concluded from silence.
    Fix: Give more time with --timeout, or a nearer name server with --resolver.
    References: docs/limits.md
    """
    if view.deadline:
        yield Finding(f"the deadline passed with {view.deadline} checks still open", view.locus)
