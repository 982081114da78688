"""Macro expansion (RFC 7208 7) from as much of the context as is known."""

import re
from collections.abc import Mapping

from mailcheck.records.spf import Macro, MacroString

MAX_NAME = 253
"""Octets of the longest name (RFC 7208 7.3)."""
MAX_EXPLANATION = 1000
"""Octets of an explanation, which is to fit into an SMTP reply (RFC 7208 6.2)."""
_ESCAPES = {"%%": "%", "%_": " ", "%-": "%20"}
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def expand(target: MacroString, values: Mapping[str, str], *, base: int | None = None) -> str | None:
    """The name with its macros replaced; None where a letter's value is not in `values`.

    `values` maps lower-case macro letters to their values. `base` is the record offset of the text's
    first octet (its own span by default). Texts hold one character an octet; what does not fit is taken as
    UTF-8 where it is escaped. A result longer than 253 octets loses whole labels from the
    left (RFC 7208 7.3).
    """
    if target.literal and len(target.text) <= MAX_NAME:
        return target.text.removesuffix(".")
    pieces = _pieces(target, values, base)
    if pieces is None:
        return None
    # Only the right end counts, so nothing is built that would be cut away again.
    out: list[str] = []
    length = 0
    while pieces and length <= MAX_NAME + 2:
        out.append(pieces.pop()())
        length += len(out[-1])
    name = "".join(reversed(out)).removesuffix(".")
    if len(name) <= MAX_NAME:
        return name
    cut = name.find(".", len(name) - MAX_NAME - 1)
    return name[cut + 1 :] if cut >= 0 else name.rpartition(".")[2]


def explain(text: MacroString, values: Mapping[str, str]) -> str | None:
    """An explanation with its macros replaced (RFC 7208 6.2); None where a letter's value is not in `values`.

    What goes beyond `MAX_EXPLANATION` is cut off.
    """
    pieces = _pieces(text, values, None)
    if pieces is None:
        return None
    out: list[str] = []
    length = 0
    for piece in pieces:
        out.append(piece())
        length += len(out[-1])
        if length > MAX_EXPLANATION:
            break
    return "".join(out)[:MAX_EXPLANATION]


class _Piece:
    """A part of a macro string that is expanded when it is called; equal macros once."""

    __slots__ = ("done", "macro", "text")

    def __init__(self, text: str, macro: Macro | None, done: dict[tuple[object, ...], str]) -> None:
        self.text = text
        self.macro = macro
        self.done = done

    def __call__(self) -> str:
        macro = self.macro
        if macro is None:
            return _unescape(self.text)
        key = (macro.letter, macro.digits, macro.reverse, frozenset(macro.delimiters))
        if key not in self.done:
            self.done[key] = _transform(macro, self.text)
        return self.done[key]


def _pieces(target: MacroString, values: Mapping[str, str], base: int | None) -> list[_Piece] | None:
    start = target.span[0] if base is None else base
    done: dict[tuple[object, ...], str] = {}
    pieces: list[_Piece] = []
    position = 0
    for macro in target.macros:
        value = values.get(macro.letter.lower())
        if value is None:
            return None
        if position < macro.span[0] - start:
            pieces.append(_Piece(target.text[position : macro.span[0] - start], None, done))
        pieces.append(_Piece(value, macro, done))
        position = macro.span[1] - start
    pieces.append(_Piece(target.text[position:], None, done))
    return pieces


def _unescape(text: str) -> str:
    return re.sub("%[%_-]", lambda match: _ESCAPES[match[0]], text) if "%" in text else text


def _transform(macro: Macro, value: str) -> str:
    delimiters = macro.delimiters or "."
    parts = value.split(delimiters) if len(delimiters) == 1 else re.split(f"[{re.escape(delimiters)}]", value)
    if macro.reverse:
        parts.reverse()
    if macro.digits is not None:
        parts = parts[-macro.digits :]
    text = ".".join(parts)
    if macro.escaped:
        text = "".join(c if c in _UNRESERVED else _escaped(c) for c in text)
    return text


def _escaped(char: str) -> str:
    octets = bytes([ord(char)]) if ord(char) < 256 else char.encode("utf-8", "surrogatepass")
    return "".join(f"%{octet:02X}" for octet in octets)
