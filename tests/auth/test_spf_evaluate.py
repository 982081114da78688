"""check_host(): every clause of RFC 7208 from fixtures/spf, time limits, hostile input, and what a trace tells."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auth.spf_cases import CASES, Asked, sender_of, world_of
from mailcheck.auth.spf.evaluate import check_host, check_host_at_hand
from mailcheck.auth.spf.result import SpfResult
from mailcheck.auth.spf.second_opinion import second_opinion
from mailcheck.dns.port import known
from mailcheck.dns.rdata import Address, Records, Target
from mailcheck.dns.static import StaticResolver
from mailcheck.model.errors import UsageError
from mailcheck.model.fact import Fact

WORDS = {"pass", "fail", "softfail", "neutral", "none", "temperror", "permerror"}


def judged(
    world: dict[str, Any],
    ip: str = "192.0.2.1",
    mail_from: str = "user@example.com",
    helo: str = "mx.example.net",
    **options: Any,
) -> SpfResult:
    return asyncio.run(check_host(ip, mail_from, helo, Asked(world).ask, **options))


@pytest.mark.parametrize("case", CASES)
def test_the_clause(case: dict[str, Any]) -> None:
    asked = Asked(world_of(case))
    found = asyncio.run(
        check_host(*sender_of(case), asked.ask, receiver="receiver.example", clock=lambda: 1_000_000_000.9)
    )
    assert found.result == case["gives"], found.reason
    assert found.explanation == case.get("exp")
    assert found.identity == case.get("identity", "mailfrom")
    assert (found.lookups, found.void_lookups) == (
        case.get("lookups", found.lookups),
        case.get("voids", found.void_lookups),
    )
    if "by" in case:
        assert found.matched == case["by"]
    assert set(case.get("not_asked", ())).isdisjoint(asked.questions)
    assert found.reason


@pytest.mark.parametrize("case", CASES)
def test_answers_at_hand_need_no_event_loop(case: dict[str, Any]) -> None:
    answer = StaticResolver(world_of(case)).answer

    async def ask(name: str, type_: str) -> Fact[Records]:
        return answer(name, type_)

    options: dict[str, Any] = {"receiver": "receiver.example", "clock": lambda: 1_000_000_000.9}
    found = check_host_at_hand(*sender_of(case), answer, **options)
    assert found == asyncio.run(check_host(*sender_of(case), ask, **options))
    assert found.result == case["gives"]


@pytest.mark.parametrize("case", CASES)
def test_what_pyspf_makes_of_it(case: dict[str, Any]) -> None:
    """Where pyspf reads a clause otherwise, the case says so."""
    asked = Asked(world_of(case))
    opinion = asyncio.run(second_opinion(*sender_of(case), asked.ask, clock=lambda: 1_000_000_000.9))
    assert opinion.result == case.get("pyspf", case["gives"]), opinion.text


def test_an_address_that_is_none_is_the_callers_mistake() -> None:
    for text in ("", "192.0.2", "192.0.2.1.5", "example.com", "1" * 5000):
        with pytest.raises(UsageError, match="not an IP address"):
            judged({}, text)
        with pytest.raises(UsageError, match="not an IP address"):
            check_host_at_hand(text, "user@example.com", "h", StaticResolver({}).answer)


def test_the_trace_tells_every_step() -> None:
    world = {
        "example.com": {"TXT": ["v=spf1 a:h.t include:%{d1}.t -all exp=e.t"]},
        "h.t": {"A": ["198.51.100.1", "198.51.100.2"]},
        "com.t": {"TXT": ["v=spf1 exists:%{i}.t ?all"]},
        "e.t": {"TXT": ["no"]},
    }
    found = judged(world)
    told = [(each.depth, each.kind, each.domain, each.term, each.target, each.outcome) for each in found.trace]
    assert told == [
        (0, "record", "example.com", world["example.com"]["TXT"][0], "example.com", "found"),
        (0, "mechanism", "example.com", "a:h.t", "h.t", "not-match"),
        (0, "mechanism", "example.com", "include:%{d1}.t", "com.t", "not-match"),
        (1, "record", "com.t", "v=spf1 exists:%{i}.t ?all", "com.t", "found"),
        (1, "mechanism", "com.t", "exists:%{i}.t", "192.0.2.1.t", "not-match"),
        (1, "mechanism", "com.t", "?all", None, "match"),
        (0, "mechanism", "example.com", "-all", None, "match"),
        (0, "exp", "example.com", "exp=e.t", "e.t", "used"),
    ]
    assert found.trace[1].addresses == ("198.51.100.1", "198.51.100.2")
    assert [each.evidence.question for each in found.trace[4].facts] == ["192.0.2.1.t A"]
    assert [(each.lookups, each.void_lookups) for each in found.trace] == [
        (0, 0), (1, 0), (3, 1), (2, 0), (3, 1), (3, 1), (3, 1), (3, 1)
    ]  # fmt: skip
    assert (found.lookups, found.void_lookups, found.matched, found.explanation) == (3, 1, "-all", "no")


def test_the_trace_of_a_redirect_and_of_an_end_in_it() -> None:
    found = judged(
        {"example.com": {"TXT": ["v=spf1 redirect=i.t"]}, "i.t": {"TXT": ["v=spf1 mx a:d.t"]}, "d.t": "SERVFAIL"}
    )
    assert [(each.kind, each.domain, each.outcome) for each in found.trace] == [
        ("record", "example.com", "found"),
        ("redirect", "example.com", "followed"),
        ("record", "i.t", "found"),
        ("mechanism", "i.t", "not-match"),
        ("mechanism", "i.t", "temperror"),
    ]
    assert found.reason == found.trace[-1].note
    assert "d.t A: servfail" in found.reason


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("v=spf1 foo -all", "the record of example.com cannot be read: there is no mechanism 'foo'"),
        ("v=spf1 include:n.t", "include:n.t leads to no SPF record: n.t publishes none"),
        ("v=spf1 redirect=n.t", "redirect=n.t leads to no SPF record: n.t publishes none"),
        ("v=spf1 a:1.t a:2.t a:3.t", "a:3.t is void look-up 3, and 2 are allowed"),
        ("v=spf1 ip4:192.0.2.1", "192.0.2.1 matches ip4:192.0.2.1 of example.com"),
        ("v=spf1", "no term of the record of example.com matches 192.0.2.1"),
    ],
)
def test_the_reason(record: str, reason: str) -> None:
    assert judged({"example.com": {"TXT": [record]}}).reason.startswith(reason)


def stalling(world: dict[str, Any], *names: str) -> Callable[[str, str], Awaitable[Fact[Records]]]:
    """A world in which some names never answer."""
    resolver = StaticResolver(world)

    async def ask(name: str, type_: str) -> Fact[Records]:
        if name in names:
            await asyncio.get_running_loop().create_future()
        return resolver.answer(name, type_)

    return ask


@pytest.mark.parametrize("stuck", ["example.com", "h.t", "m.t", "1.2.0.192.in-addr.arpa"])
def test_what_never_answers_ends_in_temperror(stuck: str) -> None:
    """4.6.4: the time of one evaluation is limited."""
    world = {
        "example.com": {"TXT": ["v=spf1 a:h.t mx ptr +all"], "MX": ["1 m.t.", "2 n.t."]},
        "h.t": {"A": ["192.0.2.9"]},
        "m.t": {"A": ["192.0.2.9"]},
        "n.t": {"A": ["192.0.2.9"]},
    }
    found = asyncio.run(check_host("192.0.2.1", "u@example.com", "h", stalling(world, stuck), seconds=0.01))
    assert (found.result, found.reason) == ("temperror", "the evaluation took longer than 0.01 seconds")
    if stuck != "example.com":
        assert found.trace[-1].outcome == "temperror"


def test_an_explanation_that_never_comes_keeps_the_result() -> None:
    world = {"example.com": {"TXT": ["v=spf1 -all exp=e.t"]}}
    found = asyncio.run(check_host("192.0.2.1", "u@example.com", "h", stalling(world, "e.t"), seconds=0.01))
    assert (found.result, found.matched, found.explanation) == ("fail", "-all", None)


def test_hosts_are_asked_for_side_by_side() -> None:
    hosts = [f"m{number}.t" for number in range(10)]
    world: dict[str, Any] = {"example.com": {"TXT": ["v=spf1 mx"], "MX": [f"1 {host}." for host in hosts]}}
    resolver = StaticResolver(world | {host: {"A": ["192.0.2.9"]} for host in hosts})
    most = now = 0

    async def ask(name: str, type_: str) -> Fact[Records]:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return resolver.answer(name, type_)

    asyncio.run(check_host("192.0.2.1", "u@example.com", "h", ask))
    assert most == 10


@pytest.mark.parametrize("given", ["", "x", "192.0.2.1 ", "2001:db8::1", "192.0.2.1\0", "999.0.0.1", "\ud800"])
def test_an_address_that_is_none_is_no_match(given: str) -> None:
    """A resolver of somebody's own may give anything."""
    world = StaticResolver({"example.com": {"TXT": ["v=spf1 a/0 ptr ~all"]}})

    async def ask(name: str, type_: str) -> Fact[Records]:
        if type_ == "A":
            return known(name, type_, (Address(given),))
        return known(name, type_, (Target("example.com"),)) if type_ == "PTR" else world.answer(name, type_)

    assert asyncio.run(check_host("192.0.2.1", "u@example.com", "h", ask)).result == "softfail"


LONG = "a" * 60 + "."
HOSTILE: dict[str, dict[str, Any]] = {
    "16,000 macros in a name": {"example.com": {"TXT": ["v=spf1 exists:" + "%{l}" * 15_000 + ".t -all"]}},
    "16,000 macros that are empty": {"example.com": {"TXT": ["v=spf1 exists:" + "%{l1.}" * 10_000 + ".t -all"]}},
    "macros of every kind": {
        "example.com": {
            "TXT": ["v=spf1 exists:" + "".join(f"%{{{c}{n}r.-+}}" for c in "sldh" for n in range(1, 99)) + ".t -all"]
        }
    },
    "an explanation of macros": {
        "example.com": {"TXT": ["v=spf1 -all exp=e.t"]},
        "e.t": {"TXT": ["%{s}" * 16_000]},
    },
    "1,000 terms, ten deep": {
        "example.com": {"TXT": ["v=spf1 include:1.t"]},
        **{
            f"{at}.t": {"TXT": ["v=spf1" + " ip4:198.51.100.0/24" * 900 + f" include:{at + 1}.t"]}
            for at in range(1, 11)
        },
    },
    "many terms": {"example.com": {"TXT": ["v=spf1" + " a" * 30_000]}},
    "many modifiers": {"example.com": {"TXT": ["v=spf1" + " a=b" * 15_000]}},
    "blanks": {"example.com": {"TXT": ["v=spf1" + " " * 60_000]}},
    "a transformer of digits": {"example.com": {"TXT": ["v=spf1 exists:%{d" + "9" * 60_000 + "}.t -all"]}},
    "4,000 addresses": {
        "example.com": {
            "TXT": ["v=spf1" + " a" * 10],
            "A": [f"198.51.{at // 250}.{at % 250}" for at in range(4000)],
        }
    },
    "names round in a circle": {"example.com": {"TXT": ["v=spf1 include:%{d}"]}},
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("mail_from", ["u@example.com", "." * 100_000 + "@example.com", LONG * 5000 + "@example.com"])
def test_hostile_records_have_a_result(name: str, mail_from: str) -> None:
    found = judged(HOSTILE[name], mail_from=mail_from)
    assert found.result in WORDS
    assert len(found.explanation or "") <= 1000


@pytest.mark.parametrize(
    "mail_from",
    [
        "@",
        "@@",
        "a@",
        "<",
        "<@>",
        "a@" + "b." * 50_000,
        "a@" + "ü" * 10_000,
        "a@\ud800.t",
        "\ud800@example.com",
        "\0@\0.t",
        "a@b\\.c.t",
    ],
)
@pytest.mark.parametrize("helo", ["", "\ud800", "ü" * 1000, "a" * 100_000, "[::1]", "-"])
def test_hostile_senders_have_a_result(mail_from: str, helo: str) -> None:
    world = {"example.com": {"TXT": ["v=spf1 exists:%{h}.%{s}.t -all exp=%{h}.t"]}}
    found = judged(world, mail_from=mail_from, helo=helo)
    assert found.result in WORDS - {"pass"}


PIECES = st.sampled_from(
    [" ", "v=spf1 ", "a", "mx", "ptr", "include:", "exists:", "redirect=", "exp=", "-all", "~", "?", "/24", "//64",
     "example.com", ".t", "%{d}", "%{l2r-}", "%{p}", "%{i}", "%{", "}", "%%", "ip4:192.0.2.1", "ip6:2001:db8::/32",
     "\u00fc", "\x00", "\"", "i.t"]
)  # fmt: skip
TEXT = st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=40)).map(
    lambda text: text.encode("utf-8", "replace").decode()
)
ENTRY = st.one_of(
    st.sampled_from(["SERVFAIL", "TIMEOUT", "NXDOMAIN"]),
    st.fixed_dictionaries(
        {},
        optional={
            "TXT": st.lists(TEXT.filter(lambda text: not text.startswith('"')), max_size=2),
            "A": st.lists(st.sampled_from(["192.0.2.1", "192.0.2.2"]), max_size=2),
            "AAAA": st.lists(st.sampled_from(["2001:db8::1", "::"]), max_size=2),
            "MX": st.lists(st.sampled_from(["0 .", "10 i.t.", "20 example.com."]), max_size=3),
            "CNAME": st.lists(st.sampled_from(["i.t.", "example.com."]), max_size=1),
        },
    ),
)
WORLD = st.fixed_dictionaries(
    {"example.com": ENTRY, "i.t": ENTRY, "1.2.0.192.in-addr.arpa": st.just({"PTR": ["i.t."]})}
)


@settings(max_examples=300, deadline=None)
@given(
    WORLD, st.sampled_from(["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"]), st.text(max_size=30), st.text(max_size=20)
)
def test_any_world_has_a_result_and_its_trace_its_places(world: dict[str, Any], ip: str, local: str, helo: str) -> None:
    asked = Asked(world)
    found = asyncio.run(check_host(ip, f"{local}@example.com", helo, asked.ask))
    assert found.result in WORDS
    assert (found.explanation is None) or found.result == "fail"
    assert (found.matched is not None) == (found.result in {"pass", "fail", "softfail"}) or found.result == "neutral"
    assert len(asked.questions) <= 140
    records = {step.domain: step.term for step in found.trace if step.kind == "record"}
    for step in found.trace:
        if step.span is not None:
            assert records[step.domain][slice(*step.span)] == step.term
    if found.result == "temperror":
        assert any("servfail" in step.note or "timeout" in step.note or "alias" in step.note for step in found.trace)
