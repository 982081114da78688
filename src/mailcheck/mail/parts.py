"""The MIME tree as places in the message (RFC 2045, RFC 2046): what each part is, and where its octets stand."""

import re

from mailcheck.mail.fault import Fault
from mailcheck.mail.headers import Field, Header, scan_header
from mailcheck.mail.message import Message
from mailcheck.mail.parameters import Value, read_value
from mailcheck.mail.words import decoded
from mailcheck.model.value import dataclass

MAX_DEPTH = 50
"""Multiparts inside one another that are followed."""
MAX_PARTS = 1000
"""Parts that are read."""
MAX_PART_FIELDS = 100
"""Header fields of one part that are read."""

_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+\Z")
# Blanks at the end of the line are transport padding; anything else there makes it another line (RFC 2046 5.1.1).
_DELIMITER_END = re.compile(rb"(--)?[ \t]*+(?:\r?\n|\Z)")
ENCODINGS = frozenset({"7bit", "8bit", "binary", "quoted-printable", "base64"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part, in the order in which they stand (a multipart before its children).

    `number` is its place as IMAP counts (`1.2`; the message itself is empty). The header stands at `start`, the body
    as it is encoded at `body_start:end`; the line break that belongs to the next boundary is outside (RFC 2046
    5.1.1). `content_type` is what the part is taken for, `declared` what its field says (None: no field).
    """

    number: str
    depth: int
    parent: int | None
    start: int
    body_start: int
    end: int
    content_type: str
    declared: Value | None
    encoding: str
    disposition: Value | None
    content_id: str | None
    fields: tuple[Field, ...]
    faults: tuple[Fault, ...]
    closed: bool = True
    """A multipart: whether its final boundary is there."""

    @property
    def multipart(self) -> bool:
        """Whether it holds parts."""
        return self.content_type.startswith("multipart/")

    @property
    def charset(self) -> str:
        """The declared charset; us-ascii where none is (RFC 2045 5.2)."""
        return (self.declared.get("charset") if self.declared else None) or "us-ascii"

    @property
    def filename(self) -> str | None:
        """The name of an attachment, from Content-Disposition or, as many write it, from Content-Type's name."""
        name = self.disposition.get("filename") if self.disposition else None
        name = name or (self.declared.get("name") if self.declared else None)
        return decoded(name) if name else None

    @property
    def attachment(self) -> bool:
        """Whether it is meant to be shown apart (RFC 2183 2.2), or has a name and is no text."""
        if self.disposition and self.disposition.value == "attachment":
            return True
        return bool(self.filename) and not self.content_type.startswith(("text/", "multipart/"))


@dataclass(frozen=True, slots=True)
class Tree:
    """All parts, and the limit that ended the reading, in words."""

    parts: tuple[Part, ...]
    cut: str | None = None

    def leaves(self, content_type: str | None = None) -> tuple[Part, ...]:
        """The parts that hold no others, of one type where it is given."""
        return tuple(part for part in self.parts if not part.multipart and content_type in (None, part.content_type))


def read_parts(message: Message) -> Tree:
    """Find the parts of a message. One pass over the octets for each level of multiparts; never raises.

    Faults are of kinds type (no such media type), parameter, duplicate-field, encoding, boundary (none, or one that
    nothing uses), unclosed and limit, beside those of the parts' own headers.
    """
    reader = _Reader(message.raw)
    reader.add(message.header, "", 0, None, 0, len(message.raw))
    return Tree(tuple(reader.parts), reader.cut)


class _Reader:
    """The parts found so far; multiparts wait their turn, so that depth costs no stack."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.parts: list[Part] = []
        self.cut: str | None = None

    def add(self, header: Header, number: str, depth: int, parent: int | None, start: int, end: int) -> None:
        """Read one entity and, in reading order, all inside it."""
        waiting: list[tuple[Header, str, int, int | None, int, int, str]] = [
            (header, number, depth, parent, start, end, "text/plain")
        ]
        while waiting:
            if len(self.parts) >= MAX_PARTS:
                self.cut = f"more than {MAX_PARTS:,} MIME parts"
                return
            header, number, depth, parent, start, end, default = waiting.pop()
            part, spans = self.entity(header, number, depth, parent, start, end, default)
            place = len(self.parts)
            self.parts.append(part)
            child_default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
            inner = []
            for count, (first, last) in enumerate(spans, 1):
                child = scan_header(self.raw, first, last, most=MAX_PART_FIELDS)
                label = f"{number}.{count}" if number else str(count)
                inner.append((child, label, depth + 1, place, first, last, child_default))
            waiting += reversed(inner)

    def entity(
        self, header: Header, number: str, depth: int, parent: int | None, start: int, end: int, default: str
    ) -> tuple[Part, list[tuple[int, int]]]:
        faults: list[Fault] = list(header.faults) if number else []
        declared, type_field = self.value(header, "Content-Type", faults)
        content_type = default
        if declared is not None and type_field is not None:
            if _TYPE.match(declared.value):
                content_type = declared.value
            else:
                # RFC 2045 5.2 lets a reader take text/plain for what it cannot read.
                content_type = "text/plain"
                faults.append(_fault("type", type_field, f"{declared.value!r:.60} is no media type", "RFC 2045 5.1"))
        encoding = self.encoding(header, content_type, faults)
        disposition, _ = self.value(header, "Content-Disposition", faults)
        spans: list[tuple[int, int]] = []
        closed = True
        body_start = min(header.body_start, end)
        if content_type.startswith("multipart/") and declared is not None and type_field is not None:
            boundary = declared.get("boundary")
            if not boundary or len(boundary) > 200:
                faults.append(_fault("boundary", type_field, "a multipart without a boundary", "RFC 2046 5.1.1"))
            elif depth >= MAX_DEPTH:
                self.cut = self.cut or f"MIME parts nested more than {MAX_DEPTH} deep"
                faults.append(_fault("limit", type_field, f"nested more than {MAX_DEPTH} deep; not followed"))
            else:
                if len(boundary) > 70:
                    faults.append(
                        _fault("boundary", type_field, "the boundary is longer than 70 characters", "RFC 2046 5.1.1")
                    )
                spans, closed = self.split(boundary.encode("latin-1", "replace"), body_start, end)
                if not spans:
                    faults.append(
                        _fault("boundary", type_field, "the boundary is nowhere in the body", "RFC 2046 5.1.1")
                    )
                elif not closed:
                    faults.append(Fault("unclosed", end, end, "the final boundary is missing", "RFC 2046 5.1.1"))
        identity = header.first("Content-ID")
        part = Part(
            number, depth, parent, start, body_start, end, content_type, declared, encoding, disposition,
            identity.text.strip("<> ") if identity else None, header.fields, tuple(faults), closed,
        )  # fmt: skip
        return part, spans

    def value(self, header: Header, name: str, faults: list[Fault]) -> tuple[Value | None, Field | None]:
        fields = header.all(name)
        if not fields:
            return None, None
        if len(fields) > 1:
            faults.append(_fault("duplicate-field", fields[1], f"{name} stands {len(fields)} times", "RFC 2045 3"))
        value = read_value(fields[0].text)
        faults += [_fault("parameter", fields[0], each, "RFC 2045 5.1") for each in value.faults]
        return value, fields[0]

    def encoding(self, header: Header, content_type: str, faults: list[Fault]) -> str:
        fields = header.all("Content-Transfer-Encoding")
        if not fields:
            return "7bit"
        if len(fields) > 1:
            faults.append(
                _fault("duplicate-field", fields[1], "Content-Transfer-Encoding stands more than once", "RFC 2045 3")
            )
        name = read_value(fields[0].text).value
        if name not in ENCODINGS:
            faults.append(_fault("encoding", fields[0], f"{name!r:.40} is no transfer encoding", "RFC 2045 6.1"))
            return "binary"
        if content_type.startswith("multipart/") and name in {"quoted-printable", "base64"}:
            faults.append(_fault("encoding", fields[0], "a multipart cannot be encoded as a whole", "RFC 2045 6.4"))
            return "binary"
        return name

    def split(self, boundary: bytes, start: int, end: int) -> tuple[list[tuple[int, int]], bool]:
        """The places between the delimiter lines, and whether the closing one is there (RFC 2046 5.1.1)."""
        delimiter = b"--" + boundary
        raw = self.raw
        spans: list[tuple[int, int]] = []
        begin: int | None = None
        at = raw.find(delimiter, start, end)
        while at >= 0:
            after = at + len(delimiter)
            found = _DELIMITER_END.match(raw, after, end) if at == start or raw[at - 1 : at] == b"\n" else None
            if found:
                if begin is not None:
                    spans.append((begin, max(begin, self.before(at, begin))))
                if found[1]:
                    return spans, True
                if len(spans) > MAX_PARTS:
                    return spans, False
                begin = found.end()
            at = raw.find(delimiter, after, end)
        if begin is not None:
            spans.append((begin, end))
        return spans, False

    def before(self, at: int, least: int) -> int:
        """Where the part before a delimiter ends: the line break before the delimiter belongs to it."""
        if at > least and self.raw[at - 1 : at] == b"\n":
            at -= 1
            if at > least and self.raw[at - 1 : at] == b"\r":
                at -= 1
        return at


def _fault(kind: str, field: Field, message: str, clause: str = "") -> Fault:
    return Fault(kind, field.start, field.end, message, clause)
