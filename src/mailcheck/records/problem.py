"""What is wrong in a record, and where."""

from dataclasses import dataclass

from mailcheck.model.location import Span


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the octets it covers, a sentence, and (where there is one) the text that belongs there.

    For a term or tag `suggestion` replaces the whole term or tag value; for a version, the whole record.
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
