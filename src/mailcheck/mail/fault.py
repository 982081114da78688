"""What is wrong in a message, and where."""

from mailcheck.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: a kind for the rules, the octets of the message it covers, a sentence, the section that says so."""

    kind: str
    start: int
    end: int
    message: str
    clause: str = ""

    def moved(self, by: int) -> "Fault":
        """The same fault in a text that begins `by` octets later."""
        return Fault(self.kind, self.start + by, self.end + by, self.message, self.clause)
