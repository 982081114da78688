"""What a finding offers to publish can be published, and what is called safe repairs it and breaks nothing."""

from collections import defaultdict
from functools import cache

import dns.zonefile
import pytest

from mailcheck.dns.master_file import Zone
from mailcheck.dns.names import from_wire_name, under
from mailcheck.dns.rdata import Rdata, Text, from_dnspython
from mailcheck.dns.zones import ZoneResolver
from mailcheck.model.finding import Finding
from mailcheck.model.fix import DnsChange, Fix, zone_lines
from mailcheck.model.report import SubjectReport
from published import ZONES, audit_now, cases

CASES = {case.domain: case for case in cases()}


@cache
def resolver() -> ZoneResolver:
    """The fixture zones."""
    return ZoneResolver.from_path(ZONES)


@cache
def audited() -> dict[str, SubjectReport]:
    """Every fixture domain as it is."""
    return {subject.subject: subject for subject in audit_now(CASES.values(), resolver())}


def dns_changes(fix: Fix) -> list[DnsChange]:
    """Its changes to the DNS."""
    return [change for change in fix.changes if isinstance(change, DnsChange)]


FIXES = [
    (subject.subject, finding, fix)
    for subject in audited().values()
    for finding in subject.findings
    for fix in finding.fixes
    if fix.kind == "dns"
]
SAFE = [each for each in FIXES if each[2].safe]


def label(value: object) -> str:
    """A parameter as people read it."""
    match value:
        case Finding():
            return f"{value.name}-{value.fingerprint[:6]}"
        case Fix():
            return value.title.replace(" ", "-")[:30]
    return str(value)


def pasted(change: DnsChange) -> list[Rdata]:
    """The records of a change after its zone lines were written and read again."""
    rrsets = dns.zonefile.read_rrsets("\n".join(zone_lines(change)) + "\n", rdclass=None)
    records = [from_dnspython(item) for rrset in rrsets for item in rrset]
    assert {from_wire_name(rrset.name) for rrset in rrsets} <= {change.name.lower()}
    return records


def text_of(record: Rdata) -> str:
    """A record as fixes write it: the joined text of a TXT, presentation form for other types."""
    return record.joined if isinstance(record, Text) else record.presentation


def apply(zones: list[Zone], change: DnsChange) -> list[Zone]:
    """The zones after a change, as its owner would edit them; the old records must be there."""
    home = max((zone for zone in zones if under(change.name, zone.origin)), key=lambda zone: len(zone.origin))
    records = defaultdict(dict, {name: dict(types) for name, types in home.records.items()})
    there, ttl = records[change.name].get(change.type, ([], change.ttl))
    gone = [record for record in there if text_of(record) in change.old]
    assert {text_of(record) for record in gone} == set(change.old), "the records that are replaced stand there"
    kept = [record for record in there if record not in gone]
    if change.op != "delete":
        kept += pasted(change)
    assert not (kept and change.type != "CNAME" and "CNAME" in records[change.name]), "no data beside an alias"
    if kept:
        records[change.name][change.type] = (kept, ttl)
    else:
        records[change.name].pop(change.type, None)
    if not records[change.name]:
        del records[change.name]
    edited = Zone(home.origin, home.source, records)
    edited.settle()
    return [edited if zone is home else zone for zone in zones]


@cache
def after(domain: str, fix: Fix) -> SubjectReport:
    """The domain's audit with the fix applied."""
    zones = resolver().zones
    for change in dns_changes(fix):
        zones = apply(zones, change)
    return audit_now([CASES[domain]], ZoneResolver(zones))[0]


@pytest.mark.parametrize(("domain", "finding", "fix"), SAFE, ids=label)
def test_a_safe_fix_removes_its_finding_and_brings_none(domain: str, finding: Finding, fix: Fix) -> None:
    assert finding.severity is not None
    before = {(each.code, each.fingerprint) for each in audited()[domain].findings}
    report = after(domain, fix)
    now = {(each.code, each.fingerprint): each for each in report.findings}
    assert (finding.code, finding.fingerprint) not in now
    new = [each for key, each in now.items() if key not in before and each.severity is not None]
    assert [(each.name, each.message) for each in new if each.severity.reaches(finding.severity)] == []


@pytest.mark.parametrize(("domain", "finding", "fix"), SAFE, ids=label)
def test_a_safe_fix_takes_no_sender_away_and_weakens_no_policy(domain: str, finding: Finding, fix: Fix) -> None:
    before, now = audited()[domain].facts, after(domain, fix).facts
    if before["spf"]:
        assert now["spf"]["ipv4_addresses"] >= before["spf"]["ipv4_addresses"]
        assert int(now["spf"]["ipv6_addresses"]) >= int(before["spf"]["ipv6_addresses"])
    for kind in ("policy", "subdomain_policy", "nonexistent_policy"):
        assert rank(now["dmarc"][kind]) >= rank(before["dmarc"][kind])


def rank(policy: dict[str, str] | None) -> int:
    """How strict a policy is; none at all is the least."""
    return ["none", "quarantine", "reject"].index(policy["effective"]) if policy else -1


@pytest.mark.parametrize(("domain", "finding", "fix"), FIXES, ids=label)
def test_every_fix_is_lines_of_a_zone_file_that_say_the_same(domain: str, finding: Finding, fix: Fix) -> None:
    for change in dns_changes(fix):
        records = pasted(change)
        assert sorted(text_of(record) for record in records) == sorted(change.data)
        assert all(len(part) <= 255 for record in records if isinstance(record, Text) for part in record.strings)


def test_safe_fixes_are_offered_where_rules_promise_them() -> None:
    assert len(SAFE) >= 30
    assert {finding.name for _, finding, _ in SAFE} >= {
        "spf-dead-terms",
        "spf-void-limit",
        "mx-dangling",
        "dmarc-p-not-second",
    }
