"""A fix as lines of text. Nothing here is escaped: that is the writer's part."""

from itertools import pairwise
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
    inserted = _line_above(fix, above)
    if inserted:
        return [("step", f"above this line, write: {inserted}")]
    inline = _in_line(fix, above)
    if inline:
        found.append(("step", _rewritten(inline, above)))
    for change in fix.changes:
        if change in inline:
            continue
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
                found.append(("step", _edit(change)))
    return found


def _inert(line: str) -> str:
    """The same to a name server (`\\035` is `#`, `\\058` is `:`), and no command to a CI log reader."""
    line = COMMAND.sub(r"#\\035", line)
    return line.replace("::", "\\058:", 1) if line.lstrip().startswith("::") else line


def _owner(change: DnsChange) -> str:
    return f"{change.name}. {change.type}"


def _data(change: DnsChange, item: str) -> str:
    return _inert(zone_text(item)) if change.type == "TXT" else item


def _line_above(fix: Fix, above: Location | None) -> str:
    """The whole line that is all the fix inserts, right before the line at the place."""
    if not isinstance(above, FileLocation) or above.column != 1 or len(fix.changes) != 1:
        return ""
    change = fix.changes[0]
    if not isinstance(change, TextEdit) or change.path != above.path or change.text.count("\n") != 1:
        return ""
    here = change.offset == change.end_offset == above.offset
    return change.text.rstrip("\r\n") if here and change.text.endswith("\n") else ""


_AROUND = 60
"""Characters of a rewritten line that are shown before and behind the change."""


def _in_line(fix: Fix, above: Location | None) -> list[TextEdit]:
    """The edits that lie in the line at the place, in order; none where two of them meet."""
    if not isinstance(above, FileLocation) or above.source is None:
        return []
    begin = above.offset - (above.column - 1)
    found = [
        change
        for change in fix.changes
        if isinstance(change, TextEdit)
        and change.path == above.path
        and begin <= change.offset <= change.end_offset <= begin + len(above.source)
        and "\n" not in change.text
    ]
    found.sort(key=lambda change: (change.offset, change.end_offset))
    return found if all(one.end_offset <= other.offset for one, other in pairwise(found)) else []


def _rewritten(edits: list[TextEdit], above: Location | None) -> str:
    """The line at the place as it reads after the edits."""
    if not isinstance(above, FileLocation):
        return ""
    source = above.source or ""
    begin = above.offset - (above.column - 1)
    before, after = source[: edits[0].offset - begin].lstrip(), source[edits[-1].end_offset - begin :].rstrip()
    pieces = [edits[0].text]
    for one, other in pairwise(edits):
        pieces += [source[one.end_offset - begin : other.offset - begin], other.text]
    middle = "".join(pieces)
    if not (before + middle + after).strip():
        return "delete the line"
    head = f"…{before[-_AROUND:]}" if len(before) > _AROUND else before
    tail = f"{after[:_AROUND]}…" if len(after) > _AROUND else after
    return f"the line then reads: {head}{middle}{tail}"


def _edit(change: TextEdit) -> str:
    span = f"characters {change.offset + 1} to {change.end_offset}"
    if change.offset == change.end_offset:
        return f"in {change.path}, insert after character {change.offset}: {change.text}"
    if not change.text:
        return f"in {change.path}, delete {span}"
    return f"in {change.path}, replace {span} by: {change.text}"
