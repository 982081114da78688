"""Style sheets through tinycss2, with places in the source. The only module over it.

`<style>` blocks and style attributes give rules and declarations as they are written, each with its range. What is not
CSS is an error with its place; nothing is raised, and the work is linear in the text.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from mailcheck.model.pattern import regex

MAX_SHEET = 100_000
"""Characters of one style sheet that are read."""
MAX_DEPTH = 8
"""Rules inside each other that are read."""
# tinycss2 counts lines as CSS does: a form feed ends one too (CSS Syntax 3.3).
_NEWLINE = regex(r"\r\n|[\r\n\f]")
_PIECE = regex(
    r"""/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*+"?|'(?:\\.|[^'\\\n])*+'?|url\(\s*[^"'\s)][^)]*+\)?|\\.|[()\[\]{};]""",
    re.DOTALL | re.IGNORECASE,
)


class Declaration:
    """`name: value`, the name in lower case, the value as it is written, the range of all and of the value."""

    __slots__ = ("end", "important", "name", "start", "value", "value_end", "value_start")

    def __init__(self, name: str, value: str, spans: tuple[int, int, int, int], *, important: bool) -> None:
        self.name = name
        self.value = value
        self.start, self.end, self.value_start, self.value_end = spans
        self.important = important


class Rule:
    """A style rule (`name` empty) or an at-rule: its prelude as it is written, its range, and what it holds.

    `rules` are the rules inside (of @media and nested ones), `block` says whether there is a { } at all.
    """

    __slots__ = ("block", "declarations", "end", "name", "prelude", "rules", "start")

    def __init__(self, name: str, prelude: str, start: int, end: int, *, block: bool) -> None:
        self.name = name
        self.prelude = prelude
        self.start = start
        self.end = end
        self.block = block
        self.declarations: list[Declaration] = []
        self.rules: list[Rule] = []


class Sheet:
    """A style sheet: its rules in order, errors as (message, start, end), and whether it was read to its end."""

    __slots__ = ("errors", "limited", "rules")

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.errors: list[tuple[str, int, int]] = []
        self.limited = False

    def all(self) -> Iterator[Rule]:
        """Every rule, also those inside others, in order."""
        waiting = list(reversed(self.rules))
        while waiting:
            each = waiting.pop()
            yield each
            waiting += reversed(each.rules)


def read_sheet(text: str, start: int = 0, end: int | None = None) -> Sheet:
    """The style sheet that stands at a range of the text; all places are places of the text."""
    import tinycss2

    reader = _Reader(text, start, len(text) if end is None else end)
    nodes = tinycss2.parse_stylesheet(reader.css)
    reader.sheet.rules = reader.rules(nodes, reader.end, 0)
    return reader.sheet


def read_attribute(text: str, start: int = 0, end: int | None = None) -> list[Declaration]:
    """The declarations of a style attribute, whose value stands at a range of the text."""
    import tinycss2

    reader = _Reader(text, start, len(text) if end is None else end)
    return reader.inside(tinycss2.parse_blocks_contents(reader.css), reader.end, 0)[0]


class _Reader:
    """The text of one sheet and the way from tinycss2's lines and columns to places."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.sheet = Sheet()
        self.sheet.limited = end - start > MAX_SHEET
        self.text = text
        self.start = start
        self.end = min(end, start + MAX_SHEET)
        self.css = text[start : self.end]
        self._lines = [0, *(match.end() for match in _NEWLINE.finditer(self.css))]

    def at(self, node: Any) -> int:
        """Where a node begins."""
        line: int = min(node.source_line, len(self._lines)) - 1
        column: int = node.source_column
        return min(self.start + self._lines[line] + column - 1, self.end)

    def rules(self, nodes: Sequence[Any], end: int, depth: int) -> list[Rule]:
        """The rules among sibling nodes, the last of which ends at `end`."""
        found = []
        for number, node in enumerate(nodes):
            if node.type in {"qualified-rule", "at-rule"}:
                found.append(self.rule(node, self._until(nodes, number, end), depth))
            elif node.type == "error":
                self._error(node, self._until(nodes, number, end))
        return found

    def rule(self, node: Any, end: int, depth: int) -> Rule:
        """One rule that ends at `end`."""
        import tinycss2

        start = self.at(node)
        at_rule = node.type == "at-rule"
        name = node.lower_at_keyword if at_rule else ""
        begin = start + len(node.at_keyword) + 1 if at_rule else start
        brace = self._brace(node, begin, end)
        prelude = self.text[begin : brace if brace is not None else end].strip().rstrip(";").rstrip()
        rule = Rule(name, prelude, start, end, block=node.content is not None)
        if node.content is None or brace is None or depth >= MAX_DEPTH:
            self.sheet.limited = self.sheet.limited or depth >= MAX_DEPTH
            return rule
        closing = end - 1 if self.text[end - 1 : end] == "}" and end - 1 > brace else end
        if at_rule and name not in {"font-face", "page", "viewport", "-ms-viewport", "property", "counter-style"}:
            rule.rules = self.rules(tinycss2.parse_rule_list(node.content), closing, depth + 1)
        else:
            inside = tinycss2.parse_blocks_contents(node.content)
            rule.declarations, rule.rules = self.inside(inside, closing, depth + 1)
        return rule

    def inside(self, nodes: Sequence[Any], end: int, depth: int) -> tuple[list[Declaration], list[Rule]]:
        """The declarations and rules among the nodes of a block that ends at `end`."""
        declarations, rules = [], []
        for number, node in enumerate(nodes):
            until = self._until(nodes, number, end)
            if node.type == "declaration":
                declarations.append(self._declaration(node, until))
            elif node.type in {"qualified-rule", "at-rule"}:
                rules.append(self.rule(node, until, depth))
            elif node.type == "error":
                self._error(node, until)
        return declarations, rules

    def _until(self, nodes: Sequence[Any], number: int, end: int) -> int:
        """Where a node ends: before the blanks that stand before the next, or before `end`."""
        start = self.at(nodes[number])
        stop = self.at(nodes[number + 1]) if number + 1 < len(nodes) else end
        piece = self.text[start:stop].rstrip()
        return start + max(len(piece), 1 if stop > start else 0)

    def _brace(self, node: Any, begin: int, end: int) -> int | None:
        """Where the block of a rule opens."""
        return None if node.content is None else self._outside(begin, end, "{")

    def _outside(self, start: int, end: int, char: str) -> int | None:
        """The first place of `char` outside strings, comments, addresses and brackets."""
        depth = 0
        for match in _PIECE.finditer(self.text, start, end):
            piece = match[0]
            if depth == 0 and piece == char:
                return match.start()
            if piece in "([{":
                depth += 1
            elif piece in ")]}":
                depth = max(0, depth - 1)
        return None

    def _declaration(self, node: Any, end: int) -> Declaration:
        start = self.at(node)
        semicolon = self._outside(start, end, ";")
        stop = start + len(self.text[start : end if semicolon is None else semicolon].rstrip())
        colon = self.text.find(":", start, stop)
        begin = colon + 1 if colon >= 0 else stop
        begin += len(self.text[begin:stop]) - len(self.text[begin:stop].lstrip())
        value = self.text[begin:stop]
        value_end = stop
        if node.important:
            mark = value.rfind("!")
            value = value[:mark].rstrip() if mark >= 0 else value
            value_end = begin + len(value)
        return Declaration(
            node.lower_name, value, (start, max(start, stop), begin, max(begin, value_end)), important=node.important
        )

    def _error(self, node: Any, end: int) -> None:
        start = self.at(node)
        self.sheet.errors.append((node.message, start, max(start, end)))
