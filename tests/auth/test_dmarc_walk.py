"""The DMARC tree walk and policy discovery (RFC 9989 4.10), from fixtures/records/dmarc_walk.toml."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.auth.dmarc.walk import MAX_QUESTIONS, Discovery, Walk, discover, names, organizational_domain, walk
from mailcheck.dns.port import unknown
from mailcheck.dns.rdata import Records
from mailcheck.dns.static import StaticResolver
from mailcheck.model.fact import Fact, Unknown
from records.tables import cases

Zone = dict[str, Any]


def walked(domain: str, zone: Zone) -> tuple[Walk, list[str]]:
    """The walk in a closed world, and the names that were asked."""
    answers = {f"_dmarc.{name}": texts if isinstance(texts, str) else {"TXT": texts} for name, texts in zone.items()}
    resolver = StaticResolver(answers)
    asked: list[str] = []

    async def ask(name: str, type_: str) -> Fact[Records]:
        assert type_ == "TXT"
        asked.append(name)
        return resolver.answer(name, type_)

    return asyncio.run(walk(domain, ask)), asked


def written(found: Discovery) -> str:
    if found.unknown is not None:
        assert (found.record, found.policy, found.tag) == (None, None, None)
        return f"unknown {found.unknown.evidence.name}"
    if found.record is None:
        return "no record"
    if found.policy is None:
        return f"not applied at {found.policy_domain}"
    return f"{found.tag} {found.policy} at {found.policy_domain}"


def existence(word: object, author: str) -> bool | Unknown:
    return unknown(author, "A", "servfail") if word == "fault" else word is not False


@pytest.mark.parametrize("case", cases("dmarc_walk", "author"))
def test_the_record_and_its_tag(case: dict[str, Any]) -> None:
    author = case["author"]
    way, _ = walked(author, case["zone"])
    found = discover(author, way.steps, exists=existence(case.get("exists"), author))
    assert (written(found), found.organizational_domain) == (case["gives"], case["org"])
    assert found.effective == case.get("effective", found.policy)
    assert found.author_domain == author


@pytest.mark.parametrize(
    ("labels", "asked"),
    [
        (1, ["a"]),
        (2, ["b.a", "a"]),
        (3, ["c.b.a", "b.a", "a"]),
        (7, ["g.f.e.d.c.b.a", "f.e.d.c.b.a", "e.d.c.b.a", "d.c.b.a", "c.b.a", "b.a", "a"]),
        (8, ["h.g.f.e.d.c.b.a", "g.f.e.d.c.b.a", "f.e.d.c.b.a", "e.d.c.b.a", "d.c.b.a", "c.b.a", "b.a", "a"]),
        (9, ["i.h.g.f.e.d.c.b.a", "g.f.e.d.c.b.a", "f.e.d.c.b.a", "e.d.c.b.a", "d.c.b.a", "c.b.a", "b.a", "a"]),
        (12, ["l.k.j.i.h.g.f.e.d.c.b.a", "g.f.e.d.c.b.a", "f.e.d.c.b.a", "e.d.c.b.a", "d.c.b.a", "c.b.a", "b.a", "a"]),
    ],
)
def test_the_names_of_a_walk(labels: int, asked: list[str]) -> None:
    domain = ".".join(reversed("abcdefghijkl"[:labels]))
    assert names(domain) == asked


def test_the_standards_own_example() -> None:
    assert names("a.b.c.d.e.f.g.h.i.j.mail.example.com") == [
        "a.b.c.d.e.f.g.h.i.j.mail.example.com",
        "g.h.i.j.mail.example.com",
        "h.i.j.mail.example.com",
        "i.j.mail.example.com",
        "j.mail.example.com",
        "mail.example.com",
        "example.com",
        "com",
    ]


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=127))
def test_a_walk_is_bounded_and_ends_at_the_top(labels: list[str]) -> None:
    chosen = names(".".join(labels))
    assert len(chosen) == min(len(labels), MAX_QUESTIONS)
    assert (chosen[0], chosen[-1]) == (".".join(labels), labels[-1])
    assert all(name.endswith("." + after) for name, after in pairwise(chosen))


def test_skipped_names_are_told() -> None:
    way, asked = walked("i.h.g.f.e.d.c.b.a.example", {})
    assert way.skipped == ("h.g.f.e.d.c.b.a.example", "g.f.e.d.c.b.a.example")
    assert asked == [f"_dmarc.{step.domain}" for step in way.steps]
    assert walked("h.a.example", {})[0].skipped == ()


@pytest.mark.parametrize("psd", ["y", "n", "Y"])
def test_a_walk_ends_at_a_psd_record(psd: str) -> None:
    way, _ = walked("c.b.a.example", {"b.a.example": [f"v=DMARC1; p=none; psd={psd}"], "a.example": "SERVFAIL"})
    assert [step.domain for step in way.steps] == ["c.b.a.example", "b.a.example"]
    assert way.unknown is None


@pytest.mark.parametrize("record", ["v=DMARC1; p=none; psd=u", "v=DMARC1; p=none", "v=DMARC1; p=none; psd=yes"])
def test_a_walk_goes_on_past_any_other_record(record: str) -> None:
    way, _ = walked("b.a.example", {"b.a.example": [record], "example": "SERVFAIL"})
    assert [step.domain for step in way.steps] == ["b.a.example", "a.example", "example"]
    assert way.unknown.evidence.name == "_dmarc.example"


def test_all_questions_are_open_at_once() -> None:
    async def run() -> int:
        most = now = 0

        async def ask(name: str, type_: str) -> Fact[Records]:
            nonlocal most, now
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1
            return StaticResolver({}).answer(name, type_)

        await walk("g.f.e.d.c.b.a.example", ask)
        return most

    assert asyncio.run(run()) == MAX_QUESTIONS


@pytest.mark.parametrize(
    ("author", "gives"),
    [
        ("x.d.c.b.a.example", "sp quarantine at a.example"),
        ("d.c.b.a.example", "sp quarantine at a.example"),
        ("c.b.a.example", "p none at c.b.a.example"),
        ("a.example", "p reject at a.example"),
    ],
)
def test_the_steps_of_one_walk_serve_the_names_below_and_above(author: str, gives: str) -> None:
    zone = {"c.b.a.example": ["v=DMARC1; p=none"], "a.example": ["v=DMARC1; p=reject; sp=quarantine"]}
    way, _ = walked("d.c.b.a.example", zone)
    assert written(discover(author, way.steps)) == gives


def test_a_name_below_eight_labels_skips_its_parent() -> None:
    """Below h…example, which has nine labels, the parent's own record is jumped over."""
    parent = "h.g.f.e.d.c.b.a.example"
    way, _ = walked(parent, {parent: ["v=DMARC1; p=reject"], "a.example": ["v=DMARC1; p=none"]})
    assert written(discover(parent, way.steps)) == f"p reject at {parent}"
    assert written(discover(f"x.{parent}", way.steps)) == "p none at a.example"


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 11),
    st.dictionaries(
        st.integers(1, 11),
        st.one_of(
            st.sampled_from(["SERVFAIL", "TIMEOUT"]),
            st.lists(
                st.builds(
                    lambda p, psd, rua: f"v=DMARC1; p={p}{psd}{rua}",
                    st.sampled_from(["none", "reject", "x"]),
                    st.sampled_from(["", "; psd=y", "; psd=n"]),
                    st.sampled_from(["", "; rua=mailto:a@b.example"]),
                ),
                min_size=1,
                max_size=2,
            ),
        ),
    ),
)
def test_any_tree_has_one_answer(labels: int, records: dict[int, Any]) -> None:
    every = "kjihgfedcba"
    domain = ".".join(every[-labels:])
    zone = {".".join(every[-size:]): texts for size, texts in records.items()}
    way, asked = walked(domain, zone)
    found = discover(domain, way.steps)
    assert len(asked) == len(set(asked)) <= MAX_QUESTIONS
    assert domain == found.organizational_domain or domain.endswith("." + found.organizational_domain)
    assert organizational_domain(domain, way.steps) == found.organizational_domain
    if found.record is not None:
        assert found.policy_domain in zone
        assert (found.policy is not None) is found.record.applies
    own = zone.get(domain)
    if isinstance(own, str):
        assert found.unknown is not None
    elif found.unknown is None and found.record is None:
        assert not any(isinstance(step.fact, Unknown) or step.record for step in way.steps)
