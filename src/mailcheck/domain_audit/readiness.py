"""What the large receivers ask of senders, held against what the DNS shows. One line each."""

from mailcheck.auth.spf.walker import LOOKUPS, VOIDS
from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One receiver or property: pass, fail, not sure; and what decides it."""

    receiver: str
    word: str
    reason: str


def readiness(facts: DomainFacts) -> list[Line]:
    """Spoofing first, then the bulk-sender rules of Google, Yahoo and Microsoft as far as the DNS can show them.

    Unsubscribe, complaint rate, TLS and reverse DNS of a provider's hosts are not in a domain's DNS.
    """
    return [_spoofing(facts), *(_bulk(facts, name) for name in ("Google", "Yahoo", "Microsoft"))]


def _spoofing(facts: DomainFacts) -> Line:
    if facts.policy.unknown is not None:
        return Line("Forged From", "not sure", "the DMARC record could not be read")
    word = facts.policy.effective
    if word == "reject":
        return Line("Forged From", "refused", "DMARC p=reject is in effect")
    if word == "quarantine":
        return Line("Forged From", "junk", "DMARC p=quarantine is in effect")
    return Line("Forged From", "not stopped", "no DMARC policy that acts is in effect")


def _spf(facts: DomainFacts) -> bool | None:
    if "spf" in facts.unknowns:
        return None
    record = facts.spf_record
    if record is None or not record.valid or facts.spf.lookups > LOOKUPS or facts.spf.voids4 > VOIDS:
        return False
    broken = any(node.state in {"missing", "multiple", "syntax", "loop"} for _, node in facts.spf.walk())
    if broken:
        return False
    return None if facts.spf.unknown else True


def _dkim(facts: DomainFacts) -> bool | None:
    if facts.live_keys:
        return True
    return False if facts.dkim_absent else None


def _bulk(facts: DomainFacts, receiver: str) -> Line:
    if facts.silent:
        return Line(f"{receiver} bulk rules", "not asked", "this domain says that it sends no mail")
    spf, dkim = _spf(facts), _dkim(facts)
    dmarc: bool | None = None if facts.policy.unknown else facts.policy.policy is not None
    states = {"SPF": spf, "DKIM": dkim, "DMARC": dmarc}
    lacking = [name for name, state in states.items() if state is False]
    unsure = [name for name, state in states.items() if state is None]
    if lacking:
        return Line(f"{receiver} bulk rules", "fail", f"{' and '.join(lacking)} not in order")
    if unsure:
        return Line(f"{receiver} bulk rules", "not sure", f"{' and '.join(unsure)} could not be seen from here")
    return Line(f"{receiver} bulk rules", "pass", "SPF, a DKIM key and DMARC are in place")
