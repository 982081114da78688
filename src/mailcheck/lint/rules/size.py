"""SIZ: how much of a mail is shown before a client cuts it off."""

from mailcheck.lint.document import Body, Document
from mailcheck.model.finding import Finding, Related
from mailcheck.model.fix import steps
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity

CLIP = 102_400
"""Octets of HTML beyond which Gmail has been measured to show "[Message clipped]"."""
NEAR = CLIP * 85 // 100


@rule("SIZ001", "gmail-clip", Severity.ERROR, since="0.1")
def gmail_clip(document: Document) -> Result:
    """The HTML is larger than Gmail shows, or nearly so.

    Why: Gmail cuts a mail off at about 102 KB of HTML and offers the rest behind "View entire message". The footer with the unsubscribe link and the counting pixel stand there, so readers report the mail as spam instead. Google documents no limit; senders have measured it. Images on servers do not count.
    Bad:
    <table role="presentation"><tr><td>
    {repeat 1700 <p style="margin: 0; font-family: Arial, sans-serif;">Lamp</p>}
    </td></tr></table>
    Good:
    <table role="presentation"><tr><td>
    <p style="margin: 0; font-family: Arial, sans-serif;">Lamp</p>
    </td></tr></table>
    Fix: Take out comments, indentation and styles that nothing uses, show fewer items and link to the rest, or put the unsubscribe link at the top too.
    References: spamresource.com/2022/01/what-is-gmail-clipping-and-what-to-do.html, github.com/hteumeuleu/email-bugs/issues/41 (measured by a community)
    """
    for body in document.html:
        if any(element.tag == "mjml" for element in body.elements[:5]):
            # What MJML becomes is not what is written.
            continue
        encoded = _encoded_size(document, body)
        pieces = list(dict.fromkeys(document.composed(body).bodies)) or [body]
        size = encoded or sum(literal_octets(piece) for piece in pieces)
        if size > NEAR:
            yield _clipped(body, size, in_transit=encoded is not None, others=len(pieces) - 1)


def _clipped(body: Body, size: int, *, in_transit: bool, others: int) -> Finding:
    what = "this HTML" if not others else f"this HTML with the {others} templates it is composed of"
    before = "" if in_transit or not body.template.tags else " before a single value is filled in"
    how = " as it is encoded" if in_transit else ""
    told = f"{what} has {size:,} bytes{how}{before}"
    fix = steps(
        "make it smaller: drop comments, indentation and unused styles, or show fewer items and link to the rest"
    )
    if size <= CLIP:
        message = f"{told}: that is more than 85 % of the {CLIP:,} at which Gmail has been measured to cut mail off"
        start = _first(body)
        return body.finding(message, start, _line_end(body, start), severity=Severity.WARNING, fix=fix)
    message = f"{told}: Gmail has been measured to cut mail off at {CLIP:,}, and hides the rest"
    start = _first(body)
    related: tuple[Related, ...] = ()
    if not others and not in_transit:
        cut = _place_of(body, CLIP)
        related = (Related("what stands from here on is hidden", body.location(cut, _line_end(body, cut))),)
    return body.finding(message, start, _line_end(body, start), fix=fix, related=related)


def _first(body: Body) -> int:
    """Where the text begins."""
    text = body.source.text
    return min(body.start + len(text[body.start :]) - len(text[body.start :].lstrip()), max(0, len(text) - 1))


def _line_end(body: Body, start: int) -> int:
    text = body.source.text
    ends = [at for at in (text.find("\n", start), text.find("\r", start)) if at >= 0]
    return max(start + 1, min([*ends, start + 200, len(text)]))


def _place_of(body: Body, octets: int) -> int:
    """The character at which the text has so many octets, tags counted as they stand."""
    raw = body.source.text[body.start :].encode("utf-8", "replace")[:octets]
    return min(body.start + len(raw.decode("utf-8", "ignore")), max(0, len(body.source.text) - 1))


def _encoded_size(document: Document, body: Body) -> int | None:
    """The octets of a message's HTML part as they travel, None for templates."""
    if document.message is None or not body.rendered:
        return None
    from mailcheck.mail.parts import read_parts

    parts = [part for part in read_parts(document.message).leaves("text/html") if not part.attachment]
    return parts[0].end - parts[0].body_start if len(parts) == 1 else None


def literal_octets(body: Body) -> int:
    """How many octets of UTF-8 a template prints by itself, in its largest variant: without tags, one branch of each."""
    template = body.template
    text = body.source.text
    total = _octets(text, body.start, len(text))
    if total <= NEAR or not template.tags:
        # Tags only make it less.
        return total
    tags = [(tag.start, tag.end) for tag in template.tags]
    choices = [block.branches for block in template.blocks if block.conditional and len(block.branches) > 1]
    count = max((len(branches) for branches in choices), default=1)
    least = total
    sizes = []
    for index in range(min(count, 16)):
        gone = list(tags)
        for branches in choices:
            kept = min(index, len(branches) - 1)
            gone += [branch for number, branch in enumerate(branches) if number != kept]
        least, at = total, body.start
        for start, end in sorted(gone):
            if end > at:
                least -= _octets(text, max(start, at), end)
                at = end
        sizes.append(least)
    return max(sizes)


def _octets(text: str, start: int, end: int) -> int:
    return len(text[start:end].encode("utf-8", "replace"))
