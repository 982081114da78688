"""TPL: tags that nothing filled in, and text that was to be replaced before the mail goes out."""

import re
from collections.abc import Iterator

from mailcheck.lint.document import Body, Document
from mailcheck.lint.html import Element
from mailcheck.lint.rules.template import MAX_FINDINGS
from mailcheck.model.finding import Finding
from mailcheck.model.fix import steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity

_TAGS = (
    # A mark that must be there, and what a tag with it looks like.
    ("{{", r"\{\{\{?[~-]?\s*[#/^>&.$]?[\w\"'][^{}\r\n]{0,200}\}\}\}?"),
    ("{%", r"\{%[-+~]?\s*\w+[^{}%\r\n]{0,200}%\}"),
    ("*|", r"\*\|[A-Za-z][\w.]{0,60}(?::[^|\r\n]{0,200})?\|\*"),
    ("%%", r"%%(?:[A-Za-z_][\w.]{0,60}|=[^%\r\n]{1,200}=|\[[^%\r\n]{1,200}\])%%"),
    ("<%", r"<%[=-]{0,2}\s*[\w@:][^<>%\r\n]{0,200}%>"),
    ("${", r"\$\{[A-Za-z_][\w.!?()\"' -]{0,100}\}"),
    ("%7b%7b", r"%7[Bb]%7[Bb](?:%20|[\w.+-]){1,100}%7[Dd]%7[Dd]"),
)
_SERVICE = regex(
    # What the sending service fills in after this text was made.
    r"unsub|asm_|pm:|list_?:|LIST_ADDRESS|MC:|MC_|ARCHIVE|UPDATE_PROFILE|opt_?out|subscription_center|profile_center"
    r"|view_email_url|view_in_browser|webversion|member_(?:busname|addr|city|state|postal|country)",
    re.IGNORECASE,
)
_CODE = frozenset({"code", "pre", "samp", "kbd", "style", "script", "textarea", "tt"})
_FILLER = regex(r"\blorem\s+ipsum\b", re.IGNORECASE)
_TODO = regex(
    r"(?<![\w#@/.-])(?:TODO(?:\(\w{1,30}\))?:|TODO\(\w{1,30}\)|FIXME\b|\[TODO\]|TODO\s+(?:add|write|replace|fix|insert)\b)"
)


def sent(document: Document) -> list[Body]:
    """The texts in which no tag is left to be filled in."""
    return [body for body in document.bodies if body.rendered]


def _received(document: Document) -> bool:
    """Whether a mail server has had the message: then no service fills in anything any more."""
    return document.message is not None and any(field.name.lower() == "received" for field in document.message.fields)


@rule("TPL002", "unresolved-tag-in-message", Severity.ERROR, since="0.1", applies=lambda document: bool(sent(document)))
def unresolved_tag_in_message(document: Document) -> Result:
    """A message that is ready to be sent holds a tag that nothing filled in.

    Why: Readers see “Hello {{ first_name }}”, and a link with a tag in it leads nowhere. Tags that the sending service itself fills in (unsubscribe links, the list's address) are left alone in messages that no server has had yet.
    Bad:
    {file hello.eml}
    From: Anna <anna@shop-nord.de>
    Subject: Your parcel
    Content-Type: text/html; charset=utf-8
    {blank}
    <p>Hello {{ first_name }}, your parcel is on its way.</p>
    Good:
    {file hello.eml}
    From: Anna <anna@shop-nord.de>
    Subject: Your parcel
    Content-Type: text/html; charset=utf-8
    {blank}
    <p>Hello Ben, your parcel is on its way.</p>
    Fix: Render the message with the data that the tag needs, or correct the tag's name.
    References: docs/template-languages.md
    """
    received = _received(document)
    for body in sent(document):
        text = body.source.text
        found = sorted(_unresolved(body, text))
        count = 0
        for start, end in found:
            if not received and _SERVICE.search(text, start, end):
                continue
            count += 1
            if count > MAX_FINDINGS:
                break
            yield body.finding(
                f"nothing filled in {text[start:end][:60]}: readers see it as it stands",
                start,
                end,
                fix=steps("give the template this value, or correct the name in the tag"),
            )


def _unresolved(body: Body, text: str) -> Iterator[tuple[int, int]]:
    lowered = text.lower() if "%7" in text else text
    hidden = _code_ranges(body)
    seen: set[int] = set()
    for mark, pattern in _TAGS:
        if mark not in (lowered if mark == "%7b%7b" else text):
            continue
        for match in re.finditer(pattern, text):
            start = match.start()
            if start in seen or start < body.start or _within(hidden, start):
                continue
            seen.add(start)
            yield start, match.end()


def _code_ranges(body: Body) -> list[tuple[int, int]]:
    """Where tags are shown or commented, not meant: code, styles, comments."""
    found: list[tuple[int, int]] = []
    for markup in body.variants:
        for element in markup.elements:
            if element.tag in _CODE and (not found or element.start >= found[-1][1]):
                found.append((element.start, element.close_end or element.content[1]))
        found += [(start, end) for start, end, _ in markup.comments]
    found.sort()
    return found


def _within(ranges: list[tuple[int, int]], at: int) -> bool:
    from bisect import bisect_right

    number = bisect_right(ranges, at, key=lambda each: each[0]) - 1
    return number >= 0 and at < ranges[number][1]


@rule("TPL012", "lorem-or-todo", Severity.WARNING, since="0.1")
def lorem_or_todo(document: Document) -> Result:
    """Filler or a note to the author stands in the visible text.

    Why: It was to be replaced before the mail goes out, and readers will see it. Only what nobody writes to readers is found: “lorem ipsum”, and TODO or FIXME as programmers write them.
    Bad: <p>Lorem ipsum dolor sit amet, consectetur adipiscing elit.</p>
    Good: <p>Our olives were picked last week. Todo a mano.</p>
    Fix: Write the text, or take the note out (a comment of the template language is never sent).
    References: docs/template-languages.md
    """
    for body in document.bodies:
        text = body.source.text
        # The patterns look at every character: most texts hold none of their words.
        has_filler, has_note = "lorem" in text.lower(), "TODO" in text or "FIXME" in text
        filler = _places(body, _FILLER) if has_filler and _FILLER.search(text) else []
        if filler:
            # One place stands for all: the whole text is filler, or was copied with it.
            often = f" ({len(filler)} times in this text)" if len(filler) > 1 else ""
            yield _leftover(body, f"filler{often}", filler[0])
        notes = _places(body, _TODO)[:MAX_FINDINGS] if has_note and _TODO.search(text) else []
        for match in notes:
            yield _leftover(body, "a note to the author", match)


def _places(body: Body, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    """Where the pattern stands in the text that readers see, outside of tags."""
    text = body.source.text
    return [
        match
        for start, end in _visible(body)
        for match in pattern.finditer(text, start, end)
        if not body.template.overlaps(*match.span())
    ]


def _leftover(body: Body, what: str, match: re.Match[str]) -> Finding:
    return body.finding(
        f"“{match[0]}” is {what}, and readers will see it",
        match.start(),
        match.end(),
        fix=steps("write the text that belongs there, or take this out"),
    )


def _visible(body: Body) -> list[tuple[int, int]]:
    """The ranges of text that readers see."""
    if body.media != "html":
        return [(body.start, len(body.source.text))]
    ranges = {(start, end) for markup in body.variants for start, end, _, around in markup.texts if not _unseen(around)}
    return sorted(ranges)


def _unseen(around: Element | None) -> bool:
    return around is not None and (
        around.tag in _CODE or any(each.tag in {*_CODE, "template", "noscript"} for each in around.ancestors())
    )
