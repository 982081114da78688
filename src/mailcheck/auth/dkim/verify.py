"""Every signature of a message judged: the result word of RFC 8601 2.7.1, the reason, and what was compared."""

import hashlib
from collections.abc import Mapping

from mailcheck.auth.dkim.canonical import relaxed_body, relaxed_field, simple_body
from mailcheck.auth.dkim.crypto import MAX_EXPONENT, MAX_RSA, MIN_RSA, UnusableKeyError, matches
from mailcheck.auth.dkim.key_answer import KeyAnswer
from mailcheck.dns.names import under
from mailcheck.mail.headers import Field
from mailcheck.mail.message import Message, crlf
from mailcheck.model.value import dataclass
from mailcheck.records.dkim_key import DkimKey
from mailcheck.records.dkim_signature import DkimSignature, parse_dkim_signature

MAX_SIGNATURES = 10
"""Signatures that are verified; the others are neutral."""


@dataclass(frozen=True, slots=True)
class DkimResult:
    """What became of one signature.

    `result` is the word of RFC 8601; `reason` is one word for programs, `detail` a sentence. `body_matches` and
    `header_matches` are None where they were not compared. `signed` are the indexes of the message's fields that the
    signature covers, `oversigned` the names that h= lists more often than they stand. `unsigned_octets` is how much
    of the body l= leaves out. `rivals` is how many key records stand at the selector.
    """

    field: Field
    signature: DkimSignature
    result: str
    reason: str
    detail: str
    key: DkimKey | None = None
    answer: KeyAnswer | None = None
    body_matches: bool | None = None
    header_matches: bool | None = None
    computed_body_hash: bytes | None = None
    body_octets: int = 0
    unsigned_octets: int = 0
    signed: tuple[int, ...] = ()
    oversigned: frozenset[str] = frozenset()
    rivals: int = 0

    @property
    def domain(self) -> str:
        """The domain of d=, empty where there is none."""
        return self.signature.domain or ""

    @property
    def testing(self) -> bool:
        """Whether the key says t=y."""
        return self.key is not None and "y" in self.key.flags


Outcome = tuple[str, str, str, DkimKey | None, bool | None, bool | None, bytes | None]
"""Result, reason, sentence, key, whether body and header fit, the body hash that was computed."""
_ORDER = ("pass", "fail", "policy", "permerror")


class Verifier:
    """One message and its signatures. Canonical forms and body hashes are made once and shared.

    `author` is the author domain: where there are more signatures than are judged, those that may align count first.
    """

    def __init__(self, message: Message, author: str | None = None) -> None:
        self.message = message
        self.author = author
        self._body: bytes | None = None
        self._places: dict[str, list[int]] = {}
        places = self._places
        for number, each in enumerate(message.fields):
            key = each.name.lower()
            if key in places:
                places[key].append(number)
            else:
                places[key] = [number]
        own = [message.fields[number] for number in self._places.get("dkim-signature", ())]
        self.signatures = tuple((each, parse_dkim_signature(crlf(each.body).decode("latin-1"))) for each in own)
        self._bodies: dict[str, bytes] = {}
        self._hashes: dict[tuple[str, int | None], bytes] = {}
        self._fields: dict[tuple[str, int], bytes] = {}
        head = message.raw[: message.body_start]
        # No octet in it that `relaxed_field` has to look at twice, and no line end to be changed.
        self._plain = (
            head.count(b"\n") == head.count(b"\r\n") == head.count(b"\r")
            and b"\x0b" not in head
            and b"\x0c" not in head
        )

    @property
    def body(self) -> bytes:
        """The body with CRLF line ends."""
        if self._body is None:
            self._body = crlf(self.message.body)
        return self._body

    def chosen(self) -> list[int]:
        """The signatures that are judged: those that may align with the author first, then from the top."""
        author = self.author or ""

        def apart(number: int) -> bool:
            domain = self.signatures[number][1].domain or ""
            return not (author and (domain == author or under(author, domain) or under(domain, author)))

        return sorted(sorted(range(len(self.signatures)), key=apart)[:MAX_SIGNATURES])

    def owners(self) -> list[str]:
        """The names at which keys are to be looked up, each once, for the signatures that will be judged."""
        judged = [self.signatures[number][1] for number in self.chosen()]
        return list(dict.fromkeys(each.owner for each in judged if each.domain and each.selector))

    def verify(self, answers: Mapping[str, KeyAnswer], now: int) -> tuple[DkimResult, ...]:
        """Judge every signature, from the top. `now` is in seconds since 1970; a missing answer is temperror."""
        found = []
        chosen = frozenset(self.chosen()) if len(self.signatures) > MAX_SIGNATURES else None
        for number, (field, signature) in enumerate(self.signatures):
            if chosen is not None and number not in chosen:
                detail = f"not verified: there are {len(self.signatures)} signatures, and {MAX_SIGNATURES} are"
                found.append(DkimResult(field, signature, "neutral", "too-many", detail))
            else:
                found.append(self.one(field, signature, answers.get(signature.owner), now))
        return tuple(found)

    def canonical_body(self, canon: str) -> bytes:
        """The whole body in a canonical form."""
        body = self._bodies.get(canon)
        if body is None:
            made = relaxed_body(self.message.body) if canon == "relaxed" else simple_body(self.body)
            body = self._bodies[canon] = made
        return body

    def body_hash(self, canon: str, length: int | None = None) -> bytes:
        """SHA-256 of the canonical body, of its first `length` octets where l= says so."""
        digest = self._hashes.get((canon, length))
        if digest is None:
            body = self.canonical_body(canon)
            digest = hashlib.sha256(body if length is None else memoryview(body)[:length]).digest()
            self._hashes[canon, length] = digest
        return digest

    def selected(self, names: tuple[str, ...], own: Field) -> tuple[list[int], frozenset[str]]:
        """The fields that h= names, each name from the bottom up (RFC 6376 5.4.2), and the names beyond them.

        The signature that is verified, `own`, is none of them, whatever h= names (5.4).
        """
        used: dict[str, int] = {}
        chosen: list[int] = []
        over = set()
        for name in names:
            places = self._places.get(name, [])
            if name == "dkim-signature":
                places = [number for number in places if self.message.fields[number] is not own]
            count = used[name] = used.get(name, 0) + 1
            if count <= len(places):
                chosen.append(places[-count])
            else:
                over.add(name)
        return chosen, frozenset(over)

    def canonical_field(self, canon: str, number: int) -> bytes:
        """One field in a canonical form, with its line end."""
        made = self._fields.get((canon, number))
        if made is None:
            field = self.message.fields[number]
            if self._plain and canon == "relaxed":
                value = b" ".join(field.raw[field.value_start - field.start :].split())
                made = field.name.lower().encode("latin-1") + b":" + value + b"\r\n"
            else:
                made = canonical(canon, field)
            self._fields[canon, number] = made
        return made

    def header_digest(self, field: Field, signature: DkimSignature, chosen: list[int]) -> bytes:
        """SHA-256 of the signed fields and the signature field itself with an empty b= (RFC 6376 3.7)."""
        digest = hashlib.sha256()
        for number in chosen:
            digest.update(self.canonical_field(signature.header_canon, number))
        digest.update(own_field(field, signature))
        return digest.digest()

    def one(self, field: Field, signature: DkimSignature, answer: KeyAnswer | None, now: int) -> DkimResult:
        """Judge one signature (RFC 6376 6.1)."""
        chosen, over = self.selected(signature.names, field)
        octets = 0
        if signature.body_canon in {"simple", "relaxed"}:
            octets = len(self.canonical_body(signature.body_canon))
        beyond = max(0, octets - signature.length) if signature.length is not None else 0
        result, reason, detail, key, body, header, computed = self._judged(
            field, signature, answer, chosen, octets, now
        )
        return DkimResult(
            field, signature, result, reason, detail, key, answer, body, header, computed, octets, beyond,
            tuple(chosen), over, len(answer.keys) if answer else 0,
        )  # fmt: skip

    def _judged(
        self,
        field: Field,
        signature: DkimSignature,
        answer: KeyAnswer | None,
        chosen: list[int],
        octets: int,
        now: int,
    ) -> Outcome:
        if signature.problems or signature.signature is None or signature.body_hash is None:
            first = signature.problems[0]
            return _refused("permerror", first.kind, f"{first.message} ({first.clause})")
        if signature.expiry is not None and now > signature.expiry:
            return _refused("permerror", "expired", "the signature expired (x=) before the time judged by")
        if answer is None or answer.unknown is not None:
            why = answer.unknown.sentence if answer and answer.unknown else "the key was not asked for"
            return _refused("temperror", "key-unknown", f"the key could not be fetched: {why}")
        if answer.absent is not None or not answer.keys:
            return _refused("permerror", "no-key", f"there is no key at {answer.owner}")
        tried = [self._with_key(field, signature, key, chosen, octets) for key in answer.keys]
        return tried[0] if len(tried) == 1 else min(tried, key=lambda each: _ORDER.index(each[0]))

    def _with_key(
        self, field: Field, signature: DkimSignature, key: DkimKey, chosen: list[int], octets: int
    ) -> Outcome:
        refused = key_refused(signature, key)
        if refused is not None:
            return _refused(*refused, key)
        computed = self.body_hash(signature.body_canon, signature.length)
        same = computed == signature.body_hash
        try:
            digest = self.header_digest(field, signature, chosen)
            header = key.key is not None and matches(key.key, signature.signature or b"", digest)
        except UnusableKeyError as error:
            return _refused("permerror", "key", f"the key cannot be used: {error}", key)
        outcome = _compared(signature.length, octets, same_body=same, same_header=header)
        return *outcome, key, same, header, computed


def _refused(result: str, reason: str, detail: str, key: DkimKey | None = None) -> Outcome:
    return result, reason, detail, key, None, None, None


def _compared(length: int | None, octets: int, *, same_body: bool, same_header: bool) -> tuple[str, str, str]:
    if length is not None and length > octets:
        detail = f"l={length} is more than the body's {octets} octets: the end of the body is missing"
        return "fail", "length", detail
    if not same_body:
        detail = "the body is not the one that was signed"
        if not same_header:
            detail += ", and the signature does not fit the header fields either"
        return "fail", "body-hash", detail
    if not same_header:
        return "fail", "signature", "the signature does not fit these header fields and this key"
    return "pass", "valid", "the signature is valid"


def canonical(canon: str, field: Field) -> bytes:
    """One field in a canonical form."""
    if canon == "relaxed":
        return relaxed_field(field.name, crlf(field.body))
    raw = crlf(field.raw)
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


def own_field(field: Field, signature: DkimSignature) -> bytes:
    """The signature's own field as it is signed: b= empty, no line end (RFC 6376 3.7)."""
    value = signature.unsigned_text.encode("latin-1")
    if signature.header_canon == "relaxed":
        return relaxed_field(field.name, value).removesuffix(b"\r\n")
    return crlf(field.raw[: field.value_start - field.start]) + value


def key_refused(signature: DkimSignature, key: DkimKey) -> tuple[str, str, str] | None:
    """Result, reason and sentence where the key record does not allow the signature (RFC 6376 6.1.2, RFC 8301 3.2)."""
    if key.revoked:
        return "permerror", "revoked", "the key has been revoked: its p= is empty"
    fault = next((each for each in key.problems if each.kind not in {"size", "encoding"}), None)
    if fault is not None or key.key is None:
        why = fault.message if fault else "there is no key in it"
        return "permerror", "key", f"the key record cannot be used: {why}"
    algorithm, _, digest = signature.algorithm.partition("-")
    if key.key.algorithm != algorithm:
        return "permerror", "key-type", f"the key is for {key.key.algorithm}, the signature made with {algorithm}"
    if key.hashes is not None and digest not in key.hashes:
        return "permerror", "key-hash", f"the key allows h={':'.join(key.hashes)!s:.40} only, not {digest}"
    if not {"*", "email"} & set(key.services):
        return "permerror", "key-service", f"the key is for s={':'.join(key.services)!s:.40}, not for mail"
    if "s" in key.flags and signature.identity_domain != signature.domain:
        return "permerror", "key-strict", "the key says t=s, and the domain of i= is not that of d="
    if algorithm == "rsa":
        if key.key.bits < MIN_RSA:
            return (
                "policy",
                "key-short",
                f"the key has {key.key.bits} bits; less than {MIN_RSA} are not taken for valid",
            )
        if key.key.bits > MAX_RSA or (key.key.exponent or 0) > MAX_EXPONENT:
            return "policy", "key-long", f"a key of {key.key.bits} bits is larger than anybody computes with"
    return None
