"""Front matter: a block of YAML between `---` lines at the top of a template, as Jekyll and Hugo have it.

Of YAML, what people write there is read: `key: value` with plain and quoted values, folded and literal blocks, and one
mapping inside (`offer:`). Keys that are not ours may hold anything. What is ours and written otherwise is a fault, for
what one reader guesses the next one reads differently.
"""

import re

from mailcheck.lint.template import Fault
from mailcheck.model.pattern import regex

KEYS = ("subject", "preheader", "kind", "offer", "from_name")
KINDS = ("marketing", "transactional", "unknown")
MAX_CHARACTERS = 64_000
"""Characters of front matter that are read."""
_BEGIN = regex(r"---[ \t]*(?:\r\n|\r|\n)")
_LINE = regex(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_KEY = regex(r"([A-Za-z_][A-Za-z0-9_-]*|\"[^\"\r\n]*\"|'[^'\r\n]*')[ \t]*:(?=[ \t]|\Z)")
_BLOCK = regex(r"([|>])([+-]?)[ \t]*(?:#.*)?\Z")
_ESCAPE = regex(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v",
           "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"}  # fmt: skip

Steps = list[tuple[int, int]]


class Value:
    """A value: its text, the range it was written in, the steps from one to the other, and its quotation mark."""

    __slots__ = ("end", "quote", "start", "steps", "text")

    def __init__(self, text: str, start: int, end: int, steps: Steps, quote: str = "") -> None:
        self.text = text
        self.start = start
        self.end = end
        self.steps = steps
        self.quote = quote


class FrontMatter:
    """What stands at the top of a template.

    `values` holds our keys (a string each; `offer` a mapping of strings), `places` the values with their ranges
    (`offer.ends` for the inner ones), `body_start` is where the template begins. Empty where there is no front matter.
    """

    __slots__ = ("body_start", "faults", "places", "values")

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self.places: dict[str, Value] = {}
        self.faults: list[Fault] = []
        self.body_start = 0


def read(text: str) -> FrontMatter:
    """Read the front matter of a template. Never raises; linear in its size."""
    found = FrontMatter()
    opening = _BEGIN.match(text)
    if opening is None:
        return found
    lines: list[tuple[int, str]] = []
    at = opening.end()
    most = min(len(text), MAX_CHARACTERS)
    closed = None
    while at < most:
        match = _LINE.match(text, at)
        if match is None or match.end() == at:
            break
        if match[1].rstrip() in {"---", "..."}:
            closed = match.end()
            break
        lines.append((at, match[1]))
        at = match.end()
    first = next((line for _, line in lines if line.strip() and not line.lstrip().startswith("#")), None)
    if first is not None and _KEY.match(first) is None:
        # A horizontal rule, or the mark that begins a YAML document of another kind.
        return found
    if closed is None:
        if first is not None and _normal(_key_of(first)) in KEYS:
            found.faults.append(
                Fault("front-matter", "front matter begins here and never ends: a line --- is missing", 0, 3)
            )
        return found
    found.body_start = closed
    _Reader(lines, found).run()
    return found


def read_yaml(text: str) -> FrontMatter:
    """Read a file that holds nothing but such keys. Never raises."""
    found = FrontMatter()
    found.body_start = len(text)
    lines = [
        (match.start(), match[1])
        for match in _LINE.finditer(text, 0, min(len(text), MAX_CHARACTERS))
        if match[1].rstrip() not in {"---", "..."}
    ]
    _Reader(lines, found).run()
    return found


def _key_of(line: str) -> str:
    match = _KEY.match(line)
    return match[1].strip("\"'") if match else ""


def _normal(key: str) -> str:
    return key.lower().replace("-", "_")


class _Reader:
    """One pass over the lines between the marks."""

    def __init__(self, lines: list[tuple[int, str]], found: FrontMatter) -> None:
        self.lines = lines
        self.found = found
        self.at = 0

    def fault(self, message: str, start: int, end: int) -> None:
        self.found.faults.append(Fault("front-matter", message, start, end))

    def run(self) -> None:
        while self.at < len(self.lines):
            start, line = self.lines[self.at]
            self.at += 1
            if not line.strip() or line.lstrip().startswith("#") or line[:1] in " \t":
                # Blank, a comment, or what belongs to a key that is not ours.
                continue
            match = _KEY.match(line)
            if match is None:
                if not line.startswith("-"):
                    self.fault("this line of the front matter is no `key: value`", start, start + len(line))
                continue
            key = _normal(match[1].strip("\"'"))
            if key not in KEYS:
                continue
            if key in self.found.values:
                self.fault(f"{key} stands twice in the front matter", start, start + match.end())
                self.inner()
            elif key == "offer":
                self.offer(start, line, match.end())
            else:
                value = self.value(key, start, line, match.end(), 1)
                if value is not None:
                    self.put(key, value)

    def put(self, key: str, value: Value) -> None:
        if key == "kind":
            word = value.text.strip().lower()
            if word not in KINDS:
                self.fault(f"kind is {' or '.join(KINDS[:2])}, not {value.text!r:.40}", value.start, value.end)
                return
            value.text = word
        self.found.values[key] = value.text
        self.found.places[key] = value

    def inner(self) -> list[tuple[int, str]]:
        """The indented lines that follow, taken."""
        taken = []
        while self.at < len(self.lines):
            start, line = self.lines[self.at]
            if line.strip() and line[:1] not in " \t":
                break
            self.at += 1
            if line.strip():
                taken.append((start, line))
        return taken

    def offer(self, start: int, line: str, after: int) -> None:
        rest = line[after:].strip()
        if rest and not rest.startswith("#"):
            self.inner()
            self.fault(
                "offer holds its keys on lines of their own, indented: id, starts, ends", start, start + len(line)
            )
            return
        values: dict[str, str] = {}
        depth = None
        for begin, inner in self.inner():
            indent = len(inner) - len(inner.lstrip(" "))
            depth = indent if depth is None else depth
            match = _KEY.match(inner, indent)
            if inner.lstrip().startswith("#"):
                continue
            if match is None or indent != depth or inner[indent : indent + 1] == "\t":
                self.fault("this line below offer is no `key: value`", begin + indent, begin + len(inner))
                continue
            key = _normal(match[1].strip("\"'"))
            value = self.value(f"offer.{key}", begin, inner, match.end(), depth + 1)
            if value is not None:
                values[key] = value.text
                self.found.places[f"offer.{key}"] = value
        self.found.values["offer"] = values

    def value(self, key: str, start: int, line: str, after: int, indent: int) -> Value | None:
        """The value behind a colon; continued lines are those that are indented further."""
        begin = after + len(line[after:]) - len(line[after:].lstrip())
        rest = line[begin:].rstrip()
        if rest.startswith(('"', "'")):
            return self.quoted(key, start, line, begin)
        block = _BLOCK.match(rest)
        if block:
            return self.block(start + begin, block[1], indent)
        comment = re.search(r"(?:^|[ \t])#", rest)
        plain = (rest[: comment.start()] if comment else rest).rstrip()
        if not plain or plain in {"~", "null"}:
            return None
        end = start + begin + len(plain)
        if plain[0] in "{[&*!%@`|>":
            self.fault(
                f"{key}: YAML gives {plain[0]!r} at the beginning its own meaning; put the value into quotation marks",
                start + begin, end,
            )  # fmt: skip
        elif ": " in plain or plain.endswith(":"):
            self.fault(
                f"{key}: YAML reads a colon and a blank as another key; put the value into quotation marks",
                start + begin, end,
            )  # fmt: skip
        text, steps = plain, [(0, start + begin)]
        if indent == 1:
            for next_start, more in self.inner():
                bare = more.strip()
                if bare.startswith("#"):
                    continue
                steps.append((len(text) + 1, next_start + len(more) - len(more.lstrip())))
                text = f"{text} {bare}"
                end = next_start + len(more.rstrip())
        return Value(text, start + begin, end, steps)

    def block(self, place: int, style: str, indent: int) -> Value | None:
        lines = self.inner() if indent == 1 else []
        if not lines:
            self.fault("a block of lines belongs below this, indented", place, place + 1)
            return None
        text, steps = "", []
        for begin, line in lines:
            bare = line.strip()
            if text:
                text += " " if style == ">" else "\n"
            steps.append((len(text), begin + len(line) - len(line.lstrip())))
            text += bare
        last, line = lines[-1]
        return Value(text, steps[0][1], last + len(line.rstrip()), steps)

    def quoted(self, key: str, start: int, line: str, begin: int) -> Value | None:
        quote = line[begin]
        pattern = r'"((?:[^"\\]|\\.)*)"' if quote == '"' else r"'((?:[^']|'')*)'"
        match = re.compile(pattern).match(line, begin)
        if match is None:
            self.fault(f"{key}: the quotation mark has no partner in this line", start + begin, start + len(line))
            return None
        rest = line[match.end() :].strip()
        if rest and not rest.startswith("#"):
            self.fault(f"{key}: text stands behind the closing quotation mark", start + match.end(), start + len(line))
        raw, origin = match[1], start + begin + 1
        text, steps = _unescaped(raw, origin, quote)
        return Value(text, origin, origin + len(raw), steps, quote)


def _unescaped(raw: str, origin: int, quote: str) -> tuple[str, Steps]:
    steps = [(0, origin)]
    pieces: list[str] = []
    size = at = 0
    pattern = _ESCAPE if quote == '"' else re.compile("''")
    for match in pattern.finditer(raw):
        pieces.append(raw[at : match.start()])
        size += match.start() - at
        steps.append((size, origin + match.start()))
        new = _character(match) if quote == '"' else "'"
        pieces.append(new)
        size += len(new)
        at = match.end()
        steps.append((size, origin + at))
    pieces.append(raw[at:])
    return "".join(pieces), steps


def _character(match: "re.Match[str]") -> str:
    code = match[1] or match[2] or match[3]
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    return _SIMPLE.get(match[4], match[4])


def escape(quote: str, text: str) -> str:
    """A text as it is written inside a quoted value."""
    return text.replace("\\", "\\\\").replace('"', '\\"') if quote == '"' else text.replace("'", "''")
