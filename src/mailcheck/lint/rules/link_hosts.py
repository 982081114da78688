"""LNK: where links lead, judged by their hosts: placeholders, plain http, other domains than shown, addresses."""

import re

from mailcheck.data.link_hosts import below, hosts, same_owner
from mailcheck.lint.capped import capped
from mailcheck.lint.document import Body, Document
from mailcheck.lint.hosts import is_address, unreachable
from mailcheck.lint.hrefs import Link, text_of
from mailcheck.lint.rules.links import at, links
from mailcheck.lint.unsubscribing import leaves
from mailcheck.model.fix import Fix, steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity


@rule("LNK002", "placeholder-host", Severity.ERROR, since="0.1")
@capped
def placeholder_host(document: Document) -> Result:
    """A link or picture leads to a host that no reader can use: a placeholder, your own computer or network, a test system.

    Why: Readers get an error page, or somebody else's site; filters count links to reserved names against the message.
    Bad: <a href="https://www.example.com/offers">All offers</a>
    Good: <a href="https://www.shop-nord.de/offers">All offers</a>
    Fix: Put the address of the live site there.
    References: RFC 2606 2, 3; RFC 6761; RFC 1918 3; RFC 5737
    """
    for body, link in links(document):
        why = unreachable(link.host) if link.host else None
        if why and not leaves(body, link):
            yield at(
                body,
                link,
                f"{link.host} is {why}: readers cannot open this link",
                fix=steps("put the address of the live site there"),
            )
    for body in document.written:
        for element in body.find("img", "mj-image"):
            value = body.known(element, "src")
            # What stands in the place of pictures; other unreachable hosts of pictures are IMG005.
            match = re.match(r"https?://([^/?#:]+)", value, re.IGNORECASE) if value else None
            if match and below(match[1].lower(), "placeholder", "images"):
                attribute = element.attribute("src") or element
                yield body.finding(
                    f"{match[1]} makes placeholder pictures: readers see a grey box",
                    attribute.start,
                    attribute.end,
                    fix=steps("put the address of the real picture there"),
                )


@rule("LNK004", "http-not-https", Severity.WARNING, since="0.1", fix=Fixable.UNSAFE)
@capped
def http_not_https(document: Document) -> Result:
    """A link uses http instead of https.

    Why: What the reader sends and sees can be read and changed on the way; browsers warn of such pages, and some filters count them.
    Bad: <a href="http://www.shop-nord.de/sale">Sale</a>
    Good: <a href="https://www.shop-nord.de/sale">Sale</a>
    Fix: Write https:// if the site answers there.
    References: RFC 9110 4.2.2; RFC 9325
    """
    for body, link in links(document):
        rest = link.text[7:]
        # "http://" before a tag alone: mail services replace the whole of it.
        if (
            link.scheme != "http"
            or not link.text.lower().startswith("http://")
            or not (rest or _path_behind(body, link))
        ):
            continue
        if link.stand_in or (link.host and (is_address(link.host) or unreachable(link.host))):
            continue
        start = link.start + body.source.text[link.start : link.end].lower().find("http:")
        edit = body.edit(start, start + 5, "https:")
        yield at(
            body,
            link,
            "this link is not encrypted: others can read and change what the reader sees there",
            fix=Fix("write https:// if the site answers there", (edit,), safe=False),
        )


def _path_behind(body: Body, link: Link) -> bool:
    """Whether something is written behind the first tag of the address, so that the tag can only be its host."""
    tag = next(body.template.tags_in(link.start, link.end), None)
    return tag is not None and tag.kind == "output" and body.source.text[tag.end : tag.end + 1] in {"/", ":", "."}


_SHOWN = regex(r"(?<![\w@./:-])(?:(https?)://|(www)\.)((?:[^\W_]|[-.])+\.[^\W\d_]{2,24})(?![\w@-])", re.IGNORECASE)
_BARE = regex(r"((?:[^\W_](?:[^\W_]|-)*\.)+[^\W\d_]{2,24})(/\S*)?\Z")


@rule("LNK005", "text-domain-differs", Severity.ERROR, since="0.1")
@capped
def text_domain_differs(document: Document) -> Result:
    """The text of a link shows one site, the link leads to another.

    Why: This is how phishing looks: mail programs warn, filters refuse, and readers are taught to distrust it.
    Bad: <a href="https://www.partner-rabatt.net/nord">www.shop-nord.de</a>
    Good: <a href="https://www.shop-nord.de/nord">www.shop-nord.de</a>
    Fix: Show the site that the link leads to, or words instead of an address. Links through your own click tracking: name its domain in link-domains in the configuration.
    References: Gmail, Email sender guidelines (links should be visible and easy to understand); rspamd, phishing module
    """
    for body in document.written:
        for link in body.links:
            element = link.element
            if element is None or element.tag not in {"a", "mj-button"} or link.host is None:
                continue
            shown = _shown(body, link)
            if shown is None:
                continue
            written, certain, bare = shown
            host = _idna(written)
            if _may_lead(document, link, host) or (bare and not _is_site(host)) or _same_site(link, host):
                continue
            yield at(
                body,
                link,
                f"the text shows {written}, the link leads to {link.host}: mail programs take that for phishing",
                fix=steps(f"link to {written}, or show {link.host} or plain words as the text"),
                severity=None if certain else Severity.WARNING,
            )


def _own(document: Document, host: str) -> bool:
    """Whether the sender has named the host, or a domain above it, as one through which links are led."""
    names = (each.lower().strip(".") for each in document.link_domains)
    return any(host == name or host.endswith("." + name) for name in names if name)


def _shown(body: Body, link: Link) -> tuple[str, bool, bool] | None:
    """The one host that the text of a link shows, whether it is shown as an address, and whether it may be no host.

    None where it is unknown.
    """
    element = link.element
    if element is None:
        return None
    begin, end = element.content
    text = " ".join(text_of(element).split())
    if "." not in text or len(text) > 500 or body.template.overlaps(begin, end):
        return None
    found = {(match[2] + "." if match[2] else "") + match[3] for match in _SHOWN.finditer(text)}
    if found:
        return (found.pop(), True, False) if len(found) == 1 else None
    bare = _BARE.match(text)
    return None if bare is None else (bare[1], bare[2] is not None, True)


def _is_site(host: str) -> bool:
    """Whether a word with a dot in it is a host: "Node.js" and "v2.beta" are none, only a suffix of the list makes one.

    Asked only where the link leads to another host: the list takes longer to load than most templates to judge.
    """
    from mailcheck.data.psl import is_listed

    return is_listed(host)


def _idna(host: str) -> str:
    try:
        return host.lower() if host.isascii() else host.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return host.lower()


def _may_lead(document: Document, link: Link, shown: str) -> bool:
    """Whether the link leads, or may lead, to the site shown."""
    host = link.host or ""
    if host == shown or is_address(host) or unreachable(host) or unreachable(shown):
        return True
    if _own(document, host):
        return True
    if below(host, "click_tracking", "hosts") or host.partition(".")[0] in hosts("click_tracking", "labels"):
        return True
    # LNK007 speaks about shorteners; what stands behind them is unknown.
    return below(host, "shorteners", "hosts") is not None


def _same_site(link: Link, shown: str) -> bool:
    """Whether both belong to one owner, or the link carries the site shown to where it leads."""
    from mailcheck.data.psl import registrable

    host = link.host or ""
    here, there = registrable(host), registrable(shown)
    if here is None or there is None or here == there or same_owner(here, there):
        return True
    # A redirect that carries its target: ?url=https%3A%2F%2Fwww.shop-nord.de
    return there in link.text.partition(host)[2].lower() or not link.whole


@rule("LNK006", "ip-host", Severity.ERROR, since="0.1")
@capped
def ip_host(document: Document) -> Result:
    """A link leads to an IP address instead of a name.

    Why: Almost no honest mail does so, and spam filters know it: readers cannot see whose site it is, and certificates are made out for names.
    Bad: <a href="http://81.169.145.70/sale">Sale</a>
    Good: <a href="https://www.shop-nord.de/sale">Sale</a>
    Fix: Use the name of the site.
    References: SpamAssassin, NORMAL_HTTP_TO_IP
    """
    for body, link in links(document):
        if link.host and is_address(link.host) and unreachable(link.host) is None:
            yield at(
                body,
                link,
                f"the link leads to the bare address {link.host}: filters take that for spam",
                fix=steps("use the name of the site, with https://"),
            )


@rule("LNK007", "link-shortener", Severity.WARNING, since="0.1")
@capped
def link_shortener(document: Document) -> Result:
    """A link goes through a public shortener.

    Why: Shorteners hide where the link leads; spammers use them, so their domains stand on block lists, and your message with them. If the service ends, so does the link.
    Bad: <a href="https://bit.ly/3xYzAbC">Our new catalogue</a>
    Good: <a href="https://www.shop-nord.de/catalogue">Our new catalogue</a>
    Fix: Link to the page itself, or use click tracking under a domain of your own.
    References: Gmail, Email sender guidelines (links should be visible and easy to understand)
    """
    for body, link in links(document):
        name = below(link.host, "shorteners", "hosts") if link.host else None
        # maps.app.goo.gl and its like are how Google's own services write their links.
        if name and link.host and not _own(document, link.host) and not below(link.host, "shorteners", "not"):
            yield at(
                body,
                link,
                f"{name} hides where this link leads: filters know it from spam",
                fix=steps("link to the page itself, or through a tracking domain of your own"),
            )


@rule("LNK008", "userinfo-in-url", Severity.ERROR, since="0.1")
@capped
def userinfo_in_url(document: Document) -> Result:
    """An address has a name or password before its host.

    Why: What stands before the @ looks like the site, and is not: browsers warn or refuse, and filters take it for phishing. A real password there is given to every reader.
    Bad: <a href="https://www.shop-nord.de@81-169.info/sale">Sale</a>
    Good: <a href="https://www.shop-nord.de/sale">Sale</a>
    Fix: Remove everything between // and @, with the @.
    References: RFC 3986 3.2.1, 7.6
    """
    for body, link in links(document):
        if link.userinfo is not None and link.host and not link.stand_in:
            yield at(
                body,
                link,
                f"the link leads to {link.host}; what stands before the @ only looks like a site",
                fix=steps("remove what stands between // and the host"),
            )
