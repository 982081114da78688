"""JSON that holds templates: Amazon SES, SendGrid and Postmark, with the way from each character to its place.

The file is checked by `json`; the strings are found by a scanner of our own, for `json` tells no places.
"""

import json
import re
from array import array

from mailcheck.lint.mapped import MappedSource
from mailcheck.lint.source import Source
from mailcheck.model.pattern import regex

MAX_DEPTH = 50
"""Arrays and objects inside each other that are read."""
MAX_KEY = 100
"""Characters of a key that are kept."""
MAX_MESSAGES = 1_000
"""Templates of one file."""
_TOKEN = regex(r'"((?:[^"\\]++|\\.)*+)"|([{}\[\]:,])|[^\s"{}\[\]:,]+', re.DOTALL)
_ESCAPE = regex(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}

SHAPES: dict[str, dict[str, str]] = {
    # Amazon SES: CreateTemplate, and the TemplateContent of CreateEmailTemplate in the second version of its API.
    "ses": {"SubjectPart": "subject", "HtmlPart": "html", "TextPart": "text"},
    "ses2": {"Subject": "subject", "Html": "html", "Text": "text"},
    # SendGrid's transactional templates: one object a version.
    "sendgrid": {"subject": "subject", "html_content": "html", "plain_content": "text"},
    # Postmark's templates API.
    "postmark": {"Subject": "subject", "HtmlBody": "html", "TextBody": "text"},
}
"""Provider -> key -> part of the message."""
_SURE = {
    "ses": frozenset({"SubjectPart", "HtmlPart", "TextPart"}),
    "sendgrid": frozenset({"html_content", "plain_content"}),
    "postmark": frozenset({"HtmlBody", "TextBody"}),
}
DIALECTS = {"ses": "handlebars", "ses2": "handlebars", "sendgrid": "handlebars", "postmark": "mustache"}
"""Provider -> template language (SES and SendGrid render Handlebars, Postmark its Mustachio, a Mustache)."""


class JsonMessage:
    """One template in a JSON file: its provider, where it stands (a JSON pointer), and its parts by name."""

    __slots__ = ("name", "parts", "pointer", "provider")

    def __init__(self, provider: str, pointer: str, name: str, parts: dict[str, MappedSource]) -> None:
        self.provider = provider
        self.pointer = pointer
        self.name = name
        self.parts = parts


class JsonFile:
    """What a JSON file holds: its templates, the strings of its top by pointer, or in `fault` why it cannot be read."""

    __slots__ = ("fault", "messages", "strings")

    def __init__(self) -> None:
        self.messages: list[JsonMessage] = []
        self.strings: dict[str, tuple[int, int]] = {}
        self.fault: tuple[str, int] | None = None


def read(source: Source) -> JsonFile:
    """Read the templates of a JSON file. Never raises; linear in its size."""
    found = JsonFile()
    try:
        json.loads(source.text)
    except json.JSONDecodeError as error:
        found.fault = (f"this is no JSON: {error.msg}", min(error.pos, max(0, len(source.text) - 1)))
        return found
    except RecursionError:
        found.fault = ("this JSON cannot be read: too many values stand inside one another", 0)
        return found
    except ValueError as error:
        found.fault = (f"this JSON cannot be read: {error}", 0)
        return found
    objects = _objects(source.text, found)
    for pointer, strings in objects:
        provider = _provider(pointer, strings)
        if provider is None or len(found.messages) >= MAX_MESSAGES:
            continue
        parts = {
            part: string(source, *strings[key]) for key, part in SHAPES[provider].items() if key in strings
        }  # fmt: skip
        named = next((strings[key] for key in ("TemplateName", "name", "Name", "Alias") if key in strings), None)
        name = source.text[named[0] : named[1]] if named else ""
        found.messages.append(JsonMessage(provider, pointer, name, parts))
    return found


def _provider(pointer: str, strings: dict[str, tuple[int, int]]) -> str | None:
    for provider, keys in _SURE.items():
        if not keys.isdisjoint(strings):
            return provider
    if pointer.rpartition("/")[2] == "TemplateContent" and not {"Html", "Text"}.isdisjoint(strings):
        return "ses2"
    return None


def _objects(text: str, found: JsonFile) -> list[tuple[str, dict[str, tuple[int, int]]]]:
    """Each object with the ranges of its string values, in order. The text is valid JSON."""
    done: list[tuple[str, dict[str, tuple[int, int]]]] = []
    # One entry an open object or array: its own strings (None: an array), the key at hand, the count, the pointer.
    stack: list[tuple[dict[str, tuple[int, int]] | None, str]] = []
    keys: list[str] = []
    counts: list[int] = []
    expect_key = False
    for match in _TOKEN.finditer(text):
        mark = match[2]
        if mark in ("{", "["):
            pointer = _pointer(stack, keys, counts)
            own: dict[str, tuple[int, int]] | None = {} if mark == "{" else None
            stack.append((own, pointer))
            keys.append("")
            counts.append(0)
            if own is not None and len(stack) <= MAX_DEPTH:
                done.append((pointer, own))
            expect_key = mark == "{"
        elif mark in ("}", "]"):
            stack.pop()
            keys.pop()
            counts.pop()
            expect_key = False
        elif mark == ",":
            counts[-1] += 1
            expect_key = stack[-1][0] is not None
        elif mark == ":":
            expect_key = False
        elif match[1] is not None and stack:
            if expect_key:
                key = json.loads(match[0]) if "\\" in match[1] else match[1]
                keys[-1] = key[:MAX_KEY]
            else:
                place = match.start(1), match.end(1)
                own = stack[-1][0]
                if own is not None:
                    own[keys[-1]] = place
                if len(stack) == 1:
                    found.strings[_pointer(stack, keys, counts)] = place
    return done


def _pointer(stack: list[tuple[dict[str, tuple[int, int]] | None, str]], keys: list[str], counts: list[int]) -> str:
    """RFC 6901: where the next value stands."""
    if not stack:
        return ""
    own, around = stack[-1]
    if len(stack) > MAX_DEPTH:
        return around
    step = keys[-1].replace("~", "~0").replace("/", "~1") if own is not None else str(counts[-1])
    return f"{around}/{step}"


def string(source: Source, start: int, end: int) -> MappedSource:
    """The text of a JSON string (RFC 8259 7), with a step at each escape."""
    raw = source.text[start:end]
    # Arrays: a file may hold millions of escapes.
    offsets, places = array("q", (0,)), array("q", (start,))
    pieces: list[str] = []
    size = at = 0
    high = ""
    for match in _ESCAPE.finditer(raw):
        begin = match.start()
        if begin > at:
            pieces.append(raw[at:begin])
            size += begin - at
            high = ""
            offsets.append(size)
            places.append(start + begin)
        new = chr(int(match[1], 16)) if match[1] else _SIMPLE.get(match[2], match[2])
        at = match.end()
        if high and "\udc00" <= new <= "\udfff":
            # RFC 8259 7: a character beyond the first plane is written as a pair.
            pieces[-1] = chr(0x10000 + ((ord(high) - 0xD800) << 10) + (ord(new) - 0xDC00))
            high = ""
            places[-1] = start + at
            continue
        high = new if "\ud800" <= new <= "\udbff" else ""
        pieces.append("\ufffd" if "\ud800" <= new <= "\udfff" else new)
        size += 1
        offsets.append(size)
        places.append(start + at)
    pieces.append(raw[at:])
    return MappedSource("".join(pieces), source, (offsets, places), escape=escape)


def escape(text: str) -> str:
    """A text as it stands inside a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
