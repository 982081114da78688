"""A header hash that does not fit: which change of a field, undone, restores it (RFC 6376 3.7)."""

import hashlib
import re
from collections.abc import Iterator
from itertools import combinations

from mailcheck.auth.diagnosis.cause import Budget, Cause
from mailcheck.auth.diagnosis.signed_digest import SignedDigest
from mailcheck.auth.dkim.canonical import relaxed_field
from mailcheck.auth.dkim.verify import DkimResult, Verifier, own_field
from mailcheck.mail.headers import Field
from mailcheck.mail.message import Message, crlf
from mailcheck.mail.words import decoded
from mailcheck.model.value import dataclass

PAIRS = 60
"""Single changes that are also tried two at a time."""
_ORIGINALS = {
    "from": ("X-Original-From", "X-Google-Original-From", "Old-From", "X-Mailman-Original-From", "Reply-To", "Sender"),
    "to": ("X-Original-To", "Old-To", "X-Mailman-Original-To", "Delivered-To", "Cc"),
    "subject": ("X-Original-Subject", "Old-Subject", "X-Mailman-Original-Subject"),
    "date": ("X-Original-Date", "Old-Date", "X-Mailman-Original-Date"),
    "message-id": (
        "X-Original-Message-ID", "X-Google-Original-Message-ID", "X-Microsoft-Original-Message-ID", "Old-Message-ID",
        "X-Mailman-Original-Message-ID", "Original-Message-ID",
    ),
    "reply-to": ("X-Original-Reply-To", "Old-Reply-To"),
}  # fmt: skip
"""Where rewriting programs keep what a field said before."""
OWN_FOLDS = 20
"""Folds of the signature's own field that are undone one by one."""
_FOLD = re.compile(rb"\r\n[ \t]+")
_ZONE = re.compile(rb"(?:[+-]0000|GMT|UTC?)(?:[ \t]*\([A-Za-z]{1,5}\))?\Z")
_VIA = re.compile(rb'(?i)"?([^"<]{1,100}?) via [^<"]{1,60}"?[ \t]*<')
_ADDRESS = re.compile(rb"[^\s<>(),;:\"@]{1,64}@[A-Za-z0-9.-]{1,253}")
_TAG = re.compile(rb"\[[^\]]{1,60}\][ \t]*")
_WARNING = re.compile(rb"^(?:\*{2,}[^*]{1,30}\*{2,}|(?:EXTERNAL|EXT|SPAM|CAUTION|WARNING):)[ \t]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Change:
    """The signed field at one place of h= replaced: None stands for a field that was not there."""

    at: int
    octets: bytes | None
    kind: str
    detail: str
    field: Field | None


def search_header(verifier: Verifier, result: DkimResult, digest: SignedDigest, budget: Budget) -> Cause | None:
    """The first change found that explains the signature; None where none does. Bounded by the budget."""
    signature = result.signature
    slots = _slots(verifier, signature.names, result.field)
    whole = [b"" if slot is None else verifier.canonical_field(signature.header_canon, slot) for slot in slots]
    own = own_field(result.field, signature)
    size = sum(map(len, whole)) + len(own)
    for pieces, last, kind, detail in _readings(verifier, result, slots, whole, own):
        if budget.take(size) and _fits(pieces, last, digest):
            return Cause(kind, detail)
    singles: list[_Change] = []
    for change in _changes(verifier, result, slots):
        if not budget.take(size):
            return None
        if _fits(_with(whole, change), own, digest):
            return _cause(change)
        if len(singles) < PAIRS:
            singles.append(change)
    for one, two in combinations(singles, 2):
        if one.at == two.at:
            continue
        if not budget.take(size):
            return None
        if _fits(_with(_with(whole, one), two), own, digest):
            first, second = _cause(one), _cause(two)
            return Cause(first.kind, f"{first.detail}; and {second.detail}", first.start, first.end)
    return None


def _fits(pieces: list[bytes], own: bytes, digest: SignedDigest) -> bool:
    return digest.is_of(hashlib.sha256(b"".join(pieces) + own).digest())


def _with(whole: list[bytes], change: _Change) -> list[bytes]:
    return [*whole[: change.at], change.octets or b"", *whole[change.at + 1 :]]


def _cause(change: _Change) -> Cause:
    field = change.field
    return Cause(change.kind, change.detail, field.start if field else None, field.end if field else None)


def _slots(verifier: Verifier, names: tuple[str, ...], own: Field) -> list[int | None]:
    """For each name of h= the field it stands for, from the bottom up; None where there is none (RFC 6376 5.4.2)."""
    places: dict[str, list[int]] = {}
    for number, field in enumerate(verifier.message.fields):
        if field is not own:
            places.setdefault(field.key, []).append(number)
    found: list[int | None] = []
    for name in names:
        left = places.get(name)
        found.append(left.pop() if left else None)
    return found


def _readings(
    verifier: Verifier, result: DkimResult, slots: list[int | None], whole: list[bytes], own: bytes
) -> Iterator[tuple[list[bytes], bytes, str, str]]:
    """The same fields, read as another signer may have read them."""
    signature, field = result.signature, result.field
    other = "simple" if signature.header_canon == "relaxed" else "relaxed"
    value = signature.unsigned_text.encode("latin-1")
    name = crlf(field.raw[: field.value_start - field.start])
    turned = relaxed_field(field.name, value).removesuffix(b"\r\n") if other == "relaxed" else name + value
    rest = [verifier.canonical_field(other, number) for number in slots if number is not None]
    yield rest, turned, "canonicalization", f"the fields were signed in {other} form, but c= says otherwise"
    yield rest, own, "canonicalization", f"the fields were signed in {other} form, but c= says otherwise"
    yield whole, own + b"\r\n", "signer", "the signer put a line end behind its own field"
    yield list(reversed(whole)), own, "order", "the fields were signed in the opposite order"
    if signature.header_canon == "simple":
        for folded in _unfoldings(own):
            yield whole, folded, "refolded", f"{field.name} itself was folded anew"
    fields = verifier.message.fields
    top: dict[str, int] = {}
    chosen = []
    places: dict[str, list[int]] = {}
    for number, each in enumerate(fields):
        places.setdefault(each.key, []).append(number)
    for each_name in signature.names:
        count = top[each_name] = top.get(each_name, 0) + 1
        if count <= len(places.get(each_name, ())):
            chosen.append(verifier.canonical_field(signature.header_canon, places[each_name][count - 1]))
    # One that differs is found as such, with its place.
    if sum(one != two for one, two in zip(chosen, filter(None, whole), strict=False)) > 1:
        yield chosen, own, "order", "of fields that stand several times another one was signed: they were reordered"


def _unfoldings(own: bytes) -> Iterator[bytes]:
    """The signature's own field with each of its folds, and with all of them, made a blank or nothing."""
    folds = [*_FOLD.finditer(own)][:OWN_FOLDS]
    if not folds:
        return
    for between in (b" ", b""):
        for match in folds if len(folds) > 1 else ():
            yield own[: match.start()] + between + own[match.end() :]
        yield _FOLD.sub(between, own)


def _changes(verifier: Verifier, result: DkimResult, slots: list[int | None]) -> Iterator[_Change]:
    message = verifier.message
    canon = result.signature.header_canon
    for at, number in enumerate(slots):
        if number is None:
            yield from _removed(verifier, at, result.signature.names[at], canon)
            continue
        field = message.fields[number]

        def changed(value: bytes, kind: str, detail: str, *, at: int = at, field: Field = field) -> _Change:
            made = relaxed_field(field.name, value) if canon == "relaxed" else _simple(field, value)
            return _Change(at, made, kind, detail, field)

        name = field.name
        yield _Change(at, None, "added", f"the field {name} was added after signing", field)
        for other in message.all(field.key):
            if other is not field:
                yield changed(crlf(other.body), "duplicated", f"another {name} than the lowest was signed")
        for source in _ORIGINALS.get(field.key, ()):
            for other in message.all(source):
                detail = f"{name} was rewritten; what it said stands in {source}"
                yield changed(crlf(other.body), "rewritten", detail)
        if field.key == "from":
            for value in _munged(message, field.unfolded):
                yield changed(value, "rewritten", f"{name} was rewritten: 'via …' and another address took its place")
        for value, kind, detail in _values(field):
            yield changed(value, kind, detail)


def _removed(verifier: Verifier, at: int, name: str, canon: str) -> Iterator[_Change]:
    """A field that h= names and that is gone, where its value can be guessed."""
    if at >= PAIRS:
        return
    shown = "-".join(part.capitalize() for part in name.split("-")).replace("Mime-", "MIME-").replace("-Id", "-ID")
    guesses = [(other.body, f"what it said stands in {source}") for source in _ORIGINALS.get(name, ())
               for other in verifier.message.all(source)]  # fmt: skip
    if name == "mime-version":
        guesses.append((b" 1.0", "it said 1.0"))
    for value, told in guesses:
        octets = relaxed_field(name, crlf(value)) if canon == "relaxed" else shown.encode() + b":" + value + b"\r\n"
        yield _Change(at, octets, "removed", f"the field {shown} was taken away; {told}", None)


def _simple(field: Field, value: bytes) -> bytes:
    name = field.raw[: field.value_start - field.start]
    return name + (value if value[:1] in b" \t" and value else b" " + value) + b"\r\n"


def _values(field: Field) -> Iterator[tuple[bytes, str, str]]:
    """Earlier values of a field, as far as they can be guessed from what it says now."""
    value = crlf(field.body)
    bare = field.unfolded
    name = field.name
    if b"\r\n" in value:
        yield b" " + bare, "refolded", f"{name} was folded anew"
        for between in (b" ", b""):
            made = between.join(line.strip(b" \t") for line in value.split(b"\r\n"))
            yield b" " + made, "refolded", f"{name} was folded anew"
    if field.key == "subject":
        yield from _subjects(bare)
    zone = _ZONE.search(bare) if field.key == "date" else None
    if zone:
        for other in (b"+0000", b"-0000", b"GMT", b"UT", b"+0000 (UTC)", b"+0000 (GMT)"):
            if other != zone[0]:
                yield b" " + bare[: zone.start()] + other, "rewritten", f"the time zone of {name} was written otherwise"
    if b"=?" in bare:
        text = decoded(bare)
        yield b" " + text.encode("utf-8", "replace"), "encoding", f"{name} was encoded (RFC 2047) after signing"
    if field.key == "content-transfer-encoding":
        for other in (b"7bit", b"8bit", b"quoted-printable", b"base64", b"binary"):
            if other != bare.lower():
                yield b" " + other, "encoding", f"Content-Transfer-Encoding was {other.decode()} when it was signed"
    if field.key in {"content-type", "content-disposition"}:
        yield from _parameters(name, bare)
    if field.key in {"from", "to", "cc", "reply-to", "sender"}:
        yield from _addresses(name, bare)


def _subjects(bare: bytes) -> Iterator[tuple[bytes, str, str]]:
    """The Subject before lists and gateways put their marks on it."""
    for match in [*_TAG.finditer(bare)][:4]:
        tag = match[0].strip().decode("latin-1")
        made = (bare[: match.start()] + bare[match.end() :]).strip()
        yield b" " + made, "subject-tag", f"{tag!r} was added to the Subject"
    warning = _WARNING.match(bare)
    if warning:
        tag = warning[0].strip().decode("latin-1")
        yield b" " + bare[warning.end() :], "subject-tag", f"{tag!r} was added to the Subject"
    if bare[:3].lower() == b"re:":
        yield b" " + bare[3:].strip(), "subject-tag", "'Re:' was added to the Subject"


def _parameters(name: str, bare: bytes) -> Iterator[tuple[bytes, str, str]]:
    """A structured field before a gateway wrote it anew."""
    unquoted = re.sub(rb'="([^";\s]+)"', rb"=\1", bare)
    quoted = re.sub(rb'=([^";\s]+)', rb'="\1"', bare)
    for other in (unquoted, quoted, bare.replace(b"; ", b";"), re.sub(rb";[ \t]*+", b"; ", bare)):
        if other != bare:
            yield b" " + other, "parameter", f"the quotes or blanks of {name} were changed"
    charset = re.search(rb'(?i)charset="?([^";\s]+)"?', bare)
    if charset is None:
        return
    for other in (b"utf-8", b"UTF-8", b"us-ascii", b"US-ASCII", b"iso-8859-1", b"ISO-8859-1", b"windows-1252"):
        if other != charset[1]:
            made = bare[: charset.start(1)] + other + bare[charset.end(1) :]
            yield b" " + made, "charset", f"the charset was {other.decode()} when it was signed"
    before = bare[: charset.start()].rstrip(b"; \t")
    yield b" " + before + bare[charset.end() :], "charset", f"the charset was added to {name}"


def _munged(message: Message, bare: bytes) -> Iterator[bytes]:
    """From before a list put its own address there ("Alice via List"), the author's kept in Reply-To or Cc."""
    via = _VIA.match(bare)
    if via is None:
        return
    shown = via[1].strip()
    for source in (*_ORIGINALS["from"], "Cc"):
        for other in message.all(source)[:2]:
            for address in dict.fromkeys(_ADDRESS.findall(other.unfolded)[:3]):
                yield b" " + shown + b" <" + address + b">"
                yield b' "' + shown + b'" <' + address + b">"
                yield b" " + address
                yield b" <" + address + b">"


def _addresses(name: str, bare: bytes) -> Iterator[tuple[bytes, str, str]]:
    """An address field before its name or its brackets were changed."""
    via = re.search(rb'(?i) via [^<"]{1,60}(?=["<])', bare)
    if via:
        between = b" " if bare[via.end() : via.end() + 1] == b"<" else b""
        yield b" " + bare[: via.start()] + between + bare[via.end() :], "rewritten", f"'via …' was added to {name}"
        if bare[:1] == b'"' and bare[via.end() : via.end() + 1] == b'"':
            made = b" " + bare[1 : via.start()] + bare[via.end() + 1 :]
            yield made, "rewritten", f"'via …' and quotes were added to {name}"
    quoted = re.match(rb'"([^"\\]{1,100})"[ \t]*<', bare)
    if quoted:
        yield b" " + quoted[1] + b" " + bare[quoted.end() - 1 :], "quotes", f"quotes were added to the name in {name}"
    plain = re.match(rb"([^\"<>@,]{1,100})<", bare)
    if plain:
        made = b'"' + plain[1].strip() + b'" ' + bare[plain.end() - 1 :]
        yield b" " + made, "quotes", f"quotes were taken from the name in {name}"
    lone = re.search(rb"<([^<>]{1,320})>\Z", bare)
    if lone:
        yield b" " + lone[1], "rewritten", f"a name was added to the address in {name}"
        yield b" <" + lone[1] + b">", "rewritten", f"a name was added to the address in {name}"
    elif b"@" in bare and b"," not in bare:
        yield b" <" + bare + b">", "rewritten", f"the angle brackets were taken from {name}"
    if bare.lower() != bare:
        yield b" " + bare.lower(), "case", f"{name} was in lower case when it was signed"
