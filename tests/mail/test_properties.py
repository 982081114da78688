"""Readers of strangers' octets: they never raise, and every place is a place in what was handed in."""

from hypothesis import given
from hypothesis import strategies as st

from mailcheck.mail.addresses import read_addresses
from mailcheck.mail.charsets import decode
from mailcheck.mail.decoding import read_body
from mailcheck.mail.message import crlf, read_message
from mailcheck.mail.parameters import read_value
from mailcheck.mail.parts import read_parts
from mailcheck.mail.words import read_words

PIECES = st.sampled_from(
    rb"""From: a@b.example\r\n|Subject: =?utf-8?b?aGk=?=\n| folded\r\n|\r\n|\n|\r|\0|no colon\n|--b\r\n|--b--\r\n|--b \n
Content-Type: multipart/mixed; boundary=b\r\n|Content-Type: text/html; charset=utf-8\n|From : x\n|\xff\xfe|=zz|w6Q=\n
Content-Transfer-Encoding: base64\n|Content-Transfer-Encoding: quoted-printable\r\n|=C3=A4 =\r\n|  \t\r\n""".replace(
        b"\n", b"|"
    )
    .decode("unicode_escape")
    .encode("latin-1")
    .split(b"|")
)
MESSAGES = st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=25).map(b"".join))


@given(MESSAGES)
def test_fields_stand_where_they_say(raw: bytes) -> None:
    message = read_message(raw)
    for field in message.fields:
        assert raw[field.start : field.end] == field.raw
        assert field.start <= field.value_start <= field.end
        rest = field.raw[field.value_start - field.start :]
        assert rest in (field.body, field.body + b"\n", field.body + b"\r\n")
    for one, two in zip(message.fields, message.fields[1:], strict=False):
        assert one.end <= two.start
    assert 0 <= message.body_start <= len(raw)
    for fault in message.faults:
        assert 0 <= fault.start <= fault.end <= len(raw)


@given(MESSAGES)
def test_parts_stand_where_they_say(raw: bytes) -> None:
    message = read_message(raw)
    parts = read_parts(message).parts
    assert parts
    for part in parts:
        assert 0 <= part.start <= part.body_start <= part.end <= len(raw)
        assert part.parent is None or parts[part.parent].body_start <= part.start <= part.end <= parts[part.parent].end
        for fault in part.faults:
            assert 0 <= fault.start <= fault.end <= len(raw)
        body = read_body(message, part)
        for at in range(len(body.octets)):
            assert part.body_start <= body.octet(at) <= part.end
        if part.encoding in {"7bit", "8bit", "binary"}:
            assert body.octets == raw[part.body_start : part.end]


@given(st.text(st.characters(codec="utf-8", exclude_characters="=\r\n \t"), max_size=80), st.data())
def test_a_character_of_a_body_is_found_in_the_message(text: str, data: st.DataObject) -> None:
    """What is decoded from the place of a character begins with that character."""
    import base64
    import quopri

    octets = text.encode()
    encoding, raw = data.draw(
        st.sampled_from(
            [
                ("8bit", octets),
                ("quoted-printable", quopri.encodestring(octets)),
                ("base64", base64.encodebytes(octets)),
            ]
        )
    )
    head = f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    message = read_message(head + raw)
    part = read_parts(message).parts[0]
    body = read_body(message, part)
    assert body.text.rstrip("\n") == text.rstrip("\n") if encoding != "8bit" else body.text == text
    if not text:
        return
    at = data.draw(st.integers(0, len(text) - 1))
    place = body.place(at)
    if encoding == "8bit":
        assert message.raw[place:].decode() == text[at:]
    elif encoding == "quoted-printable":
        assert quopri.decodestring(message.raw[place:]).decode() == text[at:]
    else:
        before = len(text[:at].encode())
        group = message.raw[place - before % 3 * 4 // 3 :]
        assert base64.b64decode(group)[before % 3 :].decode() == text[at:]


@given(st.text(max_size=120) | st.lists(st.sampled_from(list('<>@,;:()[]".\\ \tab=?é\0')), max_size=60).map("".join))
def test_addresses_stand_where_they_say(text: str) -> None:
    found = read_addresses(text)
    for each in found.addresses:
        assert text[each.start : each.end] == each.written
        assert "@" in each.written
        assert each.domain is None or each.domain == each.domain.lower()
    for fault in found.faults:
        assert 0 <= fault.start <= fault.end <= len(text) + 1
    # Whatever is there is told: an address or a reason, never nothing.
    assert found.addresses or found.faults or found.groups


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(["=?utf-8?q?", "?=", "=?x?b?", "a", " ", "=?"]), max_size=40).map("".join)
)
def test_words_cover_what_was_written(text: str) -> None:
    words = read_words(text)
    assert all(text[word.start : word.start + len(word.raw)] == word.raw for word in words)


@given(st.text(max_size=200))
def test_parameters_are_read(text: str) -> None:
    read_value(text)


@given(
    st.binary(max_size=60),
    st.sampled_from(
        [
            "utf-8",
            "us-ascii",
            "idna",
            "zip",
            "rot13",
            "utf-7",
            "\0",
            "x" * 99,
            "utf-16",
            "iso-2022-jp",
            "hz",
            "undefined",
            "mbcs",
        ]
    ),
)
def test_any_charset_decodes(octets: bytes, charset: str) -> None:
    text, fault = decode(octets, charset)
    assert not any("\ud800" <= char <= "\udfff" for char in text)
    assert fault is not None or octets.decode(charset, "strict") == text


@given(MESSAGES)
def test_line_ends_become_crlf(raw: bytes) -> None:
    changed = crlf(raw)
    assert changed.count(b"\n") == changed.count(b"\r\n")
    assert crlf(changed) == changed
