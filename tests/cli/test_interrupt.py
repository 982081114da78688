"""Ctrl-C and SIGTERM while a name server never answers: the partial result is written and marked incomplete."""

import json
import signal
import subprocess
import time

import pytest

from cli.command import Command, process
from servers.fault import FaultServer

FOREVER = "86000"
"""Seconds: only the signal can end the run."""


def ask(server: FaultServer, command: Command, *words: str) -> subprocess.Popen[bytes]:
    """Start an audit, and come back when its first question has arrived."""
    child = process(
        "example.com", "--resolver", server.spec, "--timeout", FOREVER, *words, cwd=command.folder, env={"TERM": "dumb"}
    )
    while not server.counts and child.poll() is None:
        time.sleep(0.01)
    return child


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"])
def test_partial_result_is_written(number: signal.Signals, code: int, command: Command) -> None:
    with (
        FaultServer(
            {"example.com": {"TXT": ["v=spf1 -all"]}}, {"*": "timeout", ("example.com", "TXT"): "answer"}
        ) as server,
        ask(
            server, command, "--format", "json", "--report", "terminal=audit.txt", "--write-baseline", "base.json"
        ) as child,
    ):
        child.send_signal(number)
        out, err = child.communicate(timeout=60)
    report = json.loads(out)
    assert (child.returncode, report["complete"]) == (code, False)
    assert report["subjects"][0]["subject"] == "example.com"
    assert report["summary"]["unknown"] > 0
    assert "Incomplete" in (command.folder / "audit.txt").read_text()
    assert err == b"mailcheck: base.json: not written, since the run was interrupted\n"
    assert not (command.folder / "base.json").exists()


def test_nothing_that_was_not_asked_reads_as_missing(command: Command) -> None:
    with FaultServer({}, {"*": "timeout"}) as server, ask(server, command, "--format", "json") as child:
        child.send_signal(signal.SIGINT)
        out, _ = child.communicate(timeout=60)
    subject = json.loads(out)["subjects"][0]
    assert (subject["findings"], subject["passed"]) == ([], [])


def test_interrupt_while_reading_standard_input(command: Command) -> None:
    with process("audit", "--from", "-", cwd=command.folder, stdin=subprocess.PIPE) as child:
        assert child.stdin
        # More than a pipe holds: when all is written, the command is reading.
        child.stdin.write(b"# example.com\n" * 20_000)
        child.stdin.flush()
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert b"Traceback" not in err
