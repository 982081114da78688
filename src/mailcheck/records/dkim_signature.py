"""DKIM-Signature fields (RFC 6376 3.5, RFC 8301, RFC 8463): text -> typed record, every fault with its place."""

import binascii
import re

from mailcheck.model.value import dataclass
from mailcheck.records.problem import Problem
from mailcheck.records.tags import Tag, TagList, parse_tags

MAX_NAMES = 200
"""Field names of h= that are read."""
MAX_DIGITS = 12
"""Digits of a number (RFC 6376 3.5 asks for twelve)."""
_MOST_DIGITS = 76
"""Digits that the grammar of l= has, zeros and all (RFC 6376 3.5)."""

_FWS = re.compile(r"[ \t\r\n]+")
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\Z")
_NAME = re.compile(r"[!-9;-~]+\Z")
_NAMES = re.compile(r"[!-9;-~]+(?::[!-9;-~]+)*\Z")
_CANON = frozenset({"simple", "relaxed"})
ALGORITHMS = frozenset({"rsa-sha256", "ed25519-sha256"})
"""The algorithms that verify (RFC 8301 3.1, RFC 8463 3)."""


@dataclass(frozen=True, slots=True)
class DkimSignature:
    """One signature field. Values are what the tags say, or the standard's defaults; None where none can be read.

    `text` is the field's value as it stands in the message, folds included; all spans are places in it. `names` are
    the field names of h= in lower case, in their order.
    """

    text: str
    tags: TagList
    algorithm: str
    header_canon: str
    body_canon: str
    domain: str | None
    selector: str | None
    identity: str | None
    names: tuple[str, ...]
    signature: bytes | None
    body_hash: bytes | None
    length: int | None
    timestamp: int | None
    expiry: int | None
    problems: tuple[Problem, ...]

    @property
    def identity_domain(self) -> str | None:
        """The domain of i=, by default that of d=."""
        return host(self.identity.rpartition("@")[2]) if self.identity else self.domain

    @property
    def unsigned_text(self) -> str:
        """The value with an empty b=, as the signature covers it (RFC 6376 3.7)."""
        tag = self.tags.first("b")
        if tag is None:
            return self.text
        start = self.text.index("=", tag.name_span[1]) + 1
        stop = self.text.find(";", start)
        return self.text[:start] + (self.text[stop:] if stop >= 0 else "")

    @property
    def owner(self) -> str:
        """The name at which the key stands."""
        return f"{self.selector}._domainkey.{self.domain}"


def parse_dkim_signature(text: str) -> DkimSignature:
    """Read a signature field's value. Never raises; any problem makes the signature one that cannot be verified."""
    return _Reader(text).run()


def host(text: str) -> str | None:
    """A name in lower case, U-labels (RFC 8616 4) as A-labels; None where it is none. Lengths come before IDNA."""
    name = text.lower()
    if not name.isascii():
        import idna

        try:
            name = text.encode("latin-1").decode("utf-8")
            if len(name) > 253 or any(len(label) > 63 for label in name.split(".")):
                return None
            name = idna.encode(name, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError, IndexError):
            return None
    return name if len(name) <= 253 and _HOST.match(name) else None


class _Reader:
    """The tags one after another; problems as they are met."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tags = parse_tags(text)
        self.by_name: dict[str, Tag] = {}
        for tag in self.tags.tags:
            self.by_name.setdefault(tag.name, tag)
        self.problems = [
            Problem(each.kind, each.span, each.message, each.suggestion, "RFC 6376 3.2") for each in self.tags.problems
        ]

    def bad(self, kind: str, tag: Tag | None, message: str, clause: str, suggestion: str | None = None) -> None:
        span = tag.value_span if tag else (0, len(self.text))
        self.problems.append(Problem(kind, span, message, suggestion, clause))

    def need(self, name: str) -> Tag | None:
        tag = self.by_name.get(name)
        if tag is None:
            self.bad("missing", None, f"the required tag {name}= is missing", "RFC 6376 3.5")
        return tag

    def run(self) -> DkimSignature:
        version = self.need("v")
        if version and version.value != "1":
            self.bad("version", version, f"v={version.value!s:.20} must be v=1", "RFC 6376 3.5", "1")
        algorithm = self.algorithm()
        header_canon, body_canon = self.canon()
        domain = self.domain()
        selector = self.selector()
        identity = self.identity(domain)
        names = self.names()
        query = self.by_name.get("q")
        if query and "dns/txt" not in [_FWS.sub("", part).lower() for part in query.value.split(":")]:
            self.bad("query", query, f"q={query.value!s:.40} names no way to get the key but dns/txt", "RFC 6376 3.5")
        timestamp, expiry = self.number("t"), self.number("x")
        if timestamp is not None and expiry is not None and expiry <= timestamp:
            self.bad("expiry", self.by_name["x"], "x= is not later than t=", "RFC 6376 3.5")
        return DkimSignature(
            self.text, self.tags, algorithm, header_canon, body_canon, domain, selector, identity, names,
            self.octets("b"), self.octets("bh"), self.number("l"), timestamp, expiry,
            tuple(self.problems),
        )  # fmt: skip

    def algorithm(self) -> str:
        tag = self.need("a")
        if tag is None:
            return ""
        value = tag.value.lower()
        if value == "rsa-sha1":
            self.bad("sha1", tag, "rsa-sha1 must not be verified any more", "RFC 8301 3.1", "rsa-sha256")
        elif value not in ALGORITHMS:
            self.bad("algorithm", tag, f"a={tag.value!s:.40} is no algorithm of DKIM", "RFC 6376 3.3; RFC 8463 3")
        return value

    def canon(self) -> tuple[str, str]:
        tag = self.by_name.get("c")
        if tag is None:
            return "simple", "simple"
        header, slash, body = tag.value.lower().partition("/")
        body = body if slash else "simple"
        if header not in _CANON or body not in _CANON:
            self.bad("canonicalization", tag, f"c={tag.value!s:.40} is neither simple nor relaxed", "RFC 6376 3.5")
        return header, body

    def domain(self) -> str | None:
        tag = self.need("d")
        if tag is None:
            return None
        name = host(tag.value)
        if name is None:
            self.bad("domain", tag, f"d={tag.value!s:.80} is no domain name", "RFC 6376 3.5")
            return None
        return name

    def selector(self) -> str | None:
        tag = self.need("s")
        if tag is None:
            return None
        name = host(tag.value)
        if name is None:
            self.bad("selector", tag, f"s={tag.value!s:.80} is no selector", "RFC 6376 3.1")
            return None
        return name

    def identity(self, domain: str | None) -> str | None:
        tag = self.by_name.get("i")
        if tag is None:
            return None
        _, at, written = tag.value.rpartition("@")
        if not at:
            self.bad("identity", tag, f"i={tag.value!s:.60} has no @", "RFC 6376 3.5")
            return None
        name = host(written) or ""
        if domain is not None and name != domain and not name.endswith("." + domain):
            self.bad("identity", tag, f"the domain of i= is neither d={domain} nor below it", "RFC 6376 3.5")
            return None
        return tag.value

    def names(self) -> tuple[str, ...]:
        tag = self.need("h")
        if tag is None:
            return ()
        value = _FWS.sub("", tag.value).lower()
        names = tuple(value.split(":", MAX_NAMES))
        if len(names) > MAX_NAMES:
            self.bad("limit", tag, f"h= names more than {MAX_NAMES} fields", "RFC 6376 3.5")
            names = names[:MAX_NAMES]
        if not _NAMES.match(value):
            odd = next((name for name in names if not _NAME.match(name)), "")
            self.bad("names", tag, f"{odd!r:.40} in h= is no field name", "RFC 6376 3.5")
        if "from" not in names:
            self.bad("from", tag, "h= leaves out From, so anyone could change the author", "RFC 6376 5.4")
        return names

    def number(self, name: str) -> int | None:
        tag = self.by_name.get(name)
        if tag is None:
            return None
        value = tag.value
        if not (value.isascii() and value.isdigit()):
            self.bad("number", tag, f"{name}={value!s:.20} is no number", "RFC 6376 3.5")
            return None
        if len(value) > _MOST_DIGITS or len(value.lstrip("0")) > MAX_DIGITS:
            self.bad("number", tag, f"{name}= has {len(value)} digits", "RFC 6376 3.5")
            return None
        return int(value)

    def octets(self, name: str) -> bytes | None:
        tag = self.need(name)
        if tag is None:
            return None
        try:
            found = binascii.a2b_base64(_FWS.sub("", tag.value), strict_mode=True)
        except (binascii.Error, ValueError):
            self.bad("base64", tag, f"{name}= is no base64: it was cut off or changed", "RFC 6376 3.5")
            return None
        if not found:
            self.bad("base64", tag, f"{name}= is empty", "RFC 6376 3.5")
            return None
        return found
