"""What is common to every escaper: no octet that a stranger chose acts on the reader's screen or file."""

import re

from mailcheck.model.pattern import regex

LIMIT = 500
"""Characters of one stranger's value that are shown."""

# C0, DEL, C1; bidi controls; zero width and other default-ignorable signs; line and paragraph separator;
# byte order mark and non-characters (not XML 1.0); tags and variation selectors supplement; surrogates.
_UNSAFE = regex(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
COMMAND = regex(r"##(?=[A-Za-z]*\[)")
"""Where a CI log reader sees a command: `##[`, `##vso[`, `##teamcity[`, also in the middle of a line."""


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"


def printable(text: str, *, limit: int | None = None) -> str:
    """The text with every control, bidi, zero-width and surrogate character written out; idempotent.

    Longer than `limit`, it is cut and its length told. CI log commands lose their second `#`.
    """
    if limit is not None and len(text) > limit:
        text = f"{text[:limit]}… ({len(text)} characters)"
    text = _UNSAFE.sub(_visible, text)
    return COMMAND.sub(r"#\\x23", text) if "##" in text else text


def line_start(text: str) -> str:
    """Text that begins a line: a leading `::` is a workflow command to a CI log reader, also after blanks."""
    body = text.lstrip(" ")
    return f"{text[: len(text) - len(body)]}\\x3a{body[1:]}" if body.startswith("::") else text


def record_text(text: str) -> str:
    """A DNS text of one character an octet: what is not printable ASCII as in a master file (`\\DDD`)."""
    return "".join(char if " " <= char <= "~" else f"\\{ord(char) & 0xFF:03d}" for char in text)


def plural(count: int, word: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
