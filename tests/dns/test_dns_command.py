"""DNS through the command itself, a process of its own, with warnings as errors."""

import asyncio
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mailcheck import aio
from servers.asking import ONCE, live
from servers.fault import FaultServer

ROOT = Path(__file__).parent.parent.parent
ANSWERS = {
    "a.example": {"TXT": ["v=spf1 -all"], "MX": ["10 mx.a.example."]},
    "_dmarc.a.example": {"TXT": ["v=DMARC1; p=reject"]},
    "mx.a.example": {"A": ["192.0.2.1"]},
}
ABSENT = ("spf-missing", "dmarc-missing", "mx-missing", "domain-nxdomain")


def start(*words: str) -> "subprocess.Popen[str]":
    """The command, in Python's development mode: unclosed sockets and lost exceptions are told on stderr."""
    return subprocess.Popen(
        [sys.executable, "-X", "dev", "-W", "error", "-m", "mailcheck", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip


def run(*words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and report of a run that must leave stderr empty."""
    process = start("a.example", "--isolated", "--format", "json", *words)
    out, err = process.communicate(timeout=60)
    # The loop's debug mode tells what kept it for 0.1 s, which on a busy machine is anything at all.
    told = [line for line in err.splitlines() if not re.fullmatch(r"Executing <.*> took [0-9.]+ seconds", line)]
    assert told == []
    return process.returncode, json.loads(out)


def names(report: dict[str, Any]) -> list[str]:
    return [finding["name"] for subject in report["subjects"] for finding in subject["findings"]]


def test_a_server_that_refuses_everything_makes_exit_3_and_nothing_missing() -> None:
    with FaultServer(ANSWERS, {"*": "refused"}) as server:
        code, report = run("--resolver", server.spec)
    assert code == 3
    assert not set(names(report)) & set(ABSENT)
    assert all("refused" in each["reason"] for each in report["subjects"][0]["unknown"])


def test_silence_ends_at_the_deadline() -> None:
    with FaultServer(ANSWERS, {"*": "timeout"}) as server:
        code, report = run("--resolver", server.spec, "--timeout", "1")
    assert code == 3
    assert not set(names(report)) & set(ABSENT)


def test_no_question_is_asked_twice() -> None:
    with FaultServer(ANSWERS) as server:
        report = asyncio.run(aio.audit("a.example", resolver=live(server.port, timing=ONCE)()))
        assert set(server.counts.values()) == {1}
    assert report.subjects[0].facts["spf"]["record"] == "v=spf1 -all"


def test_the_second_server_answers_for_the_first() -> None:
    with FaultServer(ANSWERS) as clean:
        expected = run("--resolver", clean.spec)
    with FaultServer(ANSWERS, {"*": "servfail"}) as bad, FaultServer(ANSWERS) as good:
        found = run("--resolver", bad.spec, "--resolver", good.spec)
    assert (found[0], names(found[1])) == (expected[0], names(expected[1]))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_writes_what_it_has(number: signal.Signals, code: int) -> None:
    with FaultServer(ANSWERS, {"*": "timeout", ("a.example", "TXT"): "answer"}) as server:
        process = start("a.example", "--isolated", "--format", "json", "--resolver", server.spec)
        while not server.log:
            time.sleep(0.02)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (code, "")
    report = json.loads(out)
    assert report["complete"] is False
    assert not set(names(report)) & set(ABSENT)


def test_a_broken_zone_file_is_one_line_with_file_and_line(tmp_path: Path) -> None:
    zone = tmp_path / "a.example.zone"
    zone.write_text("@ TXT x\nwww A nowhere\n")
    process = start("a.example", "--isolated", "--zone", str(zone))
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err.startswith(f"mailcheck: {zone}:2: ")
    assert err.count("\n") == 1
