"""Ignore comments: `mailcheck: ignore[CODE, name] reason` for the next line, `file-ignore[…]` for the file.

They stand in the template language's own comments or in HTML comments, and are read from the scan and the markup, once
and before any rule: what looks like one in a string or in a raw block is text. There is no form without rules. Messages
(.eml) have none, since an edit would break their signature.
"""

import re
from collections.abc import Iterable, Sequence

from mailcheck.lint.document import Body, Document
from mailcheck.lint.template import COMMENT
from mailcheck.model import registry
from mailcheck.model.finding import Finding
from mailcheck.model.location import FileLocation
from mailcheck.model.pattern import regex
from mailcheck.model.selection import Selection

MAX_DIRECTIVES = 1_000
"""Ignore comments of one document that are read."""
_DIRECTIVE = regex(
    # Behind the comment's own mark, be it a block ({% comment %}) or signs.
    r"(?:\{%[-~+]?\s*(?:comment|doc)\b[^%\n]{0,80}%\})?\W{0,40}mailcheck:[ \t]*([\w-]*)(?:[ \t]*(\[)([^\]\n]*)(\])?)?",
    re.IGNORECASE,
)
_NEWLINE = regex(r"[\r\n]")
_BLANK = regex(r"[ \t\r\n]*")


class Directive:
    """One ignore comment: its place, the rules that it names, and the range in the file that it speaks of.

    `words` are (word as written, code or None, start, end). `fault` says what cannot be understood. `used` holds the
    codes that it has set aside.
    """

    __slots__ = ("alone", "body", "covered", "end", "fault", "start", "used", "whole_file", "words")

    def __init__(self, body: Body, start: int, end: int) -> None:
        self.body = body
        self.start = start
        self.end = end
        self.whole_file = False
        self.alone = False
        self.fault = ""
        self.words: list[tuple[str, str | None, int, int]] = []
        self.covered: FileLocation | None = None
        self.used: set[str] = set()

    def covers(self, finding: Finding) -> bool:
        """Whether a finding of one of its rules is meant."""
        place = finding.location
        if not isinstance(place, FileLocation):
            return self.whole_file
        if place.path != self.body.source.path:
            return False
        if self.whole_file:
            return True
        here = self.covered
        return here is not None and here.offset <= place.offset < max(here.end_offset, here.offset + 1)


class Ignores:
    """The view of the rules about ignore comments."""

    def __init__(self, subject: str, directives: Sequence[Directive], selection: Selection) -> None:
        self.subject = subject
        self.directives = tuple(directives)
        self.selection = selection

    def undetermined(self, need: str) -> str | None:  # noqa: ARG002  the view's form
        """Nothing of it is looked up."""
        return None

    def unused(self, directive: Directive) -> list[tuple[str, str | None, int, int]]:
        """The words whose rule was judged and found nothing there."""
        return [
            word
            for word in directive.words
            if word[1] is not None and word[1] in self.selection and word[1] not in directive.used
        ]


def apply(
    document: Document, findings: Iterable[Finding], selection: Selection
) -> tuple[list[Finding], list[Finding], list[Finding]]:
    """What stays, what is set aside, and what is to be said about the ignore comments themselves."""
    findings = list(findings)
    directives = read(document)
    if not directives:
        return findings, [], []
    by_code: dict[str, list[Directive]] = {}
    for directive in directives:
        for code in {code for _, code, _, _ in directive.words if code}:
            by_code.setdefault(code, []).append(directive)
    kept: list[Finding] = []
    ignored: list[Finding] = []
    for finding in findings:
        matching = [each for each in by_code.get(finding.code, ()) if each.covers(finding)]
        for each in matching:
            each.used.add(finding.code)
        (ignored if matching else kept).append(finding)
    return kept, ignored, _judged(Ignores(document.subject, directives, selection))


def _judged(view: Ignores) -> list[Finding]:
    from mailcheck.lint.rules import ignore_comments
    from mailcheck.model.judge import judge
    from mailcheck.model.rule import loaded

    rules = [rule for rule in loaded("IGN") if rule.module == ignore_comments.__name__ and rule.code in view.selection]
    return judge(rules, view).findings


def read(document: Document) -> list[Directive]:
    """The ignore comments of a document, in the order of its texts."""
    if document.message is not None:
        return []
    found: list[Directive] = []
    seen: set[tuple[str, int]] = set()
    for body in document.bodies:
        if "mailcheck:" not in body.source.text.lower():
            continue
        here: list[Directive] = []
        for start, end in _comments(body):
            directive = _directive(body, start, end)
            if directive is None or len(found) + len(here) >= MAX_DIRECTIVES:
                continue
            place = body.location(start, end)
            if (place.path, place.offset) not in seen:
                seen.add((place.path, place.offset))
                here.append(directive)
        _cover(body, here)
        found += here
    return found


def _comments(body: Body) -> list[tuple[int, int]]:
    """The comments of the language and of the markup, in order."""
    places = {tag.start: tag.end for tag in body.template.tags if tag.kind == COMMENT}
    for markup in body.variants:
        for start, end, _ in markup.comments:
            places.setdefault(start, end)
    return sorted(places.items())


def _directive(body: Body, start: int, end: int) -> Directive | None:
    text = body.source.text
    match = _DIRECTIVE.match(text, start, end)
    if match is None:
        return None
    directive = Directive(body, start, end)
    verb = match[1].lower()
    directive.whole_file = verb == "file-ignore"
    if verb not in ("ignore", "file-ignore"):
        directive.fault = f"“mailcheck: {match[1]}” is nothing that mailcheck knows"
    elif match[2] is None or not (match[3] or "").strip():
        directive.fault = f"“mailcheck: {verb}” names no rule"
    elif match[4] is None:
        directive.fault = f"“mailcheck: {verb}[” is not closed: “]” is missing"
    else:
        for word in re.finditer(r"[^,\s](?:[^,]*[^,\s])?", match[3]):
            entry = registry.find(word[0])
            at = match.start(3)
            directive.words.append((word[0], entry.code if entry else None, at + word.start(), at + word.end()))
    return directive


def _cover(body: Body, directives: list[Directive]) -> None:
    """Give each its range: a comment alone on its line speaks of the next line, any other of its own."""
    text = body.source.text
    by_start = {directive.start: directive for directive in directives}
    ranges: dict[int, tuple[int, int]] = {}
    for directive in reversed(directives):
        begin = body.source.starts[body.source.line_of(directive.start) - 1]
        stop = _line_end(text, directive.end)
        directive.alone = not text[begin : directive.start].strip() and not text[directive.end : stop].strip()
        if not directive.alone:
            covered = _stretched(body, begin, stop)
        else:
            blank = _BLANK.match(text, stop)
            following = blank.end() if blank else stop
            stacked = by_start.get(following)
            if stacked is not None and stacked.alone:
                # Comments below each other speak of the same line.
                covered = ranges[stacked.start]
            else:
                covered = _stretched(body, following, _line_end(text, following))
        ranges[directive.start] = covered
        directive.covered = body.location(*covered)


def _line_end(text: str, at: int) -> int:
    match = _NEWLINE.search(text, at)
    return match.start() if match else len(text)


def _stretched(body: Body, start: int, end: int) -> tuple[int, int]:
    """A line, and the rest of a start tag or template tag that begins on it."""
    stop = end
    for tag in body.template.tags_in(start, end):
        if tag.start >= start and tag.kind != COMMENT:
            stop = max(stop, tag.end)
    for markup in body.variants:
        from bisect import bisect_left

        elements = markup.elements
        at = bisect_left(elements, start, key=lambda element: element.start)
        while at < len(elements) and elements[at].start < end:
            stop = max(stop, elements[at].end)
            at += 1
    return start, stop
