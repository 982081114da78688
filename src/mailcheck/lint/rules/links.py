"""LNK: where links lead, and what they say."""

from mailcheck.lint.document import Document
from mailcheck.model.fix import steps
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity


@rule("LNK001", "empty-or-hash-href", Severity.ERROR, since="0.1")
def empty_or_hash_href(document: Document) -> Result:
    """A link leads nowhere: its href is empty or "#".

    Why: Readers click and nothing happens, or the message scrolls; in webmail, "#" opens the mail client's own page.
    Bad: <a href="#">Track your parcel</a>
    Good: <a href="https://www.shop-nord.de/track">Track your parcel</a>
    Fix: Put the address there, or take the link away and leave its text.
    References: HTML 4.6.2 (following hyperlinks)
    """
    for body in document.html:
        for element in body.find("a", "area"):
            href = body.known(element, "href")
            if href is not None and href.strip() in {"", "#"}:
                attribute = element.attribute("href")
                assert attribute is not None
                yield body.finding(
                    "this link leads nowhere: readers click and nothing happens",
                    attribute.start,
                    attribute.end,
                    fix=steps("put the address into href, or remove the link and keep its text"),
                )
