"""Drawings for people: the SPF tree with its costs, the DMARC walk question by question, the receivers."""

from mailcheck.auth.dmarc.walk import Discovery, Step
from mailcheck.auth.spf.space import size
from mailcheck.auth.spf.tree import Node, Visit
from mailcheck.auth.spf.walker import LOOKUPS, VOIDS
from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.domain_audit.readiness import readiness
from mailcheck.model.fact import Absent, Unknown
from mailcheck.records.spf import Modifier

MAX_LINES = 60
"""Lines of one tree; a larger one is cut with a count."""
_STATES = {
    "missing": "no SPF record there: permerror",
    "multiple": "several SPF records there: permerror",
    "syntax": "syntax fault: permerror",
    "loop": "loop",
    "unknown": "could not be asked",
    "unvisited": "not visited",
}


def drawings(facts: DomainFacts) -> dict[str, tuple[str, ...]]:
    """Blocks of lines by family."""
    found: dict[str, tuple[str, ...]] = {}
    if facts.spf.record is not None and facts.spf.lookups:
        found["SPF"] = tuple(spf_tree(facts.spf))
    found["DMARC"] = tuple(dmarc_walk(facts))
    found["readiness"] = tuple(
        f"{line.receiver:<22} {line.word:<11} {line.reason}".rstrip() for line in readiness(facts)
    )
    return found


def addresses(count: int) -> str:
    """A number of addresses in words."""
    if count >= 1 << 32:
        return f"2^{count.bit_length() - 1}"
    return f"{count:,}"


def spf_tree(node: Node) -> list[str]:
    """The tree with the look-ups each term costs."""
    four, six = size(node.networks)
    unsure = " at least" if node.unknown else ""
    lines = [
        f"{unsure} {node.lookups} of {LOOKUPS} look-ups, {max(node.voids4, node.voids6)} of {VOIDS} void; lets "
        f"{addresses(four)} IPv4 and {addresses(six)} IPv6 addresses send".strip()
    ]
    _branch(node, "", lines, {node.domain})
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], f"… {len(lines) - MAX_LINES} more lines"]
    return lines


def _branch(node: Node, indent: str, lines: list[str], drawn: set[str]) -> None:
    for number, visit in enumerate(node.visits):
        last = number == len(node.visits) - 1
        if len(lines) > MAX_LINES * 20:
            return
        lines.append(f"{indent}{'└─' if last else '├─'} {_label(visit)}{_cost(visit)}")
        child = visit.child
        if child is None or not child.visits:
            continue
        deeper = indent + ("   " if last else "│  ")
        if child.domain in drawn:
            lines.append(f"{deeper}└─ (as above)")
            continue
        drawn.add(child.domain)
        _branch(child, deeper, lines, drawn)


def _label(visit: Visit) -> str:
    text = visit.term.text
    return text if len(text) <= 60 else text[:57] + "…"


def _cost(visit: Visit) -> str:
    if not visit.reached:
        if not visit.name:
            return "  (cannot be read)"
        # exp and modifiers that nobody knows have no part in who may send.
        return "" if isinstance(visit.term, Modifier) and visit.name != "redirect" else "  (never reached)"
    parts: list[str] = []
    if visit.lookups:
        parts.append(str(visit.lookups) if visit.lookups == 1 else f"{visit.lookups} = 1 + {visit.lookups - 1}")
    if visit.void == "46":
        parts.append("void")
    if isinstance(visit.fact, Unknown):
        parts.append(_STATES["unknown"])
    elif visit.child is not None and visit.child.state != "ok":
        parts.append(_STATES[visit.child.state])
    return "  [" + ", ".join(parts) + "]" if parts else ""


def dmarc_walk(facts: DomainFacts) -> list[str]:
    """The walk's questions with their answers, then what each kind of name gets."""
    lines = [f"_dmarc.{step.domain}: {_found(step)}" for step in facts.walk.steps]
    if facts.walk.skipped:
        lines.append(f"not asked (more than 8 labels): {', '.join(facts.walk.skipped)}")
    rows = (
        ("the domain itself", facts.policy),
        ("a subdomain that exists", facts.subdomain_policy),
        ("a subdomain that does not", facts.missing_policy),
    )
    width = max(len(name) for name, _ in rows)
    return [*lines, *(f"→ {name:<{width}}  {_policy(found)}" for name, found in rows)]


def _found(step: Step) -> str:
    if isinstance(step.fact, Unknown):
        return f"could not be asked ({step.fact.reason})"
    if len(step.found) > 1:
        return f"{len(step.found)} DMARC records, so none counts"
    if step.found:
        return "a DMARC record"
    if isinstance(step.fact, Absent):
        return "no record (no such name)" if step.fact.nxdomain else "no record"
    return "TXT, but no DMARC record"


def _policy(found: Discovery) -> str:
    if found.unknown is not None:
        return "not determined"
    if found.record is None:
        return "no policy"
    if found.policy is None:
        return "no DMARC: the record has a faulty policy and no usable rua"
    lowered = f", treated as {found.effective} (t=y)" if found.effective != found.policy else ""
    return f"{found.policy}{lowered} ({found.tag} at {found.policy_domain})"
