"""What a search found, and how much work it may do."""

from mailcheck.model.value import dataclass

MAX_OCTETS = 120_000_000
"""Octets that the searches for one message hash."""
MAX_TRIES = 20_000
"""Variants that are tried."""


@dataclass(frozen=True, slots=True)
class Cause:
    """An edit that, undone, makes the hash fit.

    `kind` is one word for programs; `start:end` is its place in the message, where it has one.
    """

    kind: str
    detail: str
    start: int | None = None
    end: int | None = None


class Budget:
    """Work that is left. A search that finds nothing within it says so."""

    def __init__(self, octets: int = MAX_OCTETS, tries: int = MAX_TRIES) -> None:
        self.octets = octets
        self.tries = tries
        self.tried = 0

    def take(self, octets: int) -> bool:
        """Whether one more variant of this size may be tried."""
        if self.octets < octets or self.tries <= 0:
            self.octets = self.tries = 0
            return False
        self.octets -= octets
        self.tries -= 1
        self.tried += 1
        return True

    def end(self) -> None:
        """Leave the rest undone."""
        self.octets = self.tries = 0

    @property
    def spent(self) -> bool:
        """Whether the search was cut short."""
        return self.tries <= 0
