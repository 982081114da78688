"""What a fix changes, as a unified diff that a person reads in a terminal or log."""

from collections.abc import Iterator, Sequence

from mailcheck.model.pattern import regex
from mailcheck.report.text import line_start, printable

CONTEXT = 3
"""Lines shown around a change."""
_AHEAD = 20
"""Lines looked ahead for the place where both texts go on alike."""
_LINE = regex(r"[^\n]*\n|[^\n]+")
Change = tuple[int, int, int, int]
"""Lines `a:b` of the old text are lines `c:d` of the new one."""


def unified(path: str, before: str, after: str) -> str:
    """The difference of two texts; empty where there is none.

    Control characters, bidi controls and what a log reader takes for a command are written out, so a patch program
    may refuse a line that holds one; `--fix` applies what this shows.
    """
    old, new = _LINE.findall(before), _LINE.findall(after)
    hunks = list(_hunks(list(_changes(old, new))))
    if not hunks:
        return ""
    shown = printable(path)
    lines = [f"--- a/{shown}\n", f"+++ b/{shown}\n"]
    for changes in hunks:
        lines += _hunk(changes, old, new)
    return "".join(lines)


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Edits are few and small: both texts are read side by side, looking ahead a little after each difference.

    Work grows with the number of lines, whatever they hold. Never wrong, not always the shortest.
    """
    end = 0
    while end < min(len(old), len(new)) and old[-1 - end] == new[-1 - end]:
        end += 1
    last, last_new = len(old) - end, len(new) - end
    at = at_new = 0
    while at < last or at_new < last_new:
        if at < last and at_new < last_new and old[at] == new[at_new]:
            at, at_new = at + 1, at_new + 1
            continue
        skip, skip_new = _resume(old[at : min(last, at + _AHEAD)], new[at_new : min(last_new, at_new + _AHEAD)])
        if skip is None or skip_new is None:
            skip, skip_new = last - at, last_new - at_new
        yield at, at + skip, at_new, at_new + skip_new
        at, at_new = at + skip, at_new + skip_new


def _resume(old: Sequence[str], new: Sequence[str]) -> tuple[int, int] | tuple[None, None]:
    """How many lines of each to pass over until they go on alike; None where that is not within sight."""
    for total in range(1, len(old) + len(new)):
        for skip in range(max(0, total - len(new) + 1), min(total, len(old) - 1) + 1):
            if old[skip] == new[total - skip]:
                return skip, total - skip
    return None, None


def _hunks(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Changes whose context meets are shown together."""
    group: list[Change] = []
    for change in changes:
        if group and change[0] - group[-1][1] > 2 * CONTEXT:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _hunk(changes: Sequence[Change], old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    start, start_new = max(0, changes[0][0] - CONTEXT), max(0, changes[0][2] - CONTEXT)
    start, start_new = (
        changes[0][0] - min(CONTEXT, changes[0][0], changes[0][2]),
        changes[0][2] - min(CONTEXT, changes[0][0], changes[0][2]),
    )
    end = min(len(old), changes[-1][1] + CONTEXT)
    end_new = min(len(new), changes[-1][3] + CONTEXT)
    yield f"@@ -{_range(start, end)} +{_range(start_new, end_new)} @@\n"
    at = start
    for first, last, first_new, last_new in changes:
        yield from (_line(" ", line) for line in old[at:first])
        yield from (_line("-", line) for line in old[first:last])
        yield from (_line("+", line) for line in new[first_new:last_new])
        at = last
    yield from (_line(" ", line) for line in old[at:end])


def _range(start: int, end: int) -> str:
    """As diff writes it: an empty range stands behind the line before it."""
    count = end - start
    return f"{start + 1}" if count == 1 else f"{start + 1 if count else start},{count}"


def _line(mark: str, line: str) -> str:
    body = line.removesuffix("\n")
    end = "\r" if body.endswith("\r") else ""
    shown = "\t".join(printable(part) for part in body.removesuffix("\r").split("\t"))
    if mark == " ":
        shown = line_start(shown)
    missing = "" if line.endswith("\n") else "\n\\ No newline at end of file"
    return f"{mark}{shown}{end}{missing}\n"
