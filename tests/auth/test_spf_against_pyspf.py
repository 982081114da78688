"""Our evaluation beside pyspf's, on generated worlds: the same result, but for the differences listed here."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from auth.spf_cases import Asked
from mailcheck.auth.spf.evaluate import check_host
from mailcheck.auth.spf.result import SpfResult
from mailcheck.auth.spf.second_opinion import Opinion, second_opinion

NAMES = ["example.com", "i.example.com", "j.t", "k.example.net"]
World = dict[str, Any]


def words(world: World) -> str:
    """All records of a world."""
    return "\n".join(text for entry in world.values() if isinstance(entry, dict) for text in entry.get("TXT", ()))


DIFFERENCES: dict[str, Callable[[World, SpfResult, Opinion], bool]] = {
    "a fault at a name of the client is no match to us (5.5, 7.3), to pyspf a temperror": lambda world, ours, theirs: (
        theirs.result == "temperror" and re.search(r"ptr|%\{p", words(world), re.IGNORECASE) is not None
    ),
    "only a term's own question can be void to us (4.6.4: terms); pyspf counts every empty answer": (
        lambda world, ours, theirs: theirs.result == "permerror" and "Void lookup" in theirs.text
        and theirs.void_lookups > ours.void_lookups
    ),
    "pyspf counts redirect when it reads the record, also where it is never followed": lambda world, ours, theirs: (
        "Too many DNS lookups" in theirs.text and ours.lookups in {10, 9, 8, 7} and "redirect=" in words(world)
    ),
    "a record that includes itself is a fault where it is followed; to pyspf also where it never is": (
        lambda world, ours, theirs: "trivial recursion" in theirs.text
    ),
    "an include or redirect to a name of one label leads nowhere (4.3)": lambda world, ours, theirs: (
        ours.result == "permerror" and "several labels" in ours.reason
    ),
    "a name longer than 253 octets loses labels until it fits (7.3), in pyspf one": lambda world, ours, theirs: (
        any(step.target is not None and len(step.target) > 200 for step in ours.trace)
    ),
}  # fmt: skip
"""Why we differ on purpose, and how a world looks in which we do."""

SPEC = st.sampled_from(
    [*NAMES, "none.t", "%{d}", "%{l}.t", "%{i}.x.t", "%{ir}.%{v}.x.t", "%{d2}", "%{o}", "%{h}", "%{p}.x.t", "%{d1r}.t"]
)
CIDR = st.sampled_from(["", "", "", "/24", "/0", "//64", "/16//0"])
SIGN = st.sampled_from(["", "", "", "-", "~", "?", "+"])
MECHANISM = st.one_of(
    st.builds(
        lambda sign, name, spec, cidr: f"{sign}{name}:{spec}{cidr}", SIGN, st.sampled_from(["a", "mx"]), SPEC, CIDR
    ),
    st.builds(lambda sign, name, cidr: f"{sign}{name}{cidr}", SIGN, st.sampled_from(["a", "mx"]), CIDR),
    st.builds(lambda sign, spec: f"{sign}include:{spec}", SIGN, SPEC),
    st.builds(lambda sign, spec: f"{sign}exists:{spec}", SIGN, SPEC),
    st.builds(lambda sign, spec: f"{sign}ptr{spec}", SIGN, st.sampled_from(["", ":t", ":example.com"])),
    st.builds(
        lambda sign, net: f"{sign}{net}",
        SIGN,
        st.sampled_from(["ip4:192.0.2.1", "ip4:198.51.100.0/24", "ip4:0.0.0.0/1", "ip6:2001:db8::/32", "ip6:::1"]),
    ),
    st.builds(lambda sign: f"{sign}all", SIGN),
)
TAIL = st.one_of(
    st.just([]),
    st.builds(lambda sign: [f"{sign}all"], SIGN),
    st.builds(lambda spec: [f"redirect={spec}"], SPEC),
    st.builds(lambda spec: ["-all", f"exp={spec}"], SPEC),
)
RECORD = st.builds(lambda terms, tail: " ".join(["v=spf1", *terms, *tail]), st.lists(MECHANISM, max_size=5), TAIL)
ADDRESSES = st.lists(st.sampled_from(["192.0.2.1", "192.0.2.77", "198.51.100.4"]), max_size=3, unique=True)
ENTRY = st.one_of(
    st.sampled_from(["SERVFAIL", "NXDOMAIN"]),
    *[
        st.fixed_dictionaries(
            {},
            optional={
                "TXT": st.one_of(st.lists(RECORD, min_size=1, max_size=1), st.lists(RECORD, max_size=2, unique=True)),
                "A": ADDRESSES,
                "AAAA": st.lists(st.sampled_from(["2001:db8::1", "2001:db8:1::1"]), max_size=2, unique=True),
                "MX": st.lists(
                    st.sampled_from(["0 example.com.", "10 i.example.com.", "10 j.t.", "20 none.t."]),
                    max_size=4,
                    unique=True,
                ),
            },
        )
    ]
    * 5,
)
WORLD = st.builds(
    lambda own, world, others: {**world, "example.com": {"TXT": [own], **others}, "x.t": {"A": ["127.0.0.2"]}},
    RECORD,
    st.fixed_dictionaries(
        {"i.example.com": ENTRY, "j.t": ENTRY, "k.example.net": ENTRY, "1.2.0.192.in-addr.arpa": st.sampled_from(
            ["SERVFAIL", {"PTR": ["example.com."]}, {"PTR": ["i.example.com.", "j.t."]}, {"PTR": ["none.t."]}]
        ), "*.x.t": st.sampled_from(["NXDOMAIN", {"A": ["127.0.0.2"]}])}
    ),
    st.fixed_dictionaries({}, optional={"A": ADDRESSES, "MX": st.just(["10 i.example.com.", "10 j.t."])}),
)  # fmt: skip


async def both(world: World, ip: str, mail_from: str, helo: str) -> tuple[SpfResult, Opinion]:
    asked = Asked(world)
    ours = await check_host(ip, mail_from, helo, asked.ask)
    return ours, await second_opinion(ip, mail_from, helo, asked.ask, trace=ours.trace)


@settings(max_examples=600, deadline=None)
@given(
    WORLD,
    st.sampled_from(["192.0.2.1", "192.0.2.1", "198.51.100.4", "2001:db8::1"]),
    st.sampled_from(["user@example.com", "a-b.c@example.com", "", "@example.com"]),
    st.sampled_from(["example.com", "i.example.com"]),
)
def test_the_result_is_the_same(world: World, ip: str, mail_from: str, helo: str) -> None:
    ours, theirs = asyncio.run(both(world, ip, mail_from, helo))
    if not any(excused(world, ours, theirs) for excused in DIFFERENCES.values()):
        assert ours.result == theirs.result, (ours.reason, theirs.text)
        if ours.result == "fail":
            assert (ours.explanation or "SPF fail - not authorized").lower() == theirs.text.lower()
