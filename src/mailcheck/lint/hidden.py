"""Text that readers do not see: where markup hides it for certain, whatever the style sheets say.

Only what is written in the element counts; wherever a style sheet, a tag of the template language or a part of the
message that is not known may show the text after all (a switch between mobile and desktop, for one), it is left alone.
"""

import re
from collections.abc import Iterable, Sequence

from mailcheck.lint.document import Body
from mailcheck.lint.html import Element, Markup
from mailcheck.model.pattern import regex

MANY_WORDS = 10
"""Words behind display:none that are no leftover; with size or colour, one word is enough."""
PREHEADER_AFTER = 25
"""Visible words before which hidden text is the preheader that inboxes show beside the subject."""
MAX_SHEETS = 200_000
"""Characters of style sheets that are read."""
_WORD = regex(r"[^\W\d_]{2,}")
_TOKEN = regex(r"[.#]?-?[a-z_][\w-]*|\[[\w-]+|\*", re.IGNORECASE)
_LENGTH = regex(r"(\d{0,4}(?:\.\d{1,6})?)(px|pt)?(?:\s*/.*)?\s*\Z")
_HEX = regex(r"#(?:([0-9a-f])([0-9a-f])([0-9a-f])|([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2}))\Z")
_RGB = regex(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,/]+1(?:\.0*)?)?\s*\)\Z")
_COLOURS = {
    "white": (255, 255, 255), "black": (0, 0, 0), "gray": (128, 128, 128), "grey": (128, 128, 128),
    "silver": (192, 192, 192), "whitesmoke": (245, 245, 245), "red": (255, 0, 0), "blue": (0, 0, 255),
    "navy": (0, 0, 128), "green": (0, 128, 0), "yellow": (255, 255, 0), "snow": (255, 250, 250),
    "ivory": (255, 255, 240), "ghostwhite": (248, 248, 255), "lightgray": (211, 211, 211), "lightgrey": (211, 211, 211),
}  # fmt: skip
_PREHEADER = regex(r"pre-?header|pre-?view|snippet|inbox-?text|teaser", re.IGNORECASE)
_UNSEEN = frozenset(
    {"style", "script", "title", "head", "template", "noscript", "mj-preview", "mj-head", "mj-style", "option"}
)
_SHAPES = frozenset({"v:textbox", "v:rect", "v:roundrect"})
_OWN_STATE = _UNSEEN | _SHAPES
"""Elements in which something else holds than around them, whatever is said about them."""
_GROUPS = {
    "display": "show", "visibility": "show", "opacity": "show", "max-height": "show", "height": "show",
    "overflow": "show", "font-size": "size", "font": "size", "color": "colour", "background": "ground",
    "background-color": "ground", "background-image": "ground", "all": "show",
}  # fmt: skip
_ALL = frozenset(_GROUPS.values())

Colour = tuple[int, int, int]


class Hidden:
    """One element whose text is hidden: why (words that fit behind "hidden by"), how many words, the first of them."""

    __slots__ = ("element", "text", "why", "words")

    def __init__(self, element: Element, why: str) -> None:
        self.element = element
        self.why = why
        self.words = 0
        self.text = ""


class Sheets:
    """What style sheets speak of: for each group of properties, the parts of the selectors of its rules."""

    __slots__ = ("_asks_names", "_known", "_tokens", "unknown")

    def __init__(self, texts: Iterable[str], *, unknown: bool) -> None:
        self.unknown = unknown
        self._tokens: dict[str, set[str]] = {group: set() for group in _ALL}
        for text in texts:
            self._read(text[:MAX_SHEETS])
        self._asks_names = any(token.startswith("[") for tokens in self._tokens.values() for token in tokens)
        self._known: dict[tuple[object, ...], frozenset[str]] = {}

    def _read(self, text: str) -> None:
        for piece in text.split("}"):
            head, _, inner = piece.rpartition("{")
            groups = {
                _GROUPS[name]
                for each in inner.split(";")
                if (name := each.partition(":")[0].strip().lower()) in _GROUPS
            }
            if groups:
                found = {token.lower() for token in _TOKEN.findall(head.rpartition("{")[2])}
                for group in groups:
                    self._tokens[group] |= found

    def may_change(self, element: Element, *, named: bool) -> frozenset[str]:
        """The groups of which a rule may give the element a property (`named`: its class and id are written out).

        Most elements of a mail are like another: what holds for a name, class and id is found once.
        """
        attributes = element.attributes
        names = tuple(attributes) if self._asks_names else ()
        key = element.tag, attributes.get("class"), attributes.get("css-class"), attributes.get("id"), names, named
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._may_change(element, named=named)
        return found

    def _may_change(self, element: Element, *, named: bool) -> frozenset[str]:
        attributes = element.attributes
        own = {f".{each}" for each in (attributes.get("class") or attributes.get("css-class") or "").lower().split()}
        if "id" in attributes:
            own.add("#" + (attributes["id"] or "").lower())
        if self.unknown and (own or not named):
            return _ALL
        own |= {element.tag, "*"}
        if self._asks_names:
            own |= {"[" + name for name in attributes}
        return frozenset(
            group for group, tokens in self._tokens.items() if tokens and not (named and tokens.isdisjoint(own))
        )


class _State:
    """What holds for the text inside an element: each None where it is unknown or not said."""

    __slots__ = ("colour", "ground", "hidden", "preheader", "skipped", "small")

    def __init__(self, around: "_State | None") -> None:
        self.hidden: Hidden | None = around.hidden if around else None
        self.small: Hidden | None = around.small if around else None
        self.colour: Colour | None = around.colour if around else None
        self.ground: Colour | None = around.ground if around else None
        self.preheader: bool = around.preheader if around else False
        self.skipped: bool = around.skipped if around else False


class _Style:
    """What the attribute `style` says, read once for all elements that have the same."""

    __slots__ = ("colour", "displayed", "ground", "hides", "lifted", "pictured", "sized", "small")

    def __init__(self, written: str) -> None:
        said = _declarations(written) if written else {}
        self.displayed = "display" in said
        self.hides = _hides(said)
        size = said.get("font-size") or said.get("font")
        self.sized = size is not None
        self.small = _small(size, alone="font-size" in said) if size is not None else None
        self.colour = said.get("color")
        self.ground = said.get("background-color") or said.get("background")
        self.pictured = "background-image" in said
        self.lifted = said.get("position") in {"absolute", "fixed"}


def hidden_texts(body: Body, sheets: Sheets) -> list[Hidden]:
    """The elements of a body whose text is hidden for certain, in the order of the source."""
    found: dict[int, Hidden] = {}
    styles: dict[str, _Style] = {}
    for markup in body.variants:
        for each in _of_markup(body, markup, sheets, styles):
            found.setdefault(each.element.start, each)
    return [found[start] for start in sorted(found)]


def _of_markup(body: Body, markup: Markup, sheets: Sheets, styles: dict[str, _Style]) -> list[Hidden]:
    states: dict[int, _State] = {}
    top = _State(None)
    for element in markup.elements:
        around = states[id(element.parent)] if element.parent is not None else top
        states[id(element)] = _state(body, element, around, sheets, styles)
    found: dict[int, Hidden] = {}
    same: dict[int, Hidden] = {}
    visible = 0
    page = next((element.end for element in markup.elements if element.tag == "body"), 0)
    for start, _, text, around_text in markup.texts:
        if text.isspace():
            continue
        state = states.get(id(around_text)) if around_text is not None else None
        if state is not None and state.skipped:
            continue
        cause = _cause(state, around_text, same)
        if cause is None and visible > PREHEADER_AFTER:
            # How many more there are makes no difference.
            continue
        words = [word for word in _WORD.findall(text) if word.strip("x")]
        if not words:
            continue
        if cause is None:
            # What stands before the body is a template's own definitions, or a mistake.
            visible += len(words) if start >= page else 0
        elif visible > PREHEADER_AFTER and state is not None and not state.preheader:
            cause.words += len(words)
            cause.text = cause.text or " ".join(text.split())[:60]
            found[id(cause)] = cause
    return [each for each in found.values() if each.words >= (MANY_WORDS if each.why.startswith("display") else 1)]


def _cause(state: _State | None, around: Element | None, same: dict[int, Hidden]) -> Hidden | None:
    if state is None or around is None:
        return None
    if state.hidden is not None:
        return state.hidden
    if state.small is not None:
        return state.small
    colour, ground = state.colour, state.ground
    if colour is None or ground is None or max(abs(one - other) for one, other in zip(colour, ground, strict=True)) > 4:
        return None
    return same.setdefault(id(around), Hidden(around, "the colour of the text, which is that of its background"))


def _state(body: Body, element: Element, around: _State, sheets: Sheets, styles: dict[str, _Style]) -> _State:
    attributes = element.attributes
    named = True
    style: _Style | None = _UNSAID
    if body.template.overlaps(element.start, element.end):
        named = not any(name in attributes and body.known(element, name) is None for name in ("class", "id"))
        style = None if "style" in attributes and body.known(element, "style") is None else style
        if _open(body, element):
            # A tag among the attributes may hold any of them.
            named, style = False, None
    changes = sheets.may_change(element, named=named)
    if not attributes and named and not changes and element.tag not in _OWN_STATE:
        # Nothing is said about it: what holds around it holds in it.
        return around
    if style is not None and attributes.get("style"):
        written = attributes["style"]
        style = styles.get(written) or styles.setdefault(written, _Style(written))
    state = _State(around)
    state.skipped = state.skipped or element.tag in _UNSEEN
    if "class" in attributes or "id" in attributes:
        name = f"{attributes.get('class', '')} {attributes.get('id', '')}"
        state.preheader = state.preheader or bool(_PREHEADER.search(name))
    state.preheader = state.preheader or "itemprop" in attributes or "itemscope" in attributes
    _hiding(state, element, style, changes)
    _size(state, element, style, changes)
    _colours(state, element, style, changes)
    return state


def _open(body: Body, element: Element) -> bool:
    """Whether a tag of the template language stands between the attributes of a start tag."""
    for tag in body.template.tags_in(element.start, element.end):
        inside = False
        for name in element.attributes:
            place = element.attribute(name)
            if place is not None and place.value_start <= tag.start and tag.end <= place.value_end:
                inside = True
                break
        if not inside:
            return True
    return False


def _declarations(written: str) -> dict[str, str]:
    found = {}
    for each in written.split(";"):
        name, colon, value = each.partition(":")
        if colon:
            found[name.strip().lower()] = value.replace("!important", "").strip().lower()
    return found


def _hides(said: dict[str, str]) -> str | None:
    """How declarations hide an element."""
    if said.get("display") == "none":
        return "display:none"
    if said.get("visibility") == "hidden":
        return "display: visibility:hidden"
    if _zero(said.get("opacity")):
        return "display: opacity:0"
    if said.get("overflow") == "hidden" and (_zero(said.get("max-height")) or _zero(said.get("height"))):
        return "display: a height of 0"
    return None


def _hiding(state: _State, element: Element, style: _Style | None, changes: frozenset[str]) -> None:
    if state.hidden is not None or style is None:
        return
    why = style.hides
    if why != "display:none" and "hidden" in element.attributes and not style.displayed:
        why = "display:none (the attribute hidden)"
    if why is not None and "show" not in changes:
        state.hidden = Hidden(element, why)


def _zero(value: str | None) -> bool:
    return value is not None and re.match(r"0(?:\.0*)?(?:px|pt|em|%)?\Z", value) is not None


def _small(written: str, *, alone: bool) -> str | None:
    """The size of text that nobody can read, None for any other; `alone` where it is no part of `font`."""
    match = _LENGTH.match(written.partition("/" if alone else " ")[0])
    size = float(match[1]) if match and match[1] not in {"", "."} else None
    small = size is not None and size <= 1 and (size == 0 or (match is not None and match[2]))
    return f"a font size of {match[1]}{match[2] or ''}" if small and match is not None else None


_UNSAID = _Style("")


def _size(state: _State, element: Element, style: _Style | None, changes: frozenset[str]) -> None:
    if style is None or "size" in changes:
        state.small = None
    elif style.sized:
        state.small = Hidden(element, style.small) if style.small is not None else None
    elif element.tag == "font" and "size" in element.attributes:
        state.small = None


def _colours(state: _State, element: Element, style: _Style | None, changes: frozenset[str]) -> None:
    attributes = element.attributes
    if style is None:
        state.colour = state.ground = None
        return
    written = style.colour or (attributes.get("color") if element.tag == "font" else None)
    if written is None and element.tag == "body":
        written = attributes.get("text")
    if "colour" in changes:
        state.colour = None
    elif written is not None:
        state.colour = _colour(written)
    elif element.tag == "a" and "href" in attributes:
        # Links have a colour of their own.
        state.colour = None
    if "ground" in changes or "background" in attributes or style.pictured:
        state.ground = None
        return
    ground = style.ground or attributes.get("bgcolor")
    if ground is not None and ground not in {"transparent", "none", "inherit"}:
        state.ground = _colour(ground)
    elif style.lifted or element.tag in _SHAPES:
        state.ground = None


def _colour(written: str) -> Colour | None:
    written = written.strip().lower()
    match = _HEX.match(written)
    if match:
        digits = [match[1] * 2, match[2] * 2, match[3] * 2] if match[1] else [match[4], match[5], match[6]]
        return (int(digits[0], 16), int(digits[1], 16), int(digits[2], 16))
    match = _RGB.match(written)
    if match:
        return (int(match[1]), int(match[2]), int(match[3]))
    return _COLOURS.get(written)


def sheets_of(bodies: Sequence[Body], *, complete: bool) -> Sheets:
    """The style sheets of a whole message; unknown where a part of it is, or where they stand in another file."""
    texts: list[str] = []
    outside = not complete
    for body in bodies:
        for markup in body.variants:
            texts += [
                text
                for _, _, text, around in markup.texts
                if around is not None and around.tag in {"style", "mj-style"}
            ]
            outside = outside or any(
                "stylesheet" in (element.get("rel") or "").lower() for element in markup.find("link")
            )
    return Sheets(dict.fromkeys(texts), unknown=outside)
