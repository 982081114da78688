"""The zones that are audited, written as master files.

`sender.test` has an SPF record whose includes are nested eight deep, `flat.test` the same eight side by side; apart
from that they are alike, and complete: three MX with addresses of both families and their PTR, three DKIM selectors
(one an alias), DMARC with reports to another domain that authorises it, MTA-STS, TLS-RPT, BIMI. `crowd01.test` and so
on are more domains like `flat.test`. All other names that an audit asks are answered too, most of them NXDOMAIN.
"""

from ipaddress import ip_address
from pathlib import Path

DEPTH = 8
"""Includes, nested or side by side."""
CHAIN, FLAT = "sender.test", "flat.test"
CROWD = tuple(f"crowd{number:02}.test" for number in range(1, 11))

LONGEST = {
    # TXT of the domain, then one include after the other.
    CHAIN: (1 + DEPTH, f"nested{DEPTH}.mailer.test TXT"),
    # MX of the domain, the host's address, the address's name; the SPF includes are only two deep.
    FLAT: (3, "5.2.0.192.in-addr.arpa PTR"),
}
"""The longest chain of dependent questions of an audit, as a number of questions, and the question at its end."""

_KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoTUCYbGeEYLGUIHJfBf7BfoOxdwrpEfNnqjmYWIEVVJpSk9O+qusSh8+UKxrFTAYBLWS",
    "fGGRa0yzhitHxZdUHbcDQxP8aNC3krIXoYK6wAt0RsZPs+9A3ZcfVTlKTiL2zA0FhZEOD9bAMMKkE5u4UdCauppTN1PVMc+UbUeUdmpgSMelbTgn",
    "FD8X3yKEkx/10Q5fBP4rwuuUq0m/4XVOh5dvBt26R3pU/zqPzqDG6Dk+HZ3lkDjFOVcMYVIZQfc65F7TIpu4SmIbz1MhPJUpotDYZrydkc7lIEDM",
    "cPX1qVc0862JjUr5kx4nQKAUzmQC9Wbfd11bU9ayqR3z5orgkwIDAQAB",
)
"""An RSA key of 2048 bits; nobody kept its private half."""


def write(folder: Path) -> dict[str, Path]:
    """Write all zones below a folder; gives the file of every origin."""
    nested = "include:nested1.mailer.test"
    flat = " ".join(f"include:side{number}.mailer.test" for number in range(1, DEPTH + 1))
    zones = {CHAIN: _domain(CHAIN, 0, nested)}
    zones |= {domain: _domain(domain, at, flat) for at, domain in enumerate((FLAT, *CROWD), 1)}
    hosts = [host for at, domain in enumerate(zones) for host in _hosts(domain, at)]
    zones |= {"mailer.test": _mailer(), "reports.test": _reports([*zones])}
    zones["test"] = [f"{origin}. NS ns1.{origin}." for origin in zones]
    for reverse in ("2.0.192.in-addr.arpa", "8.b.d.0.1.0.0.2.ip6.arpa"):
        pointers = [(ip_address(each).reverse_pointer, name) for name, *both in hosts for each in both]
        zones[reverse] = [f"{pointer}. PTR {name}." for pointer, name in pointers if pointer.endswith(reverse)]
    files: dict[str, Path] = {}
    for origin, lines in zones.items():
        head = [
            f"$ORIGIN {origin}.",
            "$TTL 3600",
            "@ SOA ns1.mailer.test. hostmaster.mailer.test. 2026112301 7200 3600 1209600 3600",
            "@ NS ns1.mailer.test.",
            "@ NS ns2.mailer.test.",
        ]
        files[origin] = folder / f"{origin}.zone"
        files[origin].write_text("\n".join([*head, *lines]) + "\n")
    return files


def _hosts(domain: str, at: int) -> list[tuple[str, str, str]]:
    """The mail hosts of the domain that stands at this place in the list, with their addresses."""
    return [(f"mx{host}.{domain}", f"192.0.2.{4 * at + host}", f"2001:db8::{at:x}:{host}") for host in (1, 2, 3)]


def _domain(domain: str, at: int, includes: str) -> list[str]:
    key = " ".join(f'"{part}"' for part in ("v=DKIM1; k=rsa; p=", *_KEY))
    lines = [
        f'@ TXT "v=spf1 mx {includes} -all"',
        '@ TXT "some-site-verification=0123456789abcdef"',
        '_dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@reports.test"',
        f"default._domainkey TXT {key}",
        f"s1._domainkey TXT {key}",
        f"selector1._domainkey CNAME key1.{domain}.",
        f"key1 TXT {key}",
        '_mta-sts TXT "v=STSv1; id=20261123"',
        "mta-sts A 192.0.2.250",
        f'_smtp._tls TXT "v=TLSRPTv1; rua=mailto:tls@{domain}"',
        f'default._bimi TXT "v=BIMI1; l=https://www.{domain}/logo.svg; a="',
        "@ A 192.0.2.250",
    ]
    for number, (name, ip4, ip6) in enumerate(_hosts(domain, at), 1):
        lines += [f"@ MX {10 * number} {name}.", f"{name}. A {ip4}", f"{name}. AAAA {ip6}"]
    return lines


def _mailer() -> list[str]:
    lines = ["ns1 A 192.0.2.251", "ns2 A 192.0.2.252"]
    for number in range(1, DEPTH + 1):
        further = f" include:nested{number + 1}.mailer.test" if number < DEPTH else ""
        lines.append(f'nested{number} TXT "v=spf1 ip4:198.51.100.{number}{further} -all"')
        lines.append(f'side{number} TXT "v=spf1 ip4:198.51.100.{number} -all"')
    return lines


def _reports(domains: list[str]) -> list[str]:
    return [
        "@ MX 10 mx.reports.test.",
        "mx A 192.0.2.253",
        *(f'{domain}._report._dmarc TXT "v=DMARC1"' for domain in domains),
    ]
