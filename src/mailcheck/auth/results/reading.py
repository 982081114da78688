"""Reads Authentication-Results fields (RFC 8601 2.2). Never raises, and takes time linear in the length."""

import re
from collections.abc import Iterable

from mailcheck.auth.results.field import (
    DOMAIN,
    KEYWORD,
    LOCAL,
    NAMES,
    TOKEN,
    AuthenticationResults,
    MethodResult,
    Property,
)
from mailcheck.model.location import Span
from mailcheck.records.problem import Problem, as_text

MAX_FIELD = 65_536
"""Octets of a field that are read."""
MAX_RESULTS = 100
"""Results of one field that are read."""
MAX_PROPERTIES = 50
"""Properties of one result that are read."""
CLAUSE = "RFC 8601 2.2"

_BLANK = " \t\r\n"
_BARE = re.compile(r'[^ \t\r\n;()"]+')
_WORD = re.compile(r"[A-Za-z0-9_-]+")
_DIGITS = re.compile(r"[0-9]+")
_LOOSE = re.compile(r"[!-~\x80-\U0010ffff]+")
_SPECIAL = re.compile(r'[;("]')


def read_results(text: str | bytes) -> AuthenticationResults:
    """What a field's body says; `bytes` are read one character an octet, and spans count in them."""
    return _Reader(as_text(text)).read()


def trusted(fields: Iterable[str | bytes], authserv_id: str) -> tuple[AuthenticationResults, ...]:
    """The fields that the server `authserv_id` wrote, in their order, each read.

    Anyone may write a field; only one's own server is believed, and its border removes what claims its name (5, 7.1).
    Where it does not, the forged ones stand below: the first is the true one. A field of another version of the
    standard says nothing (2.2).
    """
    return tuple(each for each in map(read_results, fields) if is_by(each, authserv_id))


def is_by(results: AuthenticationResults, authserv_id: str) -> bool:
    """Whether a field says, in words that can be told for sure, that this server wrote it."""
    wanted = authserv_id.lower().removesuffix(".")
    doubtful = any(problem.kind in {"authserv-id", "version"} for problem in results.problems)
    return bool(wanted) and not doubtful and results.authserv_id.lower().removesuffix(".") == wanted


class _DamagedError(Exception):
    """The text leaves the grammar here."""

    def __init__(self, span: Span, message: str) -> None:
        self.problem = Problem("syntax", span, message, None, CLAUSE)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text[:MAX_FIELD]
        self.at = 0
        self.problems: list[Problem] = []
        self.comments: list[str] = []
        if len(text) > MAX_FIELD:
            self.tell("limit", (MAX_FIELD, len(text)), f"longer than {MAX_FIELD} octets; the rest is not read")

    def tell(self, kind: str, span: Span, message: str) -> None:
        self.problems.append(Problem(kind, span, message, None, CLAUSE))

    @property
    def here(self) -> str:
        return self.text[self.at : self.at + 1]

    def read(self) -> AuthenticationResults:
        server, version = "", 1
        try:
            server, version = self.server()
        except _DamagedError as error:
            self.problems.append(error.problem)
            self.tell("authserv-id", error.problem.span, "the server that wrote this cannot be told")
            self.to_next()
        results: list[MethodResult] = []
        while self.at < len(self.text):
            if len(results) >= MAX_RESULTS:
                self.tell("limit", (self.at, len(self.text)), f"more than {MAX_RESULTS} results; the rest is not read")
                break
            result = self.result()
            if result is not None:
                results.append(result)
        return AuthenticationResults(server, tuple(results), version, tuple(self.problems))

    def server(self) -> tuple[str, int]:
        """The authserv-id and the version; stops at the first semicolon."""
        self.blanks()
        start = self.at
        server = self.quoted() if self.here == '"' else self.bare()
        if "=" in server:
            # As Microsoft writes it: the first result stands where the server's name belongs.
            self.at = start
            self.tell("authserv-id", (start, start), "the field does not say which server wrote it")
            return "", 1
        if not server:
            self.tell("authserv-id", (start, start), "the field does not say which server wrote it")
        self.blanks()
        version = 1
        digits = _DIGITS.match(self.text, self.at)
        if digits:
            version = int(digits[0]) if len(digits[0]) < 10 else 0
            self.at = digits.end()
            if version != 1:
                self.tell("version", digits.span(), f"version {digits[0]!s:.20} of the field is not known")
            self.blanks()
        if self.here not in {";", ""}:
            raise _DamagedError((self.at, self.at + 1), f"{self.here!r} stands where a semicolon belongs")
        self.comments.clear()
        return server, version

    def result(self) -> MethodResult | None:
        """The next result up to the semicolon after it; None for `none`, or for an empty place."""
        if self.here == ";":
            self.at += 1
        start, before = self.at, len(self.problems)
        self.comments = []
        method = word = ""
        version = 1
        reason: str | None = None
        properties: list[Property] = []
        try:
            self.blanks()
            start = self.at
            if self.here in {";", ""}:
                return None
            method = self.keyword("a method").lower()
            self.blanks()
            if method == "none" and self.here in {";", ""}:
                return None  # no-result: nothing was checked
            if self.here == "/":
                self.at += 1
                self.blanks()
                version = self.number()
                self.blanks()
            self.expect("=")
            word = self.keyword("a result").lower()
            while True:
                self.blanks()
                if self.here in {";", ""}:
                    break
                reason, found = self.statement(reason)
                if found is None:
                    continue
                if len(properties) == MAX_PROPERTIES:
                    self.tell("limit", found.span, f"more than {MAX_PROPERTIES} properties; the rest is not read")
                    self.to_next()
                    break
                properties.append(found)
        except _DamagedError as error:
            self.problems.append(error.problem)
            self.to_next()
        if not method:
            return None
        sound = not any(problem.kind == "syntax" for problem in self.problems[before:])
        span = (start, min(self.at, len(self.text)))
        return MethodResult(method, word, tuple(properties), reason, tuple(self.comments), version, sound, span)

    def statement(self, reason: str | None) -> tuple[str | None, Property | None]:
        """`reason=value` or `ptype.property=value`."""
        start = self.at
        first = self.keyword("a property").lower()
        self.blanks()
        if self.here == ".":
            self.at += 1
            self.blanks()
            name = self.keyword("a property").lower()
            self.blanks()
        elif first == "reason" and reason is None:
            self.expect("=")
            return self.value(None), None
        else:
            first, name = "", first
            self.tell("loose", (start, self.at), f"{name!s:.40} has no type in front of it (header. or smtp.)")
        self.expect("=")
        value = self.value((first, name))
        return reason, Property(first, name, value, (start, self.at))

    def value(self, key: tuple[str, str] | None) -> str:
        """A token, a quoted string, a domain or an address. What is to be a name and is none damages the result."""
        self.blanks()
        start = self.at
        quoted = self.here == '"'
        value = self.quoted() if quoted else self.bare()
        if quoted and self.here == "@":
            value += self.bare()
        span = (start, self.at)
        if self.here and self.here not in _BLANK + ";":
            # Legal for a comment, but no server writes it so by itself: it was inside of what it copied.
            raise _DamagedError((self.at, self.at + 1), f"{self.here!r} touches a value; a sender may have written it")
        if not quoted and value.startswith("<") and value.endswith(">"):
            value = value[1:-1]
            self.tell("loose", span, "angle brackets are no part of a value")
        if not value and not quoted:
            self.tell("loose", span, "a value is missing after the equals sign")
            return ""
        if key in NAMES:
            if value and not _is_name(value, quoted=quoted):
                raise _DamagedError(span, f"{value!r:.60} is neither a domain nor an address")
        elif not quoted and not TOKEN.fullmatch(value) and not _is_name(value):
            if not _LOOSE.fullmatch(value):
                raise _DamagedError(span, f"{value!r:.60} holds a control character")
            self.tell("loose", span, f"{value!r:.60} must stand in quotation marks")
        return value

    def keyword(self, what: str) -> str:
        self.blanks()
        match = _WORD.match(self.text, self.at)
        if match is None or not KEYWORD.fullmatch(match[0]):
            raise _DamagedError((self.at, self.at + 1), f"{self.here!r} stands where {what} belongs")
        self.at = match.end()
        return match[0]

    def number(self) -> int:
        match = _DIGITS.match(self.text, self.at)
        if match is None or len(match[0]) > 9:
            raise _DamagedError((self.at, self.at + 1), "a version is a number")
        self.at = match.end()
        return int(match[0])

    def expect(self, mark: str) -> None:
        self.blanks()
        if self.here != mark:
            raise _DamagedError((self.at, self.at + 1), f"{self.here!r} stands where {mark} belongs")
        self.at += 1

    def bare(self) -> str:
        """A run without blanks, semicolons, parentheses and quotation marks."""
        match = _BARE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return match[0] if match else ""

    def quoted(self) -> str:
        """A quoted string's content; a line break inside of it is folding."""
        start, at = self.at, self.at + 1
        out: list[str] = []
        while at < len(self.text):
            char = self.text[at]
            if char == '"':
                self.at = at + 1
                return "".join(out)
            if char == "\\" and at + 1 < len(self.text):
                at += 1
                char = self.text[at]
            if char not in "\r\n":
                out.append(char)
            at += 1
        self.at = len(self.text)
        raise _DamagedError((start, self.at), "a quotation mark is not closed; what follows is not read")

    def blanks(self) -> None:
        """Skip blanks and comments, which may be nested (RFC 5322 3.2.2); keep what the comments say."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "(":
                self.comment()
            elif char in _BLANK:
                self.at += 1
            else:
                return

    def comment(self) -> None:
        start, at, depth = self.at, self.at + 1, 1
        out: list[str] = []
        while at < len(self.text):
            char = self.text[at]
            if char == "\\" and at + 1 < len(self.text):
                at += 1
                char = self.text[at]
            elif char == "(":
                depth += 1
            elif char == ")":
                depth -= 1
                if not depth:
                    self.at = at + 1
                    self.comments.append("".join(out))
                    return
            if char not in "\r\n":
                out.append(char)
            at += 1
        self.at = len(self.text)
        raise _DamagedError((start, self.at), "a parenthesis is not closed; what follows is not read")

    def to_next(self) -> None:
        """Go on at the next semicolon outside of quotation marks and comments."""
        while self.at < len(self.text):
            match = _SPECIAL.search(self.text, self.at)
            if match is None:
                self.at = len(self.text)
                return
            self.at = match.start()
            if match[0] == ";":
                return
            try:
                if match[0] == '"':
                    self.quoted()
                else:
                    self.comment()
            except _DamagedError as error:
                self.problems.append(error.problem)


def _is_name(value: str, *, quoted: bool = False) -> bool:
    """Whether a value is a domain, an address, or the @domain of a signature's i=.

    In quotation marks the local part may hold anything: where it ends is plain all the same.
    """
    local, _, domain = value.rpartition("@")
    return DOMAIN.fullmatch(domain) is not None and (quoted or LOCAL.fullmatch(local) is not None)
