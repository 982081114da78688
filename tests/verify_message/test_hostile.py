"""Whatever a message or a key record holds: a report, with findings or reasons, and never a fault of mailcheck."""

import pytest

import mailcheck
from mailcheck.dns.static import StaticResolver
from mailcheck.report import FORMATS, render
from mailcheck.report.options import RenderOptions
from verify_message.hostile import files, records
from verify_message.scenario import clean_answers, scenario

FILES = dict(files())


def verify(raw: bytes, answers: dict[str, object]) -> mailcheck.Report:
    return mailcheck.verify(
        raw, ip="192.0.2.10", helo="mail.example.com", mail_from="b@example.com", resolver=StaticResolver(answers)
    )


@pytest.mark.parametrize("name", FILES)
def test_any_file_gives_a_report(name: str) -> None:
    report = verify(FILES[name], clean_answers())
    subject = report.subjects[0]
    assert "RUN001" not in {finding.code for finding in subject.findings}
    assert subject.findings or subject.unknown
    for finding in subject.findings:
        location = finding.location
        if location.kind == "message":
            assert 0 <= location.offset <= location.end_offset <= len(FILES[name])
            assert location.line >= 1
    # No signature in these files is a valid one of the author.
    dmarc = subject.facts["dmarc"]
    assert not (dmarc or {}).get("dkim_aligned"), name


@pytest.mark.parametrize(
    "name", ["binary", "NUL in From", "no colon", "charset '../../etc/pa'", "Authentication-Results"]
)
@pytest.mark.parametrize("form", FORMATS)
def test_every_writer_takes_it(name: str, form: str) -> None:
    assert render(form, verify(FILES[name], clean_answers()), RenderOptions())


@pytest.mark.parametrize(("name", "record"), list(records()), ids=[name for name, _ in records()])
def test_no_key_record_makes_a_pass(name: str, record: str) -> None:
    answers = clean_answers()
    answers["s1._domainkey.example.com"] = {"TXT": [record]}
    subject = verify(scenario(()).raw, answers).subjects[0]
    assert "RUN001" not in {finding.code for finding in subject.findings}
    assert [each["result"] for each in subject.facts["dkim"]] != ["pass"]


def test_a_message_beyond_a_limit_is_not_judged() -> None:
    for name in ("26 MiB", "100,000 fields", "a field of 1 MB", "a header without a line end"):
        report = verify(FILES[name], clean_answers())
        subject = report.subjects[0]
        assert "RUN003" in {finding.code for finding in subject.findings}, name
        assert subject.facts["dkim"].keys() == {"unknown"}
        assert report.exit_code() == 3, name
