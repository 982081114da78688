"""The fixture domains, what is expected of each, and their audit from files or from a server.

To add a case: put the domain's records into the zone file of its family in `fixtures/zones/`, with a comment that
says what is wrong, and an entry of the same name into `fixtures/expected/FAMILY.toml`:

    ["loop.spf.example"]
    why = "The record includes itself."
    must = ["error spf-loop"]           every error and warning, and the infos that matter; twice if found twice
    must_not = ["spf-include-broken"]   the rules that would be a mistake here, of any severity
    unknown = ["spf-loop"]              every rule that cannot be determined
    selectors = ["s1"]                  as with --selector
    declared = { sends = true }         as in [domain."…"] of mailcheck.toml
    spf = { lookups = 3 }               figures of the SPF facts, worked out by hand
"""

import asyncio
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailcheck.dns.port import Resolver
from mailcheck.dns.run import Run
from mailcheck.domain_audit.declaration import Declaration
from mailcheck.domain_audit.run import audit_domains
from mailcheck.model.report import SubjectReport

FIXTURES = Path(__file__).parent.parent / "fixtures"
ZONES = FIXTURES / "zones"


@dataclass(frozen=True)
class Case:
    """One domain and what its audit must and must not say."""

    domain: str
    why: str
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()
    declared: dict[str, Any] = field(default_factory=dict)
    spf: dict[str, Any] = field(default_factory=dict)

    @property
    def declaration(self) -> Declaration:
        """What is declared, as the audit takes it; the selectors among it."""
        return Declaration(
            sends=self.declared.get("sends"),
            selectors=self.selectors,
            providers=tuple(self.declared.get("providers", ())),
            bounce_domains=tuple(self.declared.get("bounce-domains", ())),
        )


def cases(folder: Path = FIXTURES / "expected") -> list[Case]:
    """Every case of the files of a folder."""
    found: list[Case] = []
    for path in sorted(folder.glob("*.toml")):
        for domain, entry in tomllib.loads(path.read_text()).items():
            values = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
            found.append(Case(domain, **values))
    return found


async def audit(cases: Iterable[Case], resolver: Resolver) -> list[SubjectReport]:
    """Audit the domains in one run; the resolver is closed afterwards."""
    run = Run(resolver)
    chosen = list(cases)
    try:
        report = await audit_domains(
            [case.domain for case in chosen],
            run,
            version="0",
            declared={case.domain: case.declaration for case in chosen},
        )
    finally:
        await run.close()
    return list(report.subjects)


def audit_now(chosen: Iterable[Case], resolver: Resolver) -> list[SubjectReport]:
    """The same for a caller without an event loop."""
    return asyncio.run(audit(chosen, resolver))


def said(subject: SubjectReport, *levels: str) -> list[str]:
    """The findings of these levels as `error spf-loop`, sorted."""
    return sorted(f"{each.severity} {each.name}" for each in subject.findings if str(each.severity) in levels)
