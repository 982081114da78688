"""What a link is called: its text, the alt of its images, or a label (the accessible name, as far as it is written)."""

from mailcheck.lint.document import Body
from mailcheck.lint.html import Element
from mailcheck.model.pattern import regex

_NOTHING = regex(
    "[\\s\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]*\\Z"
)
_OTHER = frozenset(
    {"input", "button", "object", "video", "audio", "svg", "math", "picture", "embed", "iframe", "canvas"}
)
MOST = 200
"""Texts and elements of one link that are looked at; a link with more has a name, or is none that a person wrote."""


def _known(body: Body, link: Element) -> bool:
    """Whether all that could name the link is written out: its end is there, and tags stand in quoted values alone."""
    if link.close_start is None or not body.complete(link):
        return False
    inside = link.descendants()
    if len(inside) > MOST or link.text_to - link.text_from > MOST:
        return False
    if any(element.tag in _OTHER or not body.complete(element) for element in inside):
        return False
    starts = [(element.start, element.end) for element in inside]
    return all(
        any(start <= tag.start and tag.end <= end for start, end in starts)
        for tag in body.template.tags_in(link.end, link.close_start)
    )


def _labelled(element: Element) -> bool:
    return any((element.get(name) or "").strip() for name in ("aria-label", "aria-labelledby", "title"))


def nameless(body: Body, link: Element) -> bool:
    """Whether nothing at all names the link: no text, no alt, no label, and no image that says it has no meaning."""
    if not _known(body, link) or _labelled(link) or not _NOTHING.match(link.text()):
        return False
    return not any(
        _labelled(element) or (element.tag in {"img", "area"} and "alt" in element.attributes)
        for element in link.descendants()
    )


def image_alone(body: Body, link: Element) -> tuple[Element, ...]:
    """The images of a link that consists of images with an empty alt alone: the first of them, else none."""
    if "href" not in link.attributes or not _known(body, link) or _labelled(link):
        return ()
    inside = link.descendants()
    images = [element for element in inside if element.tag == "img"]
    if not images or not _NOTHING.match(link.text()) or any(_labelled(element) for element in inside):
        return ()
    if any("alt" not in image.attributes or not _NOTHING.match(image.get("alt") or "") for image in images):
        return ()
    return (images[0],)
