"""Why an address is not simply good: one word each, the name of its rule."""

from functools import cache
from typing import NamedTuple

from mailcheck.model import registry
from mailcheck.model.severity import Severity


class Reason(NamedTuple):
    """The name of an RCP rule, what it is about here, and a severity where it differs from the rule's."""

    name: str
    detail: str = ""
    severity: Severity | None = None

    @property
    def rank(self) -> Severity | None:
        """How bad it is; None for what could not be determined."""
        return self.severity or severities().get(self.name)


UNDETERMINED = "dns-transient"
"""The one reason that says nothing about the address: the DNS did not answer."""


@cache
def severities() -> dict[str, Severity]:
    """The default severity of every RCP rule but `dns-transient`, from the registry: no rule is imported for it."""
    return {
        entry.name: Severity(entry.severity)
        for entry in registry.entries()
        if entry.family == "RCP" and entry.name != UNDETERMINED
    }


@cache
def codes() -> dict[str, str]:
    """The name of every RCP rule with its code."""
    return {entry.name: entry.code for entry in registry.entries() if entry.family == "RCP"}


def verdict_of(reasons: tuple[Reason, ...]) -> str:
    """One word: bad (an error), unknown (the DNS did not answer), risky (a warning), ok."""
    ranks = {each.rank for each in reasons}
    if Severity.ERROR in ranks:
        return "bad"
    if None in ranks:
        return "unknown"
    return "risky" if Severity.WARNING in ranks else "ok"
