"""Addresses as text: what is one, what is not and why, held against email-validator."""

import json
from pathlib import Path

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

import mailcheck
from mailcheck.model.errors import UsageError
from mailcheck.recipients.address import MAX_TEXT, PLAIN, read_address
from mailcheck.recipients.domain_name import read_domain
from mailcheck.recipients.keys import digest, key_of, masked
from mailcheck.recipients.row import judge_row, view_of
from mailcheck.recipients.typos import guess, osa

PIECES = st.sampled_from(
    ["a", "B", "9", ".", "..", "-", "--", "@", "+", '"', " ", "\\", ",", ";", "<", ">", "[", "]", "xn--", "com",
     "é", "e\u0301", "\u200b", "\u200c", "\ufeff", "\u00a0", "\x00", "\n", "\ud800", "ｅ", "。", "раy", "IPv6:::1",
     "127.0.0.1", "gmail.com",
     "mailto:", "?", "_", "'", "😀", "\u0378", "ß", "م", "١", "c" * 40, "example", "test", "n/a"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=12).map("".join))
LOCALS = st.text("abcXYZ019.!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=70)
LABELS = st.text("abcXYZ019-", min_size=1, max_size=65)
PLAIN_TEXTS = st.builds(
    lambda local, labels, top: f"{local}@{'.'.join([*labels, top])}",
    LOCALS,
    st.lists(LABELS, min_size=1, max_size=5),
    st.sampled_from(["com", "de", "COM", "xn--p1ai", "c", "9", "con"]),
)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_never_raises_and_offers_only_addresses(text: str) -> None:
    address = read_address(text)
    row = judge_row(address, view_of(address.host))
    assert row.verdict in {"ok", "risky", "bad"}
    assert (address.normalized is not None) or row.verdict == "bad"
    for offered in filter(None, (address.normalized, address.repaired)):
        again = read_address(offered)
        assert again.normalized == offered
        assert not any(ord(c) < 0x20 or ord(c) == 0x7F for c in offered)


@settings(max_examples=400, deadline=None)
@given(st.one_of(TEXTS, PLAIN_TEXTS))
def test_what_is_accepted_email_validator_accepts(text: str) -> None:
    """But for joiners, reserved and one-label names, which have reasons of their own (decision 0008)."""
    address = read_address(text)
    if address.normalized is None or address.domain is None:
        return
    own = {"domain-reserved", "domain-no-dot", "domain-literal"} & {each.name for each in address.reasons}
    if own or set("\u200c\u200d") & set(address.domain.unicode):
        return
    found = validate_email(address.normalized, check_deliverability=False, allow_quoted_local=True)
    assert found.ascii_domain == address.domain.ascii
    assert found.local_part == address.local or address.local.startswith('"')


@settings(max_examples=400, deadline=None)
@given(PLAIN_TEXTS)
def test_the_short_way_is_a_subset_of_email_validator(text: str) -> None:
    if not PLAIN.fullmatch(text) or len(text) > 254 or read_address(text).reasons:
        return
    found = validate_email(text, check_deliverability=False, strict=True)
    assert found.normalized == read_address(text).normalized


@settings(max_examples=300, deadline=None)
@given(PLAIN_TEXTS)
def test_what_email_validator_refuses_is_bad(text: str) -> None:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        assert judge_row(read_address(text)).verdict == "bad"


CASES = json.loads((Path(__file__).parents[2] / "fixtures" / "recipients" / "addresses.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case["text"])[:40])
def test_edges(case: dict) -> None:
    address = read_address(case["text"])
    assert address.normalized == case["normalized"]
    assert [each.name for each in address.reasons] == case["reasons"]
    assert address.repaired == case.get("repaired")


def test_long_texts_are_cut() -> None:
    for text in (
        "a" * 1_000_000,
        "a@" * 500_000,
        '"' * 1_000_000 + "@b.com",
        "a@" + "xn--" * 10_000,
        "<" * 5_000 + ">",
    ):
        address = read_address(text)
        assert address.normalized is None
        assert len(address.written) <= MAX_TEXT


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_domain_is_read(text: str) -> None:
    domain = read_domain(text)
    assert domain.ascii.isascii()
    assert domain.ascii or domain.reasons


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("anna@gmail.com", "An.Na+x@googlemail.com", True),
        ("anna@outlook.com", "an.na@outlook.com", False),
        ("anna+x@outlook.com", "anna@outlook.com", True),
        ("an-na@proton.me", "anna@pm.me", True),
        ("an.na@ya.ru", "an-na@yandex.ru", True),
        ("anna@me.com", "anna@icloud.com", True),
        ("anna+x@shop.com", "anna@shop.com", False),
        ("Anna@shop.com", "anna@SHOP.com", True),
        ("+x@gmail.com", "+y@gmail.com", False),
    ],
)
def test_keys(one: str, other: str, same: bool) -> None:
    assert (key_of(read_address(one)) == key_of(read_address(other))) is same


def test_masks_and_digests() -> None:
    assert masked("anna.doe@shop.com") == "a…@shop.com"
    assert "doe" not in masked("anna doe")
    assert "doe" not in masked("a@shop.com, doe.anna") + masked("a@shop.com doe") + masked("<a@shop.com>doe")
    assert masked(" ") == "empty"
    assert digest("Anna@shop.com") == digest("anna@shop.com")


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_osa_is_what_its_definition_says(one: str, other: str) -> None:
    def plain(a: str, b: str) -> int:
        if not a or not b:
            return len(a) + len(b)
        found = min(plain(a[:-1], b) + 1, plain(a, b[:-1]) + 1, plain(a[:-1], b[:-1]) + (a[-1] != b[-1]))
        if len(a) > 1 and len(b) > 1 and a[-1] == b[-2] and a[-2] == b[-1]:
            found = min(found, plain(a[:-2], b[:-2]) + 1)
        return found

    if len(one) + len(other) <= 8:
        assert osa(one, other, 9) == plain(one, other)


@pytest.mark.parametrize(
    "domain", ["mail.com", "email.com", "yahoo.co.uk", "pm.me", "startup.io", "company.co", "hey.com"]
)
def test_real_domains_are_not_mistyped(domain: str) -> None:
    assert guess(domain) is None
    assert guess(domain, deliverable=False) is None


def test_the_dns_decides_how_likely() -> None:
    gone, there, unasked = (guess("hotmial.com", deliverable=each) for each in (False, True, None))
    assert gone.confidence > unasked.confidence > there.confidence
    assert guess("hotmial.com", deliverable=True, ratio=1000).confidence > there.confidence


def test_the_function() -> None:
    world = mailcheck.StaticResolver({"shop.com": "SERVFAIL", "new.newtld": {"MX": ["10 a.new.newtld."]},
                                      "a.new.newtld": {"A": ["192.0.2.1"]}})  # fmt: skip
    found = mailcheck.check_address("a@new.newtld", resolver=world)
    assert (found.verdict, found.reasons) == ("ok", ()), "a domain that takes mail exists"
    assert mailcheck.check_address("info@shop.com", offline=True, ignore=["role-account"]).verdict == "ok"
    assert mailcheck.check_address("no", resolver=world).normalized is None
    with pytest.raises(UsageError):
        mailcheck.check_address(b"a@b.com")  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        mailcheck.check_address("a@b.com", ignore=["rolle"])
