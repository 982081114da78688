"""DKIM key records (RFC 6376 3.6.1, RFC 8301, RFC 8463), from fixtures/records/dkim.toml, and the key in its octets."""

import base64
import hashlib
from typing import Any

import pytest

from mailcheck.records.der import DerError, items, one, unsigned
from mailcheck.records.dkim_key import DkimKey, looks_like_key, parse_dkim_key
from records.keys import der, filled, integer, octets, pkcs1, private, spki, texts
from records.tables import cases, expected
from records.tables import octets as as_octets


def published(key: bytes, k: str = "rsa") -> DkimKey:
    return parse_dkim_key(f"v=DKIM1; k={k}; p={base64.b64encode(key).decode()}")


@pytest.mark.parametrize("case", cases("dkim"))
def test_key_and_problems(case: dict[str, Any]) -> None:
    text = filled(case["record"])
    record = parse_dkim_key(as_octets(text))
    p = record.tags.value("p")
    covers = {"p": p, "all": text}
    wanted = [
        (kind, covers.get(covered, filled(covered)), better and filled(better))
        for kind, covered, better in expected(case)
    ]
    found = [(each.kind, text[slice(*each.span)], each.suggestion) for each in record.problems]
    key = f"{record.key.algorithm} {record.key.bits}" if record.key else "revoked" if record.revoked else "none"
    assert (key, found) == (case["key"], wanted)
    assert record.hashes == (tuple(case["hashes"]) if "hashes" in case else None)
    assert record.services == tuple(case.get("services", ["*"]))
    assert record.flags == tuple(case.get("flags", []))
    assert record.of("key") == tuple(each for each in record.problems if each.kind == "key")


@pytest.mark.parametrize("name", ["rsa2048", "rsa2048_pkcs1", "rsa512", "rsa512_pkcs1"])
def test_a_key_cut_at_any_octet_is_never_a_key(name: str) -> None:
    whole = octets()[name]
    for length in range(1, len(whole)):
        record = published(whole[:length])
        assert record.key is None
        assert [problem.kind for problem in record.problems] == ["key"], length


def test_an_ed25519_key_cut_at_any_octet_is_told_its_length() -> None:
    whole = octets()["ed25519_spki"]
    for length in (each for each in range(1, len(whole)) if each != 32):
        (problem,) = published(whole[:length], "ed25519").problems
        assert problem.kind == "form"
        assert f"this has {length}" in problem.message


@pytest.mark.parametrize("name", ["rsa2048", "rsa2048_pkcs1"])
def test_digest_and_exponent_are_those_of_the_numbers(name: str) -> None:
    numbers = private(2048).public_key().public_numbers()
    key = published(octets()[name]).key
    assert (key.exponent, key.wrapped) == (numbers.e, False)
    assert key.digest == hashlib.sha256(numbers.n.to_bytes(256, "big")).hexdigest()


def test_both_forms_of_one_ed25519_key_have_one_digest() -> None:
    bare, wrapped = published(octets()["ed25519"], "ed25519").key, published(octets()["ed25519_spki"], "ed25519").key
    assert bare.digest == wrapped.digest == hashlib.sha256(octets()["ed25519"]).hexdigest()
    assert (bare.wrapped, wrapped.wrapped) == (False, True)


def test_lengths_in_more_octets_than_needed_are_read() -> None:
    inner = integer((1 << 1023) | 1) + integer(65537)
    long = b"\x30\x84" + len(inner).to_bytes(4, "big") + inner
    assert published(long).key.bits == 1024
    assert published(spki(long)).key.bits == 1024


@pytest.mark.parametrize(
    "data",
    [
        b"\x30",
        b"\x30\x80\x00\x00",
        b"\x30\x85\x00\x00\x00\x00\x00",
        b"\x30\x82\x01",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x01",
        b"\x02\x01\x01",
        b"",
        pkcs1(3, 3) + b"\0",
        pkcs1(3, 3) + pkcs1(3, 3),
    ],
)
def test_what_is_not_one_sequence_is_an_error(data: bytes) -> None:
    with pytest.raises(DerError):
        one(data, 0x30)


@pytest.mark.parametrize("body", [b"", b"\x80", b"\xff\xff"])
def test_a_number_that_is_not_positive_is_an_error(body: bytes) -> None:
    (item,) = items(der(0x02, body))
    with pytest.raises(DerError):
        unsigned(item)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("v=DKIM1; k=rsa; p=x", True),
        ("p=", True),
        (" p = x", True),
        ("k=rsa;p=x", True),
        ('"p=x', True),
        ("v=dkim1", True),
        ("", False),
        ("v=spf1 ip4:192.0.2.1 -all", False),
        ("xp=1", False),
        ("mailp =", False),
    ],
)
def test_what_means_to_be_a_key(text: str, means: bool) -> None:
    assert looks_like_key(text) is means


def test_every_named_key_is_used_by_a_case() -> None:
    used = "".join(case.values[0]["record"] for case in cases("dkim"))
    assert [name for name in texts() if f"{{{name}}}" not in used] == []
