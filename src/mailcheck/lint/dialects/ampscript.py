"""AMPscript and the tags of Salesforce Marketing Cloud: %%name%%, %%=f()=%%, %%[ … ]%%, <script runat="server">.

One %%[ ]%% may hold many statements, and an IF may begin in one and end in another. So each block is cut at the words
that open, divide or close something outside of it.
"""

import re

from mailcheck.lint.blocks import Pairing
from mailcheck.lint.dialects.reading import Finder, Matcher, Reader
from mailcheck.lint.template import CLOSE, COMMENT, MIDDLE, OPEN, OUTPUT, STATEMENT, Scan
from mailcheck.model.pattern import regex

NAME = "ampscript"
_OPENS = {"if": OPEN, "for": OPEN, "elseif": MIDDLE, "else": MIDDLE, "endif": CLOSE, "next": CLOSE}
_ENDS = {"endif": "if", "next": "for"}
PAIRING = Pairing(
    lambda tag: _ENDS.get(tag.keyword, tag.keyword),
    lambda keyword: keyword == "if",
    middles={"else": frozenset({"if"}), "elseif": frozenset({"if"})},
)
_START = regex(r"%%(?=[\[=A-Za-z_])|<script\b(?=[^<>]{0,200}\brunat\s*=\s*[\"\']?server)[^<>]{0,500}>", re.IGNORECASE)
_FIELD = regex(r"%%([A-Za-z_][\w.-]*(?: [\w.-]+){0,5})%%")
_SCRIPT_END = regex(r"</script\s*>", re.IGNORECASE)
_AMP_SCRIPT = regex(r"language\s*=\s*[\"\']?ampscript", re.IGNORECASE)
# AMPscript doubles a quote inside a string, which reads as two strings side by side.
_TOKEN = regex(
    r'"[^"]*+"?' r"|'[^']*+'?|/\*(?:[^*]|\*(?!/))*+(?:\*/)?|(?<![\w@.])(?:if|elseif|else|endif|for|next)\b",
    re.IGNORECASE,
)
_COMMENT = regex(r"/\*(?:[^*]|\*(?!/))*+\*/")


def scan(text: str) -> Scan:
    """The tags of a text."""
    reader = Reader(text)
    blocks, inlines, scripts = Finder(text, "]%%"), Finder(text, "=%%"), Matcher(text, _SCRIPT_END)
    at = 0
    while not reader.full:
        match = _START.search(text, at)
        if match is None:
            break
        start, at = match.start(), match.end()
        if text[start] == "<":
            at = _script(reader, start, match.end(), scripts)
        elif text[at] == "[":
            at = _delimited(reader, start, blocks, "]%%")
        elif text[at] == "=":
            at = _delimited(reader, start, inlines, "=%%")
        else:
            field = _FIELD.match(text, start)
            if field is not None:
                reader.add(start, field.end(), OUTPUT, "", field[1])
                at = field.end()
    return reader.scan()


def _delimited(reader: Reader, start: int, closers: Finder, closer: str) -> int:
    text = reader.text
    close = closers.after(start + 3)
    opener = text.find("%%[", start + 3, close) if close >= 0 else -1
    if close < 0 or opener >= 0:
        reader.unclosed(start, start + 3, closer)
        reader.add(start, start + 3, STATEMENT)
        return start + 3
    end = close + 3
    if closer == "=%%":
        reader.add(start, end, OUTPUT, "", text[start + 3 : close].strip())
    else:
        _code(reader, start, end, start + 3, close)
    return end


def _script(reader: Reader, start: int, begin: int, scripts: Matcher) -> int:
    match = scripts.after(begin)
    if match is None:
        reader.unclosed(start, begin, "</script>")
        reader.add(start, begin, STATEMENT)
        return begin
    if _AMP_SCRIPT.search(reader.text, start, begin):
        _code(reader, start, match.end(), begin, match.start())
    else:
        reader.add(start, match.end(), STATEMENT, "script")
    return match.end()


def _code(reader: Reader, start: int, end: int, begin: int, close: int) -> None:
    """A block of statements: one tag, or one for each word that reaches beyond the block."""
    text = reader.text
    words = [
        (match.start(), match[0].lower()) for match in _TOKEN.finditer(text, begin, close) if match[0][0].isalpha()
    ]
    outer = _outer(words)
    if not outer:
        bare = _COMMENT.sub("", text[begin:close]) if "/*" in text[begin:close] else text[begin:close]
        empty = not bare.strip() and close > begin and bool(text[begin:close].strip())
        reader.add(start, end, COMMENT if empty else STATEMENT, "", text[begin:close].strip())
        return
    cuts = [start, *(at for at, _ in outer[1:]), end]
    for number, (at, word) in enumerate(outer):
        stop = cuts[number + 1] if number + 1 < len(outer) else close
        expression = text[at + len(word) : stop].strip()
        reader.add(cuts[number], cuts[number + 1], _OPENS[word], word, expression[:200])


def _outer(words: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The words whose other half is not in this block."""
    stack: list[tuple[int, str]] = []
    for at, word in words:
        if word in _ENDS:
            # Back to the opening half, over the else and elseif between.
            middles = len(stack)
            while middles and stack[middles - 1][1] in ("else", "elseif"):
                middles -= 1
            if middles and stack[middles - 1][1] == _ENDS[word]:
                del stack[middles - 1 :]
                continue
        stack.append((at, word))
    return stack
