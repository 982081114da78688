"""Messages and keys for dkimpy, so that its known faults cannot be reached.

dkimpy takes seconds for long runs of blanks and for many folds, computes with keys of any size, and takes every failed
question for a missing key. It gets fields and bodies in canonical form already, where the form is relaxed (which
changes nothing, since that form is idempotent), and keys that were read here.
"""

import logging
from collections.abc import Callable, Mapping

from mailcheck.auth.dkim.canonical import relaxed_body, relaxed_field
from mailcheck.auth.dkim.crypto import MAX_EXPONENT, MAX_RSA
from mailcheck.auth.dkim.key_answer import KeyAnswer
from mailcheck.dns.names import normal
from mailcheck.mail.message import Message, crlf

MAX_WORK = 4_000_000
"""Octets of the message times its signatures up to which dkimpy is asked."""
LOGGER = logging.getLogger("mailcheck.dkimpy")
LOGGER.disabled = True


class NotFetchedError(Exception):
    """A key was asked for that has not been fetched, or could not be."""


def octets_for(message: Message, *, relaxed_fields: bool, relaxed_text: bool) -> bytes:
    """The message for dkimpy; lines among the fields that are none are left out, since they end its reading."""
    found = []
    for field in message.fields:
        if not field.name:
            continue
        if relaxed_fields:
            # dkimpy looks for ` i=` in an ARC field, so the blank behind the colon stays.
            name, _, value = relaxed_field(field.name, crlf(field.body)).partition(b":")
            found.append(name + b": " + value)
        else:
            raw = crlf(field.raw)
            found.append(raw if raw.endswith(b"\r\n") else raw + b"\r\n")
    body = crlf(message.body)
    return b"".join(found) + b"\r\n" + (relaxed_body(body) if relaxed_text else body)


def key_function(answers: Mapping[str, KeyAnswer]) -> Callable[..., bytes | None]:
    """A `dnsfunc` over what was fetched. Raises NotFetchedError for what was not."""

    def fetch(name: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001  dkimpy's form
        answer = answers.get(normal(name.decode("latin-1")))
        if answer is None or answer.unknown is not None:
            raise NotFetchedError(name.decode("latin-1", "replace"))
        if not answer.keys:
            return None
        key = answer.keys[0]
        if key.key and key.key.algorithm == "rsa" and _too_large(key.key.bits, key.key.exponent):
            return None
        return key.text.encode("latin-1")

    return fetch


def _too_large(bits: int, exponent: int | None) -> bool:
    return bits > MAX_RSA or (exponent or 0) > MAX_EXPONENT
