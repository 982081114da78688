"""Every fixture domain gives the findings it must and none besides, from files as from a real name server."""

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from mailcheck.dns.live import LiveResolver
from mailcheck.dns.master_file import read_zone
from mailcheck.dns.names import domain_argument
from mailcheck.dns.zones import ZoneResolver
from mailcheck.domain_audit.judging import rules
from mailcheck.model.report import SubjectReport
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity
from published import FIXTURES, ZONES, Case, audit_now, cases, said
from servers.knot import LISTEN, Knot
from servers.unbound import Unbound

CASES = cases()
NEEDS_A_FAULTY_SERVER = {"dns-ent-nxdomain"}
"""What no zone can show: a server that denies an empty non-terminal. The rule's own example covers it."""


@cache
def from_files() -> dict[str, SubjectReport]:
    """All of them audited from the folder, in one run."""
    return {subject.subject: subject for subject in audit_now(CASES, ZoneResolver.from_path(ZONES))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.domain)
def test_errors_and_warnings_are_exactly_those_expected(case: Case) -> None:
    assert said(from_files()[case.domain], "error", "warning") == sorted(
        line for line in case.must if not line.startswith("info ")
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.domain)
def test_infos_that_matter_are_there_and_mistakes_are_not(case: Case) -> None:
    subject = from_files()[case.domain]
    infos = said(subject, "info")
    assert [line for line in case.must if line.startswith("info ") and line not in infos] == []
    assert {finding.name for finding in subject.findings} & set(case.must_not) == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.domain)
def test_only_what_cannot_be_known_is_unknown(case: Case) -> None:
    subject = from_files()[case.domain]
    unknown = {each.name for each in subject.unknown}
    if case.unknown == ("*",):
        assert (subject.findings, subject.passed) == ((), ())
        assert "dns-unreachable" in unknown
    else:
        assert unknown == set(case.unknown)


@pytest.mark.parametrize("case", [case for case in CASES if case.spf], ids=lambda case: case.domain)
def test_spf_figures_are_those_worked_out_by_hand(case: Case) -> None:
    facts = from_files()[case.domain].facts["spf"]
    assert {key: facts[key] for key in case.spf} == case.spf


def test_every_rule_has_a_domain_that_breaks_it() -> None:
    every = [*CASES, *cases(FIXTURES / "big")]
    shown = {line.split()[1] for case in every for line in case.must}
    shown |= {name for case in every for name in case.unknown} | {"dns-unreachable"}
    names = {rule.name for rule in rules(Selection.of(("ALL",)))}
    assert names - shown == NEEDS_A_FAULTY_SERVER


def test_every_expectation_names_rules_there_are() -> None:
    names = {rule.name for rule in rules(Selection.of(("ALL",)))}
    levels = {str(level) for level in Severity}
    for case in CASES:
        assert {line.split()[1] for line in case.must} <= names, case.domain
        assert {line.split()[0] for line in case.must} <= levels, case.domain
        assert set(case.must_not) <= names, case.domain
        assert set(case.unknown) - {"*"} <= names, case.domain
    assert len({case.domain for case in CASES}) == len(CASES) >= 60


def test_an_internationalized_name_is_the_same_domain() -> None:
    assert domain_argument("bücher.dns.example") in from_files()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    """A real name server for the whole folder, and for the top-level domains above it."""
    folder = tmp_path_factory.mktemp("knot")
    zones = {zone.origin: path for path in sorted(ZONES.glob("*.zone")) for zone in read_zone(path)}
    for top in {origin.rpartition(".")[2] for origin in zones}:
        path = zones[top] = folder / f"{top}.zone"
        path.write_text(
            f"$ORIGIN {top}.\n@ 3600 IN SOA ns.{top}. root.{top}. 1 7200 3600 1209600 3600\n@ IN NS ns.{top}.\n"
        )
    knot = Knot(folder, zones)
    yield knot
    knot.stop()


def outcome(subject: SubjectReport) -> dict[str, object]:
    """All that must not depend on where the answers come from."""
    return {
        "findings": sorted(
            (each.code, str(each.severity), each.message, each.fingerprint) for each in subject.findings
        ),
        "passed": sorted(each.code for each in subject.passed),
        "unknown": sorted({each.code for each in subject.unknown}),
        "verdict": subject.verdict,
    }


@pytest.mark.server
def test_a_real_server_gives_the_same_report_for_every_domain(server: Knot) -> None:
    resolver = LiveResolver.from_specs([f"{LISTEN}:{server.port}"])
    live = {subject.subject: subject for subject in audit_now(CASES, resolver)}
    differing = [name for name, subject in from_files().items() if outcome(live[name]) != outcome(subject)]
    assert [(name, outcome(live[name]), outcome(from_files()[name])) for name in differing] == []


@pytest.fixture(scope="module")
def recursive(server: Knot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unbound]:
    """A real recursive resolver in front of the name server."""
    unbound = Unbound(tmp_path_factory.mktemp("unbound"), server.port)
    yield unbound
    unbound.stop()


@pytest.mark.server
def test_a_recursive_resolver_gives_the_same_report_for_every_domain(recursive: Unbound) -> None:
    resolver = LiveResolver.from_specs([f"{LISTEN}:{recursive.port}"])
    live = {subject.subject: subject for subject in audit_now(CASES, resolver)}
    differing = [name for name, subject in from_files().items() if outcome(live[name]) != outcome(subject)]
    assert [(name, outcome(live[name]), outcome(from_files()[name])) for name in differing] == []


@pytest.mark.server
@pytest.mark.parametrize(
    ("domain", "code"), [("good.example", 0), ("loop.spf.example", 1), ("temperror.spf.example", 3)]
)
def test_the_command_asks_a_real_server(server: Knot, domain: str, code: int, tmp_path: Path) -> None:
    words = [domain, "--resolver", f"{LISTEN}:{server.port}", "--isolated", "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "mailcheck", *words],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, "")
    subject = json.loads(done.stdout)["subjects"][0]
    assert subject["subject"] == domain
    assert sorted(each["code"] for each in subject["findings"]) == sorted(
        each.code for each in from_files()[domain].findings
    )
