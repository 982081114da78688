"""Better SPF records out of the one there is: the fixes of the SPF rules."""

from collections.abc import Iterable

from mailcheck.auth.spf.space import term as network_term
from mailcheck.auth.spf.tree import Visit
from mailcheck.dns.names import under
from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.model.fix import DnsChange, Fix
from mailcheck.model.location import Span
from mailcheck.records.spf import Mechanism, SpfRecord, Term, parse_spf


def replace_record(title: str, domain: str, old: str, new: str, *, safe: bool = True) -> Fix:
    """Publish `new` in the place of `old`."""
    return Fix(title, (DnsChange("replace", domain, "TXT", (new,), (old,)),), safe)


def without(text: str, spans: Iterable[Span]) -> str:
    """The record without these terms."""
    return edited(text, dict.fromkeys(spans, ""))


def edited(text: str, changes: dict[Span, str]) -> str:
    """The record with each span replaced; blanks are left single."""
    for (start, end), new in sorted(changes.items(), reverse=True):
        text = text[:start] + new + text[end:]
    return " ".join(part for part in text.split(" ") if part)


def order_matters(record: SpfRecord) -> bool:
    """Whether a live term does not pass: then moving or dropping another can change who sends."""
    return any(each.qualifier != "+" for each in live_networks(record, every=True))


def live_networks(record: SpfRecord, *, every: bool = False) -> list[Mechanism]:
    """The mechanisms in front of `all`: the passing ip4 and ip6 ones, or all of them."""
    live = [each for each in record.mechanisms if record.all is None or each.span < record.all.span]
    return live if every else [each for each in live if each.network is not None and each.qualifier == "+"]


def repaired(record: SpfRecord) -> str | None:
    """The record with every syntax fault's suggestion put in; None where one fault has none."""
    changes: dict[Span, str] = {}
    for term in record.terms:
        problem = next(
            (each for each in record.problems if each.span[0] >= term.span[0] and each.span[1] <= term.span[1]), None
        )
        if problem is None:
            continue
        if problem.message.endswith("stands twice"):
            changes[term.span] = ""
        elif problem.suggestion is None:
            return None
        else:
            changes[term.span] = problem.suggestion
    better = edited(record.text, changes)
    return better if changes and parse_spf(better).valid else None


def cheaper(facts: DomainFacts) -> tuple[str, int, bool] | None:
    """A record that lets the same hosts send for fewer look-ups, what it then costs, and whether it stays so.

    None where there is none. Addresses written out for names do not follow when the hosts move.

    Dead terms and repeated includes go; the domain's own a and mx become addresses; own includes are written out.
    """
    record = facts.spf_record
    if record is None or not record.valid:
        return None
    changes: dict[Span, str] = {}
    saved, stays = 0, not order_matters(record)
    paying = [visit for visit in facts.spf.visits if visit.reached and visit.lookups]
    dead = {visit.term.span for visit, _ in repeats(facts)}
    dead |= {visit.term.span for visit in paying if visit.void == "46"}
    nested = {visit.term.span: _written_out(facts, visit) for visit in paying if visit.term.span not in dead}
    # What is written out may name a domain that another term lets in already.
    there = set[str]().union(
        *(let_in(visit) for visit in paying if visit.term.span not in dead and nested[visit.term.span] is None)
    )
    for visit in paying:
        inner = nested.get(visit.term.span)
        if visit.term.span in dead:
            changes[visit.term.span] = ""
            saved += visit.lookups
        elif inner is not None:
            kept = [each for each in inner if each.child is None or each.child.domain not in there]
            there.update(*map(let_in, kept))
            changes[visit.term.span] = " ".join(each.term.text for each in kept)
            saved += visit.lookups - sum(each.lookups for each in kept)
        elif (better := _addresses(facts, visit)) is not None:
            changes[visit.term.span] = better
            saved += visit.lookups
            stays = False
    if saved <= 0:
        return None
    return edited(record.text, changes), facts.spf.lookups - saved, stays


def let_in(visit: Visit) -> set[str]:
    """The domains whose senders a term surely lets pass: nothing on the way to them says otherwise."""
    found: set[str] = set()
    stack = [visit]
    while stack:
        each = stack.pop()
        child = each.child
        if child is None or not each.reached or child.domain in found or not _plus(each.term):
            continue
        found.add(child.domain)
        if all(_plus(inner.term) for inner in child.visits if inner.name != "all"):
            stack += child.visits
    return found


def _plus(term: Term) -> bool:
    return not isinstance(term, Mechanism) or term.qualifier == "+"


def _addresses(facts: DomainFacts, visit: Visit) -> str | None:
    """The addresses of an own a or mx term, where they are few and all known."""
    term = visit.term
    if visit.name not in {"a", "mx"} or not isinstance(term, Mechanism) or term.qualifier != "+" or visit.unknown:
        return None
    if (
        not visit.hosts
        or not all(under(host, facts.domain) for host in visit.hosts)
        or not 0 < len(visit.networks) <= 4
    ):
        return None
    return " ".join(network_term(network) for network in visit.networks)


def _written_out(facts: DomainFacts, visit: Visit) -> list[Visit] | None:
    """The terms of an own include, where leaving its frame changes nothing."""
    child = visit.child
    term = visit.term
    if visit.name != "include" or not isinstance(term, Mechanism) or child is None or child.state != "ok":
        return None
    if term.qualifier != "+" or not under(child.domain, facts.domain) or child.record is None or child.record.redirect:
        return None
    inner = [each for each in child.record.mechanisms if each.name != "all"]
    plain = all(each.qualifier == "+" and (each.domain is None or each.domain.literal) for each in inner)
    # A bare a or mx means the included domain there, and the including one here.
    named = all(each.domain is not None or each.name in {"ip4", "ip6"} for each in inner)
    if not plain or not named or child.passes_all:
        return None
    return [each for each in child.visits if each.reached and isinstance(each.term, Mechanism) and each.name != "all"]


def repeats(facts: DomainFacts) -> list[tuple[Visit, str]]:
    """Includes of the own record that are there already, and where: in the record, or inside another include."""
    found: list[tuple[Visit, str]] = []
    includes = [visit for visit in facts.spf.visits if visit.reached and visit.name == "include" and visit.child]
    first: dict[str, Visit] = {}
    for visit in includes:
        target = visit.target or ""
        if target in first:
            found.append((visit, "twice in this record"))
        first.setdefault(target, visit)
    gone = {visit.term.span for visit, _ in found}
    for visit in includes:
        if visit.term.span in gone or not isinstance(visit.term, Mechanism) or visit.term.qualifier != "+":
            continue
        for other in includes:
            inside = let_in(other) - {other.target} if other is not visit else set()
            if visit.target in inside and other.term.span not in gone:
                found.append((visit, f"inside include:{other.target} already"))
                gone.add(visit.term.span)
                break
    return found
