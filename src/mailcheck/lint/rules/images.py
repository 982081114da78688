"""IMG: images that readers do not see, and what they get instead."""

import re
from collections.abc import Iterator

from mailcheck.lint.document import Body, Document
from mailcheck.lint.hosts import is_address, stands_in, unreachable
from mailcheck.lint.hrefs import Link
from mailcheck.lint.html import Attribute, Element
from mailcheck.lint.naming import image_alone
from mailcheck.model.finding import Finding
from mailcheck.model.fix import Fix, steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity

_IMAGES = ("img", "mj-image", "mj-carousel-image")
_SOURCES = {
    "img": "src",
    "mj-image": "src",
    "mj-carousel-image": "src",
    "v:fill": "src",
    "v:imagedata": "src",
    "table": "background",
    "td": "background",
    "th": "background",
    "body": "background",
    "mj-section": "background-url",
    "mj-hero": "background-url",
    "mj-wrapper": "background-url",
}
_SUFFIX = r"\.(?:png|jpe?g|gif|svg|webp|bmp|ico|avif|tiff?)"
_RELATIVE = regex(
    rf"(?:\.{{1,2}}/)+[\w@%.~/ -]*|/(?![/\\])[\w@%.~/ -]*|[\w@.~ -]+/[\w@%.~/ -]+{_SUFFIX}|[\w@.~ -]+{_SUFFIX}",
    re.IGNORECASE,
)
_RELATIVE_START = regex(r"\.{1,2}/|/(?![/\\])\w|(?:images?|img|assets?|static|media|uploads?|files)/", re.IGNORECASE)
_LOCAL = regex(r"file:|[a-z]:[\\/]|\\\\\w", re.IGNORECASE)


def _addresses(body: Body) -> Iterator[tuple[Element, Attribute, Link]]:
    """Every address of an image, as far as it is written out."""
    for element in body.elements:
        name = _SOURCES.get(element.tag)
        attribute = element.attribute(name) if name else None
        if attribute is None or body.template.overlaps(attribute.start, attribute.value_start):
            continue
        if not body.template.overlaps(element.start, attribute.start) or body.template.tag_at(attribute.start) is None:
            start, end = attribute.value_start, attribute.value_end
            tag = next(body.template.tags_in(start, end), None)
            written = attribute.value if tag is None else body.source.text[start : max(start, tag.start)]
            yield element, attribute, Link(element, start, end, written, whole=tag is None)


@rule("IMG001", "alt-missing", Severity.WARNING, since="0.1", fix=Fixable.SAFE)
def alt_missing(document: Document) -> Result:
    """An image has no alt attribute.

    Why: Many readers see mail with images blocked or have it read to them. Without alt they get an empty frame, and a screen reader reads the address of the file aloud.
    Bad: <img src="https://img.shop-nord.de/sale.png" width="600">
    Good: <img src="https://img.shop-nord.de/sale.png" width="600" alt="Summer sale: lamps from 39 euros">
    Fix: Say in alt what the image says; alt="" for one that says nothing.
    References: HTML 4.8.4.4 (requirements for alt), WCAG 2.2 success criterion 1.1.1
    """
    for body in document.written:
        for element in body.find(*_IMAGES):
            if "alt" in element.attributes or not body.complete(element):
                continue
            if (element.get("aria-hidden") or "").lower() == "true":
                continue
            if _pixel(element):
                at = _behind_name(element)
                fix = Fix('a pixel that counts says nothing: alt=""', (body.edit(at, at, ' alt=""'),), safe=True)
                yield body.finding(
                    "this counting pixel has no alt: a screen reader reads its address aloud",
                    element.start,
                    element.end,
                    fix=fix,
                )
                continue
            yield body.finding(
                "this image has no alt: with images blocked readers see nothing of what it says",
                element.start,
                element.end,
                fix=steps('add alt="…" with what the image says, or alt="" if it only decorates'),
            )


def _behind_name(element: Element) -> int:
    return element.start + 1 + len(element.tag)


def _pixel(element: Element) -> bool:
    """Whether the image is drawn as one point or none."""
    return all((element.get(name) or "").strip().rstrip("px") in {"0", "1"} for name in ("width", "height"))


@rule("IMG002", "image-width-missing", Severity.WARNING, since="0.1")
def image_width_missing(document: Document) -> Result:
    """An image says no width.

    Why: Outlook shows an image without a width attribute at the size of its file, so one made for sharp screens comes out twice as wide and breaks the layout; with images blocked, its place collapses.
    Bad: <img src="https://img.shop-nord.de/header@2x.png" alt="Shop Nord">
    Good: <img src="https://img.shop-nord.de/header@2x.png" width="600" alt="Shop Nord">
    Fix: Give the width at which it shall be shown as an attribute, without a unit.
    References: HTML 4.8.17 (dimension attributes); Microsoft, Word 2007 HTML and CSS rendering capabilities in Outlook
    """
    for body in document.written:
        for element in body.find("img"):
            if "width" in element.attributes or not body.complete(element):
                continue
            if re.search(r"(?:^|[;\s])(?:width|display\s*:\s*none)", element.get("style") or "", re.IGNORECASE):
                continue
            if "class" in element.attributes or "height" in element.attributes:
                # A style sheet or the height may give it.
                continue
            yield body.finding(
                "no width is given: Outlook shows this image at the size of its file",
                element.start,
                element.end,
                fix=steps('add width="…" with the number of pixels at which it shall be shown'),
            )


@rule("IMG003", "image-data-uri", Severity.WARNING, since="0.1")
def image_data_uri(document: Document) -> Result:
    """An image is written into the mail as a data: address.

    Why: Gmail and Outlook for Windows do not show such images, and their text counts towards the size at which Gmail clips the mail.
    Bad: <img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="20" height="20" alt="Star">
    Good: <img src="https://img.shop-nord.de/star.png" width="20" height="20" alt="Star">
    Fix: Put the file on a server and give its https address, or attach it and use cid:.
    References: RFC 2397, RFC 2392 (cid:); caniemail.com, base64 images (measured by a community)
    """
    for body in document.written:
        for element, attribute, address in _addresses(body):
            if address.scheme == "data" and element.tag != "v:fill":
                yield body.finding(
                    "Gmail and Outlook do not show images written into the mail as data:",
                    attribute.start,
                    min(attribute.end, attribute.start + 60),
                    fix=steps('put the image on a server, and write src="https://…"'),
                )


@rule("IMG005", "relative-or-local-src", Severity.ERROR, since="0.1")
def relative_or_local_src(document: Document) -> Result:
    """An image's address is relative, or leads to your own computer or network.

    Why: A mail has no address of its own from which a relative one could count, and readers cannot reach your computer: all of them see a broken image.
    Bad: <img src="/images/logo.png" width="120" height="40" alt="Shop Nord">
    Good: <img src="https://img.shop-nord.de/images/logo.png" width="120" height="40" alt="Shop Nord">
    Fix: Write the whole address, beginning with https://, of a server that the public reaches.
    References: RFC 3986 4.2, 5.1 (relative references need a base); RFC 1918, RFC 6761
    """
    for body in document.written:
        if _own_base(document):
            continue
        for _, attribute, address in _addresses(body):
            message = _broken(address)
            if message is None:
                continue
            yield body.finding(
                message,
                attribute.start,
                attribute.end,
                fix=steps(f'write the whole address: {attribute.name}="https://…/{_tail(address.text)}"'),
            )


def _own_base(document: Document) -> bool:
    """A message may name the place of its parts (RFC 2557), which relative addresses then count from."""
    message = document.message
    return message is not None and b"content-location:" in message.raw[: 1 << 20].lower()


def _tail(address: str) -> str:
    return re.split(r"[/\\]", address.partition("?")[0])[-1][:60]


def _broken(address: Link) -> str | None:
    text = address.text
    if not address.whole:
        if _RELATIVE_START.match(text):
            return "this address is relative, and a mail has no base: readers see a broken image"
        return None
    if address.stand_in:
        return None
    if not text:
        return "the address of this image is empty: readers see a broken image"
    if _LOCAL.match(text):
        return "this image is a file on your own computer: readers see a broken image"
    if text.startswith("//"):
        return "an address without https: works on web pages alone: in a mail program it is a path on the reader's computer"
    if address.host is not None:
        why = None if stands_in(address.host) or not _near(address.host) else unreachable(address.host)
        return f"{address.host} is {why}: readers see a broken image" if why else None
    if address.scheme is None and _RELATIVE.fullmatch(text.partition("?")[0].partition("#")[0]):
        return "this address is relative, and a mail has no base: readers see a broken image"
    return None


def _near(host: str) -> bool:
    """Whether the host is of the sender's own network by its form."""
    return is_address(host) or host.rpartition(".")[2] in {"localhost", "local", "internal", "lan", "localdomain"}


@rule("IMG006", "image-over-http", Severity.WARNING, since="0.1", fix=Fixable.UNSAFE)
def image_over_http(document: Document) -> Result:
    """An image is fetched over http.

    Why: Webmail is an https page: browsers upgrade or block such images, and Apple Mail and others fetch them in the open or not at all.
    Bad: <img src="http://img.shop-nord.de/logo.png" width="120" height="40" alt="Shop Nord">
    Good: <img src="https://img.shop-nord.de/logo.png" width="120" height="40" alt="Shop Nord">
    Fix: Write https, if the server answers there.
    References: W3C Mixed Content 4 (blocking and upgrading)
    """
    for body in document.written:
        for _, attribute, address in _addresses(body):
            if address.scheme != "http" or address.stand_in or address.host is None or _near(address.host):
                continue
            at = attribute.value_start + body.source.text[attribute.value_start : attribute.value_end].lower().find(
                "http:"
            )
            fix = Fix("fetch it over https", (body.edit(at, at + 5, "https:"),))
            yield body.finding(
                "this image is fetched over http: webmail blocks it or fetches it otherwise than you wrote",
                attribute.start,
                attribute.end,
                fix=fix,
            )


@rule("IMG009", "linked-image-empty-alt", Severity.ERROR, since="0.1")
def linked_image_empty_alt(document: Document) -> Result:
    """A link consists of an image whose alt is empty.

    Why: With images blocked nothing is there to click, and a screen reader says "link" or reads the address aloud. alt="" says that an image means nothing; one that leads somewhere does.
    Bad: <a href="https://www.shop-nord.de/sale"><img src="https://img.shop-nord.de/sale.png" width="600" height="200" alt=""></a>
    Good: <a href="https://www.shop-nord.de/sale"><img src="https://img.shop-nord.de/sale.png" width="600" height="200" alt="To the sale"></a>
    Fix: Write in alt where the link leads.
    References: HTML 4.8.4.4.3 (a link or button containing nothing but an image), WCAG 2.2 success criteria 1.1.1, 2.4.4
    """
    for body in document.written:
        for element in body.find("mj-image"):
            if body.known(element, "href") and body.known(element, "alt") == "" and body.complete(element):
                yield _empty_alt(body, element)
        for link in body.find("a"):
            for image in image_alone(body, link):
                yield _empty_alt(body, image)


def _empty_alt(body: Body, image: Element) -> Finding:
    attribute = image.attribute("alt")
    start, end = (attribute.start, attribute.end) if attribute else (image.start, image.end)
    return body.finding(
        "the image is all there is of this link, and its alt is empty: with images blocked nobody can click it",
        start,
        end,
        fix=steps('write in alt where the link leads, such as alt="To your order"'),
    )
