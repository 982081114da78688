"""SPF records (RFC 7208): every term with its span, every fault with its place."""

import re
from functools import cached_property

from mailcheck.model.value import dataclass, field, replace
from mailcheck.records.problem import Problem, as_text
from mailcheck.records.spf_reader import read_term
from mailcheck.records.spf_terms import (
    LOOKUP_TERMS,
    MECHANISMS,
    BadTerm,
    Macro,
    MacroString,
    Mechanism,
    Modifier,
    Term,
)

__all__ = [
    "LOOKUP_TERMS",
    "MAX_TERMS",
    "MECHANISMS",
    "BadTerm",
    "Macro",
    "MacroString",
    "Mechanism",
    "Modifier",
    "SpfRecord",
    "Term",
    "is_spf",
    "parse_spf",
    "version_problem",
]

MAX_TERMS = 1000
"""Terms read from one record; a 64 kB answer holds more only in malice."""

_TERM = re.compile(r"[^ ]+")
_ALMOST = re.compile(
    r"(?P<junk>[\s\"'“”\ufeffï»¿\\\xe2\x80\x98-\x9f]*)"
    r"(?P<word>(?P<sender_id>spf2\.0/)|v\s*=\s*spf(?:v?[0-9.]+|(?=[\s;:,]|\Z))|v-spf1|spf1(?=\s)|spf=v1)[\s;:,]*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SpfRecord:
    """One record with all that is wrong in it.

    `problems` are of kinds `syntax` (evaluation is a permerror), `limit` (more terms than are read here) and
    `doubt` (legal, but it does not mean what it was surely meant to).
    """

    text: str
    terms: tuple[Term, ...]
    problems: tuple[Problem, ...] = field(default=())

    @cached_property
    def mechanisms(self) -> tuple[Mechanism, ...]:
        """The mechanisms in their order."""
        return tuple(term for term in self.terms if isinstance(term, Mechanism))

    @cached_property
    def all(self) -> Mechanism | None:
        """The first `all`; what follows it is never reached."""
        return next((term for term in self.mechanisms if term.name == "all"), None)

    @cached_property
    def redirect(self) -> Modifier | None:
        """The redirect modifier; without effect beside an `all` (RFC 7208 6.1)."""
        return next((term for term in self.terms if isinstance(term, Modifier) and term.name == "redirect"), None)

    @cached_property
    def valid(self) -> bool:
        """Whether evaluation gets past the syntax check (RFC 7208 4.6); a record over the limit does not."""
        return not any(problem.kind in {"syntax", "limit"} for problem in self.problems)


def is_spf(text: str | bytes) -> bool:
    """Whether a TXT record is an SPF record: `v=spf1`, any case, then a blank or the end (RFC 7208 4.5)."""
    record = as_text(text)
    return record[:6].lower() == "v=spf1" and record[6:7] in {"", " "}


def version_problem(text: str | bytes) -> Problem | None:
    """What keeps a record that means to be SPF from being one; None for a true one or for another's text.

    The suggestion, where there is one, is a whole record that is SPF.
    """
    record = as_text(text)
    found = None if is_spf(record) else _ALMOST.match(record[:40])
    if found is None:
        return None
    stop = record.find(" ", found.end("junk"))
    end = len(record) if stop < 0 else max(stop, found.end("word"))
    if found["sender_id"]:
        return Problem("version", (0, end), "spf2.0 is Sender ID (RFC 4406), which no receiver reads any more")
    rest = record[found.end() :].replace('\\"', "").replace('"', "").strip(" \t\r\n'\\“”")
    better = f"v=spf1 {rest}".strip()
    first = record[:1]
    if first.isspace():
        return Problem("version", (0, len(record) - len(record.lstrip())), "a blank stands before v=spf1", better)
    if first in "\"'\\“”\xe2":
        return Problem("version", found.span("junk"), "a quotation mark is part of the record's text", better)
    message = f"{record[:end]!r:.60} is not the version v=spf1 followed by a blank"
    return Problem("version", (0, end), message, better)


def parse_spf(text: str | bytes) -> SpfRecord:
    """Read a record that begins with `v=spf1` (the caller has chosen it with `is_spf`). Never raises."""
    record = as_text(text)
    terms: list[Term] = []
    problems: list[Problem] = []
    for count, match in enumerate(_TERM.finditer(record, 6 if is_spf(record) else 0)):
        if count >= MAX_TERMS:
            span = (match.start(), len(record))
            problems.append(Problem("limit", span, f"more than {MAX_TERMS} terms; the rest is not read"))
            break
        term, found = read_term(match.group(), match.start())
        terms.append(term)
        problems += found
    problems = _once(problems, terms) + _twice(terms)
    return SpfRecord(record, tuple(terms), tuple(sorted(problems, key=lambda each: each.span)))


def _name(text: str) -> str:
    name = text.partition("=")[0].lower()
    return name if name in {"redirect", "exp"} else ""


def _once(problems: list[Problem], terms: list[Term]) -> list[Problem]:
    """The problems without suggestions of a modifier that stands already, or is suggested already."""
    there = {term.name for term in terms if isinstance(term, Modifier)}
    kept = []
    for problem in problems:
        name = _name(problem.suggestion or "")
        kept.append(replace(problem, suggestion=None) if name in there else problem)
        there |= {name} - {""}
    return kept


def _twice(terms: list[Term]) -> list[Problem]:
    seen: dict[str, str] = {}
    problems = []
    for term in terms:
        if isinstance(term, Modifier) and term.name in {"redirect", "exp"}:
            if term.name in seen:
                again = "" if seen[term.name] == term.text else None
                problems.append(Problem("syntax", term.span, f"{term.name}= stands twice", again, "RFC 7208 6"))
            seen.setdefault(term.name, term.text)
    return problems
