"""Messages (.eml): the decoded texts of their parts, every place of which is a place in the file."""

from bisect import bisect_right
from collections.abc import Sequence

from mailcheck.lint.mapped import MappedSource
from mailcheck.lint.source import Source
from mailcheck.mail.decoding import Body as Decoded
from mailcheck.mail.decoding import read_body
from mailcheck.mail.headers import Field
from mailcheck.mail.message import Message, read_message
from mailcheck.mail.parts import Part, Tree, read_parts
from mailcheck.mail.words import read_words
from mailcheck.model.location import FileLocation

MAX_TEXTS = 50
"""Text parts of one message that are judged."""
_PACE = 2_048
"""Octets or characters between two places that are counted; what lies between them is decoded when asked for."""


class OctetSource(Source):
    """A file of octets that is shown as text, with the way from an octet to its character."""

    __slots__ = ("_chars", "_octets", "raw")

    def __init__(self, path: str, raw: bytes) -> None:
        try:
            text, encoding = raw.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            text, encoding = raw.decode("latin-1"), "latin-1"
        super().__init__(path, text, encoding=encoding)
        self.raw = raw
        self.editable = False
        # Pairs of an octet and its character, where the two are not the same.
        self._octets: list[int] = []
        self._chars: list[int] = []
        if len(text) != len(raw):
            octet = char = 0
            while octet < len(raw):
                self._octets.append(octet)
                self._chars.append(char)
                after = min(octet + _PACE, len(raw))
                while after < len(raw) and raw[after] & 0xC0 == 0x80:
                    after += 1
                char += len(raw[octet:after].decode("utf-8", "replace"))
                octet = after

    def character(self, octet: int) -> int:
        """The offset in the text of an octet of the file."""
        octet = max(0, min(octet, len(self.raw)))
        if not self._octets:
            return octet
        number = max(0, bisect_right(self._octets, octet) - 1)
        return self._chars[number] + len(self.raw[self._octets[number] : octet].decode("utf-8", "ignore"))

    def octets(self, start: int, end: int) -> FileLocation:
        """The place of a range of octets."""
        return self.location(self.character(start), self.character(end))


class PartSource(MappedSource):
    """The decoded text of one part. In base64 a place is exact to three octets."""

    __slots__ = ("_codec", "_counts", "_decoded", "file")

    def __init__(self, file: OctetSource, decoded: Decoded) -> None:
        super().__init__(decoded.text, file, ((0,), (0,)))
        self.file = file
        self._decoded = decoded
        self._codec = _codec(decoded)
        self._counts = _counts(decoded.text, self._codec)

    def place(self, offset: int) -> int:
        """The character of the file from which a character was decoded."""
        return self.file.character(self._decoded.octet(min(self._octet(offset), len(self._decoded.octets))))

    def _octet(self, offset: int) -> int:
        if self._codec is None:
            return offset
        number = min(offset // _PACE, len(self._counts) - 1)
        rest = self.text[number * _PACE : offset]
        return self._counts[number] + len(rest.encode(self._codec, "replace"))


def _codec(decoded: Decoded) -> str | None:
    """The codec by which characters are counted; None where each is one octet."""
    from mailcheck.mail.charsets import decoder

    if len(decoded.text) == len(decoded.octets):
        return None
    name = decoder(decoded.charset)
    # Text that is declared as ASCII and is none has been read as UTF-8 (mail/charsets).
    return "utf-8" if name in (None, "ascii") else name


def _counts(text: str, codec: str | None) -> Sequence[int]:
    counts = [0]
    if codec is not None:
        for at in range(0, len(text), _PACE):
            counts.append(counts[-1] + len(text[at : at + _PACE].encode(codec, "replace")))
    return counts


class Mail:
    """A message file: the message, its parts, the texts to judge (media, source), the subject, and what was cut off."""

    __slots__ = ("file", "limits", "message", "subject", "texts", "tree")

    def __init__(self, file: OctetSource, message: Message, tree: Tree) -> None:
        self.file = file
        self.message = message
        self.tree = tree
        self.texts: list[tuple[str, Source]] = []
        self.subject: Source | None = None
        self.limits: list[str] = []


def read(path: str, raw: bytes) -> Mail:
    """Read a message. Never raises."""
    file = OctetSource(path, raw)
    message = read_message(raw)
    tree = read_parts(message)
    mail = Mail(file, message, tree)
    mail.limits += [why for why in (message.cut, tree.cut) if why]
    field = message.first("Subject")
    if field is not None:
        mail.subject = field_source(file, field)
    texts = [part for part in tree.parts if is_text(part)]
    if len(texts) > MAX_TEXTS:
        mail.limits.append(f"more than {MAX_TEXTS} text parts")
    for part in texts[:MAX_TEXTS]:
        media = "html" if part.content_type == "text/html" else "text"
        mail.texts.append((media, PartSource(file, read_body(message, part))))
    return mail


def display_name(mail: Mail) -> MappedSource | None:
    """The name that stands in From, decoded; of many authors, that of the first. None where there is none."""
    field = mail.message.first("From")
    if field is None:
        return None
    from mailcheck.mail.addresses import read_addresses
    from mailcheck.mail.words import decoded

    listed = read_addresses(field.unfolded).addresses
    name = decoded(listed[0].display.encode("utf-8", "surrogateescape")) if listed else ""
    if not name.strip():
        return None
    file = mail.file
    place = file.character(field.value_start + 1)
    return MappedSource(name, file, ((0, len(name)), (place, file.character(field.value_start + len(field.body)))))


def is_text(part: Part) -> bool:
    """Whether a part is text of the message itself: HTML or plain, and no attachment."""
    return part.content_type in {"text/html", "text/plain"} and not part.attachment and not part.filename


def field_source(file: OctetSource, field: Field) -> MappedSource:
    """The text of a header field as people read it, a step for each of its words."""
    value = field.unfolded
    # Where the field is on one line, a place in the value is a place in the file; a folded one is shown whole.
    inner = field.raw[field.value_start - field.start :]
    begin = field.value_start + len(inner) - len(inner.lstrip(b" \t\r\n"))
    folded = value not in inner
    offsets: list[int] = []
    places: list[int] = []
    size = 0
    for word in read_words(value):
        octets = 0 if folded else len(_encoded(value, word.start))
        offsets.append(size)
        places.append(file.character(begin + octets))
        size += len(word.text)
    offsets.append(size)
    places.append(file.character(begin + len(inner.strip(b" \t\r\n"))))
    return MappedSource("".join(word.text for word in read_words(value)), file, (offsets, places))


def _encoded(value: bytes, start: int) -> bytes:
    """The octets of a value before a character of it."""
    if value.isascii():
        return value[:start]
    return value.decode("utf-8", "surrogateescape")[:start].encode("utf-8", "surrogateescape")
