"""Which encoding a list has: what it says (a byte order mark), what it is (UTF-8), or what is left. Never lossy."""

import codecs
from typing import BinaryIO, NamedTuple

from mailcheck.model.errors import InputError

MAX_LINE = 1_000_000
"""Octets of one line, and characters of one row, that are read; a longer one is an error that names it."""
_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Encoding(NamedTuple):
    """The codec, and whether the text could be told from no other one-octet encoding."""

    name: str
    assumed: bool = False


def detect(stream: BinaryIO, name: str) -> Encoding:
    """The encoding of a seekable stream, which is left at its beginning. Raises InputError for a mixture."""
    head = stream.read(4_096)
    stream.seek(0)
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return Encoding(codec)
    if len(head) >= 4 and head.count(0) * 5 > len(head):
        raise InputError(
            f"{name}: every second octet is NUL, as in UTF-16 without a byte order mark; save the list as UTF-8"
        )
    found = Encoding("utf-8") if _is_utf8(stream) else _by_line(stream, name)
    stream.seek(0)
    return found


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in iter(lambda: stream.read(_CHUNK), b""):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def _by_line(stream: BinaryIO, name: str) -> Encoding:
    """No line with letters beyond ASCII is UTF-8: Windows-1252, or Latin-1. Some are and some are not: a mixture."""
    good = bad = 0
    windows = True
    for number, line in enumerate(iter(lambda: stream.readline(MAX_LINE), b""), 1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            bad = bad or number
            windows = windows and not any(octet in line for octet in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
        else:
            good = good or number
        if good and bad:
            raise InputError(
                f"{name}: the encodings are mixed: line {good} is UTF-8, line {bad} is not; save the list in one"
            )
    return Encoding("cp1252" if windows else "iso-8859-1", assumed=True)
