"""SEC: what mail programs remove and filters take for an attack: forms, scripts, handlers, hidden text."""

import re
from collections.abc import Iterator

from mailcheck.lint.capped import capped
from mailcheck.lint.document import Body, Document
from mailcheck.lint.hidden import hidden_texts, sheets_of
from mailcheck.lint.html import Element
from mailcheck.lint.template import OUTPUT, Tag
from mailcheck.model.fix import Fix, steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity


class _Late:
    """A pattern that is compiled when it is first used, for most messages need it never."""

    __slots__ = ("_flags", "_pattern")

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._pattern = pattern
        self._flags = flags

    def __call__(self) -> re.Pattern[str]:
        return re.compile(self._pattern, self._flags)


def _amp(body: Body) -> bool:
    """Whether the body is AMP for Email, whose own validator has other rules."""
    return any(
        name in element.attributes for element in body.find("html") for name in ("⚡4email", "amp4email", "⚡", "amp")
    )


def _mail(document: Document) -> Iterator[Body]:
    return (body for body in document.written if not _amp(body))


def _whole(element: Element) -> tuple[int, int]:
    """The range of a start tag."""
    return element.start, min(element.end, element.start + 200)


@rule("SEC001", "form-or-input", Severity.ERROR, since="0.1")
@capped
def form_or_input(document: Document) -> Result:
    """The message has a form, or fields and buttons of one.

    Why: Most mail programs remove forms or do not let them be sent: readers type into a field and nothing happens. Filters know forms in mail from phishing.
    Bad: <form action="https://www.shop-nord.de/rate"><input name="stars"></form>
    Good: <a href="https://www.shop-nord.de/rate">Rate your order</a>
    Fix: Link to a page that holds the form.
    References: caniemail.com, HTML form element; Gmail, Email sender guidelines
    """
    for body in _mail(document):
        # Checkbox and radio switches of interactive mail send nothing; where they do not work, the fallback shows.
        switched = any(
            ":checked" in text for markup in body.variants for _, _, text, around in markup.texts
            if around is not None and around.tag in {"style", "mj-style"}
        )  # fmt: skip
        reach = 0
        for element in body.find("form", "input", "select", "textarea", "button"):
            if element.tag == "form":
                reach = max(reach, element.content[1])
            elif element.start < reach:
                continue
            if element.tag == "button" and "href" in element.attributes:
                # Inky (Foundation for Emails) makes a link of this one.
                continue
            type_ = (element.get("type") or "").lower()
            if element.tag == "input" and ((switched and type_ in {"checkbox", "radio"}) or type_ == "hidden"):
                continue
            what = {
                "button": "a button of a form does nothing in mail",
                "form": "most mail programs remove this form",
            }.get(element.tag, f"readers cannot use this {element.tag} field in mail")
            yield body.finding(what, *_whole(element), fix=steps('link to a page instead: <a href="https://…">…</a>'))


_ACTIVE = {
    "script": "scripts",
    "iframe": "frames",
    "object": "embedded objects",
    "embed": "embedded objects",
    "applet": "applets",
    "frame": "frames",
    "frameset": "frames",
}


@rule("SEC002", "script-or-embed", Severity.ERROR, since="0.1")
@capped
def script_or_embed(document: Document) -> Result:
    """The message holds a script, a frame or an embedded object.

    Why: Every mail program removes these, and filters reject or junk messages with them. Structured data (application/ld+json) is read by Gmail and does no harm.
    Bad: <script src="https://www.shop-nord.de/count.js"></script>
    Good: <script type="application/ld+json">{"@context": "https://schema.org"}</script>
    Fix: Remove it; link to a page that has it.
    References: Google, Email markup (JSON-LD); HTML Living Standard, scripting; caniemail.com, HTML features
    """
    for body in _mail(document):
        for element in body.find(*_ACTIVE):
            if element.tag == "script":
                type_ = body.known(element, "type")
                if (type_ is None and "type" in element.attributes) or (type_ or "").strip().lower() in _DATA_TYPES:
                    continue
            yield body.finding(
                f"mail programs remove {_ACTIVE[element.tag]}, and filters take them for an attack",
                *_whole(element),
                fix=steps(f"remove the {element.tag} element; link to a page that has it"),
            )


_DATA_TYPES = {"application/ld+json", "application/json"}
_HANDLERS = frozenset(
    {
        "onabort",
        "onafterprint",
        "onanimationend",
        "onauxclick",
        "onbeforeprint",
        "onbeforeunload",
        "onblur",
        "oncanplay",
        "onchange",
        "onclick",
        "onclose",
        "oncontextmenu",
        "oncopy",
        "oncut",
        "ondblclick",
        "ondrag",
        "ondragend",
        "ondragenter",
        "ondragleave",
        "ondragover",
        "ondragstart",
        "ondrop",
        "onended",
        "onerror",
        "onfocus",
        "onfocusin",
        "onfocusout",
        "onhashchange",
        "oninput",
        "oninvalid",
        "onkeydown",
        "onkeypress",
        "onkeyup",
        "onload",
        "onloadeddata",
        "onloadstart",
        "onmessage",
        "onmousedown",
        "onmouseenter",
        "onmouseleave",
        "onmousemove",
        "onmouseout",
        "onmouseover",
        "onmouseup",
        "onmousewheel",
        "onpageshow",
        "onpaste",
        "onpause",
        "onplay",
        "onplaying",
        "onpointerdown",
        "onpointerup",
        "onpopstate",
        "onprogress",
        "onreset",
        "onresize",
        "onscroll",
        "onsearch",
        "onselect",
        "onshow",
        "onsubmit",
        "ontoggle",
        "ontouchend",
        "ontouchmove",
        "ontouchstart",
        "ontransitionend",
        "onunload",
        "onwheel",
    }
)


@rule("SEC003", "event-handler", Severity.ERROR, since="0.1", fix=Fixable.SAFE)
@capped
def event_handler(document: Document) -> Result:
    """An element has an event handler such as onclick.

    Why: Handlers are scripts: every mail program removes them, so nothing happens, and filters count them as an attack.
    Bad: <a href="https://www.shop-nord.de" onclick="track()">Shop</a>
    Good: <a href="https://www.shop-nord.de/?from=mail">Shop</a>
    Fix: Remove the attribute; count clicks by the address of the link.
    References: HTML Living Standard, event handlers
    """
    for body in _mail(document):
        for element in body.elements:
            for name in element.attributes:
                if not name.startswith("on") or name not in _HANDLERS:
                    continue
                attribute = element.attribute(name)
                if attribute is None:
                    continue
                start = attribute.start
                while start > element.start and body.source.text[start - 1].isspace():
                    start -= 1
                certain = not body.template.overlaps(start, attribute.end)
                remedy = (
                    Fix(f"remove {name}", (body.edit(start, attribute.end, ""),), safe=True)
                    if certain
                    else steps(f"remove the attribute {name}")
                )
                yield body.finding(
                    f"mail programs remove {name}: nothing happens, and filters take it for an attack",
                    attribute.start,
                    attribute.end,
                    fix=remedy,
                )


@rule("SEC004", "hidden-text", Severity.ERROR, since="0.1")
@capped
def hidden_text(document: Document) -> Result:
    """Text is hidden from readers: by size, by its colour, or many words by display:none.

    Why: Filters look for text that only they can read: it is how spam dresses up, and Gmail's guidelines forbid hiding content with HTML and CSS. The preheader at the top of the body is no such text.
    Bad:
    <p>Our lamps are made of oak from the forests of the north, by hand, one by one, and each of them is signed by the carpenter who made it for you.</p>
    <p style="font-size:0">cheap lamps best price</p>
    Good:
    <div style="display:none">Oak lamps, made by hand</div>
    <p>Our lamps are made of oak from the forests of the north, by hand, one by one, and each of them is signed.</p>
    Fix: Delete the hidden text or show it. What shall stand beside the subject in the inbox belongs at the top of the body.
    References: Gmail, Email sender guidelines (no content hidden with HTML and CSS); rspamd, ZERO_FONT, R_WHITE_ON_WHITE
    """
    for body in _mail(document):
        composition = document.composed(body)
        sheets = sheets_of((body, *composition.bodies), complete=composition.complete)
        for hidden in hidden_texts(body, sheets):
            why = hidden.why.removeprefix("display: ")
            words = "1 word is" if hidden.words == 1 else f"{hidden.words} words are"
            yield body.finding(
                f"{words} hidden from readers by {why} (“{hidden.text}”): filters take that for a trick",
                *_whole(hidden.element),
                fix=steps("delete the hidden text, or show it"),
            )


_ZERO_WIDTH = regex("[\u200b\u200c\u200d\u2060\ufeff]")
_SPLIT_WORD = _Late("[A-Za-zÀ-ɏ]{1,30}(?:[\u200b\u200c\u200d\u2060\ufeff]+[A-Za-zÀ-ɏ]{1,30})+")


@rule("SEC005", "zero-width-in-words", Severity.WARNING, since="0.1")
@capped
def zero_width_in_words(document: Document) -> Result:
    """Words are split by characters of no width.

    Why: Spam breaks up words so that filters do not read them; filters look for just that. The filler behind a preheader stands between blanks, not in words.
    Bad: <p>Claim your fr&#8203;ee b&#8203;on&#8203;us now</p>
    Good: <div style="display:none">Oak lamps&zwnj;&nbsp;&zwnj;&nbsp;&zwnj;&nbsp;</div>
    Fix: Delete the invisible characters; where a long word may break, &shy; says so.
    References: Unicode Standard 23.2 (layout controls)
    """
    for body in _mail(document):
        for markup in body.variants[:1]:
            for start, end, text, _ in markup.texts:
                if text.isascii() or not _ZERO_WIDTH.search(text) or body.template.overlaps(start, end):
                    continue
                # One break opportunity in a long word is honest; two in one word, or three words, are not.
                found = [match[0] for match in _SPLIT_WORD().finditer(text) if not _breaks(match[0])]
                if any(len(_ZERO_WIDTH.findall(word)) >= 2 for word in found) or len(found) >= 2:
                    plain = _ZERO_WIDTH.sub("", found[0])
                    yield body.finding(
                        f"invisible characters split words here (“{plain[:40]}”): filters know that from spam",
                        start,
                        min(end, start + 200),
                        fix=steps("delete the characters of no width from the words"),
                    )


def _breaks(word: str) -> bool:
    """Whether the pieces of a word are long: places where it may break, and nothing to hide."""
    return all(len(piece) >= 5 for piece in _ZERO_WIDTH.split(word) if piece)


_SAFE_NAMES = _Late(
    r"(?:html|body|content|contents|markup|inner|slot|yield|main|children|layout|partial|block|header|footer|head|css|styles?|"
    r"svg|icon|logo|preheader|preview|signature|rendered|button|link|url|uri|href|src|image|address|unsubscribe\w*|preferences|"
    r"json|schema|ld|mjml|markdown|md|rich_?text|nbsp|subject|web_?version|pixel|tracking\w*)s?\Z",
    re.IGNORECASE,
)
_SAFE_CODE = _Late(
    r"""(?<![\w.])(?:_\w{0,30}|t|trans|translate|gettext|ngettext|lang|i18n|msg|render\w*|include\w*|yield|partial|component|snippet|content_block|e|h|escape\w*|
    html_escape|sanitize\w*|strip_tags|striptags|bleach|purify|clean|csrf\w*|link_to|button_to|image_tag|mail_to|asset|route|url_for|
    inky\w*|markdown\w*|md|json_encode|to_json|tojson|nl2br\s*\(\s*e|simple_format)(?:\s*\(|\s+['":@$\w])
    |\|\s*(?:trans\w*|t|escape|e|force_escape|striptags|strip_tags|tojson|json|json_encode|markdown\w*|sanitize\w*|bleach|clean|purify|
    linebreaks\w*|urlize\w*|nl2br|date\w*|number\w*|format_\w+|currency|money|round|length|inky\w*|inline_css|spaceless|raw_html)\b
    |\A\s*["'0-9]|\A\s*(?:t|yield|super|block\.super|caller|self\.)\b|\bpm:""",
    re.VERBOSE | re.IGNORECASE,
)
_RAW_FILTER = _Late(
    r"\|\s*(?:safe|raw|unescape|nofilter|noescape|no_esc)\b.*\Z|\?no_esc\Z|\.html_safe\b|\A\s*(?:raw|Html\.Raw|safeHTML)\b|\bnofilter\b",
    re.IGNORECASE | re.DOTALL,
)
_PATH = _Late(r"[\w.$@>\[\]'\"-]+")


@rule("SEC010", "autoescape-off", Severity.WARNING, since="0.1")
@capped
def autoescape_off(document: Document) -> Result:
    """A value is put into the HTML as it is, without escaping.

    Why: If the value comes from a user, it can bring its own links and pictures into your message: phishing in your name, signed by you.
    Bad:
    {file mail.html.j2}
    <p>{{ user.bio|safe }}</p>
    Good:
    {file mail.html.j2}
    <p>{{ user.bio }}</p>
    Fix: Take the filter away, or clean the value before (bleach, nh3, sanitize). Slots for finished HTML are named html, body, content or markup, and are left alone.
    References: CWE-79; CWE-116; OWASP, Cross Site Scripting Prevention Cheat Sheet
    """
    for body in document.written:
        off = [
            (each.open.start, each.close.end if each.close else each.open.end)
            for each in body.template.blocks
            if each.name == "autoescape" and re.match(r"\s*(?:off|false)\b", each.open.expression, re.IGNORECASE)
        ]
        reach = block = 0
        for tag in body.template.tags:
            while block < len(off) and off[block][0] <= tag.start:
                reach = max(reach, off[block][1])
                block += 1
            if tag.start < reach or not _unescaped(body, tag):
                continue
            yield body.finding(
                f"“{_shown(tag.expression)}” is put in unescaped: whoever writes it can put links and pictures into your mail",
                tag.start,
                tag.end,
                fix=steps(
                    "let it be escaped, or clean it in the program (bleach, nh3, sanitize)",
                    *_escaped(body.source.text[tag.start : tag.end]),
                ),
            )
        reach = 0
        for start, end in off:
            if start < reach:
                continue
            reach = end
            inside = [tag for tag in body.template.tags_in(start, end) if _unescaped(body, tag)]
            if inside and start >= body.start:
                opening = body.template.tag_at(start)
                yield body.finding(
                    f"escaping is off here, for “{_shown(inside[0].expression)}” too: whoever writes it can put links into"
                    " your mail",
                    start,
                    opening.end if opening else start + 1,
                    fix=steps("remove this block, and mark single values that are finished markup as safe"),
                )


def _unescaped(body: Body, tag: Tag) -> bool:
    """Whether a tag puts out a value as it is that is no finished markup."""
    return tag.kind == OUTPUT and tag.escapes is False and tag.start >= body.start and not _finished(tag.expression)


def _finished(expression: str) -> bool:
    """Whether the value is markup by its name, or made safe by what is called."""
    text = expression.strip().strip("{}&").strip()
    if _SAFE_CODE().search(text[:500]):
        return True
    text = _RAW_FILTER().sub("", text[:500]).strip(" ()") or text
    match = _PATH().match(re.sub(r"\A(?:raw|Html\.Raw|@Html\.Raw|safeHTML)\s*\(?\s*", "", text))
    if match is None:
        return True
    last = re.split(r"->|[.\[\]'\"]+", match[0].strip(".[]'\""))[-1].lstrip("$@")
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", last).lower()
    return any(_SAFE_NAMES().match(part) is not None for part in (words, words.rpartition("_")[2]))


_ESCAPED = (
    (r"\{\{\{\s*(.+?)\s*\}\}\}", r"{{\1}}"),
    (r"\{\{(~?)&\s*(.+)\}\}", r"{{\1\2}}"),
    (r"\{!!\s*(.+?)\s*!!\}", r"{{ \1 }}"),
    (r"<%==\s*(.+)%>", r"<%= \1%>"),
    (r"<%=\s*raw[\s(]\s*(.+?)\)?\s*%>", r"<%= \1 %>"),
    (r"<%=(.+)\.html_safe(.*)%>", r"<%=\1\2%>"),
    (r"(?i)@Html\.Raw\(([\w.]+)\)", r"@\1"),
    (r"(\$\{.+)\?no_esc\s*\}", r"\1}"),
    (r"(\{\$.+?)\s+nofilter\s*\}", r"\1}"),
    (r"(\{\{.+?)\s*\|\s*(?:safe|raw)\b(.*\}\})", r"\1\2"),
)
"""What switches escaping off in a tag -> the tag without it."""


def _escaped(text: str) -> tuple[str, ...]:
    """The tag as it escapes its value; nothing where there is no sure way to write it."""
    if len(text) > 120 or "\n" in text:
        return ()
    for pattern, own in _ESCAPED:
        changed, number = re.subn(rf"\A{pattern}\Z" if not pattern.startswith("(?i)") else pattern, own, text)
        if number:
            return (changed,)
    return ()


def _shown(expression: str) -> str:
    return " ".join(expression.split())[:60]


@rule("SEC012", "meta-refresh", Severity.ERROR, since="0.1")
@capped
def meta_refresh(document: Document) -> Result:
    """A meta element sends the reader to another page.

    Why: Mail programs ignore it, and filters know it from phishing.
    Bad: <meta http-equiv="refresh" content="0; url=https://www.shop-nord.de">
    Good: <meta http-equiv="Content-Type" content="text/html; charset=utf-8">
    Fix: Remove it; put a link into the text.
    References: HTML Living Standard, meta http-equiv refresh
    """
    for body in _mail(document):
        for element in body.find("meta"):
            if (body.known(element, "http-equiv") or "").strip().lower() == "refresh":
                yield body.finding(
                    "mail programs ignore a refresh, and filters know it from phishing",
                    *_whole(element),
                    fix=steps("remove the meta element; put a link into the text"),
                )


@rule("SEC013", "base-href", Severity.WARNING, since="0.1")
@capped
def base_href(document: Document) -> Result:
    """A base element changes where links lead.

    Why: Many mail programs drop it, so that every relative link and picture breaks, and links can hide behind it from filters.
    Bad: <base href="https://www.shop-nord.de/">
    Good: <a href="https://www.shop-nord.de/sale">Sale</a>
    Fix: Remove it, and write every address whole.
    References: HTML 4.2.3; caniemail.com, HTML base element
    """
    for body in _mail(document):
        for element in body.find("base"):
            if "href" in element.attributes:
                yield body.finding(
                    "many mail programs drop this element: then every relative link and picture is broken",
                    *_whole(element),
                    fix=steps("remove it, and write every address whole, with https:// and the host"),
                )
