"""The RCP rules, loaded when there is something to tell, and the report of one address."""

from collections.abc import Collection
from importlib import import_module
from typing import Any

from mailcheck.model.fix import Fix, Step
from mailcheck.model.judge import judge
from mailcheck.model.location import Location
from mailcheck.model.report import SubjectReport, verdict_of
from mailcheck.model.rule import Rule, loaded
from mailcheck.model.severity import Severity
from mailcheck.recipients.mail_hosts import MailHosts
from mailcheck.recipients.reason import codes
from mailcheck.recipients.row import Row
from mailcheck.recipients.view import Hit, Judged

FAMILIES = ("RCP",)
MODULES = ("address", "domain", "kind", "listed")


def load_rules() -> None:
    """Import the rule modules."""
    for module in MODULES:
        import_module(f"mailcheck.recipients.rules.{module}")


def rules(selection: Collection[str]) -> list[Rule]:
    """The RCP rules whose codes are selected."""
    load_rules()
    return [each for each in loaded(*FAMILIES) if each.code in selection]


def names_of(selection: Collection[str]) -> frozenset[str]:
    """The reasons that count under a selection of codes."""
    return frozenset(name for name, code in codes().items() if code in selection)


LISTED = frozenset({"dup-exact", "dup-case", "dup-provider", "suppressed", "suppressed-domain"})
ASKED = frozenset(
    ("dns-nxdomain", "dns-null-mx", "dns-no-mail-host", "dns-mx-unroutable", "dns-implicit-mx", "dns-parked-mx",
     "dns-transient", "disposable-mx")
)  # fmt: skip


def report_row(
    row: Row,
    subject: str,
    place: Location,
    selection: Collection[str],
    fail_on: Severity,
    hosts: MailHosts | None = None,
    *,
    asked: bool = True,
) -> SubjectReport:
    """The report of one address; rules that had nothing to look at (no DNS, no list) are not listed."""
    fixes: tuple[Fix, ...] = ()
    if row.suggestion is not None:
        fixes = (Fix(f"{row.suggestion.why}: ask whether it is", (Step(row.suggestion.address),)),)
    hits: dict[str, tuple[Hit, ...]] = {}
    for each in row.reasons:
        evidence = hosts.evidence if hosts is not None and each.name in ASKED else ()
        hit = Hit(each.detail, place, each.severity, evidence=evidence, fixes=fixes if each.name in _REPAIRED else ())
        hits[each.name] = (*hits.get(each.name, ()), hit)
    silent = (LISTED | (frozenset() if asked and row.address.host else ASKED)) - set(hits)
    chosen = [each for each in rules(selection) if each.name not in silent]
    judgement = judge(chosen, Judged(subject, hits), locus=place)
    return SubjectReport(
        subject,
        verdict_of(judgement.findings, judgement.unknown, fail_on),
        tuple(judgement.findings),
        tuple(judgement.passed),
        tuple(judgement.unknown),
        (),
        facts_of(row),
    )


_REPAIRED = frozenset({"typo-likely", "typo-possible", "addr-invisible-char", "addr-no-at", "domain-bad-label"})


def facts_of(row: Row) -> dict[str, Any]:
    """The facts of one address."""
    suggestion = row.suggestion
    return {
        "verdict": row.verdict,
        "reasons": list(dict.fromkeys(each.name for each in row.reasons)),
        "normalized": row.address.normalized,
        "suggestion": None
        if suggestion is None
        else {"address": suggestion.address, "confidence": suggestion.confidence, "why": suggestion.why},
    }
