"""Reads one term of an SPF record by the grammar of RFC 7208 12, and says what was probably meant where it fails."""

import re
from ipaddress import AddressValueError, IPv4Network, IPv6Network, NetmaskValueError

from mailcheck.model.location import Span
from mailcheck.model.value import replace
from mailcheck.records.problem import Problem
from mailcheck.records.spf_terms import MECHANISMS, BadTerm, Macro, MacroString, Mechanism, Modifier, Term

MAX_SUGGESTED = 100
"""Terms a suggestion may consist of; a longer one is not offered."""

_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)=(.*)", re.DOTALL)
_MECHANISM = re.compile(r"([+\-~?]?)([A-Za-z0-9_.-]+)(.*)", re.DOTALL)
_EXPAND = re.compile(r"%[%_-]|%\{([A-Za-z])([0-9]*)(r?)([.\-+,/_=]*)\}", re.IGNORECASE)
_TOPLABEL = re.compile(r"(?=.*[A-Za-z-])[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\Z")
_CIDR4 = re.compile(r"0|[1-9][0-9]?")
_CIDR6 = re.compile(r"0|[1-9][0-9]{0,2}")
_CIDR = re.compile(r"(?:/([^/]*))?(?://([^/]*))?\Z")
_NO_PRINT = re.compile(r"[^!-~]")
_ODD = re.compile(r"[^A-Za-z0-9_.%-]")

# What word processors and web pages put in place of plain characters, as UTF-8 octets and as characters.
_PASTED = (
    (re.compile("\xe2\x80[\x90-\x95]|\xe2\x88\x92|[\u2010-\u2015\u2212]"), "-"),
    (re.compile("\xc2\xa0|\xe2\x80\xaf|[\xa0\u202f\t\r\n]"), " "),
    (re.compile("\xe2\x80[\x98-\x9f\x8b]|\xef\xbb\xbf|[\u2018-\u201f\u200b\ufeff]"), ""),
)


def read_term(text: str, start: int) -> tuple[Term, tuple[Problem, ...]]:
    """The term that `text` is, `start` being its offset in the record, and its problems.

    A BadTerm has one problem of kind `syntax`. A legal term may have one of kind `doubt`: it does not
    mean what it was surely meant to. A suggestion is given only where it reads without any problem and
    does not let everybody send. Never raises.
    """
    reader = _Reader(text, start)
    try:
        term: Term = reader.read()
        found = reader.doubts
        if not found:
            return term, ()
    except _BadError as error:
        found = [error.problem]
    problems = tuple(replace(problem, suggestion=_suggestion(problem, text)) for problem in found)
    return (term if not problems or problems[0].kind == "doubt" else BadTerm(reader.span, text, problems[0])), problems


def read_explanation(text: str) -> MacroString | None:
    """The text that an exp modifier leads to (RFC 7208 6.2): plain ASCII with macros, None where it is not that."""
    if not all(" " <= char <= "~" for char in text):
        return None
    try:
        return _Reader(text, 0).macro_string(text, 0, domain=False)
    except _BadError:
        return None


def _suggestion(problem: Problem, text: str) -> str | None:
    for better in (problem.suggestion, _plain(text)):
        if better is not None and better != text and _sound(better):
            return better
    return None


def _sound(suggestion: str) -> bool:
    parts = [part for part in suggestion.split(" ") if part]
    return len(parts) <= MAX_SUGGESTED and all(_reads(part) for part in parts)


def _reads(text: str) -> bool:
    reader = _Reader(text, 0)
    try:
        term = reader.read()
    except _BadError:
        return False
    return not reader.doubts and not (isinstance(term, Mechanism) and (term.name, term.qualifier) == ("all", "+"))


def _plain(text: str) -> str:
    for pattern, plain in _PASTED:
        text = pattern.sub(plain, text)
    return text.strip(" ;,.\"'\\")


def _masked(text: str) -> str:
    """The text with each macro-expand overwritten by as many percent signs."""
    return _EXPAND.sub(lambda match: "%" * len(match[0]), text)


class _BadError(Exception):
    def __init__(self, span: Span, message: str, suggestion: str | None = None, clause: str = "RFC 7208 4.6.1") -> None:
        self.problem = Problem("syntax", span, message, suggestion, clause)


class _Reader:
    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.start = start
        self.span = (start, start + len(text))
        self.doubts: list[Problem] = []

    def read(self) -> Mechanism | Modifier:
        match = _NO_PRINT.search(self.text)
        if match is not None:
            odd = match.start()
            pasted = "; was a typographic quote, dash or no-break space pasted?" if self.text[odd] > "~" else ""
            raise _BadError(
                (self.start + odd, self.start + odd + 1),
                f"the octet {ord(self.text[odd]):#04x} cannot stand in an SPF record; only blanks part terms{pasted}",
            )
        return self._modifier() or self._mechanism()

    def _modifier(self) -> Modifier | None:
        match = _MODIFIER.match(self.text) if "=" in self.text else None
        if match is None:
            return None
        name, at = match[1].lower(), self.start + match.start(2)
        known = name in {"redirect", "exp"}
        if known and not match[2]:
            raise _BadError(self.span, "a domain is missing after the equals sign", clause="RFC 7208 6.1")
        value = self.macro_string(match[2], at, domain=known)
        if not known:
            self._doubt_modifier(name, match[2])
        return Modifier(self.span, self.text, name, value)

    def _doubt_modifier(self, name: str, value: str) -> None:
        """An unknown modifier is legal and ignored (RFC 7208 6); often it is a slip of the pen."""
        if name == "v":
            if value.lower().startswith("spf"):
                self._doubt(self.span, "a second version inside the record is ignored", "", "RFC 7208 6")
            return
        near = _near(name, (*MECHANISMS, "redirect", "exp"), 0.75)
        if near is not None:
            sign = "=" if near in {"redirect", "exp"} else ":"
            message = f"{name}= is an unknown modifier, so it is ignored"
            self._doubt(self.span, message, f"{near}{sign}{value}", "RFC 7208 6")

    def _doubt(self, span: Span, message: str, suggestion: str | None, clause: str) -> None:
        self.doubts.append(Problem("doubt", span, message, suggestion, clause))

    def _mechanism(self) -> Mechanism:
        match = _MECHANISM.match(self.text)
        if match is None:
            raise _BadError(self.span, f"{self.text!r:.60} is neither a mechanism nor a modifier")
        name, rest, at = match[2].lower(), match[3], self.start + match.start(3)
        qualifier = match[1] or "+"
        if name not in MECHANISMS:
            raise self._unknown(match[1], name, rest)
        if name == "all":
            if rest:
                raise _BadError((at, self.span[1]), "all takes no value", self.text[: match.start(3)], "RFC 7208 5.1")
            return Mechanism(self.span, self.text, name, qualifier)
        if rest.startswith(","):
            raise _BadError(self.span, "a comma cannot part terms; SPF terms are parted by blanks", self._parted())
        if name in {"ip4", "ip6"}:
            return Mechanism(self.span, self.text, name, qualifier, network=self._network(match[1], name, rest, at))
        return self._with_domain(match[1], name, rest, at)

    def _parted(self) -> str:
        """A comma list as terms. A qualifier in front is given to every term that has none of its own."""
        sign = self.text[0] if self.text[0] in "+-~?" else ""
        parts = [part for part in self.text.removeprefix(sign).split(",") if part]
        return " ".join(part if part[0] in "+-~?" else sign + part for part in parts)

    def _unknown(self, sign: str, name: str, rest: str) -> _BadError:
        body = self.text.removeprefix(sign)
        if "," in body:
            message = "a comma cannot part terms; SPF terms are parted by blanks"
            return _BadError(self.span, message, self._parted())
        if re.match(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+", body):
            return _BadError(self.span, "a bare address needs ip4: in front of it", f"{sign}ip4:{body}")
        if body.count(":") > 1 and re.fullmatch(r"[0-9A-Fa-f:.]+(?:/[0-9]+)?", body):
            return _BadError(self.span, "a bare address needs ip6: in front of it", f"{sign}ip6:{body}")
        if re.match(r"ipv?[0-9]?$", name) and rest.startswith((":", "=")):
            word = "ip6" if rest.count(":") > 2 else "ip4"
            return _BadError(self.span, f"there is no mechanism {name}", f"{sign}{word}:{rest[1:]}")
        near = _near(name, (*MECHANISMS, "redirect"), 0.6)
        if near == "redirect":
            return _BadError(self.span, "redirect takes an equals sign", f"redirect={rest.lstrip(':=')}")
        if "." in name and not rest:
            return _BadError(self.span, f"{body!r:.60} is a bare domain name", f"{sign}include:{body}")
        return _BadError(self.span, f"there is no mechanism {name!r:.40}", f"{sign}{near}{rest}" if near else None)

    def _network(self, sign: str, name: str, rest: str, at: int) -> IPv4Network | IPv6Network:
        clause = "RFC 7208 5.6"
        if rest[:1] != ":" or len(rest) == 1:
            place = (at, self.span[1]) if rest else self.span
            better = f"{sign}{name}:{rest.lstrip('=:;')}" if len(rest) > 1 else None
            raise _BadError(place, f"{name} needs an address after a colon", better, clause)
        body = rest[1:]
        address, slash, length = body.partition("/")
        span = (at + 1, self.span[1])
        if "," in body:
            parts = [part for part in re.split(r",(?:ip[46]:)?", body) if part]
            better = " ".join(f"{sign}{'ip6' if ':' in part else 'ip4'}:{part}" for part in parts)
            raise _BadError(span, "one address or network a term", better, clause)
        if name == "ip4" and body.count(":") > 1:
            raise _BadError(span, "ip4 holds an IPv6 address", f"{sign}ip6:{body}", clause)
        if name == "ip6" and address.count(".") == 3 and ":" not in address:
            raise _BadError(span, "ip6 holds an IPv4 address", f"{sign}ip4:{body}", clause)
        most, pattern = (32, _CIDR4) if name == "ip4" else (128, _CIDR6)
        if slash and not pattern.fullmatch(length):
            raise _BadError(span, f"/{length!s:.20} is no prefix length: 0 to {most}", None, clause)
        try:
            if name == "ip4":
                return IPv4Network(f"{address}/{length or most}", strict=False)
            if "%" in address:
                raise AddressValueError(address)
            return IPv6Network(f"{address}/{length or most}", strict=False)
        except NetmaskValueError:
            raise _BadError(span, f"/{length} is no prefix length: 0 to {most}", None, clause) from None
        except AddressValueError:
            better = f"{sign}ip6:{rest}" if name == "ip6" else None
            message = f"{address!r:.60} is no {'IPv4' if name == 'ip4' else 'IPv6'} address"
            raise _BadError(span, message, better, clause) from None

    def _with_domain(self, sign: str, name: str, rest: str, at: int) -> Mechanism:
        cidr4, cidr6, cut = 32, 128, len(rest)
        if name in {"a", "mx"}:
            cidr4, cidr6, cut = self._cidr(rest, at)
        spec = rest[:cut]
        domain = None
        if spec:
            if spec[0] != ":":
                better = f"{sign}{name}:{rest[1:]}" if spec[0] in "=;" else None
                raise _BadError((at, at + len(spec)), f"{name} takes a colon before its domain", better)
            if len(spec) == 1:
                raise _BadError((at, at + 1), f"{name}: is not followed by a domain (is a blank after the colon?)")
            domain = self.macro_string(spec[1:], at + 1, domain=True)
        elif name in {"include", "exists"}:
            raise _BadError(self.span, f"{name} needs a domain after a colon", clause="RFC 7208 5.2")
        return Mechanism(self.span, self.text, name, sign or "+", domain, None, cidr4, cidr6)

    def _cidr(self, rest: str, at: int) -> tuple[int, int, int]:
        # A slash may stand in a domain-spec; a prefix length comes after its last dot or macro.
        masked = _masked(rest)
        cut = masked.find("/", max(masked.rfind("."), masked.rfind("%")) + 1)
        if cut < 0:
            return 32, 128, len(rest)
        match = _CIDR.match(rest, cut)
        four, six = (match[1], match[2]) if match else ("x", "x")
        for text, pattern, most in ((four, _CIDR4, 32), (six, _CIDR6, 128)):
            if text is not None and (not pattern.fullmatch(text) or int(text) > most):
                span = (at + cut, self.span[1])
                raise _BadError(span, f"{rest[cut:]!r:.40} is no prefix length", None, "RFC 7208 5.3")
        return int(four) if four is not None else 32, int(six) if six is not None else 128, cut

    def macro_string(self, text: str, at: int, *, domain: bool) -> MacroString:
        macros: list[Macro] = []
        position = end = 0
        while (position := text.find("%", position)) >= 0:
            match = _EXPAND.match(text, position)
            span = (at + position, at + (match.end() if match else min(len(text), position + 4)))
            if match is None:
                raise _BadError(span, "a % must begin %{letter}, %%, %_ or %-", None, "RFC 7208 7.1")
            position = end = match.end()
            if match[1] is None:
                continue
            if match[1].lower() not in ("slodiphv" if domain else "slodiphcrtv"):
                raise _BadError(span, f"there is no macro letter {match[1]!r} here", None, "RFC 7208 7.2")
            digits = None
            if match[2]:
                # No name has more than 127 labels; int() refuses very long numbers.
                digits = min(int(match[2].lstrip("0")[:4] or "0"), 128)
            if digits == 0:
                raise _BadError(span, "the number of labels in a macro cannot be 0", None, "RFC 7208 7.3")
            macros.append(Macro(span, match[1], digits, bool(match[3]), match[4]))
        if domain:
            self._domain(text, at, literal=not macros, ends_in_macro=0 < end == len(text))
        return MacroString(text, (at, at + len(text)), tuple(macros))

    def _domain(self, text: str, at: int, *, literal: bool, ends_in_macro: bool) -> None:
        """Check the end of a domain-spec (RFC 7208 7.1), and whether a literal one can be a name."""
        span = (at, at + len(text))
        masked = _masked(text)
        head, dot, top = masked.removesuffix(".").rpartition(".")
        oddity = self._oddity(text, masked, at) if literal else None
        if not ends_in_macro:
            if not dot or not _TOPLABEL.match(top):
                message, better = oddity or (f"{text!r:.60} is no domain name with a top-level label", None)
                raise _BadError(span, message, better, "RFC 7208 7.1")
            labels = [*_EXPAND.sub("x", text[: len(head)]).split("."), top]
            if any(not label or len(label) > 63 for label in labels):
                raise _BadError(span, f"{text!r:.60} has an empty or over-long label", None, "RFC 7208 4.3")
        if oddity is not None:
            self._doubt(span, *oddity, "RFC 7208 7.1")

    def _oddity(self, text: str, masked: str, at: int) -> tuple[str, str | None] | None:
        odd = _ODD.search(masked)
        if odd is None:
            return None
        before, after = self.text[: at - self.start], self.text[at - self.start + len(text) :]
        if "," in text:
            better = None
            if before.endswith(":") and not after:
                better = " ".join(part if ":" in part else before + part for part in text.split(",") if part)
            return "one domain a term; SPF terms are parted by blanks", better
        if "/" in text:
            host = text.rpartition("://")[2].partition("/")[0]
            return "a domain name belongs here, not a URL or path", before + host + after
        if "@" in text:
            return "a domain name belongs here, not an e-mail address", before + text.rpartition("@")[2] + after
        return f"{odd[0]!r} cannot stand in a host name", before + text.rpartition(":")[2] + after


def _near(word: str, choices: tuple[str, ...], cutoff: float) -> str | None:
    if len(word) > 20:
        return None
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, choices, n=1, cutoff=cutoff)), None)
