"""Whatever stands in a subject, the rules answer: no crash, places inside of it, and time that grows with its size."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mailcheck
from mailcheck.lint.subjects.characters import foreign_words, hidden, styled
from mailcheck.lint.subjects.folding import fold
from mailcheck.lint.subjects.shapes import emoji, marks, spaced
from mailcheck.model.location import FileLocation
from mailcheck.model.report import Report

PIECES = [
    "Re: ", "FW:", "AW[2]: ", "：", "(2) ", "today only", "50% off", "$19", "free", "\u200b",
    "\u202e", "\u00ad", "а", "ο", "𝗕", "Ｓ", "!!", "F R E E", "✅", "🌷", "👨\u200d👩", "{{ name }}",
    "{% if x %}", "*|FNAME|*", "<%= y %>", "test", "\r\n", "\x00", "\ud800", "=?utf-8?q?a?=",
    "=?utf-8?b?//", "返信：", "رد: ", "رֹ", "無料", "Your invoice is ready", "until 5 May",
    "bis 5. Mai", "5月3日まで", " ",
]  # fmt: skip


def findings(report: Report) -> set[str]:
    return {finding.code for subject in report.subjects for finding in subject.findings}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=12).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
    st.sampled_from(["marketing", "transactional", None]),
)
def test_any_subject_is_judged(subject: str, body: str, kind: str | None) -> None:
    report = mailcheck.lint_subject(subject, preheader=body, from_name=body, body=f"<p>{body}</p>", kind=kind)
    assert "RUN001" not in findings(report)
    for each in report.subjects:
        for finding in each.findings:
            place = finding.location
            assert isinstance(place, FileLocation)
            assert 0 <= place.offset <= place.end_offset <= max(len(subject), len(body) + 7)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_ranges_are_in_the_text(text: str) -> None:
    found = [*hidden(text), *foreign_words(text), *styled(text), *marks(text), *emoji(text)]
    found += spaced(text, frozenset({"free"}))
    assert all(0 <= start < end <= len(text) for start, end in found)
    folded = fold(text)
    assert len(folded.offsets) == len(folded.text) + 1
    assert folded.offsets == sorted(folded.offsets)
    for at in range(len(folded.text)):
        start, end = folded.place(at, at + 1)
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    "piece",
    ["Re: ", "a", "! ", "F R ", "a.", "until ", "5 ", "50% ", "\u200b", "аa ", "{{ x }}", "$1,",
     "today only ", "up to ", "1/", "(1) ", "your invoice ", "A*", "無料", "👨\u200d"],
)  # fmt: skip
def test_a_long_subject_takes_little_time(piece: str) -> None:
    text = (piece * (100_000 // len(piece) + 1))[:100_000]
    start = time.process_time()
    report = mailcheck.lint_subject(text, preheader=text, from_name=text, body=text, kind="marketing")
    spent = time.process_time() - start
    assert "RUN001" not in findings(report)
    # A quadratic search over this much takes minutes; the bound is no measure of speed.
    assert spent < 30


@pytest.mark.parametrize(
    "field", [b"", b" ", b" =?utf-8?b?////?=", b" =?x?q?", b" \xff\xfe\x80", b" a\x00b", b"\n folded\n  more"]
)
def test_broken_subjects_of_messages(field: bytes) -> None:
    message = b"From: a <a@shop.example>\nSubject:" + field + b"\n\nHello.\n"
    report = mailcheck.lint_text(message.decode("utf-8", "surrogateescape"), path="a.eml", select=["SUB", "HDR"])
    assert "RUN001" not in findings(report)
