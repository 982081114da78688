"""Rules about the terms of the domain's own SPF record: its ending, dead and needless terms, its length."""

from mailcheck.auth.spf.space import covers, split, term
from mailcheck.auth.spf.walker import spf_texts
from mailcheck.data.providers import recognise
from mailcheck.dns.rdata import Text
from mailcheck.domain_audit.facts import DomainFacts
from mailcheck.domain_audit.rules.spf import has_record
from mailcheck.domain_audit.spf_edit import edited, live_networks, order_matters, replace_record, without
from mailcheck.model.fact import Known, Unknown
from mailcheck.model.finding import Finding, Undetermined
from mailcheck.model.fix import publish, steps
from mailcheck.model.location import DnsLocation
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity
from mailcheck.records.spf import Mechanism, SpfRecord


@rule("SPF014", "spf-neutral-all", Severity.WARNING, since="0.1", needs=("txt",), applies=has_record, fix=Fixable.SAFE)
def spf_neutral_all(facts: DomainFacts) -> Result:
    """The record ends in ?all.

    Why: ?all says that you do not know whether other servers may send for you. Receivers treat their mail as if there were no SPF.
    Bad:
    @ TXT "v=spf1 mx ?all"
    Good:
    @ TXT "v=spf1 mx ~all"
    Fix: End in ~all, and in -all once DMARC reports show no sender of yours left out.
    References: RFC 7208 8.2, 10.1.2
    """
    record = facts.spf_record
    if record and record.all and record.all.qualifier == "?":
        yield Finding(
            "?all makes no statement about servers that are not listed: their mail gets neutral, not fail",
            facts.spf_place(record.all.span),
            evidence=(facts.txt.evidence,),
            fixes=(
                replace_record(
                    "softfail for the rest",
                    facts.domain,
                    record.text,
                    edited(record.text, {record.all.span: "~all"}),
                    safe=False,
                ),
            ),
        )


@rule("SPF015", "spf-no-all", Severity.WARNING, since="0.1", needs=("txt",), applies=has_record, fix=Fixable.SAFE)
def spf_no_all(facts: DomainFacts) -> Result:
    """The record has no `all` and no `redirect`.

    Why: A record that runs out gives neutral: servers that you did not list are treated as if there were no SPF.
    Bad:
    @ TXT "v=spf1 mx"
    Good:
    @ TXT "v=spf1 mx ~all"
    Fix: End in ~all, and in -all once DMARC reports show no sender of yours left out.
    References: RFC 7208 4.7
    """
    record = facts.spf_record
    if record and record.valid and record.all is None and record.redirect is None:
        end = len(record.text)
        yield Finding(
            "the record has no all at its end, so servers that are not listed get neutral, not fail",
            facts.spf_place((end, end)),
            evidence=(facts.txt.evidence,),
            fixes=(
                replace_record(
                    "softfail for the rest",
                    facts.domain,
                    record.text,
                    f"{record.text.rstrip()} ~all",
                    safe=record.valid,
                ),
            ),
        )


@rule("SPF016", "spf-softfail", Severity.INFO, since="0.1", needs=("txt", "policy"), applies=has_record)
def spf_softfail(facts: DomainFacts) -> Result:
    """The record ends in ~all.

    Why: Softfail alone refuses nothing: it leaves the decision to DMARC. With an enforcing DMARC policy that is good practice, since DKIM can still save forwarded mail. Without one, nothing stops forged mail.
    Bad:
    @ TXT "v=spf1 mx ~all"
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: With an enforcing DMARC policy nothing. Without one, work towards p=quarantine or p=reject.
    References: RFC 7208 8.5; RFC 9989 7.1
    """
    record = facts.spf_record
    if record and record.all and record.all.qualifier == "~":
        after = (
            "DMARC decides, and it enforces: good practice" if facts.enforcing else "and no DMARC policy acts on it yet"
        )
        yield Finding(
            f"~all marks other servers' mail as suspicious only; {after}",
            facts.spf_place(record.all.span),
            evidence=(facts.txt.evidence,),
        )


@rule("SPF017", "spf-dead-terms", Severity.WARNING, since="0.1", needs=("txt",), applies=has_record, fix=Fixable.SAFE)
def spf_dead_terms(facts: DomainFacts) -> Result:
    """Terms stand where they are never reached.

    Why: Evaluation ends at `all`; mechanisms after it, and a redirect beside it, do nothing. Senders listed there are refused although they look listed.
    Bad:
    @ TXT "v=spf1 mx -all ip4:192.0.2.7"
    Good:
    @ TXT "v=spf1 mx ip4:192.0.2.7 -all"
    Fix: Delete the dead terms, or, if those servers do send for you, move them in front of `all`.
    References: RFC 7208 5.1, 6.1
    """
    record = facts.spf_record
    if record is None or record.all is None:
        return
    dead = [each for each in record.mechanisms if each.span > record.all.span]
    dead_spans = [each.span for each in dead] + ([record.redirect.span] if record.redirect else [])
    if not dead_spans:
        return
    names = ", ".join(record.text[slice(*span)] for span in sorted(dead_spans))
    living = without(record.text, dead_spans)
    fixes = [replace_record("the record as receivers read it", facts.domain, record.text, living, safe=record.valid)]
    if dead:
        front = without(record.text, [*dead_spans, record.all.span])
        moved = " ".join([front, *(each.text for each in dead if each.name != "all"), record.all.text])
        fixes.append(replace_record("if these servers do send for you", facts.domain, record.text, moved, safe=False))
    yield Finding(
        f"never reached, because all ends the record: {names}",
        facts.spf_place(min(dead_spans)),
        evidence=(facts.txt.evidence,),
        fixes=tuple(fixes),
        offending=names,
    )


@rule("SPF018", "spf-ptr", Severity.WARNING, since="0.1", needs=("txt",), applies=has_record)
def spf_ptr(facts: DomainFacts) -> Result:
    """The record uses ptr.

    Why: ptr is slow, loads the arpa servers, and the standard says not to use it. Large receivers skip it, and then your mail does not match.
    Bad:
    @ TXT "v=spf1 ptr -all"
    Good:
    @ TXT "v=spf1 ip4:192.0.2.7 -all"
    Fix: Name the addresses with ip4 and ip6, or the provider's include.
    References: RFC 7208 5.5
    """
    record = facts.spf_record
    for mechanism in record.mechanisms if record else ():
        if mechanism.name == "ptr":
            yield Finding(
                "ptr must not be used any more; some receivers ignore it, so mail that it should cover fails",
                facts.spf_place(mechanism.span),
                evidence=(facts.txt.evidence,),
                fixes=(
                    steps(
                        "Name the senders plainly",
                        "Replace ptr by ip4: and ip6: terms for your servers, or by your provider's include.",
                    ),
                ),
                offending=mechanism.text,
            )


@rule("SPF019", "spf-macro-target", Severity.INFO, since="0.1", needs=("txt",), applies=has_record)
def spf_macro_target(facts: DomainFacts) -> Result:
    """A term asks about a name that depends on the message.

    Why: The name is made from the sender's address or IP, so an audit can count its look-up but not see what it answers.
    Bad:
    @ TXT "v=spf1 exists:%{i}._spf.example.com -all"
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: Nothing, if you mean it. Test it with a real message.
    References: RFC 7208 7
    """
    for visit in facts.spf.visits:
        if visit.reached and visit.lookups and visit.target is None:
            yield Finding(
                f"{visit.term.text} is answered anew for each message; its look-up is counted, its answer cannot be checked here",
                facts.spf_place(visit.term.span),
                evidence=(facts.txt.evidence,),
                offending=visit.term.text,
            )


@rule("SPF020", "spf-long", Severity.WARNING, since="0.1", needs=("txt",), applies=has_record, fix=Fixable.SAFE)
def spf_long(facts: DomainFacts) -> Result:
    """The record, or all the TXT records beside it, is long.

    Why: An answer that does not fit a UDP packet has to be asked again over TCP, which some receivers' networks block: SPF then fails now and then. The standard asks to stay below 512 octets for the whole answer.
    Bad:
    @ TXT "v=spf1 {long} -all"
    Good:
    @ TXT "v=spf1 ip4:192.0.2.0/24 -all"
    Fix: Collapse networks, drop what no longer sends, and delete verification records that are no longer needed.
    References: RFC 7208 3.4
    """
    record = facts.spf_record
    if record is None or not isinstance(facts.txt, Known):
        return
    length = len(record.text)
    texts = [each for each in facts.txt.value if isinstance(each, Text)]
    answer = 12 + len(facts.domain) + 6 + sum(12 + sum(len(part) + 1 for part in each.strings) for each in texts)
    # Up to 1232 octets fit the UDP packets that resolvers ask for today (EDNS); beyond, TCP is needed.
    severity = Severity.WARNING if answer > 1232 else Severity.INFO
    collapsed = _collapsed(record)
    fixes = (
        (replace_record("the same addresses in fewer words", facts.domain, record.text, collapsed, safe=record.valid),)
        if collapsed
        else ()
    )
    if length > 450:
        yield Finding(
            f"the record has {length} octets; the standard advises 450, so that the whole answer stays below 512",
            facts.spf_place(),
            severity=severity,
            evidence=(facts.txt.evidence,),
            fixes=fixes
            or (
                steps(
                    "Make it shorter",
                    "Delete senders you no longer use; move a group of senders to a subdomain of its own.",
                ),
            ),
        )
    elif answer > 512:
        yield Finding(
            f"the {len(texts)} TXT records at the domain make an answer of about {answer} octets; the standard advises 512",
            facts.spf_place(),
            severity=severity,
            evidence=(facts.txt.evidence,),
            fixes=(
                steps(
                    "Delete what is no longer needed",
                    "Verification records (…-verification=…) are mostly asked once only.",
                ),
            ),
        )


def _collapsed(record: SpfRecord) -> str | None:
    """The record with its ip4 and ip6 terms overlapped and joined; None where that saves nothing."""
    plain = live_networks(record)
    if order_matters(record):
        return None
    four, six = split(each.network for each in plain if each.network is not None)
    if len(four) + len(six) >= len(plain):
        return None
    words = [*map(term, four), *map(term, six)]
    spans = [each.span for each in plain]
    return edited(record.text, {span: " ".join(words) if span == spans[0] else "" for span in spans})


@rule("SPF022", "spf-redundant-ip", Severity.WARNING, since="0.1", needs=("txt",), applies=has_record, fix=Fixable.SAFE)
def spf_redundant_ip(facts: DomainFacts) -> Result:
    """An address is listed that another term covers.

    Why: It changes nothing for receivers, but makes the record longer, and whoever removes the wider term later will wonder which of the two was meant.
    Bad:
    @ TXT "v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.7 -all"
    Good:
    @ TXT "v=spf1 ip4:192.0.2.0/24 -all"
    Fix: Delete the narrower term.
    References: RFC 7208 5.6
    """
    record = facts.spf_record
    plain = live_networks(record) if record else []
    covered: list[tuple[Mechanism, Mechanism]] = []
    for at, inner in enumerate(plain[:500]):
        for other, outer in enumerate(plain[:500]):
            same = inner.network == outer.network
            if (
                at != other
                and outer.network
                and inner.network
                and covers(outer.network, inner.network)
                and (not same or other < at)
            ):
                covered.append((inner, outer))
                break
    if record is None or not covered:
        return
    better = without(record.text, [inner.span for inner, _ in covered])
    for inner, outer in covered:
        yield Finding(
            f"{inner.text} is covered by {outer.text}",
            facts.spf_place(inner.span),
            evidence=(facts.txt.evidence,),
            fixes=(
                replace_record(
                    "without it",
                    facts.domain,
                    record.text,
                    better,
                    safe=record.valid and not order_matters(record),
                ),
            ),
            offending=inner.text,
        )


@rule("SPF023", "spf-include-of-apex-not-aligned", Severity.INFO, since="0.1", needs=("txt",), applies=has_record)
def spf_include_of_apex_not_aligned(facts: DomainFacts) -> Result:
    """A service is included whose bounces go to a domain of its own.

    Why: SPF is checked against the bounce domain (MAIL FROM). Where that is the service's, the include in your record is never asked for, costs look-ups, and cannot make DMARC pass: DKIM has to.
    Bad:
    @ TXT "v=spf1 mx include:servers.mcsv.net -all"
    servers.mcsv.net. TXT "v=spf1 ip4:192.0.2.128/25 -all"
    Good:
    @ TXT "v=spf1 mx -all"
    Fix: Set up the service's custom return-path or bounce domain, with SPF there; or drop the include and sign with DKIM for your domain.
    References: RFC 7208 2.4; RFC 9989 4.4.2
    """
    for visit in facts.spf.visits:
        if not visit.reached or visit.name != "include" or not visit.target:
            continue
        for provider in recognise(spf=[visit.target]):
            if provider.bounce is None:
                continue
            cost = f"; it costs {visit.lookups} of 10 look-ups" if visit.lookups else ""
            how = (
                "unless you set up its custom return-path, and then SPF belongs there"
                if provider.bounce == "custom"
                else "whatever you publish here"
            )
            yield Finding(
                f"{provider.name} sends with a bounce domain of its own {how}: this include does not help DMARC{cost}",
                facts.spf_place(visit.term.span),
                evidence=(facts.txt.evidence,),
                fixes=(
                    steps(
                        "Let DKIM carry DMARC",
                        f"Check that {provider.name} signs with DKIM for {facts.domain}.",
                        "Then this include can go, or move to the bounce subdomain.",
                    ),
                ),
                offending=visit.term.text,
            )


@rule("SPF024", "spf-sub-missing", Severity.WARNING, since="0.1", applies=lambda facts: bool(facts.bounce))
def spf_sub_missing(facts: DomainFacts) -> Result:
    """A subdomain that is used in MAIL FROM has no SPF record.

    Why: SPF is asked at the very domain of MAIL FROM; a record at the parent does not count for it. Bounce domains without one give none, and SPF never helps DMARC.
    Bad:
    bounce TXT
    bounce MX 10 mx1.example.com.
    ; bounce-domains: bounce.example.com
    Good:
    bounce TXT "v=spf1 ip4:192.0.2.10 -all"
    bounce MX 10 mx1.example.com.
    ; bounce-domains: bounce.example.com
    Fix: Publish a record there that names what sends with this MAIL FROM.
    References: RFC 7208 2.3, 2.4
    """
    for name, fact in facts.bounce:
        if isinstance(fact, Unknown):
            yield Undetermined(fact.sentence)
        elif not spf_texts(fact):
            includes = [
                f"include:{each.include}" for each in facts.providers if each.include and each.bounce == "custom"
            ]
            yield Finding(
                f"{name} is used in MAIL FROM, but has no SPF record: SPF gives none for that mail",
                DnsLocation(name, "TXT"),
                evidence=(fact.evidence,),
                fixes=(
                    publish(
                        "name what sends with this MAIL FROM",
                        name,
                        f"v=spf1 {' '.join(includes or ['mx'])} ~all",
                        safe=False,
                    ),
                ),
                offending=name,
            )
