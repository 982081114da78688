"""What stands in a template tag as code: its text with strings and comments blanked, of the same length."""

import re

from mailcheck.lint.template import COMMENT, Tag, Template
from mailcheck.model.pattern import regex

MAX_TAG = 20_000
"""Characters of one tag that are looked at."""
_STRINGS = regex(r'"(?:[^"\\]|\\.)*+("?)' r"|'(?:[^'\\]|\\.)*+('?)" r"|`[^`]*+`", re.DOTALL)
_COMMENTED = frozenset({"ampscript", "razor", "blade"})
_COMMENTS = regex(r"/\*(?:[^*]|\*(?!/))*+(?:\*/)?|(?<![:/])//[^\n]*")
_HASH = regex(r"(?<=\s)#(?!\{)[^\n]*")
SPEAKING = frozenset({"mailchimp"})
"""Languages whose tags hold bare words, without strings."""


def code_tags(template: Template) -> list[Tag]:
    """The tags that hold code of a language with strings: no comments, and nothing too long to look at."""
    return [
        tag
        for tag in template.tags
        if tag.kind != COMMENT and language(template, tag) not in SPEAKING and tag.end - tag.start <= MAX_TAG
    ]


def language(template: Template, tag: Tag) -> str:
    """The language that a tag is written in."""
    return tag.language or template.dialect


def bare(template: Template, tag: Tag) -> str:
    """The tag's text with blanks for strings and comments."""
    text = template.text[tag.start : tag.end]
    name = language(template, tag)
    if name in _COMMENTED:
        text = _COMMENTS.sub(_blank, text)
    elif name == "erb":
        text = _HASH.sub(_blank, text)
    return blanked(text)


def blanked(text: str) -> str:
    """Blanks for the strings that are closed; a lone quote stays."""
    parts, at = [], 0
    while True:
        match = _STRINGS.search(text, at)
        if match is None:
            parts.append(text[at:])
            return "".join(parts)
        parts.append(text[at : match.start()])
        if match[0][0] == "`" or match[1] or match[2]:
            parts.append(" " * (match.end() - match.start()))
            at = match.end()
        else:
            # No quote of this kind follows: all others of it are behind.
            parts.append(match[0][0])
            at = match.start() + 1
            if len(match[0]) > 200 and text.count(match[0][0], at) > 20:
                parts.append(text[at:])
                return "".join(parts)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
