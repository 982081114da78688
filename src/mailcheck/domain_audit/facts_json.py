"""The `facts` of an audit: what was measured, under documented keys (docs/json.md)."""

from typing import Any

from mailcheck.auth.dmarc.walk import Discovery, Step
from mailcheck.auth.spf.space import size
from mailcheck.auth.spf.tree import Node, Visit
from mailcheck.dns.rdata import Records
from mailcheck.domain_audit.facts import DomainFacts, Selector
from mailcheck.domain_audit.readiness import readiness
from mailcheck.model.fact import Fact, Known, Unknown

MAX_NODES = 200
"""Terms of the SPF tree that are written out."""


def facts_json(facts: DomainFacts) -> dict[str, Any]:
    """JSON-ready facts. An absent thing is None, an undetermined one `{"unknown": reason}`."""
    return {
        "spf": _spf(facts),
        "dkim": {
            selector.owner: _key(selector)
            for selector in facts.selectors
            if isinstance(selector.fact, (Known, Unknown))
        },
        "dmarc": _dmarc(facts),
        "mx": _mx(facts),
        "providers": [provider.name for provider in facts.providers],
        "readiness": [
            {"receiver": line.receiver, "result": line.word, "reason": line.reason} for line in readiness(facts)
        ]
        if facts.exists
        else [],
    }


def undetermined(fact: Unknown) -> dict[str, str]:
    """The form of a fact that could not be determined."""
    return {"unknown": fact.sentence}


def _spf(facts: DomainFacts) -> Any:
    if isinstance(facts.txt, Unknown):
        return undetermined(facts.txt)
    node = facts.spf
    if node.record is None:
        return None
    four, six = size(node.networks)
    budget = [MAX_NODES]
    return {
        "record": node.record.text,
        "lookups": node.lookups,
        "void_lookups": max(node.voids4, node.voids6),
        "complete": not node.unknown,
        "passes_all": node.passes_all,
        "ipv4_addresses": four,
        # Beyond 2^53 a JSON number loses digits in most readers.
        "ipv6_addresses": str(six),
        "tree": _tree(node, budget),
    }


def _tree(node: Node, budget: list[int]) -> dict[str, Any]:
    terms: list[dict[str, Any]] = []
    for visit in node.visits:
        if budget[0] <= 0:
            break
        budget[0] -= 1
        terms.append(_visit(visit, budget))
    return {"domain": node.domain, "state": node.state, "lookups": node.lookups, "terms": terms}


def _visit(visit: Visit, budget: list[int]) -> dict[str, Any]:
    item: dict[str, Any] = {
        "term": visit.term.text,
        "span": list(visit.term.span),
        "reached": visit.reached,
        "lookups": visit.lookups,
        "void": visit.void == "46",
    }
    if visit.child is not None:
        item["child"] = _tree(visit.child, budget)
    return item


def _key(selector: Selector) -> Any:
    if isinstance(selector.fact, Unknown):
        return undetermined(selector.fact)
    key = selector.key
    return {
        "selector": selector.name,
        "found_by": selector.origin,
        "provider": selector.provider,
        "record": selector.texts[0] if selector.texts else None,
        "records": len(selector.texts),
        "algorithm": key.key.algorithm if key and key.key else None,
        "bits": key.key.bits if key and key.key else None,
        "revoked": bool(key and key.revoked),
        "aliases": list(selector.fact.evidence.aliases),
    }


def _dmarc(facts: DomainFacts) -> Any:
    found = facts.policy
    if found.unknown is not None:
        return undetermined(found.unknown)
    return {
        "policy_domain": found.policy_domain,
        "organizational_domain": undetermined(facts.walk.unknown)
        if facts.walk.unknown
        else found.organizational_domain,
        "record": found.record.text if found.record else None,
        "policy": _discovery(found),
        "subdomain_policy": _discovery(facts.subdomain_policy),
        "nonexistent_policy": _discovery(facts.missing_policy),
        "walk": [_step(step) for step in facts.walk.steps],
    }


def _discovery(found: Discovery) -> Any:
    if found.unknown is not None:
        return undetermined(found.unknown)
    if found.policy is None:
        return None
    return {"policy": found.policy, "effective": found.effective, "tag": found.tag, "at": found.policy_domain}


def _step(step: Step) -> dict[str, Any]:
    record: Any = step.record.text if step.record else None
    if isinstance(step.fact, Unknown):
        record = undetermined(step.fact)
    return {"question": f"_dmarc.{step.domain} TXT", "record": record, "records": len(step.found)}


def _mx(facts: DomainFacts) -> Any:
    if isinstance(facts.mx, Unknown):
        return undetermined(facts.mx)
    hosts = {host.name: host for host in facts.hosts}
    return [
        {
            "preference": each.preference,
            "host": each.host,
            "addresses": _addresses(hosts[each.host].a, hosts[each.host].aaaa) if each.host in hosts else [],
        }
        for each in sorted(facts.exchanges, key=lambda each: (each.preference, each.host))
    ]


def _addresses(*answers: Fact[Records]) -> Any:
    failed = next((fact for fact in answers if isinstance(fact, Unknown)), None)
    if failed is not None:
        return undetermined(failed)
    return [record.presentation for fact in answers if isinstance(fact, Known) for record in fact.value]
