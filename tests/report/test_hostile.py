"""Nothing that a stranger wrote acts on a screen, a log, a table, a page or a parser."""

import csv
import io
import json
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.model.finding import DOCS
from mailcheck.report import FORMATS, RenderOptions, concise_, csv_, github_, gitlab_, junit_, markdown_, render, sarif_
from mailcheck.report.page import Page
from mailcheck.report.text import line_start, printable
from report.hostile import COMMAND, FORBIDDEN, NASTY, TEXTS, report_of
from report.markdown_reading import outside_code

SGR = re.compile(r"\x1b\[[0-9;]*m")
OURS = re.compile(r"::(error|warning|notice) [^:]*title=[^:]*::")


def check(format_name: str, text: str) -> str:
    """What holds for every format; returns the output."""
    out = render(format_name, report_of(text), RenderOptions())
    assert FORBIDDEN.search(out) is None
    assert COMMAND.search(out) is None
    out.encode("utf-8")
    begin = [line for line in out.split("\n") if line.lstrip().startswith("::")]
    assert [line for line in begin if format_name != "github" or not OURS.match(line)] == []
    return out


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text)[:40])
@pytest.mark.parametrize("format_name", FORMATS)
def test_known_attacks_are_inert(format_name: str, text: str) -> None:
    READINGS.get(format_name, lambda _: None)(check(format_name, text))


@pytest.mark.parametrize("format_name", FORMATS)
@settings(max_examples=15, deadline=None)
@given(text=TEXTS)
def test_any_text_is_inert(format_name: str, text: str) -> None:
    READINGS.get(format_name, lambda _: None)(check(format_name, text))


def read_json(out: str) -> None:
    assert out.isascii()
    data = json.loads(out)
    json.dumps(data, ensure_ascii=False).encode("utf-8")


def read_jsonl(out: str) -> None:
    assert len(out.splitlines()) == 2
    for line in out.splitlines():
        read_json(line)


def read_sarif(out: str) -> None:
    read_json(out)
    (run,) = json.loads(out)["runs"]
    for result in run["results"]:
        assert re.search(r"(?<!\\)\]\(", result["message"]["text"]) is None
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(file://)?[A-Za-z0-9._~/%-]*", uri)


def read_xml(out: str) -> None:
    assert out.isascii()
    root = ElementTree.fromstring(out)
    assert [suite.tag for suite in root] == ["testsuite", "testsuite"]
    tags = {"testsuites", "testsuite", "testcase", "failure", "skipped", "system-out"}
    assert {element.tag for element in root.iter()} <= tags
    # The rules of the report and no test case that a text brought in: SPF901 and three unknown ones, then these.
    assert [len(suite) for suite in root] == [4, 3]


def read_csv(out: str) -> None:
    rows = list(csv.reader(io.StringIO(out)))
    assert {len(row) for row in rows} == {9}
    assert len(rows) == 1 + 27 + 3 + 3
    for cell in (cell for row in rows for part in row for cell in part.split(";")):
        assert not cell.lstrip().startswith(tuple("=+-@\t\r＝＋－＠"))


def read_github(out: str) -> None:
    lines = out.rstrip("\n").split("\n")
    commands = [line for line in lines if line.startswith("::")]
    kinds = {kind: sum(line.startswith(f"::{kind} ") for line in commands) for kind in ("error", "warning", "notice")}
    # Nine findings of each severity; beside the warnings what could not be determined, by cause.
    assert (kinds["error"], kinds["notice"], sum(kinds.values())) == (9, 9, len(commands))
    assert 9 <= kinds["warning"] <= 14
    for line in commands:
        properties, _, _ = line[2:].partition("::")
        names = {pair.partition("=")[0] for pair in properties.partition(" ")[2].split(",")}
        assert names <= {"file", "line", "endLine", "col", "endColumn", "title"}
        assert set(re.findall("%..", line)) <= {"%0A", "%25", "%3A", "%2C"}


def read_markdown(out: str) -> None:
    prose = re.sub(rf"\]\({re.escape(DOCS)}[A-Z0-9]+\)", "]()", outside_code(out))
    assert not set("<>@#$&|~\\_/") & set(re.sub(r"^#+ ", "", prose, flags=re.MULTILINE))
    assert re.findall(r"\]\([^)]", prose) == []
    assert "www." not in prose
    for line in prose.split("\n"):
        item = re.sub(r"^(#{2,3}| *-) ", "", line)
        assert re.match(r" *([-+*>=#|]|[0-9]+[.)])( |$)", item) is None, f"begins a block: {line!r}"


READINGS: dict[str, Callable[[str], None]] = {
    "json": read_json,
    "jsonl": read_jsonl,
    "gitlab": read_json,
    "sarif": read_sarif,
    "junit": read_xml,
    "csv": read_csv,
    "github": read_github,
    "markdown": read_markdown,
}


@pytest.mark.parametrize("verbose", [False, True], ids=["normal", "verbose"])
@pytest.mark.parametrize("unicode", [False, True], ids=["ascii", "unicode"])
@settings(max_examples=15, deadline=None)
@given(text=TEXTS, width=st.integers(20, 140))
def test_the_terminal_in_colour_holds_no_escape_but_ours(verbose: bool, unicode: bool, text: str, width: int) -> None:
    options = RenderOptions(color=True, unicode=unicode, width=width, verbose=verbose, statistics=True)
    out = SGR.sub("", render("terminal", report_of(text), options))
    assert FORBIDDEN.search(out) is None
    assert COMMAND.search(out) is None
    assert [line for line in out.split("\n") if line.lstrip().startswith("::")] == []
    assert unicode or out.isascii()
    sgr = set(SGR.findall(render("terminal", report_of(text), options)))
    assert sgr <= {f"\x1b[{code}m" for code in ("0", "1", "2", "32", "1;31", "1;33", "1;34", "1;35")}


@pytest.mark.parametrize(
    "escape",
    [printable, line_start, concise_.line, csv_.cell, sarif_.text, gitlab_.text, Page(RenderOptions()).safe],
    ids=["printable", "line_start", "concise", "csv", "sarif", "gitlab", "terminal"],
)
@given(text=TEXTS)
def test_escaping_twice_is_escaping_once(escape: Callable[[str], str], text: str) -> None:
    assert escape(escape(text)) == escape(text)


@given(text=TEXTS)
def test_xml_and_workflow_commands_give_back_the_printable_text(text: str) -> None:
    assert ElementTree.fromstring(f"<a b='{junit_.xml(text)}'/>").get("b") == printable(text)
    for old, new in (("%2C", ","), ("%3A", ":"), ("%25", "%")):
        assert old not in github_.data(text).replace("%25", "")
        text = text.replace(old, new)
    assert github_.value(text).replace("%2C", ",").replace("%3A", ":").replace("%25", "%") == printable(text)


@given(text=TEXTS)
def test_a_code_span_holds_the_whole_printable_text(text: str) -> None:
    span = markdown_.code(text)
    assert outside_code(f"a {span} b") == ("a (empty) b" if span == "(empty)" else "a  b")


def test_a_value_is_cut_at_its_limit_and_its_length_told() -> None:
    assert printable("x" * 600, limit=500) == "x" * 500 + "… (600 characters)"
