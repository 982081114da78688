"""Razor (.cshtml): @expressions, @if (…) { … }, @{ code }, @* *@, @@.

Inside the braces of a block Razor reads C# until a line begins with markup, and markup until that element ends. Both
are followed here, each brace that closes a block being a tag.
"""

import re

from mailcheck.lint.blocks import ANY, Pairing
from mailcheck.lint.dialects.percent import styles, within
from mailcheck.lint.dialects.reading import PASSES, Finder, Reader
from mailcheck.lint.html import VOID
from mailcheck.lint.template import CLOSE, MIDDLE, OPEN, OUTPUT, STATEMENT, Scan
from mailcheck.model.pattern import regex

NAME = "razor"
PAIRING = Pairing(lambda _tag: ANY, lambda keyword: keyword in {"if", "switch", "try"})
_BLOCKS = frozenset(["if", "for", "foreach", "while", "switch", "using", "lock", "try", "section", "do"])
_LINES = frozenset(
    [
        "model",
        "using",
        "inherits",
        "inject",
        "addTagHelper",
        "removeTagHelper",
        "tagHelperPrefix",
        "layout",
        "namespace",
        "page",
        "attribute",
        "implements",
        "typeparam",
        "preservewhitespace",
    ]
)
_CODE = frozenset({"functions", "code"})
CSS_RULES = frozenset(
    [
        "media",
        "page",
        "import",
        "charset",
        "keyframes",
        "supports",
        "font-face",
        "namespace",
        "viewport",
        "container",
        "layer",
        "property",
        "-webkit-keyframes",
    ]
)
_MARKUP = regex(r"@|<!--|</?[A-Za-z][\w:-]*|\}")
_CODE_TOKEN = regex(
    r'"(?:[^"\\\n]|\\.)*+"?'
    r"|'(?:[^'\\\n]|\\.){1,4}'|//[^\n]*|/\*|@\*|@:[^\n]*|</?[A-Za-z][\w:-]*|[{}]|@(?=[A-Za-z(])"
)
_WORD = regex(r"[A-Za-z_]\w*")
_PARENS = regex(
    r'@?"(?:[^"\\\n]|\\.)*+"?' r"|'(?:[^'\\\n]|\\.){1,4}'|//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/)?|[()\[\]{}]"
)
_TAG_REST = regex(r"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>")
_ELSE = regex(r"\s*(else\s+if|else|catch|finally|while)\b")
_CALL = regex(r"\??\.[A-Za-z_]\w*|[(\[]|!(?=\.)")
WINDOW = 5_000
"""Characters of one expression that are read."""
MAX_DEPTH = 500
"""Blocks inside each other that are followed."""


def scan(text: str) -> Scan:
    """The tags of a text."""
    return _Scanner(text).run()


class _Level:
    """A block's braces that are open: code, or the element inside it that is being read (depth > 0)."""

    __slots__ = ("depth",)

    def __init__(self) -> None:
        self.depth = 0


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._reader = Reader(text)
        self._comments, self._html_comments = Finder(text, "*@"), Finder(text, "-->")
        self._levels: list[_Level] = []
        self._styles: list[tuple[int, int]] | None = None
        self._budget = PASSES * len(text) + 10_000

    def run(self) -> Scan:
        at = 0
        while 0 <= at < len(self._text) and not self._reader.full:
            in_code = bool(self._levels) and self._levels[-1].depth == 0
            at = self._code(at) if in_code else self._markup(at)
        return self._reader.scan()

    # --- markup ---------------------------------------------------------------------------------------------------
    def _markup(self, at: int) -> int:
        text = self._text
        match = _MARKUP.search(text, at)
        if match is None:
            return len(text)
        start, piece = match.start(), match[0]
        if piece == "@":
            return self._at_sign(start)
        if piece == "<!--":
            close = self._html_comments.after(start + 4)
            if close < 0:
                return start + 4
            # Razor reads its own marks inside an HTML comment too; the markup in there is balanced elsewhere.
            self._attributes(start + 4, close)
            return close + 3
        if piece == "}":
            return start + 1
        return self._element(start, match.end(), piece)

    def _element(self, start: int, end: int, piece: str) -> int:
        if not self._levels:
            return end
        level = self._levels[-1]
        name = piece.lstrip("</").lower()
        if piece.startswith("</"):
            level.depth = max(0, level.depth - 1)
            close = self._text.find(">", end, end + 200)
            if name == "text" and close >= 0:
                self._reader.add(start, close + 1, STATEMENT, "/text")
            return close + 1 if close >= 0 else end
        if name == "text" and level.depth == 0 and self._text.startswith(">", end):
            # <text> says only that text follows; it is not sent.
            self._reader.add(start, end + 1, STATEMENT, "text")
        stop = min(len(self._text), end + WINDOW)
        rest = _TAG_REST.match(self._text, end, stop) if self._budget >= 0 else None
        self._budget -= (rest.end() if rest else stop) - end
        if name not in VOID and not (rest and self._text[rest.end() - 2] == "/"):
            level.depth += 1
        elif level.depth == 0 and rest:
            # A void element alone is one line of markup: its attributes may hold tags.
            self._attributes(end, rest.end())
            return rest.end()
        return end

    def _attributes(self, at: int, end: int) -> None:
        while not self._reader.full:
            sign = self._text.find("@", at, end)
            if sign < 0:
                return
            at = max(sign + 1, self._at_sign(sign, blocks=False))

    def _at_sign(self, start: int, *, blocks: bool = True) -> int:
        text, reader = self._text, self._reader
        following = text[start + 1 : start + 2]
        if following == "*":
            close = self._comments.after(start + 2)
            if close < 0:
                reader.unclosed(start, start + 2, "*@")
                reader.add(start, start + 2, STATEMENT)
                return start + 2
            reader.comment(start, close + 2)
            return close + 2
        if following == "@":
            reader.add(start, start + 1, STATEMENT, "@")
            return start + 2
        if text[start - 1 : start].isalnum() and following.isalnum():
            return start + 1
        if following == "(":
            return self._parenthesised(start)
        if following == "{":
            return self._enter(start, start + 1, "", "") if blocks else start + 1
        match = _WORD.match(text, start + 1)
        if match is None:
            return start + 1
        return self._word(start, match, blocks=blocks)

    def _parenthesised(self, start: int) -> int:
        end = self._closing(start + 1)
        if end < 0:
            self._reader.unclosed(start, start + 2, ")")
            self._reader.add(start, start + 2, OUTPUT)
            return start + 2
        self._reader.add(start, end, OUTPUT, "", self._text[start + 2 : end - 1].strip())
        return end

    def _word(self, start: int, match: re.Match[str], *, blocks: bool) -> int:
        text, word = self._text, match[0]
        if word in CSS_RULES or text.startswith("font-face", match.start()):
            if self._styles is None:
                self._styles = styles(text)
            if within(self._styles, start):
                message = f"Razor reads “@{word}” as C#: in a style sheet, write “@@{word}”"
                self._reader.fault("parse", message, start, match.end())
                return match.end()
        at = _skip(text, match.end())
        if word in _LINES and not (word == "using" and text.startswith("(", at)):
            end = text.find("\n", match.end())
            end = end if end >= 0 else len(text)
            end = end - 1 if text[end - 1 : end] == "\r" else end
            self._reader.add(start, end, STATEMENT, word, text[match.end() : end].strip())
            return end
        if blocks and word in _BLOCKS:
            return self._block(start, match.end(), word)
        if blocks and word in _CODE and text.startswith("{", at):
            end = self._closing(at)
            end = end if end >= 0 else at + 1
            self._reader.add(start, end, STATEMENT, word)
            return end
        return self._expression(start, match)

    def _expression(self, start: int, match: re.Match[str]) -> int:
        text, end = self._text, match.end()
        if match[0] == "await":
            following = _WORD.match(text, _skip(text, end))
            end = following.end() if following else end
        while True:
            call = _CALL.match(text, end)
            if call is None:
                break
            if call[0] in "([":
                closing = self._closing(call.start())
                if closing < 0:
                    break
                end = closing
            else:
                end = call.end()
        inner = text[start + 1 : end]
        self._reader.add(start, end, OUTPUT, "", inner, False if "Html.Raw" in inner else None)
        return end

    def _block(self, start: int, end: int, word: str) -> int:
        """@if (…) { and its like: up to the brace."""
        text = self._text
        at = _skip(text, end)
        expression = ""
        if text.startswith("(", at):
            close = self._closing(at)
            if close < 0:
                return end
            expression, at = text[at + 1 : close - 1].strip(), _skip(text, close)
        elif word == "section":
            name = _WORD.match(text, at)
            if name:
                expression, at = name[0], _skip(text, name.end())
        if not text.startswith("{", at):
            return end
        return self._enter(start, at, word, expression)

    def _enter(self, start: int, brace: int, word: str, expression: str) -> int:
        if len(self._levels) >= MAX_DEPTH:
            return brace + 1
        self._reader.add(start, brace + 1, OPEN, word or "{", expression)
        self._levels.append(_Level())
        return brace + 1

    def _closing(self, at: int) -> int:
        """Behind the bracket that closes the one at `at`, -1 where there is none within reach."""
        text, depth = self._text, 0
        stop = min(len(text), at + WINDOW)
        while self._budget >= 0:
            match = _PARENS.search(text, at, stop)
            if match is None:
                self._budget -= stop - at
                return -1
            piece = match[0]
            self._budget -= match.end() - at
            at = match.end()
            if piece in "([{":
                depth += 1
            elif piece in ")]}":
                depth -= 1
                if depth == 0:
                    return at
        return -1

    # --- code -----------------------------------------------------------------------------------------------------
    def _code(self, at: int) -> int:
        """C# from `at` up to the next markup, the next block, or the brace that ends this one."""
        text, reader = self._text, self._reader
        begin, depth = at, 0
        while True:
            match = _CODE_TOKEN.search(text, at)
            if match is None:
                self._statements(begin, len(text))
                return len(text)
            start, piece = match.start(), match[0]
            at = match.end()
            if piece[0] in "\"'" or piece.startswith("//"):
                continue
            if piece == "/*":
                close = text.find("*/", at)
                at = close + 2 if close >= 0 else len(text)
            elif piece == "{":
                told_apart = depth == 0 and len(self._levels) < MAX_DEPTH
                keyword, head = self._head(begin, start) if told_apart else ("", start)
                if keyword:
                    self._statements(begin, head)
                    reader.add(head, at, OPEN, keyword, text[head + len(keyword) : start].strip())
                    self._levels.append(_Level())
                    return at
                depth += 1
            elif piece == "}":
                if depth:
                    depth -= 1
                    continue
                self._statements(begin, start)
                return self._leave(start)
            elif depth:
                continue
            elif piece in ("@*", "@"):
                self._statements(begin, start)
                return self._at_sign(start)
            elif piece.startswith("@:"):
                self._statements(begin, start)
                reader.add(start, start + 2, STATEMENT, ":")
                end = at - 1 if text[at - 1] == "\r" else at
                self._attributes(start + 2, end)
                return end
            elif self._statement_start(begin, start):
                self._statements(begin, start)
                return self._element(start, at, piece)

    def _statement_start(self, begin: int, at: int) -> bool:
        """Whether a < begins markup: only white space, ; or a brace stands before it."""
        while at > begin and self._text[at - 1] in " \t\r\n":
            at -= 1
        return at == begin or self._text[at - 1] in ";{}>:"

    def _head(self, begin: int, brace: int) -> tuple[str, int]:
        """The word of `if (…) {` before a brace, and where it begins; empty for other braces."""
        found = None
        for match in _HEAD.finditer(self._text, max(begin, brace - 500), brace):
            found = match
        return (found[1], found.start(1)) if found else ("", brace)

    def _statements(self, begin: int, end: int) -> None:
        """C# between tags: a statement, without the white space around it."""
        text = self._text
        code = text[begin:end]
        inner = code.strip()
        if inner:
            start = begin + len(code) - len(code.lstrip())
            self._reader.add(start, start + len(inner), STATEMENT, "", inner[:200])

    def _leave(self, brace: int) -> int:
        """The brace that ends a block, or ends one branch and begins the next."""
        text, reader = self._text, self._reader
        match = _ELSE.match(text, brace + 1)
        if match is not None:
            word = " ".join(match[1].split())
            at = _skip(text, match.end())
            expression = ""
            if text.startswith("(", at):
                close = self._closing(at)
                if close >= 0:
                    expression, at = text[at + 1 : close - 1].strip(), _skip(text, close)
            if text.startswith("{", at):
                reader.add(brace, at + 1, MIDDLE, word, expression)
                self._levels[-1].depth = 0
                return at + 1
        reader.add(brace, brace + 1, CLOSE, "}")
        self._levels.pop()
        return brace + 1


_HEAD = regex(r"(?:^|(?<=[\s;{}]))(if|for|foreach|while|switch|using|lock|try|do)\b\s*(?=[({\s]|\Z)")


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] in {" ", "\t", "\r", "\n"} and at < len(text):
        at += 1
    return at
