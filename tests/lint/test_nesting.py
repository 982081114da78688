"""Misnesting in templates: whatever is found must be wrong in what the template renders to; and no rule ever fails."""

from itertools import product

import jinja2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailcheck.lint.dialects import read
from mailcheck.lint.document import Body
from mailcheck.lint.html import parse
from mailcheck.lint.nesting import faults
from mailcheck.lint.options import LintOptions
from mailcheck.lint.run import lint_source
from mailcheck.lint.source import Source
from mailcheck.model.selection import Selection

OPTIONS = LintOptions(Selection.of(("ALL",)))
ENGINE = jinja2.Environment(autoescape=True)
PIECES = st.sampled_from(
    [
        "x", "<div>", "</div>", "<b>", "</b>", "<table><tr><td>", "</td></tr></table>", "<p>", "</p>", "<td>", "</td>",
        "<i>x</i>", "<br>", "{{ x }}", "<li>", "</ul>", "<ul>", "<!--[if mso]><b>x</b><![endif]-->", "</tr><tr>",
    ]
)  # fmt: skip


@st.composite
def templates(draw: st.DrawFn, flags: str = "abc") -> str:
    """A Jinja template of tags that may or may not fit, in branches each of which is taken in some rendering."""
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["piece", "piece", "if", "else", "not", "loop"]))
        if kind == "piece" or len(flags) < 2:
            parts.append(draw(PIECES))
            continue
        flag = draw(st.sampled_from(flags))
        left = flags.replace(flag, "")
        inside = draw(templates(left))
        if kind == "if":
            parts.append(f"{{% if {flag} %}}{inside}{{% endif %}}")
        elif kind == "not":
            parts.append(f"{{% if not {flag} %}}{inside}{{% endif %}}")
        elif kind == "else":
            parts.append(f"{{% if {flag} %}}{inside}{{% else %}}{draw(templates(left))}{{% endif %}}")
        else:
            parts.append(f"{{% for i in items %}}{inside}{{% endfor %}}")
    return "".join(parts)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(templates())
def test_what_is_found_in_a_template_is_wrong_in_some_rendering(inside: str) -> None:
    """Every choice of the conditions, and loops of no, one and two rounds, as Jinja itself renders them."""
    text = f"<html><body>{inside}</body></html>"
    body = Body(Source("x.html", text), read(text, "jinja"), "html")
    found = [(fault.misnesting.kind, fault.misnesting.tag) for fault in faults(body)]
    if not found:
        return
    template = ENGINE.from_string(text)
    renderings = [
        template.render(a=a, b=b, c=c, x="y", items=range(rounds))
        for a, b, c, rounds in product((False, True), (False, True), (False, True), range(3))
    ]
    wrong = [parse(Source("x.html", rendered)).misnested for rendered in renderings]
    assert any(wrong), f"{found} in a template all of whose renderings fit"


SOUP = st.lists(
    st.sampled_from(
        [
            "<", ">", "</", "{{", "}}", "{%", "%}", "{% if a %}", "{% else %}", "{% endif %}", "{{ x }}", "{# c #}",
            "<html>", "<head>", "</head>", "<body>", "</body>", "</html>", "<title>", "</title>", "<style>", "</style>",
            "@import url(a)", "<table>", "</table>", "<td background='", "'>", "<a href='", "</a>", "<img src=",
            "alt=''",
            '"', "'", "<!--[if mso]>", "<![endif]-->", "<!--[if !mso]><!-->", "<!--", "-->", "http://", "//a", "\r\n",
            "\r", "\0", "é", "😀", " ", "<meta charset=", "<link rel=stylesheet href=", "<svg>", "role=x", "lang",
            "<mjml>", "<mj-image ", "/>", "data:", "---\n", "mailcheck: ignore[HTM004]", "&nbsp;", "\u200b",
            "<!doctype html>",
        ]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(SOUP, st.sampled_from(["x.html", "x.html.j2", "x.hbs", "x.mjml", "x.txt.j2", "x.liquid", "x.html.erb"]))
def test_no_rule_fails(text: str, path: str) -> None:
    report = lint_source(text, path, OPTIONS)
    findings = [finding for subject in report.subjects for finding in subject.findings]
    assert [finding.message for finding in findings if finding.code == "RUN001"] == []
    for finding in findings:
        offset = getattr(finding.location, "offset", None)
        if offset is not None:
            assert 0 <= offset <= finding.location.end_offset <= len(text)
