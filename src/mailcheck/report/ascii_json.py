"""JSON whose text is inert wherever it is shown: ASCII only, valid Unicode, no CI log command."""

import json
from typing import Any

from mailcheck.model.pattern import regex

# Escapes of the output are read one by one, so that `\\ud800` (a backslash, then letters) is left alone.
_ESCAPE = regex(r"\\(?:u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|u(d[89a-f][0-9a-f]{2})|.)")


def dump(value: Any, *, indent: int | None = None) -> str:
    """`value` as JSON. A lone surrogate becomes U+FFFD (RFC 8259 8.2); `##` is written `#\\u0023`."""
    text = json.dumps(value, indent=indent)
    if "\\ud" in text:
        text = _ESCAPE.sub(lambda match: "\\ufffd" if match[3] else match[0], text)
    return text.replace("##", "#\\u0023")
