"""`verify` with a name server on loopback: every fault of it is an unknown, never a pass and never "no key"."""

import pytest

from cli.command import Command
from cli.test_verify import WHO
from servers.fault import FaultServer
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
