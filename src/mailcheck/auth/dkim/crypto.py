"""The signature check itself, by `cryptography`."""

from functools import lru_cache
from typing import TYPE_CHECKING

from mailcheck.records.dkim_key import PublicKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

MIN_RSA, MAX_RSA = 1024, 8192
"""Bits of RSA keys with which anything is computed: RFC 8301 3.2 forbids less, and more is a denial of service."""
MAX_EXPONENT = 1 << 32


class UnusableKeyError(ValueError):
    """The numbers of a key make no key."""


def matches(key: PublicKey, signature: bytes, digest: bytes) -> bool:
    """Whether `signature` is that of a SHA-256 digest (RFC 8463 3: Ed25519 signs the digest itself).

    Raises UnusableKeyError where the library refuses the key.
    """
    invalid, padding, hashed = _tools()
    try:
        if key.algorithm == "ed25519":
            _ed25519(key.material).verify(signature, digest)
        else:
            _rsa(key.material, key.exponent or 0).verify(signature, digest, padding, hashed)
    except invalid:
        return False
    return True


@lru_cache(1)
def _tools() -> "tuple[type[Exception], PKCS1v15, Prehashed]":
    """What every check needs, imported at the first."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
    from cryptography.hazmat.primitives.hashes import SHA256

    return InvalidSignature, PKCS1v15(), Prehashed(SHA256())


@lru_cache(256)
def _rsa(modulus: bytes, exponent: int) -> "RSAPublicKey":
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    try:
        return RSAPublicNumbers(exponent, int.from_bytes(modulus, "big")).public_key()
    except ValueError as error:
        raise UnusableKeyError(str(error)) from None


@lru_cache(256)
def _ed25519(octets: bytes) -> "Ed25519PublicKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        return Ed25519PublicKey.from_public_bytes(octets)
    except ValueError as error:
        raise UnusableKeyError(str(error)) from None


def recovered(key: PublicKey, signature: bytes) -> bytes | None:
    """The SHA-256 digest that an RSA signature holds; None where it was not made with this key (RFC 8017 8.2.2)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        return _rsa(key.material, key.exponent or 0).recover_data_from_signature(signature, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return None
