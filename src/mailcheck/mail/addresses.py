"""Address lists (RFC 5322 3.4, with its obsolete forms of 4.4): every address that is there, and every oddity."""

import re
from itertools import pairwise

from mailcheck.model.value import dataclass

MAX_ADDRESSES = 100
"""Addresses that are read from one field."""

_ATOM = re.compile(r"[^\s()<>\[\]:;@\\,.\"\x00-\x1f\x7f]+")
_BLANK = re.compile(r"[ \t\r\n]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_LITERAL = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]", re.DOTALL)
_COMMENT_PART = re.compile(r"\\.|[()]", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: display name and local part as written (quotes taken off), domain in lower case as A-labels.

    `start:end` is its place in the text that was read. `domain` is None where it is no domain name (a literal, for
    one), or none is there.
    """

    display: str
    local: str
    domain: str | None
    written: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AddressFault:
    """What is wrong in an address list: kinds syntax, leftover, route, control, encoded-word, domain, limit, empty."""

    kind: str
    start: int
    end: int
    message: str


@dataclass(frozen=True, slots=True)
class AddressList:
    """All addresses of a field, in order, and what is wrong with it."""

    addresses: tuple[Address, ...]
    faults: tuple[AddressFault, ...]
    groups: tuple[str, ...] = ()

    @property
    def domains(self) -> tuple[str, ...]:
        """The different domains, in order."""
        return tuple(dict.fromkeys(each.domain for each in self.addresses if each.domain is not None))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # atom, quoted, literal, or the special character itself
    text: str
    start: int
    end: int
    blank: bool  # white space or a comment stands before it


def read_addresses(value: str | bytes) -> AddressList:
    """Read an unfolded address list. Never raises, never picks one of several in silence. Linear in its size."""
    text = value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
    return _Reader(text).run()


class _Reader:
    """The tokens of one list, read by one pass: separators first, then each piece by itself."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.addresses: list[Address] = []
        self.faults: list[AddressFault] = []
        self.groups: list[str] = []

    def fault(self, kind: str, start: int, end: int, message: str) -> None:
        if len(self.faults) < MAX_ADDRESSES:
            self.faults.append(AddressFault(kind, start, end, message))

    def run(self) -> AddressList:
        tokens = self.tokens()
        piece: list[_Token] = []
        inside = group = False  # between < and >; in a group
        for token in tokens:
            if token.kind == "<":
                inside = True
            elif token.kind == ">":
                inside = False
            if inside or token.kind not in {",", ";", ":"}:
                piece.append(token)
            elif token.kind == ":":
                # A group (RFC 5322 3.4; RFC 6854 allows it in From).
                name = " ".join(each.text for each in piece)
                if group or any(each.kind in {"@", "<", ">"} for each in piece) or not piece:
                    self.fault("syntax", token.start, token.end, "a colon that begins no group")
                    self.mailbox(piece)
                else:
                    self.groups.append(name)
                group, piece = True, []
            else:
                if token.kind == ";" and not group:
                    self.fault("syntax", token.start, token.end, "a semicolon that ends no group")
                self.mailbox(piece)
                piece = []
                group = group and token.kind != ";"
            if len(self.addresses) >= MAX_ADDRESSES:
                self.fault("limit", token.start, len(self.text), f"more than {MAX_ADDRESSES} addresses")
                piece = []
                break
        if group and piece:
            self.fault("syntax", len(self.text), len(self.text), "a group without its final semicolon")
        self.mailbox(piece)
        if not self.addresses and not self.groups and not self.faults:
            self.fault("empty", 0, len(self.text), "there is no address in it")
        return AddressList(tuple(self.addresses), tuple(self.faults), tuple(self.groups))

    def tokens(self) -> list[_Token]:
        text = self.text
        found: list[_Token] = []
        at, blank = 0, False
        while at < len(text):
            char = text[at]
            match = _BLANK.match(text, at)
            if match:
                at, blank = match.end(), True
                continue
            if char == "(":
                at, blank = self.comment(at), True
                continue
            kind, value, end = self.token(at)
            if kind:
                found.append(_Token(kind, value, at, end, blank))
            at, blank = end, False
        return found

    def token(self, at: int) -> tuple[str, str, int]:
        """Kind, text and end of the token at `at`; no kind for what is left out with a fault."""
        text, char = self.text, self.text[at]
        if char == '"':
            match = _QUOTED.match(text, at)
            if match:
                return "quoted", _ESCAPED.sub(r"\1", match[1]), match.end()
            self.fault("syntax", at, len(text), "a quotation mark without its partner")
            return "quoted", text[at + 1 :], len(text)
        if char == "[":
            match = _LITERAL.match(text, at)
            if match:
                return "literal", match[1], match.end()
            self.fault("syntax", at, len(text), "a bracket without its partner")
            return "literal", text[at + 1 :], len(text)
        match = _ATOM.match(text, at)
        if match:
            return "atom", match[0], match.end()
        if char in "<>@,;:.":
            return char, char, at + 1
        if char in "\\])":
            self.fault("syntax", at, at + 1, f"{char!r} cannot stand here")
        else:
            self.fault("control", at, at + 1, f"the control character {char!r} stands among the addresses")
        return "", "", at + 1

    def comment(self, at: int) -> int:
        """The end of the comment that begins here; nesting is counted, not followed."""
        depth, place = 1, at + 1
        while depth:
            match = _COMMENT_PART.search(self.text, place)
            if match is None:
                self.fault("syntax", at, len(self.text), "a comment without its end")
                return len(self.text)
            depth += {"(": 1, ")": -1}.get(match[0], 0)
            place = match.end()
        return place

    def mailbox(self, piece: list[_Token]) -> None:
        """One piece between separators: `display <addr-spec>` or a bare addr-spec."""
        if not piece:
            return
        opens = [number for number, token in enumerate(piece) if token.kind == "<"]
        if not opens:
            if any(token.kind == ">" for token in piece):
                self.fault("syntax", piece[0].start, piece[-1].end, "a > without its <")
            self.bare([token for token in piece if token.kind != ">"])
            return
        display = " ".join(token.text for token in piece[: opens[0]])
        if any(token.kind == "@" for token in piece[: opens[0]]):
            self.fault(
                "leftover", piece[0].start, piece[opens[0]].start, "an unquoted address stands where a name belongs"
            )
            self.bare(piece[: opens[0]], quiet=True)
        if len(opens) > 1:
            self.fault("leftover", piece[opens[1]].start, piece[-1].end, "two addresses in one mailbox")
        for number, first in enumerate(opens):
            rest = piece[first + 1 : opens[number + 1] if number + 1 < len(opens) else len(piece)]
            close = next((place for place, token in enumerate(rest) if token.kind == ">"), None)
            if close is None:
                self.fault("syntax", piece[first].start, piece[-1].end, "a < without its >")
                close = len(rest)
            self.angle(display if not number else "", rest[:close], piece[first])
            after = [token for token in rest[close + 1 :] if token.kind != ">"]
            if after:
                self.fault("leftover", after[0].start, after[-1].end, "text stands behind the address")
                if any(token.kind == "@" for token in after):
                    self.bare(after, quiet=True)

    def angle(self, display: str, inner: list[_Token], opening: _Token) -> None:
        if inner and inner[0].kind in {"@", ","}:
            # obs-route (4.4): <@one,@two:local@domain>. Programs differ in which domain they take for the author's.
            colon = next((place for place, token in enumerate(inner) if token.kind == ":"), None)
            if colon is not None:
                self.fault("route", inner[0].start, inner[colon].end, "a source route stands before the address")
                inner = inner[colon + 1 :]
        if not inner:
            self.fault("syntax", opening.start, opening.end + 1, "there is nothing between < and >")
            return
        self.spec(display, inner)

    def bare(self, piece: list[_Token], *, quiet: bool = False) -> None:
        if not piece:
            return
        if not any(token.kind == "@" for token in piece):
            if not quiet:
                self.fault("syntax", piece[0].start, piece[-1].end, "this is no address: it has no @")
            return
        self.spec("", piece)

    def spec(self, display: str, piece: list[_Token]) -> None:
        """local@domain. Of several @ the last one divides, and that is a fault."""
        marks = [number for number, token in enumerate(piece) if token.kind == "@"]
        start, end = piece[0].start, piece[-1].end
        if not marks:
            self.fault("syntax", start, end, "this is no address: it has no @")
            return
        if len(marks) > 1:
            self.fault("syntax", start, end, "an address with more than one @")
        left, right = piece[: marks[-1]], piece[marks[-1] + 1 :]
        for side, name in ((left, "before"), (right, "behind")):
            # Words side by side: `a b@c`, or `a@b c`.
            if any(one.kind not in {".", "@"} and two.kind not in {".", "@"} for one, two in pairwise(side)):
                self.fault("leftover", side[0].start, side[-1].end, f"several words stand {name} the @")
        if not left:
            self.fault("syntax", start, end, "there is nothing before the @")
        odd = next((token for token in left if token.kind not in {"atom", "quoted", ".", "@"}), None)
        if odd:
            self.fault("syntax", odd.start, odd.end, f"{odd.text!r:.40} cannot stand before the @")
        if any("=?" in token.text and token.text.endswith("?=") for token in piece if token.kind == "atom"):
            self.fault("encoded-word", start, end, "an encoded word stands inside the address (RFC 2047 5)")
        local = "".join(token.text for token in left)
        self.addresses.append(Address(display, local, self.domain(right, start, end), self.text[start:end], start, end))

    def domain(self, piece: list[_Token], start: int, end: int) -> str | None:
        if not piece:
            self.fault("domain", start, end, "there is no domain behind the @")
            return None
        if piece[0].kind == "literal":
            self.fault("domain", piece[0].start, piece[0].end, "the domain is an address literal, not a name")
            return None
        # The first words up to a gap; what follows has been told as left over.
        taken = [piece[0]]
        for token in piece[1:]:
            if token.kind != "." and taken[-1].kind != ".":
                break
            taken.append(token)
        text = "".join(token.text for token in taken)
        name = domain_name(text)
        if name is None or any(token.kind not in {"atom", "."} for token in taken):
            self.fault("domain", taken[0].start, taken[-1].end, f"{text!r:.80} is no domain name")
            return None
        return name


def domain_name(text: str) -> str | None:
    """The name in lower case as A-labels; None where it is no host name. Lengths are checked before any IDNA work."""
    bare = text.removesuffix(".")
    if not 0 < len(bare) <= 253 or any(not 0 < len(label) <= 63 for label in bare.split(".")):
        return None
    if not bare.isascii():
        import idna

        try:
            bare = idna.encode(bare, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError, IndexError):
            return None
    return bare.lower() if re.fullmatch(r"[A-Za-z0-9_.-]+", bare) else None
