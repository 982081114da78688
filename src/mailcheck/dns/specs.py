"""Which name servers to ask: from `--resolver`, or as the system is set up."""

import ipaddress
import re
from urllib.parse import urlsplit

from mailcheck.dns.names import domain_argument
from mailcheck.dns.servers import HttpsServer, PlainServer, TlsServer
from mailcheck.dns.transport import Server
from mailcheck.model.errors import UsageError


def parse_spec(spec: str) -> Server:
    """A server from ADDR, ADDR:PORT, [ADDR6]:PORT, tls://ADDR[:PORT][#NAME] or https://URL. Raises UsageError."""
    scheme, _, rest = spec.rpartition("://")
    if scheme == "https":
        return HttpsServer(_url(spec))
    if scheme not in {"", "tls", "udp"}:
        raise UsageError(f"--resolver {spec!r:.80}: known are ADDR, ADDR:PORT, tls://ADDR and https://URL")
    rest, mark, name = rest.partition("#")
    address, port = _address(rest, 853 if scheme == "tls" else 53, spec)
    if scheme == "tls":
        return TlsServer(address, port, _host_name(name, spec) if name else None)
    if mark:
        raise UsageError(f"--resolver {spec!r:.80}: #NAME belongs to tls://; a port is given as ADDR:PORT")
    return PlainServer(address, port)


def _host_name(name: str, spec: str) -> str:
    try:
        return domain_argument(name)
    except UsageError as error:
        raise UsageError(f"--resolver {spec!r:.80}: what stands after # is the server's name: {error}") from None


def _url(spec: str) -> str:
    try:
        parts = urlsplit(spec)
        usable = bool(parts.hostname) and parts.port != 0 and not re.search(r"[^!-~]", spec)
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(f"--resolver {spec!r:.80}: not a URL such as https://dns.example/dns-query")
    if parts.username is not None:
        # The URL is shown as evidence; a password would be shown with it.
        raise UsageError("--resolver: a URL with a user name or password is not supported")
    return spec


def _address(text: str, default: int, spec: str) -> tuple[str, int]:
    host, port = text, str(default)
    if text.startswith("["):
        host, closing, tail = text[1:].partition("]")
        if not closing:
            raise UsageError(f"--resolver {spec!r:.80}: the bracket is not closed; it is written [ADDR6]:PORT")
        port = tail.removeprefix(":") or port
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise UsageError(
            f"--resolver {spec!r:.80}: {host!r:.60} is no IP address; a name server is given by its address"
        ) from None
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65536):
        raise UsageError(f"--resolver {spec!r:.80}: {port!r:.20} is no port (1 to 65535)")
    return host, int(port)


def system_servers() -> list[Server]:
    """The name servers that the system is set up with, found by dnspython; none where there are none."""
    import dns.resolver

    try:
        found = dns.resolver.Resolver(configure=True)
    except (dns.exception.DNSException, OSError):
        return []
    addresses = [str(address) for address in found.nameservers]
    return [PlainServer(address, found.port) for address in addresses if not address.startswith("https:")]
