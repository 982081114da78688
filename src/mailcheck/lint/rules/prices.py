"""TXT: prices that the parts of one mail tell differently."""

from bisect import bisect_right

from mailcheck.lint.amounts import Amount, amounts
from mailcheck.lint.document import Body, Document
from mailcheck.lint.rules.text import pair_of, with_both
from mailcheck.lint.template import COMMENT, OUTPUT
from mailcheck.model.finding import Related
from mailcheck.model.fix import steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity

MAX_TEXT = 1_000_000
"""Characters of each part; of longer ones the prices are not compared."""
_TAG = regex(r"<[^<>]{0,500}>")
_SIGNS = {"&nbsp;": "\u00a0", "&euro;": "€", "&pound;": "£"}


@rule("TXT008", "prices-differ-between-parts", Severity.ERROR, since="0.1", applies=with_both)
def prices_differ_between_parts(document: Document) -> Result:
    """The plain text part names a price that the HTML part does not, and the other way round.

    Why: Readers are told two prices for one thing, and each of them saw only one. The lower one is what they will ask for, and a wrong price is a false claim about the offer.
    Bad:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: The winter coat
    MIME-Version: 1.0
    Content-Type: multipart/alternative; boundary=b
    {blank}
    --b
    Content-Type: text/plain; charset=utf-8
    {blank}
    The coat: 79 EUR. https://www.shop-nord.de/coat
    --b
    Content-Type: text/html; charset=utf-8
    {blank}
    <p>The <a href="https://www.shop-nord.de/coat">coat</a>: 89 EUR.</p>
    --b--
    Good:
    {file mail.eml}
    From: Shop Nord <news@shop-nord.de>
    Subject: The winter coat
    MIME-Version: 1.0
    Content-Type: multipart/alternative; boundary=b
    {blank}
    --b
    Content-Type: text/plain; charset=utf-8
    {blank}
    The coat: 89 EUR. https://www.shop-nord.de/coat
    --b
    Content-Type: text/html; charset=utf-8
    {blank}
    <p>The <a href="https://www.shop-nord.de/coat">coat</a>: EUR 89.00.</p>
    --b--
    Fix: Write the same price in both parts; better, make both from the same data.
    References: RFC 2046 5.1.4 (alternatives are of the same information); UCPD article 6(1)(d)
    """
    pair = pair_of(document)
    if pair is None:
        return
    html, text = pair
    if max(len(html.source.text), len(text.source.text)) > MAX_TEXT:
        # Of a part of them nobody can tell that an amount is missing.
        return
    if not _settled(html, text):
        return
    page = [amount for markup in html.variants for amount in amounts(_seen(html, markup.text))]
    # What a picture says is in its alt; there it is read too.
    alts = amounts("\n".join(element.get("alt") or "" for element in html.find("img", "area")))
    plain = amounts(text.template.variants[0][text.start :])
    only_page = {amount.key for amount in page} - {amount.key for amount in plain}
    only_plain = {amount.key for amount in plain} - {amount.key for amount in (*page, *alts)}
    if not only_page or not only_plain:
        # A part may leave something out; it must not say something else.
        return
    currencies = {currency for currency, _ in only_page} & {currency for currency, _ in only_plain}
    missing = [amount for amount in plain if amount.key in only_plain and amount.currency in currencies]
    other = [amount for amount in page if amount.key in only_page and amount.currency in currencies]
    if not missing or not other:
        return
    first, others = missing[0], len({amount.key for amount in missing}) - 1
    told = ", ".join(dict.fromkeys(_shown(html, amount, 0) for amount in other[:3]))
    more = f" ({others} more differ)" if others else ""
    yield text.finding(
        f"the plain text says {_shown(text, first, text.start)}, which the HTML does not; there it is {told}{more}",
        text.start + first.start,
        text.start + first.end,
        fix=steps("write the same prices in both parts"),
        related=(Related("the HTML says", html.location(other[0].start, other[0].end)),),
    )


def _settled(html: Body, text: Body) -> bool:
    """Whether every amount is written out: no tag of one part could print an amount that the other has.

    A tag that prints the same in both (the name of the reader) tells no difference; one in an attribute prints no
    amount. What includes, repeats or chooses leaves it open.
    """
    tags = [tag for tag in (*html.template.tags, *text.template.tags) if tag.kind != COMMENT]
    if any(tag.kind != OUTPUT or tag.keyword for tag in tags):
        return False
    in_text = {tag.expression for tag in text.template.tags if tag.kind == OUTPUT}
    in_html = {tag.expression for tag in html.template.tags if tag.kind == OUTPUT}
    shown = [(start, end) for markup in html.variants for start, end, _, _ in markup.texts]
    begins = [start for start, _ in shown]
    read = {
        tag.expression
        for tag in html.template.tags
        if tag.kind == OUTPUT and (at := bisect_right(begins, tag.start)) and tag.start < shown[at - 1][1]
    }
    return read <= in_text <= in_html


def _seen(body: Body, text: str) -> str:
    """The markup's text at its places: tags and what is not shown are blanks."""
    kept = [" "] * len(text)
    for markup in body.variants:
        for start, end, _, around in markup.texts:
            if around is None or around.tag not in {"style", "script", "title"}:
                kept[start:end] = text[start:end]
    seen = "".join(kept)
    for reference, char in _SIGNS.items():
        seen = seen.replace(reference, char.ljust(len(reference)))
    return seen


def _shown(body: Body, amount: Amount, start: int) -> str:
    """The amount as readers see it: tags may stand inside, and a sign that is written as a reference ends it."""
    text, end = body.source.text, start + amount.end
    if body.media != "html":
        return " ".join(text[start + amount.start : end].split())
    end += next((len(reference) - 1 for reference in _SIGNS if text.startswith(reference, end - 1)), 0)
    written = _TAG.sub("", text[start + amount.start : end])
    for reference, char in _SIGNS.items():
        written = written.replace(reference, char)
    return " ".join(written.split())
