"""Where mail to a domain goes, as the DNS says: one frozen fact a domain. Pure."""

from mailcheck.data.recipients_facts import disposable, parked_hosts
from mailcheck.model.fact import Evidence
from mailcheck.model.value import dataclass
from mailcheck.recipients.reason import Reason


@dataclass(frozen=True, slots=True)
class MailHosts:
    """What was found.

    `state` is mx (a routable mail exchanger), implicit (no MX but an address, RFC 5321 5.1), null (RFC 7505), nothing
    (neither MX nor address), nxdomain, unroutable (only hosts that the Internet does not lead to), or unknown (the DNS
    did not answer; `detail` says to what, `fault` is the reason in one word).
    """

    domain: str
    state: str
    detail: str = ""
    hosts: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    fault: str = ""

    @property
    def deliverable(self) -> bool | None:
        """Whether mail can be sent there; None where that is not known."""
        if self.state == "unknown":
            return None
        return self.state in {"mx", "implicit"}


_REASONS = {
    "implicit": "dns-implicit-mx",
    "null": "dns-null-mx",
    "nothing": "dns-no-mail-host",
    "nxdomain": "dns-nxdomain",
    "unroutable": "dns-mx-unroutable",
    "unknown": "dns-transient",
}


def reasons_of(found: MailHosts) -> list[Reason]:
    """What the answers say against an address at that domain."""
    name = _REASONS.get(found.state)
    reasons = [Reason(name, found.detail)] if name else []
    for host in found.hosts:
        parked = next((under for under in _upwards(host) if under in parked_hosts()), None)
        if parked is not None:
            reasons.append(Reason("dns-parked-mx", f"{host} ({parked_hosts()[parked]})"))
            break
    for host in found.hosts:
        if any(under in disposable() for under in _upwards(host)):
            reasons.append(Reason("disposable-mx", host))
            break
    return reasons


def _upwards(host: str) -> list[str]:
    """The name and the names above it that have a dot."""
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def is_disposable(domain: str) -> str:
    """The listed name that a domain is or lies under; empty where none is."""
    return next((under for under in _upwards(domain) if under in disposable()), "")
