"""Ignore comments: in each language's own comments, for a line or a file, and what is said about them."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lint.examples import codes, lint, write_example
from mailcheck.lint import ignores
from mailcheck.lint.dialects import read
from mailcheck.lint.document import Body, Document
from mailcheck.lint.rules import ignore_comments
from mailcheck.lint.source import Source
from mailcheck.model.fix import TextEdit
from mailcheck.model.report import SubjectReport
from mailcheck.model.rule import Rule, loaded
from mailcheck.model.selection import Selection

COMMENTS = {
    "mail.html": "<!-- {} -->",
    "mail.html.j2": "{{# {} #}}",
    "mail.html.twig": "{{#- {} -#}}",
    "mail.liquid": "{{% comment %}} {} {{% endcomment %}}",
    "line.liquid": "{{% # {} %}}",
    "mail.hbs": "{{{{!-- {} --}}}}",
    "mail.mustache": "{{{{! {} }}}}",
    "mail.html.gotmpl": "{{{{/* {} */}}}}",
    "mail.html.erb": "<%# {} %>",
    "mail.blade.php": "{{{{-- {} --}}}}",
    "mail.cshtml": "@* {} *@",
    "mail.ftl": "<#-- {} -->",
    "mail.tpl": "{{* {} *}}{{$x}}",
    "mail.mjml": "<!-- {} -->",
    "mail.html.jinja": "<!-- {} -->",
}
LINK = '<a href="#">Our campaign</a>'
RULES = [rule for rule in loaded("IGN") if rule.module == ignore_comments.__name__]


def linted(folder: Path, text: str, name: str = "mail.html") -> SubjectReport:
    (folder / name).write_bytes(text.encode())
    report = lint(folder, paths=[name])
    assert len(report.subjects) == 1
    return report.subjects[0]


def lines(subject: SubjectReport, code: str) -> list[int]:
    return [finding.location.line for finding in subject.findings if finding.code == code]  # type: ignore[union-attr]


def fixed(subject: SubjectReport, text: str) -> str:
    """The text with the safe edits of the findings about comments."""
    edits = [
        change
        for finding in subject.findings
        if finding.code == "IGN001"
        for fix in finding.fixes
        for change in fix.changes
        if fix.safe and isinstance(change, TextEdit)
    ]
    for edit in sorted(edits, key=lambda each: -each.offset):
        text = text[: edit.offset] + edit.text + text[edit.end_offset :]
    return text


@pytest.mark.parametrize("name", COMMENTS)
def test_every_language_ignores_in_its_own_comments(name: str, tmp_path: Path) -> None:
    comment = COMMENTS[name].format("mailcheck: ignore[LNK001] it comes with the campaign")
    subject = linted(tmp_path, f"<div>\n{comment}\n{LINK}\n{LINK}\n</div>\n", name)
    # The Smarty line holds a tag beside its comment, so the comment speaks of its own line.
    beside = name == "mail.tpl"
    assert lines(subject, "LNK001") == ([3, 4] if beside else [4])
    assert [finding.code for finding in subject.ignored] == ([] if beside else ["LNK001"])
    assert lines(subject, "IGN001") == ([2] if beside else [])


@pytest.mark.parametrize("name", COMMENTS)
def test_every_language_ignores_for_the_file(name: str, tmp_path: Path) -> None:
    comment = COMMENTS[name].format("mailcheck: file-ignore[empty-or-hash-href]")
    subject = linted(tmp_path, f"<div>\n{LINK}\n{LINK}\n</div>\n{comment}\n", name)
    assert lines(subject, "LNK001") == []
    assert len(subject.ignored) == 2


@pytest.mark.parametrize("name", COMMENTS)
def test_an_unused_comment_is_removed_with_its_line(name: str, tmp_path: Path) -> None:
    comment = COMMENTS[name].format("mailcheck: ignore[LNK001]")
    text = f"<div>\r\n  {comment}  \r\n<p>text</p>\r\n</div>\r\n"
    subject = linted(tmp_path, text, name)
    assert lines(subject, "IGN001") == [2]
    left = "  {$x}  \r\n" if name == "mail.tpl" else ""
    assert fixed(subject, text) == f"<div>\r\n{left}<p>text</p>\r\n</div>\r\n"


def test_only_the_unused_words_go(tmp_path: Path) -> None:
    text = f"<!-- mailcheck: ignore[TPL012, LNK001,IMG001] reason -->\n{LINK}\n"
    subject = linted(tmp_path, text)
    assert lines(subject, "IGN001") == [1]
    assert fixed(subject, text) == f"<!-- mailcheck: ignore[LNK001] reason -->\n{LINK}\n"


def test_a_comment_beside_something_speaks_of_its_line(tmp_path: Path) -> None:
    subject = linted(tmp_path, f"{LINK} <!-- mailcheck: ignore[LNK001] -->\n{LINK}\n")
    assert lines(subject, "LNK001") == [2]


def test_blank_lines_and_other_comments_are_passed_over(tmp_path: Path) -> None:
    text = f"<!-- mailcheck: ignore[LNK001] -->\n\n<!-- mailcheck: ignore[TPL012] -->\n<p>TODO: x {LINK}</p>\n{LINK}\n"
    subject = linted(tmp_path, text)
    assert lines(subject, "LNK001") == [5]
    assert lines(subject, "TPL012") == []
    assert lines(subject, "IGN001") == []


def test_a_tag_over_several_lines_is_one_place(tmp_path: Path) -> None:
    subject = linted(tmp_path, f'<!-- mailcheck: ignore[LNK001] -->\n<a\n  class="x"\n  href="#">a</a>\n{LINK}\n')
    assert lines(subject, "LNK001") == [5]


def test_what_looks_like_a_comment_elsewhere_is_text(tmp_path: Path) -> None:
    raw = "{% raw %}{# mailcheck: file-ignore[LNK001] #}{% endraw %}"
    text = f"{raw}{{{{ '<!-- mailcheck: ignore[LNK001] -->' }}}}\n{LINK}\n"
    subject = linted(tmp_path, text, "mail.html.j2")
    assert lines(subject, "LNK001") == [2]
    assert lines(subject, "IGN001") == []


def test_messages_have_none(tmp_path: Path) -> None:
    head = "From: a@shop-nord.de\nSubject: x\nContent-Type: text/html\n\n"
    subject = linted(tmp_path, f"{head}<!-- mailcheck: file-ignore[LNK001] -->\n{LINK}\n", "mail.eml")
    assert len(lines(subject, "LNK001")) == 1


def test_rules_that_did_not_run_are_not_unused() -> None:
    source = Source("a.html", "<!-- mailcheck: ignore[LNK001, LNK003] -->\n<p>x</p>\n")
    document = Document("a.html", [Body(source, read(source.text, "plain"), "html")])
    _, _, extra = ignores.apply(document, [], Selection.of(("LNK003", "IGN001")))
    assert ["LNK003 finds nothing there" in finding.message for finding in extra] == [True]
    assert ignores.apply(document, [], Selection.of(("LNK001",))) == ([], [], [])


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("[empty-or-hash-hreff]", "write empty-or-hash-href"),
        ("[LNK01]", "write LNK"),
        ("[LNK]", "one by one"),
        ("[all]", "one by one"),
        ("[zzzzzzzz]", "mailcheck rules"),
        ("", "with the rules' codes"),
        ("[]", "with the rules' codes"),
        ("[LNK001", "with the rules' codes"),
    ],
)
def test_what_cannot_be_understood_is_said(words: str, advice: str, tmp_path: Path) -> None:
    subject = linted(tmp_path, f"<!-- mailcheck: ignore{words} -->\n{LINK}\n")
    assert lines(subject, "IGN004") == [1]
    assert lines(subject, "LNK001") == [2]
    assert advice in next(finding.fixes[0].title for finding in subject.findings if finding.code == "IGN004")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_examples_of_the_rules(rule: Rule, tmp_path: Path) -> None:
    for folder, example, there in (("bad", rule.doc.bad, True), ("good", rule.doc.good, False)):
        (tmp_path / folder).mkdir()
        write_example(tmp_path / folder, example)
        assert (rule.code in codes(lint(tmp_path / folder))) is there


def test_both_rules_are_there() -> None:
    assert [rule.code for rule in RULES] == ["IGN001", "IGN004"]


@given(
    text=st.lists(
        st.sampled_from(["<!--", "-->", "mailcheck:", " ignore", " file-ignore", "[", "]", "LNK001", ",", "\n", "\r\n",
                         " ", "<a href='#'>", "{# ", " #}", "{% comment %}", "{% endcomment %}", "x"]),
        max_size=30,
    ).map("".join)
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_any_text_is_read(text: str) -> None:
    document = Document("a", [Body(Source("a", text), read(text, "jinja"), "html")])
    for directive in ignores.read(document):
        assert text[directive.start : directive.end]
        for word, _, start, end in directive.words:
            assert text[start:end] == word
    ignores.apply(document, [], Selection.of(("ALL",)))
