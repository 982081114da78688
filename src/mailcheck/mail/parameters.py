"""Content-Type, Content-Disposition: a value and its parameters (RFC 2045 5.1, RFC 2183, RFC 2231)."""

import re

from mailcheck.mail.charsets import decode
from mailcheck.model.value import dataclass

MAX_PARAMETERS = 100
"""Parameters of one field that are read."""

_TOKEN = re.compile(r"[^\s()<>@,;:\\\"/\[\]?=\x00-\x20]+")
_SECTION = re.compile(r"(.+?)\*(\d{1,3})(\*?)\Z")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Value:
    """The value in lower case, its parameters by lower-case name, and what is wrong with them."""

    value: str
    parameters: dict[str, str]
    faults: tuple[str, ...] = ()

    def get(self, name: str) -> str | None:
        """One parameter."""
        return self.parameters.get(name)


def read_value(text: str) -> Value:
    """Read `value; name=value; …`. The first of repeated parameters counts, and the repetition is a fault."""
    faults: list[str] = []
    pieces = _pieces(text)
    value = pieces[0].strip().lower() if pieces else ""
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    if len(pieces) > MAX_PARAMETERS:
        faults.append(f"more than {MAX_PARAMETERS} parameters; the rest is not read")
    for piece in pieces[1:MAX_PARAMETERS]:
        name, equals, written = piece.partition("=")
        name, written = name.strip().lower(), _unquoted(written.strip())
        if not name and not equals:
            continue
        if not equals or not _TOKEN.fullmatch(name):
            faults.append(f"{piece.strip()!r:.60} is no parameter")
            continue
        match = _SECTION.match(name)
        if match:
            sections.setdefault(match[1], {}).setdefault(int(match[2]), (written, bool(match[3])))
        elif name.endswith("*"):
            sections.setdefault(name[:-1], {}).setdefault(0, (written, True))
        elif name in plain:
            faults.append(f"the parameter {name!s:.40} stands twice")
        else:
            plain[name] = written
    for name, each in sections.items():
        # RFC 2231 4.1: the extended form is the meant one where both stand.
        plain[name] = _joined(each)
    return Value(value, plain, tuple(faults))


def _pieces(text: str) -> list[str]:
    """Split at semicolons outside quotes, comments left out. One pass."""
    found: list[str] = []
    current: list[str] = []
    depth = 0
    quoted = False
    skip = False
    for char in text:
        if skip:
            skip = False
            if depth == 0:
                current.append(char)
        elif char == "\\" and (quoted or depth):
            skip = True
            if depth == 0:
                current.append(char)
        elif depth:
            depth += {"(": 1, ")": -1}.get(char, 0)
        elif char == '"':
            quoted = not quoted
            current.append(char)
        elif char == "(" and not quoted:
            depth = 1
        elif char == ";" and not quoted:
            found.append("".join(current))
            current = []
        else:
            current.append(char)
    found.append("".join(current))
    return found


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text.strip('"')


def _joined(sections: dict[int, tuple[str, bool]]) -> str:
    charset = "us-ascii"
    octets = bytearray()
    for number in range(len(sections)):
        if number not in sections:
            break
        text, extended = sections[number]
        if extended and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw = text.encode("latin-1", "replace")
        octets += _PERCENT.sub(lambda each: bytes((int(each[1], 16),)), raw) if extended else raw
    return decode(bytes(octets), charset or "us-ascii")[0]
