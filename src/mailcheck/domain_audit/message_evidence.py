"""What one message of a domain tells the audit: the selectors that sign it, and where its bounces go."""

from pathlib import Path

from mailcheck.dns.names import normal, valid
from mailcheck.domain_audit.declaration import Seen
from mailcheck.model.errors import InputError
from mailcheck.records.tags import parse_tags

MAX_HEADER = 256_000
"""Octets of the header block that are read."""
MAX_SIGNATURES = 10


def read_message(path: str | Path) -> Seen:
    """Read a saved message's DKIM-Signature and Return-Path fields. Raises InputError."""
    try:
        with Path(path).open("rb") as stream:
            raw = stream.read(MAX_HEADER)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    # Imported here: an audit without a message needs no mail parser.
    from mailcheck.mail.headers import scan_header

    header = scan_header(raw)
    signatures: list[tuple[str, str]] = []
    for field in header.all("DKIM-Signature")[:MAX_SIGNATURES]:
        tags = parse_tags(field.text)
        domain, selector = tags.value("d"), tags.value("s")
        if domain and selector:
            pair = normal("".join(domain.split())), normal("".join(selector.split()))
            if valid(f"{pair[1]}._domainkey.{pair[0]}") and pair not in signatures:
                signatures.append(pair)
    bounces = [normal(field.text.strip("<> ").rpartition("@")[2]) for field in header.all("Return-Path")]
    if not any(field.name for field in header.fields):
        raise InputError(f"{path}: no header fields there; give a message saved in its original form (.eml)")
    return Seen(str(path), tuple(signatures), tuple(name for name in bounces if name and valid(name)))
