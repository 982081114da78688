"""`mailcheck.lint_text` and `mailcheck.lint_path`."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

import mailcheck
from integration.pages import BAD, GOOD
from mailcheck import aio


def errors(report: mailcheck.Report) -> list[tuple[str, str]]:
    return [
        (subject.subject, finding.code)
        for subject in report.subjects
        for finding in subject.findings
        if finding.severity is mailcheck.Severity.ERROR
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a good and a bad page, and a configuration that nobody is to read."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "good.html").write_text(GOOD)
    (tmp_path / "mail" / "bad.html").write_text(BAD)
    (tmp_path / "mailcheck.toml").write_text('ignore = ["LNK001"]\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_text(folder: Path) -> None:
    report = mailcheck.lint_text(BAD)
    assert errors(report) == [("-", "LNK001")]
    assert (report.command, report.verdict) == ("lint", "fail")
    assert errors(mailcheck.lint_text(GOOD, path="mail/new.html")) == []
    assert errors(mailcheck.lint_text(BAD, path=folder / "mail" / "new.html")) == [("mail/new.html", "LNK001")]


@pytest.mark.parametrize("dialect", ["erb", "plain", "jinja", "sendgrid"])
def test_text_of_a_declared_language(dialect: str) -> None:
    """The same text, read in the language that the caller names."""
    (body,) = mailcheck.lint_text("<p>{{ name }} <%= name %></p>", dialect=dialect).subjects[0].facts["bodies"]
    assert body["dialect"] == {"sendgrid": "handlebars"}.get(dialect, dialect)
    assert bool(body["tags"]) is (dialect != "plain")


def test_path(folder: Path) -> None:
    assert errors(mailcheck.lint_path("mail")) == [("mail/bad.html", "LNK001")]
    assert errors(mailcheck.lint_path(folder / "mail" / "bad.html", ignore=["empty-or-hash-href"])) == []
    assert errors(mailcheck.lint_path("mail/bad.html", root="mail")) == [("bad.html", "LNK001")]
    assert mailcheck.lint_path("mail", select=["LNK"], fail_on="info").fail_on is mailcheck.Severity.INFO


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "advert"}, "kind is marketing or transactional, not 'advert'"),
        ({"dialect": "cobol"}, "dialect 'cobol' is none of jinja"),
        ({"fail_on": "fatal"}, "fail_on is error, warning or info, not 'fatal'"),
        ({"select": ["NOPE"]}, "no rule, name or family 'NOPE'"),
    ],
)
def test_mistakes_of_the_caller(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(mailcheck.UsageError, match=message):
        mailcheck.lint_text(GOOD, **arguments)  # type: ignore[arg-type]


def test_file_that_is_not_there(folder: Path) -> None:
    with pytest.raises(mailcheck.InputError, match="nope: there is no such file or folder"):
        mailcheck.lint_path("nope")


def test_same_names_async(folder: Path) -> None:
    async def both() -> tuple[mailcheck.Report, mailcheck.Report]:
        return await aio.lint_text(BAD), await aio.lint_path("mail")

    assert asyncio.run(both()) == (mailcheck.lint_text(BAD), mailcheck.lint_path("mail"))


def test_no_event_loop_is_loaded() -> None:
    code = (
        "import sys, mailcheck; mailcheck.lint_text('<p>x</p>'); print('asyncio' in sys.modules, 'dns' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
