"""The one walker over an SPF record: which terms can be evaluated, in which order, and which name each asks about.

The audit (`tree`) visits every branch with it, the evaluator (`evaluate`) goes the one way a sender leads.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from mailcheck.auth.spf.macros import expand
from mailcheck.dns.names import normal
from mailcheck.dns.rdata import Records, Text
from mailcheck.model.fact import Fact, Known, Unknown
from mailcheck.records.spf import MacroString, Mechanism, Modifier, SpfRecord, is_spf, parse_spf

Ask = Callable[[str, str], Awaitable[Fact[Records]]]

LOOKUPS, VOIDS, MX_NAMES, PTR_NAMES = 10, 2, 10, 10
"""The limits of RFC 7208 4.6.4."""
KEPT_OCTETS = 1000
"""Octets of the longest record that is kept in parsed form between evaluations."""


class Published(NamedTuple):
    """What a domain publishes as SPF (RFC 7208 4.4, 4.5).

    `state` is ok, missing (no SPF record), multiple, syntax or unknown (the question failed).
    """

    state: str
    record: SpfRecord | None = None


def texts(fact: Fact[Records]) -> tuple[str, ...]:
    """The TXT records of a fact, joined, in a stable order."""
    return (
        tuple([record.joined for record in fact.value if isinstance(record, Text)]) if isinstance(fact, Known) else ()
    )


def spf_texts(fact: Fact[Records]) -> tuple[str, ...]:
    """The SPF records among them (RFC 7208 4.5)."""
    return tuple([text for text in texts(fact) if is_spf(text)])


def published(fact: Fact[Records]) -> Published:
    """The record that the answer to a TXT question holds, and whether it can be evaluated."""
    if not isinstance(fact, Known):
        return _UNKNOWN if isinstance(fact, Unknown) else _MISSING
    found = spf_texts(fact)
    if len(found) != 1:
        return _MULTIPLE if found else _MISSING
    return _kept(found[0]) if len(found[0]) <= KEPT_OCTETS else _read(found[0])


def _read(text: str) -> Published:
    record = parse_spf(text)
    return Published("ok" if record.valid else "syntax", record)


_kept = lru_cache(maxsize=1000)(_read)
"""Records do not change, and those of the large senders are met again with every message."""
_UNKNOWN, _MISSING, _MULTIPLE = Published("unknown"), Published("missing"), Published("multiple")


def reached_terms(record: SpfRecord) -> list[Mechanism | Modifier]:
    """The terms that can be evaluated: mechanisms up to `all`, and redirect where there is no `all`."""
    chosen: list[Mechanism | Modifier] = []
    for mechanism in record.mechanisms:
        chosen.append(mechanism)
        if mechanism.name == "all":
            return chosen
    if record.redirect is not None:
        chosen.append(record.redirect)
    return chosen


def spec_of(term: Mechanism | Modifier) -> MacroString | None:
    """The domain-spec of a term; None where it leaves it out and means the current domain (RFC 7208 4.8)."""
    return term.domain if isinstance(term, Mechanism) else term.value


def target_of(term: Mechanism | Modifier, domain: str, values: Mapping[str, str] | None = None) -> str | None:
    """The name a term asks about: its domain-spec expanded, else the current domain.

    `values` are the macro letters known besides `d`, none for an audit, which has no sender. None where a macro
    needs one that is not known.
    """
    spec = spec_of(term)
    if spec is None:
        return domain
    name = expand(spec, {"d": domain} if values is None else {**values, "d": domain})
    return normal(name) if name is not None else None


def forget() -> None:
    """Drop the records that are kept in parsed form."""
    _kept.cache_clear()
