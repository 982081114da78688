"""A small DKIM signer for test messages, written from RFC 6376 line by line and without any of mailcheck's code.

    signer = Signer("example.com", "s1")
    signed = signer.sign(message)              # puts a DKIM-Signature on top
    answers = signer.answers()                 # {"s1._domainkey.example.com": {"TXT": [...]}}

`header` and `body` are the canonical forms, `names` the fields of h= (None: those that the message has), `tags` are
laid over the tags that the signer writes (None takes one away), so that every fault of a signature can be made. The
order of tags is fixed; b= comes last. Signing mail is no feature of mailcheck: this is for tests and benchmarks alone.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def rsa_key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """An RSA key; another `number` is another key. Each is made once a test run."""
    return _rsa_key(bits, number)


@cache
def _rsa_key(bits: int, number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def ed25519_key(number: int = 0) -> ed25519.Ed25519PrivateKey:
    """An Ed25519 key whose seed is its number."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(str(number).encode()).digest())


def split(message: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Fields as (name, value with folds and final CRLF), and the body; CRLF line ends."""
    message = re.sub(rb"\r?\n", b"\r\n", message)
    head, _, body = message.partition(b"\r\n\r\n")
    fields = []
    for text in re.split(rb"\r\n(?![ \t])", head + b"\r\n"):
        if text:
            name, _, value = text.partition(b":")
            fields.append((name, value.removesuffix(b"\r\n") + b"\r\n"))
    return fields, body


def canonical_field(name: bytes, value: bytes, form: str) -> bytes:
    """RFC 6376 3.4.1 and 3.4.2."""
    if form == "simple":
        return name + b":" + value
    value = re.sub(rb"\r\n([ \t])", rb"\1", value.removesuffix(b"\r\n"))
    return name.strip().lower() + b":" + re.sub(rb"[ \t]+", b" ", value).strip(b" \t") + b"\r\n"


def canonical_body(body: bytes, form: str) -> bytes:
    """RFC 6376 3.4.3 and 3.4.4."""
    if form == "relaxed":
        lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
        body = b"\r\n".join(lines)
    while body.endswith(b"\r\n"):
        body = body[:-2]
    if form == "relaxed" and not body:
        return b""
    return body + b"\r\n"


@dataclass
class Signer:
    """Domain, selector, key and the shape of the signatures it makes."""

    domain: str = "example.com"
    selector: str = "s1"
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey = field(default_factory=rsa_key)
    header: str = "relaxed"
    body: str = "relaxed"
    names: tuple[str, ...] | None = None
    length: int | None = None
    tags: dict[str, str | None] = field(default_factory=dict)

    @property
    def algorithm(self) -> str:
        """The value of a=."""
        return "rsa-sha256" if isinstance(self.key, rsa.RSAPrivateKey) else "ed25519-sha256"

    def record(self, **tags: str) -> str:
        """The TXT record of the key, with other tags where they are given (`k`, `h`, `s`, `t`, `v`, `p`)."""
        public = self.key.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            kind, raw = "rsa", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        else:
            kind, raw = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        found = {"v": "DKIM1", "k": kind} | tags
        found.setdefault("p", base64.b64encode(raw).decode())
        return "; ".join(f"{name}={value}" for name, value in found.items())

    def answers(self, **tags: str) -> dict[str, dict[str, list[str]]]:
        """The DNS answer for the key, as StaticResolver takes it."""
        return {f"{self.selector}._domainkey.{self.domain}": {"TXT": [self.record(**tags)]}}

    def sign(self, message: bytes) -> bytes:
        """The message with a signature on top; line ends become CRLF."""
        fields, body = split(message)
        names = self.names
        if names is None:
            names = tuple(name.decode("latin-1") for name, _ in fields)
        hashed = canonical_body(body, self.body)
        if self.length is not None:
            hashed = hashed[: self.length]
        tags: dict[str, str | None] = {
            "v": "1",
            "a": self.algorithm,
            "c": f"{self.header}/{self.body}",
            "d": self.domain,
            "s": self.selector,
            "h": ":".join(names),
            "l": None if self.length is None else str(self.length),
            "bh": base64.b64encode(hashlib.sha256(hashed).digest()).decode(),
        }
        tags |= self.tags
        value = " " + "; ".join(f"{name}={each}" for name, each in tags.items() if each is not None and name != "b")
        value += ";\r\n\tb="
        data = b"".join(canonical_field(name, value, self.header) for name, value in chosen(fields, names))
        data += canonical_field(b"DKIM-Signature", value.encode("latin-1") + b"\r\n", self.header)[:-2]
        b = tags.get("b") or base64.b64encode(self._signature(data, tags.get("a") or "")).decode()
        folded = "\r\n\t ".join(b[at : at + 70] for at in range(0, len(b), 70))
        text = re.sub(rb"\r?\n", b"\r\n", message)
        return f"DKIM-Signature:{value}{folded}\r\n".encode("latin-1") + text

    def _signature(self, data: bytes, algorithm: str) -> bytes:
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(hashlib.sha256(data).digest())  # RFC 8463 3: over the digest
        return self.key.sign(data, padding.PKCS1v15(), SHA1() if algorithm == "rsa-sha1" else SHA256())


def chosen(fields: list[tuple[bytes, bytes]], names: tuple[str, ...]) -> list[tuple[bytes, bytes]]:
    """The fields of h=, each name from the bottom up (RFC 6376 5.4.2)."""
    left = list(fields)
    found = []
    for name in names:
        for at in range(len(left) - 1, -1, -1):
            if left[at][0].strip().lower() == name.strip().lower().encode("latin-1"):
                found.append(left.pop(at))
                break
    return found


def seal(message: bytes, signer: Signer, number: int, status: str, results: str = "mx.example.net; none") -> bytes:
    """The message with one more ARC set on top (RFC 8617 5.1), its chain so far said to be `status`."""
    text = re.sub(rb"\r?\n", b"\r\n", message)
    fields, body = split(text)
    digest = base64.b64encode(hashlib.sha256(canonical_body(body, "relaxed")).digest()).decode()
    names = ("From", "To", "Subject", "Date")
    head = f" i={number}; a={signer.algorithm}; d={signer.domain}; s={signer.selector}; "
    result = f" i={number}; {results}"
    value = f"{head}c=relaxed/relaxed; h={':'.join(names)}; bh={digest}; b="
    data = b"".join(canonical_field(*each, "relaxed") for each in chosen(fields, names))
    data += canonical_field(b"ARC-Message-Signature", value.encode() + b"\r\n", "relaxed")[:-2]
    value += base64.b64encode(signer._signature(data, signer.algorithm)).decode()
    before: dict[tuple[int, bytes], bytes] = {}
    for name, each in fields:
        found = re.match(rb"\s*i=(\d+)", each)
        if name.lower().startswith(b"arc-") and found:
            before[int(found[1]), name.lower()] = canonical_field(name, each, "relaxed")
    order = (b"arc-authentication-results", b"arc-message-signature", b"arc-seal")
    data = b"".join(before[each, name] for each in range(1, number) for name in order)
    data += canonical_field(b"ARC-Authentication-Results", result.encode() + b"\r\n", "relaxed")
    data += canonical_field(b"ARC-Message-Signature", value.encode() + b"\r\n", "relaxed")
    sealing = f"{head}cv={status}; b="
    data += canonical_field(b"ARC-Seal", sealing.encode() + b"\r\n", "relaxed")[:-2]
    sealing += base64.b64encode(signer._signature(data, signer.algorithm)).decode()
    top = f"ARC-Seal:{sealing}\r\nARC-Message-Signature:{value}\r\nARC-Authentication-Results:{result}\r\n"
    return top.encode() + text
