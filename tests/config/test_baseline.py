"""Baselines as files: what is no baseline says so, and counts move what is known aside."""

from pathlib import Path

import pytest

from mailcheck.config.baseline import apply_baseline, read_baseline, section_of, write_baseline
from mailcheck.model.errors import InputError
from mailcheck.model.finding import Finding
from mailcheck.model.location import DnsLocation
from mailcheck.model.report import Report, SubjectReport
from mailcheck.model.severity import Severity

PLACE = DnsLocation("example.com", "TXT")


def report(*codes: str) -> Report:
    """A report of errors of these codes about example.com."""
    findings = tuple(Finding(code, PLACE, Severity.ERROR, code=code) for code in codes)
    return Report("audit", "0", (SubjectReport("example.com", "fail", findings),))


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{", '{"format": "other"}', '{"format": "mailcheck-baseline/1"}',
        '{"format": "mailcheck-baseline/1", "counts": []}',
        '{"format": "mailcheck-baseline/1", "counts": {"a": 1}}',
        '{"format": "mailcheck-baseline/1", "counts": {"a": {"SPF001": "1"}}}',
        "[" * 100_000, "\x00",
    ],
)  # fmt: skip
def test_file_that_is_no_baseline(text: str, tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    path.write_text(text)
    with pytest.raises(InputError, match="not a baseline"):
        read_baseline(str(path))


def test_binary_file(tmp_path: Path) -> None:
    (tmp_path / "base.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not a baseline"):
        read_baseline(str(tmp_path / "base.json"))


def test_known_findings_move_aside_by_count(tmp_path: Path) -> None:
    path = str(tmp_path / "base.json")
    write_baseline(path, report("SPF004", "SPF004", "DNS001"))
    assert read_baseline(path) == {"example.com": {"DNS001": 1, "SPF004": 2}}
    subject = apply_baseline(report("SPF004", "SPF004", "SPF004"), read_baseline(path)).subjects[0]
    assert ([len(subject.findings), len(subject.ignored)], subject.verdict) == ([1, 2], "fail")
    subject = apply_baseline(report("SPF004"), read_baseline(path)).subjects[0]
    assert ([len(subject.findings), len(subject.ignored)], subject.verdict) == ([0, 1], "pass")


def test_baseline_of_another_domain_hides_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "base.json")
    write_baseline(
        path, Report("audit", "0", (SubjectReport("other.example", "fail", report("SPF004").subjects[0].findings),))
    )
    assert apply_baseline(report("SPF004"), read_baseline(path)) == report("SPF004")


def test_faults_of_the_run_are_never_known(tmp_path: Path) -> None:
    path = str(tmp_path / "base.json")
    write_baseline(path, report("RUN001"))
    assert read_baseline(path) == {}
    assert apply_baseline(report("RUN001"), {"example.com": {"RUN001": 5}}).broken


def test_files_and_domains_share_a_baseline_without_losing_each_other(tmp_path: Path) -> None:
    path = str(tmp_path / "base.json")
    write_baseline(path, report("SPF004"))
    lint = Report(
        "lint", "0", (SubjectReport("mail/a.html", "fail", (Finding("x", PLACE, Severity.ERROR, code="LNK001"),)),)
    )
    write_baseline(path, lint)
    assert read_baseline(path) == {"example.com": {"SPF004": 1}}
    assert read_baseline(path, section_of("lint")) == {"mail/a.html": {"LNK001": 1}}
    write_baseline(path, report())
    assert read_baseline(path) == {}
    assert read_baseline(path, "files") == {"mail/a.html": {"LNK001": 1}}


def test_file_that_is_no_baseline_is_written_over(tmp_path: Path) -> None:
    """check_target has asked whether it may be written; what it holds is not ours."""
    path = tmp_path / "base.json"
    path.write_text("{")
    write_baseline(str(path), report("SPF004"))
    assert read_baseline(str(path)) == {"example.com": {"SPF004": 1}}
