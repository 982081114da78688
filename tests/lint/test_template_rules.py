"""The rules about template tags: what their fixes write, and that what is fixed is found no more."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lint.examples import lint
from mailcheck.lint.dialects import DIALECTS, read
from mailcheck.lint.document import Body, Document
from mailcheck.lint.rules import leftovers, template
from mailcheck.lint.source import Source
from mailcheck.lint.tag_text import bare, blanked
from mailcheck.model.fix import TextEdit
from mailcheck.model.judge import judge
from mailcheck.model.rule import loaded

RULES = [rule for rule in loaded("TPL") if rule.module in {template.__name__, leftovers.__name__}]
NBSP, ZWSP = "\u00a0", "\u200b"


def found(folder: Path, name: str, text: str, code: str) -> list[tuple[str, str, str]]:
    """Severity, offending text, and the text after its safe fix ("" without one) of a rule's findings."""
    (folder / name).write_bytes(text.encode())
    results = []
    for subject in lint(folder, paths=[name]).subjects:
        for finding in subject.findings:
            if finding.code != code:
                continue
            after = text
            edits = [
                change for fix in finding.fixes if fix.safe for change in fix.changes if isinstance(change, TextEdit)
            ]
            for edit in sorted(edits, key=lambda each: -each.offset):
                after = after[: edit.offset] + edit.text + after[edit.end_offset :]
            results.append((str(finding.severity), finding.offending, after if edits else ""))
    return results


@pytest.mark.parametrize(
    ("name", "code", "text", "fixed"),
    [
        ("a.html.j2", "TPL009", "<p>{{ a | default(“b”) }}</p>", '<p>{{ a | default("b") }}</p>'),
        ("a.html.j2", "TPL009", "<p>{{ a | default(„b“) ~ ‘c’ }}</p>", "<p>{{ a | default(\"b\") ~ 'c' }}</p>"),
        ("a.html.j2", "TPL009", "<p>{{ a | default(“it's”) }}</p>", ""),
        ("a.html.j2", "TPL009", "<p>{{ a | default(“b”, “c) }}</p>", ""),
        ("a.html.liquid", "TPL011", f"<p>{{{{{NBSP}a{ZWSP} }}}}</p>", "<p>{{ a }}</p>"),
        (
            "a.html.j2",
            "TPL003",
            "<p></p>{% if a %}{% elsif b %}{% endif %}",
            "<p></p>{% if a %}{% elif b %}{% endif %}",
        ),
        (
            "a.html.twig",
            "TPL003",
            "<p></p>{% if a %}{% else if b %}{% endif %}",
            "<p></p>{% if a %}{% elseif b %}{% endif %}",
        ),
        (
            "a.html.liquid",
            "TPL003",
            "<p></p>{% if a %}{% elif b %}{% endif %}",
            "<p></p>{% if a %}{% elsif b %}{% endif %}",
        ),
        ("a.html.hbs", "TPL003", "<p></p>{{#if a}}{{elsif b}}{{/if}}", "<p></p>{{#if a}}{{else if b}}{{/if}}"),
        ("a.html.gotmpl", "TPL003", "<p></p>{{if .A}}{{elseif .B}}{{end}}", "<p></p>{{if .A}}{{else if .B}}{{end}}"),
    ],
)
def test_a_fix_repairs_what_was_found(name: str, code: str, text: str, fixed: str, tmp_path: Path) -> None:
    results = found(tmp_path, name, text, code)
    assert [after for _, _, after in results] == [fixed]
    if fixed:
        assert found(tmp_path, name, fixed, code) == []


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("a.html.liquid", "error"),
        ("a.html.twig", "error"),
        ("a.html.j2", "warning"),
        ("a.html.hbs", "warning"),
        ("a.html", "warning"),
    ],
)
def test_a_no_break_space_is_white_space_to_some_engines(name: str, severity: str, tmp_path: Path) -> None:
    assert [each[0] for each in found(tmp_path, name, f"<p>{{{{ a{NBSP}}}}}</p>", "TPL011")] == [severity]


def test_jinja_reads_a_no_break_space() -> None:
    """The fact on which that severity rests."""
    import jinja2

    assert jinja2.Environment(autoescape=True).from_string(f"{{{{{NBSP}a }}}}").render(a="x") == "x"
    with pytest.raises(jinja2.TemplateSyntaxError):
        jinja2.Environment(autoescape=True).from_string(f"{{{{ a{ZWSP} }}}}")


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.html.j2", "<p>{% for a in b %}", "{% endfor %}"),
        ("a.html.hbs", "<p>{{#each b}}", "{{/each}}"),
        ("a.html.gotmpl", "<p>{{ range .B }}", "{{ end }}"),
        ("a.html.erb", "<p><% if b %>", "<% end %>"),
        ("a.html.ejs.erb", "<p><% if (b) { %>", "<% } %>"),
        ("a.blade.php", "<p>@if ($b)", "@endif"),
        ("a.cshtml", "<p>@if (B) { <b>x</b>", "}"),
        ("a.ftl", "<p><#if b>", "</#if>"),
        ("a.html", "<p>*|IFNOT:B|*", "*|END:IF|*"),
        ("b.html", "<p>%%[ IF @b THEN ]%%", "%%[ ENDIF ]%%"),
        ("c.html", "<p>{$a}{foreach $b as $c}", "{/foreach}"),
    ],
)
def test_the_missing_end_is_given_to_paste(name: str, text: str, title: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(text.encode())
    findings = [
        finding
        for subject in lint(tmp_path, paths=[name]).subjects
        for finding in subject.findings
        if finding.code == "TPL001"
    ]
    assert [finding.fixes[0].title for finding in findings] == [f"write {title} where the block ends"]


def test_a_flood_is_cut(tmp_path: Path) -> None:
    results = found(tmp_path, "a.html.j2", "<p></p>" + "{% endif %}" * 500, "TPL001")
    assert len(results) == template.MAX_FINDINGS + 1


@pytest.mark.parametrize("dialect", DIALECTS)
@given(text=st.text(alphabet="{}%#<>@()[]|*&;“”‘’'\"\u00a0\u200b /=-!$.abIFif:\n", max_size=120))
@settings(max_examples=40, deadline=None)
def test_rules_are_total(dialect: str, text: str) -> None:
    source = Source("a.html", text)
    for media in ("html", "text"):
        for rendered in (False, True):
            body = Body(source, read(text, "plain" if rendered else dialect), media, rendered=rendered)
            judgement = judge(RULES, Document("a.html", [body]))
            assert [finding.message for finding in judgement.findings if finding.code == "RUN001"] == []
            for finding in judgement.findings:
                assert finding.fixes


@given(text=st.text(alphabet="\"'`\\ab\n", max_size=60))
def test_blanking_keeps_the_length(text: str) -> None:
    assert len(blanked(text)) == len(text)


@pytest.mark.parametrize(
    ("dialect", "text", "gone"),
    [
        ("jinja", "{{ a | b('c') }}", ["'c'"]),
        ("jinja", "{{ don't }}", []),
        ("ampscript", '%%[ SET @a = "//b" /* it\'s */ SET @c = "d" ]%%', ['"//b"', "/* it's */", '"d"']),
        ("razor", '@(a /* "b */ + "c//d")', ['/* "b */', '"c//d"']),
        ("erb", "<% a # it's\n b = '#{c}' %>", ["# it's", "'#{c}'"]),
        ("go", '{{ `a"b` }}', ['`a"b`']),
    ],
)
def test_strings_and_comments_are_blanked(dialect: str, text: str, gone: list[str]) -> None:
    read_text = read(text, dialect)
    wanted = text
    for each in gone:
        wanted = wanted.replace(each, " " * len(each))
    assert bare(read_text, read_text.tags[0]) == wanted
