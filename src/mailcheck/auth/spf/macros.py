"""Macro expansion (RFC 7208 7) from as much of the context as is known."""

import re
from collections.abc import Mapping

from mailcheck.records.spf import Macro, MacroString

MAX_NAME = 253
"""Octets of the longest name (RFC 7208 7.3)."""
_ESCAPES = {"%%": "%", "%_": " ", "%-": "%20"}
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def expand(target: MacroString, values: Mapping[str, str], *, base: int | None = None) -> str | None:
    """The text with its macros replaced; None where a letter's value is not in `values`.

    `values` maps lower-case macro letters to their values. `base` is the record offset of the text's
    first octet (its own span by default). Texts hold one character an octet; what does not fit is taken as
    UTF-8 where it is escaped. A result longer than 253 octets loses whole labels from the
    left (RFC 7208 7.3).
    """
    start = target.span[0] if base is None else base
    out: list[str] = []
    position = 0
    for macro in target.macros:
        value = values.get(macro.letter.lower())
        if value is None:
            return None
        out += [_unescape(target.text[position : macro.span[0] - start]), _transform(macro, value)]
        position = macro.span[1] - start
    out.append(_unescape(target.text[position:]))
    name = "".join(out).removesuffix(".")
    if len(name) <= MAX_NAME:
        return name
    cut = name.find(".", len(name) - MAX_NAME - 1)
    return name[cut + 1 :] if cut >= 0 else name.rpartition(".")[2]


def _unescape(text: str) -> str:
    return re.sub("%[%_-]", lambda match: _ESCAPES[match[0]], text)


def _transform(macro: Macro, value: str) -> str:
    delimiters = macro.delimiters or "."
    parts = re.split(f"[{re.escape(delimiters)}]", value)
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
