"""The header section as octets: every field with its place, every oddity as a fault (RFC 5322 2.1, 2.2)."""

import re

from mailcheck.mail.fault import Fault
from mailcheck.model.value import dataclass

MAX_FIELDS = 2000
"""Header fields that are read."""
MAX_FIELD = 64 * 1024
"""Octets of one field."""
MAX_HEADER = 256 * 1024
"""Octets of the whole header section."""

_NAME = re.compile(rb"[!-9;-~]+\Z")
# A field in its usual form, with all its lines; whatever differs is read line by line.
_FIELD = re.compile(rb"([!-9;-~]+):[^\n]*\n(?:[ \t]++[^\s][^\n]*\n)*")
_LINE_END = re.compile(rb"\r?\n(?=[ \t])")
# `From :` is a field with a blank before its colon, and may hide a second author.
_ENVELOPE = re.compile(rb">?From (?![ \t]*:)")
_LONE_CR = re.compile(rb"\r(?!\n)")
_ASCII = bytes(range(128))
_BLANK = b" \t"
_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Field:
    """One field: its name as written, its octets with their line end, where it begins and where its value begins.

    `name` is empty for a line that has no colon. Offsets are octets of the message.
    """

    name: str
    raw: bytes
    start: int
    value_start: int

    # By hand, since thousands are made of one message; nobody changes them all the same.
    def __init__(self, name: str, raw: bytes, start: int, value_start: int) -> None:
        self.name = name
        self.raw = raw
        self.start = start
        self.value_start = value_start

    @property
    def key(self) -> str:
        """The name as it is compared (RFC 5322 1.2.2)."""
        return self.name.lower()

    @property
    def end(self) -> int:
        """The offset behind its line end."""
        return self.start + len(self.raw)

    @property
    def body(self) -> bytes:
        """What stands behind the colon, folded as it is, without the last line end."""
        rest = self.raw[self.value_start - self.start :]
        return rest[:-2] if rest.endswith(b"\r\n") else rest.removesuffix(b"\n")

    @property
    def unfolded(self) -> bytes:
        """The value on one line (RFC 5322 2.2.3), without outer blanks."""
        return _LINE_END.sub(b"", self.body).strip(b" \t\r\n")

    @property
    def text(self) -> str:
        """The unfolded value, one character an octet."""
        return self.unfolded.decode("latin-1")


@dataclass(frozen=True, slots=True)
class Header:
    """The fields in their order, where the body begins, what is wrong, and whether a limit ended the reading."""

    fields: tuple[Field, ...]
    body_start: int
    faults: tuple[Fault, ...]
    cut: str | None = None

    def all(self, name: str) -> tuple[Field, ...]:
        """The fields of this name, from the top."""
        key = name.lower()
        return tuple(field for field in self.fields if field.key == key)

    def first(self, name: str) -> Field | None:
        """The topmost field of this name."""
        key = name.lower()
        return next((field for field in self.fields if field.key == key), None)


def scan_header(raw: bytes, start: int = 0, end: int | None = None, *, most: int = MAX_FIELDS) -> Header:
    """Read the header section that begins at `start`, of at most `most` fields. Linear in its size; never raises.

    Faults are of kinds envelope-line (an mbox "From " line) and byte-order-mark (both left out),
    leading-continuation, no-colon, name (octets that no field name has), blank-before-colon, bare-cr, nul, eight-bit
    and blank-line (a folded line of blanks alone).
    """
    return _Scanner(raw, start, len(raw) if end is None else end, most).run()


class _Scanner:
    """One pass over the lines of a header section."""

    def __init__(self, raw: bytes, start: int, end: int, most: int) -> None:
        self.raw = raw
        self.most = most
        self.start = start
        self.end = end
        self.fields: list[Field] = []
        self.faults: list[Fault] = []

    def run(self) -> Header:
        raw, at, end = self.raw, self.start, self.end
        limit = min(end, self.start + MAX_HEADER)
        begin: int | None = None  # where the field in hand began
        if at == 0 and raw.startswith(_MARK):
            # No mail begins so: an editor put it there, and it is no part of the first field's name.
            at = len(_MARK)
            self._fault("byte-order-mark", 0, at, "a byte order mark stands before the first field")
        while at < end:
            if begin is None:
                at = self.usual(at, limit)
                if at >= end:
                    break
            stop = raw.find(b"\n", at, limit)
            after = stop + 1 if stop >= 0 else end
            if stop < 0 and end > limit:
                return self._cut(begin, at, f"the header section is longer than {MAX_HEADER // 1024} KiB")
            first = raw[at : at + 1]
            if raw[at:after] in (b"\r\n", b"\n"):
                self._finish(begin, at)
                return self._header(after)
            if first in (b" ", b"\t"):
                if begin is None:
                    self._fault(
                        "leading-continuation", at, after, "the message begins with a continuation line, of no field"
                    )
                elif not raw[at:after].strip():
                    self._fault("blank-line", at, after, "a folded line has nothing but blanks", "RFC 5322 3.2.2")
            else:
                self._finish(begin, at)
                begin = at
                if len(self.fields) >= self.most:
                    return self._cut(None, at, f"more than {self.most:,} header fields")
                if not self.fields and _ENVELOPE.match(raw, at):
                    self._fault("envelope-line", at, after, "the first line is an mbox separator, not a header field")
                    begin = None
            if begin is not None and after - begin > MAX_FIELD:
                return self._cut(None, begin, f"a header field is longer than {MAX_FIELD // 1024} KiB")
            at = after
        self._finish(begin, end)
        return self._header(end)

    def usual(self, at: int, limit: int) -> int:
        """Read fields in their usual form, as many as follow one another; gives where the reading stands."""
        raw, fields = self.raw, self.fields
        match = _FIELD.match
        while len(fields) < self.most:
            found = match(raw, at, limit)
            if found is None:
                break
            after = found.end()
            if raw[after : after + 1] in (b" ", b"\t") or after - at > MAX_FIELD:
                break
            colon = found.end(1)
            fields.append(Field(raw[at:colon].decode("ascii"), raw[at:after], at, colon + 1))
            at = after
        return at

    def _header(self, body_start: int, cut: str | None = None) -> Header:
        if self.fields:
            octets = self.raw[self.fields[0].start : self.fields[-1].end]
            if not octets.isascii() or b"\0" in octets or octets.count(b"\r") != octets.count(b"\r\n"):
                for field in self.fields:
                    self._octets(field.raw, field.start)
        return Header(tuple(self.fields), body_start, tuple(self.faults), cut)

    def _cut(self, begin: int | None, at: int, why: str) -> Header:
        self._finish(begin, at)
        self._fault("limit", at, at, f"{why}; the rest is not read")
        return self._header(self.end, why)

    def _fault(self, kind: str, start: int, end: int, message: str, clause: str = "RFC 5322 2.2") -> None:
        self.faults.append(Fault(kind, start, end, message, clause))

    def _finish(self, begin: int | None, end: int) -> None:
        if begin is None:
            return
        octets = self.raw[begin:end]
        colon = octets.find(b":")
        # A colon on a continuation line does not make the first line a field.
        line = octets.find(b"\n")
        if colon < 0 or 0 <= line < colon:
            self._fault("no-colon", begin, end, "a line among the header fields has no colon")
            self.fields.append(Field("", octets, begin, begin))
            return
        written = octets[:colon]
        name = written.rstrip(_BLANK)
        if name != written:
            self._fault("blank-before-colon", begin, begin + colon, "blanks stand before the colon", "RFC 5322 4.5.8")
        if not _NAME.match(name):
            self._fault("name", begin, begin + max(1, len(written)), "no field can have this name", "RFC 5322 2.2")
        self.fields.append(Field(name.decode("latin-1"), octets, begin, begin + colon + 1))

    def _octets(self, octets: bytes, begin: int) -> None:
        nul = octets.find(b"\0")
        if nul >= 0:
            self._fault("nul", begin + nul, begin + nul + 1, "a NUL octet stands in a header field", "RFC 5322 4.1")
        lone = _LONE_CR.search(octets)
        if lone:
            at = begin + lone.start()
            self._fault("bare-cr", at, at + 1, "a carriage return stands alone in a header field", "RFC 5322 2.2")
        if not octets.isascii():
            at = begin + len(octets) - len(octets.lstrip(_ASCII))
            self._fault(
                "eight-bit", at, at + 1, "an octet above 127 stands in a header field", "RFC 5322 2.2; RFC 6532 3.2"
            )
