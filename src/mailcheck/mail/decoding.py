"""A part's body as octets and as text, with the way back from a character to its octet in the message."""

import base64
import re
from bisect import bisect_right

from mailcheck.mail.charsets import decode, decoder
from mailcheck.mail.fault import Fault
from mailcheck.mail.message import Message
from mailcheck.mail.parts import Part
from mailcheck.model.value import dataclass

_QP = re.compile(rb"=([0-9A-Fa-f]{2})|=[ \t]*\r?\n|=|[ \t]++(?:\r?\n|\Z)?")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


@dataclass(frozen=True, slots=True)
class Body:
    """The decoded octets, the text, and what is wrong with either.

    `steps` are pairs of an offset in `octets` and the offset in the message from which it was decoded; between two of
    them both run at the same pace, or, in base64 (`packed`), three octets for four.
    """

    octets: bytes
    text: str
    faults: tuple[Fault, ...]
    steps: tuple[tuple[int, int], ...]
    charset: str
    packed: bool = False

    def place(self, character: int) -> int:
        """The offset in the message of a character of `text`."""
        codec = decoder(self.charset) or "latin-1"
        if codec in {"ascii", "utf-8"} and self.text.isascii():
            at = character
        else:
            try:
                at = len(self.text[:character].encode("latin-1" if codec == "ascii" else codec, "replace"))
            except (UnicodeError, ValueError):
                at = character
        return self.octet(min(at, len(self.octets)))

    def octet(self, at: int) -> int:
        """The offset in the message of a decoded octet."""
        number = bisect_right(self.steps, (at, 1 << 62)) - 1
        if number < 0:
            return self.steps[0][1] if self.steps else 0
        decoded, raw = self.steps[number]
        ahead = at - decoded
        return raw + (ahead * 4 // 3 if self.packed else ahead)


def read_body(message: Message, part: Part) -> Body:
    """Decode a part's body. Never raises; what cannot be decoded stays as it is, with a fault."""
    raw = message.raw[part.body_start : part.end]
    faults: list[Fault] = []
    packed = False
    if part.encoding == "quoted-printable":
        octets, steps = _quoted_printable(raw, part.body_start, faults)
    elif part.encoding == "base64":
        octets, steps = _base64(raw, part.body_start, faults)
        packed = True
    else:
        octets, steps = raw, [(0, part.body_start)]
    text, fault = decode(octets, part.charset)
    if part.content_type.startswith("text/") and fault:
        faults.append(Fault("charset", part.body_start, part.end, fault, "RFC 2046 4.1.2"))
    return Body(octets, text, tuple(faults), tuple(steps), part.charset, packed)


def _quoted_printable(raw: bytes, start: int, faults: list[Fault]) -> tuple[bytes, list[tuple[int, int]]]:
    """RFC 2045 6.7, with the place of every change of pace."""
    found: list[bytes] = []
    steps = [(0, start)]
    at = size = 0
    bad = None
    for match in _QP.finditer(raw):
        piece = raw[at : match.start()]
        found.append(piece)
        size += len(piece)
        octet = match[0]
        if match[1] is not None:
            found.append(bytes((int(match[1], 16),)))
            size += 1
        elif octet[:1] in b" \t":
            # Blanks before a line end were added on the way (rule 3); the line end itself stays.
            ends = octet.endswith(b"\n")
            kept = octet.lstrip(b" \t") if ends else octet if match.end() < len(raw) else b""
            if kept:
                steps.append((size, start + match.end() - len(kept)))
            found.append(kept)
            size += len(kept)
        elif octet == b"=":
            found.append(b"=")
            size += 1
            if bad is None:
                bad = match.start()
        at = match.end()
        steps.append((size, start + at))
    found.append(raw[at:])
    if bad is not None:
        faults.append(
            Fault(
                "encoding", start + bad, start + bad + 1, "an = that begins no quoted-printable octet", "RFC 2045 6.7"
            )
        )
    return b"".join(found), steps


def _base64(raw: bytes, start: int, faults: list[Fault]) -> tuple[bytes, list[tuple[int, int]]]:
    """RFC 2045 6.8: characters outside the alphabet are left out; a step for each line."""
    steps: list[tuple[int, int]] = []
    packed: list[bytes] = []
    count = at = 0
    odd: int | None = None
    end = raw.find(b"=")
    data = raw if end < 0 else raw[:end]
    for match in _NOT_BASE64.finditer(data):
        if match.start() > at:
            steps.append((count * 3 // 4, start + at))
            packed.append(data[at : match.start()])
            count += match.start() - at
        if odd is None and match[0].strip(b" \t\r\n"):
            odd = match.start()
        at = match.end()
    if at < len(data):
        steps.append((count * 3 // 4, start + at))
        packed.append(data[at:])
        count += len(data) - at
    if odd is not None:
        faults.append(
            Fault("encoding", start + odd, start + odd + 1, "a character that base64 does not have", "RFC 2045 6.8")
        )
    if end >= 0 and (rest := raw[end:].strip(b"= \t\r\n")):
        faults.append(
            Fault(
                "encoding", start + end, start + len(raw), f"{len(rest)} octets stand behind the end of the base64",
                "RFC 2045 6.8",
            )
        )  # fmt: skip
    joined = b"".join(packed)
    if count % 4 == 1:
        faults.append(Fault("encoding", start, start + len(raw), "the base64 is cut off", "RFC 2045 6.8"))
        joined = joined[:-1]
    return base64.b64decode(joined + b"=" * (-len(joined) % 4)), steps or [(0, start)]
