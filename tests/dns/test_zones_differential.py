"""Zone files and a real authoritative server on the same files give the same answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailcheck.dns.rdata import Records
from mailcheck.dns.zones import ZoneResolver
from mailcheck.model.fact import Fact, Known, Unknown
from servers.asking import PATIENT, ask_all, live
from servers.knot import Knot

SOA = "@ 3600 SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 192.0.2.53\n"
ZONES = {
    "a.example": f"""$ORIGIN a.example.
$TTL 3600
{SOA}
@           MX    10 mail
@           TXT   "v=spf1 -all"
mail        A     192.0.2.1
mail        A     192.0.2.2
deep.er.empty TXT "three labels down"
*.wild      TXT   "from the wildcard"
there.wild  A     192.0.2.3
x.y.wild    A     192.0.2.4
*.aliased   CNAME mail
*.out       CNAME target.b.example.
empty.*.star TXT  "below a wildcard that holds nothing"
alias       CNAME mail
alias2      CNAME alias
toempty     CNAME er.empty
towild      CNAME anything.wild
tonone      CNAME none
across      CNAME target.b.example.
acrossnone  CNAME none.b.example.
away        CNAME somewhere.invalid.
circle      CNAME round
round       CNAME circle
self        CNAME self
child       NS    ns.child
ns.child    A     192.0.2.54
gone        NS    ns.gone.invalid.
moved       DNAME b.example.
shift       DNAME mail
_dmarc      TXT   "v=DMARC1; p=reject"
key._domainkey TXT ( "v=DKIM1; p="
              "abc" )
UPPER       TXT   "Case is kept in Data"
two         TXT   "one"
two         TXT   "two"
null        MX    0 .
rare        CAA   0 issue "ca.example"
rare        TLSA  3 1 1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
esc         TXT   "quote \\" backslash \\\\ octet \\200"
""",
    "b.example": f'$ORIGIN b.example.\n$TTL 3600\n{SOA}target TXT "in b"\nback CNAME mail.a.example.\n',
    "child.a.example": f'$ORIGIN child.a.example.\n$TTL 3600\n{SOA}host TXT "in the child"\n',
    "c.sub.example": f"$ORIGIN c.sub.example.\n$TTL 3600\n{SOA}* MX 10 mail.a.example.\n",
}
OWNERS = [
    "@", "mail", "ns", "empty", "er.empty", "deep.er.empty", "no.er.empty", "deeper.deep.er.empty",
    "wild", "any.wild", "any.any.wild", "there.wild", "below.there.wild", "y.wild", "z.y.wild", "x.y.wild", "*.wild",
    "a.*.wild", "q.aliased", "q.q.aliased", "aliased", "q.out", "star", "*.star", "any.star", "empty.*.star",
    "alias", "alias2", "toempty", "towild", "tonone", "across", "acrossnone", "away", "circle", "round", "self",
    "child", "ns.child", "host.child", "none.child", "gone", "ns.gone", "deep.down.gone", "moved", "target.moved",
    "none.moved", "shift", "x.shift", "_dmarc", "_domainkey", "key._domainkey", "none._domainkey", "UPPER", "upper",
    "two", "null", "rare", "esc", "none", "none.mail",
]  # fmt: skip
NAMES = [
    *("a.example" if owner == "@" else f"{owner}.a.example" for owner in OWNERS),
    "b.example", "target.b.example", "none.b.example", "back.b.example", "child.a.example",
    "c.sub.example", "any.c.sub.example", "any.any.c.sub.example",
]  # fmt: skip
TYPES = ["TXT", "MX", "A", "AAAA", "CNAME", "NS", "CAA", "TLSA", "DNAME", "DS"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zones")
    for origin, text in ZONES.items():
        (folder / f"{origin}.zone").write_text(text)
    return folder


@pytest.fixture(scope="module")
def knot(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    server = Knot(tmp_path_factory.mktemp("knot"), {origin: folder / f"{origin}.zone" for origin in ZONES})
    yield server
    server.stop()


def essence(fact: Fact[Records]) -> tuple[object, ...]:
    """What both must agree in. Faults have other words: a server refuses, refers, or says what it does not hold."""
    if isinstance(fact, Unknown):
        return ("unknown", "alias-loop") if fact.reason == "alias-loop" else ("unknown",)
    return (fact.evidence.aliases, (fact.value, fact.evidence.ttl) if isinstance(fact, Known) else fact.reason)


def compare(folder: Path, knot: Knot, questions: list[tuple[str, str]]) -> list[tuple[object, ...]]:
    """The questions on which the two disagree."""
    ours = ask_all(lambda: ZoneResolver.from_path(folder), *questions)
    theirs = ask_all(live(knot.port, timing=PATIENT), *questions)
    return [
        (question, one, two)
        for question, one, two in zip(questions, map(essence, ours), map(essence, theirs), strict=True)
        if one != two
    ]


@pytest.mark.server
@pytest.mark.parametrize("type_", TYPES)
def test_files_and_server_agree(folder: Path, knot: Knot, type_: str) -> None:
    assert compare(folder, knot, [(name, type_) for name in NAMES]) == []


LABELS = st.sampled_from(
    ["a", "b", "mail", "wild", "*", "there", "er", "empty", "deep", "child", "moved", "alias", "_dmarc"]
)


@pytest.mark.server
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(questions=st.lists(st.tuples(st.lists(LABELS, max_size=4), st.sampled_from(TYPES)), min_size=30, max_size=60))
def test_files_and_server_agree_on_any_name(folder: Path, knot: Knot, questions: list[tuple[list[str], str]]) -> None:
    asked = [(".".join([*labels, "a.example"]), type_) for labels, type_ in questions]
    assert compare(folder, knot, asked) == []


@pytest.mark.parametrize(
    ("name", "type_", "expected"),
    [
        ("example", "TXT", "nodata"),
        ("sub.example", "TXT", "nodata"),
        ("_dmarc.example", "TXT", "nxdomain"),
        ("_dmarc.sub.example", "TXT", "nxdomain"),
        ("other.example", "TXT", "outside-zones"),
        ("elsewhere.invalid", "TXT", "outside-zones"),
        ("away.a.example", "TXT", "outside-zones"),
        ("host.gone.a.example", "TXT", "outside-zones"),
        ("gone.a.example", "DS", "nodata"),
    ],
)
def test_what_only_files_answer(folder: Path, name: str, type_: str, expected: str) -> None:
    """The documented difference: ancestors exist and are empty, everything else is outside."""
    (fact,) = ask_all(lambda: ZoneResolver.from_path(folder), (name, type_))
    assert not isinstance(fact, Known)
    assert fact.reason == expected
