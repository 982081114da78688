"""Rules about valid signatures that leave something open, or will not last (RFC 6376 8; RFC 8301; RFC 8058)."""

from mailcheck.auth.dkim.verify import DkimResult
from mailcheck.data.psl import is_public_suffix
from mailcheck.model.finding import Finding, Related
from mailcheck.model.fix import steps
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity
from mailcheck.verify_message.naming import consequence, field_name, key_place, signature_name, tag_place
from mailcheck.verify_message.view import VerifiedMessage

SHOULD_SIGN = (
    "subject", "date", "to", "cc", "reply-to", "mime-version", "content-type", "content-transfer-encoding",
    "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
"""Fields whose change would change what people see or do."""
OVERSIGN = ("from", "subject", "to", "date", "reply-to")
"""Fields of which a second one on top would be shown."""
SHORT_LIFE = 3 * 86_400
"""Seconds below which x= hits mail that waits in a queue (RFC 5321 4.5.4.1: four to five days)."""


def valid(view: VerifiedMessage) -> bool:
    """A signature is valid."""
    return any(result.result == "pass" for result in view.dkim)


def passes(view: VerifiedMessage) -> list[DkimResult]:
    """The valid signatures."""
    return [result for result in view.dkim if result.result == "pass"]


def list_of(view: VerifiedMessage, result: DkimResult) -> str:
    """h= as it should be: what is signed now, what is there, and From, Subject, To, Date once more."""
    there = {field.key for field in view.message.fields}
    names = list(dict.fromkeys([*result.signature.names, *(name for name in SHOULD_SIGN if name in there)]))
    every = [name for name in names if name] + [name for name in OVERSIGN if name in names]
    return ":".join(field_name(name) for name in every)


@rule("AUTH026", "dkim-not-aligned", Severity.INFO, since="0.1", needs=("message", "dkim", "dmarc"), applies=valid)
def dkim_not_aligned(view: VerifiedMessage) -> Result:
    """No valid signature is of the author's domain.

    Why: DMARC counts a signature only where d= belongs to the domain in From. One by the sending service's own domain proves nothing about the author.
    Bad:
    From: Alice <alice@example.org>
    dns _dmarc.example.org TXT "v=DMARC1; p=reject"
    Good:
    From: Alice <alice@example.com>
    Fix: Turn on signing with your own domain in the service, and publish the key it shows.
    References: RFC 9989 4.4.1
    """
    dmarc = view.dmarc
    if dmarc is None or dmarc.dkim_aligned or dmarc.policy_domain is None:
        return
    first = passes(view)[0]
    domains = ", ".join(dict.fromkeys(result.domain for result in passes(view)))
    yield Finding(
        f"the valid signatures are of {domains}, none of the author domain {view.author.domain}; {consequence(view)}",
        tag_place(view, first, "d"),
        severity=Severity.INFO if dmarc.result == "pass" else Severity.ERROR,
        fixes=(
            steps(
                f"Sign with d={view.author.domain}",
                "Set up your own domain for DKIM in the sending service (often called domain authentication).",
            ),
        ),
    )


@rule("AUTH027", "dkim-body-open", Severity.WARNING, since="0.1", needs=("message",), applies=valid)
def dkim_body_open(view: VerifiedMessage) -> Result:
    """The signature covers only a part of the body, so anyone may add to it.

    Why: With l= the rest of the body is free: a stranger can append text or a new part and the signature stays valid. Several receivers ignore such signatures.
    Bad:
    sign l=20
    Good:
    sign h=From:To:Subject:Date
    Fix: Sign without l=.
    References: RFC 6376 3.5, 8.2
    """
    for result in passes(view):
        if result.signature.length is None:
            continue
        open_now = result.unsigned_octets
        told = f"{open_now} octets of the body are not signed" if open_now else "the body is signed up to its end now"
        covers = "nothing of the body" if result.signature.length == 0 else f"{result.signature.length} octets"
        yield Finding(
            f"{signature_name(view, result)} has l={result.signature.length} and covers {covers}: {told}, and anyone may "
            "add more without breaking it",
            tag_place(view, result, "l"),
            severity=Severity.ERROR if open_now or result.signature.length == 0 else Severity.WARNING,
            fixes=(steps("Sign without l=", "Turn off the body length tag in the signing software."),),
        )


@rule("AUTH028", "dkim-field-unsigned", Severity.WARNING, since="0.1", needs=("message",), applies=valid)
def dkim_field_unsigned(view: VerifiedMessage) -> Result:
    """A field that people see, or that acts, is not covered by the signature.

    Why: Whoever gets hold of the message can change it and send it on with the signature still valid. One-click unsubscribing works only where List-Unsubscribe and List-Unsubscribe-Post are signed.
    Bad:
    sign h=From:To:Date
    Good:
    sign h=From:To:Subject:Date:MIME-Version:Content-Type
    Fix: Add the field to the signer's list (h=).
    References: RFC 6376 5.4.1; RFC 8058 4
    """
    for result in passes(view):
        unsigned = [
            name for name in SHOULD_SIGN if name not in result.signature.names and view.message.first(name) is not None
        ]
        if not unsigned:
            continue
        shown = ", ".join(field_name(name) for name in unsigned)
        first = view.message.first(unsigned[0])
        one_click = "list-unsubscribe-post" in unsigned or (
            "list-unsubscribe" in unsigned and view.message.first("List-Unsubscribe-Post") is not None
        )
        note = "; one-click unsubscribing (RFC 8058) is refused without it" if one_click else ""
        yield Finding(
            f"{signature_name(view, result)} does not cover {shown}: anyone may change {_them(unsigned)} without breaking "
            f"it{note}",
            tag_place(view, result, "h"),
            related=(Related("a field that is not signed", view.at(first)),) if first else (),
            fixes=(steps("Sign these fields", f"h={list_of(view, result)}"),),
            offending=" ".join(unsigned),
        )


def _them(names: list[str]) -> str:
    return "it" if len(names) == 1 else "them"


@rule("AUTH029", "dkim-field-addable", Severity.INFO, since="0.1", needs=("message",), applies=valid)
def dkim_field_addable(view: VerifiedMessage) -> Result:
    """A second From, Subject, To, Date or Reply-To can be put on top without breaking the signature.

    Why: A signature covers the lowest of several fields, and most programs show the topmost. A name that is listed once more in h= than it stands (over-signing) closes this.
    Bad:
    sign h=From:To:Subject:Date:MIME-Version:Content-Type
    Good:
    sign h=From:From:To:To:Subject:Subject:Date:Date:Reply-To:MIME-Version:Content-Type
    Fix: List From, Subject, To and Date twice in h=, and Reply-To once where there is none.
    References: RFC 6376 8.15, 5.4.2
    """
    for result in passes(view):
        addable = [name for name in OVERSIGN if name not in result.oversigned]
        if addable:
            shown = ", ".join(field_name(name) for name in addable)
            yield Finding(
                f"{signature_name(view, result)} stays valid when a stranger adds a second {shown} on top",
                tag_place(view, result, "h"),
                fixes=(steps("Over-sign them", f"h={list_of(view, result)}"),),
                offending=" ".join(addable),
            )


@rule("AUTH030", "dkim-key-short", Severity.WARNING, since="0.1", needs=("message",), applies=valid)
def dkim_key_short(view: VerifiedMessage) -> Result:
    """The signature was made with an RSA key of fewer than 2048 bits.

    Why: 1024 bits are the least that verifiers take; RFC 8301 asks signers for 2048. Such keys are within reach of well-equipped attackers.
    Bad:
    sign bits=1024
    Good:
    sign bits=2048
    Fix: Make a key of 2048 bits under a new selector and let the signer use it.
    References: RFC 8301 3.2
    """
    for result in passes(view):
        if result.key and result.key.key and result.key.key.algorithm == "rsa" and result.key.key.bits < 2048:
            yield Finding(
                f"{signature_name(view, result)} is made with a key of {result.key.key.bits} bits; 2048 are asked for",
                key_place(result),
                fixes=(steps("Use a longer key", "Make a 2048-bit key under a new selector."),),
            )


@rule("AUTH031", "dkim-key-testing", Severity.WARNING, since="0.1", needs=("message",), applies=valid)
def dkim_key_testing(view: VerifiedMessage) -> Result:
    """The key says that the domain is only testing DKIM.

    Why: With t=y verifiers may treat a signed message as an unsigned one. Some do.
    Bad:
    dns s1._domainkey.example.com TXT "v=DKIM1; k=rsa; t=y; p={key}"
    Good:
    dns s1._domainkey.example.com TXT "v=DKIM1; k=rsa; p={key}"
    Fix: Take t=y out of the key record.
    References: RFC 6376 3.6.1
    """
    for result in passes(view):
        if result.testing:
            yield Finding(
                f"the key of {signature_name(view, result)} says t=y (testing): receivers may ignore the signature",
                key_place(result),
                fixes=(steps("Take t=y out", f"Publish the record at {result.signature.owner} without it."),),
            )


@rule("AUTH032", "dkim-key-ambiguous", Severity.WARNING, since="0.1", needs=("message",))
def dkim_key_ambiguous(view: VerifiedMessage) -> Result:
    """There are several key records at the selector.

    Why: Verifiers take one of them, in whatever order the answer comes: the same signature is valid for one receiver and not for the next.
    Bad:
    dns s1._domainkey.example.com TXT "v=DKIM1; k=rsa; p={key}"
    dns s1._domainkey.example.com TXT "v=DKIM1; k=rsa; p={other}"
    Good:
    dns s1._domainkey.example.com TXT "v=DKIM1; k=rsa; p={key}"
    Fix: Keep the key that the signer uses; another one needs another selector.
    References: RFC 6376 3.6.2.2
    """
    for result in view.dkim:
        if result.rivals > 1:
            yield Finding(
                f"there are {result.rivals} keys at {result.signature.owner}: receivers take one of them by chance, so "
                "the signature passes at some and fails at others",
                key_place(result),
                evidence=(result.answer.fact.evidence,) if result.answer else (),
                fixes=(steps("Keep one key", "Remove the record that the signer does not use."),),
            )


@rule("AUTH033", "dkim-lifetime-short", Severity.INFO, since="0.1", needs=("message",), applies=valid)
def dkim_lifetime_short(view: VerifiedMessage) -> Result:
    """The signature is valid only for a short time.

    Why: Mail waits in queues for days when a receiver is down. A signature that has run out by then does not count.
    Bad:
    sign t=1795428000; x=1795514400
    Good:
    sign t=1795428000; x=1796032800
    Fix: Set the lifetime to a week or more.
    References: RFC 6376 3.5; RFC 5321 4.5.4.1
    """
    for result in passes(view):
        signature = result.signature
        if signature.expiry is None or signature.timestamp is None:
            continue
        life = signature.expiry - signature.timestamp
        if life < SHORT_LIFE:
            yield Finding(
                f"{signature_name(view, result)} is valid for {life / 3600:.0f} hours: mail that is held up longer fails",
                tag_place(view, result, "x"),
                fixes=(steps("Give it more time", "Set the lifetime to a week or more."),),
            )


@rule("AUTH034", "dkim-timestamp-future", Severity.WARNING, since="0.1", needs=("message",), applies=valid)
def dkim_timestamp_future(view: VerifiedMessage) -> Result:
    """The signature says that it was made later than the message arrived.

    Why: Verifiers may ignore a signature from the future: the clock of the signing server is wrong.
    Bad:
    sign t=1900000000
    Good:
    sign t=1795428000
    Fix: Set the clock of the signing server by NTP.
    References: RFC 6376 3.5
    """
    for result in passes(view):
        timestamp = result.signature.timestamp
        if timestamp is not None and timestamp > view.judged_at + 900:
            ahead = (timestamp - view.judged_at) // 60
            yield Finding(
                f"{signature_name(view, result)} was made {ahead:,} minutes in the future: verifiers may ignore it",
                tag_place(view, result, "t"),
                fixes=(steps("Set the clock", "Let the signing server keep its time by NTP."),),
            )


@rule("AUTH035", "dkim-domain-public-suffix", Severity.ERROR, since="0.1", needs=("message",), applies=valid)
def dkim_domain_public_suffix(view: VerifiedMessage) -> Result:
    """The signing domain is a public suffix, under which strangers register names.

    Why: A signature by com or co.uk proves nothing about anybody below it. It must never align.
    Bad:
    sign d=co.uk
    Good:
    sign d=example.com
    Fix: Sign with your own domain.
    References: RFC 6376 6.1.1; RFC 9989 4.10.2
    """
    for result in passes(view):
        if is_public_suffix(result.domain):
            yield Finding(
                f"{signature_name(view, result)} is by a public suffix: it says nothing about any domain below it",
                tag_place(view, result, "d"),
                fixes=(steps("Sign with your own domain", f"d={view.author.domain or 'your-domain.example'}"),),
            )
