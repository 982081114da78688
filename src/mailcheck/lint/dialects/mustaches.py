"""One scanner for Mustache, Handlebars (also SES, SendGrid, Postmark), and {{ }} of no known language."""

import re

from mailcheck.lint.blocks import ANY, Pairing
from mailcheck.lint.dialects.percent import styles, within
from mailcheck.lint.dialects.reading import MAX_MARKS, Finder, Matcher, Reader, TagEnds
from mailcheck.lint.template import CLOSE, MIDDLE, OPEN, OUTPUT, STATEMENT, Scan, Tag
from mailcheck.model.pattern import regex

_NAME = regex(r"[^\s=|(]+")
_STUMP = regex(r"\{\{[{~&>#^/]*[ \t]*[\w.]*")
_COMMENT_END = regex(r"--~?\}\}")
_DELIMITERS = regex(r"=\s*(\S+)\s+(\S+?)\s*=\Z")
_LOOPS = frozenset({"#each", "#with", "#*inline", "#list"})


def group(tag: Tag) -> str:
    """`#if x` and `/if` are one; `^x` and `/x` too; a bare `{{/}}` ends whatever is open."""
    name = tag.keyword.lstrip("#^/>*")
    return name or ANY


def is_conditional(keyword: str) -> bool:
    """Sections and #if may be left out; #each repeats, #with and layouts show theirs."""
    return keyword not in _LOOPS and not keyword.startswith("#>")


PAIRING = Pairing(group, is_conditional)


class Mustaches:
    """One scan. `handlebars`: raw blocks, escapes, else, strings hide a closer; else Mustache with its set delimiters.

    `blocks` is False where the language is not known: then everything is output, and nothing is unbalanced.
    """

    def __init__(self, text: str, *, handlebars: bool, blocks: bool = True) -> None:
        self._text = text
        self._handlebars = handlebars
        self._blocks = blocks
        self._reader = Reader(text)
        self._ends = TagEnds(text)
        self._open, self._close = "{{", "}}"
        self._finders: dict[str, Finder] = {}
        self._newlines = Finder(text, "\n")
        self._styles: list[tuple[int, int]] | None = None
        self._comment_ends = Matcher(text, _COMMENT_END)
        self._raw_ends: dict[str, Matcher] = {}

    def run(self) -> Scan:
        """The tags of the text."""
        text, reader = self._text, self._reader
        at = marks = 0
        while not reader.full:
            start = self._find(self._open, at)
            if start < 0:
                break
            marks += 1
            if marks > MAX_MARKS:
                reader.stop(start, start + len(self._open))
                break
            at = self._tag(start)
        scan = reader.scan()
        if self._blocks:
            _else_sections(text, scan.tags)
        return scan

    def _find(self, mark: str, at: int) -> int:
        finder = self._finders.get(mark)
        if finder is None:
            finder = self._finders[mark] = Finder(self._text, mark)
        return finder.after(at)

    def _tag(self, start: int) -> int:
        text = self._text
        if self._open != "{{":
            return self._plain(start)
        if self._handlebars and text[start - 1 : start] == "\\" and text[start - 2 : start - 1] != "\\":
            return self._escaped(start)
        if self._handlebars and text.startswith("{{{{", start):
            return self._raw_block(start)
        if text.startswith(("{{!--", "{{~!--"), start):
            begin = start + (5 if text[start + 2] == "!" else 6)
            match = self._comment_ends.after(begin)
            if match is not None:
                self._reader.comment(start, match.end())
                return match.end()
            if self._handlebars:
                self._reader.unclosed(start, begin, "--}}")
                self._reader.add(start, begin, OUTPUT)
                return begin
        if text.startswith(("{{!", "{{~!"), start):
            close = self._find("}}", start)
            if close >= 0:
                self._reader.comment(start, close + 2)
                return close + 2
        if text.startswith(("{{{", "{{~{"), start):
            return self._triple(start)
        return self._plain(start)

    def _escaped(self, start: int) -> int:
        """\\{{ is text up to the end of its tag (Handlebars)."""
        close = self._find("}}", start)
        end = close + 2 if close >= 0 else start + 2
        self._reader.raw.append((start - 1, end))
        return end

    def _raw_block(self, start: int) -> int:
        """{{{{name}}}} … {{{{/name}}}}: the inside is left as it is."""
        text = self._text
        close = self._find("}}}}", start)
        if close < 0:
            return self._unclosed(start, "{{{{", "}}}}")
        match = _NAME.match(text[start + 4 : close].strip())
        name = match[0] if match else ""
        begin = close + 4
        matcher = self._raw_ends.get(name)
        if matcher is None:
            matcher = self._raw_ends[name] = Matcher(
                text, re.compile(r"\{\{\{\{/\s*" + re.escape(name) + r"\s*\}\}\}\}")
            )
            if len(self._raw_ends) > 50:
                return begin
        ending = matcher.after(begin)
        self._reader.add(start, begin, STATEMENT, name)
        if ending is None:
            self._reader.fault("unbalanced", f"“{{{{{{{{{name}}}}}}}}}” is never closed", start, begin)
            return begin
        if ending.start() > begin:
            self._reader.raw.append((begin, ending.start()))
        self._reader.add(ending.start(), ending.end(), STATEMENT, f"/{name}")
        return ending.end()

    def _triple(self, start: int) -> int:
        text = self._text
        mark = 3 if text[start + 2] == "{" else 4
        close = self._find("}}}", start + mark)
        if close < 0:
            close = self._find("}~}}", start + mark)
        if close >= 0 and self._in_reach(start + mark, close):
            end = text.index("}}", close + 1) + 2
            self._reader.add(start, end, OUTPUT, "", text[start + mark : close].strip(), escapes=False)
            return end
        return self._unclosed(start, text[start : start + mark], "}}}")

    def _in_reach(self, start: int, close: int) -> bool:
        """No other tag begins before, and a style or script closes its braces on one line."""
        if 0 <= self._find("{{", start) < close:
            return False
        newline = self._newlines.after(start)
        return not (0 <= newline < close and self._in_style(start))

    def _in_style(self, at: int) -> bool:
        if self._styles is None:
            self._styles = styles(self._text)
        return within(self._styles, at)

    def _unclosed(self, start: int, mark: str, closer: str) -> int:
        if self._in_style(start):
            return start + len(mark)
        stump = _STUMP.match(self._text, start)
        end = max(start + len(mark), stump.end() if stump else 0)
        if not self._blocks and not self._text[end - 1 : end].isalnum():
            # Nothing says that these braces are a tag.
            return end
        self._reader.unclosed(start, end, closer)
        self._reader.add(start, end, OUTPUT)
        return end

    def _plain(self, start: int) -> int:
        text, begin = self._text, start + len(self._open)
        if self._handlebars and self._open == "{{":
            end = self._ends.after(begin, "}}")
            close = end - 2
        else:
            close = self._find(self._close, begin)
            end = close + len(self._close) if close >= 0 else -1
            if end >= 0 and 0 <= self._find(self._open, begin) < close:
                end = -1
        if end < 0:
            return self._unclosed(start, self._open, self._close)
        newline = self._newlines.after(begin)
        if 0 <= newline < close and self._in_style(start):
            return begin
        inner = text[begin:close].strip("~").strip()
        if inner.startswith("=") and self._delimiters(inner):
            self._reader.add(start, end, STATEMENT, "=", inner)
        elif self._blocks:
            self._classified(start, end, inner)
        else:
            self._reader.add(start, end, OUTPUT, "", inner, escapes=False if inner.startswith("&") else None)
        return end

    def _delimiters(self, inner: str) -> bool:
        match = _DELIMITERS.match(inner) if len(inner) < 100 else None
        if match is None or self._handlebars:
            return False
        self._open, self._close = match[1], match[2]
        return True

    def _classified(self, start: int, end: int, inner: str) -> None:
        add = self._reader.add
        sign = inner[:1]
        if sign in {"#", "^", "/"}:
            rest = inner[1:].lstrip()
            if self._handlebars and rest[:1] in {">", "*"}:
                sign, rest = sign + rest[0], rest[1:].lstrip()
            match = _NAME.match(rest)
            name = match[0] if match else ""
            expression = rest[len(name) :].strip()
            if sign == "^" and not name:
                add(start, end, MIDDLE, "else")
            elif sign[0] == "/":
                add(start, end, CLOSE, f"/{name}", expression)
            else:
                add(start, end, OPEN, sign + name, expression)
        elif sign in {">", "<", "$"}:
            add(start, end, STATEMENT, sign, inner[1:].strip())
        elif sign == "&":
            add(start, end, OUTPUT, "", inner[1:].strip(), escapes=False)
        elif inner == "else" or inner.startswith(("else ", "else\n", "else\t")):
            # Mustachio and SES read it as Handlebars does; in Mustache proper, nobody names a value so.
            add(start, end, MIDDLE, "else", inner[4:].strip())
        else:
            add(start, end, OUTPUT, "", inner)


def _else_sections(text: str, tags: list[Tag]) -> None:
    """{{/x}} with {{^x}} right behind it is Mustache's else: one conditional of two branches."""
    for number in range(len(tags) - 1):
        first, second = tags[number], tags[number + 1]
        if first.kind != CLOSE or second.kind != OPEN or text[first.end : second.start].strip():
            continue
        opened = second.keyword[:1]
        if first.keyword[1:] != second.keyword[1:] or opened not in "#^" or second.keyword in _LOOPS:
            continue
        opening = _opening(tags, number)
        if (
            opening is not None
            and opening.expression == second.expression
            and {opening.keyword[:1], opened} == {"#", "^"}
        ):
            first.kind = STATEMENT
            second.kind = MIDDLE


def _opening(tags: list[Tag], number: int) -> Tag | None:
    """The opening tag of a closing one, looked for among the nearest."""
    name, depth = tags[number].keyword[1:], 0
    for tag in reversed(tags[max(0, number - 200) : number]):
        if tag.kind == CLOSE and tag.keyword[1:] == name:
            depth += 1
        elif tag.kind == OPEN and tag.keyword[1:] == name:
            if depth == 0:
                return tag
            depth -= 1
    return None
