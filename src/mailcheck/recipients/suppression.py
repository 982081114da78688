"""Who must not be written to: addresses, domains, and hashes of addresses, compared by the key of the mailbox."""

from mailcheck.model.pattern import regex
from mailcheck.recipients.address import Address, read_address
from mailcheck.recipients.domain_name import read_domain
from mailcheck.recipients.keys import digest, key_of
from mailcheck.recipients.reason import Reason

_SHA256 = regex(r"[0-9a-fA-F]{64}")


class Suppressions:
    """A suppression list in memory. It may be given as SHA-256 hashes, so that it need not be in clear."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._domains: set[str] = set()
        self._digests: set[str] = set()

    def __len__(self) -> int:
        return len(self._keys) + len(self._domains) + len(self._digests)

    def add(self, text: str) -> bool:
        """Take an entry: an address, a domain (`mail.example` or `@mail.example`), or the SHA-256 (64 hexadecimal
        digits) of a key or of an address in lower case. False where it is none of them.
        """
        text = text.strip()
        if _SHA256.fullmatch(text):
            self._digests.add(text.lower())
            return True
        bare = text.removeprefix("@")
        if "@" not in bare:
            name = read_domain(bare)
            if not name.ascii or "." not in name.ascii or name.literal:
                return False
            self._domains.add(name.ascii)
            return True
        address = read_address(text)
        key = key_of(address)
        if not key and address.repaired is not None:
            key = key_of(read_address(address.repaired))
        if not key:
            return False
        self._keys.add(key)
        return True

    def reason(self, address: Address, key: str) -> Reason | None:
        """Why this address must not be written to; None where nothing says so."""
        if address.normalized is None:
            return None
        if key in self._keys:
            return Reason("suppressed", "listed")
        if self._digests and (digest(key) in self._digests or digest(address.normalized) in self._digests):
            return Reason("suppressed", "listed as a hash")
        labels = address.host.split(".")
        for start in range(len(labels) if self._domains else 0):
            under = ".".join(labels[start:])
            if under in self._domains:
                return Reason("suppressed-domain", under)
        return None


_HEADERS = frozenset({"domain", "domains", "hash", "sha256", "sha-256"})


def read_suppressions(path: str, into: Suppressions) -> int:
    """Take a file's entries: one a line (`#` begins a comment), or a list as `recipients` reads it.

    Gives how many entries were none. Raises InputError where the file cannot be read.
    """
    from mailcheck.recipients.lists.reading import first_lines, open_list, plain_lines
    from mailcheck.recipients.lists.shape import delimiter_of, is_header

    missed = 0
    if path.lower().endswith((".jsonl", ".ndjson", ".json")) or delimiter_of(first_lines(path)) is not None:
        table = open_list(path)
        try:
            for row in table.rows():
                missed += not into.add(row.text or "")
        finally:
            table.close()
        return missed
    for number, line in enumerate(plain_lines(path)):
        text = line.strip()
        if not text or text.startswith("#") or (number == 0 and (is_header(text) or text.casefold() in _HEADERS)):
            continue
        missed += not into.add(text)
    return missed
