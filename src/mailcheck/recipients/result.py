"""The answer about one address, for programs."""

from mailcheck.model.value import dataclass
from mailcheck.recipients.row import Row, Suggestion


@dataclass(frozen=True, slots=True)
class AddressResult:
    """What is to be thought of one address.

    `verdict` is ok, risky, bad or unknown; `reasons` are the names of the RCP rules that found something; `normalized`
    is the form to send to, None where it is no address; `suggestion` is what was probably meant, where it is another.
    """

    verdict: str
    reasons: tuple[str, ...]
    normalized: str | None
    suggestion: Suggestion | None

    @classmethod
    def of(cls, row: Row) -> "AddressResult":
        """From a judged row."""
        reasons = tuple(dict.fromkeys(each.name for each in row.reasons))
        return cls(row.verdict, reasons, row.address.normalized, row.suggestion)
