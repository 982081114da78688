"""Our reading of key octets beside that of the `cryptography` package, on true keys and on changed ones."""

import base64
import hashlib

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.records.dkim_key import PublicKey, parse_dkim_key
from records.keys import octets, pkcs1, private, spki

TRUE_KEYS = ("rsa2048", "rsa2048_pkcs1", "ed25519_spki", "rsa1024", "rsa4096", "rsa2048_e3")


def ours(data: bytes, k: str) -> PublicKey | None:
    return parse_dkim_key(f"v=DKIM1; k={k}; p={base64.b64encode(data).decode()}").key


def theirs(data: bytes) -> tuple[str, int, str] | None:
    """Algorithm, bits and digest by `cryptography`, which knows both RSA forms."""
    try:
        key = load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        return None
    if isinstance(key, rsa.RSAPublicKey):
        modulus = key.public_numbers().n
        if not modulus & 1:
            return None  # it loads an even modulus, with which nothing can be verified
        octets_ = modulus.to_bytes((modulus.bit_length() + 7) // 8, "big")
        return "rsa", key.key_size, hashlib.sha256(octets_).hexdigest()
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "ed25519", 256, hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()
    return None


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A true key with a few octets changed, cut out, or put in; mostly in front, where the structure is."""
    data = bytearray(octets()[draw(st.sampled_from(TRUE_KEYS))])
    for _ in range(draw(st.integers(0, 3))):
        at = min(draw(st.one_of(st.integers(0, 40), st.integers(0, 600))), max(len(data) - 1, 0))
        match draw(st.sampled_from(["set", "flip", "cut", "put", "end"])):
            case "set" if data:
                data[at] = draw(st.sampled_from([0, 1, 2, 3, 5, 6, 0x30, 0x7F, 0x80, 0x81, 0x82, 0xFF]))
            case "flip" if data:
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del data[at : at + draw(st.integers(1, 4))]
            case "put":
                data[at:at] = draw(st.binary(min_size=1, max_size=4))
            case "end":
                del data[at:]
    return bytes(data)


@settings(max_examples=800, deadline=None)
@given(changed())
def test_what_they_read_we_read_alike(data: bytes) -> None:
    """The other way round we read more: BER lengths, and parameters of the algorithm that nobody looks at."""
    key = theirs(data)
    if key is not None:
        read = ours(data, key[0])
        assert read is not None
        assert (read.algorithm, read.bits, read.digest) == key


@settings(max_examples=100, deadline=None)
@given(st.integers(1024, 4096), st.integers(1, 1 << 20), st.randoms(use_true_random=False), st.booleans())
def test_numbers_of_any_size_are_read_alike(bits: int, half: int, random: object, bare: bool) -> None:
    modulus = (1 << (bits - 1)) | random.getrandbits(bits - 2) | 1
    data = pkcs1(modulus, 2 * half + 1)
    data = data if bare else spki(data)
    read = ours(data, "rsa")
    assert (read.algorithm, read.bits, read.digest) == theirs(data)
    assert read.exponent == 2 * half + 1


def test_a_true_key_of_each_form_is_read_alike() -> None:
    public = private(2048).public_key()
    for form in (PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1):
        data = public.public_bytes(Encoding.DER, form)
        read = ours(data, "rsa")
        assert (read.algorithm, read.bits, read.digest) == theirs(data)


def test_an_algorithm_without_parameters_is_read_though_they_refuse_it() -> None:
    absent = bytes.fromhex("300b06092a864886f70d010101")
    data = spki(octets()["rsa2048_pkcs1"], absent)
    assert ours(data, "rsa").bits == 2048
