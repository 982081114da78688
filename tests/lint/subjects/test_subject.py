"""`lint_subject`, `lint --subject`, the ledger and the day."""

import datetime
from pathlib import Path

import pytest

import mailcheck
from mailcheck.cli.main import main
from mailcheck.ledger.entries import append, entry
from mailcheck.model.report import Report

DAY = datetime.date(2026, 11, 28)


def codes(report: Report) -> list[tuple[str, str]]:
    return [(finding.code, str(finding.severity)) for subject in report.subjects for finding in subject.findings]


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ("2026-11-28", []),
        (datetime.date(2026, 11, 28), []),
        ("2026-12-05", [("SUB004", "error")]),
        ("2026-11-20", [("SUB004", "error")]),
        ("soon", [("SUB004", "warning")]),
    ],
)
def test_tonight_against_the_declared_end(ends: object, expected: list[tuple[str, str]]) -> None:
    report = mailcheck.lint_subject("Ends tonight: lamps", body="Lamps.", offer={"id": "a", "ends": ends}, now=DAY)
    assert codes(report) == expected


def test_what_a_tag_may_print_is_unknown() -> None:
    for body in ("Until {{ offer_end_date }}.", "{{ content }}", "{% include 'terms.html' %}{{ x }}"):
        assert codes(mailcheck.lint_subject("Today only: lamps", body=body, kind="marketing", now=DAY)) == []
    body = "<p>Dear {{ first_name }}, lamps.</p>"
    assert codes(mailcheck.lint_subject("Today only: lamps", body=body, kind="marketing", now=DAY)) == [
        ("SUB004", "warning")
    ]


def test_rules_for_marketing_need_marketing() -> None:
    assert codes(mailcheck.lint_subject("Your trial ends tonight", body="Your trial.", kind="transactional")) == []
    assert codes(mailcheck.lint_subject("Your trial ends tonight", body="Your trial.")) == []


def test_the_report_tells_the_language() -> None:
    facts = mailcheck.lint_subject("Nur heute: die Lampen", body="Die Lampen sind da, nur heute.").subjects[0].facts
    assert (facts["subject_language"], facts["subject_claims"]) == ("de", True)
    facts = mailcheck.lint_subject("برنامه‌های بهار کتاب‌خانه گ").subjects[0].facts
    assert (facts["subject_language"], facts["subject_claims"]) == (None, False)


def test_an_offer_that_goes_on(tmp_path: Path) -> None:
    ledger = tmp_path / "sends.jsonl"
    append(
        ledger,
        entry(datetime.date(2026, 11, 20), "earlier", "Lamps end on 20 November", "lamps", datetime.date(2026, 11, 20)),
    )
    offer = {"id": "lamps", "ends": "2026-11-28"}
    report = mailcheck.lint_subject("Lamps for all", body="Lamps.", offer=offer, ledger=ledger, now=DAY)
    assert codes(report) == [("SUB005", "error")]
    other = {"id": "chairs", "ends": "2026-11-28"}
    assert codes(mailcheck.lint_subject("Chairs for all", body="Chairs.", offer=other, ledger=ledger, now=DAY)) == []
    # The same words with another date, and no offer.
    report = mailcheck.lint_subject(
        "Lamps end on 28 November!", body="28 November", kind="marketing", ledger=ledger, now=DAY
    )
    assert codes(report) == [("SUB005", "error")]


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mail.html").write_text("<p>Take 30% off.</p>")
    words = ["lint", "--subject", "40% off", "--kind", "marketing", "--format", "concise", "--isolated"]
    assert main([*words, "--body", "mail.html"]) == 1
    assert "subject:1:1: SUB010" in capsys.readouterr().out
    assert main(["lint", "--subject", "A letter from the garden", "--from-name", "Re: Larkfield", "--isolated"]) == 0
    assert "HDR002" in capsys.readouterr().out
    assert main(["lint", "--subject", "", "--format", "concise", "--isolated"]) == 1
    assert "SUB022" in capsys.readouterr().out
    (tmp_path / "mailcheck.toml").write_text('ledger = "sends.jsonl"\n')
    append(
        tmp_path / "sends.jsonl",
        entry(datetime.date(2026, 11, 20), "x", "Lamps end today", None, datetime.date(2026, 11, 20)),
    )
    words = ["lint", "--subject", "Lamps end today", "--kind", "marketing", "--format", "concise"]
    assert main([*words, "--now", "2026-11-28"]) == 1
    assert "SUB005" in capsys.readouterr().out
    assert main([*words, "--now", "2026-11-20"]) == 0


@pytest.mark.parametrize(
    "words",
    [
        ["--preheader", "x"],
        ["--body", "mail.html"],
        ["--subject", "x", "--fix"],
        ["--subject", "x", "templates"],
        ["--subject", "x", "--body", "missing.html"],
        ["--subject", "x", "--now", "yesterday"],
        ["--subject", "x", "--ledger", "missing.jsonl"],
    ],
)
def test_what_does_not_go_together(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["lint", "--isolated", *words]) == 2
