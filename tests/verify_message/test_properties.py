"""Anything at all is verified without a fault of ours; what a search finds is true, and stands in the message."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auth.dkim_world import MULTIPART, PLAIN
from mailcheck.mail.message import read_message
from mailcheck.verify_message.envelope import envelope_of, hops_of
from mailcheck.verify_message.received import read_date
from mailcheck.verify_message.saved import not_a_message, signs_of
from signer import Signer
from verify_message.scenario import Scenario

PIECES = st.sampled_from(
    [
        b"From: Alice <alice@example.com>\r\n",
        b"From: a@b.example, c@d.example\n",
        b"From : x@y.example\r\n",
        b"Received: from a.example (b.example [192.0.2.1]) by mx.google.com; Mon, 23 Nov 2026 10:00:00 +0000\r\n",
        b"Return-Path: <>\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s1; h=from; bh=AAAA; b=AAAA\r\n",
        b"ARC-Seal: i=1; cv=none; a=rsa-sha256; d=example.com; s=s1; b=AAAA\r\n",
        b"Authentication-Results: x; dkim=pass (a\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"--b\r\n",
        b"\r\n",
        b" folded\r\n",
        b"\xff\0\r",
        b"</body>",
    ]
)
FILES = st.binary(max_size=200) | st.lists(PIECES, max_size=20).map(b"".join)
SIGNER = Signer()
SIGNED = st.sampled_from(
    [SIGNER.sign(PLAIN), SIGNER.sign(MULTIPART), Signer(header="simple", body="simple").sign(MULTIPART)]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(FILES)
def test_any_octets_are_verified(raw: bytes) -> None:
    report = Scenario(file=raw).report()
    assert "RUN001" not in {finding.code for finding in report.findings}
    assert report.findings or report.passed or report.unknown


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(SIGNED, st.data())
def test_what_a_search_finds_stands_in_the_message(signed: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(signed)))
    end = data.draw(st.integers(start, min(len(signed), start + 60)))
    piece = data.draw(st.sampled_from([b"", b"x", b"\r\n", b"[list] ", b"  ", b"footer\r\n", b"From: x@y.example\r\n"]))
    raw = signed[:start] + piece + signed[end:]
    found = Scenario(file=raw)
    report = found.report()
    assert "RUN001" not in {finding.code for finding in report.findings}
    for diagnosis in found.view().diagnoses.values():
        for cause in diagnosis.causes:
            assert cause.detail
            if cause.start is not None and cause.end is not None:
                assert 0 <= cause.start <= cause.end <= len(raw)


@given(st.binary(max_size=300))
def test_envelopes_are_read(octets: bytes) -> None:
    message = read_message(
        b"Received: " + octets.replace(b"\n", b"") + b"\r\nReturn-Path: " + octets[:80] + b"\r\n\r\n"
    )
    envelope = envelope_of(message, hops_of(message))
    assert envelope.source in {"none", "assumed"}
    not_a_message(octets)
    for sign in signs_of(read_message(octets)):
        assert 0 <= sign.start <= sign.end <= len(octets)


@given(st.text(max_size=60))
def test_dates_are_read(text: str) -> None:
    assert read_date(text) is None or isinstance(read_date(text), int)
