"""FreeMarker: <#if> and [#if], ${x}, <#-- -->, <@macro>; strings and parentheses hide a closer."""

from mailcheck.lint.blocks import ANY, Pairing
from mailcheck.lint.dialects.reading import PASSES, Finder, Matcher, Reader
from mailcheck.lint.template import CLOSE, MIDDLE, OPEN, OUTPUT, STATEMENT, Scan, Tag
from mailcheck.model.pattern import regex

NAME = "freemarker"
_REQUIRED = frozenset(
    [
        "if",
        "list",
        "switch",
        "macro",
        "function",
        "compress",
        "escape",
        "noescape",
        "autoesc",
        "noautoesc",
        "attempt",
        "items",
        "sep",
        "outputformat",
    ]
) - {"sep"}
_MAY = frozenset({"assign", "global", "local", "nested", "sep"})
_MIDDLES = {
    "else": frozenset({"if", "list", "items"}), "elseif": frozenset({"if"}), "case": frozenset({"switch"}),
    "on": frozenset({"switch"}), "default": frozenset({"switch"}), "recover": frozenset({"attempt"}),
}  # fmt: skip


def _may_stand_alone(tag: Tag) -> bool:
    return tag.keyword in _MAY or tag.keyword.startswith("@")


PAIRING = Pairing(
    lambda tag: ANY if tag.keyword == "/@" else tag.keyword.removeprefix("/"),
    lambda keyword: keyword in {"if", "switch", "attempt"},
    middles=_MIDDLES,
    optional=_may_stand_alone,
)
_START = regex(r"</?[#@](?=[A-Za-z_-])|\[/?[#@](?=[A-Za-z_-])|\$\{|#\{|\[=|</@>|\[/@\]")
_TOKEN = regex(r'"(?:[^"\\]|\\.)*+"?' r"|'(?:[^'\\]|\\.)*+'?|[(){}\[\]<>]")
_WORD = regex(r"[A-Za-z_][\w.]*")
_NOPARSE = regex(r"[<\[]/#noparse\s*[>\]]")
_NAME_ONLY = regex(r"[\w.\"\']+(?:\s+in\s+[\w.]+)?\Z")
WINDOW = 5_000
"""Characters of one tag that are read."""


def scan(text: str) -> Scan:
    """The tags of a text."""
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._reader = Reader(text)
        self._square = "[#" in text or "[/#" in text
        self._comment_ends = {"<": Finder(text, "-->"), "[": Finder(text, "--]")}
        self._noparse = Matcher(text, _NOPARSE)
        self._budget = PASSES * len(text) + 10_000

    def run(self) -> Scan:
        text, reader = self._text, self._reader
        at = 0
        while not reader.full:
            match = _START.search(text, at)
            if match is None:
                break
            start, mark = match.start(), match[0]
            at = match.end()
            if mark in ("${", "#{"):
                at = self._interpolation(start, at)
            elif mark[0] == "[" and not self._square:
                continue
            elif mark == "[=":
                at = self._interpolation(start, at)
            elif text.startswith("--", at):
                at = self._comment(start, at)
            else:
                at = self._directive(start, at, mark)
        return reader.scan()

    def _comment(self, start: int, at: int) -> int:
        close = self._comment_ends[self._text[start]].after(at + 2)
        if close < 0:
            self._reader.unclosed(start, at + 2, "-->" if self._text[start] == "<" else "--]")
            self._reader.add(start, at + 2, STATEMENT)
            return at + 2
        self._reader.comment(start, close + 3)
        return close + 3

    def _interpolation(self, start: int, at: int) -> int:
        closer = "]" if self._text[start] == "[" else "}"
        end = self._end(at, closer)
        if self._text[start] == "#" and (end < 0 or "\n" in self._text[start:end] or ":" in self._text[start:end]):
            # The old #{number}; a CSS rule for an id looks alike.
            return at
        if end < 0:
            word = _WORD.match(self._text, at)
            stop = word.end() if word else at
            self._reader.unclosed(start, stop, closer)
            self._reader.add(start, stop, OUTPUT)
            return stop
        inner = self._text[at : end - 1].strip()
        self._reader.add(start, end, OUTPUT, "", inner, False if inner.endswith("?no_esc") else None)
        return end

    def _directive(self, start: int, at: int, mark: str) -> int:
        text, reader = self._text, self._reader
        closing, macro = "/" in mark, mark.endswith(("@", "@>", "@]"))
        if mark in ("</@>", "[/@]"):
            reader.add(start, at, CLOSE, "/@")
            return at
        end = self._end(at, "]" if mark[0] == "[" else ">")
        word = _WORD.match(text, at)
        if end < 0:
            stop = word.end() if word else at
            reader.unclosed(start, stop, "]" if mark[0] == "[" else ">")
            reader.add(start, stop, STATEMENT)
            return stop
        name = ("@" if macro else "") + (word[0] if word else "")
        inner = text[word.end() if word else at : end - 1]
        whole = inner.rstrip().endswith("/")
        expression = inner.strip().removesuffix("/").strip()
        if name == "noparse" and not closing:
            return self._raw(start, end)
        if closing:
            known = macro or name in _REQUIRED or name in _MAY
            reader.add(start, end, CLOSE if known else STATEMENT, f"/{name}")
        elif name in _MIDDLES:
            reader.add(start, end, MIDDLE, name, expression)
        elif self._opens(name, expression, whole=whole):
            reader.add(start, end, OPEN, name, expression)
        else:
            reader.add(start, end, STATEMENT, name, expression)
        return end

    @staticmethod
    def _opens(name: str, expression: str, *, whole: bool) -> bool:
        if whole:
            return False
        if name in {"assign", "global", "local"}:
            return bool(_NAME_ONLY.match(expression))
        return name in _REQUIRED or name == "sep" or name.startswith("@")

    def _raw(self, start: int, end: int) -> int:
        match = self._noparse.after(end)
        self._reader.add(start, end, STATEMENT, "noparse")
        if match is None:
            self._reader.fault("unbalanced", "“noparse” is never closed", start, end)
            return end
        if match.start() > end:
            self._reader.raw.append((end, match.start()))
        self._reader.add(match.start(), match.end(), STATEMENT, "/noparse")
        return match.end()

    def _end(self, start: int, closer: str) -> int:
        """Behind the closer, outside of strings and brackets; -1 where there is none within reach."""
        text, depth = self._text, 0
        at, stop = start, min(len(text), start + WINDOW)
        while self._budget >= 0:
            match = _TOKEN.search(text, at, stop)
            if match is None:
                self._budget -= stop - at
                return -1
            piece = match[0]
            self._budget -= match.end() - at
            at = match.end()
            if piece[0] in "\"'":
                if len(piece) == 1 or piece[-1] != piece[0]:
                    at = match.start() + 1
            elif piece == closer and depth == 0:
                return at
            elif piece in "([{":
                depth += 1
            elif piece in ")]}" and depth:
                depth -= 1
            elif piece == "<" and closer == ">" and text.startswith(("<#", "</", "<@"), match.start()):
                return -1
        return -1
