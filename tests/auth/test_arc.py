"""ARC chains (RFC 8617), sealed by the signer of the tests and judged through dkimpy."""

import re
from collections.abc import Callable

import pytest

from auth.dkim_world import PLAIN, answers_of
from mailcheck.auth.arc.sets import read_chain
from mailcheck.auth.arc.verify import ArcResult, verify_chain
from mailcheck.auth.dkim.key_answer import KeyAnswer, read_answer
from mailcheck.dns.port import absent, unknown
from mailcheck.mail.message import read_message
from signer import Signer, rsa_key, seal

FIRST = Signer("list.example", "a1")
SECOND = Signer("forwarder.example", "b1", rsa_key(2048, 1))


def judged(raw: bytes, answers: dict[str, KeyAnswer] | None = None) -> ArcResult:
    message = read_message(raw)
    return verify_chain(message, read_chain(message), answers if answers is not None else answers_of(FIRST, SECOND))


def chain(sets: int = 2) -> bytes:
    raw = seal(PLAIN, FIRST, 1, "none")
    return seal(raw, SECOND, 2, "pass") if sets > 1 else raw


def test_no_arc() -> None:
    assert judged(PLAIN).result == "none"


@pytest.mark.parametrize("sets", [1, 2])
def test_a_chain_that_holds(sets: int) -> None:
    result = judged(chain(sets))
    assert result.result == "pass", result.reason
    assert [each.number for each in result.instances] == list(range(1, sets + 1))
    assert all(each.signature_valid and each.seal_valid for each in result.instances)
    assert result.oldest_pass == 0


def test_line_ends_and_blanks_do_not_matter() -> None:
    assert judged(chain().replace(b"\r\n", b"\n")).result == "pass"
    assert judged(chain().replace(b"fine.", b"fine.  ")).result == "pass"


def test_a_message_changed_between_the_sealers() -> None:
    """7.2: the oldest instance whose message signature still verifies is the second."""
    raw = seal(seal(PLAIN, FIRST, 1, "none") + b"footer\r\n", SECOND, 2, "pass")
    result = judged(raw)
    assert result.result == "pass"
    assert [each.signature_valid for each in result.instances] == [False, True]
    assert result.oldest_pass == 2


FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "changed body": lambda raw: raw + b"more\r\n",
    "changed field": lambda raw: raw.replace(b"Subject: Hello", b"Subject: Bye"),
    "changed results": lambda raw: raw.replace(b"mx.example.net; none", b"mx.example.net; spf=pass", 1),
    "changed seal": lambda raw: re.sub(rb"(ARC-Seal: i=2.*b=)(.)", rb"\1A\2", raw),
    "a gap": lambda raw: re.sub(rb"ARC-[A-Za-z-]+: i=1;.*\r\n", b"", raw),
    "a field missing": lambda raw: re.sub(rb"ARC-Authentication-Results: i=2;.*\r\n", b"", raw),
    "a field twice": lambda raw: re.sub(rb"(ARC-Seal: i=2;.*\r\n)", rb"\1\1", raw),
    "no instance": lambda raw: raw.replace(b"ARC-Seal: i=2;", b"ARC-Seal:", 1),
    "instance 0": lambda raw: raw.replace(b": i=1;", b": i=0;"),
    "instance of many digits": lambda raw: raw.replace(b": i=2;", b": i=" + b"2" * 5000 + b";"),
    "a tag twice": lambda raw: raw.replace(b"cv=pass", b"cv=pass; cv=pass"),
    "no cv": lambda raw: raw.replace(b"cv=pass; ", b""),
    "cv=none at the second": lambda raw: raw.replace(b"cv=pass", b"cv=none"),
    "cv=pass at the first": lambda raw: raw.replace(b"cv=none", b"cv=pass"),
    "cv= of no word": lambda raw: raw.replace(b"cv=pass", b"cv=good"),
    "the sets exchanged": lambda raw: (
        raw.replace(b": i=1;", b": i=9;").replace(b": i=2;", b": i=1;").replace(b": i=9;", b": i=2;")
    ),
    "a seal without b=": lambda raw: re.sub(rb"(ARC-Seal: i=1;.*?)b=[^;\r]*", rb"\1", raw),
    "a message signature without h=": lambda raw: re.sub(rb"(ARC-Message-Signature: i=2;.*?) h=[^;]*;", rb"\1", raw),
    "cv=fail": lambda raw: raw.replace(b"cv=pass", b"cv=fail"),
    "h= in the seal": lambda raw: raw.replace(b"cv=pass", b"cv=pass; h=From"),
    "sha1": lambda raw: raw.replace(b"a=rsa-sha256", b"a=rsa-sha1"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_chain_that_does_not_hold(name: str) -> None:
    raw = FAULTS[name](chain())
    assert raw != chain()
    result = judged(raw)
    assert result.result == "fail", result.reason
    assert result.reason


def test_a_sealed_failure_says_so() -> None:
    raw = seal(seal(PLAIN, FIRST, 1, "none") + b"x", SECOND, 2, "fail")
    result = judged(raw)
    assert result.result == "fail"
    assert "forwarder.example" in result.reason


def test_a_fault_of_the_dns_is_no_failure() -> None:
    answers = answers_of(FIRST, SECOND)
    owner = "a1._domainkey.list.example"
    answers[owner] = read_answer(owner, unknown(owner, "TXT", "timeout"))
    assert judged(chain(), answers).result == "unknown"
    answers[owner] = read_answer(owner, absent(owner, "TXT", "nxdomain"))
    result = judged(chain(), answers)
    assert result.result == "fail"
    assert owner in result.reason


def test_more_than_fifty_sets() -> None:
    raw = b"".join(
        b"ARC-Seal: i=%d; cv=none; a=rsa-sha256; d=x.example; s=s; b=AA\r\n" % each for each in range(1, 200)
    )
    assert read_chain(read_message(raw + PLAIN)).fault == "more than 50 ARC sets"
