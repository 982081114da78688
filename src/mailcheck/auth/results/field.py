"""One Authentication-Results field, typed (RFC 8601 2.2)."""

import re

from mailcheck.model.location import Span
from mailcheck.model.value import dataclass
from mailcheck.records.problem import Problem

KEYWORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
"""A method, a result, a ptype or a property (RFC 5321 4.1.2 Ldh-str; underscores are met in the wild)."""
TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~\x80-\U0010ffff-]+")
"""A value without quotes (RFC 2045 5.1); beyond ASCII as RFC 6532 has it."""
_LABEL = r"[A-Za-z0-9_\x80-\U0010ffff](?:[A-Za-z0-9_\x80-\U0010ffff-]*[A-Za-z0-9_\x80-\U0010ffff])?"
DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x80-\U0010ffff-]*")
NAMES = frozenset({("header", "d"), ("header", "i"), ("header", "from"), ("smtp", "mailfrom"), ("smtp", "helo")})
"""Properties whose value is a domain or an address; what is neither was put there to deceive (espoofer A4 to A7)."""


@dataclass(frozen=True, slots=True)
class Property:
    """One `ptype.name=value`; `ptype` is empty where the field leaves it out."""

    ptype: str
    name: str
    value: str
    span: Span = (0, 0)

    @property
    def domain(self) -> str:
        """The value's domain, in lower case: what follows the last @, else all of it."""
        return self.value.rpartition("@")[2].lower().removesuffix(".")


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One method with its result and what it was about.

    `sound` is False where the text leaves the grammar, or where a name in it is none: then what it says may have
    been put together by a sender, and nothing of it is to be believed.
    """

    method: str
    result: str
    properties: tuple[Property, ...] = ()
    reason: str | None = None
    comments: tuple[str, ...] = ()
    version: int = 1
    sound: bool = True
    span: Span = (0, 0)

    def value(self, ptype: str, name: str) -> str | None:
        """The value of the first property of this kind."""
        found = (each.value for each in self.properties if (each.ptype, each.name) == (ptype, name))
        return next(found, None)


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """What one server says it found. `authserv_id` names the server, empty where the field does not.

    `problems` are of kinds authserv-id, version, syntax (the result there is not sound), loose (outside of the
    grammar, but plain) and limit.
    """

    authserv_id: str
    results: tuple[MethodResult, ...] = ()
    version: int = 1
    problems: tuple[Problem, ...] = ()

    def of(self, method: str) -> tuple[MethodResult, ...]:
        """The sound results of a method."""
        return tuple(each for each in self.results if each.method == method and each.sound)
