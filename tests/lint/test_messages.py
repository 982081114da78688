"""Messages: the texts of the parts, and the way back into the file."""

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lint.gathering import FIXTURES, gathered, written
from mailcheck.lint.messages import OctetSource, read
from mailcheck.model.fix import Fix, TextEdit

HEAD = b"From: a@nordlicht-shop.de\r\nMIME-Version: 1.0\r\n"


def message(body: bytes, encoding: str, charset: str = "utf-8", media: str = "html") -> bytes:
    """A message of one part."""
    kind = f"Content-Type: text/{media}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return HEAD + kind.encode() + body


TEXT = '<p>Grüße 😀</p>\r\n<a href="#">Zum Angebot</a>' + " und noch viel mehr Text äöü" * 8


CODED = [(encoding, charset) for encoding in ("8bit", "quoted-printable", "base64") for charset in ("utf-8", "cp1252")]
CHARSETS = ["utf-8", "utf-16", "iso-2022-jp", "x-none", "gb18030"]


# UTF-16 travels in base64 alone (RFC 2781 3.3).
@pytest.mark.parametrize(("encoding", "charset"), [*CODED, ("base64", "utf-16")])
def test_places_lead_back_into_the_file(encoding: str, charset: str) -> None:
    text = TEXT if charset != "cp1252" else TEXT.replace("😀", "€")
    octets = text.encode(charset)
    packed = {
        "8bit": lambda: octets,
        "quoted-printable": lambda: quopri.encodestring(octets),
        "base64": lambda: base64.encodebytes(octets),
    }
    mail = read("a.eml", message(packed[encoding](), encoding, charset))
    ((media, source),) = mail.texts
    assert (media, source.text) == ("html", text)
    start = text.index("Zum Angebot")
    place = source.location(start, start + 11)
    shown = mail.file.text[place.offset : place.end_offset]
    if encoding == "base64":
        # Four characters stand for three octets: the place is exact to one such group.
        raw = mail.file.text[place.offset - 3 : place.end_offset + 6]
        width = 2 if charset == "utf-16" else 1
        assert 11 * width * 4 // 3 - 4 <= len(shown.replace("\n", "")) <= 11 * width * 4 // 3 + 4
        assert raw
    else:
        assert shown.replace("=\n", "") == "Zum Angebot"
    assert place.line == mail.file.line_of(place.offset)


def test_nothing_in_a_message_is_edited() -> None:
    """A signature covers it; and what is rendered cannot be edited either."""
    from mailcheck.lint import dialects
    from mailcheck.lint.document import Body

    ((media, source),) = read("a.eml", message(b"<p>x</p>", "8bit")).texts
    body = Body(source, dialects.read(source.text, "plain"), media, rendered=True)
    finding = body.finding("x", 0, 3, fix=Fix("take it out", (TextEdit("a.eml", 0, 3, ""),), safe=True))
    assert [(fix.kind, fix.safe, fix.title) for fix in finding.fixes] == [("manual", False, "take it out")]


def test_subjects_are_decoded_with_the_places_of_their_words() -> None:
    raw = b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= und =?iso-8859-1?b?Zvxy?= alle\r\n" + HEAD + b"\r\nx"
    mail = read("a.eml", raw)
    assert mail.subject is not None
    assert mail.subject.text == "Grüße und für alle"
    for word, shown in (("Grüße", "=?utf-8?q?Gr=C3=BC=C3=9Fe?="), ("und", "und"), ("alle", "alle")):
        start = mail.subject.text.index(word)
        place = mail.subject.location(start, start + len(word))
        assert mail.file.text[place.offset : place.end_offset].strip() == shown
    folded = read("a.eml", b"Subject: one\r\n two\r\n\r\nx").subject
    assert folded is not None
    assert folded.location(4, 7).line == 1


def test_attachments_and_forwarded_messages_are_not_the_text(tmp_path) -> None:
    raw = (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
        b"--b\r\nContent-Type: text/html; name=x.html\r\n\r\n<p>file</p>\r\n"
        b"--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nnotes\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\nContent-Type: text/html\r\n\r\n<p>in</p>\r\n"
        b"--b--\r\n"
    )
    written(tmp_path, {"a.eml": raw})
    (document,) = gathered(tmp_path).documents
    assert [(body.media, body.source.text) for body in document.bodies] == [("text", "Hello")]
    assert document.bodies[0].rendered


def test_the_fixtures_are_read_whole() -> None:
    for document in gathered(FIXTURES / "templates" / "eml").documents:
        assert document.mail is not None
        assert document.mail.limits == []
        assert {body.media for body in document.bodies} >= {"subject", "text"}
        for body in document.bodies:
            assert "\ufffd" not in body.source.text
            assert "=3D" not in body.source.text


def test_what_is_cut_off_is_told(tmp_path) -> None:
    written(tmp_path, {"a.eml": HEAD + b"X: y\r\n" * 3_000 + b"\r\nHello"})
    found = gathered(tmp_path)
    assert [name for name, _ in found.limits] == ["a.eml"]


@given(st.text(max_size=200), st.binary(max_size=20))
def test_octets_and_characters_of_a_file(text: str, more: bytes) -> None:
    for raw in (text.encode("utf-8", "surrogatepass"), text.encode("utf-8", "replace") * 40, more):
        file = OctetSource("a.eml", raw)
        for octet in range(0, len(raw) + 1, max(1, len(raw) // 50)):
            wanted = len(raw[:octet].decode(file.encoding, "ignore"))
            assert file.character(octet) == wanted


@given(st.binary(max_size=400), st.sampled_from(["8bit", "base64", "quoted-printable"]), st.sampled_from(CHARSETS))
def test_any_octets_are_a_message(body: bytes, encoding: str, charset: str) -> None:
    for raw in (body, message(body, encoding, charset)):
        mail = read("a.eml", raw)
        for _, source in mail.texts:
            for at in range(0, len(source.text) + 1, max(1, len(source.text) // 20)):
                place = source.location(at, min(at + 3, len(source.text)))
                assert 0 <= place.offset <= place.end_offset <= len(mail.file.text)
