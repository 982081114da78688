"""A body hash that does not fit: which edit of the body, undone, restores it (RFC 6376 3.7)."""

import base64
import hashlib
import quopri
import re
from collections.abc import Iterator
from itertools import pairwise, product

from mailcheck.auth.diagnosis.cause import Budget, Cause
from mailcheck.auth.dkim.canonical import relaxed_body, simple_body
from mailcheck.auth.dkim.verify import Verifier
from mailcheck.mail.charsets import decoder
from mailcheck.mail.decoding import read_body
from mailcheck.mail.message import Message, crlf, read_message
from mailcheck.mail.parts import Part, Tree, read_parts
from mailcheck.records.dkim_signature import DkimSignature

LINES_BACK = 60
"""Lines before the end of a part at which an added footer may begin."""
LINES_DOWN = 30
"""Lines at the top of a part within which an added banner may end."""
PACKED_BACK = 12
"""The same where a part has to be encoded anew for each try."""
MAX_BODY = 8_000_000
"""Octets of a body of which variants are made; of a larger one only added lines at its end are found."""
MAX_TAIL = 5000
"""Lines before the very end at which added text may begin."""
PAIR_LINES = 15
"""The same where two parts got a footer at once."""

BLANK_BODY, BLANK_LINES = 100_000, 150
"""Octets of a body, and its first lines, between which one empty line is tried."""
_QUOTING = (
    (re.compile(rb'="([^"\r\n;\s()<>@,:\\/\[\]?=]{1,100})"'), rb"=\1", "quotes were added"),
    (re.compile(rb'=([^";\r\n\s]{1,100})(?=;|\r\n)'), rb'="\1"', "quotes were taken away"),
)

Variant = tuple[bytes, str, str, int | None, int | None]
"""A body in CRLF form, the kind and the sentence of the edit that it undoes, and the edit's place in it."""

_BODY_END = re.compile(rb"</body\s*>", re.IGNORECASE)


def search_body(verifier: Verifier, signature: DkimSignature, budget: Budget) -> Cause | None:
    """The first edit found that explains the body hash; None where none does. Bounded by the budget."""
    target = signature.body_hash
    if target is None:
        return None
    body = verifier.body
    found = _added_tail(verifier, signature, target, budget)
    if found is None and len(body) > MAX_BODY:
        # Every variant is a copy of the body.
        budget.end()
        return None
    found = found or _other_readings(verifier, signature, target)
    if found:
        return found
    # Places are those of the message with CRLF line ends, moved back to the file that was handed in.
    message = verifier.message
    for variant, kind, detail, start, end in _variants(_Source(message, body), budget):
        if not budget.take(len(variant) + 1):
            return None
        if _hash(variant, signature) == target:
            return Cause(kind, detail, _back(message, start), _back(message, end))
    return None


def _hash(body: bytes, signature: DkimSignature) -> bytes:
    made = relaxed_body(body) if signature.body_canon == "relaxed" else simple_body(body)
    return hashlib.sha256(made if signature.length is None else made[: signature.length]).digest()


def _back(message: Message, at: int | None) -> int | None:
    """An offset in the body with CRLF line ends as an offset in the message."""
    if at is None:
        return None
    raw = message.body
    if raw.count(b"\n") == raw.count(b"\r\n"):
        return message.body_start + at
    lines = crlf(raw)[:at].count(b"\n")
    place = 0
    for _ in range(lines):
        place = raw.index(b"\n", place) + 1
    return message.body_start + place


def _other_readings(verifier: Verifier, signature: DkimSignature, target: bytes) -> Cause | None:
    """The same body, read as another signer may have read it."""
    other = "simple" if signature.body_canon == "relaxed" else "relaxed"
    length = signature.length
    if verifier.body_hash(other, length) == target:
        return Cause("canonicalization", f"the hash is that of the {other} form, but c= says {signature.body_canon}")
    made = verifier.canonical_body(signature.body_canon)
    if length is not None and verifier.body_hash(signature.body_canon) == target:
        return Cause("length", f"the hash is that of the whole body, but l={length} cuts it")
    readings: list[tuple[bytes, str, str]] = [
        (verifier.message.body, "line-ends", "the hash is that of the file's own line ends: LF was signed, not CRLF"),
        (crlf(verifier.body).replace(b"\r\n", b"\n"), "line-ends", "LF line ends were signed instead of CRLF"),
        (made.removesuffix(b"\r\n"), "last-line-end", "the line end after the last line was not signed"),
        (made + b"\r\n", "last-line-end", "an empty line at the end was signed, which the canonical form takes off"),
        (b"", "emptied", "an empty body was signed: the whole body was added later"),
        (b"\r\n", "emptied", "an empty body was signed: the whole body was added later"),
    ]
    for octets, kind, detail in readings:
        if hashlib.sha256(octets).digest() == target:
            return Cause(kind, detail)
    return None


def _added_tail(verifier: Verifier, signature: DkimSignature, target: bytes, budget: Budget) -> Cause | None:
    """Lines added at the very end: every beginning of the body is hashed, in one pass."""
    made = verifier.canonical_body(signature.body_canon)
    if signature.length is not None or not budget.take(len(made) * 2):
        return None
    place = done = _line_starts(made, 0, len(made), MAX_TAIL)[-1]
    digest = hashlib.sha256(made[:done])
    while (stop := made.find(b"\r\n", place)) >= 0:
        line_end = stop + 2
        if stop > place:  # an empty line at the end would not have been signed
            digest.update(made[done:line_end])
            done = line_end
            if digest.digest() == target:
                return _tail(verifier, made, done)
        place = line_end
    return None


def _tail(verifier: Verifier, made: bytes, kept: int) -> Cause:
    """What stands behind the canonical beginning of `kept` octets, as a place in the message."""
    lines = made[:kept].count(b"\n")
    raw = verifier.message.body
    place = 0
    for _ in range(lines):
        place = raw.index(b"\n", place) + 1
    start = verifier.message.body_start + place
    extra = raw[place:].strip()
    first = extra.splitlines()[0][:60] if extra else b""
    count = raw[place:].count(b"\n")
    return Cause(
        "footer",
        f"{count} line{'s' if count != 1 else ''} {'were' if count != 1 else 'was'} added at the end, beginning "
        f"{first.decode('latin-1')!r}",
        start,
        len(verifier.message.raw),
    )


class _Source:
    """The body in CRLF form and its parts, their places counted from the body's beginning."""

    def __init__(self, message: Message, body: bytes) -> None:
        self.message = message
        self.body = body
        # The header is the original's; only the body's line ends may differ from the file.
        self.head = message.raw[: message.body_start]
        self.crlf = message if body == message.body else read_message(self.head + body)
        self.shift = self.crlf.body_start
        self.tree: Tree = read_parts(self.crlf)

    def span(self, part: Part) -> tuple[int, int]:
        """Where the body of a part stands in the body."""
        return max(0, part.body_start - self.shift), max(0, part.end - self.shift)


def _variants(source: _Source, budget: Budget) -> Iterator[Variant]:
    body = source.body
    yield from _whole(body)
    leaves = [part for part in source.tree.leaves() if not part.attachment][:20]
    for part in leaves:
        yield from _footer(source, part, budget)
    for part in leaves:
        yield from _banner(source, part)
    yield from _parts(source)
    yield from _part_fields(source)
    yield from _one_blank_line(body)
    yield from _encodings(source, leaves)
    for part in leaves:
        yield from _packed_footer(source, part, budget)
    texts = [part for part in leaves if part.content_type.startswith("text/")]
    for one, two in pairwise(texts):
        yield from _two_footers(source, one, two, budget)


def _whole(body: bytes) -> Iterator[Variant]:
    """Edits that programs on the way make all over a body."""
    edits: list[tuple[bytes, bytes, str, str]] = [
        (b"\r\n>From ", b"\r\nFrom ", "mbox-quoting", "lines that begin with From were changed to >From"),
        (b"\r\n..", b"\r\n.", "dot-stuffing", "the doubled dots of the SMTP transfer were left in"),
        (b"\r\n--\r\n", b"\r\n-- \r\n", "blanks", "the blank of the signature separator '-- ' was taken off"),
        (b"!\r\n ", b"", "line-wrap", "long lines were cut with an exclamation mark and a line end"),
        (b"\r\r\n", b"\r\n", "line-ends", "the line ends were doubled to CR CR LF"),
        (b"\t", b" ", "blanks", "tabs and blanks were exchanged"),
        (b"\0", b"", "nul", "NUL octets were added"),
        (b"\xc2\xa0", b" ", "blanks", "blanks became no-break spaces"),
        (b"\xa0", b" ", "blanks", "blanks became no-break spaces"),
    ]
    for found, original, kind, detail in edits:
        if found in body:
            at = body.find(found)
            yield body.replace(found, original), kind, detail, at, at + len(found)
    if body.startswith(b">From "):
        yield body[1:], "mbox-quoting", "the first line was changed from From to >From", 0, 6
    if re.search(rb"^\.(?!\.)", body, re.MULTILINE):
        doubled = re.sub(rb"(?m)^\.", b"..", body)
        yield doubled, "dot-stuffing", "the doubled dots of lines that begin with a dot are gone", None, None
    stripped = b"\r\n".join(line.rstrip(b" \t") for line in body.split(b"\r\n"))
    if stripped != body:
        yield stripped, "blanks", "blanks were added at line ends", None, None
    lines = body.split(b"\r\n")
    if len(lines) > 1 and not lines[0].strip():
        at = len(body) - len(body.lstrip(b"\r\n \t"))
        yield body.lstrip(b"\r\n \t"), "blank-lines", "empty lines were added before the first line", 0, at
        yield body[len(lines[0]) + 2 :], "blank-lines", "an empty line was added before the first line", 0, 2
    yield b"\r\n" + body, "blank-lines", "an empty line before the first line was taken away", 0, 0
    if b"\r\n\r\n" in body:
        yield body.replace(b"\r\n\r\n", b"\r\n"), "blank-lines", "every line end was doubled", None, None
    long = [len(line) for line in lines if len(line) >= 900]
    for width in dict.fromkeys(long[:3]):
        joined = b"".join(line + (b"" if len(line) == width else b"\r\n") for line in lines).removesuffix(b"\r\n")
        yield joined, "line-wrap", f"lines longer than {width} octets were cut there", None, None


def _line_starts(body: bytes, start: int, end: int, most: int) -> list[int]:
    """The last `most` places in `start:end` at which lines begin, nearest to the end first."""
    found: list[int] = []
    at = end
    while len(found) < most:
        at = body.rfind(b"\n", start, max(start, at - 1))
        if at < 0:
            found.append(start)
            break
        at += 1
        found.append(at)
    return found


def _footer(source: _Source, part: Part, budget: Budget) -> Iterator[Variant]:
    """Lines added at the end of one part, and inside HTML before </body>."""
    body = source.body
    start, end = source.span(part)
    name = f"part {part.number} ({part.content_type})" if part.number else "the body"
    stops = [(end, f"at the end of {name}")]
    if part.content_type == "text/html":
        closing = None
        for closing in _BODY_END.finditer(body, start, end):  # noqa: B007  the last one counts
            pass
        if closing:
            stops.insert(0, (closing.start(), f"before </body> in {name}"))
    for stop, where in stops:
        for at in _line_starts(body, start, stop, LINES_BACK):
            # The line break before the next boundary belongs to the boundary (RFC 2046 5.1.1).
            for cut in (at, at - 2) if body[at - 2 : at] == b"\r\n" and at - 2 >= start else (at,):
                if budget.octets < len(body):
                    return
                added = body[at:stop].strip()
                yield body[:cut] + body[stop:], "footer", _added(added, where), at, stop


def _added(added: bytes, where: str) -> str:
    count = added.count(b"\n") + 1
    first = added.splitlines()[0][:60].decode("latin-1") if added else ""
    return (
        f"{count} line{'s' if count != 1 else ''} beginning {first!r} {'were' if count != 1 else 'was'} added {where}"
    )


def _banner(source: _Source, part: Part) -> Iterator[Variant]:
    """Lines added at the top of a part: "this message came from outside"."""
    body = source.body
    start, end = source.span(part)
    name = f"part {part.number} ({part.content_type})" if part.number else "the body"
    at = start
    for _ in range(LINES_DOWN):
        at = body.find(b"\n", at, end) + 1
        if not at:
            return
        yield body[:start] + body[at:], "banner", _added(body[start:at].strip(), f"at the top of {name}"), start, at


def _parts(source: _Source) -> Iterator[Variant]:
    """Whole parts added, or the message wrapped in a new multipart, as list software does."""
    body, shift = source.body, source.shift
    children = [part for part in source.tree.parts if part.depth == 1][:30]
    for number, part in enumerate(children):
        start, end = source.span(part)
        what = f"part {part.number} ({part.content_type})"
        yield body[start:end], "wrapped", f"the message was wrapped: {what} alone is what was signed", start, end
        own = part.start - shift
        delimiter = body.rfind(b"\r\n--", 0, max(0, own - 2))
        begin = max(delimiter, 0)
        if number + 1 < len(children):
            upto = body.rfind(b"\r\n--", 0, max(0, children[number + 1].start - shift - 2))
        else:
            upto = body.find(b"\r\n--", end)
        if upto > begin:
            yield body[:begin] + body[upto:], "part", f"{what} was added", max(0, own), end


def _part_fields(source: _Source) -> Iterator[Variant]:
    """What a gateway writes when it makes a multipart anew: text before the first part, quotes in the parts' fields."""
    body, shift = source.body, source.shift
    children = [part for part in source.tree.parts if part.depth == 1]
    if not children:
        return
    first = body.rfind(b"\r\n--", 0, max(0, children[0].start - shift - 2)) + 2
    if first > 2:
        detail = _added(body[:first].strip(), "before the first part")
        yield body[first:], "banner", detail, 0, first
        yield b"\r\n" + body[first:], "banner", detail, 0, first
    spans = [(part.start - shift, part.body_start - shift) for part in source.tree.parts if part.depth]
    for pattern, put, told in _QUOTING:
        pieces, at, place = [], 0, None
        for start, end in spans:
            if start < at:
                continue
            made = pattern.sub(put, body[start:end])
            if made != body[start:end] and place is None:
                place = (start, end)
            pieces += [body[at:start], made]
            at = end
        if place:
            yield b"".join(pieces) + body[at:], "parameter", f"{told} in the fields of the parts", *place


def _one_blank_line(body: bytes) -> Iterator[Variant]:
    """One empty line put in or taken out, anywhere in a short body."""
    if len(body) > BLANK_BODY:
        return
    at = 0
    for number in range(1, BLANK_LINES):
        at = body.find(b"\r\n", at) + 2
        if at < 2 or at >= len(body):
            return
        if body.startswith(b"\r\n", at):
            yield body[:at] + body[at + 2 :], "blank-lines", f"an empty line was added behind line {number}", at, at + 2
        yield body[:at] + b"\r\n" + body[at:], "blank-lines", f"an empty line behind line {number} is gone", at, at


def _encodings(source: _Source, leaves: list[Part]) -> Iterator[Variant]:
    """Parts that were encoded anew, or into another charset."""
    body = source.body
    for part in leaves:
        start, end = source.span(part)
        decoded = read_body(source.crlf, part)
        name = f"part {part.number} ({part.content_type})" if part.number else "the body"
        for made, what in _encoded(decoded.octets, decoded.text, part):
            for tail in (b"", b"\r\n") if not made.endswith(b"\r\n") else (b"",):
                octets = body[:start] + made + tail + body[end:]
                yield octets, "encoding", f"{name} was encoded anew: {what} was signed", start, end


def _packed_footer(source: _Source, part: Part, budget: Budget) -> Iterator[Variant]:
    """Lines added to the text inside of base64 or quoted-printable, which was then encoded anew."""
    if part.encoding not in {"base64", "quoted-printable"} or not part.content_type.startswith("text/"):
        return
    start, end = source.span(part)
    octets = read_body(source.crlf, part).octets
    name = f"part {part.number} ({part.content_type})" if part.number else "the body"
    for at in _line_starts(octets, 0, len(octets), PACKED_BACK):
        kept, added = octets[:at], octets[at:].strip()
        if not added or budget.octets < len(source.body):
            continue
        detail = _added(added, f"inside the {part.encoding} at the end of {name}")
        for text in dict.fromkeys((kept, kept.removesuffix(b"\r\n"), kept.removesuffix(b"\n"))):
            if part.encoding == "base64":
                packed = base64.b64encode(text)
                made = b"\r\n".join(packed[place : place + 76] for place in range(0, len(packed), 76))
            else:
                made = crlf(quopri.encodestring(crlf(text).replace(b"\r\n", b"\n")))
            for tail in (b"", b"\r\n"):
                yield source.body[:start] + made + tail + source.body[end:], "footer", detail, start, end


def _encoded(octets: bytes, text: str, part: Part) -> Iterator[tuple[bytes, str]]:
    plain = crlf(octets)
    if part.encoding in {"quoted-printable", "base64"}:
        yield octets, "the text without that encoding (8bit)"
        if plain != octets:
            yield plain, "the text without that encoding (8bit)"
    for width in (76, 72, 64, 60):
        packed = base64.b64encode(octets)
        yield b"\r\n".join(packed[at : at + width] for at in range(0, len(packed), width)), f"base64 of {width} columns"
    if b"\r\n" in octets:
        packed = base64.b64encode(octets.replace(b"\r\n", b"\n"))
        yield b"\r\n".join(packed[at : at + 76] for at in range(0, len(packed), 76)), "base64 with LF line ends inside"
    yield crlf(quopri.encodestring(plain.replace(b"\r\n", b"\n"))), "quoted-printable"
    if not octets.isascii():
        current = decoder(part.charset)
        for charset in ("utf-8", "iso-8859-1", "windows-1252", "iso-8859-15"):
            if decoder(charset) == current:
                continue
            try:
                yield crlf(text.encode(charset)), f"text in {charset}"
            except UnicodeError:
                continue
        yield from _undeclared(octets)


def _undeclared(octets: bytes) -> Iterator[tuple[bytes, str]]:
    """Text that an editor saved in another charset, the declared one left as it was."""
    for read, charset in (
        ("windows-1252", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("utf-8", "windows-1252"),
        ("utf-8", "iso-8859-1"),
    ):
        try:
            yield crlf(octets.decode(read).encode(charset)), f"text in {charset}"
        except UnicodeError:
            continue


def _two_footers(source: _Source, one: Part, two: Part, budget: Budget) -> Iterator[Variant]:
    """The same footer added to the plain and the HTML part."""
    body = source.body
    start, end = source.span(one)
    begin, stop = source.span(two)
    closing = None
    for closing in _BODY_END.finditer(body, begin, stop):  # noqa: B007  the last one counts
        pass
    last = closing.start() if closing else stop
    firsts = _line_starts(body, start, end, PAIR_LINES)
    for first, second in product(firsts, _line_starts(body, begin, last, PAIR_LINES)):
        # As above, with and without the line break that belongs to the boundary.
        for cut in (first, first - 2) if body[first - 2 : first] == b"\r\n" else (first,):
            if budget.octets < len(body):
                return
            where = f"at the end of part {one.number} and in part {two.number}"
            octets = body[:cut] + body[end:second] + body[last:]
            yield octets, "footer", _added(body[first:end].strip(), where), first, end
