"""Every scanner is total: any text gives tags in order, masks of the same length, and no exception."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.lint.dialects import DIALECTS, read
from mailcheck.lint.dialects.detection import detect, read_template
from mailcheck.lint.template import CLOSE, COMMENT, MIDDLE, OPEN, OUTPUT, STATEMENT, Template

PIECES = [
    "{{", "}}", "{{{", "}}}", "{{{{", "}}}}", "{%", "%}", "{%-", "-%}", "{#", "#}", "{{!--", "--}}", "{{!", "{{/*",
    "*/}}",    "{{/if}}", "{{^x}}", "{{else}}", "{{#x}}", "{{/x}}", "{{=<% %>=}}", "\\{{", "{{> p}}", "{{&x}}",
    "{% if x %}", "{% elif y %}", "{% else %}", "{% endif %}", "{% for x in y %}", "{% endfor %}", "{% raw %}",
    "{% endraw %}", "{% comment %}", "{% endcomment %}", "{% set x = 1 %}", "{% set x %}", "{% endset %}",
    "{% case x %}", "{% when 1 %}", "{% endcase %}", "{% block a %}", "{% endblock %}", "{{${x}}}", "{{ .X }}",
    "{{if x}}", "{{end}}", "{{range .X}}", "<%", "%>", "<%=", "<%#", "<%%", "<% if x %>", "<% else %>", "<% end %>",
    "<% x.each do |y| %>", "-%>", "@if(x)", "@else", "@endif", "@foreach (a as b)", "@endforeach", "@verbatim",
    "@endverbatim", "@php", "@endphp", "@section('a', 'b')", "@section('a')", "@show", "{!!", "!!}", "@@", "@{{",
    "anna@if.example", "@if (x) {", "} else {", "}", "{", "@(", ")", "(", "@*", "*@", "@Model.Name", "@{", "@: text",
    "@model X", "@media", "<text>", "</text>", "*|", "|*", "*|FNAME|*", "*|IF:X|*", "*|ELSE:|*", "*|END:IF|*", "%%",
    "%%[", "]%%", "%%=", "=%%", "%%name%%", "IF x THEN", "ELSE", "ENDIF", "FOR @i = 1 TO 2 DO", "NEXT @i", "/*", "*/",
    '<script runat="server">', "</script>", "<#if x>", "<#else>", "</#if>", "<#list a as b>", "</#list>", "${", "#{",
    "<#--", "-->", "<!--", "[#if x]", "[/#if]", "<@m a=1>", "</@m>", "<@m/>", "<#noparse>", "</#noparse>", "{$x}",
    "{if $x}", "{/if}", "{else}", "{*", "*}", "{literal}", "{/literal}", "{foreach $a as $b}", "{/foreach}",
    "<style>", "</style>", "<p>", "</p>", "<img src=\"", "\">", '"', "'", "`", "\\", "|", ",", ";", "\n", "\r\n", "\r",
    " ", "a", "x|safe", "“x”", "\u00a0", "é", "🦊", "\x00", "İ",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=40).map("".join),
)
KINDS = {OUTPUT, STATEMENT, COMMENT, OPEN, MIDDLE, CLOSE}


def check(template: Template, text: str) -> None:
    """What holds of every template."""
    at = 0
    for tag in template.tags:
        assert 0 <= tag.start < tag.end <= len(text)
        assert tag.start >= at, "tags stand in order and do not overlap"
        at = tag.end
        assert tag.kind in KINDS
    for fault in template.faults:
        assert 0 <= fault.start < fault.end <= len(text)
        assert fault.message
    for start, end in template.raw:
        assert 0 <= start <= end <= len(text)
    for block in template.blocks:
        assert block.branches
        assert block.branches == sorted(block.branches)
        assert all(block.open.end <= start <= end for start, end in block.branches)
    assert template.variants
    for variant in template.variants:
        assert len(variant) == len(text)
        changed = {(masked, char) for masked, char in zip(variant, text, strict=True) if masked != char}
        assert all(masked in {" ", "x"} and char not in {"\r", "\n"} for masked, char in changed)
    for offset in (0, len(text) // 2, len(text)):
        branch = template.branch_at(offset)
        assert branch is None or branch.start <= offset < branch.end
        template.in_conditional(offset)


@pytest.mark.parametrize("dialect", DIALECTS)
@given(text=TEXTS)
@settings(max_examples=50, deadline=None)
def test_any_text_is_read(dialect: str, text: str) -> None:
    check(read(text, dialect), text)


@given(text=TEXTS, name=st.sampled_from(["a.html", "a.j2", "a.blade.php", "a.tpl", "a.cshtml", "a", "a.b.liquid.html"]))
@settings(max_examples=100, deadline=None)
def test_any_file_has_a_language(text: str, name: str) -> None:
    template = read_template(name, text)
    assert template.dialect in DIALECTS
    check(template, text)


@given(text=TEXTS)
@settings(deadline=None)
def test_what_is_declared_holds(text: str) -> None:
    assert detect("mail/a.html.j2", text, {"mail/**": "liquid"}) == ("liquid", "declared")


@given(text=TEXTS)
@settings(deadline=None)
def test_declared_plain_is_plain(text: str) -> None:
    template = read(text, "none")
    assert template.tags == ()
    assert template.variants == (text,)


# A conditional, an output and a comment of each language, to be put together: (if, else, end, output, comment).
FORMS = {
    "jinja": ("{% if a %}", "{% else %}", "{% endif %}", "{{ x }}", "{# c #}"),
    "django": ("{% if a %}", "{% else %}", "{% endif %}", "{{ x }}", "{% comment %}c{% endcomment %}"),
    "twig": ("{% if a %}", "{% else %}", "{% endif %}", "{{ x|raw }}", "{# c #}"),
    "hubl": ("{% unless a %}", "{% else %}", "{% endunless %}", "{{ x }}", "{# c #}"),
    "liquid": ("{%- unless a -%}", "{% else %}", "{% endunless %}", "{{ x }}", "{% # c %}"),
    "braze": ("{% if {{${a}}} == 'b' %}", "{% else %}", "{% endif %}", "{{${x}}}", "{% comment %}c{% endcomment %}"),
    "generic": ("{% if a %}", "{% else %}", "{% endif %}", "{{ x }}", "{% comment %}c{% endcomment %}"),
    "handlebars": ("{{#if a}}", "{{else}}", "{{/if}}", "{{{x}}}", "{{!-- }} --}}"),
    "mustache": ("{{#a}}", "{{/a}}{{^a}}", "{{/a}}", "{{x}}", "{{! c }}"),
    "go": ("{{ if .A }}", "{{- else -}}", "{{ end }}", '{{ printf "}}" }}', "{{/* c */}}"),
    "erb": ("<% if a %>", "<% else %>", "<% end -%>", "<%= x %>", "<%# c %>"),
    "blade": ("@if (f(a))", "@else ", "@endif ", "{!! $x !!}", "{{-- c --}}"),
    "razor": ("@if (A) {", "} else {", "}", "@(X)", "@* c *@"),
    "mailchimp": ("*|IF:A|*", "*|ELSE:|*", "*|END:IF|*", "*|FNAME|*", ""),
    "ampscript": ("%%[ IF @a THEN ]%%", "%%[ ELSE ]%%", "%%[ ENDIF ]%%", "%%=v(@x)=%%", "%%[ /* c */ ]%%"),
    "freemarker": ("<#if a gt (1)>", "<#else>", "</#if>", "${x}", "<#-- c -->"),
    "smarty": ("{if $a}", "{else}", "{/if}", "{$x}", "{* c *}"),
}  # fmt: skip


class Tree:
    """A piece of template: what it writes in variant 0 and in variant 1, masked, and what it is as source."""

    def __init__(self, source: str, first: str, second: str) -> None:
        self.source, self.first, self.second = source, first, second


def trees(dialect: str) -> st.SearchStrategy[Tree]:
    """Templates of a language, with what their two variants must be."""
    begin, other, end, output, comment = FORMS[dialect]
    leaves = st.sampled_from(["<p>", "</p>", "<b>text</b>", "\n", "<td>"]).map(lambda text: Tree(text, text, text))
    tags = [Tree(output, "x" * len(output), "x" * len(output))]
    if comment:
        tags.append(Tree(comment, " " * len(comment), " " * len(comment)))
    leaf = st.one_of(leaves, st.sampled_from(tags))
    if dialect == "razor":
        # In the braces of a block Razor reads code; markup must be whole there.
        whole = st.sampled_from(["<p>a</p>", "<br>", "\n"]).map(lambda text: Tree(text, text, text))
        leaf = st.one_of(
            whole,
            st.just(tags[0]).map(lambda tag: _joined([Tree("<i>", "<i>", "<i>"), tag, Tree("</i>", "</i>", "</i>")])),
        )

    def extended(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        def conditional(parts: tuple[Tree, Tree]) -> Tree:
            one, two = parts
            blank = lambda text: "".join(char if char in "\r\n" else " " for char in text)  # noqa: E731
            return Tree(
                begin + one.source + other + two.source + end,
                blank(begin) + one.first + blank(other) + blank(two.source) + blank(end),
                blank(begin) + blank(one.source) + blank(other) + two.second + blank(end),
            )

        return st.lists(st.one_of(inner, st.tuples(inner, inner).map(conditional)), max_size=4).map(_joined)

    return st.recursive(leaf, extended, max_leaves=12)


def _joined(parts: list[Tree]) -> Tree:
    return Tree(*("".join(getattr(part, name) for part in parts) for name in ("source", "first", "second")))


@pytest.mark.parametrize("dialect", FORMS)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_variants_hold_one_branch_each(dialect: str, data: st.DataObject) -> None:
    """Masked by the grammar that wrote it, and masked by the scanner: the same text."""
    tree = data.draw(trees(dialect))
    source = f"<div>{tree.source}</div>"
    template = read(source, dialect)
    assert [(fault.key, fault.message) for fault in template.faults] == []
    wanted = [f"<div>{each}</div>" for each in (tree.first, tree.second)]
    assert list(template.variants) == (wanted if len(template.variants) > 1 else wanted[:1])
    if tree.first != tree.second:
        assert len(template.variants) == 2
