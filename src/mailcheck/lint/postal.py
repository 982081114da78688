"""Postal addresses in text: streets, boxes and postcodes as many countries write them.

What is looked for is any sign of one (data/postal_patterns.txt): the rule that asks speaks only where there is none.
"""

from collections.abc import Iterable

from mailcheck.data.footers import holds_postal_tag, postal_patterns
from mailcheck.lint.document import Body
from mailcheck.lint.template import COMMENT
from mailcheck.lint.unsubscribing import may_hold_more
from mailcheck.model.pattern import regex

MAX_TEXT = 200_000
"""Characters of a message that are searched: of a longer one, its beginning and its end."""

_CAMEL = regex(r"(?<=[a-z0-9])(?=[A-Z])")
_LETTERS = regex(r"[^\W\d_]+")
_ADDRESS = frozenset({"address", "addr", "street", "postcode", "zip", "addressline", "address1"})
_OWNER = frozenset(
    {
        "company", "business", "sender", "organization", "organisation", "org", "shop", "store", "site", "account",
        "merchant", "brand", "postal", "mailing", "physical", "street", "office", "legal", "our", "publication",
        "publisher", "workspace", "tenant", "vendor", "seller", "venue", "footer", "setting", "settings", "config",
        "contact", "list", "team", "hotel", "clinic", "school", "club", "full", "member",
    }
)  # fmt: skip
_ALONE = frozenset(
    {
        "impressum", "imprint", "adresse", "anschrift", "postanschrift", "direccion", "dirección", "indirizzo",
        "endereco", "endereço",
    }
)  # fmt: skip
_NOT_POSTAL = frozenset(
    {
        "email", "mail", "ip", "shipping", "billing", "delivery", "customer", "recipient", "subscriber", "order",
        "user", "to", "from", "mac", "invoice", "event",
    }
)  # fmt: skip


def is_postal(text: str) -> bool:
    """Whether a text shows a street with a number, a box, or a postcode with its place."""
    if len(text) > MAX_TEXT:
        text = text[: MAX_TEXT // 2] + "\n" + text[-MAX_TEXT // 2 :]
    lines = [" ".join(line.split()) for line in text.splitlines()]
    # An address may stand on several lines, and a source may break it anywhere: it is read in both ways.
    texts = dict.fromkeys((" | ".join(line for line in lines if line), " ".join(line for line in lines if line)))
    return any(pattern.search(each) for pattern in postal_patterns() for each in texts)


def postal_address(bodies: Iterable[Body]) -> bool | None:
    """Whether a whole message shows a postal address, in words or by a tag; None where a tag may put one in."""
    unknown = False
    for body in bodies:
        if body.media not in {"html", "text"}:
            continue
        text = body.source.text
        if holds_postal_tag(text) or any(
            _is_postal_tag(text[tag.start : tag.end]) for tag in body.template.tags if tag.kind != COMMENT
        ):
            return True
        if body.media == "html" and any(
            element.tag == "address" or "postaladdress" in (element.get("itemtype") or "").lower()
            for element in body.elements
        ):
            return True
        if is_postal(body.visible_text):
            return True
        unknown = unknown or may_hold_more(body)
    return None if unknown else False


def _is_postal_tag(tag: str) -> bool:
    """Whether a tag puts in the sender's address, by the words of its names (not the reader's, nor one of mail)."""
    words = [word.lower() for word in _LETTERS.findall(_CAMEL.sub(" ", tag[:200]))]
    if not _ALONE.isdisjoint(words):
        return True
    owned = not _OWNER.isdisjoint(words)
    return owned and any(
        word in _ADDRESS and (not at or words[at - 1] not in _NOT_POSTAL) for at, word in enumerate(words)
    )
