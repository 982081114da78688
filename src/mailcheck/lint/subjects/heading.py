"""What an inbox shows of a mail, and what the rules about it ask: its lines, its language, its evidence, the day."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from mailcheck.lint.document import MARKETING, TRANSACTIONAL
from mailcheck.lint.subjects.lines import Line, line_of

if TYPE_CHECKING:
    from datetime import date

    from mailcheck.ledger.entries import Entry
    from mailcheck.lint.document import Document
    from mailcheck.lint.subjects.evidence import Evidence
    from mailcheck.lint.subjects.packs import Pack


class Heading:
    """The view of subject and header rules, made once for a document."""

    def __init__(self, document: "Document") -> None:
        self.document = document

    @cached_property
    def subject(self) -> Line | None:
        """The subject."""
        return line_of(self.document, "subject")

    @cached_property
    def preheader(self) -> Line | None:
        """The preheader, where it stands as such (front matter, a file, mj-preview)."""
        return line_of(self.document, "preheader")

    @cached_property
    def name(self) -> Line | None:
        """The display name of the sender."""
        return line_of(self.document, "from_name")

    @property
    def lines(self) -> tuple[Line, ...]:
        """All there are, the subject first."""
        return tuple(line for line in (self.subject, self.preheader, self.name) if line is not None)

    @property
    def message(self) -> Any:
        """The parsed message, None for a template."""
        return self.document.message

    @property
    def marketing(self) -> bool:
        """Whether it is marketing for certain."""
        return self.document.kind == MARKETING

    @property
    def transactional(self) -> bool:
        """Whether it is transactional for certain."""
        return self.document.kind == TRANSACTIONAL

    @cached_property
    def language(self) -> str | None:
        """The language of subject and body, None where it cannot be told."""
        from mailcheck.lint.subjects.language import language_of

        return language_of(self.document, self.lines)

    @cached_property
    def pack(self) -> "Pack | None":
        """What is known of claims in that language; None where there is no pack for it."""
        from mailcheck.lint.subjects.packs import load

        return load(self.language) if self.language else None

    @cached_property
    def evidence(self) -> "Evidence":
        """What the mail itself shows."""
        from mailcheck.lint.subjects.evidence import Evidence

        return Evidence(self.document, self.pack)

    @property
    def today(self) -> "date | None":
        """The day of the check."""
        return self.document.today

    @property
    def ledger(self) -> "tuple[Entry, ...]":
        """Earlier sends."""
        return self.document.ledger

    @cached_property
    def ends(self) -> "date | None":
        """The last day of the declared offer."""
        from mailcheck.lint.subjects.dates import declared_day

        offer = self.document.front.get("offer")
        return declared_day(offer.get("ends")) if isinstance(offer, dict) else None

    @property
    def offer(self) -> str | None:
        """The name of the declared offer."""
        offer = self.document.front.get("offer")
        found = offer.get("id") if isinstance(offer, dict) else None
        return str(found) if found is not None else None
