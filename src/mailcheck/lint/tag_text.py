"""What stands in a template tag as code: its text with strings and comments blanked, of the same length."""

import re

from mailcheck.lint.template import COMMENT, Tag, Template
from mailcheck.model.pattern import regex

MAX_TAG = 20_000
"""Characters of one tag that are looked at."""
ESCAPED = 20
"""Escaped quotes behind a lone one, beyond which a tag is read no further."""
_STRING = r'"(?:[^"\\]|\\.)*+("?)' r"|'(?:[^'\\]|\\.)*+('?)" r"|`[^`]*+`"
_BLOCK = r"|/\*(?:[^*]|\*(?!/))*+(?:\*/)?"
_PLAIN = regex(_STRING, re.DOTALL)
_LINES = regex(_STRING + _BLOCK + r"|//[^\n]*", re.DOTALL)
_FORMS = {
    # Strings and comments, whichever begins first: a // in a string is none, and neither is a quote in a comment.
    "ampscript": regex(_STRING + _BLOCK, re.DOTALL),
    "razor": _LINES,
    "blade": _LINES,
    "erb": regex(_STRING + r"|(?<=\s)\#(?!\{)[^\n]*", re.DOTALL),
}
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
    return blanked(template.text[tag.start : tag.end], language(template, tag))


def blanked(text: str, dialect: str = "") -> str:
    """Blanks for comments and for strings that are closed; a lone quote stays."""
    parts, at = [], 0
    form = _FORMS.get(dialect, _PLAIN)
    while True:
        match = form.search(text, at)
        if match is None:
            parts.append(text[at:])
            return "".join(parts)
        parts.append(text[at : match.start()])
        quote = match[0][0]
        if quote not in "\"'" or match[1] or match[2]:
            parts.append(" " * len(match[0]))
            at = match.end()
            continue
        # No quote of this kind follows that is not escaped: those that are escaped need not be tried.
        parts.append(quote)
        at = match.start() + 1
        if text.count(quote, at) > ESCAPED:
            parts.append(text[at:])
            return "".join(parts)
