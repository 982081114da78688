"""Tag lists: `name=value; name=value` (RFC 6376 3.2; DMARC's are the same shape, RFC 9989 4.8)."""

import re

from mailcheck.model.location import Span
from mailcheck.model.value import dataclass
from mailcheck.records.problem import Problem

MAX_TAGS = 200
"""Tags, empty ones too, that are read from one record; a longer list is cut with a problem."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_BLANK = " \t\r\n"


@dataclass(slots=True)
class Tag:
    """One tag: name as written, value without outer white space, and the spans of both and of the whole."""

    name: str
    value: str
    span: Span
    name_span: Span
    value_span: Span

    # By hand, since they are made for every signature of every message; nobody changes them all the same.
    def __init__(self, name: str, value: str, span: Span, name_span: Span, value_span: Span) -> None:
        self.name = name
        self.value = value
        self.span = span
        self.name_span = name_span
        self.value_span = value_span


@dataclass(frozen=True, slots=True)
class TagList:
    """The tags in their order, and what is wrong with the list."""

    text: str
    tags: tuple[Tag, ...]
    problems: tuple[Problem, ...]

    def first(self, name: str) -> Tag | None:
        """The first tag of this name (case-sensitive, RFC 6376 3.2)."""
        return next((tag for tag in self.tags if tag.name == name), None)

    def value(self, name: str) -> str | None:
        """The value of the first tag of this name."""
        tag = self.first(name)
        return tag.value if tag else None


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in _BLANK:
        start += 1
    while end > start and text[end - 1] in _BLANK:
        end -= 1
    return start, end


def parse_tags(text: str) -> TagList:
    """Split a tag list; faults are problems of kind `tag-syntax` or `tag-duplicate`. Never raises."""
    tags: list[Tag] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    start = count = 0
    while start < len(text):
        count += 1
        stop = text.find(";", start)
        end = len(text) if stop < 0 else stop
        tag = _usual(text, start, end) if count <= MAX_TAGS else None
        if tag is not None and tag.name not in seen:
            seen.add(tag.name)
            tags.append(tag)
            start = end + 1
            continue
        left, right = _trim(text, start, end)
        if left == right and stop < 0:
            break  # an empty piece is legal after the last semicolon only
        if count > MAX_TAGS:
            span = (left, len(text))
            problems.append(Problem("tag-syntax", span, f"more than {MAX_TAGS} tags; the rest is not read"))
            break
        if left == right:
            problems.append(Problem("tag-syntax", (start, end + 1), "an empty tag between two semicolons", ""))
        else:
            _one(text, left, right, tags, problems, seen)
        start = end + 1
    return TagList(text, tuple(tags), tuple(problems))


def _usual(text: str, start: int, end: int) -> Tag | None:
    """The tag in this piece, where it is one in its usual form; all else is looked at closely."""
    name, equals, value = text[start:end].partition("=")
    bare, said = name.strip(_BLANK), value.strip(_BLANK)
    if not equals or not said or not _NAME.match(bare):
        return None
    first = start + len(name) - len(name.lstrip(_BLANK))
    begin = start + len(name) + 1 + len(value) - len(value.lstrip(_BLANK))
    stop = begin + len(said)
    return Tag(bare, said, (first, stop), (first, first + len(bare)), (begin, stop))


def _one(text: str, left: int, right: int, tags: list[Tag], problems: list[Problem], seen: set[str]) -> None:
    equals = text.find("=", left, right)
    if equals < 0:
        problems.append(
            Problem(
                "tag-syntax",
                (left, right),
                f"{text[left:right]!r:.60} is not name=value",
                clause="RFC 6376 3.2",
            )
        )
        return
    name_span = _trim(text, left, equals)
    value_span = _trim(text, equals + 1, right)
    name = text[slice(*name_span)]
    if not _NAME.match(name):
        problems.append(
            Problem("tag-syntax", name_span, f"{name!r:.60} is no tag name: a letter, then letters, digits, _")
        )
        return
    if name in seen:
        problems.append(Problem("tag-duplicate", (left, right), f"the tag {name}= stands twice", clause="RFC 6376 3.2"))
    seen.add(name)
    tags.append(Tag(name, text[slice(*value_span)], (left, right), name_span, value_span))
