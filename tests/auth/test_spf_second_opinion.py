"""pyspf's second opinion: on the same answers, within bounds, with nothing of pyspf changed.

What it says of each clause is in tests/auth/test_spf_evaluate.py, and of generated worlds in test_spf_against_pyspf.py.
"""

import asyncio
from typing import Any

import pytest
import spf as pyspf

from auth.spf_cases import Asked
from mailcheck.auth.spf import second_opinion as module
from mailcheck.auth.spf.evaluate import check_host
from mailcheck.auth.spf.second_opinion import MAX_QUESTIONS, MAX_RECORD, MAX_SENDER, Opinion, second_opinion

SENDER = ("192.0.2.1", "user@example.com", "mx.example.net")


def opinion(world: dict[str, Any], *sender: str, **options: Any) -> tuple[Opinion, list[str]]:
    asked = Asked(world)
    found = asyncio.run(second_opinion(*(sender or SENDER), asked.ask, **options))
    return found, asked.questions


def spf(text: str, **types: Any) -> dict[str, Any]:
    return {"example.com": {"TXT": [text], **types}}


def test_it_asks_each_question_once() -> None:
    world = spf("v=spf1 include:i.t mx a -all exp=e.t", MX=["10 m.t.", "20 n.t."], A=["192.0.2.9"])
    world |= {"i.t": {"TXT": ["v=spf1 a:h.t"]}, "h.t": {"A": ["192.0.2.9"]}, "m.t": {"A": ["192.0.2.9"]}}
    world |= {"n.t": {"A": ["192.0.2.9"]}, "e.t": {"TXT": ["%{i} is none of ours"]}}
    found, asked = opinion(world)
    assert (found.result, found.text) == ("fail", "192.0.2.1 is none of ours")
    assert found.lookups == 4
    assert sorted(asked) == sorted(set(asked))
    assert set(asked) == {
        "example.com TXT",
        "i.t TXT",
        "h.t A",
        "example.com MX",
        "m.t A",
        "n.t A",
        "example.com A",
        "e.t TXT",
    }


def test_what_our_evaluation_knows_is_not_asked_again() -> None:
    world = spf("v=spf1 a:h.t mx -all", MX=["10 m.t."]) | {"h.t": {"A": ["192.0.2.9"]}, "m.t": {"A": ["192.0.2.1"]}}
    first = Asked(world)
    ours = asyncio.run(check_host(*SENDER, first.ask))
    found, asked = opinion(world, trace=ours.trace)
    assert (ours.result, found.result, asked) == ("pass", "pass", [])


def test_it_runs_beside_others() -> None:
    worlds = [spf(f"v=spf1 {sign}all") for sign in "+-~?"] * 5

    async def run() -> list[str | None]:
        found = await asyncio.gather(*(second_opinion(*SENDER, Asked(world).ask) for world in worlds))
        return [each.result for each in found]

    before = (pyspf.DNSLookup, pyspf.query.dns)
    assert asyncio.run(run()) == ["pass", "fail", "softfail", "neutral"] * 5
    assert (pyspf.DNSLookup, pyspf.query.dns) == before


def test_faults_are_told_as_pyspf_tells_them() -> None:
    found, _ = opinion({"example.com": "SERVFAIL"})
    assert (found.result, found.text) == ("temperror", "SPF Temporary Error: DNS servfail")


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ("v=spf1 exists:%{d" + "9" * 3000 + "}.t -all", None),
        ("v=spf1 exists:%{d" + "9" * 4000 + "}.t -all", None),
        ("v=spf1 exists:" + "%{l}" * 900 + ".t -all", None),
        ("v=spf1 a:%{d" + "9" * 5000, MAX_RECORD),
        ("v=spf1" + " a=b" * 6000, MAX_RECORD),
    ],
)
def test_records_that_it_cannot_stand(record: str, fault: int | None) -> None:
    found, _ = opinion(spf(record), "192.0.2.1", "a" * 300 + "@example.com", "h")
    assert (found.result is None) is (fault is not None)
    if fault is not None:
        assert found.text == f"the record of example.com is longer than {fault} octets"


def test_what_it_raises_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("Exceeds the limit (4300 digits) for integer string conversion")

    monkeypatch.setattr(pyspf, "expand_one", broken)
    found, _ = opinion(spf("v=spf1 exists:%{d}.t -all"))
    assert found.result is None
    assert found.text.startswith("pyspf fails with ValueError: Exceeds the limit")


@pytest.mark.parametrize("ip", ["", "192.0.2", "list", "fe80::1%", "x" * 200])
def test_an_address_that_is_none_has_no_opinion_or_is_one_after_all(ip: str) -> None:
    found, asked = opinion(spf("v=spf1 +all"), ip, "user@example.com", "h")
    assert (found.result is None) is (not ip.startswith("fe80"))
    assert bool(asked) is ip.startswith("fe80")


def test_senders_longer_than_a_path_have_none() -> None:
    found, asked = opinion(spf("v=spf1 +all"), "192.0.2.1", "a" * MAX_SENDER + "@example.com", "h")
    assert (found.result, asked) == (None, [])


def test_questions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten mx terms of ten hosts each are legal, and 111 questions."""
    world = spf("v=spf1 " + " ".join(f"mx:{at}.t" for at in range(10)) + " -all")
    world |= {f"{at}.t": {"MX": [f"10 h{host}.{at}.t." for host in range(10)]} for at in range(10)}
    world |= {f"h{host}.{at}.t": {"A": ["192.0.2.9"]} for at in range(10) for host in range(10)}
    found, asked = opinion(world)
    assert (found.result, len(asked)) == ("fail", 111)
    assert len(asked) < MAX_QUESTIONS
    monkeypatch.setattr(module, "MAX_QUESTIONS", 50)
    found, asked = opinion(world)
    assert (found.result, found.text, len(asked)) == (None, "pyspf asks more than 50 questions", 50)


def test_work_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WORK", 0.0)
    found, _ = opinion(spf("v=spf1 +all"))
    assert (found.result, found.text) == (None, "it takes too long over these records")


def test_waiting_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(name: str, type_: str) -> Any:
        await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(module, "SECONDS", 0.01)
    found = asyncio.run(second_opinion(*SENDER, ask))
    assert (found.result, found.text) == (None, "its questions took longer than 0.01 seconds")
