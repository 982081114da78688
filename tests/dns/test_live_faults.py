"""Live DNS against a server that misbehaves: every fault is told as what it is, and never as "no record"."""

import random
from typing import Any

import pytest

from mailcheck.dns.live import Timing
from mailcheck.dns.rdata import Records
from mailcheck.model.fact import Absent, Fact, Known, Unknown
from servers.asking import FAILING, ONCE, PATIENT, QUICK, ask_all, live, text
from servers.fault import Behaviour, Delayed, FaultServer

NAME = "a.example"
TXT = (NAME, "TXT")
ANSWERS = {
    NAME: {"TXT": ["v=spf1 -all"]},
    "alias.example": {"CNAME": ["middle.example."]},
    "middle.example": {"CNAME": [f"{NAME}."]},
    "dangling.example": {"CNAME": ["nowhere.example."]},
    "loop.example": {"CNAME": ["pool.example."]},
    "pool.example": {"CNAME": ["loop.example."]},
    "self.example": {"CNAME": ["self.example."]},
    "to-host.example": {"CNAME": ["host.example."]},
    "host.example": {"A": ["192.0.2.1"]},
}


def faulty(behaviour: Behaviour, name: str = NAME, timing: Timing = QUICK, **options: Any) -> Fact[Records]:
    """The fact for the TXT of one name from a server that behaves like this."""
    with FaultServer(ANSWERS, {name: behaviour}, **options) as server:
        return ask_all(live(server.port, timing=timing), (name, "TXT"))[0]


FAULTS = {
    "servfail": "servfail",
    "refused": "refused",
    "formerr": "formerr",
    "notimp": "notimp",
    "timeout": "timeout",
    "garbage": "malformed",
    "noise": "timeout",
    "not-a-response": "malformed",
    "wrong-id": "timeout",
    "wrong-question": "malformed",
    "wrong-source": "timeout",
    "referral": "referral",
    "truncated-closed": "truncated",
    "truncated-half": "truncated",
    "truncated-stalled": "truncated",
    "truncated-garbage": "malformed",
    "truncated-wrong-id": "malformed",
    "truncated-wrong-question": "malformed",
    "truncated-truncated": "truncated",
    "truncated-servfail": "servfail",
    "truncated-refused": "refused",
    "servfail+garbage": "servfail",
}


SILENT = {
    "timeout",
    "garbage",
    "noise",
    "not-a-response",
    "wrong-id",
    "wrong-question",
    "wrong-source",
    "truncated-stalled",
}
"""After these the true answer may still come, so they are waited out."""


@pytest.mark.parametrize(("behaviour", "reason"), FAULTS.items())
def test_a_fault_is_unknown_with_its_reason_its_server_and_what_to_try(behaviour: str, reason: str) -> None:
    fact = faulty(behaviour, timing=QUICK if behaviour in SILENT else FAILING)
    assert isinstance(fact, Unknown), fact
    assert fact.reason == reason
    assert fact.evidence.server is not None
    assert fact.evidence.server.startswith("127.0.0.1:")
    assert fact.evidence.advice


def test_truncated_without_tcp_is_unknown() -> None:
    fact = faulty("truncated", timing=FAILING, tcp=False)
    assert isinstance(fact, Unknown)
    assert fact.reason == "truncated"


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [("nxdomain", "nxdomain"), ("bare-nxdomain", "nxdomain"), ("nodata", "nodata"), ("bare-nodata", "nodata")],
)
def test_only_a_negative_answer_is_absent(behaviour: str, reason: str) -> None:
    fact = faulty(behaviour, timing=PATIENT)
    assert isinstance(fact, Absent), fact
    assert fact.reason == reason


@pytest.mark.parametrize(
    "behaviour",
    [
        "answer", "garbage+answer", "wrong-id+answer", "wrong-question+answer", "wrong-source+answer",
        "not-a-response+answer", "noise+answer", "formerr-to-edns", "truncated", Delayed(0.1),
        ["servfail", "answer"], ["refused", "answer"], ["timeout", "answer"], ["garbage", "answer"],
        ["timeout", "timeout", "answer"], ["referral", "answer"], ["truncated-closed", "answer"],
        ["formerr", "servfail", "answer"], ["notimp", "answer"],
    ],
    ids=str,
)  # fmt: skip
def test_a_good_answer_wins_over_what_came_before(behaviour: Behaviour) -> None:
    assert text(faulty(behaviour, timing=PATIENT)) == "v=spf1 -all"


def test_forgeries_with_data_are_never_believed() -> None:
    """Wrong id, wrong question, wrong source: each carries a TXT "forged" and comes before the true answer."""
    assert text(faulty("wrong-id+wrong-source+wrong-question+answer", timing=PATIENT)) == "v=spf1 -all"


def test_a_server_without_edns_is_asked_without_from_then_on() -> None:
    with FaultServer(ANSWERS, edns=False) as server:
        make = live(server.port, timing=ONCE)
        assert text(ask_all(make, TXT)[0]) == "v=spf1 -all"
        assert [each.edns for each in server.log] == [True, False]
    with FaultServer(ANSWERS, edns=False) as server:
        resolver = live(server.port, timing=ONCE)()
        facts = ask_all(lambda: resolver, TXT) + ask_all(lambda: resolver, ("host.example", "A"))
        assert all(isinstance(fact, Known) for fact in facts)
        assert [each.edns for each in server.log] == [True, False, False]


def test_an_answer_too_long_for_udp_comes_over_tcp() -> None:
    long = "x" * 60_000
    with FaultServer({NAME: {"TXT": [long]}}) as server:
        assert text(ask_all(live(server.port, timing=ONCE), TXT)[0]) == long
        assert [each.transport for each in server.log] == ["udp", "tcp"]


ALIASES = {
    "alias.example": ("known", ("middle.example", NAME)),
    "to-host.example": ("nodata", ("host.example",)),
    "dangling.example": ("nxdomain", ("nowhere.example",)),
    "loop.example": ("alias-loop", ("pool.example", "loop.example")),
    "self.example": ("alias-loop", ("self.example",)),
}


@pytest.mark.parametrize("behaviour", ["answer", "alias-only"])
@pytest.mark.parametrize(("name", "expected"), ALIASES.items())
def test_aliases_are_read_from_the_answer_and_followed_where_it_stops(
    behaviour: str, name: str, expected: tuple[str, tuple[str, ...]]
) -> None:
    """A resolver that follows aliases and a server that gives one at a time lead to the same fact."""
    aliased = {each: behaviour for each, types in ANSWERS.items() if "CNAME" in types}
    with FaultServer(ANSWERS, aliased) as server:
        (fact,) = ask_all(live(server.port, timing=ONCE), (name, "TXT"))
        assert max(server.counts.values()) == 1
    outcome, aliases = expected
    assert ("known" if isinstance(fact, Known) else fact.reason) == outcome
    assert fact.evidence.name == name
    assert fact.evidence.aliases == aliases


def test_a_target_that_is_asked_for_anyway_is_asked_once() -> None:
    with FaultServer(ANSWERS, {"alias.example": "alias-only", "middle.example": "alias-only"}) as server:
        names = ["alias.example", "middle.example", NAME, "alias.example"]
        facts = ask_all(live(server.port, timing=ONCE), *((name, "TXT") for name in names))
        assert {text(fact) for fact in facts} == {"v=spf1 -all"}
        assert set(server.counts.values()) == {1}
        assert len(server.counts) == 3


def test_a_fault_behind_an_alias_is_unknown_for_the_alias() -> None:
    with FaultServer(ANSWERS, {"alias.example": "alias-only", "middle.example": "servfail"}) as server:
        (fact,) = ask_all(live(server.port, timing=FAILING), ("alias.example", "TXT"))
    assert isinstance(fact, Unknown)
    assert (fact.reason, fact.evidence.name) == ("servfail", "alias.example")


def test_a_chain_of_aliases_has_an_end() -> None:
    chain = {f"c{at}.example": {"CNAME": [f"c{at + 1}.example."]} for at in range(40)}
    for behaviour in ("answer", "alias-only"):
        with FaultServer(chain, {"*": behaviour}) as server:
            (fact,) = ask_all(live(server.port, timing=ONCE), ("c0.example", "TXT"))
            assert isinstance(fact, Unknown)
            assert fact.reason == "alias-loop"
            assert len(server.log) <= 13


@pytest.mark.parametrize("ad", [False, True])
def test_the_ad_bit_is_kept(ad: bool) -> None:
    with FaultServer(ANSWERS, ad=ad) as server:
        facts = ask_all(live(server.port, timing=PATIENT), TXT, ("none.example", "TXT"), ("host.example", "TXT"))
    assert [fact.evidence.authenticated for fact in facts] == [ad] * 3


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_faults_no_name_that_exists_is_absent(seed: int) -> None:
    """Random faults, one after the other, at many names at once: Known or Unknown, and Known is the truth."""
    lot = random.Random(seed)
    names = [f"n{at}.example" for at in range(60)]
    words = [*FAULTS, "answer", "answer", "answer"]
    with FaultServer(
        {name: {"TXT": [f"text of {name}"]} for name in names},
        {name: [lot.choice(words) for _ in range(3)] for name in names},
    ) as server:
        facts = ask_all(live(server.port), *((name, "TXT") for name in names))
    wrong = [fact for fact in facts if not isinstance(fact, (Known, Unknown))]
    assert wrong == []
    assert all(text(fact) == f"text of {fact.evidence.name}" for fact in facts if isinstance(fact, Known))


def test_loss_cold_answers_and_a_small_table_change_nothing() -> None:
    """5 % loss, slow first answers, a forwarder that holds 150 questions: all answers are those of a clean run."""
    names = [f"n{at}.example" for at in range(300)]
    answers = {name: {"TXT": [f"text of {name}"]} for name in names if not name.endswith("7.example")}
    questions = [(name, "TXT") for name in names]
    timing = Timing(send=(0.0, 0.1, 0.3, 0.6, 1.0, 1.5), question=20.0)
    with FaultServer(answers) as clean:
        expected = ask_all(live(clean.port, timing=timing), *questions)
    with FaultServer(answers, loss=0.05, seed=7, cold=0.15, table=150) as bad:
        found = ask_all(live(bad.port, timing=timing), *questions)
        assert bad.peak <= 150
    assert [_essence(fact) for fact in found] == [_essence(fact) for fact in expected]
    assert sum(isinstance(fact, Absent) for fact in found) == 30


def _essence(fact: Fact[Records]) -> tuple[object, ...]:
    return fact.evidence.name, fact.value if isinstance(fact, Known) else fact.reason
