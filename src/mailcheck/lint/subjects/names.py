"""What a sender's name holds beside a name."""

from functools import cache
from typing import TYPE_CHECKING

from mailcheck.lint.subjects.shapes import emoji
from mailcheck.lint.subjects.tables import table
from mailcheck.lint.subjects.topics import PERSON, topic
from mailcheck.lint.template import OUTPUT
from mailcheck.model.pattern import regex

if TYPE_CHECKING:
    from mailcheck.lint.subjects.heading import Heading
    from mailcheck.lint.subjects.lines import Line

_WORD = regex(r"[^\W_]+(?:['.-][^\W_]+)*")
_COUNT = regex(r"(?:^|\s)[(\[]\d{1,3}[)\]](?:\s|$)|^\d{1,3} (?:new|unread)\b")
_SHARE = regex(r"\d{1,3} ?%|[€$£]\d|%\d{1,3}\b|\d+ ?(?:€|euro)\b")
_SIGN = regex("[\u2190-\u21ff\u2300-\u23ff\u2460-\u2473\u25a0-\u27bf\u2b00-\u2bff]")


def content_of(line: "Line", heading: "Heading") -> tuple[int, int, str] | None:
    """Where a name holds what belongs into a subject, and what it is."""
    for tag in line.tags:
        text = line.body.source.text[tag.start : tag.end]
        if tag.kind == OUTPUT and topic(text, tag.expression) == PERSON and _reader(text):
            return tag.start - line.start, tag.end - line.start, "the reader's own name"
    words = line.words.text
    from mailcheck.lint.subjects.prefixes import prefix_of

    prefix = prefix_of(line, heading)
    if prefix is not None:
        return prefix.start, prefix.end, "a reply or forward prefix"
    for pattern, what in ((_COUNT, "a count of messages"), (_SHARE, "an offer")):
        match = pattern.search(words)
        if match is not None:
            return *line.words.place(*match.span()), what
    pack = heading.pack
    if pack is not None:
        for group, what in (("name_content", "an offer, urgency or a call to act"), ("deadline_open", "urgency"),
                            ("deadline_today", "urgency"), ("deadline_hours", "urgency")):  # fmt: skip
            match = pack.group(group).search(words)
            if match is not None:
                return *line.words.place(*match.span()), what
    return None


def _reader(text: str) -> bool:
    return not any(word in text.lower() for word in ("sender", "company", "shop", "store", "brand", "agent", "from"))


@cache
def _brands() -> frozenset[str]:
    return frozenset(table("senders")["brands"])


def brand_of(name: str) -> str | None:
    """The well-known name that a folded name consists of, but for words such as service and team."""
    words = _WORD.findall(name)
    if not words or len(words) > 10:
        return None
    plain = frozenset(table("senders")["service_words"])
    for size in range(min(4, len(words)), 0, -1):
        for at in range(len(words) - size + 1):
            phrase = " ".join(words[at : at + size])
            rest = words[:at] + words[at + size :]
            if phrase in _brands() and all(word in plain or word.isdigit() for word in rest):
                return phrase
    return None


def signs(text: str) -> tuple[int, int] | None:
    """The first emoji, arrow, star or mark in a name; ™, ® and the like are none."""
    found = emoji(text)
    match = _SIGN.search(text)
    places = [*found, *([match.span()] if match else [])]
    return min(places) if places else None
