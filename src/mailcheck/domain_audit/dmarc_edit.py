"""The DMARC record that applies: its place, its evidence, and better records made of it."""

from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.model.fact import Evidence
from mailcheck.model.fix import Fix, publish, steps
from mailcheck.model.location import DnsLocation
from mailcheck.records.dmarc import DmarcRecord
from mailcheck.records.tags import Tag

RANK = {"none": 0, "quarantine": 1, "reject": 2}
SENTENCE = {"none": "is delivered", "quarantine": "goes to junk", "reject": "is refused"}


def has_policy(facts: DomainFacts) -> bool:
    """A record applies to the domain, its own or an inherited one."""
    return facts.policy.record is not None and facts.policy.policy is not None


def has_sound_policy(facts: DomainFacts) -> bool:
    """A record applies, and its policy can be read."""
    return has_policy(facts) and facts.policy.record is not None and not facts.policy.record.policy_fault


def acts(record: DmarcRecord) -> bool:
    """Whether any of its policies stops mail."""
    return {record.p, record.sp, record.np} != {"none"}


def own_record(facts: DomainFacts) -> DmarcRecord | None:
    """The record at the domain's own `_dmarc` name."""
    return facts.own_step.record


def has_own(facts: DomainFacts) -> bool:
    """The domain has a DMARC record of its own."""
    return own_record(facts) is not None


def retagged(record: DmarcRecord, changes: dict[str, str | None]) -> str:
    """The record with tags set to a value, or taken out (None); others stay as they are."""
    first = {tag.name: tag for tag in reversed(record.tags.tags)}
    parts = [
        f"{tag.name}={changes[tag.name]}" if changes.get(tag.name) is not None else record.text[slice(*tag.span)]
        for tag in record.tags.tags
        if not (tag.name in changes and changes[tag.name] is None) and first[tag.name] is tag
    ]
    present = {tag.name for tag in record.tags.tags}
    parts += [f"{name}={value}" for name, value in changes.items() if value is not None and name not in present]
    return "; ".join(parts)


def change(facts: DomainFacts, title: str, changes: dict[str, str | None], *, safe: bool = True) -> Fix:
    """A fix that sets or removes tags of the record that applies."""
    found = facts.policy
    record = found.record
    if record is None:
        return steps(title, "Publish a DMARC record.")
    return publish(title, f"_dmarc.{found.policy_domain}", retagged(record, changes), old=(record.text,), safe=safe)


def at(facts: DomainFacts, tag: Tag | None) -> DnsLocation:
    """The place of a tag in the record that applies."""
    return facts.dmarc_place(tag.span if tag else None)


def evidence(facts: DomainFacts) -> tuple[Evidence, ...]:
    """The answers that hold the record."""
    return tuple(step.fact.evidence for step in facts.walk.steps if step.domain == facts.policy.policy_domain)
