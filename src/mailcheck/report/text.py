"""What is common to every escaper: no octet that a stranger chose acts on the reader's screen or file."""

import re

LIMIT = 500
"""Characters of one stranger's value that are shown."""

# C0, DEL, C1; bidi controls; zero width; line and paragraph separator; byte order mark; tags; surrogates;
# Arabic letter mark; interlinear annotation; variation selectors supplement.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"


def printable(text: str, *, limit: int | None = None) -> str:
    """The text with every control, bidi, zero-width and surrogate character written out; idempotent.

    Longer than `limit`, it is cut and its length told.
    """
    if limit is not None and len(text) > limit:
        text = f"{text[:limit]}… ({len(text)} characters)"
    return _UNSAFE.sub(_visible, text)


def record_text(text: str) -> str:
    """A DNS text of one character an octet: what is not printable ASCII as in a master file (`\\DDD`)."""
    return "".join(char if " " <= char <= "~" else f"\\{ord(char) & 0xFF:03d}" for char in text)


def plural(count: int, word: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
