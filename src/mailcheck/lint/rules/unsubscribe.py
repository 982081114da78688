"""UNS: ways out of a mailing, in the header (RFC 2369, RFC 8058) and in the text."""

import re
from typing import TYPE_CHECKING

from mailcheck.lint.absence import dialect_tag, ending, marketing_message, whole_message
from mailcheck.lint.capped import capped
from mailcheck.lint.document import MARKETING, Document
from mailcheck.lint.hosts import unreachable
from mailcheck.lint.hrefs import is_stand_in
from mailcheck.lint.rules.links import at, links
from mailcheck.lint.unsubscribing import leaves, way_out
from mailcheck.model.finding import Finding
from mailcheck.model.fix import Fix, steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity

if TYPE_CHECKING:
    from mailcheck.mail.headers import Field

_URI = regex(r"<\s*([^<>]*?)\s*>")
_TAGS = regex(r"\{\{|\{%|<%|%%|\*\||\$\{")
_POST = "List-Unsubscribe=One-Click"
_PASTE = "List-Unsubscribe-Post: " + _POST


def _marketing_mail(document: Document) -> bool:
    """A message with its header (never a bare template), sent to many."""
    return document.mail is not None and document.kind == MARKETING


def _field(document: Document, name: str) -> "Field | None":
    field: Field | None = document.mail.message.first(name) if document.mail is not None else None
    return field


def _uris(field: "Field") -> list[str]:
    return _URI.findall(field.text)


def _https(field: "Field") -> bool:
    """Whether an HTTPS URI is there, or may be: a tag stands in its place."""
    return any(uri.lower().startswith("https:") or is_stand_in(uri) for uri in _uris(field))


def _at_field(document: Document, field: "Field | None", message: str, fix: Fix) -> Finding:
    """A finding at a header field; without one, at the field behind which the missing one belongs."""
    mail = document.mail
    place = (
        field or mail.message.first("From") or mail.message.first("Subject") or next(iter(mail.message.fields), None)
    )
    if place is None:
        return Finding(message, mail.file.octets(0, 0), fixes=(fix,), offending="header")
    end = place.start + len(place.raw.rstrip(b"\r\n"))
    return Finding(
        message, mail.file.octets(place.start, end), fixes=(fix,), offending=f"{place.name}: {place.text[:200]}"
    )


def _sender(document: Document) -> str:
    """The domain of the From field, for what is to be pasted."""
    field = _field(document, "From")
    match = re.search(r"@([A-Za-z0-9.-]+\.[A-Za-z]{2,})", field.text) if field is not None else None
    return match[1].lower() if match else "your-domain.com"


@rule("UNS001", "list-unsubscribe-missing", Severity.ERROR, since="0.1", applies=_marketing_mail)
def list_unsubscribe_missing(document: Document) -> Result:
    """A marketing message has no List-Unsubscribe field.

    Why: Gmail and Yahoo ask bulk senders for it, and show their own unsubscribe button only with it; without a button, readers press “spam” instead.
    Bad:
    {marketing}
    {file mail.eml}
    From: Nord <news@shop-nord.de>
    Subject: New lamps
    {blank}
    All lamps 20 % off.
    Good:
    {marketing}
    {file mail.eml}
    From: Nord <news@shop-nord.de>
    Subject: New lamps
    List-Unsubscribe: <https://shop-nord.de/u/4711>
    List-Unsubscribe-Post: List-Unsubscribe=One-Click
    {blank}
    All lamps 20 % off.
    Fix: Add both fields, with an address that is the reader's own.
    References: RFC 2369 3.2; RFC 8058 3.1; Gmail, Email sender guidelines; Yahoo, Sender best practices
    """
    if _field(document, "List-Unsubscribe") is None:
        paste = f"List-Unsubscribe: <https://{_sender(document)}/unsubscribe?id=…>"
        yield _at_field(
            document,
            None,
            "no List-Unsubscribe: mail programs can show no unsubscribe button, and Gmail and Yahoo refuse or junk bulk mail",
            steps("add both fields to the header", paste, _PASTE),
        )


def _post_expected(document: Document) -> bool:
    field = _field(document, "List-Unsubscribe")
    return _marketing_mail(document) and field is not None and _https(field)


@rule("UNS002", "one-click-missing", Severity.ERROR, since="0.1", applies=_post_expected)
def one_click_missing(document: Document) -> Result:
    """List-Unsubscribe is there, List-Unsubscribe-Post is not.

    Why: Without it the address only opens a page. Gmail and Yahoo require unsubscribing with one click of bulk senders, and that is what this field says.
    Bad:
    {marketing}
    {file mail.eml}
    From: Nord <news@shop-nord.de>
    List-Unsubscribe: <https://shop-nord.de/u/4711>
    {blank}
    All lamps 20 % off.
    Good:
    {marketing}
    {file mail.eml}
    From: Nord <news@shop-nord.de>
    List-Unsubscribe: <https://shop-nord.de/u/4711>
    List-Unsubscribe-Post: List-Unsubscribe=One-Click
    {blank}
    All lamps 20 % off.
    Fix: Add the field; the address must then unsubscribe on a POST without asking further, and not on a GET.
    References: RFC 8058 3.1, 3.2; Gmail, Email sender guidelines; Yahoo, Sender best practices
    """
    if _field(document, "List-Unsubscribe-Post") is None:
        yield _at_field(
            document,
            _field(document, "List-Unsubscribe"),
            "no List-Unsubscribe-Post: this is no one-click unsubscribe, which Gmail and Yahoo require of bulk mail",
            steps("add this line to the header", _PASTE),
        )


def _https_expected(document: Document) -> bool:
    if _field(document, "List-Unsubscribe") is None:
        return _field(document, "List-Unsubscribe-Post") is not None
    return document.kind == MARKETING or _field(document, "List-Unsubscribe-Post") is not None


@rule("UNS003", "no-https-uri", Severity.ERROR, since="0.1", applies=_https_expected)
def no_https_uri(document: Document) -> Result:
    """List-Unsubscribe holds no https: address.

    Why: One-click unsubscribing is a POST to an https: address. With mailto: or http: alone there is no one-click, and Gmail and Yahoo require it of bulk senders.
    Bad:
    {marketing}
    {file mail.eml}
    From: Nord <news@shop-nord.de>
    List-Unsubscribe: <mailto:leave@shop-nord.de>
    List-Unsubscribe-Post: List-Unsubscribe=One-Click
    {blank}
    All lamps 20 % off.
    Good:
    {marketing}
    {file mail.eml}
    From: Nord <news@shop-nord.de>
    List-Unsubscribe: <mailto:leave@shop-nord.de>, <https://shop-nord.de/u/4711>
    List-Unsubscribe-Post: List-Unsubscribe=One-Click
    {blank}
    All lamps 20 % off.
    Fix: Add an https: address in angle brackets; the mailto: one may stay beside it.
    References: RFC 8058 3.1; RFC 2369 2, 3.2
    """
    field = _field(document, "List-Unsubscribe")
    if field is None:
        yield _at_field(
            document,
            _field(document, "List-Unsubscribe-Post"),
            "List-Unsubscribe-Post without List-Unsubscribe: there is no address to which the click could go",
            steps("add this line to the header", f"List-Unsubscribe: <https://{_sender(document)}/unsubscribe?id=…>"),
        )
        return
    if _https(field) or (_TAGS.search(field.text) and not _uris(field)):
        return
    uris = _uris(field)
    kept = "".join(f", <{uri}>" for uri in uris if uri.lower().startswith("mailto:"))
    paste = f"List-Unsubscribe: <https://{_sender(document)}/unsubscribe?id=…>{kept[:300]}"
    if not uris:
        bare = "https:" in field.text.lower()
        message = (
            "the address in List-Unsubscribe stands without < and >, so no program reads it"
            if bare
            else "List-Unsubscribe holds no address"
        )
        if bare:
            paste = f"List-Unsubscribe: <{field.text.strip()[:300]}>"
    elif any(uri.lower().startswith("http:") for uri in uris):
        message = "List-Unsubscribe has an http: address; one-click unsubscribing needs https:"
    else:
        message = "List-Unsubscribe has no https: address, so there is no one-click unsubscribing"
    yield _at_field(document, field, message, steps("write the field so", paste))


def _has_post(document: Document) -> bool:
    return _field(document, "List-Unsubscribe-Post") is not None


@rule("UNS004", "one-click-value-wrong", Severity.ERROR, since="0.1", applies=_has_post)
def one_click_value_wrong(document: Document) -> Result:
    """List-Unsubscribe-Post does not hold List-Unsubscribe=One-Click.

    Why: The value is fixed; programs that find another one take the field for absent, and show no button.
    Bad:
    {file mail.eml}
    From: Nord <news@shop-nord.de>
    List-Unsubscribe: <https://shop-nord.de/u/4711>
    List-Unsubscribe-Post: One-Click
    {blank}
    All lamps 20 % off.
    Good:
    {file mail.eml}
    From: Nord <news@shop-nord.de>
    List-Unsubscribe: <https://shop-nord.de/u/4711>
    List-Unsubscribe-Post: List-Unsubscribe=One-Click
    {blank}
    All lamps 20 % off.
    Fix: Write the value exactly so.
    References: RFC 8058 3.1, 5
    """
    fields = document.mail.message.all("List-Unsubscribe-Post")
    for field in fields:
        # Strings of ABNF match in any case (RFC 5234 2.3).
        if field.text.strip().lower() != _POST.lower() and not _TAGS.search(field.text):
            yield _at_field(
                document,
                field,
                f"the value is “{field.text.strip()[:60]}”, not {_POST}: no program shows a one-click button",
                steps("write the field so", _PASTE),
            )
    if len(fields) > 1:
        yield _at_field(
            document,
            fields[1],
            f"List-Unsubscribe-Post stands {len(fields)} times; one is read",
            steps("keep one", _PASTE),
        )


def _signed_one_click(document: Document) -> bool:
    return (
        _has_post(document)
        and _field(document, "List-Unsubscribe") is not None
        and _field(document, "DKIM-Signature") is not None
    )


@rule("UNS005", "one-click-not-signed", Severity.ERROR, since="0.1", applies=_signed_one_click)
def one_click_not_signed(document: Document) -> Result:
    """No DKIM signature covers both List-Unsubscribe and List-Unsubscribe-Post.

    Why: Anybody on the way could have put an unsigned address there, so receivers do not offer one-click unsubscribing.
    Bad:
    {file mail.eml}
    DKIM-Signature: v=1; a=rsa-sha256; d=shop-nord.de; s=a; h=from:subject; bh=eA==; b=eA==
    From: Nord <news@shop-nord.de>
    List-Unsubscribe: <https://shop-nord.de/u/4711>
    List-Unsubscribe-Post: List-Unsubscribe=One-Click
    {blank}
    All lamps 20 % off.
    Good:
    {file mail.eml}
    DKIM-Signature: v=1; a=rsa-sha256; d=shop-nord.de; s=a; h=from:list-unsubscribe:list-unsubscribe-post; bh=eA==; b=eA==
    From: Nord <news@shop-nord.de>
    List-Unsubscribe: <https://shop-nord.de/u/4711>
    List-Unsubscribe-Post: List-Unsubscribe=One-Click
    {blank}
    All lamps 20 % off.
    Fix: Let the signer put both names into h=.
    References: RFC 8058 4; RFC 6376 3.5
    """
    from mailcheck.records.dkim_signature import parse_dkim_signature

    needed = {"list-unsubscribe", "list-unsubscribe-post"}
    missing: list[set[str]] = []
    fields = document.mail.message.all("DKIM-Signature")[:20]
    for field in fields:
        covered = set(parse_dkim_signature(field.body.decode("latin-1")).names)
        if needed <= covered:
            return
        missing.append(needed - covered)
    least = min(missing, key=len)
    names = " and ".join(sorted("-".join(word.capitalize() for word in name.split("-")) for name in least))
    yield _at_field(
        document,
        fields[missing.index(least)],
        f"the DKIM signature does not cover {names}: receivers offer no one-click unsubscribing",
        steps("let the signer add these names to h=", ":".join(sorted(least))),
    )


_LINKS = {
    "jinja": "{{ unsubscribe_url }}",
    "django": "{{ unsubscribe_url }}",
    "twig": "{{ unsubscribe_url }}",
    "liquid": "{{ unsubscribe_url }}",
    "handlebars": "{{unsubscribe_url}}",
    "mustache": "{{unsubscribe_url}}",
    "go": "{{ .UnsubscribeURL }}",
    "erb": "<%= @unsubscribe_url %>",
    "blade": "{{ $unsubscribeUrl }}",
    "razor": "@Model.UnsubscribeUrl",
    "mailchimp": "*|UNSUB|*",
    "ampscript": "%%unsub_center_url%%",
    "hubl": "{{ unsubscribe_link_all }}",
    "freemarker": "${unsubscribeUrl}",
    "smarty": "{$unsubscribe_url}",
    "braze": "{{${set_user_to_unsubscribed_url}}}",
}


@rule("UNS006", "unsubscribe-link-missing", Severity.ERROR, since="0.1", applies=marketing_message)
def unsubscribe_link_missing(document: Document) -> Result:
    """A marketing message offers no way to unsubscribe in its text.

    Why: The laws of most countries ask for a clear way out in every marketing message (15 USC 7704(a)(3) and (5); CASL s. 6(2)(c); ePrivacy Directive art. 13(2)), and Gmail and Yahoo for a visible link. Readers who find none press “spam”.
    Bad:
    {marketing}
    <html><body>
    <p>All lamps 20 % off.</p>
    </body></html>
    Good:
    {marketing}
    <html><body>
    <p>All lamps 20 % off.</p>
    <p><a href="https://shop-nord.de/u/4711">Unsubscribe</a></p>
    </body></html>
    Fix: Put a link with the word “unsubscribe” into the footer; the tag of your mail service makes its address.
    References: 15 USC 7704(a)(3), (a)(5)(A)(ii); CASL s. 6(2)(c); Directive 2002/58/EC art. 13(2); Gmail, Email sender guidelines
    """
    bodies = whole_message(document) or ()
    if way_out(bodies) is not False:
        return
    body, start, end = ending(document)
    address = dialect_tag(bodies, _LINKS, "https://…")
    link = f"Unsubscribe: {address}" if body.media == "text" else f'<p><a href="{address}">Unsubscribe</a></p>'
    yield body.finding(
        "nothing in this marketing message lets readers unsubscribe: they will press “spam”, and the law asks for a way out",
        start,
        end,
        fix=steps("put a way out into the footer", link),
    )


@rule("UNS007", "unsubscribe-link-placeholder", Severity.ERROR, since="0.1")
@capped
def unsubscribe_link_placeholder(document: Document) -> Result:
    """The unsubscribe link leads nowhere: "#", nothing, or a placeholder.

    Why: A way out that does not work is none in the eyes of the law and of readers, who press “spam” instead.
    Bad: <a href="#">Unsubscribe</a>
    Good: <a href="https://www.shop-nord.de/unsubscribe">Unsubscribe</a>
    Fix: Put the address of your unsubscribe page, or the tag of your mail service, into href.
    References: 15 USC 7704(a)(3)(A); Gmail, Email sender guidelines
    """
    for body, link in links(document):
        why = unreachable(link.host) if link.host else None
        empty = link.whole and link.text in {"", "#"} and link.element is not None
        if not (why or empty) or not leaves(body, link):
            continue
        told = f"{link.host} is {why}" if why else "its address is empty"
        yield at(
            body,
            link,
            f"the link to unsubscribe does not work: {told}",
            fix=steps(
                "put the real address there", dialect_tag((body,), _LINKS, "https://www.your-site.com/unsubscribe?id=…")
            ),
        )
