"""Public keys in every form that people publish, made once a test run by the `cryptography` package."""

import base64
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

RSA_ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")


def der(tag: int, body: bytes) -> bytes:
    """One DER item."""
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def integer(value: int) -> bytes:
    """A DER INTEGER."""
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def pkcs1(modulus: int, exponent: int) -> bytes:
    """An RSAPublicKey (RFC 8017 A.1.1)."""
    return der(0x30, integer(modulus) + integer(exponent))


def spki(inner: bytes, algorithm: bytes = RSA_ALGORITHM) -> bytes:
    """A SubjectPublicKeyInfo (RFC 5280 4.1)."""
    return der(0x30, algorithm + der(0x03, b"\0" + inner))


@cache
def private(bits: int) -> rsa.RSAPrivateKey:
    """A real RSA key."""
    return rsa.generate_private_key(65537, bits)


@cache
def octets() -> dict[str, bytes]:
    """The decoded content of p= by name. Sizes that nobody generates in a test are numbers of that size."""
    real = private(2048).public_key()
    modulus = real.public_numbers().n
    found = real.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    bare = real.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    ed = ed25519.Ed25519PrivateKey.generate().public_key()
    raw = ed.public_bytes(Encoding.Raw, PublicFormat.Raw)
    keys = {f"rsa{bits}": spki(pkcs1((1 << bits) - 1, 65537)) for bits in (512, 1024, 4096, 8192, 65536)}
    return keys | {
        "rsa512_pkcs1": pkcs1((1 << 512) - 1, 65537),
        "rsa2048": found,
        "rsa2048_pkcs1": bare,
        "rsa2048_e3": spki(pkcs1(modulus, 3)),
        "rsa2048_e2": spki(pkcs1(modulus, 2)),
        "rsa2048_e1": spki(pkcs1(modulus, 1)),
        "rsa2048_even": spki(pkcs1(modulus - 1, 65537)),
        "rsa_zero": spki(pkcs1(0, 65537)),
        "rsa_negative": spki(pkcs1(-modulus, 65537)),
        "rsa_three_numbers": spki(der(0x30, integer(modulus) + integer(65537) + integer(1))),
        "rsa2048_trailing": found + b"\0",
        "rsa2048_pkcs1_trailing": bare + b"\0",
        "rsa2048_inner_trailing": spki(bare + b"\0"),
        "rsa2048_cut": found[:200],
        "rsa2048_cut32": found[:32],
        "rsa2048_private": private(2048).private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
        "ec256": ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "ed25519": raw,
        "ed25519_spki": ed.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "ed25519_31": raw[:31],
        "ed25519_33": raw + b"\0",
    }


@cache
def texts() -> dict[str, str]:
    """The text of p= by name: base64, and some ways in which it is changed."""
    found = {name: base64.b64encode(key).decode() for name, key in octets().items()}
    long = found["rsa2048"]
    return found | {
        "rsa2048_blanks": " ".join(long[at : at + 7] for at in range(0, len(long), 7)),
        "rsa2048_folded": "\r\n\t".join(long[at : at + 64] for at in range(0, len(long), 64)),
        "ed25519_unpadded": found["ed25519"].rstrip("="),
    }


def filled(template: str) -> str:
    """The template with its `{name}` replaced."""
    for name, text in texts().items():
        template = template.replace(f"{{{name}}}", text)
    return template
