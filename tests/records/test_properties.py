"""What holds for every text: nothing raised, spans inside the record, suggestions that make it better, linear work."""

import string
import sys
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.records import dmarc, spf
from mailcheck.records.der import DerError, items
from mailcheck.records.dkim_key import looks_like_key, parse_dkim_key
from mailcheck.records.problem import Problem
from mailcheck.records.spf import BadTerm, MacroString, parse_spf
from mailcheck.records.tags import TagList, parse_tags

settings.register_profile("records", deadline=None, max_examples=100)
settings.load_profile("records")

SPF_PIECES = r"""
a mx ptr all include exists ip4 ip6 redirect exp moo v=spf1 ip ipv4 inculde : = / // , ; . - + ~ ? % %% %_ %- %{d} %{i}
%{ir} %{d2r-} %{d0} %{c} { } 24 64 129 0 00 192.0.2.1 2001:db8::1 ::ffff:192.0.2.1 a.example b com x _spf.a.example
https:// @ " ' \
"""
TAG_PIECES = r"""
v p sp np rua ruf fo t psd k h s = ; ;; , : DMARC1 dmarc1 DKIM1 none reject rejct quarantine y n mailto: a@b.example !
!10m %21 ? https://x.example AAAA MIIB -----BEGIN == " ' \ asfp P T
"""
ODD_PIECES = ("\t", "\r", "\n", "\u00e9", "\u201c", "\u2013", "\u0000")


def mixed(pieces: str) -> st.SearchStrategy[str]:
    """Texts of what records are made of, with blanks between, and arbitrary text among it."""
    words = st.sampled_from([*pieces.split(), *ODD_PIECES])
    word = st.one_of(words, words, st.just(" "), st.text(max_size=3))
    return st.lists(word, max_size=14).map("".join)


SPF = st.one_of(st.just("v=spf1 "), st.just("")).flatmap(lambda head: mixed(SPF_PIECES).map(lambda text: head + text))
TAGS = st.sampled_from(["v=DMARC1; ", "v=DKIM1; ", "", " "]).flatmap(
    lambda head: mixed(TAG_PIECES).map(lambda text: head + text)
)


def inside(text: str, problems: tuple[Problem, ...]) -> None:
    assert list(problems) == sorted(problems, key=lambda each: each.span)
    for problem in problems:
        start, end = problem.span
        assert 0 <= start <= end <= len(text)
        assert problem.message
        assert problem.suggestion != text[start:end]


def replaced(text: str, problem: Problem) -> str:
    start, end = problem.span
    return text[:start] + problem.suggestion + text[end:]


@given(SPF)
def test_spf_terms_slice_back_and_cover_the_record(text: str) -> None:
    record = parse_spf(text)
    inside(text, record.problems)
    rest = list(text)
    for term in record.terms:
        assert text[slice(*term.span)] == term.text
        rest[slice(*term.span)] = " " * len(term.text)
        for string_ in (getattr(term, "domain", None), getattr(term, "value", None)):
            if isinstance(string_, MacroString):
                assert text[slice(*string_.span)] == string_.text
                assert all(text[slice(*macro.span)].startswith("%{") for macro in string_.macros)
    assert "".join(rest).strip(" ") == ("v=spf1" if spf.is_spf(text) else "").replace("v=spf1", text[:6])
    bad = [term.problem for term in record.terms if isinstance(term, BadTerm)]
    twice = [problem for problem in record.problems if problem.message.endswith("stands twice")]
    assert [problem.span for problem in record.problems if problem.kind == "syntax"] == sorted(
        problem.span for problem in (*bad, *twice)
    )
    assert record.valid is not bool(bad or twice)


@given(SPF)
def test_every_spf_suggestion_leaves_fewer_problems(text: str) -> None:
    record = parse_spf(text)
    for problem in record.problems:
        if problem.suggestion is None:
            continue
        term = next(each for each in record.terms if each.span[0] <= problem.span[0] < max(each.span[1], 1))
        better = parse_spf(text[: term.span[0]] + problem.suggestion + text[term.span[1] :])
        assert len(better.problems) < len(record.problems), (problem, better.problems)


@given(SPF)
def test_an_spf_suggestion_never_lets_everybody_send(text: str) -> None:
    for problem in parse_spf(text).problems:
        if problem.suggestion is not None:
            offered = parse_spf(f"v=spf1 {problem.suggestion}")
            assert not any(term.name == "all" and term.qualifier == "+" for term in offered.mechanisms)


@given(SPF)
def test_spf_versions(text: str) -> None:
    problem = spf.version_problem(text)
    if problem is not None:
        assert not spf.is_spf(text)
        inside(text, (problem,))
        assert problem.suggestion is None or spf.is_spf(problem.suggestion)


def sliced(tags: TagList) -> None:
    for tag in tags.tags:
        assert tags.text[slice(*tag.name_span)] == tag.name
        assert tags.text[slice(*tag.value_span)] == tag.value
        assert tags.text[slice(*tag.span)].startswith(tag.name)


@given(TAGS)
def test_tag_lists(text: str) -> None:
    tags = parse_tags(text)
    sliced(tags)
    inside(text, tags.problems)
    for problem in tags.problems:
        if problem.suggestion is not None:
            assert len(parse_tags(replaced(text, problem)).problems) < len(tags.problems)


@given(TAGS)
def test_dmarc_records(text: str) -> None:
    record = dmarc.parse_dmarc(text)
    inside(text, record.problems)
    for uri in (*record.rua, *record.ruf):
        assert text[slice(*uri.span)] == uri.text
        assert (uri.domain is None) is (uri.problem is not None)
    assert {record.p, record.sp, record.np} <= set(dmarc.POLICIES)
    for problem in record.problems:
        if problem.suggestion is not None:
            assert len(dmarc.parse_dmarc(replaced(text, problem)).problems) < len(record.problems), problem


@given(TAGS)
def test_dmarc_versions(text: str) -> None:
    problem = dmarc.version_problem(text)
    if problem is not None:
        assert not dmarc.is_dmarc(text)
        inside(text, (problem,))
        assert dmarc.is_dmarc(problem.suggestion)


@given(TAGS)
def test_dkim_keys(text: str) -> None:
    record = parse_dkim_key(text)
    inside(text, record.problems)
    sliced(record.tags)
    assert not (record.revoked and record.key)
    assert record.revoked or record.key or {"key", "form"} & {problem.kind for problem in record.problems}
    assert looks_like_key(text) in {True, False}
    for problem in record.problems:
        if problem.suggestion is not None:
            assert len(parse_dkim_key(replaced(text, problem)).problems) < len(record.problems), problem


@given(st.one_of(st.binary(max_size=200), SPF.map(lambda text: text.encode("utf-8", "replace"))))
def test_octets_of_any_kind_are_read(data: bytes) -> None:
    for read in (
        parse_spf,
        spf.is_spf,
        spf.version_problem,
        dmarc.parse_dmarc,
        dmarc.is_dmarc,
        dmarc.version_problem,
        parse_dkim_key,
        looks_like_key,
    ):
        assert read(data) == read(data.decode("latin-1"))


@given(st.binary(max_size=60))
def test_der_reads_or_raises_its_own_error(data: bytes) -> None:
    try:
        found = list(items(data))
    except DerError:
        return
    assert sum(len(item.body) for item in found) <= len(data)


HEADS = {
    "spf": (parse_spf, ("v=spf1 ", "v=spf1 a:", "v=spf1 x=", "v=spf1 ip4:")),
    "spf version": (spf.version_problem, ("", "v=spf", "v", '"')),
    "dmarc": (
        dmarc.parse_dmarc,
        ("v=DMARC1;", "v=DMARC1; p=", "v=DMARC1; rua=", "v=DMARC1; rua=mailto:a@", "v=DMARC1; fo="),
    ),
    "dmarc version": (dmarc.version_problem, ("", "v", "v=dmarc", "x v=dmarc1;", '"')),
    "dkim": (parse_dkim_key, ("", "p=", "v=DKIM1; p=MII", "v=DKIM1; t=")),
    "dkim look": (looks_like_key, ("", "v", "p")),
}
UNITS = (
    *'-=+,/;:.!@%"a1 \t\r\n\\~\u00e9',
    *(
        "%{",
        "%%{",
        "%{d}",
        "%{d1",
        "%%",
        "%{d}.",
        "a.",
        "a,",
        "a;",
        "a=b;",
        "a=b,a@b,",
        "..",
        "//",
        "::",
        "1.",
        "1.1.1.1,",
    ),
    *("--", "-B", "BEGIN", "-BEGIN", "v=", "v=v", "p=", "mailto:a@b,", "ip4:1,", "= ", "v ", "p ", "a ", "x "),
    *("inculde:x ", "a:a.a ", "include:a.b,c ", "redirect=a.b "),
)


class Steps:
    """Counts the lines of our code that run, which is what grows with the input (regular expressions aside)."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, frame: FrameType, event: str, arg: object) -> "Steps | None":
        if "mailcheck/records" not in frame.f_code.co_filename:
            return None
        self.count += 1
        return self


@pytest.mark.parametrize("parser", HEADS)
def test_steps_grow_no_faster_than_the_record(parser: str) -> None:
    read, heads = HEADS[parser]

    def steps(text: str) -> int:
        counter, before = Steps(), sys.gettrace()
        sys.settrace(counter)
        try:
            read(text)
        finally:
            sys.settrace(before)
        return counter.count

    for head in heads:
        for unit in UNITS:
            small, large = steps(head + unit * 60), steps(head + unit * 240)
            assert large <= 5 * small + 200, (head, unit, small, large)


@pytest.mark.parametrize("parser", HEADS)
def test_a_hostile_record_of_60_kb_is_read(parser: str) -> None:
    """A regular expression that goes back over its input would not come to an end here."""
    read, heads = HEADS[parser]
    for head in heads:
        for unit in UNITS:
            read((head + unit * 60_000)[:60_000])


@pytest.mark.parametrize("alphabet", [string.printable, string.ascii_letters + "=;:,% ", "\u0000\u00ff "])
def test_spf_of_ten_thousand_terms_is_cut_with_one_problem(alphabet: str) -> None:
    words = [alphabet[at % len(alphabet)].replace(" ", "x") + "=" for at in range(10_000)]
    record = parse_spf("v=spf1 " + " ".join(words))
    assert [problem.kind for problem in record.problems].count("limit") == 1
