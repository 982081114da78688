"""Markup as it is written: elements, attributes, texts and comments with their places. The only module over turbohtml.

The tree that a browser builds drops and moves what stands in the wrong place, and what it drops cannot be shown. So
rules read the tokens, in the order in which they are written, under a stack of our own (HTML 13.1.2.4 for the end
tags that may be left out).
"""

from collections.abc import Iterator
from typing import Any

from mailcheck.lint.source import Source
from mailcheck.lint.tokenizer import tokenizer
from mailcheck.model.pattern import regex

VOID = frozenset(
    [
        "area",
        "base",
        "basefont",
        "bgsound",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "keygen",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_P_CLOSERS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "table",
        "ul",
    ]
)
_ROW_GROUPS = frozenset({"tbody", "thead", "tfoot"})
_CELL_ENDS = frozenset({"td", "th", "tr", "caption", "col", "colgroup"}) | _ROW_GROUPS
_ENDS_IMPLIED = {
    # An element that is open -> the start tags before which its end tag may be left out (HTML 13.1.2.4), and those
    # that end it in a table (13.2.6.4.11 and following). Each name ends itself, so no chain of them grows long.
    "p": _P_CLOSERS,
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "rt": frozenset({"rt", "rp"}),
    "rp": frozenset({"rt", "rp"}),
    "option": frozenset({"option", "optgroup", "hr"}),
    "optgroup": frozenset({"optgroup", "hr"}),
    "thead": _ROW_GROUPS,
    "tbody": _ROW_GROUPS,
    "tfoot": _ROW_GROUPS,
    "tr": frozenset({"tr"}) | _ROW_GROUPS,
    "td": _CELL_ENDS,
    "th": _CELL_ENDS,
    "colgroup": frozenset({"colgroup", "caption", "tr", "td", "th"}) | _ROW_GROUPS,
    "caption": _CELL_ENDS,
    "head": frozenset({"head", "body"}),
}
_IMPLYING = frozenset().union(*_ENDS_IMPLIED.values())
"""Start tags before which an end tag may be left out."""
OPTIONAL_END = frozenset(_ENDS_IMPLIED) | {"html", "body"}
"""Elements whose end tag may be missing where their parent ends."""
_SCOPES = ("table", "td", "th", "caption", "html", "template", "svg", "math", "object", "marquee")
"""Elements through which an end tag inside does not reach (HTML 13.2.4.2, element scope)."""
_ATTRIBUTE = regex(r"""[\s/]*([^\s=>/"'][^\s=>/]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']*))?""")
KNOWN = (_P_CLOSERS - {"hr"}) | frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "body", "button", "caption", "cite", "code", "colgroup",
        "data", "datalist", "dd", "del", "dfn", "dt", "em", "font", "form", "head", "html", "i", "iframe", "ins", "kbd",
        "label", "legend", "li", "map", "mark", "noscript", "object", "optgroup", "option", "output", "picture", "q",
        "rp", "rt", "ruby", "s", "samp", "script", "select", "small", "span", "strike", "strong", "style", "sub", "sup",
        "tbody", "td", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "tt", "u", "var", "video",
    }
)  # fmt: skip
"""HTML's own elements with an end tag. Other names are for another program, for which `/>` does close them."""
_FRAME = frozenset({"html", "body", "mjml", "mj-body"})
_TABLE_BODIES = frozenset({"table", "tbody", "thead", "tfoot"})
_TABLE_PARTS = frozenset({"table", "caption", "colgroup", "tbody", "thead", "tfoot", "tr", "td", "th"})
MAX_TOKENS = 150_000
"""Tags, texts and comments of one text that are read, over all its variants."""
MAX_MISNESTED = 1_000
"""Tags that do not fit which are kept."""


class Attribute:
    """One attribute of a start tag: name, value (references decoded), and the ranges of all of it and of the value."""

    __slots__ = ("end", "name", "start", "value", "value_end", "value_start")

    def __init__(self, name: str, value: str, start: int, end: int, value_start: int, value_end: int) -> None:
        self.name = name
        self.value = value
        self.start = start
        self.end = end
        self.value_start = value_start
        self.value_end = value_end


class Element:
    """A start tag with what belongs to it.

    `start:end` is the start tag; `close_start:close_end` the end tag, both None where there is none. `parent` is the
    element around it as written. `inside` numbers the first and the last text and element inside (half-open).
    """

    __slots__ = (
        "_places", "attributes", "close_end", "close_start", "end", "first_child", "last_child", "markup", "parent",
        "start", "tag", "text_from", "text_to",
    )  # fmt: skip

    def __init__(
        self,
        markup: "Markup",
        tag: str,
        attributes: dict[str, str],
        start: int,
        end: int,
        parent: "Element | None",
    ) -> None:
        self.markup = markup
        self.tag = tag
        self.attributes = attributes
        self.start = start
        self.end = end
        self.parent = parent
        self.close_start: int | None = None
        self.close_end: int | None = None
        self.first_child = self.last_child = 0
        self.text_from = self.text_to = 0
        self._places: list[tuple[str, int, int, int, int, bool]] | None = None

    def get(self, name: str) -> str | None:
        """The value of an attribute as masked (references decoded), None where it is missing."""
        return self.attributes.get(name)

    def attribute(self, name: str) -> Attribute | None:
        """The attribute with its places, None where it is missing."""
        if name not in self.attributes:
            return None
        found = next((each for each in self._written() if each[0] == name), None)
        if found is None:
            return Attribute(name, self.attributes[name], self.start, self.end, self.start, self.end)
        _, start, end, value_start, value_end, _ = found
        return Attribute(name, self.attributes[name], start, end, value_start, value_end)

    def quoted(self) -> list[tuple[int, int]]:
        """The ranges of the attribute values that stand in quotation marks: what is in them makes no attribute."""
        return [(low, high) for _, _, _, low, high, quoted in self._written() if quoted]

    def _written(self) -> list[tuple[str, int, int, int, int, bool]]:
        """Name, range, range of the value, and whether that is quoted, of each attribute. Read once."""
        if self._places is None:
            self._places = []
            text = self.markup.text
            at = self.start + 1 + len(self.tag)
            while at < self.end:
                match = _ATTRIBUTE.match(text, at, self.end)
                if match is None:
                    at += 1
                    continue
                low, high = match.span(2) if match[2] is not None else (match.end(), match.end())
                quoted = bool(match[2]) and match[2][0] in "\"'"
                if quoted:
                    low, high = low + 1, high - 1
                self._places.append((match[1].lower(), match.start(1), match.end(), low, high, quoted))
                at = max(match.end(), at + 1)
        return self._places

    @property
    def content(self) -> tuple[int, int]:
        """The range between start and end tag (to where the element ends, without one)."""
        return self.end, self.close_start if self.close_start is not None else max(self.end, self._ends_at())

    def _ends_at(self) -> int:
        texts = self.markup.texts
        ends = [self.end]
        if self.text_to > self.text_from:
            ends.append(texts[self.text_to - 1][1])
        if self.last_child > self.first_child:
            last = self.markup.elements[self.last_child - 1]
            ends.append(last.close_end or last.end)
        return max(ends)

    def text(self) -> str:
        """The text inside, as masked, references decoded."""
        return "".join(text for _, _, text, _ in self.markup.texts[self.text_from : self.text_to])

    def descendants(self) -> list["Element"]:
        """The elements inside, in order."""
        return self.markup.elements[self.first_child : self.last_child]

    def ancestors(self) -> Iterator["Element"]:
        """The elements around, from the inside."""
        each = self.parent
        while each is not None:
            yield each
            each = each.parent


class Misnesting:
    """Tags that do not fit each other.

    `kind` is unclosed (a start tag without its end), stray (an end tag without a start), crossed (two elements end in
    the wrong order; `other` is the one ended too early), or implied (an end tag whose element had been ended by the
    start of `other` before: a <div> ends a <p>). `at_end`: unclosed only because the text ends, or stray with nothing
    open around it: in a part of a page, its other half may be elsewhere.
    """

    __slots__ = ("at_end", "end", "kind", "other", "start", "tag")

    def __init__(
        self, kind: str, tag: str, start: int, end: int, other: "Element | None" = None, *, at_end: bool = False
    ) -> None:
        self.kind = kind
        self.tag = tag
        self.start = start
        self.end = end
        self.other = other
        self.at_end = at_end


class Markup:
    """One masked text, read: everything in the order in which it is written.

    `texts` are (start, end, decoded text, element around it); `comments` (start, end, inner text); `doctype` its range.
    `cut` is the range of a tag that the end of the text cuts off. `limited`: there is more than was read, so what is
    not here may still be in the text.
    """

    __slots__ = (
        "_framed", "_tags", "comments", "cut", "doctype", "elements", "limited", "misnested", "text", "texts",
    )  # fmt: skip

    def __init__(self, text: str) -> None:
        self.text = text
        self.elements: list[Element] = []
        self.texts: list[tuple[int, int, str, Element | None]] = []
        self.comments: list[tuple[int, int, str]] = []
        self.doctype: tuple[int, int] | None = None
        self.misnested: list[Misnesting] = []
        self.cut: tuple[int, int] | None = None
        self.limited = False
        self._framed: bool | None = None
        self._tags: set[str] | None = None

    def holds(self, *tags: str) -> bool:
        """Whether there is an element of one of these names."""
        if self._tags is None:
            self._tags = {element.tag for element in self.elements}
        return not self._tags.isdisjoint(tags)

    @property
    def framed(self) -> bool:
        """Whether a page's frame opens and closes in this text, so that nothing of it is elsewhere."""
        if self._framed is None:
            self._framed = any(each.tag in _FRAME and each.close_start is not None for each in self.elements)
        return self._framed

    def find(self, *tags: str) -> Iterator[Element]:
        """The elements of these names, in order."""
        return (element for element in self.elements if element.tag in tags) if self.holds(*tags) else iter(())


_NAME = regex(r"[a-z][a-z0-9:._-]*")
_TEXT, _START, _END, _COMMENT, _DOCTYPE = 0, 1, 2, 3, 4
_TAG_END = regex(r"""(?:[^>"']|"[^"]*"|'[^']*')*+>""")
_TAG_START = regex(r"<(?=/?[A-Za-z])")
_COMMENT_END = regex(r"--!?>")


def parse(source: Source, text: str | None = None, *, limit: int = MAX_TOKENS) -> Markup:
    """Read `text` (a masked form of the source's text, of the same length; the source's own without it).

    Never raises; linear in the text, of which `limit` tokens are read.
    """
    tokenize = tokenizer()
    text = source.text if text is None else text
    markup = Markup(text)
    stack = _Stack(markup)
    take = stack.take
    # Masking keeps every line end, so the source's lines are those of the masked text.
    starts = source.starts
    dropped = "></>" in text
    previous = None
    begin = 0
    for number, token in enumerate(tokenize(text)):
        at = starts[token.line - 1] + token.col
        if previous is not None:
            take(previous, begin, _without_dropped(text, begin, at) if dropped else at)
        previous, begin = token, at
        if number >= limit:
            markup.limited = True
            break
    if previous is not None:
        end = _last_end(text, begin, int(previous.type))
        take(previous, begin, end)
        if end < len(text) and not markup.limited:
            markup.cut = (end, len(text))
    elif text:
        markup.cut = (0, len(text))
    stack.finish()
    return markup


def _without_dropped(text: str, begin: int, end: int) -> int:
    """Where a token ends that is followed by `</>`, which the tokenizer drops without a word (HTML 13.2.5.7)."""
    while end - begin > 4 and text.startswith("></>", end - 4):
        end -= 3
    return end


def _last_end(text: str, begin: int, kind: int) -> int:
    """Where the last token ends; behind it there can only be a tag that the end of the text cuts off."""
    if kind in (_START, _END):
        match = _TAG_END.match(text, begin)
        return match.end() if match else len(text)
    if kind == _COMMENT and text.startswith("<!--", begin):
        match = _COMMENT_END.search(text, begin + 2)
        return match.end() if match else len(text)
    if kind == _TEXT:
        # A tag without its end is dropped by the tokenizer, together with what follows.
        cut = _TAG_START.search(text, begin)
        return cut.start() if cut is not None and _TAG_END.match(text, cut.start()) is None else len(text)
    at = text.find(">", begin)
    return at + 1 if at >= 0 else len(text)


class _Stack:
    """The elements that are open while the tokens come in."""

    def __init__(self, markup: Markup) -> None:
        self._markup = markup
        self._text = markup.text
        self._texts = markup.texts
        self._open: list[Element] = []
        # Where in `_open` the elements of each name stand, so that an end tag finds its start without a search.
        self._where: dict[str, list[int]] = {}
        self._early: dict[str, list[tuple[Element, Misnesting]]] = {}
        self._ended: dict[str, Element] = {}

    def take(self, token: Any, start: int, end: int) -> None:
        """One token and its range. It is called for each, so what most of them need is done without further calls.

        A token that does not begin with `<` is text, and of tags the second character tells which (HTML 13.2.5.6): to
        ask for a token's type takes as long as all of this.
        """
        tag = token.tag
        if tag is None:
            if self._text[start] != "<":
                self._texts.append((start, end, token.data or "", self._open[-1] if self._open else None))
            else:
                self._other(token, start, end)
        elif self._text[start + 1] == "/":
            waiting = self._open
            if waiting and waiting[-1].tag == tag:
                element = self._pop()
                element.close_start, element.close_end = start, end
                ended = self._ended
                if ended and element.start < ended["p"].start:
                    del ended["p"]
            else:
                self._end(tag, start, end)
        else:
            self._start(tag, dict(token.attrs), start, end, closed=token.self_closing)

    def _other(self, token: Any, start: int, end: int) -> None:
        """A comment, a doctype, or a text that begins with `<`."""
        kind = token.type
        markup = self._markup
        if kind == _TEXT:
            self._texts.append((start, end, token.data or "", self._open[-1] if self._open else None))
        elif kind == _COMMENT:
            markup.comments.append((start, end, token.data or ""))
        elif kind == _DOCTYPE and markup.doctype is None:
            markup.doctype = (start, end)

    def _start(self, tag: str, attributes: dict[str, str], start: int, end: int, *, closed: bool) -> None:
        if not tag.isalnum():
            # <tr{if $last}> is a row, whoever fills in the rest.
            plain = _NAME.match(tag)
            tag = plain[0] if plain else tag
        waiting = self._open
        if tag in _IMPLYING and waiting and waiting[-1].tag in _ENDS_IMPLIED:
            self._imply_ends(tag)
        markup = self._markup
        elements = markup.elements
        element = Element(markup, tag, attributes, start, end, waiting[-1] if waiting else None)
        elements.append(element)
        element.first_child = element.last_child = len(elements)
        element.text_from = element.text_to = len(markup.texts)
        if tag in VOID or (closed and (tag not in KNOWN or self._where.get("svg") or self._where.get("math"))):
            return
        places = self._where.get(tag)
        if places is None:
            self._where[tag] = [len(waiting)]
        else:
            places.append(len(waiting))
        waiting.append(element)

    def _imply_ends(self, tag: str) -> None:
        least = None
        for number in range(len(self._open) - 1, -1, -1):
            each = self._open[number]
            ends = _ENDS_IMPLIED.get(each.tag)
            if ends is None:
                break
            if tag in ends:
                if each.tag == "p":
                    if tag == "table":
                        # In quirks mode a table ends no <p>, and mail is read in both modes.
                        break
                    if tag != "p":
                        # Remembered until the next </p>: its own element is over.
                        self._ended["p"] = each
                least = number
        if least is not None:
            self._pop_to(least)

    def _pop_to(self, number: int) -> None:
        while len(self._open) > number:
            self._pop()

    def _pop(self) -> Element:
        element = self._open.pop()
        self._where[element.tag].pop()
        element.last_child = len(self._markup.elements)
        element.text_to = len(self._markup.texts)
        return element

    def _end(self, tag: str, start: int, end: int) -> None:
        if tag in VOID:
            return
        at = self._find(tag)
        if at is None:
            self._stray(tag, start, end)
            return
        matched = self._open[at]
        for each in self._open[at + 1 :]:
            if each.tag not in OPTIONAL_END:
                fault = Misnesting("unclosed", each.tag, each.start, each.end, matched)
                self._fault(fault)
                self._early.setdefault(each.tag, []).append((each, fault))
        self._pop_to(at)
        matched.close_start, matched.close_end = start, end
        ended = self._ended.get("p")
        if ended is not None and matched.start < ended.start:
            del self._ended["p"]

    def _find(self, tag: str) -> int | None:
        """Where the element stands that an end tag ends, None where a table or cell lies between."""
        own = self._where.get(tag)
        if not own:
            return None
        if tag in _FRAME:
            return own[-1]
        if tag in {"td", "th"} and self._open[-1].tag in _TABLE_BODIES:
            # Between rows, the end of a cell can only be that of the cell around a table that was not closed.
            return own[-1]
        walls = ("table",) if tag in _TABLE_PARTS else _SCOPES
        wall = max((places[-1] for name in walls if (places := self._where.get(name))), default=-1)
        return own[-1] if own[-1] >= wall else None

    def _stray(self, tag: str, start: int, end: int) -> None:
        early = self._early.get(tag)
        if early:
            element, fault = early.pop()
            fault.kind = "crossed"
            element.close_start, element.close_end = start, end
            return
        implied = self._ended.pop(tag, None)
        kind = "implied" if implied is not None else "stray"
        frame = sum(len(self._where.get(name, ())) for name in _FRAME)
        alone = len(self._open) == frame
        self._fault(Misnesting(kind, tag, start, end, implied, at_end=alone))

    def _fault(self, fault: Misnesting) -> None:
        if len(self._markup.misnested) < MAX_MISNESTED:
            self._markup.misnested.append(fault)

    def finish(self) -> None:
        """What is open at the end of the text."""
        while self._open:
            element = self._pop()
            if element.tag not in OPTIONAL_END:
                self._fault(Misnesting("unclosed", element.tag, element.start, element.end, at_end=True))
        self._markup.misnested.sort(key=lambda fault: fault.start)
