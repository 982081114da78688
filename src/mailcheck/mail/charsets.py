"""Charset names to decoders: text only, and never one that a stranger's name can abuse."""

import codecs
import re

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+()-]{0,39}\Z")
_NOT_FOR_MAIL = frozenset(
    ("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem", "utf-7", "unicode-escape",
     "raw-unicode-escape")
)  # fmt: skip
"""Python's codecs that are no charset of mail; UTF-7 only hides text from scanners (RFC 2152 never for new mail)."""
_ALIASES = {"x-unknown": "ascii", "unknown-8bit": "latin-1", "iso-8859-8-i": "iso-8859-8", "x-sjis": "shift_jis"}


def decoder(charset: str) -> str | None:
    """The name of Python's codec for a charset; None where there is none. Never raises."""
    name = charset.strip().strip("\"'").lower()
    if not _NAME.match(name):
        return None
    name = _ALIASES.get(name, name)
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return None
    # `_is_text_encoding` tells zip, hex and rot13 from charsets; CPython's own decode() reads it too.
    if not getattr(found, "_is_text_encoding", True) or found.name in _NOT_FOR_MAIL or name in _NOT_FOR_MAIL:
        return None
    return found.name


def decode(octets: bytes, charset: str) -> tuple[str, str | None]:
    """Text and, where the octets are not of this charset, why not.

    What cannot be decoded becomes U+FFFD, one for each octet where the charset is built on ASCII. Never raises.
    """
    name = decoder(charset)
    if name is None:
        return octets.decode("latin-1"), f"the charset {charset!r:.50} is not known"
    if name == "ascii":
        name = "utf-8" if not octets.isascii() else name
        if name == "utf-8":
            return _mended(octets, "utf-8"), "octets above 127 in text that is declared as US-ASCII"
    try:
        return octets.decode(name), None
    except (UnicodeError, ValueError) as error:
        reason = getattr(error, "reason", str(error))
        return _mended(octets, name), f"the octets are not {charset!s:.40}: {reason!s:.80}"


def _mended(octets: bytes, name: str) -> str:
    try:
        text = octets.decode(name, "surrogateescape")
    except (UnicodeError, ValueError):
        text = octets.decode("latin-1")
    return re.sub("[\ud800-\udfff]", "\ufffd", text)
