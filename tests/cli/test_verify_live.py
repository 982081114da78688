"""`verify` with a name server on loopback: every fault of it is an unknown, never a pass and never "no key"."""

from typing import Any

import pytest

from cli.command import Command
from cli.test_verify import WHO
from servers.fault import FaultServer
from signer import Signer, rsa_key, seal
from verify_message.scenario import clean_answers, scenario

AWAY = ("--ip", "198.51.100.7", *WHO[2:])
"""A client that SPF does not allow, so that the signature decides."""
KEY = ("s1._domainkey.example.com", "TXT")
FAULTS = ("servfail", "refused", "formerr", "garbage", "timeout", "truncated-closed", "referral")


@pytest.fixture
def message(command: Command) -> Command:
    (command.folder / "good.eml").write_bytes(scenario(()).raw)
    return command


def test_each_question_is_asked_once(message: Command) -> None:
    with FaultServer(clean_answers()) as server:
        done = message("verify", "good.eml", "--resolver", server.spec, *WHO)
        assert done.code == 0, done.out
        counts = {question: count for question, count in server.counts.items() if count > 1}
    assert counts == {}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_key_that_cannot_be_fetched_is_unknown(fault: str, message: Command) -> None:
    with FaultServer(clean_answers(), {KEY: fault}) as server:
        done = message("verify", "good.eml", "--resolver", server.spec, "--timeout", "3", "--format", "json", *AWAY)
    subject = done.json["subjects"][0]
    assert done.code in {1, 3}
    assert subject["facts"]["dkim"][0]["result"] == "temperror"
    assert "unknown" in subject["facts"]["dmarc"]
    assert not {"AUTH022", "AUTH036"} & {finding["code"] for finding in subject["findings"]}


def test_a_policy_that_cannot_be_fetched_is_unknown(message: Command) -> None:
    with FaultServer(clean_answers(), {("_dmarc.example.com", "TXT"): "servfail"}) as server:
        done = message("verify", "good.eml", "--resolver", server.spec, "--format", "json", *WHO)
    assert done.code == 3
    assert "unknown" in done.json["subjects"][0]["facts"]["dmarc"]


def sealed() -> bytes:
    """A message that a list changed and sealed, with its chain and its own SPF."""
    raw = scenario(("later body A footer",)).raw
    return seal(raw, Signer("lists.example.org", "l1", rsa_key(2048, 2)), 1, "none")


WORLD = clean_answers() | {
    "example.com": {"TXT": ["v=spf1 a:out.example.com include:_spf.example.com mx -all"], "MX": ["10 mx.example.com."]},
    "out.example.com": {"A": ["192.0.2.200"]},
    "mx.example.com": {"A": ["192.0.2.201"]},
    "_spf.example.com": {"TXT": ["v=spf1 exists:ok.example.com ?all"]},
    **Signer("lists.example.org", "l1", rsa_key(2048, 2)).answers(),
}
MESSAGES = {
    "passes by its signature": (scenario(()).raw, "198.51.100.7"),
    "passes by SPF alone": (scenario(("sign none",)).raw, "192.0.2.201"),
    "fails": (scenario(("later body more",)).raw, "198.51.100.7"),
    "sealed by a list": (sealed(), "198.51.100.7"),
}


def words(subject: dict[str, Any]) -> list[str]:
    """The result of each method; `unknown` for what was not determined."""
    facts = subject["facts"]
    parts = [facts["spf"], facts["dmarc"], facts["arc"], *facts["dkim"]]
    found = ["unknown" if "unknown" in each else each["result"] for each in parts]
    return ["unknown" if each == "temperror" else each for each in found]


@pytest.mark.parametrize("fault", ["servfail", "truncated-closed"])
@pytest.mark.parametrize("name", MESSAGES)
def test_no_fault_of_any_question_makes_another_result(name: str, fault: str, command: Command) -> None:
    raw, ip = MESSAGES[name]
    (command.folder / "message.eml").write_bytes(raw)
    who = ("--ip", ip, *WHO[2:])

    def run(server: FaultServer, seconds: str) -> tuple[int, dict[str, Any]]:
        words = ("verify", "message.eml", "--resolver", server.spec, "--timeout", seconds, "--format", "json", *who)
        done = command(*words)
        subject = done.json["subjects"][0]
        assert isinstance(subject, dict)
        return done.code, subject

    with FaultServer(WORLD) as server:
        code, clean = run(server, "30")
        questions = list(server.counts)
    assert len(questions) >= 4
    assert "unknown" not in words(clean)
    for question in questions:
        with FaultServer(WORLD, {question: fault}) as server:
            found, subject = run(server, "0.3")
        for before, after in zip(words(clean), words(subject), strict=True):
            assert after in {before, "unknown"}, (question, before, after)
        if words(subject) != words(clean):
            # What is still certain may fail the run; nothing uncertain lets it through.
            assert found in ({3} if code == 0 else {1, 3}) or clean["verdict"] == subject["verdict"], question
