"""MIME structures that can be read in two ways, and parts with their places."""

import pytest

from mailcheck.mail.decoding import read_body
from mailcheck.mail.message import read_message
from mailcheck.mail.parts import read_parts

HEAD = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
AMBIGUOUS = {
    "no boundary": (b"Content-Type: multipart/mixed\r\n\r\nx", "boundary"),
    "a boundary that is not used": (b"Content-Type: multipart/mixed; boundary=zz\r\n\r\n--b\r\n\r\nx", "boundary"),
    "two boundaries": (
        b"Content-Type: multipart/mixed; boundary=b; boundary=c\r\n\r\n--b\r\n\r\nx\r\n--b--",
        "parameter",
    ),
    "never closed": (HEAD + b"--b\r\n\r\nx\r\n", "unclosed"),
    "two Content-Types": (b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx", "duplicate-field"),
    "two encodings": (b"Content-Transfer-Encoding: 8bit\r\n" * 2 + b"\r\nx", "duplicate-field"),
    "an unknown encoding": (b"Content-Transfer-Encoding: uuencode\r\n\r\nx", "encoding"),
    "no media type": (b"Content-Type: text\r\n\r\nx", "type"),
    "an encoded multipart": (b"Content-Transfer-Encoding: base64\r\n" + HEAD + b"--b\r\n\r\nx\r\n--b--", "encoding"),
    "a field without a colon in a part": (HEAD + b"--b\r\nwhat\r\n\r\nx\r\n--b--", "no-colon"),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_ambiguity_is_told(name: str) -> None:
    raw, kind = AMBIGUOUS[name]
    kinds = {fault.kind for part in read_parts(read_message(raw)).parts for fault in part.faults}
    assert kind in kinds


def test_delimiters() -> None:
    """RFC 2046 5.1.1: blanks behind are padding, other text makes it none, the line break before belongs to it."""
    body = b"pre\r\n--b \t\r\n\r\none\r\n\r\n--bb\r\n--b\r\n\r\ntwo\r\n--b--\r\nafter --b\r\n"
    message = read_message(HEAD + body)
    top, one, two = read_parts(message).parts
    assert top.closed
    assert message.raw[one.body_start : one.end] == b"one\r\n\r\n--bb"
    assert message.raw[two.body_start : two.end] == b"two"
    assert (one.number, two.number) == ("1", "2")


def test_limits() -> None:
    many = read_parts(read_message(HEAD + b"--b\r\n\r\nx\r\n" * 3000))
    assert len(many.parts) == 1000
    assert many.cut
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (each, each) for each in range(100)
    )
    tree = read_parts(read_message(deep))
    assert tree.cut
    assert max(part.depth for part in tree.parts) == 50


@pytest.mark.parametrize(
    ("encoding", "raw", "text", "fault"),
    [
        ("quoted-printable", b"a=3D=\r\nb  \r\nc=E4", "a=b\r\ncä", False),
        ("quoted-printable", b"a=zz", "a=zz", True),
        ("quoted-printable", b"a= \r\nb", "ab", False),
        ("base64", b"5PY=\r\n", "äö", False),
        ("base64", b"5P!Y=\r\n", "äö", True),
        ("base64", b"5PY=5PY=", "äö", True),
        ("base64", b"5PYxx", "äö1", True),
    ],
)
def test_encodings(encoding: str, raw: bytes, text: str, fault: bool) -> None:
    head = f"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    message = read_message(head + raw)
    body = read_body(message, read_parts(message).parts[0])
    assert body.text[: len(text)] == text
    assert bool(body.faults) is fault


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b'attachment; filename="a b.pdf"', "a b.pdf"),
        (b"attachment; filename*=UTF-8''%e2%82%ac.pdf", "€.pdf"),
        (b'attachment; filename*0="a"; filename*1="b.pdf"', "ab.pdf"),
        (b"attachment; filename*0*=utf-8''%c3%a4; filename*1=b.pdf", "äb.pdf"),
        (b"attachment; filename==?utf-8?q?=C3=A4.pdf?=", "ä.pdf"),
        (b"attachment", None),
    ],
)
def test_file_names(field: bytes, name: str | None) -> None:
    message = read_message(b"Content-Type: application/pdf\r\nContent-Disposition: " + field + b"\r\n\r\nx")
    part = read_parts(message).parts[0]
    assert part.filename == name
    assert part.attachment
