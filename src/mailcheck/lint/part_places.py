"""From a body of a message to its MIME part and the places of its header fields in the file."""

from typing import Any

from mailcheck.lint.document import Body, Document
from mailcheck.model.finding import Finding
from mailcheck.model.fix import Fix
from mailcheck.model.location import FileLocation
from mailcheck.model.severity import Severity


def part_of(document: Document, body: Body) -> Any:
    """The MIME part (mail.parts.Part) from which a body was decoded, None for what is no message."""
    mail = document.mail
    if mail is None:
        return None
    from mailcheck.lint.messages import is_text

    parts = [part for part in mail.tree.parts if is_text(part)]
    for (_, source), part in zip(mail.texts, parts, strict=False):
        if source is body.source:
            return part
    return None


def field_place(document: Document, part: Any, name: str) -> FileLocation:
    """Where a part's header field stands; where there is none, the part's first line."""
    field = next((each for each in part.fields if each.name.lower() == name.lower()), None)
    start, end = (field.start, field.end) if field is not None else (part.start, part.body_start)
    place: FileLocation = document.mail.file.octets(start, max(start + 1, end))
    return place


def part_finding(
    document: Document,
    part: Any,
    message: str,
    fix: Fix,
    *,
    name: str = "Content-Type",
    severity: Severity | None = None,
    place: FileLocation | None = None,
) -> Finding:
    """A finding about a part, at one of its header fields."""
    place = field_place(document, part, name) if place is None else place
    return Finding(message, place, severity=severity, fixes=(fix,), offending=f"part {part.number} {part.content_type}")
