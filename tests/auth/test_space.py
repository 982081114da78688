"""Sets of addresses."""

from ipaddress import ip_network

import pytest

from mailcheck.auth.spf.space import covers, network_text, size, split, term


def networks(*texts: str) -> list[object]:
    return [ip_network(text) for text in texts]


@pytest.mark.parametrize(
    ("given", "four", "six"),
    [
        ((), 0, 0),
        (("192.0.2.1/32",), 1, 0),
        (("192.0.2.1/32", "192.0.2.1/32"), 1, 0),
        (("192.0.2.0/24", "192.0.2.7/32"), 256, 0),
        (("192.0.2.0/25", "192.0.2.128/25"), 256, 0),
        (("0.0.0.0/1", "128.0.0.0/1"), 1 << 32, 0),
        (("::/0", "2001:db8::/32"), 0, 1 << 128),
        (("192.0.2.0/31", "2001:db8::1/128"), 2, 1),
    ],
)
def test_a_union_counts_each_address_once(given: tuple[str, ...], four: int, six: int) -> None:
    assert size(networks(*given)) == (four, six)


def test_neighbours_join_and_families_stay_apart() -> None:
    four, six = split(networks("192.0.2.128/25", "2001:db8::/33", "192.0.2.0/25", "2001:db8:8000::/33"))
    assert [str(each) for each in (*four, *six)] == ["192.0.2.0/24", "2001:db8::/32"]


@pytest.mark.parametrize(
    ("outer", "inner", "does"),
    [
        ("192.0.2.0/24", "192.0.2.0/24", True),
        ("192.0.2.0/24", "192.0.2.9/32", True),
        ("192.0.2.9/32", "192.0.2.0/24", False),
        ("192.0.2.0/24", "192.0.3.0/24", False),
        ("::/0", "192.0.2.0/24", False),
        ("0.0.0.0/0", "::/128", False),
        ("2001:db8::/32", "2001:db8::/64", True),
    ],
)
def test_covering(outer: str, inner: str, does: bool) -> None:
    assert covers(ip_network(outer), ip_network(inner)) is does


@pytest.mark.parametrize(
    ("network", "text", "mechanism"),
    [
        ("192.0.2.1/32", "192.0.2.1", "ip4:192.0.2.1"),
        ("192.0.2.0/24", "192.0.2.0/24", "ip4:192.0.2.0/24"),
        ("2001:db8::1/128", "2001:db8::1", "ip6:2001:db8::1"),
        ("2001:db8::/32", "2001:db8::/32", "ip6:2001:db8::/32"),
    ],
)
def test_as_an_spf_term(network: str, text: str, mechanism: str) -> None:
    assert (network_text(ip_network(network)), term(ip_network(network))) == (text, mechanism)
