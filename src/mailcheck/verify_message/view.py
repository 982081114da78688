"""All that is known about one message: the frozen view that its rules take."""

from collections.abc import Mapping

from mailcheck.auth.arc.sets import ArcChain
from mailcheck.auth.arc.verify import ArcResult
from mailcheck.auth.diagnosis.cause import Cause
from mailcheck.auth.dkim import second_opinion as dkim_opinion
from mailcheck.auth.dkim.verify import DkimResult
from mailcheck.auth.dmarc.evaluate import DmarcResult
from mailcheck.auth.results.field import AuthenticationResults
from mailcheck.auth.spf import second_opinion as spf_opinion
from mailcheck.auth.spf.result import SpfResult
from mailcheck.mail.addresses import Address, AddressFault
from mailcheck.mail.headers import Field
from mailcheck.mail.message import Message
from mailcheck.mail.parts import Part, Tree
from mailcheck.model.location import MessageLocation, Span
from mailcheck.model.value import dataclass
from mailcheck.verify_message.envelope import Envelope
from mailcheck.verify_message.received import Received
from mailcheck.verify_message.saved import Sign

OLD = 7 * 86_400
"""Seconds after which a message counts as old: keys may have been taken away since."""
EXCERPT, WHOLE = 800, 200
"""Octets that a place shows at most: of the lines on which it stands, and of a field as a whole."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why one signature fails: what was found for body, header and key; `exhausted` where a search was cut short."""

    body: Cause | None = None
    header: Cause | None = None
    key: Cause | None = None
    key_fits: bool | None = None
    exhausted: bool = False

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What was found."""
        return tuple(each for each in (self.key, self.body, self.header) if each is not None)


@dataclass(frozen=True, slots=True)
class Author:
    """What the From fields say: all addresses, all faults, and the author domain where there is exactly one."""

    fields: tuple[Field, ...]
    addresses: tuple[Address, ...]
    faults: tuple[tuple[Field, AddressFault], ...]
    domain: str | None
    problem: str | None
    """Why there is no author domain (RFC 9989 4.2, 11.5); None where there is one."""


@dataclass(frozen=True, slots=True)
class ReceiverField:
    """An Authentication-Results field of the message, and whether its server is one that was named as trusted."""

    field: Field
    results: AuthenticationResults
    trusted: bool


@dataclass(frozen=True, slots=True)
class VerifiedMessage:
    """The message and every result. `spf` is None where SPF was not asked, `spf_open` says why.

    `now` is when it is judged; `judged_at` the time for expiry: that of its arrival, where that is known and earlier.
    """

    subject: str
    path: str | None
    message: Message
    tree: Tree
    author: Author
    hops: tuple[Received, ...]
    envelope: Envelope
    signs: tuple[Sign, ...]
    no_message: str | None
    spf: SpfResult | None
    spf_open: str | None
    spf_second: spf_opinion.Opinion | None
    dkim: tuple[DkimResult, ...]
    dkim_second: Mapping[int, dkim_opinion.Opinion]
    diagnoses: Mapping[int, Diagnosis]
    arc_chain: ArcChain
    arc: ArcResult
    dmarc: DmarcResult | None
    results: tuple[ReceiverField, ...]
    authserv_id: str
    now: int
    judged_at: int

    def undetermined(self, need: str) -> str | None:
        """The reason why a part cannot be judged; None where it can."""
        if need == "message":
            return self.no_message or self.message.cut
        if need == "spf":
            return self.spf.reason if self.spf is not None and self.spf.result == "temperror" else None
        if need == "dkim":
            return next((each.detail for each in self.dkim if each.result == "temperror"), None)
        if need == "dmarc":
            return self.dmarc.reason if self.dmarc is not None and self.dmarc.result == "temperror" else None
        if need == "arc":
            return self.arc.reason if self.arc.result == "unknown" else None
        return None

    @property
    def old(self) -> bool:
        """Whether it arrived long ago."""
        received = self.envelope.received_at
        return received is not None and self.now - received > OLD

    @property
    def dkim2(self) -> tuple[Field, ...]:
        """Signatures of DKIM2, a draft: their presence is told, and nothing is concluded from it."""
        return self.message.all("DKIM2-Signature")

    def aligned(self, result: DkimResult) -> bool:
        """Whether a signature counts for DMARC, as far as that was determined."""
        if self.dmarc is None:
            return False
        return any(
            each.kind == "dkim" and each.domain == result.domain and each.result == result.result and bool(each.aligned)
            for each in self.dmarc.identifiers
        )

    def related(self, domain: str) -> bool:
        """Whether a domain is the author domain, or one of the two stands below the other."""
        author = self.author.domain or ""
        return bool(author) and (domain == author or domain.endswith("." + author) or author.endswith("." + domain))

    @property
    def dkim_passes(self) -> bool:
        """Whether an aligned signature passes."""
        return self.dmarc is not None and self.dmarc.dkim_aligned

    def gone(self, result: DkimResult) -> bool:
        """Whether a signature of an old message cannot be checked again, since its key has been taken away."""
        return self.old and result.reason in {"no-key", "revoked"}

    def at(self, field: Field, span: Span | None = None) -> MessageLocation:
        """A field; `span` is a place in its value with CRLF line ends, as signatures are read."""
        if span is None:
            return self.place(field.start, field.end)
        start, end = _inside(field, field.value_start - field.start, span)
        return self.place(field.start + start, field.start + end)

    def place(self, start: int, end: int, part: Part | None = None) -> MessageLocation:
        """A range of octets, with the lines on which it stands (of a whole field the first ones)."""
        raw = self.message.raw
        field = next((each for each in self.message.fields if each.start <= start < each.end), None)
        begin = raw.rfind(b"\n", 0, start) + 1
        last = raw.find(b"\n", max(start, min(end, begin + EXCERPT) - 1))
        stop = len(raw) if last < 0 else last
        whole = field is not None and (start, end) == (field.start, field.end)
        shown = raw[begin : min(stop, begin + (WHOLE if whole else EXCERPT))].rstrip(b"\r\n")
        inside = (start - begin, min(end - begin, len(shown)))
        number = part.number if part is not None and part.number else None
        return MessageLocation(
            self.path,
            start,
            end,
            self.message.line_of(start),
            field.name or None if field else None,
            number,
            shown.decode("latin-1") or None,
            inside if not whole and inside[0] < inside[1] else None,
        )

    @property
    def top(self) -> MessageLocation:
        """The message as a whole."""
        return MessageLocation(self.path, 0, len(self.message.raw), 1)


def _inside(field: Field, start: int, span: Span) -> Span:
    """A place in a value whose line ends were made CRLF, as a place in the field as it stands."""
    raw = field.raw
    if raw.count(b"\n") == raw.count(b"\r\n"):
        return start + span[0], start + span[1]
    places = []
    for at in span:
        value = raw[start:].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        lost = value[:at].count(b"\r\n")
        places.append(start + at - lost)
    return places[0], places[1]
