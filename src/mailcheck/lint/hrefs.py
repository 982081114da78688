"""Links as they stand: where a link leads as far as it is written out, up to the first tag of the template language."""

import re
from typing import TYPE_CHECKING

from mailcheck.lint.html import Element
from mailcheck.model.pattern import regex

if TYPE_CHECKING:
    from mailcheck.lint.document import Body

LINKED = frozenset(
    {
        "a", "area", "mj-button", "mj-image", "mj-social-element", "mj-navbar-link", "mj-carousel-image", "v:rect",
        "v:roundrect", "v:oval",
    }
)  # fmt: skip
"""Elements whose href readers follow: HTML's, MJML's, and the shapes of VML that Outlook draws as buttons."""
MAX_LINKS = 20_000
MAX_HOST = 253
"""Characters of a name in the DNS (RFC 1035 2.3.4, without the length octets); no longer one is a host."""
MAX_PIECES = 100
"""Texts and elements inside a link that are read for what it says."""
_FILLING = frozenset(
    {"data-ko-link", "tal:attributes", "th:attr", "data-th-attr", "t-att", "t-attf-href", "t-att-href"}
)
_SCHEME = regex(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_AUTHORITY = regex(r"https?:[/\\]{2}([^/\\?#]*)", re.IGNORECASE)
_DROPPED = regex(r"[\t\r\n]+")
_TEXT_URL = regex(r"(?<![\w/.:@])https?://[^\s<>\"“”]{1,2000}", re.IGNORECASE)
_AFTER = ".,;:!?)]}'*"
_STAND_IN = regex(
    r"""\{[^{}]*\}|\[[^\[\]]+\]|%%?[\w .:()-]{2,}%%?|\*\||\|\*|\#\#|@@|\$[\w.]+\$|<[^<>]*>|__\w+?__|\{\{|\}\}|<%|%>
    |\A[#@~$-][\w.]{2,}[#@~$-]\Z|\A@\(?[A-Za-z]|\A[A-Z][A-Z0-9_]*_[A-Z0-9_]+\Z|\A\$\{?\w""",
    re.VERBOSE,
)


class Link:
    """One link.

    `start:end` is the range of its address in the source. `text` is the address from its beginning to the first tag
    (references decoded, the blanks around it and the line ends in it dropped, as readers' programs drop them), `whole`
    says whether that is all of it. `scheme` and `host` are in lower case, None where there is none or it is unknown.
    `element` is None in plain text.
    """

    __slots__ = ("element", "end", "host", "raw", "scheme", "start", "text", "userinfo", "whole")

    def __init__(self, element: Element | None, start: int, end: int, raw: str, *, whole: bool) -> None:
        self.element = element
        self.start = start
        self.end = end
        self.raw = raw
        self.whole = whole
        text = _DROPPED.sub("", raw.lstrip("\0 \t\r\n\f"))
        self.text = text.rstrip() if whole else text
        scheme = _SCHEME.match(self.text)
        self.scheme = scheme[1].lower() if scheme else None
        self.userinfo: str | None = None
        self.host: str | None = None
        authority = _AUTHORITY.match(self.text)
        if authority and (whole or authority.end() < len(self.text)):
            user, at, host = authority[1].rpartition("@")
            self.userinfo = user if at else None
            self.host = _host(host)

    @property
    def stand_in(self) -> bool:
        """Whether the address holds what another program may fill in: a tag of a language that is not this file's."""
        return is_stand_in(self.text)


def text_of(element: Element) -> str:
    """The text of a link, as masked: of one with much inside, the beginning (links may be nested)."""
    last = min(element.text_to, element.text_from + MAX_PIECES)
    return "".join(text for _, _, text, _ in element.markup.texts[element.text_from : last])


def inside(element: Element) -> list[Element]:
    """The first elements inside a link."""
    last = min(element.last_child, element.first_child + MAX_PIECES)
    return element.markup.elements[element.first_child : last]


def is_stand_in(text: str) -> bool:
    """Whether an address holds a tag of some language, or looks like a word that a program replaces."""
    return _STAND_IN.search(text) is not None


def _host(written: str) -> str | None:
    """The host without its port, in lower case, non-ASCII names as A-labels; None where nothing is there."""
    host = written.lower()
    if host.startswith("["):
        return host.partition("]")[0][1:] or None
    host = host.partition(":")[0].rstrip(".")
    if len(host) > MAX_HOST:
        return None
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return host or None


def read_links(body: "Body") -> tuple[Link, ...]:
    """The links of a body in the order of the source: of HTML all variants and Outlook's reading, of text its URLs."""
    return tuple(_of_markup(body) if body.media == "html" else _of_text(body))


def _of_markup(body: "Body") -> list[Link]:
    found = []
    for element in body.elements:
        if element.tag not in LINKED or "href" not in element.attributes:
            continue
        attribute = element.attribute("href")
        if _filled_elsewhere(element):
            continue
        if attribute is None or (
            body.template.overlaps(element.start, attribute.start) and body.template.tag_at(attribute.start) is not None
        ):
            continue
        found.append(_link(body, element, attribute.value, attribute.value_start, attribute.value_end))
        if len(found) >= MAX_LINKS:
            body.variants[0].limited = True
            break
    return found


def _filled_elsewhere(element: Element) -> bool:
    """Whether another attribute gives the address, as in Thymeleaf (th:href), Vue, Angular, TAL and Mosaico."""
    return any(
        name != "href" and (name.endswith((":href", "-href")) or name in _FILLING) for name in element.attributes
    )


def _link(body: "Body", element: Element | None, value: str, start: int, end: int) -> Link:
    tag = next(body.template.tags_in(start, end), None)
    if tag is None:
        return Link(element, start, end, value, whole=True)
    written = body.source.text[start : max(start, tag.start)]
    if "&" in written and element is not None:
        from html import unescape

        written = unescape(written)
    return Link(element, start, end, written, whole=False)


def _of_text(body: "Body") -> list[Link]:
    text = body.source.text
    found: list[Link] = []
    for match in _TEXT_URL.finditer(text, body.start):
        start, end = match.span()
        if body.template.tag_at(start) is not None:
            continue
        while end > start and text[end - 1] in _AFTER and body.template.tag_at(end - 1) is None:
            end -= 1
        # A tag may hold blanks, at which the pattern stops: what is cut by a tag is not whole in any case.
        found.append(_link(body, None, text[start:end], start, end))
        if len(found) >= MAX_LINKS:
            break
    return found
