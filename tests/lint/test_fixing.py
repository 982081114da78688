"""The fix engine: what is applied together, what waits, what is taken back."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcheck.lint.fixing import MAX_JUDGEMENTS, MAX_ROUNDS, Candidate, candidates, edited, repair
from mailcheck.lint.source import Source
from mailcheck.model.finding import Finding, fingerprint
from mailcheck.model.fix import Fix, Step, TextEdit
from mailcheck.model.report import Report, SubjectReport
from mailcheck.model.severity import Severity

PATH = "mail.html"


def found(
    text: str,
    start: int,
    end: int,
    new: str | None,
    *,
    code: str = "LNK900",
    severity: Severity = Severity.WARNING,
    safe: bool = True,
    path: str = PATH,
    ordinal: int = 0,
) -> Finding:
    """A finding at a range, with a fix that puts `new` there."""
    fixes = (Fix(f"write {new}", (TextEdit(path, start, end, new),), safe),) if new is not None else ()
    place = Source(path, text).location(start, end)
    mark = fingerprint(code, path, text[start:end], ordinal)
    return Finding(code, place, severity, code=code, subject=path, fixes=fixes, fingerprint=mark)


def report(*findings: Finding) -> Report:
    """One subject a path."""
    paths = dict.fromkeys(finding.subject for finding in findings)
    return Report(
        "lint",
        "0",
        tuple(SubjectReport(path, "fail", tuple(each for each in findings if each.subject == path)) for path in paths),
    )


class Words:
    """A judge: each word of the table is a finding whose fix is the table's other word (None: no fix)."""

    def __init__(self, table: Mapping[str, str | None], **kinds: Severity) -> None:
        self.table = table
        self.kinds = kinds
        self.calls = 0

    def __call__(self, texts: Mapping[str, str]) -> Report:
        self.calls += 1
        return report(*(each for path, text in texts.items() for each in self._of(path, text)))

    def _of(self, path: str, text: str) -> Iterator[Finding]:
        seen: Counter[str] = Counter()
        for word, new in self.table.items():
            at = text.find(word)
            while at >= 0:
                code = "LNK" + str(900 + list(self.table).index(word))
                severity = self.kinds.get(word, Severity.WARNING)
                yield found(text, at, at + len(word), new, code=code, severity=severity, path=path, ordinal=seen[word])
                seen[word] += 1
                at = text.find(word, at + len(word))


def none(path: str, text: str) -> Sequence[tuple[int, int]]:
    return ()


def test_all_safe_fixes_are_applied_and_judged_again() -> None:
    judge = Words({"http:": "https:", "teh": "the"})
    texts = {PATH: "teh http:a teh", "other.html": "http:b"}
    outcome = repair(judge(texts), texts, judge, none)
    assert outcome.texts == {PATH: "the https:a the", "other.html": "https:b"}
    assert len(outcome.applied) == 4
    assert outcome.refused == ()
    assert [subject.findings for subject in outcome.report.subjects] == []


def test_what_a_fix_reveals_is_repaired_in_the_next_round() -> None:
    judge = Words({"aaa": "bb", "bb": "c"})
    outcome = repair(judge({PATH: "aaa"}), {PATH: "aaa"}, judge, none)
    assert outcome.texts == {PATH: "c"}


def test_overlapping_edits_wait_for_the_next_round() -> None:
    """Both see the same text; only one can be right about what it replaces."""
    judge = Words({"abc": "x", "cde": "y"})
    outcome = repair(judge({PATH: "abcde"}), {PATH: "abcde"}, judge, none)
    assert outcome.texts == {PATH: "xde"}
    assert [each.edits[0].text for each in outcome.applied] == ["x"]


@pytest.mark.parametrize(
    ("ranges", "applied"),
    [
        (((0, 2), (2, 4)), 1),
        (((0, 2), (3, 4)), 2),
        (((1, 1), (1, 1)), 1),
        (((0, 2), (2, 2)), 1),
        (((0, 4), (1, 2)), 1),
    ],
    ids=["meeting", "apart", "two insertions at one place", "insertion at an edge", "inside"],
)
def test_edits_that_meet_have_no_order(ranges: tuple[tuple[int, int], ...], applied: int) -> None:
    text = "abcdef"
    first = report(*(found(text, *each, "_", code=f"LNK90{number}") for number, each in enumerate(ranges)))
    outcome = repair(first, {PATH: text}, lambda texts: report(), none)
    assert len(outcome.applied) == applied


def test_fix_of_several_edits_is_applied_whole_or_not_at_all() -> None:
    text = "a b c"
    pair = Fix("both", (TextEdit(PATH, 0, 1, "x"), TextEdit(PATH, 4, 5, "z")), safe=True)
    middle = found(text, 4, 5, "y", code="LNK901")
    first = report(Finding("m", middle.location, Severity.WARNING, code="LNK900", subject=PATH, fixes=(pair,)), middle)
    outcome = repair(first, {PATH: text}, lambda texts: report(), none)
    assert outcome.texts == {PATH: "x b z"}


def test_fix_whose_own_edits_overlap_is_not_applied() -> None:
    twice = Fix("twice", (TextEdit(PATH, 0, 2, "x"), TextEdit(PATH, 1, 3, "y")), safe=True)
    first = report(
        Finding("m", Source(PATH, "abc").location(0, 1), Severity.WARNING, code="L", subject=PATH, fixes=(twice,))
    )
    assert repair(first, {PATH: "abc"}, lambda texts: report(), none).texts == {}


@pytest.mark.parametrize(
    "fix",
    [
        Fix("unsafe", (TextEdit(PATH, 0, 1, "x"),)),
        Fix("steps", (Step("do it"),), safe=True),
        Fix("mixed", (TextEdit(PATH, 0, 1, "x"), Step("and more")), safe=True),
        Fix("elsewhere", (TextEdit("other.html", 0, 1, "x"),), safe=True),
        Fix("beyond the end", (TextEdit(PATH, 2, 9, "x"),), safe=True),
        Fix("backwards", (TextEdit(PATH, 2, 1, "x"),), safe=True),
        Fix("before the beginning", (TextEdit(PATH, -1, 1, "x"),), safe=True),
    ],
    ids=lambda fix: fix.title,
)
def test_what_is_never_applied(fix: Fix) -> None:
    place = Source(PATH, "abc").location(0, 1)
    first = report(Finding("m", place, Severity.ERROR, code="LNK900", subject=PATH, fixes=(fix,)))
    outcome = repair(first, {PATH: "abc"}, lambda texts: report(), none)
    assert (outcome.texts, outcome.applied) == ({}, ())


@pytest.mark.parametrize(
    ("code", "start", "end", "applied"),
    [
        ("LNK900", 5, 5, False),
        ("LNK900", 3, 5, False),
        ("LNK900", 5, 9, False),
        ("LNK900", 2, 9, False),
        ("LNK900", 4, 8, False),
        ("LNK900", 4, 4, True),
        ("LNK900", 8, 8, True),
        ("LNK900", 0, 4, True),
        ("TPL009", 5, 6, True),
        ("IGN001", 4, 8, True),
    ],
)
def test_template_tags_are_left_alone(code: str, start: int, end: int, applied: bool) -> None:
    """Only a finding about the tag itself may change it."""
    text = "<a {{}}x>xx"
    assert text[3:7] == "{{}}"
    text = "<aa " + text[3:7] + ">xx"
    outcome = repair(
        report(found(text, start, end, "_", code=code)),
        {PATH: text},
        lambda texts: report(),
        lambda path, text: [(4, 8)],
    )
    assert bool(outcome.applied) is applied


def test_fix_that_brings_an_error_is_taken_back_and_the_others_stay() -> None:
    judge = Words({"one": "1", "two": "bad", "three": "3", "bad": None}, bad=Severity.ERROR)
    texts = {PATH: "one two three"}
    outcome = repair(judge(texts), texts, judge, none)
    assert outcome.texts == {PATH: "1 two 3"}
    assert [each.fix.title for each in outcome.refused] == ["write bad"]
    assert [finding.code for finding in outcome.report.subjects[0].findings] == ["LNK901"]


def test_fix_that_brings_a_warning_about_the_template_is_taken_back() -> None:
    def judge(texts: Mapping[str, str]) -> Report:
        text = texts[PATH]
        if "new" in text:
            return report(found(text, 0, 1, None, code="TPL001"))
        return report(found(text, 0, 3, "new"))

    outcome = repair(judge({PATH: "old"}), {PATH: "old"}, judge, none)
    assert (outcome.texts, len(outcome.refused)) == ({}, 1)


def test_fix_that_breaks_another_file_is_taken_back() -> None:
    """A layout is repaired, and a page that extends it is broken by that."""

    def judge(texts: Mapping[str, str]) -> Report:
        if texts["base.html"] == "x":
            return report(found("x", 0, 1, "y", path="base.html"))
        return report(found("page", 0, 1, None, code="HTM004", severity=Severity.ERROR, path="page.html"))

    texts = {"base.html": "x", "page.html": "page"}
    assert repair(judge(texts), texts, judge, none).texts == {}


def test_fix_that_does_not_repair_is_taken_back_instead_of_repeated() -> None:
    """Without this the same attribute would be put in ten times."""

    def judge(texts: Mapping[str, str]) -> Report:
        return report(found(texts[PATH], 0, 0, "x"))

    outcome = repair(judge({PATH: "a"}), {PATH: "a"}, judge, none)
    assert (outcome.texts, len(outcome.refused)) == ({}, 1)


def test_crash_of_a_rule_on_the_result_takes_the_fix_back() -> None:
    def judge(texts: Mapping[str, str]) -> Report:
        return report(found(texts[PATH], 0, 0, None, code="RUN001"))

    first = report(found("a", 0, 1, "b"))
    assert repair(first, {PATH: "a"}, judge, none).texts == {}


def test_rounds_are_bounded() -> None:
    """Two rules that undo each other."""
    judge = Words({"ping": "pong", "pong": "ping"})
    outcome = repair(judge({PATH: "ping"}), {PATH: "ping"}, judge, none)
    assert len(outcome.applied) <= MAX_ROUNDS
    assert judge.calls <= 2 * MAX_ROUNDS + 1


def test_many_bad_fixes_among_many_good_ones_cost_little() -> None:
    judge = Words({"g": "G", "w": "!", "!": None}, **{"!": Severity.ERROR})
    text = " ".join("w" if number in {17, 300} else "g" for number in range(500))
    outcome = repair(judge({PATH: text}), {PATH: text}, judge, none)
    assert outcome.texts == {PATH: text.replace("g", "G")}
    assert judge.calls <= MAX_JUDGEMENTS + 1


def test_nothing_but_bad_fixes_is_given_up() -> None:
    judge = Words({"w": "!", "!": None}, **{"!": Severity.ERROR})
    outcome = repair(judge({PATH: "w " * 400}), {PATH: "w " * 400}, judge, none)
    assert (outcome.texts, len(outcome.refused)) == ({}, 400)
    assert judge.calls <= MAX_JUDGEMENTS + 1


@pytest.mark.parametrize("new", ["v", "", "longer"])
def test_findings_that_are_not_all_told_are_repaired_round_by_round(new: str) -> None:
    """Rules tell the first fifty of a text, say; their number does not fall when these are repaired."""
    words = Words({"w": new})

    def judge(texts: Mapping[str, str]) -> Report:
        return report(*[each for subject in words(texts).subjects for each in subject.findings][:50])

    text = "w " * 220
    outcome = repair(judge({PATH: text}), {PATH: text}, judge, none)
    assert outcome.texts == {PATH: f"{new} " * 220}
    assert words.calls <= 7


def test_fix_elsewhere_that_does_not_repair_is_taken_back() -> None:
    """The finding stands at the first tag, and the fix writes something behind it."""

    def judge(texts: Mapping[str, str]) -> Report:
        text = texts[PATH]
        at = text.index("<p>")
        fix = Fix("add", (TextEdit(PATH, 0, 0, "<b>"), TextEdit(PATH, len(text), len(text), "</b>")), safe=True)
        place = Source(PATH, text).location(at, at + 3)
        return report(Finding("m", place, Severity.WARNING, code="HTM900", subject=PATH, fixes=(fix,)))

    outcome = repair(judge({PATH: "<p>x"}), {PATH: "<p>x"}, judge, none)
    assert (outcome.texts, len(outcome.refused)) == ({}, 1)


def test_neighbour_of_a_deleted_text_is_no_failure() -> None:
    """What follows moves to the place of the finding; it is another finding, whose own fix waits."""
    judge = Words({"ab": ""})
    outcome = repair(judge({PATH: "abab"}), {PATH: "abab"}, judge, none)
    assert (outcome.texts, outcome.refused) == ({PATH: ""}, ())


def test_only_what_is_wanted_is_repaired() -> None:
    judge = Words({"teh": "the"})
    texts = {PATH: "teh teh teh"}
    first = judge(texts)
    second = first.subjects[0].findings[1]
    outcome = repair(first, texts, judge, none, wanted=Counter([second.fingerprint]))
    assert outcome.texts == {PATH: "teh the teh"}


EDITS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5), st.text("xy", max_size=3)), max_size=12)


@given(st.text("ab\n", min_size=0, max_size=30), EDITS)
def test_any_edits_give_a_text_that_some_order_of_them_gives(text: str, edits: list[tuple[int, int, str]]) -> None:
    """Those that were applied do not overlap, and applied from behind, one by one, give the same text."""
    findings = [
        found(text, min(start, len(text)), min(start + length, len(text)), new, code=f"LNK{900 + number}")
        for number, (start, length, new) in enumerate(edits)
    ]
    outcome = repair(report(*findings), {PATH: text}, lambda texts: report(), none)
    applied = sorted((edit for each in outcome.applied for edit in each.edits), key=lambda edit: edit.offset)
    for one, other in pairwise(applied):
        assert one.end_offset < other.offset
    expected = text
    for edit in reversed(applied):
        expected = expected[: edit.offset] + edit.text + expected[edit.end_offset :]
    assert outcome.texts.get(PATH, text) == expected
    if findings:
        assert applied, "the first one always fits"


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8))
def test_edited_keeps_what_no_edit_names(text: str, ranges: list[tuple[int, int]]) -> None:
    kept: list[TextEdit] = []
    for start, end in sorted(tuple(sorted((min(a, len(text)), min(b, len(text))))) for a, b in ranges):
        if not kept or kept[-1].end_offset < start:
            kept.append(TextEdit(PATH, start, end, "<>"))
    result = edited({PATH: text}, kept)[PATH]
    assert len(result) == len(text) + sum(2 - (edit.end_offset - edit.offset) for edit in kept)


def test_candidates_are_in_the_order_of_their_places() -> None:
    text = "abc"
    first = report(found(text, 2, 3, "x"), found(text, 0, 1, "y"), found(text, 0, 1, None))
    assert [each.edits[0].offset for each in candidates(first)] == [0, 2]
    assert all(isinstance(each, Candidate) for each in candidates(first))
