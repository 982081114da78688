"""Sets of addresses: how many, and which networks say the same in fewer words."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address, ip_network

Network = IPv4Network | IPv6Network


def split(networks: Iterable[Network]) -> tuple[list[IPv4Network], list[IPv6Network]]:
    """The networks of either family, overlaps removed and neighbours joined."""
    four: list[IPv4Network] = []
    six: list[IPv6Network] = []
    for network in networks:
        if isinstance(network, IPv4Network):
            four.append(network)
        else:
            six.append(network)
    return list(collapse_addresses(four)), list(collapse_addresses(six))


def size(networks: Iterable[Network]) -> tuple[int, int]:
    """How many IPv4 and how many IPv6 addresses the union holds."""
    four, six = split(networks)
    return sum(each.num_addresses for each in four), sum(each.num_addresses for each in six)


def covers(outer: Network, inner: Network) -> bool:
    """Whether every address of `inner` is in `outer`."""
    if isinstance(outer, IPv4Network) and isinstance(inner, IPv4Network):
        return inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and isinstance(inner, IPv6Network) and inner.subnet_of(outer)


def network_text(network: Network) -> str:
    """As an SPF term writes it: without a prefix length for one address."""
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def term(network: Network) -> str:
    """The SPF mechanism for a network."""
    return f"ip{network.version}:{network_text(network)}"


def routable(address: str) -> bool:
    """Whether the Internet leads to an address: neither private nor link-local nor multicast (RFC 6890)."""
    parsed = ip_address(address)
    # The documentation networks (RFC 5737, RFC 3849) are private to Python too, but stand in every example.
    if any(parsed in network for network in _DOCUMENTATION):
        return True
    return parsed.is_global and not parsed.is_multicast


_DOCUMENTATION = tuple(map(ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))
