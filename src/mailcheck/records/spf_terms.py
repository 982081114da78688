"""The terms of an SPF record (RFC 7208 12), typed."""

from ipaddress import IPv4Network, IPv6Network

from mailcheck.model.location import Span
from mailcheck.model.value import dataclass
from mailcheck.records.problem import Problem

MECHANISMS = ("all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists")
LOOKUP_TERMS = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
"""Terms that count against the limit of 10 (RFC 7208 4.6.4)."""


@dataclass(frozen=True, slots=True)
class Macro:
    """One `%{...}` of a macro string (RFC 7208 7.1)."""

    span: Span
    letter: str
    digits: int | None
    reverse: bool
    delimiters: str

    @property
    def escaped(self) -> bool:
        """An upper-case letter asks for URL escaping (RFC 7208 7.3)."""
        return self.letter.isupper()


@dataclass(frozen=True, slots=True)
class MacroString:
    """A domain-spec or an explanation target: its text, its place in the record, its macros."""

    text: str
    span: Span
    macros: tuple[Macro, ...] = ()

    @property
    def literal(self) -> bool:
        """Whether it holds no macro at all, not even an escape."""
        return "%" not in self.text


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A mechanism. `network` belongs to ip4 and ip6; `domain` is None where the term leaves it out."""

    span: Span
    text: str
    name: str
    qualifier: str = "+"
    domain: MacroString | None = None
    network: IPv4Network | IPv6Network | None = None
    cidr4: int = 32
    cidr6: int = 128


@dataclass(frozen=True, slots=True)
class Modifier:
    """A modifier: redirect, exp, or one that is to be ignored (RFC 7208 6)."""

    span: Span
    text: str
    name: str
    value: MacroString


@dataclass(frozen=True, slots=True)
class BadTerm:
    """A term that cannot be read: a permerror (RFC 7208 4.6)."""

    span: Span
    text: str
    problem: Problem


Term = Mechanism | Modifier | BadTerm
