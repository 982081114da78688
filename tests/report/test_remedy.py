"""A fix in words: what the line reads like afterwards."""

import pytest

from mailcheck.model.fix import Fix, TextEdit
from mailcheck.model.location import FileLocation
from mailcheck.report.remedy import lines

TEXT = "first\n  one two three\nlast\n"
PLACE = FileLocation("a.html", 2, 3, 2, 6, 8, 11, "  one two three")


def edits(*changes: tuple[int, int, str], path: str = "a.html") -> Fix:
    return Fix("x", tuple(TextEdit(path, start, end, text) for start, end, text in changes), safe=True)


@pytest.mark.parametrize(
    ("fix", "expected"),
    [
        (edits((8, 11, "1")), ["the line then reads: 1 two three"]),
        (edits((16, 21, "3"), (8, 11, "1")), ["the line then reads: 1 two 3"]),
        (edits((8, 8, "<"), (21, 21, ">")), ["the line then reads: <one two three>"]),
        (edits((6, 21, "")), ["delete the line"]),
        (edits((8, 11, "1"), (22, 26, "end")), [
            "the line then reads: 1 two three", "in a.html, replace characters 23 to 26 by: end",
        ]),
        (edits((8, 11, "1"), path="b.html"), ["in b.html, replace characters 9 to 11 by: 1"]),
        (edits((8, 14, "1"), (11, 14, "2")), [
            "in a.html, replace characters 9 to 14 by: 1", "in a.html, replace characters 12 to 14 by: 2",
        ]),
    ],
    ids=["one", "two", "insertions", "all of it", "another line", "another file", "overlapping"],
)  # fmt: skip
def test_line_after_the_edits(fix: Fix, expected: list[str]) -> None:
    assert TEXT[8:11] == "one"
    assert [text for _, text in lines(fix, PLACE)] == expected


@pytest.mark.parametrize(
    ("fix", "expected"),
    [
        (edits((6, 6, "<!DOCTYPE html>\n")), ["above this line, write: <!DOCTYPE html>"]),
        (edits((8, 8, "<!DOCTYPE html>\n")), ["in a.html, insert after character 8: <!DOCTYPE html>\n"]),
        (edits((6, 6, "a\nb\n")), ["in a.html, insert after character 6: a\nb\n"]),
    ],
    ids=["a line", "in a line", "two lines"],
)
def test_a_line_that_is_put_above_the_place(fix: Fix, expected: list[str]) -> None:
    place = FileLocation("a.html", 2, 1, 2, 6, 6, 11, "  one two three")
    assert [text for _, text in lines(fix, place)] == expected
