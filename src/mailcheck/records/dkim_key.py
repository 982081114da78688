"""DKIM key records (RFC 6376 3.6.1, RFC 8301, RFC 8463): tags, and the key itself as ASN.1."""

import base64
import hashlib
import re

from mailcheck.model.location import Span
from mailcheck.model.value import dataclass
from mailcheck.records import der
from mailcheck.records.problem import Problem, as_text
from mailcheck.records.tags import TagList, parse_tags

RSA_OID = bytes.fromhex("2a864886f70d010101")
ED25519_OID = bytes.fromhex("2b6570")
MAX_RSA = 4096
"""Bits of the largest RSA key that every verifier must take (RFC 8301 3.2)."""
_BLANK = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A decoded key: `algorithm` rsa or ed25519, its size in bits, and a digest to compare keys by."""

    algorithm: str
    bits: int
    digest: str
    exponent: int | None = None
    wrapped: bool = False
    """An Ed25519 key given as SubjectPublicKeyInfo, where RFC 8463 4 wants the 32 octets alone."""
    material: bytes = b""
    """The 32 octets of an Ed25519 key; the modulus of an RSA key, big-endian."""


@dataclass(frozen=True, slots=True)
class DkimKey:
    """One key record. `key` is None where p= is empty (`revoked`) or cannot be decoded."""

    text: str
    tags: TagList
    key: PublicKey | None
    revoked: bool
    problems: tuple[Problem, ...]

    @property
    def k(self) -> str:
        """The key type: rsa by default."""
        return (self.tags.value("k") or "rsa").lower()

    @property
    def hashes(self) -> tuple[str, ...] | None:
        """The hash algorithms of h=; None where all are allowed."""
        value = self.tags.value("h")
        return None if value is None else tuple(part.strip().lower() for part in value.split(":") if part.strip())

    @property
    def services(self) -> tuple[str, ...]:
        """The service types of s=: `*` by default."""
        return tuple(part.strip().lower() for part in (self.tags.value("s") or "*").split(":"))

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags of t=."""
        return tuple(part.strip().lower() for part in (self.tags.value("t") or "").split(":") if part.strip())

    def of(self, kind: str) -> tuple[Problem, ...]:
        """The problems of one kind."""
        return tuple(problem for problem in self.problems if problem.kind == kind)


def looks_like_key(text: str | bytes) -> bool:
    """Whether a TXT record at a selector means to be a key: it has v=DKIM1 or a p= tag."""
    record = as_text(text)
    return re.search(r"v\s*=\s*DKIM|(?:^|[;\s\"'])p\s*=", record, re.IGNORECASE) is not None


def parse_dkim_key(text: str | bytes) -> DkimKey:
    """Read a key record. Never raises.

    Problems are of kinds version, tag-syntax, tag-duplicate, key (nothing can be decoded), form (a key in the wrong
    form or under the wrong k=), encoding (base64 padding that only lenient decoders take) and size (more bits
    than verifiers must take).
    """
    record = as_text(text)
    tags = parse_tags(record)
    problems = list(tags.problems)
    version = tags.first("v")
    if version is not None:
        if version.value != "DKIM1":
            problems.append(Problem("version", version.value_span, f"v={version.value!s:.20} must be v=DKIM1", "DKIM1"))
        if record[: version.span[0]].strip(" \t\r\n"):
            problems.append(Problem("version", version.span, "v=DKIM1 must be the first tag"))
    p = tags.first("p")
    if p is None:
        span: Span = (0, len(record))
        problems.append(Problem("key", span, "there is no p= tag, so there is no key", clause="RFC 6376 3.6.1"))
        return DkimKey(record, tags, None, False, _ordered(problems))
    if not p.value:
        return DkimKey(record, tags, None, True, _ordered(problems))
    k = (tags.value("k") or "rsa").lower()
    key: PublicKey | None = None
    raw = _decode(p.value, p.value_span[0], problems)
    if raw is not None:
        key = _key(raw, k, p.value_span, problems)
    return DkimKey(record, tags, key, False, _ordered(problems))


def _ordered(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda each: each.span))


def _decode(value: str, start: int, problems: list[Problem]) -> bytes | None:
    def bad(match_start: int, match_end: int, message: str) -> None:
        problems.append(Problem("key", (start + match_start, start + match_end), message, clause="RFC 6376 3.6.1"))

    pem = re.search(r"-(?:BEGIN|END)[A-Z ]*-*", value)
    if pem:
        start_of_line = len(value[: pem.start() + 1].rstrip("-"))
        message = "the PEM header and footer lines belong out of the record; only the base64 between them"
        bad(start_of_line, pem.end(), message)
        return None
    literal = re.search(r"[\"'\\]", value)
    if literal:
        bad(
            literal.start(),
            literal.end(),
            f"a {literal[0]!r} is part of the record's text; the DNS panel quoted it twice",
        )
        return None
    odd = re.search(r"[^A-Za-z0-9+/= \t\r\n]", value)
    if odd:
        bad(odd.start(), odd.end(), f"{odd[0]!r} is no base64 character")
        return None
    packed = _BLANK.sub("", value)
    inner = packed.rstrip("=")
    if "=" in inner:
        at = value.index("=")
        bad(at, at + 1, "base64 padding in the middle: are two keys pasted together?")
        return None
    padding = "=" * (-len(inner) % 4)
    if len(inner) % 4 == 1:
        bad(
            0,
            len(value),
            f"base64 of {len(inner)} characters cannot be decoded: the key is cut off or has extra characters",
        )
        return None
    if packed != inner + padding:
        there = len(packed) - len(inner)
        message = f"the base64 needs {len(padding)} padding characters (=) and has {there}; strict decoders refuse it"
        span = (start, start + len(value))
        problems.append(Problem("encoding", span, message, inner + padding, "RFC 4648 3.2"))
    return base64.b64decode(inner + padding)


def _key(raw: bytes, k: str, span: Span, problems: list[Problem]) -> PublicKey | None:
    def bad(kind: str, message: str, clause: str, suggestion: str | None = None) -> None:
        problems.append(Problem(kind, span, message, suggestion, clause))

    if k == "ed25519":
        if len(raw) == 32:
            return PublicKey("ed25519", 256, hashlib.sha256(raw).hexdigest(), material=raw)
        wrapped = _spki(raw)
        if wrapped and wrapped[0] == ED25519_OID and len(wrapped[1]) == 32:
            bad(
                "form",
                "the key is wrapped as SubjectPublicKeyInfo; k=ed25519 takes the 32 octets alone",
                "RFC 8463 4",
                base64.b64encode(wrapped[1]).decode(),
            )
            return PublicKey("ed25519", 256, hashlib.sha256(wrapped[1]).hexdigest(), wrapped=True, material=wrapped[1])
        if wrapped and wrapped[0] == RSA_OID:
            bad("form", "k=ed25519 but the key is RSA", "RFC 8463 4")
            return None
        bad("form", f"an Ed25519 key has 32 octets (44 base64 characters); this has {len(raw)}", "RFC 8463 4")
        return None
    if k != "rsa":
        bad("key", f"k={k!s:.20} is no key type that verifiers know (rsa, ed25519)", "RFC 6376 3.6.1")
        return None
    if len(raw) == 32 and not _begins_longer(raw):
        bad("form", "the key has the 32 octets of Ed25519, but k=ed25519 is missing", "RFC 8463 4")
        return None
    wrapped = _spki(raw)
    if wrapped and wrapped[0] == ED25519_OID:
        bad("form", "the key is Ed25519, but k=ed25519 is missing", "RFC 8463 4")
        return None
    if wrapped and wrapped[0] != RSA_OID:
        bad("key", "the key is for another algorithm than RSA or Ed25519", "RFC 6376 3.6.1")
        return None
    try:
        # Both forms are in use: SubjectPublicKeyInfo and a bare RSAPublicKey (RFC 6376 3.6.1, errata 3017).
        numbers = list(der.items(der.one(wrapped[1] if wrapped else raw, der.SEQUENCE)))
        if len(numbers) != 2:
            raise der.DerError("is not an RSA public key")
        modulus, exponent = der.unsigned(numbers[0]), der.unsigned(numbers[1])
    except der.DerError as error:
        bad("key", f"the decoded key {error}: it was cut off or changed when it was pasted", "RFC 6376 3.6.1")
        return None
    if modulus.bit_length() < 8 or exponent < 3 or not modulus & exponent & 1:
        bad("key", "the RSA numbers in it cannot be a key", "RFC 8017 3.1")
        return None
    if modulus.bit_length() > MAX_RSA:
        bad("size", f"{modulus.bit_length()} bits; verifiers need not take more than {MAX_RSA}", "RFC 8301 3.2")
    material = modulus.to_bytes((modulus.bit_length() + 7) // 8, "big")
    return PublicKey("rsa", modulus.bit_length(), hashlib.sha256(material).hexdigest(), exponent, material=material)


def _begins_longer(raw: bytes) -> bool:
    """Whether these octets are the beginning of a longer SEQUENCE; those of an Ed25519 key look so once in 10^4."""
    return raw[0] == der.SEQUENCE and (
        raw[1] in {0x81, 0x82} or (raw[1] > 30 and raw[2] in {der.INTEGER, der.SEQUENCE})
    )


def _spki(raw: bytes) -> tuple[bytes, bytes] | None:
    """Algorithm and key of a SubjectPublicKeyInfo (RFC 5280 4.1); None where it is none."""
    try:
        outer = list(der.items(der.one(raw, der.SEQUENCE)))
        if len(outer) != 2 or outer[0].tag != der.SEQUENCE or outer[1].tag != der.BIT_STRING:
            return None
        algorithm = next(der.items(outer[0].body))
        if algorithm.tag != der.OID or outer[1].body[:1] != b"\0":
            return None
        return algorithm.body, outer[1].body[1:]
    except (der.DerError, StopIteration):
        return None
