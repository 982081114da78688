"""How bad a finding is."""

from enum import StrEnum


class Severity(StrEnum):
    """Error: refused, spoofable, unlawful-looking or broken. Warning: will hurt. Info: worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst; sorts and compares."""
        return _RANK[self]

    def reaches(self, level: "Severity") -> bool:
        """Whether this is `level` or worse."""
        return self.rank <= level.rank


_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
