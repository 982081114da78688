"""Rules about the whole: DMARC, ARC, what other implementations say, what the receiver said."""

from collections.abc import Iterator

from mailcheck.auth.dmarc.evaluate import DmarcResult
from mailcheck.model.finding import Finding, Undetermined
from mailcheck.model.fix import Fix, publish, steps
from mailcheck.model.location import DnsLocation
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity
from mailcheck.verify_message.naming import signature_name
from mailcheck.verify_message.view import ReceiverField, VerifiedMessage


def has_author(view: VerifiedMessage) -> bool:
    """DMARC was evaluated."""
    return view.dmarc is not None


def has_arc(view: VerifiedMessage) -> bool:
    """There is an ARC field."""
    return view.arc.result != "none"


def has_results(view: VerifiedMessage) -> bool:
    """The receiver, or somebody, wrote down results."""
    return bool(view.results)


@rule("AUTH036", "dmarc-fail", Severity.ERROR, since="0.1", needs=("message", "dmarc"), applies=has_author)
def dmarc_fail(view: VerifiedMessage) -> Result:
    """The message fails DMARC.

    Why: Neither SPF nor a signature passes for the author's domain, so nothing shows that the author sent it. The domain's policy says what receivers do then: refuse, junk, or nothing.
    Bad:
    sign none
    client 198.51.100.7
    Good:
    client 198.51.100.7
    Fix: Make one of both pass and align: a signature with d= the author domain survives forwarding, SPF does not.
    References: RFC 9989 4.4, 5.3
    """
    dmarc = view.dmarc
    if dmarc is None or dmarc.result != "fail":
        return
    lost = next((each for each in view.dkim if view.gone(each) and view.related(each.domain)), None)
    if lost is not None:
        yield Undetermined(
            f"DMARC of an old message: the key at {lost.signature.owner} is gone, so that {signature_name(view, lost)} "
            "cannot be verified again now",
            blocking=False,
        )
        return
    unasked = "" if view.spf is not None else ", unless SPF passes for an aligned domain (it was not asked)"
    unsure = view.spf is None and not view.dkim_passes
    policy = _policy(dmarc)
    yield Finding(
        f"DMARC fails for {view.author.domain}{unasked}: {dmarc.reason}; {policy}",
        _place(view, dmarc),
        severity=Severity.WARNING if dmarc.disposition == "none" or (unsure and not view.dkim) else Severity.ERROR,
        fixes=_fixes(view),
        offending=f"{view.author.domain} {dmarc.disposition}",
    )


def _policy(dmarc: DmarcResult) -> str:
    where = f"{dmarc.policy_tag}={dmarc.policy} at {dmarc.policy_domain}"
    lowered = " and t=y" if dmarc.testing else ""
    words = {
        "reject": "receivers will refuse the message",
        "quarantine": "receivers will put the message into the junk folder",
        "none": "the policy asks for no action, but large receivers hold it against bulk mail",
    }
    return f"with {where}{lowered} {words[dmarc.disposition]}"


def _fixes(view: VerifiedMessage) -> tuple[Fix, ...]:
    texts = [f"Sign the mail with d={view.author.domain} in the system that sends it last."]
    if view.spf is not None and view.spf.result == "pass":
        texts.append(f"Or let MAIL FROM be an address of {view.author.domain} (custom bounce domain).")
    return (steps("Make one identifier pass and align", *texts),)


def _place(view: VerifiedMessage, dmarc: DmarcResult) -> DnsLocation:
    step = next((each for each in dmarc.walk.steps if each.domain == dmarc.policy_domain and each.found), None)
    return DnsLocation(
        f"_dmarc.{dmarc.policy_domain or view.author.domain}", "TXT", None, step.found[0] if step else None
    )


@rule("AUTH037", "dmarc-policy-missing", Severity.WARNING, since="0.1", needs=("message", "dmarc"), applies=has_author)
def dmarc_policy_missing(view: VerifiedMessage) -> Result:
    """No DMARC policy applies to the author's domain.

    Why: Anyone can then send as this domain without any receiver being told to stop it, and Gmail, Yahoo and Microsoft refuse or junk bulk mail of such domains.
    Bad:
    dns _dmarc.example.com NXDOMAIN
    Good:
    dns _dmarc.example.com TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
    Fix: Publish a DMARC record, first with p=none and an address for reports.
    References: RFC 9989 4.7, 4.10
    """
    dmarc = view.dmarc
    if dmarc is None or dmarc.result != "none":
        return
    domain = dmarc.organizational_domain or view.author.domain or ""
    record = f"v=DMARC1; p=none; rua=mailto:dmarc-reports@{domain}"
    yield Finding(
        f"DMARC is none: {dmarc.reason}; bulk mail of {view.author.domain} will be refused or junked by Gmail, Yahoo and "
        "Microsoft",
        DnsLocation(f"_dmarc.{view.author.domain}", "TXT"),
        evidence=tuple(step.fact.evidence for step in dmarc.walk.steps),
        fixes=(publish("Publish a DMARC record", f"_dmarc.{domain}", record, safe=False),),
    )


@rule("AUTH038", "arc-fail", Severity.WARNING, since="0.1", needs=("message", "arc"), applies=has_arc)
def arc_fail(view: VerifiedMessage) -> Result:
    """The ARC chain does not verify.

    Why: ARC keeps what earlier servers found. A broken chain is worth nothing, and a receiver that would have believed a forwarder falls back to SPF and DKIM.
    Bad:
    later +ARC-Seal: i=1; a=rsa-sha256; cv=none; d=example.net; s=s1; b=AAAA
    Good:
    later +X-Seal: i=1
    Fix: Nothing for the author to do; the last server that sealed the chain, or one behind it, changed the message.
    References: RFC 8617 5.2
    """
    if view.arc.result == "fail":
        names = ("ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results")
        seal = next((field for name in names if (field := view.message.first(name))), None)
        yield Finding(
            f"the ARC chain fails: {view.arc.reason}; receivers will not rely on it",
            view.at(seal) if seal else view.top,
        )


@rule("AUTH039", "spf-second-opinion-differs", Severity.WARNING, since="0.1", needs=("message", "spf"))
def spf_second_opinion_differs(view: VerifiedMessage) -> Result:
    """Another SPF implementation comes to another result for this message.

    Why: pyspf judged the same sender on the same DNS answers. Where two careful implementations differ, receivers will differ, too: some will believe the message and some will not.
    Bad:
    dns example.com TXT "v=spf1 exists:%{d0}.example.com ip4:192.0.2.10 -all"
    Good:
    dns example.com TXT "v=spf1 ip4:192.0.2.10 -all"
    Fix: Make the record plain enough that there is one reading.
    References: RFC 7208 7.1
    """
    ours, theirs = view.spf, view.spf_second
    if ours is None or theirs is None or theirs.result is None or theirs.result == ours.result:
        return
    yield Finding(
        f"SPF has two readings: {ours.result} here ({ours.reason}), {theirs.result} by pyspf ({theirs.text!s:.200}); "
        "receivers will differ, too",
        DnsLocation(ours.domain, "TXT"),
        offending=f"{ours.result} {theirs.result}",
        fixes=(steps("Make the record plain", f"mailcheck {ours.domain} names what is unusual in it."),),
    )


@rule("AUTH040", "dkim-second-opinion-differs", Severity.WARNING, since="0.1", needs=("message",))
def dkim_second_opinion_differs(view: VerifiedMessage) -> Result:
    """Another DKIM implementation comes to another result for a signature.

    Why: dkimpy judged the same signature with the same key. Where it takes a signature that the standard forbids, or the other way round, receivers will differ, too.
    Bad:
    sign h=To:Subject:Date
    Good:
    sign h=From:To:Subject:Date
    Fix: Repair what makes the signature doubtful; the other findings name it.
    References: RFC 6376 6.1; RFC 8301 3
    """
    for number, opinion in view.dkim_second.items():
        result = view.dkim[number]
        if opinion.differs(result):
            theirs = "valid" if opinion.valid else f"not valid ({opinion.note})" if opinion.note else "not valid"
            yield Finding(
                f"{signature_name(view, result)} has two readings: {result.result} here ({result.detail}), {theirs} by "
                "dkimpy; receivers will differ, too",
                view.at(result.field),
                offending=f"{result.domain} {result.signature.selector} {result.result} {opinion.valid}",
                fixes=(steps("Leave one reading", "Repair what the other findings about this signature name."),),
            )


@rule("AUTH041", "receiver-result-differs", Severity.INFO, since="0.1", needs=("message",), applies=has_results)
def receiver_result_differs(view: VerifiedMessage) -> Result:
    """An Authentication-Results field in the message says something else than was found here.

    Why: Such a field is believed only from one's own server (--authserv-id); anybody can write one. Where it tells the truth, the difference shows what has changed since: a key, a record, or the message.
    Bad:
    later +Authentication-Results: mx.example.net; dkim=fail header.d=example.com
    Good:
    later +Authentication-Results: mx.example.net; dkim=pass header.d=example.com
    Fix: Compare the times: records may have changed, or the message was changed behind that server.
    References: RFC 8601 5, 7.1
    """
    for each in view.results:
        told = list(_differences(view, each))
        if told:
            trust = "trusted by --authserv-id" if each.trusted else "untrusted: anybody can write such a field"
            yield Finding(
                f"{each.results.authserv_id or 'a server without a name'} ({trust}) says {'; '.join(told)}",
                view.at(each.field),
                offending=f"{each.results.authserv_id} {'; '.join(told)}",
            )


def _differences(view: VerifiedMessage, each: ReceiverField) -> Iterator[str]:
    ours = {"spf": view.spf.result if view.spf else None, "dmarc": view.dmarc.result if view.dmarc else None}
    for method, found in ours.items():
        theirs = {result.result for result in each.results.of(method)}
        if found is not None and theirs and found not in theirs:
            yield f"{method}={'/'.join(sorted(theirs))}, here it is {found}"
    for result in each.results.of("dkim"):
        domain = (result.value("header", "d") or (result.value("header", "i") or "").rpartition("@")[2]).lower()
        same = {signature.result for signature in view.dkim if signature.domain == domain}
        if same and result.result not in same:
            yield f"dkim={result.result} for {domain}, here it is {'/'.join(sorted(same))}"


@rule("AUTH042", "receiver-result-unsound", Severity.WARNING, since="0.1", needs=("message",), applies=has_results)
def receiver_result_unsound(view: VerifiedMessage) -> Result:
    """An Authentication-Results field leaves the grammar, as a forged identity makes it do.

    Why: Senders put quotation marks, parentheses or semicolons into addresses so that a careless server writes them into this field and a reader sees a pass that nobody gave.
    Bad:
    later +Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=a"b(@example.com; dkim=pass header.d=bank.example
    Good:
    later +Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=example.com
    Fix: Believe nothing that stands in it; the server that wrote it must quote what it writes.
    References: RFC 8601 2.2, 7.1
    """
    for each in view.results:
        damaged = next((problem for problem in each.results.problems if problem.kind == "syntax"), None)
        if damaged is not None:
            yield Finding(
                f"Authentication-Results of {each.results.authserv_id or 'nobody'} cannot be believed: {damaged.message}",
                view.at(each.field),
                offending=damaged.message,
            )
