"""What a signature says was signed: the digest itself, without which any search would check a signature a try."""

from mailcheck.auth.dkim.crypto import MAX_EXPONENT, MAX_RSA, MIN_RSA, UnusableKeyError, matches, recovered
from mailcheck.records.dkim_key import PublicKey

MAX_CHECKS = 400
"""Ed25519 signatures that one search checks; their digest cannot be read out of them."""


class SignedDigest:
    """Answers whether a digest is the signed one. For RSA the digest is read out of the signature once."""

    def __init__(self, key: PublicKey, signature: bytes) -> None:
        self._key = key
        self._signature = signature
        self._left = MAX_CHECKS
        self.digest = recovered(key, signature) if key.algorithm == "rsa" and usable(key) else None

    @property
    def key_fits(self) -> bool | None:
        """Whether the signature was made with this key at all; None where that cannot be told (Ed25519)."""
        return self.digest is not None if self._key.algorithm == "rsa" else None

    def is_of(self, digest: bytes) -> bool:
        """Whether this digest was signed."""
        if self._key.algorithm == "rsa":
            return self.digest == digest
        self._left -= 1
        if self._left < 0:
            return False
        try:
            return matches(self._key, self._signature, digest)
        except UnusableKeyError:
            return False


def usable(key: PublicKey) -> bool:
    """Whether the key is of a size that is computed with."""
    return key.algorithm != "rsa" or (MIN_RSA <= key.bits <= MAX_RSA and (key.exponent or 0) <= MAX_EXPONENT)
