"""Safe fixes applied to texts: sorted, without overlaps, judged again after each round, taken back where they harm.

Texts are strings by path, offsets are code points, and nothing here touches a file. What calls this gives a function
that judges changed texts; the same function says whether a fix did what it promised.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from mailcheck.model.finding import Finding
from mailcheck.model.fix import Fix, TextEdit
from mailcheck.model.location import FileLocation
from mailcheck.model.report import Report
from mailcheck.model.severity import Severity

MAX_ROUNDS = 10
"""Rounds of applying and judging again; what is not stable then stays as it is after the last."""
MAX_JUDGEMENTS = 60
"""Times that texts are judged in one run, beside the first; fixes that cannot be tried any more are not kept."""
Texts = Mapping[str, str]
Judge = Callable[[Texts], Report]
"""Gives the report for these texts instead of the files of the same paths."""
Protected = Callable[[str, str], Sequence[tuple[int, int]]]
"""Gives the ranges of the template's tags in a text, sorted: `(path, text)`."""
_ABOUT_TAGS = ("TPL", "IGN")
"""Families whose findings are about a tag itself, so that their fixes may lie in it."""


class Candidate(NamedTuple):
    """A safe fix of a finding."""

    finding: Finding
    fix: Fix

    @property
    def edits(self) -> tuple[TextEdit, ...]:
        """Its edits (all changes of a candidate are edits)."""
        return tuple(change for change in self.fix.changes if isinstance(change, TextEdit))

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """What is the same when the finding is found again in the next round."""
        return self.finding.fingerprint, self.fix.title, tuple(edit.text for edit in self.edits)


class Outcome(NamedTuple):
    """The texts that changed, the last report, the fixes applied, and the findings whose fixes were taken back."""

    texts: dict[str, str]
    report: Report
    applied: tuple[Candidate, ...]
    refused: tuple[Candidate, ...]


def repair(
    report: Report, texts: Texts, judge: Judge, protected: Protected, *, wanted: Counter[str] | None = None
) -> Outcome:
    """Apply the safe fixes of a report until nothing is left to apply.

    `texts` holds every text that may be changed. `wanted` holds the fingerprints of the findings to repair, each as
    often as it may be repaired; without it, all are.
    """
    current = dict(texts)
    judge = _Counted(judge)
    left = Counter(wanted) if wanted is not None else None
    refused: dict[tuple[str, str, tuple[str, ...]], Candidate] = {}
    applied: list[Candidate] = []
    for _ in range(MAX_ROUNDS):
        chosen = [
            each
            for each in _without_overlaps(candidates(report), current, protected)
            if each.key not in refused and (left is None or left[each.finding.fingerprint] > 0)
        ]
        if not chosen or judge.left <= 0:
            break
        trial = _Round(report, current, judge)
        trial.attempt(chosen)
        refused |= {each.key: each for each in trial.refused}
        if not trial.accepted:
            continue
        applied += trial.accepted
        if left is not None:
            left.subtract(each.finding.fingerprint for each in trial.accepted)
        current, report = trial.texts, trial.report
    changed = {path: text for path, text in current.items() if text != texts[path]}
    return Outcome(changed, report, tuple(applied), tuple(refused.values()))


def candidates(report: Report) -> list[Candidate]:
    """The first safe fix of each finding, where it consists of edits alone; in the order of their places."""
    found = []
    for subject in report.subjects:
        for finding in subject.findings:
            fix = next((each for each in finding.fixes if each.safe and each.kind == "text"), None)
            if fix and all(isinstance(change, TextEdit) for change in fix.changes):
                found.append(Candidate(finding, fix))
    return sorted(found, key=_place)


def _place(candidate: Candidate) -> tuple[str, int, int, str, str]:
    first = min(candidate.edits, key=lambda edit: (edit.path, edit.offset, edit.end_offset))
    return first.path, first.offset, first.end_offset, candidate.finding.code, candidate.fix.title


def _without_overlaps(found: Sequence[Candidate], texts: Texts, protected: Protected) -> Iterator[Candidate]:
    """Those that can be applied together; the others wait for the next round."""
    taken: dict[str, _Ranges] = {}
    tags: dict[str, _Ranges] = {}
    for candidate in found:
        edits = candidate.edits
        if any(edit.path not in texts or not 0 <= edit.offset <= edit.end_offset <= len(texts[edit.path])
               for edit in edits):  # fmt: skip
            continue
        if not candidate.finding.code.startswith(_ABOUT_TAGS) and any(
            _tags_of(edit.path, texts, protected, tags).cut(edit.offset, edit.end_offset) for edit in edits
        ):
            continue
        own: dict[str, _Ranges] = {}
        clash = False
        for edit in edits:
            mine = own.setdefault(edit.path, _Ranges())
            if taken.setdefault(edit.path, _Ranges()).touch(edit.offset, edit.end_offset) or mine.touch(
                edit.offset, edit.end_offset
            ):
                clash = True
                break
            mine.add(edit.offset, edit.end_offset)
        if clash:
            continue
        for edit in edits:
            taken[edit.path].add(edit.offset, edit.end_offset)
        yield candidate


def _tags_of(path: str, texts: Texts, protected: Protected, known: "dict[str, _Ranges]") -> "_Ranges":
    if path not in known:
        known[path] = _Ranges(protected(path, texts[path]))
    return known[path]


class _Ranges:
    """Half-open ranges that do not overlap, sorted by where they begin."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, ranges: Sequence[tuple[int, int]] = ()) -> None:
        ordered = sorted(ranges)
        self._starts = [start for start, _ in ordered]
        self._ends = [end for _, end in ordered]

    def add(self, start: int, end: int) -> None:
        """Keep a range that touches none of the others."""
        from bisect import insort

        insort(self._starts, start)
        insort(self._ends, end)

    def touch(self, start: int, end: int) -> bool:
        """Whether a range overlaps one of these or meets it: two edits at one place have no order."""
        from bisect import bisect_left, bisect_right

        # Ranges that end before this one begins, and those that begin after it ends; all others touch.
        return bisect_left(self._ends, start) != bisect_right(self._starts, end)

    def cut(self, start: int, end: int) -> bool:
        """Whether a range lies in part inside one of these, or a place of no length inside one."""
        from bisect import bisect_left, bisect_right

        if start == end:
            return bisect_right(self._ends, start) != bisect_left(self._starts, start)
        return bisect_right(self._ends, start) != bisect_left(self._starts, end)


class _Counted:
    """A judge that is asked no more often than allowed."""

    __slots__ = ("_judge", "left")

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.left = MAX_JUDGEMENTS

    def __call__(self, texts: Texts) -> Report:
        self.left -= 1
        return self._judge(texts)


class _Round:
    """One round: from the same texts, larger and larger sets of fixes, as long as none of them does harm."""

    def __init__(self, report: Report, texts: Texts, judge: _Counted) -> None:
        self.report = report
        self.texts: dict[str, str] = dict(texts)
        self.accepted: list[Candidate] = []
        self.refused: list[Candidate] = []
        self._base = dict(texts)
        self._before = _grave(report)
        self._judge = judge

    def attempt(self, batch: Sequence[Candidate]) -> None:
        """Take the whole batch, or halves of it, down to the single fix that does harm."""
        if self._judge.left <= 0:
            self.refused += batch
            return
        together = [*self.accepted, *batch]
        texts = edited(self._base, [edit for each in together for edit in each.edits])
        report = self._judge(texts)
        if self._better(report, together):
            self.accepted, self.texts, self.report = together, texts, report
        elif len(batch) == 1:
            self.refused.append(batch[0])
        else:
            middle = len(batch) // 2
            self.attempt(batch[:middle])
            self.attempt(batch[middle:])

    def _better(self, report: Report, together: Sequence[Candidate]) -> bool:
        """No new error and no new finding about the template; and what was repaired is not found where it was.

        Rules tell a part of very many findings only, so their number says nothing about a single one.
        """
        if report.broken and not self.report.broken:
            return False
        after = _grave(report)
        if any(count > self._before[key] for key, count in after.items()):
            return False
        moved = _Moved(together)
        places: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for subject in report.subjects:
            for finding in (*subject.findings, *subject.ignored):
                at = finding.location
                if isinstance(at, FileLocation):
                    places.setdefault((finding.code, at.path), []).append((at.offset, at.end_offset))
        ranges = {key: _Places(found) for key, found in places.items()}
        return not any(_still_there(each, moved, ranges) for each in together)


def _still_there(candidate: Candidate, moved: "_Moved", places: "Mapping[tuple[str, str], _Places]") -> bool:
    """Whether a rule finds the same again: at the place of the finding, or in what the fix has written."""
    code, at = candidate.finding.code, candidate.finding.location
    for edit in candidate.edits:
        found = places.get((code, edit.path))
        start = moved.places(edit.path, edit.offset)[0]
        if found and edit.text and found.overlap(start, start + len(edit.text)):
            return True
    if not isinstance(at, FileLocation):
        return False
    gone = any(
        not edit.text and edit.path == at.path and edit.offset <= at.offset < edit.end_offset
        for edit in candidate.edits
    )
    found = places.get((code, at.path))
    return not gone and found is not None and any(found.begin(each) for each in moved.places(at.path, at.offset))


class _Moved:
    """Where places of the old texts are in the new ones."""

    __slots__ = ("_ends", "_shifts", "_starts")

    def __init__(self, together: Sequence[Candidate]) -> None:
        self._starts: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}
        self._shifts: dict[str, list[int]] = {}
        edits = [edit for each in together for edit in each.edits]
        edits.sort(key=lambda edit: (edit.path, edit.offset, edit.end_offset))
        for edit in edits:
            shifts = self._shifts.setdefault(edit.path, [0])
            self._starts.setdefault(edit.path, []).append(edit.offset)
            self._ends.setdefault(edit.path, []).append(edit.end_offset)
            shifts.append(shifts[-1] + len(edit.text) - (edit.end_offset - edit.offset))

    def places(self, path: str, offset: int) -> tuple[int, int]:
        """Before what is written at the place itself, and behind it; the same where nothing is."""
        from bisect import bisect_left, bisect_right

        if path not in self._starts:
            return offset, offset
        shifts = self._shifts[path]
        before = bisect_left(self._starts[path], offset)
        behind = bisect_right(self._ends[path], offset)
        return offset + shifts[min(before, behind)], offset + shifts[behind]


class _Places:
    """Ranges that may overlap, asked whether one begins at a place or meets a range."""

    __slots__ = ("_reach", "_set", "_starts")

    def __init__(self, ranges: Sequence[tuple[int, int]]) -> None:
        ordered = sorted(ranges)
        self._set = {start for start, _ in ordered}
        self._starts = [start for start, _ in ordered]
        self._reach = list(accumulate((max(end, start + 1) for start, end in ordered), max))

    def begin(self, place: int) -> bool:
        """Whether one begins there."""
        return place in self._set

    def overlap(self, start: int, end: int) -> bool:
        """Whether one meets the range; one of no length counts as a character."""
        from bisect import bisect_left

        before = bisect_left(self._starts, end)
        return before > 0 and self._reach[before - 1] > start


def _grave(report: Report) -> Counter[tuple[str, str]]:
    """Findings that no fix may add to, by subject and code: errors, and whatever is about the template."""
    # What is ignored counts too: a fix that adds to it does harm nobody would be told of.
    return Counter(
        (finding.subject, finding.code)
        for subject in report.subjects
        for finding in (*subject.findings, *subject.ignored)
        if finding.severity is Severity.ERROR or finding.code.startswith("TPL")
    )


def edited(texts: Texts, edits: Sequence[TextEdit]) -> dict[str, str]:
    """The texts after edits that do not touch each other."""
    by_path: dict[str, list[TextEdit]] = {}
    for edit in edits:
        by_path.setdefault(edit.path, []).append(edit)
    found = dict(texts)
    for path, own in by_path.items():
        text = texts[path]
        pieces: list[str] = []
        at = 0
        for edit in sorted(own, key=lambda each: (each.offset, each.end_offset)):
            pieces += [text[at : edit.offset], edit.text]
            at = edit.end_offset
        found[path] = "".join([*pieces, text[at:]])
    return found
