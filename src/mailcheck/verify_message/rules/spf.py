"""Rules about SPF for the server that sent this message (RFC 7208)."""

import re

from mailcheck.auth.spf.result import Step
from mailcheck.model.fact import Evidence
from mailcheck.model.finding import Finding
from mailcheck.model.fix import Fix, publish, steps
from mailcheck.model.location import DnsLocation, Location
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity
from mailcheck.verify_message.naming import consequence, graver
from mailcheck.verify_message.view import VerifiedMessage

_ALL = re.compile(r"\s([-~?+]?all)\b", re.IGNORECASE)


def asked(view: VerifiedMessage) -> bool:
    """SPF was evaluated."""
    return view.spf is not None


@rule("AUTH010", "spf-not-pass", Severity.ERROR, since="0.1", needs=("message", "spf", "dmarc"), applies=asked)
def spf_not_pass(view: VerifiedMessage) -> Result:
    """The sending server is not one that the sender's SPF record allows.

    Why: SPF fail and softfail tell receivers that the server must not, or should not, send for this domain; neutral says nothing. Unless an aligned DKIM signature passes, DMARC fails with it.
    Bad:
    client 198.51.100.7
    Good:
    client 192.0.2.10
    Fix: Add the server (or your provider's include) to the SPF record of the MAIL FROM domain, before its `all`.
    References: RFC 7208 8; RFC 9989 4.4
    """
    spf = view.spf
    if spf is None or spf.result not in {"fail", "softfail", "neutral"}:
        return
    assumed = " (assumed from a Received field)" if view.envelope.assumed else ""
    text = f"SPF is {spf.result} for {view.envelope.ip}{assumed} and {spf.domain}: {spf.reason}; {consequence(view)}"
    if spf.explanation:
        text += f"; the domain explains: {spf.explanation!r:.200}"
    yield Finding(
        text,
        place_of(view),
        severity=graver(view) if spf.result == "fail" else Severity.WARNING,
        evidence=evidence_of(view),
        fixes=_allow(view),
        offending=f"{spf.result} {view.envelope.ip} {spf.domain}",
    )


@rule("AUTH011", "spf-permerror", Severity.ERROR, since="0.1", needs=("message", "spf", "dmarc"), applies=asked)
def spf_permerror(view: VerifiedMessage) -> Result:
    """The sender's SPF record cannot be evaluated.

    Why: A syntax fault, an include that leads nowhere or an eleventh DNS look-up makes SPF a permerror for every message. Receivers treat that as no SPF or as a failure.
    Bad:
    dns example.com TXT "v=spf1 include:missing.example -all"
    Good:
    dns example.com TXT "v=spf1 ip4:192.0.2.0/28 -all"
    Fix: `mailcheck DOMAIN` shows the record, the place and what to publish.
    References: RFC 7208 2.6.7, 4.6.4
    """
    spf = view.spf
    if spf is not None and spf.result == "permerror":
        yield Finding(
            f"SPF of {spf.domain} is a permerror: {spf.reason}; {consequence(view)}",
            place_of(view),
            severity=graver(view),
            evidence=evidence_of(view),
            fixes=(steps("Repair the record", f"mailcheck {spf.domain} names the fault and the record to publish."),),
        )


@rule("AUTH012", "spf-none", Severity.WARNING, since="0.1", needs=("message", "spf", "dmarc"), applies=asked)
def spf_none(view: VerifiedMessage) -> Result:
    """The MAIL FROM domain publishes no SPF record.

    Why: Gmail, Yahoo and Microsoft ask every bulk sender for SPF; without it a message stands on DKIM alone.
    Bad:
    dns example.com TXT "something else"
    Good:
    dns example.com TXT "v=spf1 ip4:192.0.2.0/28 -all"
    Fix: Publish a record that names the servers sending for this domain.
    References: RFC 7208 2.6.1
    """
    spf = view.spf
    if spf is None or spf.result != "none":
        return
    fixes: tuple[Fix, ...] = ()
    if spf.domain and view.envelope.ip:
        record = f"v=spf1 {_mechanism(view.envelope.ip)} ~all"
        fixes = (publish("Publish an SPF record with this server", spf.domain, record, safe=False),)
    yield Finding(
        f"SPF is none: {spf.reason}; {consequence(view)}", place_of(view), evidence=evidence_of(view), fixes=fixes
    )


@rule("AUTH013", "spf-not-aligned", Severity.INFO, since="0.1", needs=("message", "spf", "dmarc"), applies=asked)
def spf_not_aligned(view: VerifiedMessage) -> Result:
    """SPF passes for a domain that is not the author's.

    Why: DMARC counts an SPF pass only where its domain (MAIL FROM) belongs to the domain in From. Senders through a service that uses its own bounce address stand on DKIM alone.
    Bad:
    mail-from bounce@mailer.example.net
    Good:
    mail-from bounce@example.com
    Fix: Set up a bounce domain of your own (often called custom return-path) with the service.
    References: RFC 9989 4.4.2
    """
    spf, dmarc = view.spf, view.dmarc
    if spf is None or dmarc is None or spf.result != "pass" or dmarc.spf_aligned or dmarc.policy_domain is None:
        return
    yield Finding(
        f"SPF passes for {spf.domain}, which is not aligned with the author domain {view.author.domain}; "
        f"{consequence(view)}",
        place_of(view),
        severity=Severity.INFO if dmarc.result == "pass" else Severity.WARNING,
        fixes=(
            steps(
                "Use a bounce domain of your own",
                f"Let MAIL FROM be an address below {view.author.domain}, and publish SPF there.",
            ),
        ),
    )


@rule("AUTH014", "spf-address-assumed", Severity.INFO, since="0.1", needs=("message",), applies=asked)
def spf_address_assumed(view: VerifiedMessage) -> Result:
    """The sending server's address was read from the message itself.

    Why: A Received field is text that anybody can write. It was taken from the topmost one of a receiver that is known, which is right for a message saved there, and proves nothing elsewhere.
    Bad:
    no client
    +Received: from mail.example.com (mail.example.com. [192.0.2.10]) by mx.google.com with ESMTPS; Mon, 23 Nov 2026 10:00:00 +0000
    Good:
    client 192.0.2.10
    Fix: Give the address with --ip, or --trust-received N where your own servers wrote the top N Received fields.
    References: RFC 7208 4.1; RFC 5321 4.4
    """
    if view.envelope.assumed and view.hops:
        hop = next((each for each in view.hops if each.ip == view.envelope.ip), view.hops[0])
        yield Finding(
            f"SPF was checked for {view.envelope.ip}, assumed from a Received field of {view.envelope.told_by}; "
            "whoever made the file may have written that field",
            view.at(hop.field),
            severity=Severity.WARNING if _decides(view) else Severity.INFO,
            fixes=(steps("Name the address", f"--ip {view.envelope.ip} says that you know it."),),
        )


@rule("AUTH015", "spf-not-asked", Severity.INFO, since="0.1", needs=("message",))
def spf_not_asked(view: VerifiedMessage) -> Result:
    """SPF was not checked, since nothing tells which server sent the message.

    Why: SPF is about an IP address, which is not part of a message. Receivers know it; a saved file tells it only in Received fields.
    Bad:
    no client
    Good:
    client 192.0.2.10
    Fix: Give --ip, --helo and --mail-from, or --trust-received N.
    References: RFC 7208 4.1
    """
    if view.spf is None and view.spf_open:
        yield Finding(
            view.spf_open,
            view.top,
            fixes=(steps("Tell what is known", "--ip ADDRESS --helo NAME --mail-from ADDRESS", "--trust-received N"),),
        )


def _decides(view: VerifiedMessage) -> bool:
    """Whether the message passes DMARC by SPF alone."""
    dmarc = view.dmarc
    return dmarc is not None and dmarc.result == "pass" and not dmarc.dkim_aligned


def place_of(view: VerifiedMessage) -> Location:
    """The record and the term in it that decided, or the name at which there is none."""
    spf = view.spf
    if spf is None:
        return view.top
    record = record_step(view)
    if record is None:
        return DnsLocation(spf.domain, "TXT")
    deciding = next(
        (step for step in reversed(spf.trace) if step.span is not None and step.outcome in {"match", "permerror"}), None
    )
    if deciding is not None:
        text = next((step.term for step in spf.trace if step.kind == "record" and step.domain == deciding.domain), None)
        return DnsLocation(deciding.domain, "TXT", deciding.span, text or None)
    return DnsLocation(record.domain, "TXT", None, record.term or None)


def record_step(view: VerifiedMessage) -> Step | None:
    """The step at which the sender's own record was found."""
    trace = view.spf.trace if view.spf else ()
    return next((step for step in trace if step.kind == "record" and step.outcome == "found"), None)


def evidence_of(view: VerifiedMessage) -> tuple[Evidence, ...]:
    """The questions that led to the result, at most ten."""
    trace = view.spf.trace if view.spf else ()
    found = [fact.evidence for step in trace for fact in step.facts]
    return tuple({each.question: each for each in found}.values())[:10]


def _mechanism(ip: str) -> str:
    return f"ip6:{ip}" if ":" in ip else f"ip4:{ip}"


def _allow(view: VerifiedMessage) -> tuple[Fix, ...]:
    """The record with this server in it: right only where the server is the sender's own, so never safe."""
    record, ip = record_step(view), view.envelope.ip
    if record is None or ip is None or not _ALL.search(record.term):
        return (steps("Allow the server", "Add it to the SPF record of the MAIL FROM domain."),)
    changed = _ALL.sub(rf" {_mechanism(ip)} \1", record.term, count=1)
    fix = publish("If this server is yours, allow it", record.domain, changed, old=(record.term,), safe=False)
    return (fix, steps("If the message was forwarded", "SPF cannot pass then: rely on an aligned DKIM signature."))
