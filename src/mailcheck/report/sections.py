"""The order in which people read a report: an audit as mail flows, a file from its first line to its last."""

from collections.abc import Sequence

from mailcheck.model.finding import Finding

FAMILIES = (
    "DNS", "MX", "SPF", "DKIM", "DMARC", "STS", "TLSRPT", "DANE", "BIMI", "TLS", "AUTH", "HDR", "MIM", "SUB", "PRE",
    "UNS", "LEG", "LNK", "SEC", "TPL", "HTM", "CSS", "IMG", "ACC", "TXT", "SIZ", "SPM", "RCP", "REP", "IGN", "RUN",
)  # fmt: skip
TITLES = {
    "RUN": "This run", "IGN": "Ignored and accepted", "DNS": "Domain", "AUTH": "Authentication", "RCP": "Recipients",
}  # fmt: skip

BY_FILE = frozenset({"lint"})
"""Commands whose subjects are files: many, most of them clean. What is clean is counted, not listed."""


def family_of(code: str) -> str:
    """The letters of a code."""
    return code.rstrip("0123456789")


def family_order(code: str) -> int:
    """Where a code's family stands."""
    family = family_of(code)
    return FAMILIES.index(family) if family in FAMILIES else len(FAMILIES)


def by_reading_order(finding: Finding) -> tuple[int, int, str]:
    """A sort key: family, then worst first, then code."""
    return (family_order(finding.code), finding.severity.rank if finding.severity else 9, finding.code)


def in_reading_order(command: str, findings: Sequence[Finding]) -> Sequence[Finding]:
    """The findings of one subject of a command's report; those of a file stand in the order of its text already."""
    return findings if command in BY_FILE else sorted(findings, key=by_reading_order)
