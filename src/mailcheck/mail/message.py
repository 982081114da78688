"""One message as it was handed in: its octets, its header, and how its lines end."""

from mailcheck.mail.fault import Fault
from mailcheck.mail.headers import Field, Header, scan_header
from mailcheck.model.value import dataclass

MAX_MESSAGE = 25 * 1024 * 1024
"""Octets of a message that is judged."""


@dataclass(frozen=True, slots=True)
class Message:
    """The octets and the header section. Offsets everywhere are octets of `raw`."""

    raw: bytes
    header: Header

    @property
    def fields(self) -> tuple[Field, ...]:
        """The header fields, from the top."""
        return self.header.fields

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong in the header section."""
        return self.header.faults

    @property
    def cut(self) -> str | None:
        """The limit that was hit, in words; then the message cannot be judged as a whole."""
        return self.header.cut

    @property
    def body_start(self) -> int:
        """Where the body begins."""
        return self.header.body_start

    @property
    def body(self) -> bytes:
        """The body as it was handed in."""
        return self.raw[self.header.body_start :]

    def all(self, name: str) -> tuple[Field, ...]:
        """The header fields of this name, from the top."""
        return self.header.all(name)

    def first(self, name: str) -> Field | None:
        """The topmost header field of this name."""
        return self.header.first(name)

    def line_of(self, offset: int) -> int:
        """The line (from 1) at an offset."""
        return self.raw.count(b"\n", 0, offset) + 1


def read_message(raw: bytes) -> Message:
    """Read a message. Never raises; a message above the limit is read no further than its header."""
    header = scan_header(raw)
    if len(raw) > MAX_MESSAGE and header.cut is None:
        why = f"the message is larger than {MAX_MESSAGE // 1024 // 1024} MiB, the limit of what is judged"
        header = Header(header.fields, header.body_start, (*header.faults, Fault("limit", 0, 0, why)), why)
    return Message(raw, header)


def crlf(octets: bytes) -> bytes:
    """The octets with CRLF for every line end, as they travel (RFC 5321 2.3.8). A lone CR stays what it is."""
    if octets.count(b"\n") == octets.count(b"\r\n"):
        return octets
    return octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
