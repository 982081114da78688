"""Where a template may bring in markup that is not in its text: includes, slots, unescaped output, calls.

What such a tag prints may open or close elements and hold what seems to be missing, so rules about absence and nesting
conclude nothing across it. Output that the language escapes is text and brings in none.
"""

import re
from bisect import bisect_left, bisect_right

from mailcheck.lint.document import Body
from mailcheck.lint.html import Element, Markup
from mailcheck.lint.template import OPEN, OUTPUT, STATEMENT, Tag
from mailcheck.model.pattern import regex

_SILENT = frozenset(
    {
        "set", "assign", "let", "var", "local", "declare", "load", "import", "from", "extends", "layout", "do", "with",
        "use", "using", "namespace", "inherits", "inherit", "csrf_token", "now", "url", "static", "trans", "translate",
        "t", "lorem", "regroup", "cycle", "increment", "decrement", "resetcycle", "firstof", "widthratio", "debug",
        "break", "continue", "global", "return", "define", "unset", "ifchanged", "else", "elif", "elseif", "elsif",
    }
)  # fmt: skip
"""Statements that print nothing, or text alone."""
_SLOTS = frozenset(
    {
        "block", "section", "slot", "embed", "component", "placeholder", "yield", "call", "content_for", "partial",
        "layout", "region", "raw_block", "push",
    }
)  # fmt: skip
"""Blocks whose inside another template replaces or wraps."""
_MARKUP = regex(
    r"\b(?:content\w*|body\w*|yield|slots?|super|parent|caller|children|render\w*|include\w*|partials?|html\w*|\w*_html"
    r"|safe|raw|layout|blocks?|components?|widgets?|macros?|sections?|header\w*|footer\w*|signature\w*|modules?)\b|\A[\w.$>-]+\(",
    re.IGNORECASE,
)


def _inserts(tag: Tag) -> bool:
    keyword = tag.keyword.lower().lstrip("#@^/")
    if tag.kind == OUTPUT:
        return tag.escapes is False or _MARKUP.search(tag.expression[:200]) is not None
    if tag.kind == STATEMENT:
        return keyword not in _SILENT and not (keyword == "" and not _MARKUP.search(tag.expression[:200]))
    return tag.kind == OPEN and keyword in _SLOTS


class Inserts:
    """The tags of one body that may bring in markup, in order; those inside a start tag or a comment do not count."""

    __slots__ = ("_around", "_starts", "_texts", "tags")

    def __init__(self, body: Body) -> None:
        found = [tag for tag in body.template.tags if _inserts(tag)]
        self._texts = [([text[0] for text in markup.texts], markup) for markup in _readings(body)] if found else []
        places = [(tag, *self.around(tag.start)) for tag in found]
        self.tags = [tag for tag, in_text, _ in places if in_text]
        self._around = [around for _, in_text, around in places if in_text]
        self._starts = [tag.start for tag in self.tags]

    def arounds(self, start: int, end: int) -> list[Element | None]:
        """The innermost element around each of them that begins in the range."""
        return self._around[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def around(self, offset: int) -> tuple[bool, Element | None]:
        """Whether the offset lies in text, in any reading, and the innermost element around it there."""
        for starts, markup in self._texts:
            number = bisect_right(starts, offset) - 1
            if number >= 0 and offset < markup.texts[number][1]:
                return True, markup.texts[number][3]
        return False, None


def _readings(body: Body) -> tuple[Markup, ...]:
    return (*body.variants, *body.outlook)
