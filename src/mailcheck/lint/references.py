"""What a template extends, includes and leaves open, read from its tags."""

import re
from collections.abc import Callable, Iterator

from mailcheck.lint.template import COMMENT, OUTPUT, Tag, Template
from mailcheck.model.pattern import regex

EXTENDS, INCLUDE, SLOT, DEFINE, OPAQUE = "extends", "include", "slot", "define", "opaque"
MAX_REFERENCES = 500
"""References of one template that are followed."""


class Reference:
    """One reference: its kind, the names that are tried in turn (none: the name is not written out), and its range.

    `optional` ones may be missing without harm. A slot is filled from outside; a define gives a name to a part of this
    file; opaque is what may produce anything (a custom tag, content from the provider's store).
    """

    __slots__ = ("end", "kind", "names", "optional", "start")

    def __init__(self, kind: str, names: tuple[str, ...], start: int, end: int, *, optional: bool = False) -> None:
        self.kind = kind
        self.names = names
        self.start = start
        self.end = end
        self.optional = optional


Found = Iterator[tuple[str, tuple[str, ...], bool]]

_STRING = regex(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`([^`]*)`)""")
_STATEMENT = regex(r"\{%[-+~]?\s*(\w+)\b")
_PLAIN_TAGS = frozenset(
    """
    if elif elsif elseif else endif for endfor in empty set endset with endwith without macro endmacro call endcall
    filter endfilter raw endraw verbatim endverbatim comment endcomment autoescape endautoescape trans endtrans
    pluralize plural blocktrans endblocktrans blocktranslate endblocktranslate translate load url static
    get_static_prefix get_media_prefix now cycle resetcycle firstof spaceless endspaceless regroup ifchanged
    endifchanged widthratio templatetag csrf_token debug lorem language endlanguage get_current_language
    get_available_languages get_language_info localize endlocalize localtime endlocaltime timezone endtimezone do
    continue break unless endunless case when endcase assign capture endcapture increment decrement tablerow
    endtablerow echo liquid apply endapply deprecated guard endguard types cache endcache sandbox endsandbox flush
    form_theme stopwatch endstopwatch endblock endembed parent super querystring partialdef endpartialdef style
    endstyle abort_message connected_content schema endschema javascript endjavascript stylesheet endstylesheet
    endcomponent props doc enddoc trans_default_domain require_css end get_current_language_bidi catalog_items
    catalog_selection_items color font choice boolean number style_settings endstyle_settings
    """.split()  # noqa: SIM905  a table
)
"""Statements that bring in nothing; any other is a custom tag, and its output is not known."""
_VALUE_TAG = regex(r"(?:^|_)(?:url|link|href|uri|path|date|time|year|email)\Z|^unsubscribe|^unsub_|^manage_preferences")
"""Custom tags that print one value: an address of the web, a date. No footer comes out of them."""
_FOOTER = regex(r"(?:^|[._>-])(?:\w{0,30}_)?footer(?:_\w{0,30})?\Z", re.IGNORECASE)
"""Names of values that hold what rules about footers look for."""
_PLACEHOLDER = regex(
    r"(\[\[?|##?|%%?|\{|__|@@|\*\|)[\w.: -]{0,30}footer[\w.: -]{0,30}(?:\]\]?|##?|%%?|\}|__|@@|\|\*)", re.IGNORECASE
)
"""A placeholder of a language that is not known here, such as [[footer]] or ##FOOTER##."""
_SLOT_NAMES = regex(
    r"(?:content|body|yield|slot|main|inner|children|content_for_layout|contents|@content|@partial-block|@body)"
    r"(?:_html|_content|_block)?\Z"
)
_RAW_NAMES = regex(
    r"(?:[\w.$>-]*[._>-])?(?:content|contents|body|html|markup|footer|header|slot|main|inner|children|layout|fragment|block|rows)"
    r"(?:_?(?:html|content|block|markup))?\Z", re.IGNORECASE
)  # fmt: skip


def references(template: Template) -> list[Reference]:
    """The references of a template, in order. Linear in its size; a string that holds a tag is no name."""
    found: list[Reference] = []
    for tag in template.tags:
        if tag.kind == COMMENT:
            continue
        raw = template.text[tag.start : min(tag.end, tag.start + 5_000)]
        for reader in _by_mark(raw, template.dialect):
            for kind, names, optional in reader(raw):
                found.append(Reference(kind, names, tag.start, tag.end, optional=optional))
        if tag.kind == OUTPUT:
            if _is_slot(tag):
                found.append(Reference(SLOT, (tag.expression[:60],), tag.start, tag.end))
            elif _FOOTER.search(_name_of(tag)):
                found.append(Reference(OPAQUE, (tag.expression[:60],), tag.start, tag.end))
        if len(found) >= MAX_REFERENCES:
            break
    found += _around(template)
    found.sort(key=lambda each: each.start)
    return found[:MAX_REFERENCES]


def _by_mark(raw: str, dialect: str) -> tuple[Callable[[str], Found], ...]:
    if raw.startswith("{%"):
        return (_statement,)
    if raw.startswith("{{"):
        # {{$x}} and {{<x}} are Mustache's inheritance; in Go and Blade the dollar begins a variable.
        inherits = dialect in {"mustache", "handlebars", "curly"} or not raw[2:].lstrip("{~- ").startswith(("$", "<"))
        return (_curly,) if inherits else ()
    if raw.startswith("<%"):
        return (_erb,)
    if raw.startswith(("<#", "[#", "<@", "[@")):
        return (_freemarker,)
    if raw.startswith("{"):
        return (_smarty,)
    return ()


def _is_slot(tag: Tag) -> bool:
    """Output into which a layout is likely to put a page: named so and unescaped, or the bare word of a layout."""
    bare = _name_of(tag)
    if _SLOT_NAMES.match(bare):
        return True
    return tag.escapes is False and _RAW_NAMES.match(bare) is not None


def _name_of(tag: Tag) -> str:
    """The name at the beginning of an output tag."""
    return re.split(r"[|\s(?]", tag.expression.strip().strip("{}~- "), maxsplit=1)[0].lstrip(".$")[:200]


def _string(text: str, at: int = 0) -> str | None:
    match = _STRING.match(text, at)
    if match is None:
        return None
    value = next((group for group in match.groups() if group is not None), "")
    return None if re.search(r"\{\{|\{%|<%|\$\{|#\{", value) else value


def _names(text: str) -> tuple[str, ...]:
    """A string, or a list of them; nothing where the name is computed."""
    text = text.strip()
    if text[:1] in "[(":
        return tuple(value for match in _STRING.finditer(text[:2_000]) if (value := _string(match[0])) is not None)
    match = _STRING.match(text)
    if match is None:
        return ()
    rest = text[match.end() :].lstrip()
    # "a" ~ b, "a" + b, "a" if c else "b": what stands there is no whole name.
    if rest[:1] in {"~", "+", "|", "?", ".", "%"} or re.match(r"if\b|or\b", rest):
        return ()
    value = _string(match[0])
    return () if value is None else (value,)


# --- {% %} ------------------------------------------------------------------------------------------------------------
def _statement(raw: str) -> Found:
    match = _STATEMENT.match(raw)
    if match is None:
        return
    word, rest = match[1], raw[match.end() :].removesuffix("%}").rstrip("-+~").strip()
    if word in {"extends", "layout"}:
        if rest.strip() not in {"none", "false"}:
            yield EXTENDS, _names(rest), False
    elif word in {"include", "embed", "render", "section", "sections", "includes", "include_relative", "ssi", "import",
                  "use", "partial"}:  # fmt: skip
        if not rest.startswith("_self"):
            yield INCLUDE, _names(rest.split(" as ", 1)[0] if word == "import" else rest), "ignore missing" in rest
    elif word == "from" and not rest.startswith("_self"):
        yield INCLUDE, _names(rest.split(" import ", 1)[0]), False
    elif word == "liquid":
        for line in rest.splitlines():
            name, _, rest_of_line = line.strip().partition(" ")
            if name in {"render", "include", "section"}:
                yield INCLUDE, _names(rest_of_line), False
    elif word == "block":
        yield SLOT, (rest.split()[0] if rest.split() else "",), False
    elif word not in _PLAIN_TAGS and not word.startswith("end") and not _VALUE_TAG.search(word):
        yield OPAQUE, (word,), False


# --- {{ }} ------------------------------------------------------------------------------------------------------------
_PARTIAL = regex(r"#?>\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s}~=]+))(?!\s*=)")
_FUNCTION = regex(r"(include|source)\s*\(\s*(.*)", re.DOTALL)
_INLINE = regex(r"#\s*\*\s*inline\s+[\"']([^\"']+)[\"']")
_GO = regex(r"(template|block|define)\s+(\"[^\"]*\"|`[^`]*`)")


def _curly(raw: str) -> Found:
    inner = raw.strip("{}").strip("~-").strip()
    if inner.startswith((">", "#>")):
        partial = _PARTIAL.match(inner)
        name = (partial[1] or partial[2] or partial[3]) if partial else ""
        if name == "@partial-block":
            yield SLOT, (name,), False
        elif not name or name.startswith(("(", "*")):
            yield INCLUDE, (), False
        else:
            # A block partial shows its own block where the partial is missing, so its layout may be missing too; but
            # then what readers get is another page.
            yield INCLUDE, (name,), False
        return
    inline = _INLINE.match(inner)
    if inline:
        yield DEFINE, (inline[1],), False
        return
    if inner.startswith("<"):
        # {{<layout}} of Mustache's inheritance.
        yield EXTENDS, (inner[1:].strip(),), False
        return
    if inner.startswith("$"):
        if not inner.startswith("${"):
            yield SLOT, (inner[1:].strip(),), False
        return
    if inner.startswith("content_blocks."):
        yield OPAQUE, (inner[:60],), False
        return
    go = _GO.match(inner)
    if go:
        name = (go[2] or "").strip('"`')
        kind = {"template": INCLUDE, "block": SLOT, "define": DEFINE}[go[1]]
        yield kind, (name,), False
        return
    function = _FUNCTION.match(inner)
    if function:
        yield INCLUDE, _names(function[2]), "ignore_missing" in function[2]


# --- <% %>, <# >, { } ---------------------------------------------------------------------------------------------
_RENDER = regex(
    r"<%[=-]{0,2}\s*(?:raw\s*\(?\s*)?render\b\s*\(?\s*(?::?(?:partial|template|layout|inline)\s*(?:=>|:)\s*|Phoenix\S*\s*)?(.*)",
    re.DOTALL,
)
_YIELD = regex(r"<%[=-]{0,2}\s*(?:yield\b|content_for\s*\(?\s*:\w+\s*\)?\s*-?%>|@inner_content|render_slot)")
_MACRO = regex(r"[<\[]@([\w.]+)")


def _erb(raw: str) -> Found:
    if _YIELD.match(raw) or "yield(" in raw[:200]:
        yield SLOT, ("yield",), False
        return
    match = _RENDER.match(raw)
    if match:
        yield INCLUDE, _names(match[1].rstrip("%>- )")), False


def _freemarker(raw: str) -> Found:
    match = re.match(r"[<\[]#(include|import|nested)\b\s*([^>\]]*)", raw)
    if match:
        if match[1] == "nested":
            yield SLOT, ("nested",), False
        else:
            yield INCLUDE, _names(match[2].split(" as ", 1)[0]), False
        return
    macro = re.match(r"[<\[]#macro\s+(\w+)", raw)
    if macro:
        yield DEFINE, (macro[1],), False
        return
    alias = _MACRO.match(raw)
    if alias and "." not in alias[1]:
        yield INCLUDE, (f"@{alias[1]}",), False


_SMARTY = regex(r"\{(include|extends|block|insert|fetch)\b([^}]*)")
_SMARTY_NAME = regex(
    r"""(?:^|\s)(?:file|name)\s*=\s*(?:"([^"$`]*)"|'([^']*)'|([^\s"'$}]+))|^\s*(?:"([^"$`]*)"|'([^']*)')"""
)


def _smarty(raw: str) -> Found:
    match = _SMARTY.match(raw)
    if match is None:
        if raw.startswith("{$smarty.block.child"):
            yield SLOT, ("block.child",), False
        return
    name = _SMARTY_NAME.search(match[2])
    value = next((group for group in name.groups() if group is not None), "") if name else ""
    if match[1] in {"insert", "fetch"}:
        yield OPAQUE, (match[1],), False
    elif match[1] == "block":
        yield SLOT, (value,), False
    else:
        value = value.rpartition("]")[2].removeprefix("file:")
        kind = EXTENDS if match[1] == "extends" else INCLUDE
        for each in value.removeprefix("extends:").split("|") if value else ():
            yield kind, (each,), False
        if not value:
            yield kind, (), False


# --- languages whose marks are no brackets: read from the text, comments left out ----------------------------
_BLADE = regex(
    r"(?<![@\w])@(extends|include|includeIf|includeWhen|includeUnless|includeFirst|each|component|yield|stack|section"
    r"|livewire|inject)\s*\(([^()]{0,1000})|<x-([\w.:-]+)|\{\{\s*\$slot\b|\{!!\s*\$slot\b"
)
_RAZOR = regex(
    r"\bLayout\s*=\s*(\"[^\"\n]*\"|null\b|[^;\n]{1,200})|@\(?\s*(?:await\s+)?(RenderBody|RenderSection(?:Async)?)\b"
    r"|Html\.(?:Render)?Partial(?:Async)?\s*\(\s*([^)\n]{0,200})|<partial\s[^<>]{0,300}?\bname\s*=\s*\"([^\"@\n]*)\""
    r"|(Component\.InvokeAsync)\s*\(|Html\.Raw\(\s*([\w.]{1,200})"
)
_SFMC = regex(r"\b(ContentBlockBy(?:Key|Name|Id)|ContentArea(?:ByName)?|TreatAsContent(?:Area)?|HTTPGet)\s*\(",
                   re.IGNORECASE)  # fmt: skip
_MJML = regex(r"<mj-include\b[^<>]{0,500}?\bpath\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)


def _around(template: Template) -> Iterator[Reference]:
    text, dialect = template.text, template.dialect
    if dialect == "blade":
        yield from _unless_comment(template, _BLADE, _blade)
    elif dialect == "razor":
        yield from _unless_comment(template, _RAZOR, _razor)
    elif dialect == "ampscript":
        yield from _unless_comment(template, _SFMC, lambda match, _: (OPAQUE, (match[1],), False))
    if "<mj" in text:
        yield from _unless_comment(template, _MJML, _mjml)
    if "footer" in text or "FOOTER" in text or "Footer" in text:
        for match in _PLACEHOLDER.finditer(text):
            if template.tag_at(match.start()) is None:
                yield Reference(OPAQUE, (match[0],), match.start(), match.end())
                break


def _unless_comment(
    template: Template,
    pattern: "re.Pattern[str]",
    read: "Callable[[re.Match[str], str], tuple[str, tuple[str, ...], bool] | None]",
) -> Iterator[Reference]:
    for count, match in enumerate(pattern.finditer(template.text)):
        if count >= MAX_REFERENCES:
            return
        tag = template.tag_at(match.start())
        if tag is not None and tag.kind == COMMENT:
            continue
        # A directive's tag holds its arguments whole, brackets inside them too.
        found = read(match, template.text[match.end() : min(tag.end, match.end() + 2_000)] if tag else "")
        if found:
            kind, names, optional = found
            yield Reference(kind, names, match.start(), match.end(), optional=optional)


def _blade(match: "re.Match[str]", more: str) -> tuple[str, tuple[str, ...], bool] | None:
    word, rest, component = match[1], (match[2] or "") + more, match[3]
    if component:
        return INCLUDE, (f"components.{component}",), False
    if word is None:
        return SLOT, ("slot",), False
    if word in {"yield", "stack"}:
        return SLOT, (_string(rest) or "",), False
    if word == "section":
        # A section that the layout itself shows (@show) is a slot with content; in a child it fills one.
        return None
    if word in {"inject", "livewire"}:
        return (OPAQUE, (word,), False) if word == "livewire" else None
    if word in {"includeWhen", "includeUnless"}:
        strings = [value for part in _STRING.finditer(rest) if (value := _string(part[0])) is not None]
        return INCLUDE, tuple(strings[:1]), False
    if word == "includeFirst":
        return INCLUDE, _names(rest.replace("array(", "[")), False
    return EXTENDS if word == "extends" else INCLUDE, _names(rest), word == "includeIf"


def _razor(match: "re.Match[str]", _more: str) -> tuple[str, tuple[str, ...], bool] | None:
    layout, slot, partial, tag, opaque, unescaped = match.groups()
    if layout is not None:
        if layout.strip() == "null" or layout.strip() == '""':
            return DEFINE, ("no layout",), False
        return EXTENDS, _names(layout), False
    if slot:
        return SLOT, (slot,), False
    if partial is not None:
        return INCLUDE, _names(partial.split(",", 1)[0]), False
    if tag is not None:
        return INCLUDE, (tag,) if tag else (), False
    if unescaped is not None:
        return (SLOT, (unescaped,), False) if _RAW_NAMES.match(unescaped) else None
    return (OPAQUE, (opaque,), False) if opaque else None


def _mjml(match: "re.Match[str]", _more: str) -> tuple[str, tuple[str, ...], bool] | None:
    path = match[1] if match[1] is not None else match[2]
    return INCLUDE, () if re.search(r"\{\{|\{%|<%|\$\{", path) else (path,), False
