"""SPF records (RFC 7208): every term with its span, every fault with its place."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import AddressValueError, IPv4Network, IPv6Network, NetmaskValueError

from mailcheck.model.location import Span
from mailcheck.records.problem import Problem, as_text

MECHANISMS = ("all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists")
LOOKUP_TERMS = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
"""Terms that count against the limit of 10 (RFC 7208 4.6.4)."""

MAX_TERMS = 1000
"""Terms read from one record; a 64 kB answer holds more only in malice."""

_TERM = re.compile(r"[^ ]+")
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)=(.*)", re.DOTALL)
_MECHANISM = re.compile(r"([+\-~?]?)([A-Za-z0-9_.-]+)(.*)", re.DOTALL)
_MACRO = re.compile(r"%\{([A-Za-z])([0-9]*)(r?)([.\-+,/_=]*)\}", re.IGNORECASE)
_TOPLABEL = re.compile(r"(?=.*[A-Za-z-])[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\Z")
_CIDR4 = re.compile(r"0|[1-9][0-9]?")
_CIDR6 = re.compile(r"0|[1-9][0-9]{0,2}")
_CIDR = re.compile(r"(?:/([^/]*))?(?://([^/]*))?\Z")


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


@dataclass(frozen=True)
class SpfRecord:
    """One record. `problems` holds every fault; any of kind `syntax` makes evaluation a permerror."""

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

    @property
    def valid(self) -> bool:
        """Whether evaluation gets past the syntax check (RFC 7208 4.6)."""
        return not any(problem.kind == "syntax" for problem in self.problems)


def is_spf(text: str | bytes) -> bool:
    """Whether a TXT record is an SPF record: `v=spf1`, any case, then a blank or the end (RFC 7208 4.5)."""
    return as_text(text)[:6].lower() == "v=spf1" and as_text(text)[6:7] in {"", " "}


def version_problem(text: str | bytes) -> Problem | None:
    """What keeps a record that means to be SPF from being one; None for a true one or for another's text."""
    record = as_text(text)
    if is_spf(record):
        return None
    head = record[:40]
    wide = re.match(r"[\s\"'“”\ufeffï»¿\\]*v\s*=\s*spf", head, re.IGNORECASE)
    if wide is None and not re.match(r"\s*(spf2\.0/|spf1\s|v-spf1|spf=v1|v=spfv1)", head, re.IGNORECASE):
        return None
    stop = record.find(" ", len(record) - len(record.lstrip(" \t")))
    end = len(record) if stop < 0 else stop
    bare = record.strip().strip("\"'").strip()
    if record[:1] in " \t":
        return Problem("version", (0, len(record) - len(record.lstrip())), "a blank stands before v=spf1", bare)
    if record[:1] in "\"'\\":
        return Problem("version", (0, 1), "a quotation mark is part of the record's text", bare.replace('\\"', ""))
    if record[:7].lower() == "spf2.0/":
        return Problem("version", (0, end), "spf2.0 is Sender ID (RFC 4406), which no receiver reads any more")
    rest = record[end:].strip()
    glued = re.match(r"v=spf1([^0-9\s].*)", record, re.IGNORECASE | re.DOTALL)
    suggestion = f"v=spf1 {glued[1].lstrip(';:, ')}" if glued else f"v=spf1 {rest}".strip()
    return Problem(
        "version", (0, end), f"{record[:end]!r:.60} is not the version v=spf1 followed by a blank", suggestion
    )


def parse_spf(text: str | bytes) -> SpfRecord:
    """Read a record that begins with `v=spf1` (the caller has chosen it with `is_spf`). Never raises."""
    record = as_text(text)
    terms: list[Term] = []
    problems: list[Problem] = []
    for count, match in enumerate(_TERM.finditer(record, 6 if is_spf(record) else 0)):
        if count >= MAX_TERMS:
            problem = Problem(
                "syntax", (match.start(), len(record)), f"more than {MAX_TERMS} terms; the rest is not read"
            )
            problems.append(problem)
            terms.append(BadTerm(problem.span, "…", problem))
            break
        term = _Term(match.group(), match.start()).read()
        terms.append(term)
        if isinstance(term, BadTerm):
            problems.append(term.problem)
    problems += _twice(terms)
    return SpfRecord(record, tuple(terms), tuple(sorted(problems, key=lambda each: each.span)))


def _twice(terms: list[Term]) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for term in terms:
        if isinstance(term, Modifier) and term.name in {"redirect", "exp"}:
            if term.name in seen:
                problems.append(Problem("syntax", term.span, f"{term.name}= stands twice", clause="RFC 7208 6"))
            seen.add(term.name)
    return problems


class _BadError(Exception):
    def __init__(self, span: Span, message: str, suggestion: str | None = None, clause: str = "RFC 7208 4.6.1") -> None:
        self.problem = Problem("syntax", span, message, suggestion, clause)


class _Term:
    """Reads one term; offsets are those of the record."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.start = start
        self.span = (start, start + len(text))

    def read(self) -> Term:
        try:
            odd = next((at for at, char in enumerate(self.text) if not "!" <= char <= "~"), None)
            if odd is not None:
                raise _BadError(
                    (self.start + odd, self.start + odd + 1),
                    f"the octet {ord(self.text[odd]) & 0xFF:#04x} cannot stand in an SPF record; "
                    "was a typographic quote, dash or no-break space pasted?",
                )
            return self._modifier() or self._mechanism()
        except _BadError as error:
            return BadTerm(self.span, self.text, error.problem)

    def _modifier(self) -> Modifier | None:
        match = _MODIFIER.match(self.text)
        if match is None:
            return None
        name = match[1].lower()
        if name in {"ip4", "ip6", "include", "a", "mx", "exists", "ptr", "all"}:
            raise _BadError(self.span, f"{name} takes a colon, not an equals sign", f"{name}:{match[2]}")
        value = self._macro_string(match[2], self.start + match.start(2), domain=name in {"redirect", "exp"})
        return Modifier(self.span, self.text, name, value)

    def _mechanism(self) -> Mechanism:
        match = _MECHANISM.match(self.text)
        if match is None:
            raise _BadError(self.span, f"{self.text!r:.60} is neither a mechanism nor a modifier")
        qualifier, name, rest = match[1] or "+", match[2].lower(), match[3]
        if name not in MECHANISMS:
            self._unknown(name, rest)
        at = self.start + match.start(3)
        if name == "all":
            if rest:
                raise _BadError((at, self.span[1]), "all takes no value", self.text[: match.start(3)], "RFC 7208 5.1")
            return Mechanism(self.span, self.text, name, qualifier)
        if name in {"ip4", "ip6"}:
            return Mechanism(self.span, self.text, name, qualifier, network=self._network(name, rest, at))
        return self._with_domain(name, qualifier, rest, at)

    def _unknown(self, name: str, rest: str) -> None:
        text = self.text
        if "," in text:
            raise _BadError(
                self.span, "a comma cannot part terms; SPF terms are parted by blanks", text.replace(",", " ")
            )
        if text.lower().startswith("v=spf1") or name == "v":
            raise _BadError(self.span, "a second version inside the record", "")
        if re.match(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+", text):
            raise _BadError(self.span, "a bare address needs ip4: in front of it", f"ip4:{text}")
        if re.match(r"ipv?[0-9]?$", name) and rest.startswith((":", "=")):
            word = "ip6" if rest.count(":") > 2 else "ip4"
            raise _BadError(self.span, f"there is no mechanism {name}", f"{word}:{rest[1:]}")
        from difflib import get_close_matches

        near = get_close_matches(name, [*MECHANISMS, "redirect"], n=1, cutoff=0.6)
        if near == ["redirect"]:
            raise _BadError(self.span, "redirect takes an equals sign", f"redirect={rest.lstrip(':=')}")
        if "." in name and not rest:
            raise _BadError(self.span, f"{text!r:.60} is a bare domain name", f"include:{text}")
        hint = f"{self.text[: len(self.text) - len(name + rest)]}{near[0]}{rest}" if near else None
        raise _BadError(self.span, f"there is no mechanism {name!r:.40}", hint)

    def _network(self, name: str, rest: str, at: int) -> IPv4Network | IPv6Network:
        clause = "RFC 7208 5.6"
        if rest[:1] != ":" or len(rest) == 1:
            raise _BadError(
                (at, self.span[1]) if rest else self.span,
                f"{name} needs an address after a colon",
                None,
                clause,
            )
        address, slash, length = rest[1:].partition("/")
        span = (at + 1, self.span[1])
        if "," in rest:
            parts = [part for part in re.split(r",(?:ip[46]:)?", rest[1:]) if part]
            raise _BadError(span, "one address or network a term", " ".join(f"{name}:{part}" for part in parts), clause)
        if slash and not (_CIDR4 if name == "ip4" else _CIDR6).fullmatch(length):
            raise _BadError(span, f"/{length} is no prefix length", None, clause)
        try:
            if name == "ip4":
                if ":" in address:
                    raise _BadError(span, "ip4 holds an IPv6 address", f"ip6:{rest[1:]}", clause)
                return IPv4Network(f"{address}/{length or 32}", strict=False)
            if "%" in address:
                raise AddressValueError(address)
            if address.count(".") == 3 and ":" not in address:
                raise _BadError(span, "ip6 holds an IPv4 address", f"ip4:{rest[1:]}", clause)
            return IPv6Network(f"{address}/{length or 128}", strict=False)
        except NetmaskValueError:
            most = 32 if name == "ip4" else 128
            raise _BadError(span, f"/{length} is no prefix length: 0 to {most}", None, clause) from None
        except AddressValueError:
            raise _BadError(
                span, f"{address!r:.60} is no {'IPv4' if name == 'ip4' else 'IPv6'} address", None, clause
            ) from None

    def _with_domain(self, name: str, qualifier: str, rest: str, at: int) -> Mechanism:
        cidr4, cidr6, cut = 32, 128, len(rest)
        if name in {"a", "mx"}:
            cidr4, cidr6, cut = self._cidr(rest, at)
        spec = rest[:cut]
        domain = None
        if spec:
            if spec[0] != ":":
                if "," in spec:
                    raise _BadError(self.span, "a comma cannot part terms", self.text.replace(",", " "))
                raise _BadError((at, at + len(spec)), f"{name} takes a colon before its domain")
            if len(spec) == 1:
                raise _BadError((at, at + 1), f"{name}: is not followed by a domain (is a blank after the colon?)")
            domain = self._macro_string(spec[1:], at + 1, domain=True)
        elif name in {"include", "exists"}:
            raise _BadError(self.span, f"{name} needs a domain after a colon", clause="RFC 7208 5.2")
        return Mechanism(self.span, self.text, name, qualifier, domain, None, cidr4, cidr6)

    def _cidr(self, rest: str, at: int) -> tuple[int, int, int]:
        # A slash inside a macro's delimiters is no prefix length.
        body = _MACRO.sub(lambda match: "x" * len(match[0]), rest)
        cut = body.find("/")
        if cut < 0:
            return 32, 128, len(rest)
        match = _CIDR.match(body, cut)
        four, six = (match[1], match[2]) if match else ("x", "x")
        for text, pattern, most in ((four, _CIDR4, 32), (six, _CIDR6, 128)):
            if text is not None and (not pattern.fullmatch(text) or int(text) > most):
                raise _BadError(
                    (at + cut, self.span[1]), f"{rest[cut:]!r:.40} is no prefix length", None, "RFC 7208 5.3"
                )
        return int(four) if four is not None else 32, int(six) if six is not None else 128, cut

    def _macro_string(self, text: str, at: int, *, domain: bool) -> MacroString:
        if domain and not text:
            raise _BadError(self.span, "a domain is missing after the equals sign", clause="RFC 7208 6.1")
        macros: list[Macro] = []
        position = 0
        while (position := text.find("%", position)) >= 0:
            if text[position : position + 2] in {"%%", "%_", "%-"}:
                position += 2
                continue
            match = _MACRO.match(text, position)
            span = (at + position, at + (match.end() if match else min(len(text), position + 4)))
            if match is None:
                raise _BadError(span, "a % must begin %{letter}, %%, %_ or %-", None, "RFC 7208 7.1")
            if match[1].lower() not in ("slodiphv" if domain else "slodiphcrtv"):
                raise _BadError(span, f"there is no macro letter {match[1]!r} here", None, "RFC 7208 7.2")
            # Longer runs of digits than an int takes mean "all labels" just as 128 does.
            digits = min(int(match[2][:6]), 128) if match[2] else None
            if digits == 0:
                raise _BadError(span, "the number of labels in a macro cannot be 0", None, "RFC 7208 7.3")
            macros.append(Macro(span, match[1], digits, bool(match[3]), match[4]))
            position = match.end()
        if domain:
            self._domain_end(text, at)
        return MacroString(text, (at, at + len(text)), tuple(macros))

    def _domain_end(self, text: str, at: int) -> None:
        if "," in text and not _MACRO.search(text):
            raise _BadError(self.span, "one domain a term; SPF terms are parted by blanks", _commas(self.text))
        if "://" in text or "/" in _MACRO.sub("", text):
            raise _BadError((at, at + len(text)), "a domain name belongs here, not a URL or path")
        if "@" in text:
            better = self.text.replace(text, text.rpartition("@")[2])
            raise _BadError((at, at + len(text)), "a domain name belongs here, not an e-mail address", better)
        if re.search(r"(?:%\{[^}]*\}|%[%_-])\Z", text):
            return
        bare = text.removesuffix(".")
        head, dot, top = bare.rpartition(".")
        if not _TOPLABEL.match(top) or not dot:
            raise _BadError(
                (at, at + len(text)),
                f"{text!r:.60} is no domain name with a top-level label",
                None,
                "RFC 7208 7.1",
            )
        labels = _MACRO.sub("x", head).split(".")
        if any(not label or len(label) > 63 for label in labels) or len(top) > 63:
            raise _BadError((at, at + len(text)), f"{text!r:.60} has an empty or over-long label", None, "RFC 7208 4.3")


def _commas(text: str) -> str:
    head, _, rest = text.partition(":")
    parts = [part for part in rest.split(",") if part]
    return " ".join(part if ":" in part else f"{head}:{part}" for part in parts)
