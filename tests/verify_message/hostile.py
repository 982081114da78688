"""Messages and answers made to hurt: each is a whole file, and where it matters an answer at the selector."""

import base64
import os
from collections.abc import Iterator

from records.keys import texts
from signer import Signer, rsa_key
from verify_message.scenario import CLEAN

HEAD, _, BODY = CLEAN.partition(b"\r\n\r\n")
SIGNATURE = (
    b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s1; h=from; "
    b"bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n"
)


BROKEN_TAGS = (
    (b"bh=47", b"bh=%%"),
    (b"b=AAAA", b"b=A"),
    (b"b=AAAA", b"b=" + b"A" * 60_000),
    (b"v=1", b"v=1;" * 500),
    (b"d=example.com", b"d=a..b"),
    (b"d=example.com", b"d=" + b"a" * 300),
    (b"s=s1", b"s=s1\0"),
    (b"d=example.com", b"i=legit.test; d=example.com"),
    (b"h=from", b"h=" + b"from:" * 10_000),
    (b"h=from", b"h=" + b":".join(b"x%d" % each for each in range(5000))),
    (b"a=rsa-sha256", b"a=ed25519-sha256"),
    (b"s=s1", b"s=."),
    (b"c=relaxed/relaxed", b"c=" + b"x/" * 999),
)
"""Changes to SIGNATURE, each of which once brought a verifier down."""


def nested(depth: int) -> bytes:
    """Multiparts inside one another."""
    found = [HEAD.replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=b0"), b"\r\n\r\n"]
    for number in range(depth):
        kind = f"multipart/mixed; boundary=b{number + 1}"
        found.append(f"--b{number}\r\nContent-Type: {kind}\r\n\r\n".encode())
    return b"".join(found) + b"end\r\n"


def signed(body: bytes, form: str = "relaxed") -> bytes:
    """The clean header with another body, signed and then broken, so that causes are searched."""
    raw = Signer(body=form).sign(HEAD + b"\r\n\r\n" + body)
    middle = len(raw) - len(body) // 2
    return raw[:middle] + b"XYZ" + raw[middle:]


def files() -> Iterator[tuple[str, bytes]]:
    """Name and octets."""
    yield "empty", b""
    yield "one octet", b"x"
    yield "blanks", b" \r\n \r\n"
    yield "headers only", HEAD + b"\r\n"
    yield "header without end", HEAD
    yield "binary", bytes(range(256)) * 4000
    yield "random", os.urandom(300_000)
    yield "zeros", b"\0" * 1_000_000
    yield "25 MiB", HEAD + b"\r\n\r\n" + b"0123456789abcdef\r\n" * (25 * 1024 * 1024 // 18 - 100)
    yield "26 MiB", HEAD + b"\r\n\r\n" + b"0123456789abcdef\r\n" * (26 * 1024 * 1024 // 18)
    yield "25 MiB of line ends", SIGNATURE + HEAD + b"\r\n\r\n" + b"\r\n" * (12 * 1024 * 1024)
    yield "25 MiB of blanks", SIGNATURE + HEAD + b"\r\n\r\n" + b" " * (24 * 1024 * 1024)
    yield "25 MiB of LF", SIGNATURE + HEAD + b"\n\n" + b"\n" * (24 * 1024 * 1024)
    yield "25 MiB of CR", SIGNATURE + HEAD + b"\r\n\r\n" + b"\r" * (24 * 1024 * 1024)
    yield "25 MiB in one line", SIGNATURE + HEAD + b"\r\n\r\n" + b"x" * (24 * 1024 * 1024)
    yield "100,000 fields", b"".join(b"X-%d: y\r\n" % number for number in range(100_000)) + CLEAN
    yield "100,000 From fields", b"From: a@b.example\r\n" * 100_000 + b"\r\n"
    yield "2,000 signatures", SIGNATURE * 1000 + CLEAN
    yield "a field of 1 MB", b"X: " + b"y" * 1_000_000 + b"\r\n" + CLEAN
    yield "a field of 100,000 folds", b"X: y" + b"\r\n y" * 20_000 + b"\r\n" + SIGNATURE + CLEAN
    yield "a header without a line end", b"X" * 1_000_000
    yield "NUL in From", CLEAN.replace(b"alice@", b"al\0ice@")
    yield "leading continuation", b" folded\r\n" + CLEAN
    yield "no colon", b"what is this\r\n" + CLEAN
    yield "1,000 deep MIME", nested(1000)
    yield "5,000 deep MIME", nested(5000)
    head = HEAD.replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=b")
    yield "200,000 parts", head + b"\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 200_000
    yield "parts of many fields", head + b"\r\n\r\n" + (b"--b\r\n" + b"a:b\r\n" * 500 + b"\r\n") * 2000
    yield "nested in itself", head + b"\r\n\r\n" + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 20_000
    yield "1,000 parameters", CLEAN.replace(b"charset=utf-8", b"; ".join(b"a%d=b" % each for each in range(3000)))
    yield "deep comments", CLEAN.replace(b"From: Alice", b"From: " + b"(" * 30_000)
    yield "many angles", CLEAN.replace(b"From: Alice", b"From: " + b"<" * 30_000)
    yield "many commas", CLEAN.replace(b"From: Alice", b"From: " + b"a@b.example," * 5000)
    yield "many at signs", CLEAN.replace(b"alice@", b"@" * 30_000)
    yield "many quotes", CLEAN.replace(b"From: Alice", b"From: " + b'"' * 30_001)
    yield "long labels", CLEAN.replace(b"alice@example.com", b"a@" + "ä".encode() * 20_000)
    yield "many encoded words", CLEAN.replace(b"Subject: Hello", b"Subject: " + b"=?utf-8?q?x?= " * 4000)
    yield "half encoded words", CLEAN.replace(b"Subject: Hello", b"Subject: " + b"=?a?b?" * 9000)
    for charset in (
        "zip",
        "bz2",
        "hex",
        "rot13",
        "idna",
        "undefined",
        "mbcs",
        "utf-7",
        "../../etc/passwd",
        "x" * 5000,
        "\0",
    ):
        yield f"charset {charset[:12]!r}", CLEAN.replace(b"utf-8", charset.encode())
    yield (
        "bad base64",
        CLEAN.replace(b"MIME-Version", b"Content-Transfer-Encoding: base64\r\nMIME-Version") + b"=a==\xff",
    )
    for tag in ("t", "x", "l"):
        yield f"{tag}= of 5,000 digits", SIGNATURE.replace(b"b=AAAA", f"{tag}={'9' * 5000}; b=AAAA".encode()) + CLEAN
    for old, new in BROKEN_TAGS:
        yield f"signature {new[:20]!r}", SIGNATURE.replace(old, new) + CLEAN
    yield "1 MB of blanks, broken", signed(b"a" + b" " * 1_000_000 + b"b\r\n")
    yield "1 MB of tabs, broken", signed(b"a" + b"\t" * 1_000_000 + b"b\r\n", "simple")
    yield "50,000 lines, broken", signed(b"a line of text\r\n" * 50_000)
    yield "2 MB of short lines, broken", signed(b"a\r\n" * 700_000)
    yield "8 MB, broken", signed(b"a line of text that is a little longer\r\n" * 200_000)
    yield "many Subject tags, broken", Signer().sign(CLEAN).replace(b"Hello", b"[a] " * 10_000)
    received = b"Received: from " + b"(" * 5000 + b"[" * 5000 + b" by " * 3000 + b"; " + b"9" * 5000 + b"\r\n"
    yield "Received", received * 3 + CLEAN
    yield (
        "dates",
        b"Received: from a by mx.google.com; Mon, 99 Foo 99999999999999999999 99:99:99 +9999\r\n" * 50 + CLEAN,
    )
    arc = b"ARC-Seal: i=%d; cv=none; a=rsa-sha256; d=example.com; s=s1; b=AAAA\r\n"
    yield "300 ARC seals", b"".join(arc % each for each in range(300)) + CLEAN
    message = (
        b"ARC-Message-Signature: i=%d; a=rsa-sha256; c=simple/simple; d=example.com; s=s1; h=from; bh=AA; b=AA\r\n"
    )
    full = arc + message + b"ARC-Authentication-Results: i=%d; none\r\n"
    yield "50 ARC sets", b"".join(full % (each, each, each) for each in range(1, 51)) + CLEAN
    yield (
        "ARC without blanks",
        b"ARC-Seal:i=1;cv=none;a=rsa-sha256;d=example.com;s=s1;b=AAAA\r\nARC-Message-Signature:i=1;a=rsa-sha256;d=example.com;s=s1;h=from;bh=AAAA;b=AAAA\r\nARC-Authentication-Results:i=1;none\r\n"
        + CLEAN,
    )
    yield (
        "Authentication-Results",
        b"Authentication-Results: "
        + b"((((" * 10_000
        + b"\r\n"
        + b'Authentication-Results: a; spf=pass "' * 2
        + b"\r\n"
        + CLEAN,
    )


def records() -> Iterator[tuple[str, str]]:
    """Key records for a signature that is valid but for them."""
    yield "65,536 bits", f"v=DKIM1; p={texts()['rsa65536']}"
    yield "8,192 bits", f"v=DKIM1; p={texts()['rsa8192']}"
    yield "even modulus", f"v=DKIM1; p={texts()['rsa2048_even']}"
    yield "zero", f"v=DKIM1; p={texts()['rsa_zero']}"
    yield "exponent 1", f"v=DKIM1; p={texts()['rsa2048_e1']}"
    yield "large exponent", f"v=DKIM1; p={_large_exponent()}"
    yield "Ed25519 under rsa", f"v=DKIM1; k=rsa; p={texts()['ed25519']}"
    yield "RSA under ed25519", f"v=DKIM1; k=ed25519; p={texts()['rsa2048']}"
    yield "cut", f"v=DKIM1; p={texts()['rsa2048_cut']}"
    yield "100,000 tags", "v=DKIM1; " + "a=b;" * 10_000
    yield "padding", "v=DKIM1; p====="
    yield "octets", "v=DKIM1; p=\xff\x00\x01"


def _large_exponent() -> str:
    from records.keys import pkcs1, spki

    modulus = rsa_key().public_key().public_numbers().n
    return base64.b64encode(spki(pkcs1(modulus, (1 << 2000) + 1))).decode()
