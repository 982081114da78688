"""Say what could not be determined: once a rule, however many questions failed."""

from collections.abc import Iterable, Iterator

from mailcheck.dns.rdata import Records
from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.model.fact import Fact, Unknown
from mailcheck.model.finding import Undetermined


def unsettled(facts: Iterable[Fact[Records] | None]) -> Iterator[Undetermined]:
    """One Undetermined where any of these facts is Unknown; silence where all are settled."""
    failed = list(dict.fromkeys(fact for fact in facts if isinstance(fact, Unknown)))
    if failed:
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        yield Undetermined(failed[0].sentence + more)


def selectors(facts: DomainFacts) -> Iterator[Undetermined]:
    """The keys that could not be asked for."""
    return unsettled(selector.fact for selector in facts.selectors)


def tree(facts: DomainFacts) -> Iterator[Undetermined]:
    """The parts of the SPF tree that could not be asked for."""
    return unsettled(facts.spf.unknown)


def senders(facts: DomainFacts) -> Iterator[Undetermined]:
    """What hides which of the domain's own hosts send, and the reverse names of those that do."""
    asked: list[Fact[Records] | None] = [
        fact for host in facts.hosts if facts.own(host.name) for fact in (host.a, host.aaaa)
    ]
    asked += [each for visit in facts.spf.visits if visit.name in {"a", "mx"} for each in visit.unknown]
    asked += [each.ptr for each in facts.reverses]
    return unsettled(asked)
