"""What if these records were published? The overlay's sets win, and only they."""

from pathlib import Path

import pytest

from mailcheck.dns.master_file import read_zone
from mailcheck.dns.opening import DnsOptions, OfflineResolver, open_resolver
from mailcheck.dns.overlay import OverlayResolver
from mailcheck.dns.port import Resolver
from mailcheck.dns.recording import RecordingResolver
from mailcheck.dns.static import StaticResolver
from mailcheck.dns.zones import ZoneResolver
from mailcheck.model.errors import UsageError
from mailcheck.model.fact import Absent, Known, Unknown
from servers.asking import ask_all

OVERLAY = """$ORIGIN a.example.
@            TXT   "new"
new.deep     TXT   "new"
alias        CNAME below
toalias      CNAME alias
tonone       CNAME none
toslow       CNAME slow
away         CNAME www.b.example.
circle       CNAME round
back         CNAME forth
*.wild       TXT   "wild"
*.aliased    CNAME below
held.wild    MX    10 mx
child        NS    ns.child
ns.child     A     192.0.2.9
"""
BELOW = {
    "a.example": {"TXT": ["old"], "MX": ["10 mx.a.example."]},
    "below.a.example": {"TXT": ["below"]},
    "alias.a.example": {"TXT": ["hidden by the alias"], "A": ["192.0.2.1"]},
    "round.a.example": {"CNAME": ["circle.a.example."]},
    "forth.a.example": {"CNAME": ["into.a.example."]},
    "into.a.example": {"TXT": ["into"]},
    "in.b.example": {"CNAME": ["new.deep.a.example."]},
    "www.b.example": {"TXT": ["www"]},
    "slow.a.example": "TIMEOUT",
    "there.wild.a.example": {"TXT": ["there"]},
    "host.child.a.example": {"TXT": ["still below"]},
    "x.enclosed.wild.a.example": {"A": ["192.0.2.1"]},
}


def below() -> Resolver:
    return StaticResolver(BELOW)  # type: ignore[arg-type]


def overlaid() -> OverlayResolver:
    return OverlayResolver(ZoneResolver(read_zone(Path("a.example.zone"), OVERLAY)), below())


EXPECTED = {
    ("a.example", "TXT"): "new",
    ("A.EXAMPLE.", "TXT"): "new",
    ("new.deep.a.example", "TXT"): "new",
    ("below.a.example", "TXT"): "below",
    ("alias.a.example", "TXT"): "below",
    ("toalias.a.example", "TXT"): "below",
    ("away.a.example", "TXT"): "www",
    ("in.b.example", "TXT"): "new",
    ("back.a.example", "TXT"): "into",
    ("any.wild.a.example", "TXT"): "wild",
    ("any.any.wild.a.example", "TXT"): "wild",
    ("any.aliased.a.example", "TXT"): "below",
    ("there.wild.a.example", "TXT"): "there",
    ("host.child.a.example", "TXT"): "still below",
    # Names in the overlay exist, and so do those above them
    ("deep.a.example", "TXT"): Absent,
    ("wild.a.example", "TXT"): Absent,
    ("new.deep.a.example", "MX"): Absent,
    ("held.wild.a.example", "TXT"): Absent,
    # NXDOMAIN below and nothing in the overlay
    ("other.a.example", "TXT"): Absent,
    ("tonone.a.example", "TXT"): Absent,
    # An existing name between the wildcard and the question stops the wildcard
    ("x.held.wild.a.example", "TXT"): Absent,
    ("y.enclosed.wild.a.example", "TXT"): Absent,
    ("y.there.wild.a.example", "TXT"): Absent,
    ("circle.a.example", "TXT"): Unknown,
    ("toslow.a.example", "TXT"): Unknown,
}


@pytest.mark.parametrize(("question", "expected"), EXPECTED.items(), ids=str)
def test_answers_through_an_overlay(question: tuple[str, str], expected: object) -> None:
    (fact,) = ask_all(overlaid, question)
    if isinstance(expected, str):
        assert isinstance(fact, Known), fact
        assert fact.evidence.answer == f'"{expected}"'
    else:
        assert isinstance(fact, expected), fact  # type: ignore[arg-type]


REASONS = {
    ("deep.a.example", "TXT"): "nodata",
    ("wild.a.example", "TXT"): "nodata",
    ("held.wild.a.example", "TXT"): "nodata",
    ("other.a.example", "TXT"): "nxdomain",
    ("tonone.a.example", "TXT"): "nxdomain",
    ("y.there.wild.a.example", "TXT"): "nxdomain",
    ("circle.a.example", "TXT"): "alias-loop",
    ("toslow.a.example", "TXT"): "timeout",
}


@pytest.mark.parametrize(("question", "reason"), REASONS.items(), ids=str)
def test_negative_answers_through_an_overlay_say_which(question: tuple[str, str], reason: str) -> None:
    (fact,) = ask_all(overlaid, question)
    assert not isinstance(fact, Known)
    assert fact.reason == reason


def test_other_types_of_an_overlaid_name_come_from_below() -> None:
    mx, a = ask_all(overlaid, ("a.example", "MX"), ("alias.a.example", "A"))
    assert isinstance(mx, Known)
    assert isinstance(a, Absent), "an alias replaces the whole name"


def test_the_chain_is_told_across_the_edge() -> None:
    toalias, back = ask_all(overlaid, ("toalias.a.example", "TXT"), ("back.a.example", "TXT"))
    assert toalias.evidence.aliases == ("alias.a.example", "below.a.example")
    assert back.evidence.aliases == ("forth.a.example", "into.a.example")
    assert (toalias.evidence.name, back.evidence.name) == ("toalias.a.example", "back.a.example")


def test_a_fault_on_the_way_to_a_wildcard_is_unknown() -> None:
    """Whether the wildcard speaks depends on a name that could not be asked for."""
    world = {"example": {"TXT": ["x"]}, "slow.wild.a.example": "SERVFAIL", "y.slow.wild.a.example": "NXDOMAIN"}
    overlay = ZoneResolver(read_zone(Path("a.example.zone"), OVERLAY))
    (fact,) = ask_all(lambda: OverlayResolver(overlay, StaticResolver(world)), ("y.slow.wild.a.example", "TXT"))  # type: ignore[arg-type]
    assert isinstance(fact, Unknown)
    assert fact.reason == "servfail"


# From options to a resolver


def test_options_are_stacked(tmp_path: Path) -> None:
    zone = tmp_path / "a.example.zone"
    zone.write_text(OVERLAY)
    options = DnsOptions(overlay=str(zone), offline=True, record=str(tmp_path / "recording"))
    resolver = open_resolver(options)
    assert isinstance(resolver, RecordingResolver)
    new, other = ask_all(lambda: resolver, ("a.example", "TXT"), ("b.example", "TXT"))
    assert isinstance(new, Known)
    assert isinstance(other, Unknown)
    assert other.reason == "offline"
    again = ask_all(lambda: open_resolver(DnsOptions(replay=str(tmp_path / "recording"))), ("a.example", "TXT"))
    assert again == [new]


def test_zone_and_replay_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        open_resolver(DnsOptions(zone="a", replay="b"))


def test_a_zone_in_json_is_a_closed_world(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_text('{"a.example": {"TXT": ["x"]}}')
    known, absent = ask_all(
        lambda: open_resolver(DnsOptions(zone=str(path))), ("a.example", "TXT"), ("b.example", "TXT")
    )
    assert isinstance(known, Known)
    assert isinstance(absent, Absent)


def test_offline_without_records_is_unknown() -> None:
    (fact,) = ask_all(OfflineResolver, ("a.example", "TXT"))
    assert isinstance(fact, Unknown)
    assert fact.reason == "offline"
