"""What a message is for: declarations before headers before evidence, and unknown where little is said."""

import pytest

from mailcheck.lint import dialects
from mailcheck.lint.document import Body, Document
from mailcheck.lint.kind import kind_of
from mailcheck.lint.source import Source


def body(text: str, path: str = "mail/letter.html", dialect: str = "jinja") -> Body:
    return Body(Source(path, text), dialects.read(text, dialect), "html" if path.endswith("html") else "text")


LETTER = body(
    "<p>Spring sale: save up to 30 % off. Free shipping. Shop now!</p>"
    '<p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p>'
)
RECEIPT = body(
    "<p>Thank you. Your receipt for order number {{ order.number }}: {{ order.total }}</p>", "mail/receipt.html"
)


def test_a_declaration_settles_it() -> None:
    assert kind_of("transactional", {"kind": "marketing"}, {"list-unsubscribe": "<x>"}, [LETTER]) == (
        "transactional",
        "declared",
    )
    assert kind_of(None, {"kind": "marketing"}, None, [RECEIPT]) == ("marketing", "declared in front matter")
    assert kind_of(None, {"offer": {"id": "a"}}, None, [RECEIPT])[0] == "marketing"


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"list-unsubscribe": "<https://shop-nord.de/u>"}, "marketing"),
        ({"list-id": "<lamps.shop-nord.de>"}, "marketing"),
        ({"precedence": "Bulk"}, "marketing"),
        ({"feedback-id": "7:newsletter:shop:nord"}, "marketing"),
        ({"feedback-id": "7:receipts:shop:nord", "list-unsubscribe": "<x>"}, "transactional"),
        ({"x-pm-message-stream": "broadcast"}, "marketing"),
        # Discussion lists have all of these, and are no marketing.
        ({"list-post": "<mailto:a@nord.de>", "list-unsubscribe": "<x>", "precedence": "list"}, "unknown"),
        ({"precedence": "bulk", "sender": "owner-lamps@nord.de"}, "unknown"),
        ({"precedence": "list", "in-reply-to": "<1@nord.de>"}, "unknown"),
        ({"list-id": "<jobs.nord.de>", "auto-submitted": "auto-generated"}, "unknown"),
    ],
)
def test_header_fields_come_next(headers: dict[str, str], kind: str) -> None:
    assert kind_of(None, {}, headers, [body("<p>Hello</p>")])[0] == kind


def test_bodies_are_weighed_where_nothing_says_it() -> None:
    assert kind_of(None, {}, {"subject": "Hi"}, [LETTER])[0] == "marketing"
    assert kind_of(None, {}, None, [RECEIPT])[0] == "transactional"


@pytest.mark.parametrize(
    "text",
    [
        "<p>Hello Anna, see you tomorrow.</p>",
        # One sort of evidence is not enough for rules that are errors.
        '<p>Hello</p><a href="{{ unsubscribe_url }}">Unsubscribe</a>',
        "<p>Free shipping, 20 % off</p>",
        # Both kinds in one message: 16 CFR 316.3 asks for more than words.
        "<p>Your order number {{ order.number }} has shipped. 20 % off: shop now, use code LAMP</p>",
    ],
)
def test_little_or_mixed_evidence_is_unknown(text: str) -> None:
    assert kind_of(None, {}, None, [body(text)])[0] == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        '<p>{{ personalization_token("x") }} {{ content.language.languageCode }} {{ name|urlencode }}</p>',
        "<p>{{ tracking_pixel }} {{ member.postalCode }}</p>",
    ],
)
def test_words_inside_other_words_are_no_evidence(text: str) -> None:
    assert kind_of(None, {}, None, [body(text)]) == ("unknown", "the text does not tell")


def test_bodies_are_read_only_when_a_rule_asks() -> None:
    asked: list[str] = []

    def kind() -> tuple[str, str]:
        asked.append("read")
        return "marketing", "told"

    document = Document("a", [LETTER], kind=kind)
    assert asked == []
    assert (document.kind, document.kind_reason) == ("marketing", "told")
    assert document.kind == "marketing"
    assert asked == ["read"]
