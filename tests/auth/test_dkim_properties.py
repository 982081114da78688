"""DKIM on generated messages: beside dkimpy, against changes of one octet, and under changes that must not matter."""

import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auth.dkim_world import answers_of
from mailcheck.auth.dkim.canonical import relaxed_body, relaxed_field, simple_body
from mailcheck.auth.dkim.second_opinion import second_opinions
from mailcheck.auth.dkim.verify import Verifier
from mailcheck.mail.message import read_message
from mailcheck.records.dkim_signature import parse_dkim_signature
from signer import Signer, canonical_body, canonical_field, ed25519_key, rsa_key

KEYS = st.sampled_from([rsa_key(), ed25519_key()])
FORMS = st.sampled_from(["simple", "relaxed"])
WORDS = st.sampled_from(
    [b"word", b" ", b"  ", b"\t", b"\r\n", b"\r\n\r\n", b".", b"=20", b"\xc3\xbc", b"--b", b"From x", b"\x0b", b"-- "]
)
BODIES = st.lists(WORDS, max_size=30).map(b"".join)
PIECES = [b"a", b" ", b"\t", b"\r\n ", b"\r\n\t", b"b:c", b";", b"\xc3\xa9", b"\x0c"]
VALUES = st.lists(st.sampled_from(PIECES), max_size=8).map(b"".join)
NAMES = st.sampled_from([b"Subject", b"To", b"X-Test", b"DATE", b"Received", b"subject"])


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """Fields in any order, some twice, and a body."""
    fields = draw(st.lists(st.tuples(NAMES, VALUES), max_size=6))
    lines = [name + b":" + value.strip(b"\r\n") for name, value in fields]
    # A folded line of blanks alone would be no field's text.
    assume(not any(re.search(rb"\r\n[ \t]*(?:\r\n|\Z)", line) for line in lines))
    lines.insert(draw(st.integers(0, len(lines))), b"From: Alice <alice@example.com>")
    return b"\r\n".join(lines) + b"\r\n\r\n" + draw(BODIES)


@st.composite
def signers(draw: st.DrawFn) -> Signer:
    """Any form, some of the names, some twice."""
    names = ("From", *draw(st.lists(st.sampled_from(["From", "Subject", "To", "X-Test", "Date", "Received", "Cc"]))))
    found = Signer(key=draw(KEYS), header=draw(FORMS), body=draw(FORMS), names=names)
    found.length = draw(st.none() | st.just(0))
    return found


@given(messages(), signers())
def test_what_is_signed_verifies_and_dkimpy_agrees(message: bytes, signer: Signer) -> None:
    raw = signer.sign(message)
    read = read_message(raw)
    answers = answers_of(signer)
    results = Verifier(read).verify(answers, 0)
    assert [each.result for each in results] == ["pass"], results[0].detail
    opinions = second_opinions(read, results, answers, 0)
    if signer.header == "relaxed" and b"\x0c" in message.partition(b"\r\n\r\n")[0]:
        return  # a listed difference: it takes form feeds at the ends of a field for blanks
    assert [each.valid for each in opinions] == [True]


@settings(max_examples=300)
@given(messages(), signers(), st.data())
def test_a_change_of_one_octet_of_what_is_signed_never_passes(
    message: bytes, signer: Signer, data: st.DataObject
) -> None:
    raw = signer.sign(message)
    answers = answers_of(signer)
    before = Verifier(read_message(raw))
    result = before.verify(answers, 0)[0]
    at = data.draw(st.integers(0, len(raw) - 1))
    octet = data.draw(st.integers(0, 255))
    assume(octet != raw[at])
    changed = raw[:at] + bytes([octet]) + raw[at + 1 :]
    after = Verifier(read_message(changed))
    results = after.verify(answers, 0)
    passes = [each for each in results if each.result == "pass"]
    if not passes:
        return
    # It still passes, so that what the signature covers must be the same in its canonical form.
    one, two = before, after
    signature = result.signature
    kept = passes[0].signature
    assert one.header_digest(result.field, signature, list(result.signed)) == two.header_digest(
        passes[0].field, kept, list(passes[0].signed)
    )
    assert one.body_hash(signature.body_canon, signature.length) == two.body_hash(kept.body_canon, kept.length)


@given(messages(), signers(), st.sampled_from([b"Received: from somewhere\r\n", b"X-Other: 1\r\n"]))
def test_fields_on_top_do_not_matter(message: bytes, signer: Signer, line: bytes) -> None:
    assume(line.partition(b":")[0].decode() not in (signer.names or ()))
    raw = line + signer.sign(message)
    assert Verifier(read_message(raw)).verify(answers_of(signer), 0)[0].result == "pass"


@given(messages(), signers())
def test_line_ends_of_the_file_do_not_matter(message: bytes, signer: Signer) -> None:
    signed = signer.sign(message)
    raw = signed.replace(b"\r\n", b"\n")
    assert Verifier(read_message(raw)).verify(answers_of(signer), 0)[0].result == "pass"


@given(messages(), signers(), st.integers(1, 3))
def test_empty_lines_at_the_end_do_not_matter(message: bytes, signer: Signer, count: int) -> None:
    body = message.partition(b"\r\n\r\n")[2]
    assume(not body or body.endswith(b"\r\n"))
    raw = signer.sign(message) + b"\r\n" * count
    assert Verifier(read_message(raw)).verify(answers_of(signer), 0)[0].result == "pass"


@given(st.binary(max_size=200) | BODIES)
def test_canonical_bodies_are_those_of_the_standard(body: bytes) -> None:
    body = re.sub(rb"(?<!\r)\n", b"\r\n", body)
    assert relaxed_body(body) == canonical_body(body, "relaxed")
    assert simple_body(body) == canonical_body(body, "simple")
    assert relaxed_body(relaxed_body(body)) == relaxed_body(body)


@given(VALUES)
def test_canonical_fields_are_those_of_the_standard(value: bytes) -> None:
    value = value.strip(b"\r\n")
    assert relaxed_field("X-Test", value) == canonical_field(b"X-Test", value + b"\r\n", "relaxed")


TAGS = st.lists(
    st.sampled_from(
        [
            "v=1",
            "a=rsa-sha256",
            "d=example.com",
            "d=ä.example",
            "s=s1",
            "h=From:To",
            "bh=AAAA",
            "b=AAAA",
            "i=@x",
            "l=9",
            "t=5",
            "x=4",
            "x=99999999999999",
            "q=dns/txt",
            "c=relaxed",
            "c=/",
            "h=",
            ";",
            "=",
            "b=%%",
            "\r\n ",
            "z",
        ]
    )
).map("; ".join)


@given(st.text(max_size=200) | TAGS)
def test_any_signature_field_is_read(text: str) -> None:
    found = parse_dkim_signature(text)
    for problem in found.problems:
        assert 0 <= problem.span[0] <= problem.span[1] <= len(text)
    assert isinstance(found.unsigned_text, str)
    assert found.problems or (found.signature and found.body_hash and found.domain and found.selector and found.names)
