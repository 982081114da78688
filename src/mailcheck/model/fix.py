"""What to change: a text edit, a DNS change, or steps for a person."""

from typing import ClassVar, Literal

from mailcheck.model.pattern import regex
from mailcheck.model.value import dataclass


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace `offset:end_offset` (code points) of `path` by `text`."""

    path: str
    offset: int
    end_offset: int
    text: str
    kind: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class DnsChange:
    """Change records of one name and type.

    `add` puts `data` beside what is there, `delete` takes `old` away, `replace` does both. An item of
    `data` or `old` is one record: the joined text of a TXT, presentation form for other types.
    """

    op: Literal["add", "replace", "delete"]
    name: str
    type: str
    data: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    ttl: int = 3600
    kind: ClassVar[str] = "dns"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing for a person to do."""

    text: str
    kind: ClassVar[str] = "manual"


Change = TextEdit | DnsChange | Step


@dataclass(frozen=True, slots=True)
class Fix:
    """A remedy. `safe` means: applying it as it stands repairs the finding and breaks nothing."""

    title: str
    changes: tuple[Change, ...]
    safe: bool = False

    @property
    def kind(self) -> str:
        """The kind of its changes: text, dns or manual."""
        return self.changes[0].kind if self.changes else "manual"


def publish(title: str, name: str, *records: str, old: tuple[str, ...] = (), safe: bool = True) -> Fix:
    """A fix that publishes TXT records at `name`, in the place of `old` where given."""
    op: Literal["add", "replace"] = "replace" if old else "add"
    return Fix(title, (DnsChange(op, name, "TXT", records, old),), safe)


def steps(title: str, *texts: str) -> Fix:
    """A fix for a person."""
    return Fix(title, tuple(Step(text) for text in texts))


def zone_text(text: str) -> str:
    """The joined text of a TXT record as quoted strings of at most 255 octets (RFC 1035 3.3.14)."""
    raw = text.encode("latin-1", "replace")
    chunks = [raw[start : start + 255] for start in range(0, len(raw), 255)] or [b""]
    return " ".join('"' + "".join(map(_OCTETS.__getitem__, chunk)) + '"' for chunk in chunks)


def _octet(octet: int) -> str:
    if octet in b'"\\':
        return "\\" + chr(octet)
    return chr(octet) if 0x20 <= octet < 0x7F else f"\\{octet:03d}"


_OCTETS = [_octet(octet) for octet in range(256)]
_NAME = regex(r"[^A-Za-z0-9._*-]")


def zone_name(name: str) -> str:
    """A name as a master file writes it (RFC 1035 5.1): whatever could end it or begin another is escaped."""
    return _NAME.sub(lambda match: f"\\{ord(match[0]) & 0xFF:03d}", name) + "."


def zone_lines(change: DnsChange) -> list[str]:
    """The records of `data` as lines of a master file (RFC 1035 5.1), ready to paste."""
    return [
        f"{zone_name(change.name)} {change.ttl} IN {change.type} {zone_text(item) if change.type == 'TXT' else item}"
        for item in change.data
    ]
