"""Languages of {% statements %}, {{ outputs }} and {# comments #}: one scanner, told what differs."""

import re
from collections.abc import Callable

from mailcheck.lint.blocks import Pairing
from mailcheck.lint.dialects.reading import Finder, Matcher, Reader, TagEnds
from mailcheck.lint.template import CLOSE, MIDDLE, OPEN, OUTPUT, STATEMENT, Scan
from mailcheck.model.pattern import regex

_OPENER = regex(r"\{\{|\{%|\{#")
_NEXT = regex(r"\{[{%]")
_WORD = regex(r"[A-Za-z_]\w*")
_END_WORDS = regex(r"\{%[-+~]?\s*end_?(\w+)")
_STYLES = regex(r"<(style|script)\b[^<>]*>", re.IGNORECASE)
_STUMP = regex(r"\{[{%#][-+~]?[ \t]*[\w.]*")


class Language:
    """What makes one of these languages.

    `blocks` always need their end; any other word is a block where the text holds its end too. `inline` tells of a
    block's word and expression that this one has no end ({% set x = 1 %}). `middles` maps a middle word to the blocks
    that it divides (None: any). `raw` blocks are left as they are, `comments` are blocks that are left out. `lexed`:
    strings and braces hide a closer. `lines`: a tag may go over several lines. `hashes`: {# #} is a comment. `nested`:
    a statement may hold {{ }}.
    """

    __slots__ = (
        "blocks", "comments", "conditional", "hashes", "inline", "lexed", "lines", "middles", "nested", "raw",
        "unescaped",
    )  # fmt: skip

    def __init__(
        self,
        *,
        blocks: str,
        middles: dict[str, str | None],
        conditional: str = "if",
        raw: str = "raw",
        comments: str = "",
        inline: Callable[[str, str], bool] = lambda _word, _expression: False,
        unescaped: str | None = None,
        lexed: bool = True,
        lines: bool = True,
        hashes: bool = True,
        nested: bool = False,
    ) -> None:
        self.blocks = frozenset(blocks.split())
        self.middles = middles
        self.conditional = frozenset(conditional.split())
        self.raw = frozenset(raw.split())
        self.comments = frozenset(comments.split())
        self.inline = inline
        self.unescaped = re.compile(unescaped) if unescaped else None
        self.lexed = lexed
        self.lines = lines
        self.hashes = hashes
        self.nested = nested

    def pairing(self) -> Pairing:
        """How its blocks close."""
        return Pairing(
            lambda tag: _ended(tag.keyword) if tag.kind == CLOSE else tag.keyword,
            self.conditional.__contains__,
            middles={word: frozenset(blocks.split()) for word, blocks in self.middles.items() if blocks},
            optional=lambda tag: tag.keyword not in self.blocks,
        )

    def scan(self, text: str) -> Scan:
        """The tags of a text."""
        return _Scanner(self, text).run()


def _ended(word: str) -> str:
    return word[3:].removeprefix("_")


class _Scanner:
    def __init__(self, language: Language, text: str) -> None:
        self._language = language
        self._text = text
        self._reader = Reader(text)
        self._ends = TagEnds(text)
        self._finders: dict[str, Finder] = {}
        self._matchers: dict[str, Matcher] = {}
        self._newlines = Finder(text, "\n")
        self._ended = frozenset(_END_WORDS.findall(text)) if "{%" in text else frozenset()
        self._opened: set[str] = set()
        self._escaping: list[bool | None] = [None]
        self._styles: list[tuple[int, int]] | None = None

    def run(self) -> Scan:
        reader, text = self._reader, self._text
        at = 0
        while not reader.full:
            match = _OPENER.search(text, at)
            if match is None:
                break
            start, mark = match.start(), match[0]
            if mark == "{#":
                at = self._comment(start) if self._language.hashes else start + 2
            else:
                end = self._end(start + 2, "}}" if mark == "{{" else "%}")
                if end < 0:
                    at = self._unclosed(start, mark)
                elif mark == "{{":
                    at = self._output(start, end)
                else:
                    at = self._statement(start, end)
        return reader.scan()

    def _find(self, mark: str, at: int) -> int:
        finder = self._finders.get(mark)
        if finder is None:
            finder = self._finders[mark] = Finder(self._text, mark)
        return finder.after(at)

    def _end(self, start: int, closer: str) -> int:
        """The end of the tag, -1 where there is none."""
        if self._language.lexed and not (self._language.nested and closer == "%}"):
            return self._ends.after(start, closer)
        end = self._find(closer, start)
        if end < 0:
            return -1
        if not self._language.lines:
            newline = self._newlines.after(start)
            if 0 <= newline < end:
                return -1
        # Where the next tag begins before this one ends, the end is the next one's.
        opener = self._text.find("{%", start, end) if self._language.nested else -1
        if opener < 0 and not self._language.nested:
            match = _NEXT.search(self._text, start, end)
            opener = match.start() if match else -1
        return -1 if opener >= 0 else end + 2

    def _comment(self, start: int) -> int:
        close = self._find("#}", start + 2)
        newline = self._newlines.after(start) if not self._language.lines else -1
        if close < 0 or 0 <= newline < close:
            if self._language.lines and not self._in_style(start):
                self._reader.unclosed(start, start + 2, "#}")
                self._reader.add(start, start + 2, OUTPUT)
            return start + 2
        self._reader.comment(start, close + 2)
        return close + 2

    def _unclosed(self, start: int, mark: str) -> int:
        if self._in_style(start):
            # In CSS and scripts, braces are braces.
            return start + 2
        stump = _STUMP.match(self._text, start)
        end = stump.end() if stump else start + 2
        self._reader.unclosed(start, end, "}}" if mark == "{{" else "%}")
        self._reader.add(start, end, OUTPUT)
        return end

    def _in_style(self, at: int) -> bool:
        if self._styles is None:
            self._styles = styles(self._text)
        return within(self._styles, at)

    def _output(self, start: int, end: int) -> int:
        text = self._text
        if "\n" in text[start:end] and self._in_style(start):
            return start + 2
        expression = inside(text, start, end)
        escapes = self._escaping[-1]
        if self._language.unescaped and self._language.unescaped.search(expression):
            escapes = False
        self._reader.add(start, end, OUTPUT, "", expression, escapes)
        return end

    def _statement(self, start: int, end: int) -> int:
        inner = inside(self._text, start, end)
        match = _WORD.match(inner)
        if match is None:
            if inner.startswith("#"):
                self._reader.comment(start, end)
            else:
                self._reader.add(start, end, STATEMENT, "", inner)
            return end
        word = match[0]
        expression = inner[match.end() :].strip()
        language = self._language
        if word in language.comments:
            return self._left_out(start, end, word)
        if word in language.raw:
            return self._raw(start, end, word, expression)
        self._reader.add(start, end, self._kind(word, expression), word, expression)
        return end

    def _kind(self, word: str, expression: str) -> str:
        language = self._language
        if word in language.middles:
            return MIDDLE
        if word.startswith("end") and len(word) > 3:
            block = _ended(word)
            if block in language.blocks or block in self._opened:
                if block == "autoescape" and len(self._escaping) > 1:
                    self._escaping.pop()
                return CLOSE
            return STATEMENT
        if language.inline(word, expression):
            return STATEMENT
        if word in language.blocks or word in self._ended:
            self._opened.add(word)
            if word == "autoescape":
                self._escaping.append(False if expression.lower() in {"off", "false"} else None)
            return OPEN
        return STATEMENT

    def _ending(self, word: str, at: int) -> re.Match[str] | None:
        matcher = self._matchers.get(word)
        if matcher is None:
            pattern = re.compile(r"\{%[-+~]?\s*end" + word + r"\b[^%}]*%\}")
            matcher = self._matchers[word] = Matcher(self._text, pattern)
        return matcher.after(at)

    def _raw(self, start: int, end: int, word: str, expression: str) -> int:
        match = self._ending(word, end)
        if match is None:
            self._reader.fault("unbalanced", f"“{word}” is never closed", start, end)
            self._reader.add(start, end, STATEMENT, word, expression)
            return end
        self._reader.add(start, end, STATEMENT, word, expression)
        if match.start() > end:
            self._reader.raw.append((end, match.start()))
        self._reader.add(match.start(), match.end(), STATEMENT, f"end{word}")
        return match.end()

    def _left_out(self, start: int, end: int, word: str) -> int:
        match = self._ending(word, end)
        if match is None:
            self._reader.fault("unbalanced", f"“{word}” is never closed", start, end)
            self._reader.add(start, end, STATEMENT, word)
            return end
        self._reader.comment(start, match.end())
        return match.end()


def inside(text: str, start: int, end: int) -> str:
    """What stands in a tag, without its marks and the signs that trim the text around it ({{- -}}, {%~ ~%})."""
    inner = text[start + 2 : end - 2]
    if inner[:1] in {"-", "~", "+"}:
        inner = inner[1:]
    if inner[-1:] in {"-", "~", "+"}:
        inner = inner[:-1]
    return inner.strip()


def styles(text: str) -> list[tuple[int, int]]:
    """The ranges of style sheets and scripts, by their tags as they stand."""
    found: list[tuple[int, int]] = []
    if "<s" not in text and "<S" not in text:
        return found
    lowered = text.lower() if len(text.lower()) == len(text) else text
    closers = {"style": Finder(lowered, "</style"), "script": Finder(lowered, "</script")}
    at = 0
    while True:
        match = _STYLES.search(text, at)
        if match is None:
            return found
        close = closers[match[1].lower()].after(match.end())
        end = close if close >= 0 else len(text)
        found.append((match.end(), end))
        at = max(end, match.end())


def within(ranges: list[tuple[int, int]], at: int) -> bool:
    """Whether a place lies in one of the ranges, which stand in order."""
    from bisect import bisect_right

    number = bisect_right(ranges, at, key=lambda each: each[0]) - 1
    return number >= 0 and at < ranges[number][1]


def assigns(word: str, expression: str) -> bool:
    """`set x = 1` has no end, `set x` has one."""
    return word == "set" and "=" in expression
