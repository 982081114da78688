"""The ARC sets of a message (RFC 8617 4.2): three fields an instance, read and counted before any is verified."""

import re

from mailcheck.mail.headers import Field
from mailcheck.mail.message import Message
from mailcheck.model.value import dataclass
from mailcheck.records.dkim_signature import host
from mailcheck.records.tags import TagList, parse_tags

MAX_SETS = 50
"""Sets of one chain (RFC 8617 5.1.1.1)."""
_KINDS = ("arc-authentication-results", "arc-message-signature", "arc-seal")
_INSTANCE = re.compile(r"[ \t\r\n]*i[ \t]*=[ \t]*(\d{1,3})[ \t]*(?:;|\Z)")


@dataclass(frozen=True, slots=True)
class ArcSet:
    """One instance: its number, its fields, and the tags of signature and seal."""

    number: int
    results: Field
    message_signature: Field
    seal: Field
    signature_tags: TagList
    seal_tags: TagList

    @property
    def domain(self) -> str:
        """The domain that sealed it."""
        return (self.seal_tags.value("d") or "").lower()

    @property
    def chain_status(self) -> str:
        """cv=: what the sealer found of the chain so far."""
        return (self.seal_tags.value("cv") or "").lower()

    @property
    def owners(self) -> tuple[str, ...]:
        """The names at which its two keys stand, those that are names."""
        found = []
        for tags in (self.signature_tags, self.seal_tags):
            selector, domain = host(tags.value("s") or ""), host(tags.value("d") or "")
            if selector and domain:
                found.append(f"{selector}._domainkey.{domain}")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class ArcChain:
    """All sets from the first on, or why they are no chain. Both are empty where there is no ARC field."""

    sets: tuple[ArcSet, ...]
    fault: str | None = None


def read_chain(message: Message) -> ArcChain:
    """Read the ARC fields (RFC 8617 5.2, steps 1 to 3). Never raises."""
    by_number: dict[int, dict[str, list[Field]]] = {}
    count = 0
    for field in message.fields:
        if field.key not in _KINDS:
            continue
        count += 1
        if count > MAX_SETS * len(_KINDS):
            return ArcChain((), f"more than {MAX_SETS} ARC sets")
        number = _number(field)
        if number is None:
            return ArcChain((), f"an {field.name} field has no instance number (i=)")
        by_number.setdefault(number, {}).setdefault(field.key, []).append(field)
    sets: list[ArcSet] = []
    for number in range(1, len(by_number) + 1):
        fields = by_number.get(number)
        if fields is None:
            return ArcChain((), f"the chain has a gap: there is no instance {number}")
        for kind in _KINDS:
            if len(fields.get(kind, ())) != 1:
                what = "stands twice" if fields.get(kind) else "is missing"
                return ArcChain((), f"{kind} of instance {number} {what}")
        results, signature, seal = (fields[kind][0] for kind in _KINDS)
        sets.append(ArcSet(number, results, signature, seal, parse_tags(signature.text), parse_tags(seal.text)))
    return ArcChain(tuple(sets))


def _number(field: Field) -> int | None:
    text = field.text
    match = _INSTANCE.match(text)
    if match is None and field.key != "arc-authentication-results":
        value = parse_tags(text).value("i") or ""
        return int(value) if value.isascii() and value.isdigit() and len(value) <= 3 else None
    return int(match[1]) if match else None
