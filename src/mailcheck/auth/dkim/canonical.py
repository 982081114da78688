"""Canonical forms of header fields and bodies (RFC 6376 3.4), linear in their size."""

import re

from mailcheck.mail.message import crlf

SPLIT_UP_TO = 1 << 20
"""Octets up to which a body is taken apart into lines, which is fastest but takes room for every line."""
_WSP = re.compile(rb"[ \t]+")


def relaxed_field(name: str, value: bytes) -> bytes:
    """Lower-case name, one line, blanks as one, none at the ends (3.4.2). `value` has CRLF where it is folded."""
    return name.lower().encode("latin-1") + b":" + _one_line(value) + b"\r\n"


def _one_line(value: bytes) -> bytes:
    words = value.split()
    joined = b" ".join(words)
    # `split` also divides at VT, FF and lone CR and LF, which are no white space to the standard: then slowly.
    if b"\x0b" in value or b"\x0c" in value or value.count(b"\r") != value.count(b"\n"):
        return _WSP.sub(b" ", value.replace(b"\r\n", b"")).strip(b" \t")
    return joined


def simple_body(body: bytes) -> bytes:
    """All empty lines at the end become one line end; an empty body is one line end (3.4.3)."""
    return _without_last_lines(body) + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """No blanks at line ends, blanks as one, no empty lines at the end; an empty body is nothing (3.4.4).

    Line ends may be LF; they become CRLF.
    """
    if b"\t" in body:
        body = body.replace(b"\t", b" ")
    body = _by_lines(body) if len(body) <= SPLIT_UP_TO else _as_a_whole(crlf(body))
    body = _without_last_lines(body)
    return body + b"\r\n" if body else b""


def _by_lines(body: bytes) -> bytes:
    """The same for a body of moderate size: taken apart at runs of blanks, and then into lines."""
    first, *rest = body.split(b"  ")
    if rest:
        body = b" ".join([first, *filter(None, [piece.lstrip(b" ") for piece in rest])])
    lines = body.split(b"\r\n")
    if body.count(b"\n") != len(lines) - 1:
        lines = crlf(body).split(b"\r\n")
    return b"\r\n".join([line.rstrip(b" ") for line in lines])


def _single(text: bytes) -> bytes:
    """Every run of spaces as one. Each pass halves the longest run: a megabyte of blanks takes twenty short passes."""
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text


def _as_a_whole(body: bytes) -> bytes:
    """The same without an object for each line."""
    body = _single(body)
    if b" \r\n" in body:
        body = body.replace(b" \r\n", b"\r\n")
    return body.removesuffix(b" ")


def _without_last_lines(body: bytes) -> bytes:
    """The body up to its last octet that belongs to no CRLF."""
    end = len(body.rstrip(b"\r\n"))
    if body.count(b"\r\n", end) * 2 == len(body) - end:
        return body[:end]
    # A lone CR or LF at the end is text: take off whole CRLFs only.
    stop = len(body)
    while body.endswith(b"\r\n", end, stop):
        stop -= 2
    return body[:stop]
