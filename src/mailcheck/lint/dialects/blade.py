"""Blade: {{ }}, {!! !!}, {{-- --}}, and @directives with their arguments; an e-mail address is no directive."""

import re

from mailcheck.lint.blocks import Pairing
from mailcheck.lint.dialects.percent import styles, within
from mailcheck.lint.dialects.reading import MAX_LOOKED_AT, MAX_MARKS, PASSES, Finder, Matcher, Reader, TagEnds
from mailcheck.lint.template import CLOSE, MIDDLE, OPEN, OUTPUT, STATEMENT, Scan, Tag
from mailcheck.model.pattern import regex

NAME = "blade"
_BLOCKS = frozenset(
    [
        "if",
        "unless",
        "isset",
        "auth",
        "guest",
        "env",
        "production",
        "switch",
        "for",
        "foreach",
        "forelse",
        "while",
        "section",
        "push",
        "pushOnce",
        "pushIf",
        "prepend",
        "prependOnce",
        "component",
        "slot",
        "once",
        "error",
        "can",
        "cannot",
        "canany",
        "hasSection",
        "sectionMissing",
        "fragment",
        "session",
        "context",
        "componentFirst",
        "persist",
    ]
)
_MIDDLES = {
    "else": None, "elseif": "if", "case": "switch", "default": "switch", "elsecan": "can", "elsecannot": "cannot",
    "elsecanany": "canany", "elseauth": "auth", "elseguest": "guest", "empty": "forelse",
}  # fmt: skip
_STATEMENTS = frozenset(
    [
        "extends",
        "include",
        "includeIf",
        "includeWhen",
        "includeUnless",
        "includeFirst",
        "includeIsolated",
        "each",
        "yield",
        "stack",
        "csrf",
        "method",
        "json",
        "js",
        "class",
        "style",
        "checked",
        "selected",
        "disabled",
        "readonly",
        "required",
        "props",
        "aware",
        "use",
        "inject",
        "parent",
        "dump",
        "dd",
        "vite",
        "break",
        "continue",
        "lang",
        "choice",
        "overwrite",
    ]
)
_ENDS = {
    "stop": "section", "show": "section", "append": "section", "overwrite": "section", "endisset": "isset",
    "endhasSection": "if", "endcomponentClass": "component",
}  # fmt: skip
_BARE = frozenset(
    [
        "auth",
        "guest",
        "production",
        "once",
        "else",
        "default",
        "empty",
        "elseauth",
        "elseguest",
        "php",
        "csrf",
        "parent",
        "break",
        "continue",
        "vite",
        "fragment",
        "stop",
        "show",
        "append",
        "overwrite",
    ]
)
"""Directives that may stand without arguments."""
_AS_IF = frozenset({"if", "hasSection", "sectionMissing"})
_CONDITIONAL = frozenset(
    [
        "if",
        "unless",
        "isset",
        "empty",
        "auth",
        "guest",
        "env",
        "production",
        "switch",
        "can",
        "cannot",
        "canany",
        "hasSection",
        "sectionMissing",
        "error",
        "session",
        "pushIf",
        "forelse",
    ]
)


def _group(tag: Tag) -> str:
    if tag.kind == CLOSE:
        return _ENDS.get(tag.keyword, tag.keyword.removeprefix("end"))
    return "if" if tag.keyword in _AS_IF else tag.keyword


PAIRING = Pairing(
    _group,
    _CONDITIONAL.__contains__,
    middles={word: frozenset({block}) for word, block in _MIDDLES.items() if block},
    optional=lambda tag: tag.keyword not in _BLOCKS and tag.keyword != "empty",
)
_START = regex(r"\{\{|\{!!|@(?=[A-Za-z{@])")
_WORD = regex(r"[A-Za-z]\w*")
_END_WORDS = regex(r"(?<![\w@])@end([A-Za-z]\w*)")
_ARGUMENT = regex(r'"(?:[^"\\]|\\.)*+"?' r"|'(?:[^'\\]|\\.)*+'?|[()\[\],]")
_STUMP = regex(r"\{(?:\{|!!)[ \t]*[\w.$>-]*")
_VERBATIM = regex(r"@endverbatim\b")
_PHP = regex(r"@endphp\b")
WINDOW = 20_000
"""Characters of one directive's arguments that are read."""


def scan(text: str) -> Scan:
    """The tags of a text."""
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._reader = Reader(text)
        self._ends = TagEnds(text)
        self._comments, self._unescaped = Finder(text, "--}}"), Finder(text, "!!}")
        self._verbatim, self._php = Matcher(text, _VERBATIM), Matcher(text, _PHP)
        self._ended = frozenset(_END_WORDS.findall(text)) if "@end" in text else frozenset()
        self._opened = {"empty"}
        self._styles: list[tuple[int, int]] | None = None
        self._budget = min(PASSES * len(text) + 10_000, MAX_LOOKED_AT)

    def run(self) -> Scan:
        text, reader = self._text, self._reader
        at = marks = 0
        while not reader.full:
            match = _START.search(text, at)
            if match is None:
                break
            start = match.start()
            marks += 1
            if marks > MAX_MARKS:
                reader.stop(start, match.end())
                break
            if text[start] == "@":
                at = self._at_sign(start)
            elif text.startswith("{{--", start):
                close = self._comments.after(start + 4)
                if close < 0:
                    at = self._unclosed(start, "--}}")
                else:
                    at = close + 4
                    reader.comment(start, at)
            else:
                at = self._echo(start)
        return reader.scan()

    def _unclosed(self, start: int, closer: str) -> int:
        if self._styles is None:
            self._styles = styles(self._text)
        if within(self._styles, start):
            return start + 2
        stump = _STUMP.match(self._text, start)
        end = stump.end() if stump else start + 2
        self._reader.unclosed(start, end, closer)
        self._reader.add(start, end, OUTPUT)
        return end

    def _echo(self, start: int) -> int:
        text = self._text
        if text.startswith("{!!", start):
            close = self._unescaped.after(start + 3)
            if close < 0:
                return self._unclosed(start, "!!}")
            self._reader.add(start, close + 3, OUTPUT, "", text[start + 3 : close].strip(), escapes=False)
            return close + 3
        triple = text.startswith("{{{", start)
        end = self._ends.after(start + (3 if triple else 2), "}}")
        if end < 0:
            return self._unclosed(start, "}}")
        if triple and text.startswith("}", end):
            end += 1
        self._reader.add(start, end, OUTPUT, "", text[start:end].strip("{} \t\r\n"))
        return end

    def _at_sign(self, start: int) -> int:
        text = self._text
        if text.startswith("@{", start):
            # @{{ name }} is text for another program, without its @.
            if text.startswith(("@{{", "@{!!"), start):
                end = self._ends.after(start + 3, "}}") if text[start + 2] == "{" else -1
                end = end if end > 0 else start + 3
                self._reader.raw.append((start, end))
                return end
            return start + 1
        if text.startswith("@@", start):
            match = _WORD.match(text, start + 2)
            return match.end() if match else start + 2
        before = text[start - 1 : start]
        match = _WORD.match(text, start + 1)
        if match is None or before.isalnum() or before in {"_", ".", "-", "+", "\\"}:
            return start + 1
        return self._directive(start, match)

    def _directive(self, start: int, match: re.Match[str]) -> int:
        text, reader = self._text, self._reader
        word, end, arguments = match[0], match.end(), None
        known = word in _BLOCKS or word in _MIDDLES or word in _STATEMENTS or word in _ENDS or word in self._ended
        closes = word.startswith("end") and (word[3:] in _BLOCKS or word[3:] in self._opened)
        if word == "verbatim":
            return self._left_alone(start, end, self._verbatim, raw=True)
        if not known and not closes and word not in {"php", "empty"}:
            return end
        opening = end
        while text[opening : opening + 1] in {" ", "\t"}:
            opening += 1
        count = 0
        if text.startswith("(", opening):
            close, count = self._arguments(opening)
            if self._budget < 0:
                reader.stop(start, end)
                return end
            if close < 0:
                reader.fault("unclosed", f"“@{word}(” is not closed: “)” is missing", start, opening + 1)
                reader.add(start, opening + 1, STATEMENT, word)
                return opening + 1
            arguments, end = text[opening + 1 : close - 1].strip(), close
        elif not closes and word not in _BARE and word not in self._ended:
            # @section alone is a handle or a word: the directive has arguments.
            return end
        if word == "php" and arguments is None:
            return self._left_alone(start, end, self._php, raw=False)
        reader.add(start, end, self._kind(word, arguments, count), word, arguments or "")
        return end

    def _kind(self, word: str, arguments: str | None, count: int) -> str:
        if word == "empty":
            return MIDDLE if arguments is None else OPEN
        if word in _MIDDLES:
            return MIDDLE
        if (word.startswith("end") and (word[3:] in _BLOCKS or word[3:] in self._opened)) or word in _ENDS:
            return CLOSE
        if word in {"section", "slot", "push", "prepend"} and count > 1:
            # @section('title', 'Hello') has no end.
            return STATEMENT
        if word in _BLOCKS or (word in self._ended and word != "php"):
            self._opened.add(word)
            return OPEN
        return STATEMENT

    def _left_alone(self, start: int, end: int, ending: Matcher, *, raw: bool) -> int:
        text, reader = self._text, self._reader
        word = "verbatim" if raw else "php"
        match = ending.after(end)
        if match is None:
            reader.fault("unbalanced", f"“@{word}” is never closed", start, end)
            reader.add(start, end, STATEMENT, word)
            return end
        if not raw:
            reader.add(start, match.end(), STATEMENT, word, text[end : match.start()].strip())
            return match.end()
        reader.add(start, end, STATEMENT, word)
        if match.start() > end:
            reader.raw.append((end, match.start()))
        reader.add(match.start(), match.end(), STATEMENT, f"end{word}")
        return match.end()

    def _arguments(self, opening: int) -> tuple[int, int]:
        """Behind the closing parenthesis (-1: none), and how many arguments stand inside."""
        text, depth, count = self._text, 0, 1
        at, stop = opening, min(len(self._text), opening + WINDOW)
        while self._budget >= 0:
            match = _ARGUMENT.search(text, at, stop)
            if match is None:
                self._budget -= stop - at
                return -1, 0
            piece = match[0]
            self._budget -= match.end() - at
            at = match.end()
            if piece[0] in "\"'":
                if len(piece) == 1 or piece[-1] != piece[0]:
                    at = match.start() + 1
            elif piece in "([":
                depth += 1
            elif piece in ")]":
                depth -= 1
                if depth <= 0:
                    return at, count
            elif piece == "," and depth == 1:
                count += 1
        return -1, 0
