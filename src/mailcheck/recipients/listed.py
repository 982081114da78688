"""What the other rows of a list say about one: duplicates, and the suppression list."""

from mailcheck.recipients.address import Address
from mailcheck.recipients.keys import key_of
from mailcheck.recipients.reason import Reason
from mailcheck.recipients.suppression import Suppressions


class Listed:
    """Remembers the first row of every mailbox. Rows come in their order."""

    def __init__(self, suppressions: Suppressions | None = None) -> None:
        self._suppressions = suppressions if suppressions is not None and len(suppressions) else None
        self._first: dict[str, tuple[int, str]] = {}

    def reasons(self, number: int, address: Address) -> tuple[Reason, ...]:
        """What is to be said of this row beside the others."""
        key = key_of(address)
        if not key or address.normalized is None:
            return ()
        found: list[Reason] = []
        first = self._first.setdefault(key, (number, address.normalized))
        if first[0] != number:
            same = first[1] == address.normalized
            name = "dup-exact" if same else "dup-provider"
            if not same and first[1].lower() == address.normalized.lower():
                name = "dup-case"
            found.append(Reason(name, f"row {first[0]}"))
        if self._suppressions is not None:
            reason = self._suppressions.reason(address, key)
            if reason is not None:
                found.append(reason)
        return tuple(found)
