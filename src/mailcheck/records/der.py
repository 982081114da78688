"""As much of DER (X.690) as a published key needs: lengths checked, every octet accounted for."""

from collections.abc import Iterator

from mailcheck.model.value import dataclass

INTEGER, BIT_STRING, NULL, OID, SEQUENCE = 0x02, 0x03, 0x05, 0x06, 0x30


class DerError(ValueError):
    """The octets are not the DER they should be."""


@dataclass(frozen=True, slots=True)
class Item:
    """One tag with its content."""

    tag: int
    body: bytes


def items(data: bytes) -> Iterator[Item]:
    """The items that stand one after another in `data`. Raises DerError."""
    position = 0
    # Lengths in more octets than needed are BER, which OpenSSL takes from a key record, so it is taken here.
    while position < len(data):
        if position + 2 > len(data):
            raise DerError("ends inside a header")
        tag, length = data[position], data[position + 1]
        position += 2
        if length & 0x80:
            count = length & 0x7F
            if not 1 <= count <= 4 or position + count > len(data):
                raise DerError("a length cannot be read")
            length = int.from_bytes(data[position : position + count], "big")
            position += count
        if position + length > len(data):
            raise DerError(f"ends {position + length - len(data)} octets early")
        yield Item(tag, data[position : position + length])
        position += length


def one(data: bytes, tag: int) -> bytes:
    """The content of the single item of type `tag` that `data` is. Raises DerError."""
    found = list(items(data))
    if not found or found[0].tag != tag:
        raise DerError("is not the structure of a key")
    if len(found) > 1:
        raise DerError("is followed by octets that do not belong to it")
    return found[0].body


def unsigned(item: Item) -> int:
    """A positive INTEGER. Raises DerError."""
    if item.tag != INTEGER or not item.body or item.body[0] & 0x80:
        raise DerError("holds no positive number where one must stand")
    return int.from_bytes(item.body, "big")
