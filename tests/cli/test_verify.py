"""`mailcheck verify` as people run it: files, mailboxes, standard input, flags, exit codes."""

import datetime
import io
import json
import signal
from pathlib import Path

import pytest

import mailcheck
from cli.command import Command, outcome, process
from mailcheck.dns.static import StaticResolver
from verify_message.scenario import Scenario, clean_answers, scenario

WHO = (
    "--ip", "192.0.2.10", "--helo", "mail.example.com", "--mail-from", "bounce@example.com",
    "--now", "2026-11-23T12:00:00Z",
)  # fmt: skip
SEPARATOR = b"From bounce@example.com Mon Nov 23 10:00:00 2026\n"


@pytest.fixture
def mail(command: Command) -> Command:
    """A folder with the answers, a good message and one with a footer."""
    (command.folder / "zone.json").write_text(json.dumps(clean_answers()))
    (command.folder / "good.eml").write_bytes(scenario(()).raw)
    (command.folder / "footer.eml").write_bytes(scenario(("later body A footer of a list",)).raw)
    return command


def test_a_good_message(mail: Command) -> None:
    done = mail("verify", "good.eml", "--zone", "zone.json", *WHO)
    assert done.code == 0, done.out
    assert "good.eml: pass" in done.out
    assert "DMARC  pass" in done.out
    assert "Receivers" in done.out


def test_a_changed_message_names_the_edit_and_its_place(mail: Command) -> None:
    found = mail("verify", "footer.eml", "--zone", "zone.json", "--format", "json", *WHO).json["subjects"][0]
    finding = next(each for each in found["findings"] if each["code"] == "AUTH018")
    raw = (mail.folder / "footer.eml").read_bytes()
    place = finding["location"]
    assert raw[place["offset"] : place["end_offset"]] == b"A footer of a list\r\n"
    assert place["line"] == raw.count(b"\n")
    assert place["path"] == "footer.eml"
    assert found["facts"]["dkim"][0]["causes"][0]["kind"] == "footer"


def test_exit_codes(mail: Command) -> None:
    away = ("--ip", "198.51.100.7", *WHO[2:])
    assert mail("verify", "footer.eml", "--zone", "zone.json", *away).code == 1
    assert mail("verify", "footer.eml", "--zone", "zone.json", *away, "--exit-zero").code == 0
    assert mail("verify", "good.eml", "--offline", *WHO).code == 3
    assert mail("verify", "good.eml", "--offline", *WHO, "--allow-unknown").code == 0
    assert mail("verify", "none.eml", "good.eml", "--zone", "zone.json", *WHO).code == 2
    assert mail("verify").code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--ip", "example.com"),
        ("--ip", "1.2.3"),
        ("--trust-received", "0"),
        ("--trust-received", "x"),
        ("--trust-received", "1000"),
        ("--mail-from", ""),
        ("--colour", "x"),
    ],
)
def test_wrong_words_are_one_line(mail: Command, words: tuple[str, ...]) -> None:
    done = mail("verify", "good.eml", *words)
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert words[0] in done.err


def test_a_mailbox(mail: Command) -> None:
    good, footer = scenario(()).raw, scenario(("body >From the start", "body From here")).raw
    quoted = footer.replace(b"\r\n>From", b"\r\n>>From").replace(b"\r\nFrom here", b"\r\n>From here")
    box = b"".join(SEPARATOR + each.replace(b"\r\n", b"\n") + b"\n" for each in (good, quoted))
    (mail.folder / "box.mbox").write_bytes(box)
    done = mail("verify", "box.mbox", "--zone", "zone.json", "--format", "jsonl", *WHO)
    subjects = [json.loads(line) for line in done.out.splitlines()]
    assert [each["subject"] for each in subjects] == ["box.mbox#1", "box.mbox#2"]
    assert [each["facts"]["dkim"][0]["result"] for each in subjects] == ["pass", "pass"]


def test_a_maildir(mail: Command) -> None:
    for folder in ("cur", "new", "tmp"):
        (mail.folder / "Mail" / folder).mkdir(parents=True)
    for number in range(3):
        (mail.folder / "Mail" / "cur" / f"{number}:2,S").write_bytes(scenario(()).raw)
    (mail.folder / "Mail" / "new" / "link").symlink_to("/etc/passwd")
    (mail.folder / "Mail" / "tmp" / "9").write_bytes(b"half")
    done = mail("verify", "Mail", "--zone", "zone.json", "--format", "json", *WHO)
    assert done.code == 0
    assert [each["subject"] for each in done.json["subjects"]] == [f"Mail/cur/{number}:2,S" for number in range(3)]
    (mail.folder / "plain").mkdir()
    assert mail("verify", "plain", "good.eml", "--zone", "zone.json", *WHO).code == 2


def test_standard_input(mail: Command) -> None:
    with (mail.folder / "footer.eml").open("rb") as stream:
        done = outcome("verify", "-", "--zone", "zone.json", "--format", "json", *WHO, cwd=mail.folder, stdin=stream)
    assert done.code == 0
    found = done.json["subjects"][0]
    assert found["subject"] == "standard input"
    assert {each["location"]["path"] for each in found["findings"] if each["location"]["kind"] == "message"} == {None}


def test_progress_goes_to_standard_error(mail: Command) -> None:
    raw = scenario(("sign none",)).raw.replace(b"\r\n", b"\n")
    (mail.folder / "box.mbox").write_bytes((SEPARATOR + raw + b"\n") * 100)
    done = mail("verify", "box.mbox", "--zone", "zone.json", "--format", "json", "--no-second-opinion", *WHO)
    assert "100 messages verified" in done.err
    assert done.json["complete"]
    assert len(done.json["subjects"]) == 100


def test_a_recording_gives_the_same_result_again(mail: Command) -> None:
    words = ("verify", "footer.eml", "--format", "json", *WHO)
    first = mail(*words, "--zone", "zone.json", "--record", "answers.jsonl")
    again = mail(*words, "--replay", "answers.jsonl")
    assert first.json["subjects"][0]["facts"] == again.json["subjects"][0]["facts"]


def test_a_baseline_holds_for_messages_too(mail: Command) -> None:
    words = ("verify", "footer.eml", "--zone", "zone.json", "--ip", "198.51.100.7", *WHO[2:])
    assert mail(*words).code == 1
    mail(*words, "--write-baseline", "known.json")
    assert mail(*words, "--baseline", "known.json").code == 0


def test_the_python_function_gives_the_same(mail: Command) -> None:
    raw = (mail.folder / "footer.eml").read_bytes()
    report = mailcheck.verify(
        raw,
        ip="192.0.2.10",
        helo="mail.example.com",
        mail_from="bounce@example.com",
        resolver=StaticResolver(clean_answers()),
        now=datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC),
    )
    told = mail("verify", "footer.eml", "--zone", "zone.json", "--format", "json", *WHO).json["subjects"][0]
    assert [each.code for each in report.subjects[0].findings] == [each["code"] for each in told["findings"]]
    assert report.subjects[0].facts == told["facts"]


@pytest.mark.parametrize("wrong", [{"message": "text"}, {"ip": "x"}, {"fail_on": "never"}, {"select": ("NONE1",)}])
def test_mistakes_of_the_caller_are_usage_errors(wrong: dict[str, object]) -> None:
    given = {"message": b"From: a@b.example\r\n\r\n", "resolver": StaticResolver({})} | wrong
    with pytest.raises(mailcheck.UsageError):
        mailcheck.verify(given.pop("message"), **given)  # type: ignore[arg-type]


def test_nothing_is_written_to_the_message(mail: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in mail.folder.glob("*.eml")}
    mail("verify", *map(str, before), "--zone", "zone.json", *WHO)
    assert {path: path.read_bytes() for path in Path(mail.folder).glob("*.eml")} == before
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert mail("verify", "-", "--zone", "zone.json", *WHO).code == 1
    assert Scenario().raw


def test_ctrl_c_writes_what_there_is(mail: Command) -> None:
    raw = scenario(("sign none",)).raw.replace(b"\r\n", b"\n")
    (mail.folder / "box.mbox").write_bytes((SEPARATOR + raw + b"\n") * 20_000)
    words = ("verify", "box.mbox", "--zone", "zone.json", "--format", "json", *WHO)
    with process(*words, cwd=mail.folder) as child:
        assert child.stderr is not None
        child.stderr.readline()  # the first progress
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    report = json.loads(out)
    assert child.returncode == 130
    assert report["complete"] is False
    assert 50 <= len(report["subjects"]) < 20_000
    assert b"Traceback" not in err


def test_a_deadline_that_is_set_ends_a_run_of_many(mail: Command) -> None:
    raw = scenario(("sign none",)).raw.replace(b"\r\n", b"\n")
    (mail.folder / "box.mbox").write_bytes((SEPARATOR + raw + b"\n") * 5_000)
    done = mail("verify", "box.mbox", "--zone", "zone.json", "--timeout", "0.2", "--format", "json", *WHO)
    report = done.json
    assert report["complete"] is False
    assert 1 <= len(report["subjects"]) < 5_000
    last = report["subjects"][-1]
    assert (last["verdict"], last["unknown"][0]["code"]) == ("unknown", "RUN004")
    assert done.code == 3
    # The one that nobody set is no limit for many.
    few = ["good.eml"] * 3
    assert mail("verify", *few, "--zone", "zone.json", "--format", "json", *WHO).json["complete"] is True


def test_only_the_topmost_field_of_the_own_server_is_trusted(mail: Command) -> None:
    raw = scenario(()).raw
    forged = b"Authentication-Results: mx.example.net; dkim=fail header.d=example.com\r\n"
    true = b"Authentication-Results: mx.example.net; dkim=pass header.d=example.com\r\n"
    (mail.folder / "two.eml").write_bytes(true + forged + raw)
    words = ("verify", "two.eml", "--zone", "zone.json", "--format", "json", "--authserv-id", "MX.example.net", *WHO)
    facts = mail(*words).json["subjects"][0]["facts"]
    assert [each["trusted"] for each in facts["receiver_results"]] == [True, False]
    assert facts["authentication_results"].startswith("Authentication-Results: MX.example.net; ")
