"""Names as people type them, and as the DNS holds them."""

import string

import dns.name
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailcheck.dns.names import (
    a_labels,
    domain_argument,
    from_wire_name,
    normal,
    parents,
    reverse_name,
    to_wire_name,
    under,
    valid,
)
from mailcheck.model.errors import UsageError

GOOD = {
    "example.com": "example.com",
    "EXAMPLE.Com": "example.com",
    "example.com.": "example.com",
    "bücher.example": "xn--bcher-kva.example",
    "BÜCHER.example.": "xn--bcher-kva.example",
    "例え。テスト": "xn--r8jz45g.xn--zckzah",
    "xn--bcher-kva.example": "xn--bcher-kva.example",
    "_dmarc.example.com": "_dmarc.example.com",
    "a_b.example": "a_b.example",
    "com": "com",
    "1.2.3": "1.2.3",
    "3com.example": "3com.example",
    f"{'x' * 63}.example": f"{'x' * 63}.example",
}


@pytest.mark.parametrize(("text", "name"), GOOD.items())
def test_a_domain_as_typed(text: str, name: str) -> None:
    assert domain_argument(text) == name


BAD = {
    "": "not empty",
    ".": "not empty",
    "..": "empty label",
    "a..b": "empty label",
    ".example": "empty label",
    "example..": "empty label",
    "user@example.com": "mailcheck example.com",
    "user@": "e-mail address",
    "@": "e-mail address",
    "https://example.com/path": "mailcheck example.com",
    "https://user@example.com/": "is a URL",
    "https://": "is a URL",
    "192.0.2.1": "IP address",
    "2001:db8::1": "IP address",
    "example.com:25": "':' cannot stand",
    "exa mple.com": "' ' cannot stand",
    "example.com\n": "cannot stand",
    "exam\x00ple": "cannot stand",
    "\x1b[31m.example": "cannot stand",
    "-a.example": "hyphen",
    "a-.example": "hyphen",
    "x" * 64 + ".example": "63",
    "a." * 130 + "a": "253",
    "x" * 100_000: "253",
    "ü" * 64 + ".example": "63",
    "ü" * 100_000: "253",
    "\ud800.example": "internationalized",
    "\u202eexample.com": "internationalized",
    "a\u200d.example": "internationalized",
}


@pytest.mark.parametrize(("text", "words"), BAD.items(), ids=lambda text: repr(text)[:30])
def test_what_is_no_domain_is_a_usage_error_that_says_why(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        domain_argument(text)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 500


@given(st.one_of(st.text(max_size=80), st.text(alphabet=string.ascii_letters + ".-_@:/ 1", max_size=300)))
@example("https://[/")
@example("user@a..b")
@example("\u1e9e.example")
def test_any_argument_is_a_name_that_can_be_asked_or_a_usage_error(text: str) -> None:
    try:
        name = domain_argument(text)
    except UsageError:
        return
    assert valid(name)
    assert name.isascii()
    assert name == normal(name)
    assert domain_argument(name) == name


LABEL = st.binary(min_size=1, max_size=63)
NAME = st.lists(LABEL, max_size=8).filter(lambda labels: sum(len(label) + 1 for label in labels) <= 254)


@given(NAME)
@example([b"a.b", b"example"])
@example([b"."])
@example([b"a\\", b"b"])
@example([b"\xff\x00", b"\x80"])
def test_a_name_from_the_wire_goes_back_as_the_same_name_or_not_at_all(labels: list[bytes]) -> None:
    name = dns.name.Name([*labels, b""])
    back = to_wire_name(from_wire_name(name))
    assert back is None or back == name
    if all(b"." not in label and b"\\" not in label for label in labels):
        assert back == name


@given(st.text(max_size=300))
def test_any_text_is_a_name_that_fits_or_none(text: str) -> None:
    name = to_wire_name(text)
    assert name is None or len(name.to_wire()) <= 255


def test_parents_and_under() -> None:
    assert parents("a.b.example") == ["b.example", "example"]
    assert parents("example") == parents("") == []
    assert under("a.example", "example")
    assert under("example", "example")
    assert under("example", "")
    assert not under("notexample", "example")


def test_the_name_of_an_address() -> None:
    assert reverse_name("192.0.2.1") == "1.2.0.192.in-addr.arpa"
    assert reverse_name("2001:db8::1").endswith(".8.b.d.0.1.0.0.2.ip6.arpa")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Example.COM.", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example.", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("", ""),
        (".", ""),
        ("a..b", "a..b"),
        ("ü..b", "Ã¼..b"),
        ("ü" * 64 + ".example", "Ã¼" * 64 + ".example"),
        ("\ud800.example", "\xed\xa0\x80.example"),
    ],
)
def test_names_that_strangers_write(text: str, name: str) -> None:
    """What cannot be a name comes back as its octets, for the DNS to refuse."""
    assert a_labels(text) == name


@given(st.text())
def test_any_text_has_a_form(text: str) -> None:
    name = a_labels(text)
    assert all(ord(char) < 256 for char in name)
    assert a_labels(name) == name or not name.isascii() or name.endswith(".")
