"""What people type first: domains everybody knows, and companies set up as their provider's pages say.

The zones have the shape of what those domains publish. On each, only what its postmaster would grant is found.
"""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from mailcheck.dns.zones import ZoneResolver
from mailcheck.model.report import SubjectReport
from published import FIXTURES, Case, audit_now, cases, said

BIG = FIXTURES / "big"
CASES = cases(BIG)
PASTE_READY = re.compile(r"\S+\. \d+ IN [A-Z]+ ")
"""A line to copy into a zone file: never wrapped, whatever its length."""


@cache
def audited() -> dict[str, SubjectReport]:
    """All of them, in one run."""
    return {subject.subject: subject for subject in audit_now(CASES, ZoneResolver.from_path(BIG))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.domain)
def test_exactly_what_its_postmaster_grants_is_found(case: Case) -> None:
    subject = audited()[case.domain]
    assert said(subject, "error", "warning", "info") == sorted(case.must)
    assert {finding.name for finding in subject.findings} & set(case.must_not) == set()
    assert subject.unknown == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.domain)
def test_spf_figures_are_those_worked_out_by_hand(case: Case) -> None:
    facts = audited()[case.domain].facts["spf"]
    assert {key: facts[key] for key in case.spf} == case.spf


@pytest.mark.parametrize(
    ("domain", "providers"),
    [
        ("gmail.com", {"Gmail", "Google Workspace"}),
        ("contoso.example", {"Microsoft 365"}),
        ("shop.example", {"Google Workspace", "Amazon SES"}),
        ("fastmail.com", {"Fastmail"}),
        ("parked.example", set()),
    ],
)
def test_the_services_behind_it_are_recognised(domain: str, providers: set[str]) -> None:
    assert set(audited()[domain].facts["providers"]) == providers


@pytest.mark.parametrize("domain", ["gmail.com", "contoso.example", "parked.example"])
def test_the_report_fits_a_terminal_of_80_columns(domain: str, tmp_path: Path) -> None:
    words = [domain, "--zone", str(BIG), "--color", "never", "--isolated"]
    done = subprocess.run(
        [sys.executable, "-m", "mailcheck", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={"COLUMNS": "80", "PYTHONUTF8": "1"},
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{domain}: pass")
    assert [line for line in lines if len(line) > 80 and not PASTE_READY.match(line)] == []
    sections = [line for line in lines if line in {"Domain", "MX", "SPF", "DKIM", "DMARC", "Receivers"}]
    assert sections == ["Domain", "MX", "SPF", "DKIM", "DMARC", "Receivers"]
