"""A fix as lines of text. Nothing here is escaped: that is the writer's part."""

from typing import Literal

from mailcheck.model.fix import DnsChange, Fix, Step, TextEdit, zone_lines, zone_text
from mailcheck.model.location import DnsLocation, FileLocation, Location
from mailcheck.report.text import COMMAND

Line = tuple[Literal["old", "zone", "step"], str]
"""`old`: what goes away; `zone`: a line of a master file to publish; `step`: anything else to do."""

_LABELS = {"dns": "Publish", "text": "Change", "manual": "Do"}


def label(fix: Fix) -> str:
    """The verb that introduces a fix; one that is not safe as it stands says so."""
    word = _LABELS[fix.kind]
    if fix.kind == "dns" and all(isinstance(change, DnsChange) and change.op == "delete" for change in fix.changes):
        word = "Delete"
    return word if fix.safe or fix.kind == "manual" else f"{word} (review first)"


def lines(fix: Fix, above: Location | None = None) -> list[Line]:
    """All changes of a fix in order; the record that the reader sees at `above` is not repeated."""
    found: list[Line] = []
    for change in fix.changes:
        match change:
            case DnsChange():
                verb = "delete" if change.op == "delete" else "instead of"
                shown = above.text if isinstance(above, DnsLocation) and above.name == change.name else None
                found += [
                    (
                        "old",
                        f"{verb} the record above" if old == shown else f"{verb} {_owner(change)} {_data(change, old)}",
                    )
                    for old in change.old
                ]
                found += [("zone", _inert(line)) for line in zone_lines(change)]
            case Step(text=text):
                found.append(("step", text))
            case TextEdit():
                found.append(("step", _rewritten(change, above) or _edit(change)))
    return found


def _inert(line: str) -> str:
    """The same to a name server (`\\035` is `#`, `\\058` is `:`), and no command to a CI log reader."""
    line = COMMAND.sub(r"#\\035", line)
    return line.replace("::", "\\058:", 1) if line.lstrip().startswith("::") else line


def _owner(change: DnsChange) -> str:
    return f"{change.name}. {change.type}"


def _data(change: DnsChange, item: str) -> str:
    return _inert(zone_text(item)) if change.type == "TXT" else item


_AROUND = 60
"""Characters of a rewritten line that are shown before and behind the change."""


def _rewritten(change: TextEdit, above: Location | None) -> str | None:
    """The line at the place as it reads after the change; None where the change is in another line."""
    if not isinstance(above, FileLocation) or above.source is None or change.path != above.path:
        return None
    begin = above.offset - (above.column - 1)
    start, end = change.offset - begin, change.end_offset - begin
    if not 0 <= start <= end <= len(above.source) or "\n" in change.text:
        return None
    before, after = above.source[:start].lstrip(), above.source[end:].rstrip()
    if not (before + change.text + after).strip():
        return "delete the line"
    head = f"…{before[-_AROUND:]}" if len(before) > _AROUND else before
    tail = f"{after[:_AROUND]}…" if len(after) > _AROUND else after
    return f"the line then reads: {head}{change.text}{tail}"


def _edit(change: TextEdit) -> str:
    span = f"characters {change.offset + 1} to {change.end_offset}"
    if change.offset == change.end_offset:
        return f"in {change.path}, insert after character {change.offset}: {change.text}"
    if not change.text:
        return f"in {change.path}, delete {span}"
    return f"in {change.path}, replace {span} by: {change.text}"
