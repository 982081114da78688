"""One address as text: taken apart, repairs offered where safe, judged by email-validator. Nothing is asked."""

import unicodedata

from mailcheck.data import recipients_facts as known
from mailcheck.model.pattern import regex
from mailcheck.model.value import dataclass
from mailcheck.recipients.domain_name import JOINERS, DomainName, read_domain
from mailcheck.recipients.reason import Reason

MAX_TEXT = 2_000
"""Characters of one text that are looked at; an address has at most 254."""
ADDRESS_OCTETS = 254
"""Octets of an address: the path of RFC 5321 4.5.3.1.3 has 256 with its angle brackets."""
_LOCAL = 64
"""RFC 5321 4.5.3.1.1."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
PLAIN = regex(rf"({_ATOM}(?:\.{_ATOM})*)@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.)+[A-Za-z]{{2,63}})")
"""What nearly every address is (RFC 5322 3.2.3 dot-atom at a name of letters, digits and hyphens): no other judge is
needed for it. A test holds it against email-validator, which accepts all that this and `read_domain` accept."""
_CONTROL = regex("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = regex(
    "[\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_QUOTED = regex(r'"(?:[^"\\]|\\.)*"')
_MAILTO = regex(r"mailto:", 2)
_ATEXT = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+/=?^_`{|}~-.")
_AT_SIGNS = "\uff20\ufe6b"
"""Full-width and small commercial at."""


@dataclass(frozen=True, slots=True)
class Address:
    """What was written and what it says.

    `normalized` is the address as it can be sent to: local part as written (NFC), domain in lower case as A-labels;
    None where it is no address. `repaired` is offered where the text is no address and a small change makes it one.
    """

    written: str
    local: str = ""
    domain: DomainName | None = None
    normalized: str | None = None
    repaired: str | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def host(self) -> str:
        """The domain as the DNS is asked for it; empty where there is none."""
        return self.domain.ascii if self.domain is not None and not self.domain.literal else ""

    @property
    def question(self) -> str:
        """The domain to ask the DNS for; empty where there is none, or it is none of the public DNS (RFC 7686 2)."""
        if self.normalized is None or any(each.name in _PRIVATE and each.severity is None for each in self.reasons):
            return ""
        return self.host


_PRIVATE = frozenset({"domain-reserved", "domain-no-dot"})


def read_address(written: str) -> Address:
    """The address of a text. Never raises: every fault is a reason, and nothing is corrected unasked."""
    plain = PLAIN.fullmatch(written) if len(written) <= ADDRESS_OCTETS else None
    if plain is not None and len(plain[1]) <= _LOCAL and "--" not in plain[2]:
        domain = read_domain(plain[2].lower())
        reasons = (*domain.reasons, *_placeholder(written))
        return Address(written, plain[1], domain, f"{plain[1]}@{domain.ascii}", None, reasons)
    return _read(written)


def _read(written: str) -> Address:
    if len(written) > MAX_TEXT:
        return Address(written[:MAX_TEXT], reasons=(Reason("addr-too-long", f"{len(written)} characters"),))
    text = written.strip(" \t")
    if not text:
        return Address(written, reasons=(Reason("addr-empty", "nothing stands here"),))
    if text.casefold() in known.placeholders()[0]:
        return Address(written, reasons=(Reason("addr-placeholder", text),))
    if "\r" in text or "\n" in text:
        return Address(written, reasons=(Reason("addr-newline", "a line break"),))
    control = _CONTROL.search(text)
    if control is not None:
        return Address(written, reasons=(Reason("addr-control-char", f"U+{ord(control[0]):04X}"),))
    if _INVISIBLE.search(text) and not _joined_domain(text):
        return _with_invisible(written, text)
    notes = [Reason("addr-trimmed", "blanks around it")] if text != written else []
    text = _unwrapped(text, notes)
    return _taken_apart(written, text, notes)


def _joined_domain(text: str) -> bool:
    """Whether all that is invisible are joiners in a domain that IDNA takes with them (RFC 5892 A.1, A.2)."""
    local, _, domain = text.rpartition("@")
    found = set(_INVISIBLE.findall(domain))
    return not _INVISIBLE.search(local) and found <= JOINERS and bool(read_domain(domain).ascii)


def _with_invisible(written: str, text: str) -> Address:
    found = _INVISIBLE.search(text)
    shown = f"U+{ord(found[0]):04X} {unicodedata.name(found[0], '').lower()}".rstrip() if found else ""
    clean = _INVISIBLE.sub("", text)
    offered = read_address(clean).normalized if clean and not _INVISIBLE.search(clean) else None
    return Address(written, repaired=offered, reasons=(Reason("addr-invisible-char", shown),))


def _unwrapped(text: str, notes: list[Reason]) -> str:
    """The address inside mailto:, angle brackets, a display name, closing punctuation; what is taken off is noted."""
    if _MAILTO.match(text):
        text = text[7:].partition("?")[0].strip()
        notes.append(Reason("addr-mailto", "mailto:"))
    text = _without_end(text, notes)
    if text.endswith(">") and "<" in text:
        before, _, inside = text[:-1].rpartition("<")
        name = "addr-display-name" if before.strip() else "addr-angle"
        notes.append(Reason(name, before.strip(' "')[:60] if before.strip() else "< >"))
        text = inside.strip()
    return _without_end(text, notes)


def _without_end(text: str, notes: list[Reason]) -> str:
    bare = text.rstrip(",;. \t")
    if bare == text or "@" not in bare:
        return text
    if not any(each.name == "addr-trimmed" for each in notes):
        notes.append(Reason("addr-trimmed", f"{text[len(bare) :]!r} behind it"))
    return bare


def _taken_apart(written: str, text: str, notes: list[Reason]) -> Address:
    quoted = _QUOTED.match(text)
    start = quoted.end() if quoted and text[quoted.end() : quoted.end() + 1] == "@" else 0
    ats = text.count("@", start)
    if ats == 0:
        return _without_at(written, text, notes)
    if ats > 1:
        return Address(written, reasons=(*notes, Reason("addr-multiple-at", f"{ats} @ signs")))
    at = text.index("@", start)
    local, domain = text[:at], read_domain(text[at + 1 :])
    reasons = [*notes, *_local(local, quoted=start > 0), *domain.reasons, *_placeholder(text)]
    octets = len(local.encode("utf-8", "replace")) + 1 + len(domain.ascii or domain.written)
    if octets > ADDRESS_OCTETS:
        reasons.append(Reason("addr-too-long", f"{octets} octets, {ADDRESS_OCTETS} fit"))
    local = unicodedata.normalize("NFC", local)
    if not domain.ascii or any(each.name in _FATAL for each in reasons):
        return Address(written, local, domain, None, _repaired(local, domain), tuple(reasons))
    refused = _second_judge(local, domain)
    if refused is not None:
        return Address(written, local, domain, None, None, (*reasons, refused))
    return Address(written, local, domain, f"{local}@{domain.ascii}", None, tuple(reasons))


_FATAL = frozenset(
    {"addr-empty", "addr-too-long", "local-dot-edge", "local-double-dot", "local-bad-char", "domain-bad-label"}
)
"""Faults after which there is no address."""


def _without_at(written: str, text: str, notes: list[Reason]) -> Address:
    for sign in _AT_SIGNS:
        if text.count(sign) == 1:
            offered = read_address(text.replace(sign, "@")).normalized
            return Address(written, repaired=offered, reasons=(*notes, Reason("addr-no-at", f"{sign} is no @")))
    return Address(written, reasons=(*notes, Reason("addr-no-at", "there is no @")))


def _local(local: str, *, quoted: bool) -> list[Reason]:
    """What is to be said of the local part (RFC 5321 4.1.2, RFC 6531 3.3)."""
    if not local:
        return [Reason("addr-empty", "nothing stands before the @")]
    found = []
    size = len(local.encode("utf-8", "replace"))
    if size > _LOCAL:
        found.append(Reason("local-too-long", f"{size} octets before the @, {_LOCAL} fit"))
    if quoted:
        found.append(Reason("local-quoted", "quoted"))
    elif local.startswith(".") or local.endswith("."):
        found.append(Reason("local-dot-edge", "begins" if local.startswith(".") else "ends"))
    elif ".." in local:
        found.append(Reason("local-double-dot", ".."))
    odd = None if quoted else next((c for c in local if c.isascii() and c not in _ATEXT), None)
    if odd is not None:
        found.append(Reason("local-bad-char", repr(odd)))
    if not local.isascii():
        found.append(Reason("local-utf8", next(c for c in local if not c.isascii())))
        if unicodedata.normalize("NFC", local) != local:
            found.append(Reason("local-not-nfc", "decomposed letters"))
    return found


def _placeholder(text: str) -> list[Reason]:
    return [Reason("addr-placeholder", text.lower())] if text.lower() in known.placeholders()[1] else []


def _repaired(local: str, domain: DomainName) -> str | None:
    """The one repair of a name that is no guess: a comma where a dot was meant."""
    if "," not in domain.written:
        return None
    return read_address(f"{local}@{domain.written.replace(',', '.')}").normalized


def _second_judge(local: str, domain: DomainName) -> Reason | None:
    """What email-validator refuses beyond the above. Its own checks of the name are ours to decide (decision 0008)."""
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(
            f"{local}@stand-in.com", check_deliverability=False, allow_quoted_local=True, allow_smtputf8=True
        )
    except EmailNotValidError as error:
        return Reason("local-bad-char", str(error)[:200])
    if domain.literal or any(each.name in {"domain-reserved", "domain-no-dot"} for each in domain.reasons):
        return None
    if JOINERS & set(domain.unicode):
        return None
    try:
        validate_email(f"x@{domain.ascii}", check_deliverability=False)
    except EmailNotValidError as error:
        return Reason("domain-bad-label", str(error)[:200])
    return None
