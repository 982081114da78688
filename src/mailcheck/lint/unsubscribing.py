"""Ways out of a mailing: which links are unsubscribe links, and whether a message has one."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from mailcheck.data.footers import all_of_it_says_leave, holds_way_out, leads_out, plain, says_leave
from mailcheck.lint.document import Body
from mailcheck.lint.hrefs import Link, inside, text_of
from mailcheck.lint.html import Element
from mailcheck.lint.template import CLOSE, COMMENT, MIDDLE, OUTPUT
from mailcheck.model.pattern import regex

_TAG_WORDS = regex(
    r"unsub|opt[-_ ]?out|preference|abmeld|abbestell|desabon|desinscr|disiscr|afmeld|uitschrij|subscription_?manage|"
    r"manage_?subscription|email_?settings|notification_?settings|dnc_url|remove_?(?:me|url|link)",
    re.IGNORECASE,
)
_TRANSLATED = regex(
    r"\btrans\b|\btranslate|gettext|\bi18n|(?<![\w.])(?:_{1,2}|t|lang|msg|tr)\s*\(|\|\s*t\b|\.t\(", re.IGNORECASE
)
_SLOT = regex(
    r"(?<![a-z])(?:footer|foot|legal|disclaimer|imprint|impressum|html|markup|content|contents|body|yield|slot|"
    r"layout|signature|snippet|partial)(?![a-z])",
    re.IGNORECASE,
)
MAX_TEXT = 400_000
"""Characters of a message's text that are searched for words."""


def leaves(body: Body, link: Link) -> bool:
    """Whether the link says that it ends or manages a subscription: by its text, its pictures or its address."""
    if leads_out(body.source.text[link.start : link.end]):
        return True
    if link.element is None:
        return False
    text = plain(_said(link.element)[:2_000])
    return says_leave(text) or all_of_it_says_leave(text) or _tag_leaves(body, link.element)


def _said(element: Element) -> str:
    """What readers see or hear of a link."""
    words = [text_of(element), element.get("title") or "", element.get("aria-label") or ""]
    words += [each.get("alt") or "" for each in inside(element) if each.tag in {"img", "mj-image"}]
    return " ".join(words)


def _tag_leaves(body: Body, element: Element) -> bool:
    begin, end = element.content
    return any(_TAG_WORDS.search(body.source.text[tag.start : tag.end]) for tag in body.template.tags_in(begin, end))


def way_out(bodies: Iterable[Body]) -> bool | None:
    """Whether a whole message offers a way out: a link, a service's tag, or words beside an address.

    None where it may: a tag that may hold a footer, or a link whose words are translated elsewhere.
    """
    unknown = False
    for body in bodies:
        if body.media not in {"html", "text"}:
            continue
        text = body.source.text
        if holds_way_out(text) or any(
            _TAG_WORDS.search(text, tag.start, tag.end) for tag in body.template.tags if tag.kind != COMMENT
        ):
            return True
        if _links_out(body) or _said_beside_a_link(body):
            return True
        unknown = unknown or may_hold_more(body)
    return None if unknown else False


def may_hold_more(body: Body) -> bool:
    """Whether a tag may put in a footer, or words that stand in another file.

    Of a whole message, the blocks (`{% block content %}`), layouts and includes are known: what prints a value is not.
    """
    text = body.source.text
    return any(
        (tag.kind == OUTPUT and _SLOT.search(text, tag.start, tag.end))
        or (tag.kind not in {COMMENT, CLOSE, MIDDLE} and _TRANSLATED.search(text, tag.start, tag.end))
        for tag in body.template.tags
    )


def _links_out(body: Body) -> bool:
    return any(leaves(body, link) for link in body.links)


_BLOCKS = frozenset(
    {
        "td",
        "th",
        "p",
        "div",
        "li",
        "section",
        "footer",
        "blockquote",
        "center",
        "tr",
        "mj-text",
        "mj-column",
        "mj-section",
    }
)
MAX_FOOTER = 600
"""Characters of a block that is taken for one paragraph with its neighbours, such as a footer."""
MAX_CLIMB = 4
MAX_SAID = 200
"""Texts about leaving that are looked around."""
_REPLY = regex(
    r"\b(?:reply|respond|antwort\w*|répond\w*|repond\w*|respond[ea]\w*|rispond\w*|svar\w*|beantwoord\w*|stop)\b|@|https?://|www\."
)


def _said_beside_a_link(body: Body) -> bool:
    """Whether words about leaving stand in one block with a link, an address, or a request to reply."""
    if body.media == "text":
        return _said_in_text(body)
    for markup in (*body.variants, *body.outlook):
        # Most texts say nothing of the kind: all of them are searched at once before each is looked at.
        if not says_leave(plain(" ".join([written for _, _, written, _ in markup.texts])[: 2 * MAX_TEXT])):
            continue
        linked = [element.start for element in markup.elements if "href" in element.attributes]
        spent = said = 0
        for start, _, written, around in markup.texts:
            spent += len(written)
            if spent > MAX_TEXT:
                break
            text = plain(written)
            if not says_leave(text):
                continue
            said += 1
            if said > MAX_SAID:
                break
            if _REPLY.search(text) or body.template.overlaps(start, start + len(written)):
                return True
            if any(_any_within(linked, *block.content) for block in islice(_blocks(around), MAX_CLIMB)):
                return True
    return False


def _blocks(around: Element | None) -> Iterator[Element]:
    """The block around a text, and the small ones around that: a row of cells, a footer of some lines."""
    inner = True
    while around is not None and around.tag != "body":
        if around.tag in _BLOCKS:
            if not inner and sum(len(text) for _, _, text, _ in _texts(around)) > MAX_FOOTER:
                return
            yield around
            inner = False
        around = around.parent


def _texts(element: Element) -> list[tuple[int, int, str, Element | None]]:
    return element.markup.texts[element.text_from : min(element.text_to, element.text_from + MAX_FOOTER)]


def _any_within(places: list[int], begin: int, end: int) -> bool:
    from bisect import bisect_left

    at = bisect_left(places, begin)
    return at < len(places) and places[at] < end


def _said_in_text(body: Body) -> bool:
    text = body.source.text[body.start : body.start + MAX_TEXT]
    if not says_leave(plain(text)):
        return False
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if not says_leave(plain(line)):
            continue
        near = "\n".join(lines[max(0, number - 2) : number + 4])
        start = body.start + sum(len(each) + 1 for each in lines[: max(0, number - 2)])
        if _REPLY.search(near.lower()) or body.template.overlaps(start, start + len(near)):
            return True
    return False
