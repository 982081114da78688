"""What the RCP rules judge: the reasons of one address, or those of a list with the rows that have them."""

from collections.abc import Iterator, Mapping

from mailcheck.model.fact import Evidence
from mailcheck.model.finding import Finding, Undetermined
from mailcheck.model.fix import Fix
from mailcheck.model.location import Location
from mailcheck.model.severity import Severity
from mailcheck.model.value import dataclass

SHOWN = 5
"""Rows of one rule that are named."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One reason: of an address (`rows` 1, no `named`), or of all rows of a list that have it.

    `named` are the first of them as they are shown: number and masked address.
    """

    detail: str
    place: Location
    severity: Severity | None = None
    rows: int = 1
    named: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """The view of every RCP rule."""

    subject: str
    hits: Mapping[str, tuple[Hit, ...]]

    def undetermined(self, need: str) -> str | None:  # noqa: ARG002  the view's form
        """What is unknown is a hit of `dns-transient`."""
        return None


def told(view: Judged, name: str, text: str) -> Iterator[Finding | Undetermined]:
    """A finding for each hit of this rule; `{detail}` in its text is what the hit is about."""
    for hit in view.hits.get(name, ()):
        message = text.replace("{detail}", hit.detail)
        if hit.named:
            left = hit.rows - len(hit.named)
            more = f" and {left:,} more" if left else ""
            named = "; ".join(hit.named) + more
            message = f"{named}: {message}" if hit.rows == 1 else f"{hit.rows:,} rows: {named}. The first: {message}"
        yield Finding(
            message,
            hit.place,
            severity=hit.severity,
            evidence=hit.evidence,
            fixes=hit.fixes,
            offending=hit.detail or name,
        )


def told_unknown(view: Judged, name: str) -> Iterator[Finding | Undetermined]:
    """What could not be determined, with the question that got no answer."""
    for hit in view.hits.get(name, ()):
        rows = f"{hit.rows:,} row{'s' * (hit.rows != 1)}: " if hit.named else ""
        yield Undetermined(f"{rows}{hit.detail}")
