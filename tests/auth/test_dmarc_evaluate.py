"""evaluate_dmarc(): every clause of RFC 9989 that a message meets, from fixtures/dmarc/evaluate.toml."""

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auth.spf_cases import Asked
from mailcheck.auth.dmarc.evaluate import MAX_IDENTIFIERS, DmarcResult, evaluate_dmarc

PATH = Path(__file__).parents[2] / "fixtures" / "dmarc" / "evaluate.toml"
GROUPS = tomllib.loads(PATH.read_text("utf-8"))
CASES = [
    pytest.param(case, id=ascii(f"{name}: {case['why']}")[1:-1]) for name, group in GROUPS.items() for case in group
]
DMARC = ["v=DMARC1; p=reject"]


def world_of(case: dict[str, Any]) -> dict[str, Any]:
    """The case's DNS as StaticResolver takes it."""
    zone, names = case.get("zone", {}), case.get("names", {})
    world = {f"_dmarc.{name}": {"TXT": texts} if isinstance(texts, list) else texts for name, texts in zone.items()}
    existing = {name: {"A": ["192.0.2.1"]} for name in names} if isinstance(names, list) else names
    # What merely is there (its _dmarc name) must not make the domain above it exist, save where the case says so.
    return world | existing


def written(found: DmarcResult) -> str:
    words = [found.result]
    if found.policy is not None:
        words += [str(found.policy_tag), found.policy]
    if found.policy_domain is not None:
        words += ["at", found.policy_domain]
    return " ".join(words)


def judged(case: dict[str, Any]) -> tuple[DmarcResult, list[str]]:
    asked = Asked(world_of(case))
    spf = tuple(case["spf"]) if "spf" in case else None
    found = asyncio.run(evaluate_dmarc(case["author"], spf, [tuple(each) for each in case.get("dkim", ())], asked.ask))
    return found, asked.questions


@pytest.mark.parametrize("case", CASES)
def test_the_clause(case: dict[str, Any]) -> None:
    found, asked = judged(case)
    assert written(found) == case["gives"], found.reason
    assert found.disposition == case.get("does", "none")
    aligned = [kind for kind, yes in (("spf", found.spf_aligned), ("dkim", found.dkim_aligned)) if yes]
    assert aligned == case.get("aligned", [])
    assert found.testing is case.get("testing", False)
    if "org" in case:
        assert found.organizational_domain == case["org"]
    assert set(case.get("not_asked", ())).isdisjoint(asked)
    assert found.reason
    assert len(found.identifiers) == len(case.get("dkim", ())) + ("spf" in case)


def test_identifiers_tell_what_was_compared() -> None:
    case = {
        "author": "news.example.com",
        "spf": ["bounce.esp.example", "pass"],
        "dkim": [["example.com", "pass"], ["esp.example", "fail"]],
        "zone": {"example.com": DMARC},
    }
    found, _ = judged(case)
    assert [(each.kind, each.domain, each.aligned, each.organizational_domain) for each in found.identifiers] == [
        ("spf", "bounce.esp.example", False, None),
        ("dkim", "example.com", True, "example.com"),
        ("dkim", "esp.example", None, None),
    ]
    assert [step.domain for step in found.walk.steps] == ["news.example.com", "example.com", "com"]


def test_names_that_cannot_align_are_not_walked() -> None:
    dkim = [["a.example.net", "pass"], ["example.com", "pass"], ["b.example.com", "fail"]]
    _, asked = judged({"author": "example.com", "dkim": dkim, "zone": {"example.com": DMARC}})
    assert asked == ["_dmarc.example.com TXT", "_dmarc.com TXT"]


def test_signatures_beyond_the_limit_are_passed_over() -> None:
    many = [["x.example.net", "pass"]] * MAX_IDENTIFIERS
    found, _ = judged(
        {"author": "example.com", "dkim": [*many, ["example.com", "pass"]], "zone": {"example.com": DMARC}}
    )
    assert (found.result, len(found.identifiers)) == ("fail", MAX_IDENTIFIERS)


LABELS = st.lists(st.sampled_from(["a", "b", "example", "com"]), min_size=1, max_size=10).map(".".join)
RESULT = st.sampled_from(["pass", "fail", "temperror", "permerror", "none", "softfail"])
RECORD = st.builds(
    lambda p, rest: "; ".join([f"v=DMARC1; p={p}", *rest]),
    st.sampled_from(["none", "quarantine", "reject", "x"]),
    st.lists(
        st.sampled_from(
            ["sp=reject", "np=quarantine", "psd=y", "psd=n", "t=y", "adkim=s", "aspf=s", "rua=mailto:a@b.c"]
        ),
        max_size=3,
    ),
)
ZONE = st.dictionaries(
    LABELS, st.one_of(st.sampled_from(["SERVFAIL", "TIMEOUT"]), st.lists(RECORD, min_size=1, max_size=2)), max_size=5
)


@settings(max_examples=400, deadline=None)
@given(
    LABELS,
    st.tuples(LABELS, RESULT),
    st.lists(st.tuples(LABELS, RESULT), max_size=3),
    ZONE,
    st.lists(LABELS, max_size=3),
)
def test_any_zone_has_a_result_that_holds_together(author: str, spf: Any, dkim: Any, zone: Any, names: Any) -> None:
    found, asked = judged({"author": author, "spf": spf, "dkim": dkim, "zone": zone, "names": names})
    assert found.result in {"pass", "fail", "none", "temperror"}
    assert (found.spf_aligned or found.dkim_aligned) is (found.result == "pass")
    assert found.disposition == "none" or found.result == "fail"
    assert (found.policy is not None) or found.result in {"none", "temperror"}
    walks = 1 + len({each.domain for each in found.identifiers})
    assert len(asked) <= 8 * walks + 1
    if found.spf_aligned:
        assert spf[1] == "pass"
        assert spf[0].rpartition(".")[2] == author.rpartition(".")[2]
    own = zone.get(author)
    if isinstance(own, list) and len(own) == 1:
        assert found.policy_domain == author


@settings(max_examples=200, deadline=None)
@given(LABELS, st.tuples(LABELS, RESULT), ZONE, st.sampled_from(["none", "x", "reject"]))
def test_a_fault_never_makes_a_pass(author: str, spf: Any, zone: Any, policy: str) -> None:
    """Put records or nothing in the place of each fault: where no such world passes, neither does the faulty one."""
    dark = {name for name, texts in zone.items() if isinstance(texts, str)}
    found, _ = judged({"author": author, "spf": spf, "zone": zone})
    clean = {name: texts for name, texts in zone.items() if name not in dark}
    if found.result == "pass":
        filled = clean | {name: [f"v=DMARC1; p={policy}; psd=n"] for name in dark}
        for world in (clean, filled):
            assert judged({"author": author, "spf": spf, "zone": world})[0].result == "pass"
