"""What is wrong in a record, and where."""

from mailcheck.model.location import Span
from mailcheck.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the octets it covers, a sentence, and (where there is one) the text that belongs there.

    `suggestion` replaces what the span covers, save that it is a whole term where the fault is in an SPF term,
    and a whole record where it is in the version.
    `kind` groups faults for the rules; `clause` is the section that says so.
    """

    kind: str
    span: Span
    message: str
    suggestion: str | None = None
    clause: str | None = None


def as_text(record: str | bytes) -> str:
    """The record with one character an octet, so that offsets are octets of the joined TXT."""
    return record.decode("latin-1") if isinstance(record, bytes) else record
