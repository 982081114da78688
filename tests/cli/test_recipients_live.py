"""A list over a name server that delays and loses: no row is bad or unknown for it, and no question is asked twice."""

import pytest

from cli.command import Command
from servers.fault import FaultServer

DOMAINS, ROWS = 800, 5_000


def answers() -> dict:
    """800 domains behind 20 mail services."""
    hosts = {f"mx.service{number}.com": {"A": [f"192.0.2.{number + 1}"]} for number in range(20)}
    return hosts | {f"firm{number}.com": {"MX": [f"10 mx.service{number % 20}.com."]} for number in range(DOMAINS)}


def test_a_list_over_a_slow_and_lossy_server(command: Command) -> None:
    rows = "\n".join(f"person{number}@firm{number * 7 % DOMAINS}.com" for number in range(ROWS))
    command.write("list.csv", f"email\n{rows}\n")
    with FaultServer(answers(), delay=0.02, loss=0.01, seed=7) as server:
        done = command(
            "recipients", "list.csv", "--resolver", server.spec, "--isolated", "--format", "json", "--max-bad", "0",
            "--max-unknown", "0",
        )  # fmt: skip
    facts = done.json["subjects"][0]["facts"]
    assert done.code == 0
    assert facts["verdicts"] == {"ok": ROWS, "risky": 0, "bad": 0, "unknown": 0}
    assert facts["domains"] == {"distinct": DOMAINS, "asked": DOMAINS, "unknown": 0}
    assert len(server.counts) == DOMAINS + 20
    assert server.peak <= 200


def test_what_stays_silent_is_unknown_and_the_rest_is_judged(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailcheck.recipients.domains.PAUSES", (0.01, 0.01))
    command.write("list.csv", "email\na@firm1.com\nb@firm2.com\nc@firm3.com\n")
    with FaultServer(answers(), {"firm2.com": "servfail", ("firm3.com", "MX"): ["servfail", "servfail", "servfail",
                                                                                 "answer"]}) as server:  # fmt: skip
        done = command("recipients", "list.csv", "--resolver", server.spec, "--isolated", "--format", "json")
    facts = done.json["subjects"][0]["facts"]
    assert done.code == 3
    assert facts["verdicts"] == {"ok": 2, "risky": 0, "bad": 0, "unknown": 1}
    assert "firm2.com MX" in done.json["subjects"][0]["unknown"][0]["reason"]
