"""The whole SPF tree (RFC 7208 4.6.4): what each term costs, what is void, what is asked and in how many waves."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from mailcheck.auth.spf.space import size
from mailcheck.auth.spf.tree import MAX_DOMAINS, MAX_TARGETS, MAX_TERMS, Facts, Node, build, fetch
from mailcheck.auth.spf.walker import reached_terms, target_of
from mailcheck.dns.rdata import Records
from mailcheck.dns.static import StaticResolver
from mailcheck.model.fact import Fact, Unknown
from mailcheck.records.spf import parse_spf

World = dict[str, Any]
HOST = {"A": ["192.0.2.1"], "AAAA": ["2001:db8::1"]}


@dataclass
class Fetched:
    """The facts, the questions in the order of their asking, and how many answers had to be waited for in turn."""

    facts: Facts
    asked: list[tuple[str, str]]
    waves: int


def fetched(world: World, domain: str = "d") -> Fetched:
    """Ask a closed world that answers all open questions at once, and only when nothing more can be asked."""
    resolver = StaticResolver(world)
    asked: list[tuple[str, str]] = []
    open_: list[asyncio.Future[None]] = []

    async def ask(name: str, type_: str) -> Fact[Records]:
        asked.append((name, type_))
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        open_.append(answered)
        await answered
        return resolver.answer(name, type_)

    async def run() -> Fetched:
        task = asyncio.create_task(fetch(domain, ask))
        waves = 0
        while not task.done():
            for _ in range(10):
                await asyncio.sleep(0)
            now, open_[:] = open_[:], []
            waves += bool(now)
            for answered in now:
                answered.set_result(None)
        return Fetched(await task, asked, waves)

    return asyncio.run(run())


def tree(world: World, domain: str = "d") -> Node:
    return build(domain, fetched(world, domain).facts)


def spf(*terms: str) -> World:
    return {"TXT": [" ".join(["v=spf1", *terms])]}


def states(node: Node) -> dict[str, str]:
    return {each.domain: each.state for _, each in node.walk()}


COSTS: dict[str, tuple[World, int]] = {
    "addresses and all are free": ({"d": spf("ip4:192.0.2.1", "ip6:2001:db8::/32", "-all")}, 0),
    "a mx ptr exists include each cost one": (
        {"d": spf("a", "mx", "ptr", "exists:%{i}.x.example", "include:i.example", "-all"), "i.example": spf("-all")},
        5,
    ),
    "exp and unknown modifiers are free": ({"d": spf("exp=e.example", "moo=%{d}", "-all")}, 0),
    "redirect costs one and what it holds": ({"d": spf("a", "redirect=r.example"), "r.example": spf("mx", "-all")}, 3),
    "redirect beside all costs nothing": ({"d": spf("redirect=r.example", "-all"), "r.example": spf("mx")}, 0),
    "redirect beside an all in front costs nothing": ({"d": spf("?all", "redirect=r.example")}, 0),
    "terms after all cost nothing": ({"d": spf("a", "-all", "mx", "include:i.example")}, 1),
    "only terms up to the first all": ({"d": spf("a", "+all", "mx", "-all")}, 1),
    "an include holds its own": (
        {"d": spf("include:i.example", "-all"), "i.example": spf("include:j.example"), "j.example": spf("a", "mx")},
        4,
    ),
    "an include twice costs twice": (
        {"d": spf("include:i.example", "include:i.example", "-all"), "i.example": spf("a", "mx", "-all")},
        6,
    ),
    "a name in another case or with a final dot is the same": (
        {"d": spf("include:I.EXAMPLE.", "include:i.example", "-all"), "i.example": spf("a")},
        4,
    ),
    "terms after an included all cost nothing": (
        {"d": spf("include:i.example"), "i.example": spf("-all", "a", "mx")},
        1,
    ),
    "an included redirect is followed": (
        {"d": spf("include:i.example"), "i.example": spf("redirect=r.example"), "r.example": spf("a")},
        3,
    ),
    "a term that cannot be read costs nothing": ({"d": spf("a", "foo", "mx", "-all")}, 2),
    "an include of nothing costs itself": ({"d": spf("include:i.example", "-all")}, 1),
    "a macro that needs the message costs itself": ({"d": spf("include:%{i}.x.example", "a:%{s}.x.example")}, 2),
    "all by a macro of the domain": (
        {"d": spf("include:%{d}.i.example", "-all"), "d.i.example": spf("a:%{d}")},
        2,
    ),
}


@pytest.mark.parametrize("case", COSTS)
def test_lookups(case: str) -> None:
    world, cost = COSTS[case]
    node = tree(world)
    assert node.lookups == cost == sum(visit.lookups for visit in node.visits)


VOIDS: dict[str, tuple[World, int, int]] = {
    "a host with both addresses": ({"d": spf("a:h.example"), "h.example": HOST}, 0, 0),
    "a host with an IPv4 address only": ({"d": spf("a:h.example"), "h.example": {"A": ["192.0.2.1"]}}, 0, 1),
    "a host with an IPv6 address only": ({"d": spf("a:h.example"), "h.example": {"AAAA": ["::1"]}}, 1, 0),
    "a host that does not exist": ({"d": spf("a:h.example")}, 1, 1),
    "no mail hosts": ({"d": spf("mx")}, 1, 1),
    "mail hosts without addresses are not void themselves": ({"d": spf("mx") | {"MX": ["1 h.example."]}}, 0, 0),
    "a null MX is an answer": ({"d": spf("mx") | {"MX": ["0 ."]}}, 0, 0),
    "exists asks for A whoever sends": ({"d": spf("exists:h.example"), "h.example": {"AAAA": ["::1"]}}, 1, 1),
    "exists that exists": ({"d": spf("exists:h.example"), "h.example": HOST}, 0, 0),
    "an include of a missing name": ({"d": spf("include:i.example")}, 1, 1),
    "an include of a name without TXT": ({"d": spf("include:i.example"), "i.example": HOST}, 1, 1),
    "an include of a name with other TXT": ({"d": spf("include:i.example"), "i.example": {"TXT": ["x"]}}, 0, 0),
    "a redirect to a missing name": ({"d": spf("redirect=i.example")}, 1, 1),
    "voids below count": (
        {
            "d": spf("include:i.example", "a:x.example"),
            "i.example": spf("a:y.example", "a:h.example"),
            "h.example": HOST,
        },
        2,
        2,
    ),
    "voids of a repeated include count again": (
        {"d": spf("include:i.example", "include:i.example"), "i.example": spf("a:y.example")},
        2,
        2,
    ),
    "a fault is not void": (
        {"d": spf("a:h.example", "include:i.example"), "h.example": "SERVFAIL", "i.example": "TIMEOUT"},
        0,
        0,
    ),
    "after all nothing is void": ({"d": spf("-all", "a:x.example")}, 0, 0),
}


@pytest.mark.parametrize("case", VOIDS)
def test_voids_for_either_family_of_senders(case: str) -> None:
    world, four, six = VOIDS[case]
    node = tree(world)
    assert (node.voids4, node.voids6) == (four, six)


STATES: dict[str, tuple[World, dict[str, str]]] = {
    "no record": ({"d": {"TXT": ["x"]}}, {"d": "missing"}),
    "no name": ({}, {"d": "missing"}),
    "two records": ({"d": {"TXT": ["v=spf1 -all", "V=SPF1 a"]}}, {"d": "multiple"}),
    "a record beside other texts": ({"d": {"TXT": ["v=spf10", "x", "v=spf1 -all"]}}, {"d": "ok"}),
    "a fault": ({"d": "SERVFAIL"}, {"d": "unknown"}),
    "a record that cannot be read": ({"d": spf("foo")}, {"d": "syntax"}),
    "an include without a record": ({"d": spf("include:i.example")}, {"d": "ok", "i.example": "missing"}),
    "an include with two": (
        {"d": spf("include:i.example"), "i.example": {"TXT": ["v=spf1", "v=spf1 a"]}},
        {"d": "ok", "i.example": "multiple"},
    ),
    "an include that cannot be read": (
        {"d": spf("include:i.example"), "i.example": spf("ip4:x")},
        {"d": "ok", "i.example": "syntax"},
    ),
    "an include that times out": (
        {"d": spf("include:i.example"), "i.example": {"TXT": "TIMEOUT"}},
        {"d": "ok", "i.example": "unknown"},
    ),
    "an include of itself": ({"d.example": spf("include:d.example")}, {"d.example": "loop"}),
    "a redirect to itself": ({"d.example": spf("redirect=%{d}")}, {"d.example": "loop"}),
}


@pytest.mark.parametrize("case", STATES)
def test_states(case: str) -> None:
    world, expected = STATES[case]
    assert states(tree(world, next(iter(world), "d"))) == expected


@pytest.mark.parametrize(
    ("term", "child"),
    [("include:{}", "missing"), ("redirect={}", "missing"), ("a:{}", None), ("mx:{}", None), ("exists:{}", None)],
)
def test_a_name_that_cannot_be_asked_for_is_not_asked_and_not_void(term: str, child: str | None) -> None:
    domain = "x" * 40 + ".example"
    found = fetched({domain: spf(term.format("%{d1r}%{d1r}.example"))}, domain)
    node = build(domain, found.facts)
    (visit,) = node.visits
    assert (found.asked, visit.target) == ([(domain, "TXT")], "x" * 80 + ".example")
    assert (visit.lookups, visit.void, visit.child.state if visit.child else None) == (1, "", child)
    assert node.unknown == ()


def test_a_loop_of_two_is_found_and_ends() -> None:
    node = tree(
        {
            "d": spf("include:i.example", "-all"),
            "i.example": spf("a", "include:d2.example"),
            "d2.example": spf("include:i.example"),
        }
    )
    loops = [path for path, each in node.walk() if each.state == "loop"]
    assert [[visit.term.text for visit in path] for path in loops] == [
        ["include:i.example", "include:d2.example", "include:i.example"]
    ]
    assert node.lookups == 4


def test_both_ways_into_a_loop_show_it() -> None:
    node = tree(
        {
            "d": spf("include:b.example", "include:c.example"),
            "b.example": spf("include:c.example"),
            "c.example": spf("include:b.example"),
        }
    )
    for visit in node.visits:
        assert "loop" in {each.state for _, each in visit.child.walk()}


PASSES: dict[str, tuple[World, bool]] = {
    "-all": ({"d": spf("-all")}, False),
    "+all": ({"d": spf("+all")}, True),
    "bare all": ({"d": spf("all")}, True),
    "?all": ({"d": spf("?all")}, False),
    "all= is no mechanism": ({"d": spf("all=x", "-all")}, False),
    "+all behind -all": ({"d": spf("-all", "+all")}, False),
    "an included +all": ({"d": spf("include:i.example", "-all"), "i.example": spf("+all")}, True),
    "a deeply included +all": (
        {"d": spf("include:i.example", "-all"), "i.example": spf("include:j.example"), "j.example": spf("all")},
        True,
    ),
    "an included ?all": ({"d": spf("include:i.example", "-all"), "i.example": spf("?all")}, False),
    "a +all included with a minus": ({"d": spf("-include:i.example", "-all"), "i.example": spf("+all")}, False),
    "a redirect to +all": ({"d": spf("redirect=i.example"), "i.example": spf("all")}, True),
    "a redirect to +all beside -all": ({"d": spf("redirect=i.example", "-all"), "i.example": spf("all")}, False),
    "an included +all after all": ({"d": spf("-all", "include:i.example"), "i.example": spf("+all")}, False),
}


@pytest.mark.parametrize("case", PASSES)
def test_who_lets_everybody_send(case: str) -> None:
    world, passes = PASSES[case]
    assert tree(world).passes_all is passes


NETWORKS: dict[str, tuple[World, list[str]]] = {
    "ip4 and ip6": ({"d": spf("ip4:192.0.2.0/24", "ip6:2001:db8::1")}, ["192.0.2.0/24", "2001:db8::1/128"]),
    "only what passes": (
        {"d": spf("-ip4:192.0.2.1", "~ip4:192.0.2.2", "?ip4:192.0.2.3", "+ip4:192.0.2.4")},
        ["192.0.2.4/32"],
    ),
    "a with both prefix lengths": (
        {"d": spf("a:h.example/24//64"), "h.example": HOST},
        ["192.0.2.0/24", "2001:db8::/64"],
    ),
    "mx hosts": (
        {
            "d": spf("mx/28") | {"MX": ["1 h.example.", "2 i.example."]},
            "h.example": HOST,
            "i.example": {"A": ["192.0.2.100"]},
        },
        ["192.0.2.0/28", "2001:db8::1/128", "192.0.2.96/28"],
    ),
    "an include": ({"d": spf("include:i.example"), "i.example": spf("ip4:192.0.2.1")}, ["192.0.2.1/32"]),
    "an include that refuses": ({"d": spf("-include:i.example"), "i.example": spf("ip4:192.0.2.1")}, []),
    "exists lets in nobody that is known": ({"d": spf("exists:h.example"), "h.example": HOST}, []),
    "each once": (
        {"d": spf("ip4:192.0.2.1", "include:i.example", "ip4:192.0.2.1"), "i.example": spf("ip4:192.0.2.1")},
        ["192.0.2.1/32"],
    ),
    "not after all": ({"d": spf("-all", "ip4:192.0.2.1")}, []),
}


@pytest.mark.parametrize("case", NETWORKS)
def test_networks(case: str) -> None:
    world, expected = NETWORKS[case]
    assert [str(network) for network in tree(world).networks] == expected


def test_an_mx_of_more_than_ten_hosts_shows_all_and_asks_for_ten() -> None:
    world = {"d": spf("mx") | {"MX": [f"1 h{number:02}.example." for number in range(14)]}}
    world |= {f"h{number:02}.example": {"A": [f"192.0.2.{number}"]} for number in range(14)}
    found = fetched(world)
    (visit,) = build("d", found.facts).visits
    assert (len(visit.hosts), len(visit.networks), visit.lookups) == (14, 10, 1)
    assert len(found.asked) == 2 + 2 * 10


UNKNOWNS: dict[str, tuple[World, list[str]]] = {
    "the record": ({"d": "REFUSED"}, ["d TXT: refused"]),
    "an include": ({"d": spf("include:i.example"), "i.example": "SERVFAIL"}, ["i.example TXT: servfail"]),
    "one family": (
        {"d": spf("a:h.example"), "h.example": {"A": ["192.0.2.1"], "AAAA": "TIMEOUT"}},
        ["h.example AAAA: timeout"],
    ),
    "the MX": ({"d": spf("mx") | {"MX": "SERVFAIL"}}, ["d MX: servfail"]),
    "a mail host": (
        {"d": spf("mx") | {"MX": ["1 h.example."]}, "h.example": {"A": "SERVFAIL", "AAAA": ["::1"]}},
        ["h.example A: servfail"],
    ),
    "exists": ({"d": spf("exists:h.example"), "h.example": "OUTSIDE-ZONES"}, ["h.example A: outside-zones"]),
    "the same below twice": (
        {
            "d": spf("include:i.example", "include:i.example"),
            "i.example": spf("a:h.example"),
            "h.example": {"A": "SERVFAIL"},
        },
        ["h.example A: servfail"],
    ),
    "not what is never reached": ({"d": spf("-all", "include:i.example"), "i.example": "SERVFAIL"}, []),
    "not what depends on the message": ({"d": spf("include:%{i}.x.example", "exists:%{l}.x.example")}, []),
}


@pytest.mark.parametrize("case", UNKNOWNS)
def test_what_could_not_be_asked_is_told_at_the_top(case: str) -> None:
    world, expected = UNKNOWNS[case]
    node = tree(world)
    assert [f"{each.evidence.question}: {each.reason}" for each in node.unknown] == expected


def test_the_questions_of_side_branches_are_asked_together() -> None:
    world = {"d": spf(*(f"include:i{number}.example" for number in range(6)), "a:h.example", "mx", "exists:e.example")}
    world["d"]["MX"] = ["1 m.example."]
    world |= {f"i{number}.example": spf(f"a:h{number}.example") for number in range(6)}
    found = fetched(world)
    assert found.waves == 3
    assert len(found.asked) == len(set(found.asked)) == 1 + 6 + 6 * 2 + 2 + 1 + 2 + 1


@pytest.mark.parametrize("depth", [0, 1, 2, 7])
def test_waves_are_the_depth_of_the_includes(depth: int) -> None:
    world = {"d" if level == 0 else f"i{level}.example": spf(f"include:i{level + 1}.example") for level in range(depth)}
    world["d" if depth == 0 else f"i{depth}.example"] = spf("-all")
    assert fetched(world).waves == depth + 1


def test_no_question_is_asked_twice_by_branches_that_meet() -> None:
    world = {
        "d": spf("include:i.example", "include:j.example", "a:h.example", "a:h.example"),
        "i.example": spf("include:j.example", "a:h.example"),
        "j.example": spf("include:i.example", "mx:h.example"),
    }
    asked = fetched(world).asked
    assert len(asked) == len(set(asked)) == 3 + 2 + 1


def test_a_bomb_of_two_to_the_power_of_twenty_includes_is_counted_and_asked_for_in_twenty() -> None:
    world = {"d": spf("include:i1.example", "include:i1.example")}
    world |= {f"i{n}.example": spf(*[f"include:i{n + 1}.example"] * 2) for n in range(1, 20)}
    world["i20.example"] = spf("a:void.example", "-all")
    found = fetched(world)
    node = build("d", found.facts)
    assert len(found.asked) == 21 + 2
    assert node.lookups == (1 << 21) - 2 + (1 << 20)
    assert node.voids4 == node.voids6 == 1 << 20


def test_a_bomb_that_leads_back_to_its_start_ends() -> None:
    """Nodes inside a loop must be kept too, or each of them is built again for every way that leads to it."""
    world = {"d": spf("include:i1.example", "include:i1.example")}
    world |= {f"i{n}.example": spf(*[f"include:i{n + 1}.example"] * 2) for n in range(1, 40)}
    world["i40.example"] = spf("include:i1.example")
    node = tree(world)
    assert node.lookups > 1 << 39
    assert "loop" in {each.state for _, each in node.walk()}


def test_a_bomb_of_networks_is_joined_once_a_domain() -> None:
    names = [f"i{number}.example" for number in range(9)]
    world = {"d": spf(f"include:{names[0]}")}
    for level, name in enumerate(names):
        below = [f"include:{names[level + 1]}"] * 100 if level + 1 < len(names) else []
        world[name] = spf(*(f"ip4:10.{level}.{number}.0/24" for number in range(100)), *below)
    node = tree(world)
    assert (len(node.networks), size(node.networks)) == (900, (900 * 256, 0))
    assert node.unknown == ()


def test_a_tree_of_too_many_terms_is_cut_and_says_so() -> None:
    names = [f"i{number}.example" for number in range(49)]
    world = {"d": spf(*(f"include:{name}" for name in names))}
    for level, name in enumerate(names):
        world[name] = spf(
            *(f"ip4:10.{level}.{n}.0/24" for n in range(150)), *(f"include:{n}" for n in names[level + 1 :])
        )
    node = tree(world)
    kept = sum(len(each.visits) for each in {each.domain: each for _, each in node.walk()}.values())
    assert MAX_TERMS <= kept < MAX_TERMS + 200
    assert {each.reason for each in node.unknown} == {"too-many-terms"}
    assert {each.state for _, each in node.walk()} == {"ok", "unvisited"}


def test_sixty_different_includes_are_followed_to_the_limit_and_the_rest_is_told() -> None:
    names = [f"i{number}.example" for number in range(60)]
    found = fetched({"d": spf(*(f"include:{name}" for name in names))} | {name: spf("a") for name in names})
    node = build("d", found.facts)
    assert [type_ for _, type_ in found.asked].count("TXT") == MAX_DOMAINS
    assert node.lookups == 60 + MAX_DOMAINS - 1
    assert [each.state for _, each in node.walk()].count("unvisited") == 61 - MAX_DOMAINS
    assert {each.reason for each in node.unknown} == {"too-many-questions"}


@pytest.mark.parametrize(("term", "questions"), [("a", 2), ("exists", 1), ("mx", 1)])
def test_questions_about_hosts_are_bounded_and_what_was_not_asked_is_unknown(term: str, questions: int) -> None:
    found = fetched({"d": spf(*(f"{term}:h{number}.example" for number in range(MAX_TARGETS + 5)))})
    node = build("d", found.facts)
    assert len(found.asked) == 1 + MAX_TARGETS * questions
    assert node.lookups == MAX_TARGETS + 5
    assert node.voids4 == MAX_TARGETS
    assert len({each.evidence.name for each in node.unknown}) == 5
    assert {each.reason for each in node.unknown} == {"too-many-questions"}


def test_facts_that_were_never_fetched_are_unknown_and_not_void() -> None:
    resolver = StaticResolver({"d": spf("a:h.example", "include:i.example", "mx:m.example")})
    node = build("d", {("d", "TXT"): resolver.answer("d", "TXT")})
    assert (node.voids4, node.voids6) == (0, 0)
    assert all(any(isinstance(each, Unknown) for each in visit.unknown) for visit in node.visits)
    assert build("x", {}).state == "unvisited"


@pytest.mark.parametrize(
    ("record", "reached"),
    [
        ("v=spf1 a mx -all ptr", ["a", "mx", "-all"]),
        ("v=spf1 redirect=r.example a", ["a", "redirect=r.example"]),
        ("v=spf1 redirect=r.example -all", ["-all"]),
        ("v=spf1 exp=e.example moo=x a", ["a"]),
        ("v=spf1 foo a", ["a"]),
        ("v=spf1", []),
    ],
)
def test_terms_that_evaluation_can_reach(record: str, reached: list[str]) -> None:
    assert [term.text for term in reached_terms(parse_spf(record))] == reached
    node = tree({"d": {"TXT": [record]}})
    assert [visit.term.text for visit in node.visits if visit.reached] == [
        visit.term.text for visit in node.visits if visit.term.text in reached
    ]
    assert all(visit.lookups == 0 for visit in node.visits if not visit.reached)


@pytest.mark.parametrize(
    ("term", "target"),
    [
        ("a", "d.example"),
        ("a:H.Example.", "h.example"),
        ("a:%{d}", "d.example"),
        ("a:%{d1}.%{dr}.x.example", "example.example.d.x.example"),
        ("a:%{D}.x.example", "d.example.x.example"),
        ("a:%%.x.example", "%.x.example"),
        ("a:%{i}.x.example", None),
        ("exists:%{s}%{l}%{o}%{h}%{p}%{v}.example", None),
        ("redirect=_spf.%{d}", "_spf.d.example"),
    ],
)
def test_the_name_a_term_asks_about(term: str, target: str | None) -> None:
    (read,) = parse_spf(f"v=spf1 {term}").terms
    assert target_of(read, "d.example") == target
