"""Rules about signatures that do not verify: which, why, and what to do (RFC 6376 6.1, RFC 8601 2.7.1)."""

from collections.abc import Iterator

from mailcheck.auth.diagnosis.cause import Cause
from mailcheck.auth.dkim.verify import MAX_SIGNATURES, DkimResult
from mailcheck.model.finding import Finding, Related, Undetermined
from mailcheck.model.fix import Fix, steps
from mailcheck.model.location import MessageLocation
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity
from mailcheck.verify_message.naming import consequence, graver, key_place, signature_name, tag_place
from mailcheck.verify_message.view import Diagnosis, VerifiedMessage

_KEY_REASONS = frozenset({"key", "key-type", "key-hash", "key-service", "key-strict", "key-short", "key-long"})
_NOT_TAGS = frozenset({"valid", "body-hash", "signature", "length", "no-key", "revoked", "expired", "key-unknown",
                       "too-many"}) | _KEY_REASONS  # fmt: skip

_SUSPECT = {"no-body": "body", "eight-bit-gone": "body", "unfolded": "header"}
"""Signs that do not prove a rewritten file, by what they could have broken."""


def signed(view: VerifiedMessage) -> bool:
    """There is a signature."""
    return bool(view.dkim)


@rule("AUTH016", "dkim-missing", Severity.WARNING, since="0.1", needs=("message", "dmarc"))
def dkim_missing(view: VerifiedMessage) -> Result:
    """The message is not signed.

    Why: Without a DKIM signature a message stands on SPF alone, which every forwarding breaks. Gmail, Yahoo and Microsoft ask bulk senders for an aligned signature.
    Bad:
    sign none
    Good:
    sign d=example.com
    Fix: Turn on DKIM signing where the mail is sent, with d= the domain of From, and publish the key it gives you.
    References: RFC 6376; RFC 9989 4.4.1
    """
    if not view.dkim:
        # Where SPF was not asked, it may be what the message passes by.
        unsure = view.spf is None and view.dmarc is not None
        yield Finding(
            f"the message has no DKIM signature; {consequence(view)}",
            view.top,
            severity=Severity.WARNING if unsure else graver(view),
            fixes=(
                steps(
                    "Sign the mail",
                    f"Turn on DKIM for {view.author.domain or 'the domain of From'} in the sending system.",
                    "Publish the key record it shows, and check it: mailcheck DOMAIN --selector NAME.",
                ),
            ),
        )


@rule("AUTH017", "dkim-malformed", Severity.ERROR, since="0.1", needs=("message", "dmarc"), applies=signed)
def dkim_malformed(view: VerifiedMessage) -> Result:
    """A signature field breaks the rules of RFC 6376, so that it cannot count.

    Why: A missing tag, a second one of a name, rsa-sha1, or an h= without From make a signature a permerror, whatever the key says.
    Bad:
    sign h=To:Subject:Date
    Good:
    sign h=From:To:Subject:Date
    Fix: Correct the signing software's settings; most of these come from software that is many years old.
    References: RFC 6376 3.5, 6.1.1; RFC 8301 3.1
    """
    for result in view.dkim:
        if result.result != "permerror" or result.reason in _NOT_TAGS:
            continue
        problem = result.signature.problems[0]
        yield Finding(
            f"{signature_name(view, result)} is not valid: {problem.message}; {consequence(view)}",
            view.at(result.field, problem.span if problem.kind != "missing" else None),
            severity=graver(view),
            fixes=(_repair(problem.suggestion, problem.clause),),
            offending=f"{result.domain} {result.signature.selector} {problem.kind}",
        )


def _repair(suggestion: str | None, clause: str | None) -> Fix:
    text = f"It must read {suggestion}." if suggestion else f"Follow {clause or 'RFC 6376 3.5'}."
    return steps("Correct what the signer writes", text)


@rule("AUTH018", "dkim-body-changed", Severity.ERROR, since="0.1", needs=("message", "dmarc"), applies=signed)
def dkim_body_changed(view: VerifiedMessage) -> Result:
    """The body is not the one that was signed.

    Why: The body hash (bh=) does not fit: somebody changed the body after signing, often by adding a footer or by encoding a part anew. The signature is worth nothing then.
    Bad:
    later body This mail was checked by ACME
    Good:
    body This mail was checked by ACME
    Fix: Sign behind the last system that changes the mail, or let that system stop changing it.
    References: RFC 6376 3.7, 6.1.3
    """
    for number, result in enumerate(view.dkim):
        if result.result != "fail" or result.body_matches is not False:
            continue
        diagnosis = view.diagnoses.get(number, Diagnosis())
        cause = diagnosis.body
        yield Finding(
            f"the body hash of {signature_name(view, result)} does not fit: {_cause(view, diagnosis, cause, result, 'body')}; "
            f"{consequence(view)}",
            _place(view, cause, result, "bh"),
            severity=graver(view),
            related=(Related("the hash that was signed", tag_place(view, result, "bh")),) if _has_place(cause) else (),
            fixes=(_body_fix(cause),),
            offending=f"{result.domain} {result.signature.selector} body",
        )


@rule("AUTH019", "dkim-header-changed", Severity.ERROR, since="0.1", needs=("message", "dmarc"), applies=signed)
def dkim_header_changed(view: VerifiedMessage) -> Result:
    """A signed header field is not what was signed.

    Why: The signature fits the key but not these fields: one of them was changed, added or taken away on the way, as mailing lists and gateways do.
    Bad:
    later Subject: [list] Hello
    Good:
    Subject: [list] Hello
    Fix: Sign behind the system that changes the field, or keep that field out of h= if it must change (never From).
    References: RFC 6376 3.7, 5.4
    """
    for number, result in enumerate(view.dkim):
        diagnosis = view.diagnoses.get(number, Diagnosis())
        if result.result != "fail" or result.header_matches is not False or diagnosis.key_fits is False:
            continue
        if diagnosis.key is not None:
            continue
        cause = diagnosis.header
        yield Finding(
            f"{signature_name(view, result)} does not fit the header fields: "
            f"{_cause(view, diagnosis, cause, result, 'header')}; {consequence(view)}",
            _place(view, cause, result, "h"),
            severity=graver(view),
            related=(Related("the signature", view.at(result.field)),) if _has_place(cause) else (),
            fixes=(
                steps(
                    "Sign last",
                    "Move signing behind the system that changes the field, or make that system sign the mail anew "
                    "with your domain.",
                ),
            ),
            offending=f"{result.domain} {result.signature.selector} header",
        )


@rule("AUTH020", "dkim-key-mismatch", Severity.ERROR, since="0.1", needs=("message", "dmarc"), applies=signed)
def dkim_key_mismatch(view: VerifiedMessage) -> Result:
    """The signature was made with another key than the one that is published.

    Why: The published key cannot open the signature at all: the signer holds another private key, or a key was changed at one end only.
    Bad:
    sign key=other
    Good:
    sign key=same
    Fix: Publish the public key that belongs to the signer's private key, at the selector that s= names.
    References: RFC 6376 3.6.1, 6.1.3
    """
    for number, result in enumerate(view.dkim):
        diagnosis = view.diagnoses.get(number, Diagnosis())
        if result.result != "fail" or not (diagnosis.key_fits is False or diagnosis.key):
            continue
        told = diagnosis.key.detail if diagnosis.key else "none of the other selectors that were tried fits either"
        yield Finding(
            f"{signature_name(view, result)} was not made with the key at {result.signature.owner}: {told}; "
            f"{consequence(view)}",
            tag_place(view, result, "s"),
            severity=graver(view),
            related=(Related("the key that is published", key_place(result)),),
            fixes=(
                steps(
                    "Make key and selector match",
                    f"Copy the public key from the signer to {result.signature.owner}, or let the signer write the "
                    "selector of its key into s=.",
                ),
            ),
            offending=f"{result.domain} {result.signature.selector} key",
        )


@rule("AUTH021", "dkim-body-cut", Severity.ERROR, since="0.1", needs=("message", "dmarc"), applies=signed)
def dkim_body_cut(view: VerifiedMessage) -> Result:
    """The signature covers more of the body than is there.

    Why: l= says how many octets of the body are signed. Fewer are there, so the end of the message is missing, or the tag is wrong.
    Bad:
    sign l=90000
    Good:
    sign h=From:To:Subject:Date
    Fix: Sign without l=.
    References: RFC 6376 3.5, 8.2
    """
    for result in view.dkim:
        if result.reason == "length":
            yield Finding(
                f"{signature_name(view, result)}: {result.detail}; {consequence(view)}",
                tag_place(view, result, "l"),
                severity=graver(view),
                fixes=(steps("Sign without l=", "Turn off the body length tag in the signing software."),),
            )


@rule("AUTH022", "dkim-key-missing", Severity.ERROR, since="0.1", needs=("message", "dmarc"), applies=signed)
def dkim_key_missing(view: VerifiedMessage) -> Result:
    """There is no key at the selector that the signature names, or it has been revoked.

    Why: Without the key nothing can be verified. On a new message the record was never published, or the selector is wrong; on an old one the key was taken away since.
    Bad:
    dns s1._domainkey.example.com NXDOMAIN
    Good:
    sign s=s1
    Fix: Publish the key that the sending system shows, at SELECTOR._domainkey.DOMAIN.
    References: RFC 6376 3.6.2, 6.1.2
    """
    for result in view.dkim:
        if result.reason not in {"no-key", "revoked"}:
            continue
        if view.gone(result):
            told = f"{result.signature.owner} has no key any more: it cannot be verified again now"
            yield Undetermined(f"{signature_name(view, result)} of an old message: {told}", blocking=False)
            continue
        fact = result.answer.fact if result.answer else None
        yield Finding(
            f"{signature_name(view, result)} cannot be verified: {result.detail}; {consequence(view)}",
            tag_place(view, result, "s"),
            severity=graver(view),
            related=(Related("the place of the key", key_place(result)),),
            evidence=(fact.evidence,) if fact is not None else (),
            fixes=(
                steps(
                    "Publish the key",
                    f"Copy the record that the sending system shows to {result.signature.owner} (TXT).",
                ),
            ),
            offending=f"{result.domain} {result.signature.selector}",
        )


@rule("AUTH023", "dkim-key-unusable", Severity.ERROR, since="0.1", needs=("message", "dmarc"), applies=signed)
def dkim_key_unusable(view: VerifiedMessage) -> Result:
    """The published key does not allow this signature, or cannot be used.

    Why: A key record that is cut off, has fewer than 1024 bits, is for another algorithm, or forbids the hash or the subdomain makes every signature of its selector invalid.
    Bad:
    dns s1._domainkey.example.com TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqh"
    Good:
    sign s=s1
    Fix: Publish the key anew, whole and with at least 2048 bits (RSA).
    References: RFC 6376 3.6.1, 6.1.2; RFC 8301 3.2; RFC 8463 4
    """
    for result in view.dkim:
        if result.reason in _KEY_REASONS:
            yield Finding(
                f"{signature_name(view, result)} does not count: {result.detail}; {consequence(view)}",
                key_place(result),
                severity=graver(view),
                related=(Related("the signature", view.at(result.field)),),
                fixes=(
                    steps(
                        "Publish a usable key",
                        f"mailcheck {result.domain} --selector {result.signature.selector} shows the record and the "
                        "fault.",
                    ),
                ),
                offending=f"{result.domain} {result.signature.selector} {result.reason}",
            )


@rule("AUTH024", "dkim-expired", Severity.ERROR, since="0.1", needs=("message", "dmarc"), applies=signed)
def dkim_expired(view: VerifiedMessage) -> Result:
    """The signature's time was over when the message arrived.

    Why: x= says until when a signature counts. Receivers may treat an expired one as none, which delayed mail then meets.
    Bad:
    sign x=1700000000
    Good:
    sign t=1795428000; x=1796032800
    Fix: Leave x= a week or more, or leave it out; check the clock of the signing server.
    References: RFC 6376 3.5
    """
    for result in view.dkim:
        if result.reason == "expired":
            yield Finding(
                f"{signature_name(view, result)} had expired (x={result.signature.expiry}); {consequence(view)}",
                tag_place(view, result, "x"),
                severity=graver(view),
                fixes=(steps("Give signatures more time", "Set the lifetime to a week or more."),),
                offending=f"{result.domain} {result.signature.selector}",
            )
    for result in view.dkim:
        expiry = result.signature.expiry
        if expiry is not None and view.judged_at <= expiry < view.now:
            yield Finding(
                f"{signature_name(view, result)} has expired since the message arrived (x={expiry}): it was judged as of "
                "then, and cannot be verified again now",
                tag_place(view, result, "x"),
                severity=Severity.INFO,
                fixes=(steps("Judge it as of another time", "--now TIME says when."),),
                offending=f"{result.domain} {result.signature.selector} since",
            )


@rule("AUTH025", "dkim-signatures-many", Severity.WARNING, since="0.1", needs=("message",), applies=signed)
def dkim_signatures_many(view: VerifiedMessage) -> Result:
    """There are more signatures than verifiers look at.

    Why: Verifiers stop after some signatures, so that a message cannot make them work without end. What stands below may not be seen.
    Bad:
    sign times=11
    Good:
    sign times=2
    Fix: Sign once or twice; the signature of the author domain belongs on top.
    References: RFC 6376 6.1
    """
    late = [result for result in view.dkim if result.reason == "too-many"]
    if late:
        yield Finding(
            f"{len(view.dkim)} signatures: {MAX_SIGNATURES} are verified here, and some receivers look at fewer",
            view.at(late[0].field),
            fixes=(steps("Sign less often", "Let only the first and the last system sign."),),
        )


def _has_place(cause: Cause | None) -> bool:
    return cause is not None and cause.start is not None


def _place(view: VerifiedMessage, cause: Cause | None, result: DkimResult, tag: str) -> MessageLocation:
    if cause is not None and cause.start is not None and cause.end is not None:
        return view.place(cause.start, cause.end)
    return tag_place(view, result, tag)


def _cause(view: VerifiedMessage, diagnosis: Diagnosis, cause: Cause | None, result: DkimResult, part: str) -> str:
    if cause is not None:
        return cause.detail
    hints = list(_hints(view, result, part))
    if not any(diagnosis is each for each in view.diagnoses.values()):
        return "; ".join(["its cause was not searched, as that of other signatures was", *hints])
    more = "; the search was cut short" if diagnosis.exhausted else ""
    if hints:
        return f"none of the usual edits explains it{more}; {'; '.join(hints)}"
    return f"none of the usual edits explains it{more}"


def _hints(view: VerifiedMessage, result: DkimResult, part: str) -> Iterator[str]:
    for sign in view.signs:
        if sign.spoils or _SUSPECT.get(sign.kind) == part:
            yield f"but {sign.message}"
    missing = [name for name in dict.fromkeys(result.signature.names) if not view.message.all(name)]
    if missing and part == "header":
        yield f"h= names fields that are not there ({', '.join(missing[:8])}): one of them may have been taken away"


def _body_fix(cause: Cause | None) -> Fix:
    if cause is not None and cause.kind in {"footer", "banner", "part", "wrapped"}:
        return steps(
            "Sign behind the system that adds the text",
            "Let the list or gateway sign the mail anew with its own domain, or add the text before signing.",
        )
    if cause is not None and cause.kind == "encoding":
        return steps(
            "Send what no system has to encode anew",
            "Encode the parts as quoted-printable or base64 with lines of at most 76 characters before signing.",
        )
    return steps("Find the system that changes the mail", "Compare the message as it left the signer with this one.")
