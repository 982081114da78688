"""LNK: whether links lead anywhere at all: empty, of a scheme that mail may not use, broken, relative, malformed."""

import re
from collections.abc import Iterator

from mailcheck.lint.capped import capped
from mailcheck.lint.document import Body, Document
from mailcheck.lint.hrefs import Link
from mailcheck.lint.unsubscribing import leaves
from mailcheck.model.finding import Finding
from mailcheck.model.fix import Fix, steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity


def links(document: Document) -> Iterator[tuple[Body, Link]]:
    """Every link of every body that this document is judged by."""
    for body in (*document.written, *document.text):
        for link in body.links:
            yield body, link


def at(body: Body, link: Link, message: str, *, fix: Fix, severity: Severity | None = None) -> Finding:
    """A finding at the address of a link; at its start tag where the address is empty."""
    start, end = link.start, link.end
    if start >= end and link.element is not None:
        attribute = link.element.attribute("href")
        start, end = (attribute.start, attribute.end) if attribute else (link.element.start, link.element.end)
    return body.finding(message, start, end, fix=fix, severity=severity)


@rule("LNK001", "empty-or-hash-href", Severity.ERROR, since="0.1")
@capped
def empty_or_hash_href(document: Document) -> Result:
    """A link leads nowhere: its href is empty or "#".

    Why: Readers click and nothing happens, or the message scrolls; in webmail, "#" opens the mail client's own page.
    Bad: <a href="#">Track your parcel</a>
    Good: <a href="https://www.shop-nord.de/track">Track your parcel</a>
    Fix: Put the address there, or take the link away and leave its text.
    References: HTML 4.6.2 (following hyperlinks); URL Living Standard 4.3
    """
    for body, link in links(document):
        # An unsubscribe link that leads nowhere is UNS007, which says more.
        if link.whole and link.text in {"", "#"} and link.element is not None and not leaves(body, link):
            yield at(
                body,
                link,
                "this link leads nowhere: readers click and nothing happens",
                fix=steps('put the address into href, such as href="https://…", or remove the link and keep its text'),
            )


_SCRIPTS = {
    "javascript": "mail programs remove script links, and filters take them for an attack",
    "vbscript": "mail programs remove script links, and filters take them for an attack",
    "data": "mail programs and browsers refuse to open a page from a data: link",
}


@rule("LNK003", "script-or-data-link", Severity.ERROR, since="0.1")
@capped
def script_or_data_link(document: Document) -> Result:
    """A link uses javascript:, vbscript: or data:.

    Why: No mail program follows such a link; Gmail and Outlook remove it, and filters count it as an attack. Readers click and nothing happens.
    Bad: <a href="javascript:void(0)">Show more</a>
    Good: <a href="https://www.shop-nord.de/more">Show more</a>
    Fix: Link to a page on your site that does what the script did.
    References: HTML Living Standard, javascript: URLs; RFC 2397; MDN, data: URLs
    """
    for body, link in links(document):
        why = _SCRIPTS.get(link.scheme or "")
        if why is None:
            continue
        yield at(
            body,
            link,
            f"a {link.scheme}: link does nothing in mail: {why}",
            fix=steps("link to an https:// page that does what is meant here, or remove the link and keep its text"),
        )


_DOUBLE = regex(r"https?:/{0,3}https?(?::|//)", re.IGNORECASE)
_SLASHES = regex(r"(https?)(:/?|//|:///+|/:/|;//)(?=[a-z0-9-]+\.)", re.IGNORECASE)
_MISSPELT = regex(
    r"(?:h?ttps?|htp{1,2}s?|h{2,}t+ps?|ht{3,}ps?|https{2,}|hpt+s?|htts|httsp|hpptp?s?)(?<!\Ahttp)(?<!\Ahttps):?/{2}",
    re.IGNORECASE,
)
_BLANK = regex(r"[ \u00a0]+")


@rule("LNK010", "broken-url", Severity.ERROR, since="0.1", fix=Fixable.SAFE)
@capped
def broken_url(document: Document) -> Result:
    """An address is broken: a doubled or misspelt scheme, no host, a blank inside, a path of your own computer.

    Why: Such a link opens an error page or nothing. A blank inside is repaired by some programs, while others cut the address there, as do the link rewriters of click tracking.
    Bad: <a href="https://https://www.shop-nord.de/sale">Sale</a>
    Good: <a href="https://www.shop-nord.de/sale">Sale</a>
    Fix: Write the address as the browser shows it; a blank in a path is %20.
    References: RFC 3986 2.1, 3.1, 3.2; URL Living Standard 4.1
    """
    for body, link in links(document):
        found = _broken(link)
        if found is not None:
            message, better = found
            title = "write the address as the browser's address line shows it"
            yield at(body, link, message, fix=steps(f"{title}: {better}" if better else title))
        elif link.whole and link.element is not None and link.scheme in {"http", "https"} and not link.stand_in:
            yield from _blanks(body, link)


def _broken(link: Link) -> tuple[str, str] | None:
    """What is wrong with the beginning of an address, and how it may have been meant."""
    text = link.text
    if _DOUBLE.match(text):
        rest = re.sub(r"(?i)\A(?:https?:?/*)+", "", text)
        return "the scheme stands twice, so browsers look for a host of the name “https”", "https://" + rest[:200]
    odd = _SLASHES.match(text)
    if odd:
        # Browsers repair "https:/host"; mail programs and link rewriters do not all.
        return f"“{odd[0]}” is no beginning of an address: two slashes follow the colon", (
            f"{odd[1].lower()}://{text[odd.end() :][:200]}"
        )
    if _MISSPELT.match(text):
        rest = re.sub(r"(?i)\A[a-z.,]+:?/+", "", text)
        return "the scheme is misspelt, so nothing can open this link", "https://" + rest[:200]
    if link.whole and link.scheme in {"http", "https"} and re.fullmatch(r"(?i)https?:/*", text):
        return "the address has no host", ""
    if re.match(r"(?i)file:|[a-z]:[\\/]", text):
        return "this is a file on your own computer; no reader can open it", ""
    return None


def _blanks(body: Body, link: Link) -> Iterator[Finding]:
    found = list(_BLANK.finditer(link.text))
    if not found:
        return
    host_end = re.match(r"(?i)https?://[^/?#]*", link.text)
    if "\n" in link.raw.strip() or "\r" in link.raw.strip():
        yield at(
            body,
            link,
            "the address runs over two lines: the blanks at the break become part of it, and it leads elsewhere",
            fix=steps("write the address on one line"),
        )
    elif host_end and found[0].start() < host_end.end():
        yield at(
            body,
            link,
            "a blank stands in the host, so nothing can open this link",
            fix=steps("remove the blank from the name of the host"),
        )
    else:
        written = body.source.text[link.start : link.end]
        inner = written.strip()
        begin = link.start + written.index(inner)
        fixed = inner.replace(" ", "%20").replace("\u00a0", "%C2%A0")
        yield at(
            body,
            link,
            "a blank stands in this address: some programs cut the link there and readers get an error page",
            fix=Fix("encode the blank", (body.edit(begin, begin + len(inner), fixed),), safe=True),
            severity=Severity.WARNING,
        )


_RELATIVE = regex(
    r"(?://(?=\w)|/|\.{1,2}/|\?|www\.|[\w%~+-]+(?:\.\w+)?(?:[/?]|\.(?:html?|php|aspx?|jsp)\b))", re.IGNORECASE
)
_WORD = regex(r"[\w.~-]+\Z")
_DOMAIN = regex(r"((?:[a-z0-9-]{1,63}\.){1,10}[a-z]{2,24})(?:[/?#:]|\Z)", re.IGNORECASE)


@rule("LNK011", "relative-url", Severity.ERROR, since="0.1", fix=Fixable.UNSAFE)
@capped
def relative_url(document: Document) -> Result:
    """A link has no scheme and host: it is relative, and a message has no page that it could be relative to.

    Why: Mail programs drop the link, or resolve it against the webmail's own address. Links that begin with // work in webmail only: other programs look for a file.
    Bad: <a href="/account/orders">Your orders</a>
    Good: <a href="https://www.shop-nord.de/account/orders">Your orders</a>
    Fix: Write the whole address, with https:// and the host.
    References: RFC 3986 4.2, 5.1; RFC 2557 5
    """
    for body in document.written:
        relative = [link for link in body.links if _relative(link)]
        if not relative or _based(document, body):
            continue
        for link in relative:
            if not _navigation_base(link):
                yield _told_relative(body, link)


def _relative(link: Link) -> bool:
    """Whether it is certain that the address has no scheme."""
    text = link.text
    # C:\ is a path of a computer (LNK010); "www.shop.de:8080" has no scheme, though its syntax is that of one.
    if not text or text.startswith(("#", "\\")) or link.stand_in:
        return False
    if link.scheme is not None and not ("." in link.scheme and _names_site(text)):
        return False
    if _broken(link) is not None:
        return False
    return _RELATIVE.match(text) is not None or (link.whole and _WORD.match(text) is not None)


def _names_site(text: str) -> bool:
    """Whether an address without a scheme begins with a domain (index.html is none)."""
    from mailcheck.data.psl import is_listed

    match = _DOMAIN.match(text)
    return match is not None and is_listed(match[1].lower())


def _based(document: Document, body: Body) -> bool:
    """Whether a base element gives relative addresses a page (or a tag may give one)."""
    return any(
        each.media == "html" and any("href" in element.attributes for element in each.find("base"))
        for each in (body, *document.composed(body).bodies)
    )


def _navigation_base(link: Link) -> bool:
    """MJML's mj-navbar puts its base-url before the links inside."""
    return (
        link.element is not None
        and link.element.tag == "mj-navbar-link"
        and any(around.tag == "mj-navbar" and "base-url" in around.attributes for around in link.element.ancestors())
    )


def _told_relative(body: Body, link: Link) -> Finding:
    text = link.text
    if text.startswith("//"):
        edit = body.edit(link.start, link.start, "https:")
        return at(
            body,
            link,
            "outside webmail, a link that begins with // leads to a file on the reader's computer",
            fix=Fix("write https: before it", (edit,), safe=False),
            severity=Severity.WARNING,
        )
    if _names_site(text):
        edit = body.edit(link.start, link.start, "https://")
        return at(
            body,
            link,
            "without https:// this is a relative path, not a site: the link leads nowhere",
            fix=Fix("write https:// before it", (edit,), safe=False),
        )
    if text.lower() in {"undefined", "null", "none", "nan"}:
        return at(
            body,
            link,
            f"“{text}” is what a program writes for a value that was missing: the link leads nowhere",
            fix=steps("write the whole address, with https:// and the host"),
        )
    path = text if text.startswith("/") else "/" + text.lstrip("./")
    return at(
        body,
        link,
        "a relative link leads nowhere: a message has no site that it could start from",
        fix=steps(f"write the whole address, such as https://www.your-site.com{path[:80]}"),
    )


_MAILBOX = regex(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\/?]{1,253}\.[^\s@.<>]{2,63}\Z")


@rule("LNK013", "malformed-mailto-or-tel", Severity.WARNING, since="0.1")
@capped
def malformed_mailto_or_tel(document: Document) -> Result:
    """A mailto: link has no usable address, or a tel: link no number.

    Why: The reader's mail or telephone program opens with nothing in it, or with an address that bounces.
    Bad: <a href="mailto:help at shop-nord.de">Write to us</a>
    Good: <a href="mailto:help@shop-nord.de?subject=My%20order">Write to us</a>
    Fix: Write mailto:name@domain, parameters behind a ?, blanks as %20; tel: with the digits, + and - alone.
    References: RFC 6068 2; RFC 3966 3
    """
    for body, link in links(document):
        if not link.whole or link.element is None or link.scheme not in {"mailto", "tel", "sms"} or link.stand_in:
            continue
        wrong = _wrong_mailto(link.text) if link.scheme == "mailto" else _wrong_number(link.text)
        if wrong is not None:
            message, fix = wrong
            yield at(body, link, message, fix=steps(fix))


def _wrong_mailto(text: str) -> tuple[str, str] | None:
    addresses, _, query = text.partition(":")[2].partition("?")
    if addresses.startswith("//"):
        return "mailto: takes no slashes: they become part of the address", f"mailto:{addresses.lstrip('/')[:200]}"
    if not addresses.strip():
        # A message to share has no address: mailto:?subject=…
        return None if query else ("this mailto: link names no address", "mailto:name@domain")
    from urllib.parse import unquote

    for each in addresses.split(","):
        written = unquote(each).strip()
        if not _MAILBOX.match(written):
            return f"“{written[:80]}” is no mail address, so the reader's message bounces", "mailto:name@domain"
    return None


def _wrong_number(text: str) -> tuple[str, str] | None:
    number = text.partition(":")[2].partition(";")[0].partition("?")[0]
    from urllib.parse import unquote

    number = unquote(number)
    digits = sum(char.isdigit() for char in number)
    # 1-800-FLOWERS is dialled by nothing: RFC 3966 has digits, * # and A-D alone.
    if digits < 2 or re.search(r"[E-Ze-z]", number):
        said = (
            f"“{number[:40]}” is no number that a telephone can dial"
            if number.strip()
            else "this tel: link has no number"
        )
        return f"{said}: nothing happens", "tel:+49-30-1234567, with digits alone"
    return None
