"""Files that are no message, or one that a program wrote anew: recognised before anything is concluded from them."""

import re

from mailcheck.mail.message import Message
from mailcheck.model.value import dataclass

LONG = 200
"""Octets from which a field is folded by whatever writes mail; the limit of a line is 998 (RFC 5322 2.1.1)."""
_NAME = re.compile(r"[!-9;-~]+\Z")
_HEAD = 1000

EXPORT = (
    "Gmail: open the message, ⋮, “Download message” (or “Show original”, then “Download Original”).",
    "Outlook on the web: open the message, ⋯, “Save as” or “Download”, which gives an .eml file.",
    "Outlook for Windows (classic) saves only .msg, which is not the original: use Outlook on the web.",
    "Apple Mail: select the message, File, “Save As…”, Format “Raw Message Source”.",
    "Thunderbird: select the message, “Save As”, “File”.",
)
"""How to get the original out of common programs."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that shows what happened to the file. `spoils` tells whether signatures cannot survive it."""

    kind: str
    message: str
    spoils: bool
    start: int = 0
    end: int = 0


def not_a_message(raw: bytes) -> str | None:
    """Why the octets are no message at all; None where they may be one."""
    if not raw.strip():
        return "the file is empty"
    if raw.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "this is an Outlook .msg file, which does not hold the message as it was sent"
    head = raw[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "this is an HTML page, not a message with its header fields"
    if head.startswith((b"%pdf-", b"pk\x03\x04", b"\x89png", b"gif8", b"\xff\xd8\xff", b"\x1f\x8b")):
        return "this is another kind of file (a document, picture or archive), not a message"
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "the file was saved as UTF-16 text; a message is saved as the octets that were sent"
    if b"\n" not in raw and raw.count(b"\r") > 1:
        return "the lines end in CR alone: a program rewrote the file, and which line ends were sent cannot be told"
    return None


def no_header(message: Message) -> str | None:
    """Why there is nothing like a header; None where there is one, or where a limit ended the reading."""
    good = sum(_NAME.match(field.name) is not None for field in message.fields)
    if b"\0" in message.raw[:_HEAD] and good * 2 <= len(message.fields):
        return "the file holds binary data, and no header fields"
    return None if good or message.cut else "there are no header fields in it"


def signs_of(message: Message) -> tuple[Sign, ...]:
    """What shows that the file is not the message as it travelled."""
    raw = message.raw
    found: list[Sign] = []
    feeds, pairs = raw.count(b"\n"), raw.count(b"\r\n")
    if feeds and not pairs:
        text = "the line ends are LF: the file was saved by a program that changes them, which verification undoes"
        found.append(Sign("line-ends", text, False))
    elif feeds != pairs:
        at = _first_lone_feed(raw)
        text = (
            f"{feeds - pairs:,} of {feeds:,} lines end in LF alone, the others in CRLF: a program rewrote some of them"
        )
        found.append(Sign("mixed-line-ends", text, True, at, at + 1))
    if raw.startswith(b"\xef\xbb\xbf"):
        found.append(
            Sign(
                "byte-order-mark",
                "a byte order mark stands first: an editor saved the file; it is left out",
                True,
                0,
                3,
            )
        )
    if message.faults and message.faults[0].kind == "envelope-line":
        found.append(
            Sign("mbox-line", "an mbox line (From …) stands first; it is left out", False, 0, message.faults[0].end)
        )
    at = raw.find(b"\xef\xbf\xbd")
    if at >= 0:
        text = "replacement characters (U+FFFD) stand where other octets were: 8-bit text was lost when it was saved"
        found.append(Sign("eight-bit-lost", text, True, at, at + 3))
    found += _suspicions(message)
    for name, program in (("X-Mozilla-Status", "Thunderbird"), ("X-Apple-Mail-Plain-Text-Draft", "Apple Mail")):
        field = message.first(name)
        if field is not None:
            text = f"{program} added {field.name} when it kept the message; signatures do not cover it"
            found.append(Sign("program-fields", text, False, field.start, field.end))
    return tuple(found)


def _suspicions(message: Message) -> list[Sign]:
    """What is usual in a rewritten file, and now and then in an original."""
    found = []
    if message.body_start >= len(message.raw):
        end = len(message.raw)
        text = "the file ends with the header fields: there is no body, or it was not saved"
        found.append(Sign("no-body", text, False, max(0, end - 1), end))
    encoding = message.first("Content-Transfer-Encoding")
    if encoding is not None and encoding.text.strip().lower() == "8bit" and message.body.isascii():
        text = "8bit is declared, but no octet above 127 is there: 8-bit text may have been lost when it was saved"
        found.append(Sign("eight-bit-gone", text, False, encoding.start, encoding.end))
    long = [field for field in message.fields if len(field.raw) > LONG]
    if len(long) > 1 and not any(b"\n" in field.body for field in message.fields):
        text = (
            f"no field is folded, not even {long[0].name} of {len(long[0].raw):,} octets: a program may have "
            "unfolded them, which breaks signatures of the simple form"
        )
        found.append(Sign("unfolded", text, False, long[0].start, long[0].end))
    return found


def _first_lone_feed(raw: bytes) -> int:
    at = raw.find(b"\n")
    while at > 0 and raw[at - 1 : at] == b"\r":
        at = raw.find(b"\n", at + 1)
    return max(at, 0)
