"""What a message is for: marketing (mass mail that needs a way out), transactional (somebody waits for it), or unknown.

A declaration settles it; then header fields; then evidence in the bodies, which must be of several sorts and leave
little doubt: rules that only marketing has to obey are errors, and an error about a receipt is worse than silence.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from mailcheck.data.footers import plain
from mailcheck.data.kinds import online_version, path_words, words
from mailcheck.lint.document import MARKETING, TRANSACTIONAL, UNKNOWN, Body
from mailcheck.lint.unsubscribing import way_out
from mailcheck.model.pattern import regex

CONFIDENT = 0.8
"""How sure the evidence of the bodies must be."""
MIXED = 1.5
"""Evidence of both kinds from which a message is taken for both."""
MAX_TEXT = 100_000
"""Characters of a body that are read for evidence."""
_CAMEL = regex(r"(?<=[a-z0-9])(?=[A-Z])")
_ORDER_TAG = regex(
    r"(?<![a-z])(?:order_(?:id|no|num|number|total|ref|items?|lines?|name)|invoice|receipt|"
    r"tracking_(?:number|url|link|id|code|no)|shipment|reset_(?:url|link|token|password|code)|password|otp|"
    r"verif(?:y|ication)(?:_[a-z]+)?|confirm(?:ation)?(?:_(?:url|link|token|code))?|activation(?:_[a-z]+)?|magic_link|"
    r"login_(?:url|link|token|code)|(?:recovery|security|access|one_time)_(?:code|password|link|url)|payment|refund|booking|"
    r"ticket_(?:id|number|code))(?![a-z])"
)
_PRICE = regex(r"(?:[€$£¥₩₽]|kr\.?|zł|CHF|EUR|USD|GBP) ?\d|\d[.,]\d\d ?(?:[€$£]|kr|zł|CHF|EUR)")
_WORD = regex(r"[a-z]+")
_HEAD = 4
"""Letters of a word by which it is ruled out."""


def kind_of(
    declared: str | None,
    front: Mapping[str, Any],
    headers: Mapping[str, str] | None,
    bodies: Sequence[Body],
    around: Sequence[Body] = (),
) -> tuple[str, str]:
    """The kind, and from what it was told.

    `declared` comes from the command line or the configuration, `front` from front matter, `headers` maps names of
    header fields in lower case to their values (None where there is no header). Bodies, and those `around` that they
    extend and include, are read only where none of these says anything.
    """
    for kind, reason in ((declared, "declared"), (front.get("kind"), "declared in front matter")):
        if kind in {MARKETING, TRANSACTIONAL, UNKNOWN}:
            return str(kind), reason
    if front.get("offer"):
        return MARKETING, "front matter declares an offer"
    if headers is not None:
        found = _from_headers(headers)
        if found is not None:
            return found
    return _from_bodies(bodies, around)


def _from_headers(headers: Mapping[str, str]) -> tuple[str, str] | None:
    if "list-post" in headers or "mailing-list" in headers:
        return UNKNOWN, "a discussion list (List-Post)"
    stream = headers.get("x-pm-message-stream", "").strip().lower()
    if stream in {"broadcast", "broadcasts"}:
        return MARKETING, "X-PM-Message-Stream"
    feedback = set(_WORD.findall(headers.get("feedback-id", "").lower()))
    if feedback & {"transactional", "receipt", "receipts", "notification", "notifications", "password"}:
        return TRANSACTIONAL, "Feedback-ID"
    if headers.get("auto-submitted", "").strip().lower().startswith("auto-replied"):
        return TRANSACTIONAL, "Auto-Submitted"
    if "list-unsubscribe" in headers:
        return MARKETING, "List-Unsubscribe"
    bulk = headers.get("precedence", "").strip().lower() in {"bulk", "list"}
    if bulk or "list-id" in headers:
        if _conversation(headers):
            return UNKNOWN, "a message of a discussion, or of a program"
        return MARKETING, "Precedence" if bulk else "List-Id"
    if feedback & {
        "marketing",
        "newsletter",
        "newsletters",
        "promo",
        "promotion",
        "promotional",
        "campaign",
        "broadcast",
    }:
        return MARKETING, "Feedback-ID"
    return None


def _conversation(headers: Mapping[str, str]) -> bool:
    """Whether the header shows a reply on a list, or a notice of a program: old list software says Precedence: bulk."""
    return (
        any(name in headers for name in ("in-reply-to", "references", "x-loop", "x-mailman-version"))
        or headers.get("sender", "").lstrip("<").lower().startswith("owner-")
        or headers.get("auto-submitted", "").strip().lower().startswith("auto-generated")
    )


def _from_bodies(bodies: Sequence[Body], around: Sequence[Body]) -> tuple[str, str]:
    """Weigh the evidence: logits for marketing, of which at least two sorts, against those for transactional."""
    marketing: dict[str, float] = {}
    transactional: dict[str, float] = {}
    own = [body for body in bodies if body.media in {"html", "text", "subject", "preheader"}]
    read = list(dict.fromkeys((*own, *around)))
    if not read:
        return UNKNOWN, ""
    text = plain(" ".join(body.visible_text[:MAX_TEXT] for body in read))
    signs = _signs(text)
    promoted = _count(text, signs, words(MARKETING), 4)
    expected = _count(text, signs, words(TRANSACTIONAL), 4)
    if promoted:
        marketing["offers"] = 0.8 * promoted
    if _count(text, signs, online_version(), 1):
        marketing["a link to the online version"] = 1.0
    if not expected and len(_PRICE.findall(text)) >= 4:
        marketing["prices"] = 0.8
    if expected:
        transactional["words of account and order mail"] = 1.0 * expected
    tags = {
        found[0]
        for body in read
        for tag in body.template.tags[:2_000]
        if tag.kind == "output" and (found := _ORDER_TAG.search(_words_of(tag.expression)))
    }
    if tags:
        transactional["tags of account and order mail"] = 1.0 * min(3, len(tags))
    names = {word for body in own for word in _WORD.findall("/".join(body.source.path.lower().split("/")[-3:]))}
    if names & path_words(MARKETING):
        marketing["the file's name"] = 1.2
    if names & path_words(TRANSACTIONAL):
        transactional["the file's name"] = 1.2
    # Alone it would be one sort of evidence, and two are asked for: it is looked for where there is another.
    if marketing and way_out(read) is True:
        marketing["a way to unsubscribe"] = 2.0
    return _weighed(marketing, transactional)


def _words_of(expression: str) -> str:
    """The words of what a tag puts out, without its filters: `order.trackingUrl | urlencode` is order_tracking_url."""
    return _CAMEL.sub("_", expression[:200].partition("|")[0]).lower().replace(".", "_").replace("->", "_")


def _weighed(marketing: dict[str, float], transactional: dict[str, float]) -> tuple[str, str]:
    from math import exp

    offered, expected = sum(marketing.values()), sum(transactional.values())
    if min(offered, expected) >= MIXED:
        # Which of the two comes first and is larger decides (16 CFR 316.3), and that takes a reader.
        return UNKNOWN, "the text is both"
    sure = 1 / (1 + exp(expected - offered))
    if sure >= CONFIDENT and len(marketing) >= 2:
        return MARKETING, f"evidence in the text: {', '.join(sorted(marketing))}"
    if 1 - sure >= CONFIDENT:
        return TRANSACTIONAL, f"evidence in the text: {', '.join(sorted(transactional))}"
    return UNKNOWN, "the text does not tell"


def _signs(text: str) -> set[str]:
    """What tells that a phrase may stand in a text: its characters, its words of a to z, and how those begin."""
    words = set(_WORD.findall(text))
    return {*text, *(f"{word} " for word in words), *(word[:_HEAD] for word in words)}


@cache
def _by_sign(phrases: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each phrase behind the sign without which it is in no text.

    The word of a to z that it begins with is whole in the text where another character stands behind it in the phrase;
    alone, it may go on there ("rabatt" in "rabattcode").
    """
    found = []
    for phrase in phrases:
        match = _WORD.match(phrase)
        sign = phrase[0]
        if match and match.end() < len(phrase):
            sign = f"{match[0]} "
        elif match and match.end() >= _HEAD:
            sign = phrase[:_HEAD]
        found.append((sign, phrase))
    return tuple(found)


def _count(text: str, signs: set[str], phrases: tuple[str, ...], most: int) -> int:
    """How many of the phrases stand in a text (plain form), as words of their own."""
    found = 0
    # Of the hundreds of phrases a text holds none or two: the others are ruled out without a search.
    for phrase in [phrase for sign, phrase in _by_sign(phrases) if sign in signs]:
        at = text.find(phrase)
        if at < 0:
            continue
        # Letters before it make it a part of another word ("akce" in "reakce"); scripts without blanks have none.
        if at and phrase[0].isascii() and phrase[0].isalpha() and text[at - 1].isalpha() and text[at - 1].isascii():
            continue
        found += 1
        if found >= most:
            break
    return found
