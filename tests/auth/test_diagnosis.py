"""Edits that mail meets on its way are found again, named, and shown where they are."""

import base64
import quopri
import re
from collections.abc import Callable

import pytest

from auth.dkim_world import MULTIPART, PLAIN, answers_of
from mailcheck.auth.diagnosis.body import search_body
from mailcheck.auth.diagnosis.cause import Budget, Cause
from mailcheck.auth.diagnosis.header import search_header
from mailcheck.auth.diagnosis.signed_digest import SignedDigest
from mailcheck.auth.dkim.verify import Verifier
from mailcheck.mail.message import crlf, read_message
from signer import Signer, ed25519_key, rsa_key

FOOTER = b"_______________________________________________\r\nlist mailing list\r\nlist@example.org\r\n"
Edit = Callable[[bytes], bytes]


def find(signed: bytes, edit: Edit, signer: Signer) -> tuple[Cause | None, Cause | None, bytes]:
    """What is found in the body and in the header of an edited message, and that message."""
    raw = edit(signed)
    assert raw != signed, "the edit changed nothing"
    verifier = Verifier(read_message(raw))
    result = verifier.verify(answers_of(signer), 0)[0]
    assert result.result == "fail"
    body = None if result.body_matches else search_body(verifier, result.signature, Budget())
    header = None
    if not result.header_matches:
        assert result.key is not None
        assert result.key.key is not None
        digest = SignedDigest(result.key.key, result.signature.signature or b"")
        header = search_header(verifier, result, digest, Budget())
    return body, header, raw


def replaced(old: bytes, new: bytes) -> Edit:
    return lambda raw: raw.replace(old, new)


def body_of(change: Edit) -> Edit:
    def edit(raw: bytes) -> bytes:
        head, gap, body = raw.partition(b"\r\n\r\n")
        return head + gap + change(body)

    return edit


def packed(octets: bytes) -> bytes:
    return base64.encodebytes(octets).replace(b"\n", b"\r\n")


def packed_again(footer: bytes) -> Edit:
    return body_of(lambda body: packed(base64.b64decode(body) + footer))


HEAD, _, TEXT = PLAIN.partition(b"\r\n\r\n")
PACKED = HEAD.replace(b"8bit", b"base64") + b"\r\n\r\n" + packed(TEXT)
QUOTED = (
    HEAD.replace(b"8bit", b"quoted-printable") + b"\r\n\r\n" + crlf(quopri.encodestring(TEXT.replace(b"\r\n", b"\n")))
)
BODY: dict[str, tuple[bytes, Edit, str]] = {
    "footer at the end": (PLAIN, lambda raw: raw + FOOTER, "footer"),
    "footer behind an empty line": (PLAIN, lambda raw: raw + b"\r\n" + FOOTER, "footer"),
    "footer in the first part": (MULTIPART, replaced(b"in words\r\n", b"in words\r\n" + FOOTER), "footer"),
    "footer before </body>": (MULTIPART, replaced(b"</body>", b"<hr>\r\n<p>Confidential</p>\r\n</body>"), "footer"),
    "footer in both parts": (
        MULTIPART,
        lambda raw: raw.replace(b"in words\r\n", b"in words\r\n" + FOOTER).replace(b"</body>", b"<hr>F\r\n</body>"),
        "footer",
    ),
    "banner on top": (PLAIN, body_of(lambda body: b"CAUTION: this came from outside\r\n\r\n" + body), "banner"),
    "blank line on top": (PLAIN, body_of(lambda body: b"\r\n" + body), "blank-lines"),
    "mbox quoting": (PLAIN, replaced(b"\r\nFrom here", b"\r\n>From here"), "mbox-quoting"),
    "signature separator": (PLAIN, replaced(b"\r\n-- \r\n", b"\r\n--\r\n"), "blanks"),
    "a part was added": (
        MULTIPART,
        replaced(b"\r\n--outer--", b"\r\n--outer\r\nContent-Type: text/plain\r\n\r\nlist footer\r\n--outer--"),
        "part",
    ),
    "wrapped in a multipart": (
        PLAIN,
        lambda raw: raw.partition(b"\r\n\r\n")[0].replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=w")
        + b"\r\n\r\n--w\r\nContent-Type: text/plain\r\n\r\n" + raw.partition(b"\r\n\r\n")[2]
        + b"\r\n--w\r\nContent-Type: text/plain\r\n\r\nfooter\r\n--w--\r\n",
        "wrapped",
    ),
    "encoded as base64": (
        PLAIN,
        lambda raw: raw.partition(b"\r\n\r\n")[0].replace(b"8bit", b"base64")
        + b"\r\n\r\n" + base64.encodebytes(raw.partition(b"\r\n\r\n")[2]).replace(b"\n", b"\r\n"),
        "encoding",
    ),
    "encoded as quoted-printable": (
        PLAIN,
        lambda raw: raw.partition(b"\r\n\r\n")[0].replace(b"8bit", b"quoted-printable")
        + b"\r\n\r\n"
        + quopri.encodestring(raw.partition(b"\r\n\r\n")[2].replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n"),
        "encoding",
    ),
    "another charset": (
        PLAIN,
        lambda raw: raw.replace(b"Gr\xc3\xbc\xc3\x9fe", b"Gr\xfc\xdfe").replace(b"charset=utf-8", b"charset=latin1"),
        "encoding",
    ),
    "saved in another charset": (PLAIN, replaced("Grüße".encode(), "Grüße".encode("latin-1")), "encoding"),
    "saved twice as UTF-8": (
        PLAIN,
        replaced("Grüße".encode(), "Grüße".encode().decode("latin-1").encode()),
        "encoding",
    ),
    "footer inside base64": (PACKED, packed_again(b"--\n Unsubscribe\n"), "footer"),
    "footer inside base64 with CRLF": (PACKED, packed_again(b"\r\n--\r\n Unsubscribe\r\n"), "footer"),
    "footer inside quoted-printable": (
        QUOTED,
        body_of(lambda body: crlf(quopri.encodestring(quopri.decodestring(body) + b"caf\xc3\xa9 list\n"))),
        "footer",
    ),
    "a preamble": (MULTIPART, body_of(lambda body: b"This is a multi-part message.\r\n" + body), "banner"),
    "quotes in a part's field": (
        MULTIPART,
        lambda raw: raw.replace(b"text/html; charset=utf-8", b'text/html; charset="utf-8"'),
        "parameter",
    ),
    "an empty line is gone": (PLAIN, body_of(replaced(b"\r\n\r\n", b"\r\n")), "blank-lines"),
    "an empty line in between": (PLAIN, replaced(b"fine.\r\n", b"fine.\r\n\r\n"), "blank-lines"),
    "an empty body": (PLAIN.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", lambda raw: raw + b"spam\r\n", "emptied"),
}  # fmt: skip


INVISIBLE = {("signature separator", "relaxed")}
"""Edits that a form does not see, so that the signature still fits."""


@pytest.mark.parametrize(
    ("name", "form"), [(name, form) for name in BODY for form in ("relaxed", "simple") if (name, form) not in INVISIBLE]
)
def test_edit_of_the_body_is_found(name: str, form: str) -> None:
    message, edit, kind = BODY[name]
    signer = Signer(body=form, names=("From", "Subject"))
    cause, header, raw = find(signer.sign(message), edit, signer)
    assert header is None
    assert cause is not None, "nothing was found"
    assert cause.kind == kind
    if cause.start is not None and cause.end is not None:
        assert 0 <= cause.start <= cause.end <= len(raw)


def test_the_place_of_a_footer_is_the_footer() -> None:
    signer = Signer()
    cause, _, raw = find(signer.sign(PLAIN), lambda raw: raw + FOOTER, signer)
    assert cause is not None
    assert raw[cause.start : cause.end] == FOOTER
    # The same in a file with LF line ends.
    cause, _, raw = find(signer.sign(PLAIN), lambda raw: (raw + FOOTER).replace(b"\r\n", b"\n"), signer)
    assert cause is not None
    assert raw[cause.start : cause.end] == FOOTER.replace(b"\r\n", b"\n")


HEADER: dict[str, tuple[Edit, str]] = {
    "list tag": (replaced(b"Subject: Hello", b"Subject: [list] Hello"), "subject-tag"),
    "external": (replaced(b"Subject: Hello", b"Subject: EXTERNAL: Hello"), "subject-tag"),
    "From rewritten, kept in Reply-To": (
        replaced(
            b"From: Alice <alice@example.com>",
            b'Reply-To: Alice <alice@example.com>\r\nFrom: "Alice via List" <list@example.org>',
        ),
        "rewritten",
    ),
    "From rewritten, the address kept in Cc": (
        replaced(
            b"From: Alice <alice@example.com>", b'Cc: alice@example.com\r\nFrom: "Alice via List" <list@example.org>'
        ),
        "rewritten",
    ),
    "via and quotes": (replaced(b"From: Alice <", b'From: "Alice via List" <'), "rewritten"),
    "time zone": (replaced(b"10:00:00 +0000", b"10:00:00 GMT"), "rewritten"),
    "quotes around the name": (replaced(b"From: Alice <", b'From: "Alice" <'), "quotes"),
    "MIME-Version gone": (replaced(b"MIME-Version: 1.0\r\n", b""), "removed"),
    "transfer encoding": (
        replaced(b"Content-Transfer-Encoding: 8bit", b"Content-Transfer-Encoding: base64"),
        "encoding",
    ),
    "quotes around the charset": (replaced(b"charset=utf-8", b'charset="utf-8"'), "parameter"),
    "two changes": (
        lambda raw: raw.replace(b"Subject: Hello", b"Subject: [list] Hello").replace(
            b"From: Alice <", b'From: "Alice" <'
        ),
        "quotes",
    ),
}


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("form", ["relaxed", "simple"])
@pytest.mark.parametrize("name", HEADER)
def test_change_of_the_header_is_found(name: str, form: str, number: int) -> None:
    edit, kind = HEADER[name]
    signer = Signer(header=form, key=[rsa_key(), ed25519_key()][number])
    body, cause, raw = find(signer.sign(PLAIN), edit, signer)
    assert body is None
    assert cause is not None, "nothing was found"
    assert cause.kind == kind
    if cause.start is not None and cause.end is not None:
        assert 0 <= cause.start < cause.end <= len(raw)


def test_folding_matters_to_the_simple_form() -> None:
    signer = Signer(header="simple")
    _, cause, _ = find(signer.sign(PLAIN), replaced(b"Subject: Hello world", b"Subject: Hello\r\n world"), signer)
    assert cause is not None
    assert cause.kind == "refolded"


def test_the_folds_of_the_signature_matter_to_the_simple_form() -> None:
    signer = Signer(header="simple")
    _, cause, _ = find(signer.sign(PLAIN), replaced(b"; h=", b";\r\n\th="), signer)
    assert cause is not None
    assert (cause.kind, cause.detail) == ("refolded", "DKIM-Signature itself was folded anew")


def test_folds_that_are_gone_cannot_be_guessed() -> None:
    signer = Signer(header="simple")
    _, cause, _ = find(signer.sign(PLAIN), lambda raw: re.sub(rb"\r\n[ \t]+", b"", raw), signer)
    assert cause is None


def test_a_field_that_was_over_signed_and_came_later() -> None:
    signer = Signer(names=("From", "From", "To", "To", "Subject"))
    _, cause, raw = find(signer.sign(PLAIN), lambda raw: b"To: other@example.net\r\n" + raw, signer)
    assert cause is not None
    assert cause.kind == "added"
    assert b"To:" in raw[cause.start : cause.end]


def test_a_field_doubled_below_the_signed_one() -> None:
    signer = Signer(names=("From", "Subject"))
    edit = replaced(b"Subject: Hello world\r\n", b"Subject: Hello world\r\nSubject: Buy now\r\n")
    _, cause, _ = find(signer.sign(PLAIN), edit, signer)
    assert cause is not None
    assert cause.kind == "duplicated"


def test_a_lists_edits_of_body_and_header_are_both_found() -> None:
    signer = Signer()
    edit: Edit = lambda raw: raw.replace(b"Subject: Hello", b"Subject: [list] Hello") + FOOTER  # noqa: E731
    body, header, _ = find(signer.sign(PLAIN), edit, signer)
    assert body is not None
    assert header is not None
    assert (body.kind, header.kind) == ("footer", "subject-tag")


def test_the_wrong_form_is_named() -> None:
    lying = Signer(header="simple", body="simple", tags={"c": "relaxed/relaxed"})
    message = PLAIN.replace(b"Subject: Hello", b"Subject:  Hello").replace(b"fine", b"fine  day")
    verifier = Verifier(read_message(lying.sign(message)))
    result = verifier.verify(answers_of(lying), 0)[0]
    cause = search_body(verifier, result.signature, Budget())
    assert cause is not None
    assert cause.kind == "canonicalization"
    assert result.key is not None
    assert result.key.key is not None
    digest = SignedDigest(result.key.key, result.signature.signature or b"")
    header = search_header(verifier, result, digest, Budget())
    assert header is not None
    assert header.kind == "canonicalization"


def test_another_key_is_told_from_a_changed_header() -> None:
    signer = Signer()
    verifier = Verifier(read_message(signer.sign(PLAIN)))
    other = Signer(key=rsa_key(2048, 1))
    result = verifier.verify(answers_of(other), 0)[0]
    assert (result.result, result.reason) == ("fail", "signature")
    assert result.key is not None
    assert result.key.key is not None
    assert SignedDigest(result.key.key, result.signature.signature or b"").key_fits is False


def test_nothing_is_invented() -> None:
    signer = Signer()
    cause, header, _ = find(signer.sign(PLAIN), lambda raw: re.sub(b"fine", b"bad", raw), signer)
    assert cause is None
    assert header is None


def test_the_search_ends_with_its_budget() -> None:
    signer = Signer()
    verifier = Verifier(read_message(signer.sign(PLAIN).replace(b"fine", b"bad")))
    budget = Budget(octets=2000)
    assert search_body(verifier, verifier.signatures[0][1], budget) is None
    assert budget.spent
