"""The terminal as its reader sees it."""

import re
from dataclasses import replace
from itertools import pairwise

import dns.name
import dns.rdata
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcheck.model.finding import Finding
from mailcheck.model.fix import publish
from mailcheck.model.judge import UnknownResult
from mailcheck.model.location import DnsLocation, FileLocation
from mailcheck.model.report import Report, SubjectReport
from mailcheck.model.severity import Severity
from mailcheck.report import RenderOptions, render
from mailcheck.report.excerpt import WINDOW, excerpt
from report.sample import DOMAIN, FINDINGS, REFUSED, REPORT, SHOP, UNKNOWN, finding

SGR = re.compile(r"\x1b\[[0-9;]*m")


def show(*findings: Finding, unknown: tuple[UnknownResult, ...] = (), **options: object) -> str:
    subject = SubjectReport(DOMAIN, "fail", findings, (), unknown)
    return render("terminal", Report("audit", "0.1.0", (subject,)), RenderOptions(**options))  # type: ignore[arg-type]


def master_file(text: str) -> str:
    """RFC 1035 5.1, written a second time."""
    return "".join(
        "\\\\" if char == "\\" else char if 0x20 <= ord(char) < 0x7F else "\\" + format(ord(char), "03d")
        for char in text
    )


RECORDS = st.text(st.sampled_from('abc :;="\\\x00\x1b\x7f\x80\xff') | st.characters(max_codepoint=255), max_size=300)


@given(record=RECORDS, width=st.integers(4, 110), data=st.data())
def test_carets_stand_under_the_octets_of_the_span_and_no_others(record: str, width: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(record)))
    end = data.draw(st.integers(start, len(record)))
    meant, rows = [], list(excerpt(record, (start, end), width, octets=True))
    for above, (kind, marks) in pairwise(rows):
        if kind == "marks":
            assert above[0] == "text"
            meant += [char for char, mark in zip(above[1], marks, strict=False) if mark == "^"]
    whole = "".join(row for kind, row in rows if kind == "text")
    assert whole.replace("#\\035", "##").rstrip(" ") == master_file(record).rstrip(" ")
    if 0 < end - start < len(record):
        assert "".join(meant).replace("#\\035", "##") == master_file(record[start:end])
    elif start == end < len(record) or start == end != 0:
        assert "".join(meant) == (master_file(record[start]) if start < len(record) else " ")
    else:
        assert meant == []
    assert all(len(row) <= width for _, row in rows)


@given(field=st.text(st.sampled_from("ab :\r\n\t\x00\xff"), max_size=120), width=st.integers(4, 60), data=st.data())
def test_a_folded_field_is_shown_line_by_line(field: str, width: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(field)))
    end = data.draw(st.integers(start, len(field)))
    found = list(excerpt(field, (start, end), width, octets=True, lines=True))
    rows = [row for kind, row in found if kind == "text"]
    assert not any("\n" in row or "\r" in row or "\\010" in row for row in rows)
    kept = master_file(field.replace("\r\n", "\n").replace("\n", ""))
    assert "".join(rows).replace("\\009", "").replace(" ", "") == kept.replace("\\009", "").replace(" ", "")
    assert all(len(row) <= max(width, 4) for row in rows)


def test_the_lines_of_a_field_keep_their_carets() -> None:
    field = "From: Alice\r\n\t<a@example.com>"
    rows = list(excerpt(field, (13, 30), 40, octets=True, lines=True))
    assert rows == [("text", "From: Alice"), ("text", "    <a@example.com>"), ("marks", "^" * 19)]
    assert [row for _, row in excerpt(field, (14, 30), 40, octets=True, lines=True)][2] == "    " + "^" * 15


def test_utf8_of_a_message_is_read_and_other_octets_are_not() -> None:
    def shown(octets: bytes, *, ascii: bool = False) -> str:
        found = excerpt(octets.decode("latin-1"), None, 60, octets=True, ascii=ascii, lines=True)
        return "".join(row for _, row in found)

    assert shown("café 中".encode()) == "café 中"
    assert shown("café".encode(), ascii=True) == "caf\\195\\169"
    assert shown("café".encode("latin-1")) == "caf\\233"
    assert shown("a\u202eb\x1b".encode()) == "a\\226\\128\\174b\\027"
    rows = list(excerpt("é中x".encode().decode("latin-1"), (2, 5), 60, octets=True, lines=True))
    assert rows == [("text", "é中x"), ("marks", " ^^")]


@pytest.mark.parametrize("at", [0, 100, 30_000, 59_990])
@pytest.mark.parametrize("width", [80, 120])
def test_a_record_of_60_kb_shows_its_place_in_a_few_rows(at: int, width: int) -> None:
    record = "v=spf1 " + "ip4:192.0.2.1 " * 4285 + "   "
    place = DnsLocation(DOMAIN, "TXT", (at, at + 9), record)
    text = show(finding("SPF901", "spf-long", Severity.ERROR, "too long", place), width=width)
    lines = text.splitlines()
    rows = [line.partition("│ ")[2] for line in lines if "│ " in line]
    marks = next(number for number, row in enumerate(rows) if "^" in row)
    column = rows[marks].index("^")
    assert rows[marks - 1][column:].startswith(record[at : at + 9].rstrip()[:3])
    assert len(rows) < 2 * WINDOW // (width - 20)
    assert (f"… {at - WINDOW // 4:,} octets before" in text) == (at > WINDOW // 4)
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("source", ["日本 <b>x</b>", "\t\t<b>x</b>", "é\u0301 <b>x</b>", "\u202e<b>x</b>"])
def test_carets_stand_right_behind_wide_and_combining_characters_and_tabs(source: str) -> None:
    start = source.index("<b>")
    place = FileLocation("a.html", 1, start + 1, 1, start + 4, start, start + 3, source)
    text = show(finding("HTM901", "bold", Severity.ERROR, "bold", place))
    row, marks = (line.partition("│ ")[2] for line in text.splitlines() if "│ " in line)
    columns = {"日本 <b>x</b>": 5, "\t\t<b>x</b>": 8, "é\u0301 <b>x</b>": 2, "\u202e<b>x</b>": 8}
    assert "<b>" in row
    assert marks == " " * columns[source] + "^^^"


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("verbose", [False, True], ids=["normal", "verbose"])
def test_no_line_is_wider_than_the_page_but_what_is_to_be_pasted(width: int, verbose: bool) -> None:
    text = render("terminal", REPORT, RenderOptions(width=width, verbose=verbose))
    assert [line for line in text.splitlines() if len(line) > width and " IN TXT " not in line] == []


def test_colour_adds_nothing_that_is_not_there_without_it() -> None:
    plain = render("terminal", REPORT, RenderOptions())
    assert SGR.sub("", render("terminal", REPORT, RenderOptions(color=True))) == plain
    assert {word for word in ("error", "warning", "info", "passed", "unknown") if f"\n  {word:<10}" in plain} == {
        "error",
        "warning",
        "info",
        "passed",
        "unknown",
    }


def test_without_unicode_the_page_is_ascii_and_no_wider() -> None:
    text = render("terminal", REPORT, RenderOptions(unicode=False))
    assert text.isascii()
    assert [line for line in text.splitlines() if len(line) > 80 and " IN TXT " not in line] == []


def test_the_verdict_comes_first_and_sections_stand_in_mail_order() -> None:
    lines = render("terminal", Report("audit", "0.1.0", (SHOP,)), RenderOptions()).splitlines()
    assert lines[0].startswith("shop.example: fail · 2 errors, 2 warnings")
    titles = [line for line in lines if line and not line.startswith(" ") and " IN " not in line][1:]
    assert titles == [
        "Domain",
        "MX",
        "SPF",
        "DKIM",
        "DMARC",
        "TLS",
        "LNK",
        "Ignored and accepted",
        "Not determined",
        "Receivers",
    ]


def test_a_family_that_is_not_in_the_order_is_shown_at_the_end() -> None:
    text = show(finding("ZZZ901", "new-family", Severity.ERROR, "from a later version", DnsLocation(DOMAIN, "TXT")))
    assert "ZZZ901 new-family" in text


def test_one_cause_is_told_once_with_all_its_questions() -> None:
    text = show(unknown=UNKNOWN)
    assert text.count("connection-refused") == 1
    assert (
        "Asked: _mta-sts.shop.example TXT; _smtp._tls.shop.example TXT;\n                   shop.example MX, NS" in text
    )
    assert "servfail from 192.0.2.54" in text


def test_causes_differ_by_reason_and_by_server() -> None:
    reasons = ("a TXT: timeout from 192.0.2.1", "b TXT: timeout from 192.0.2.2", "c TXT: servfail from 192.0.2.1")
    text = show(unknown=tuple(UnknownResult("SPF901", "spf-x", reason) for reason in reasons))
    assert [line[12:] for line in text.splitlines() if line.startswith("  unknown   ") and "see" not in line] == [
        "timeout from 192.0.2.1",
        "timeout from 192.0.2.2",
        "servfail from 192.0.2.1",
    ]


def test_questions_that_are_only_counted_are_not_lost() -> None:
    text = show(unknown=(UnknownResult("SPF901", "spf-x", f"a TXT: {REFUSED} (and 9 more)"),))
    assert "Asked: a TXT and others" in text
    assert "(and 9 more)" not in text


def test_verbose_names_every_rule_and_the_server_that_answered() -> None:
    text = render("terminal", REPORT, RenderOptions(verbose=True, width=120))
    assert all(f"unknown   {each.code} {each.name}" in text for each in UNKNOWN)
    assert "passed    SPF904 spf-all-pass" in text
    assert "ignored   MX902 mx-single at shop.example MX" in text
    assert "Asked: shop.example TXT: NOERROR from 192.0.2.53" in text


def test_quiet_leaves_out_what_passed_and_the_drawings_but_not_what_is_unknown() -> None:
    text = render("terminal", REPORT, RenderOptions(quiet=True))
    assert not any(word in text for word in ("  passed", "├─", "Receivers"))
    assert "Not determined" in text


def test_zone_lines_are_whole_and_begin_with_their_owner() -> None:
    text = render("terminal", REPORT, RenderOptions())
    lines = [line for line in text.splitlines() if " IN TXT " in line]
    assert len(lines) == 3
    assert all(re.fullmatch(r'[a-z._]+\. 3600 IN TXT "[^"]{1,300}"( "[^"]{1,300}")*', line) for line in lines)


def test_a_fix_that_is_not_safe_says_so() -> None:
    text = render("terminal", REPORT, RenderOptions())
    assert "Publish: without ptr" in text
    assert "Delete (review first): delete the key" in text
    assert "Or publish (review first): the key without t=y" in text
    assert "Or do: shorten it at the provider" in text


def test_the_record_is_not_said_to_be_above_where_another_was_shown_last() -> None:
    without = tuple(replace(each, related=()) for each in FINDINGS)
    assert "instead of the record above" in show(*without)
    lookups = next(each for each in FINDINGS if each.related)
    assert 'instead of shop.example. TXT "v=spf1' in show(lookups)


def test_why_is_said_once_for_several_findings_of_one_rule() -> None:
    places = [DnsLocation(f"{number}.2.0.192.in-addr.arpa", "PTR") for number in range(3)]
    same = [finding("MX901", "mx-no-ptr", Severity.ERROR, "no name", place, why="It is refused.") for place in places]
    other = finding("MX902", "mx-single", Severity.WARNING, "one host", places[0], why="It is refused.")
    text = show(*same, other)
    assert (text.count("no name"), text.count("Why: It is refused."), text.count("explain MX901")) == (3, 2, 1)
    assert text.index("explain MX901") > text.rindex("no name")


def test_why_is_one_sentence_that_an_abbreviation_does_not_end() -> None:
    why = "It breaks (see section 4, e.g. includes). The rest is not shown."
    place = DnsLocation(DOMAIN, "TXT")
    text = show(finding("SPF901", "spf-x", Severity.ERROR, "broken", place, why=why))
    assert "Why: It breaks (see section 4, e.g. includes).\n" in text
    assert "The rest is not shown." not in text
    verbose = show(finding("SPF901", "spf-x", Severity.ERROR, "broken", place, why=why), verbose=True, width=120)
    assert "The rest is not shown." in verbose


@pytest.mark.parametrize("record", ["##vso[task.x]a", "v=x ###[b] ::error::c", '"\\ \xe9\x1b', "x" * 600 + "##[y]"])
def test_a_zone_line_made_inert_is_the_same_record_to_a_name_server(record: str) -> None:
    fixed = finding("SPF901", "spf-x", Severity.ERROR, "broken", DnsLocation(DOMAIN, "TXT"))
    text = show(replace(fixed, fixes=(publish("the same", DOMAIN, record),)))
    (line,) = (line for line in text.splitlines() if " IN TXT " in line)
    owner, _, _, _, data = line.split(" ", 4)
    assert owner == f"{DOMAIN}."
    assert b"".join(dns.rdata.from_text("IN", "TXT", data).strings).decode("latin-1") == record


def test_an_owner_that_looks_like_a_workflow_command_is_the_same_name_to_a_name_server() -> None:
    fixed = finding("SPF901", "spf-x", Severity.ERROR, "broken", DnsLocation(DOMAIN, "TXT"))
    text = show(replace(fixed, fixes=(publish("the same", f"::error::x.{DOMAIN}", "v=x"),)))
    (line,) = (line for line in text.splitlines() if " IN TXT " in line)
    assert line.startswith("\\058\\058error")
    assert dns.name.from_text(line.split()[0]) == dns.name.from_text(f"::error::x.{DOMAIN}.")
