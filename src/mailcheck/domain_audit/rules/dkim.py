"""Rules about DKIM keys (RFC 6376, RFC 8301, RFC 8463)."""

from collections import defaultdict

from mailcheck.domain_audit.facts import DomainFacts, Selector
from mailcheck.domain_audit.unsettled import selectors, unsettled
from mailcheck.model.fact import Absent, Known, Unknown
from mailcheck.model.finding import Finding, Related
from mailcheck.model.fix import DnsChange, Fix, publish, steps
from mailcheck.model.location import DnsLocation
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity

MEANT = frozenset({"flag", "config", "message"})
"""Origins of selectors that somebody says are in use; all others are guesses."""


def _rotate(selector: Selector) -> Fix:
    return steps(
        "Make a new key",
        "Generate an RSA key of 2048 bits under a new selector (at a provider: its DKIM page).",
        f"Publish it, switch signing over, and empty the old one a week later ({selector.owner}: p=).",
    )


def _republish(selector: Selector) -> Fix:
    where = f"from {selector.provider}'s DKIM page" if selector.provider else "from where it was made"
    return steps(
        "Publish it anew", f"Copy the key once more {where}, without line breaks, quotation marks or PEM lines."
    )


def has_keys(facts: DomainFacts) -> bool:
    """A key was found, or could not be asked for: without any there is nothing that could pass."""
    return bool(facts.keys) or any(isinstance(selector.fact, Unknown) for selector in facts.selectors)


def has_selectors(facts: DomainFacts) -> bool:
    """A selector answered with anything, an alias to nothing included, or could not be asked for."""
    return has_keys(facts) or any(selector.fact.evidence.aliases for selector in facts.selectors)


@rule("DKIM001", "dkim-none-possible", Severity.WARNING, since="0.1", needs=("domainkey", "txt", "policy"))
def dkim_none_possible(facts: DomainFacts) -> Result:
    """No DKIM key can exist for the domain.

    Why: `_domainkey` does not exist, and so does nothing below it: no signature with this domain verifies. Forwarded mail then fails DMARC, and Google, Yahoo and Microsoft ask bulk senders for DKIM. A few name servers deny that name wrongly, so this is strong evidence, not proof.
    Bad:
    *._domainkey TXT
    s1._domainkey TXT
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Turn on DKIM where your mail is sent and publish the key it gives you. If you do sign, name the selector with --selector.
    References: RFC 8020 2; RFC 6376 3.6.2.1
    """
    if facts.silent or facts.parked:
        return
    if facts.dkim_absent:
        tips = [f"{each.name}: {each.find_selector}" for each in facts.providers if each.find_selector]
        yield Finding(
            f"there is nothing at or below _domainkey.{facts.domain}: no DKIM signature of this domain can verify",
            DnsLocation(f"_domainkey.{facts.domain}", "TXT"),
            severity=Severity.ERROR if facts.declared.sends else None,
            evidence=(facts.domainkey.evidence,),
            fixes=(
                steps(
                    "Turn on DKIM where the mail is sent",
                    *(tips or ["Turn on DKIM signing and publish the key that your mail system shows."]),
                ),
            ),
        )
    elif isinstance(facts.domainkey, Absent) and facts.domainkey.nxdomain:
        yield from selectors(facts)


@rule("DKIM002", "dkim-selector-unknown", Severity.INFO, since="0.1", needs=("domainkey", "txt"))
def dkim_selector_unknown(facts: DomainFacts) -> Result:
    """Which selectors the domain signs with cannot be seen from outside.

    Why: Keys stand at names that only a signed message tells. None of the usual names answered; that is no fault, and says nothing about whether you sign.
    Bad:
    *._domainkey TXT
    s1._domainkey TXT
    hidden._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Name the selector with --selector, or give a message of the domain with --from-eml: the selector is s= in its DKIM-Signature.
    References: RFC 6376 3.6.2.1
    """
    below = isinstance(facts.domainkey, Known) or (isinstance(facts.domainkey, Absent) and not facts.domainkey.nxdomain)
    if (
        facts.silent
        or facts.wildcard_keys
        or not below
        or any(isinstance(each.fact, Known) or each.fact.evidence.aliases for each in facts.selectors)
    ):
        return
    if any(isinstance(each.fact, Unknown) for each in facts.selectors):
        yield from selectors(facts)
        return
    tips = [f"{each.name}: {each.find_selector}" for each in facts.providers if each.find_selector]
    yield Finding(
        f"there are names below _domainkey.{facts.domain}, but none of the {len(facts.selectors)} selectors tried; not a fault",
        DnsLocation(f"_domainkey.{facts.domain}", "TXT"),
        evidence=(facts.domainkey.evidence,),
        fixes=(
            steps("Tell the selector", f"mailcheck {facts.domain} --selector NAME, or --from-eml MESSAGE.eml", *tips),
        ),
    )


@rule("DKIM003", "dkim-wildcard", Severity.INFO, since="0.1")
def dkim_wildcard(facts: DomainFacts) -> Result:
    """Any name below `_domainkey` answers.

    Why: A wildcard record answers for every selector, so a selector that answers proves nothing. Guessed selectors are left out.
    Bad:
    *._domainkey TXT "v=DKIM1; p="
    s1._domainkey TXT
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Nothing, if it is meant: `*._domainkey TXT "v=DKIM1; p="` rightly revokes all keys of a domain that does not send.
    References: RFC 4592 2; RFC 6376 3.6.1
    """
    yield from unsettled([facts.wildcard])
    if isinstance(facts.wildcard, Known) and not facts.parked:
        text = getattr(facts.wildcard.value[0], "joined", None)
        yield Finding(
            f"a random name below _domainkey.{facts.domain} answers: guessed selectors were ignored",
            DnsLocation(f"*._domainkey.{facts.domain}", "TXT", None, text),
            evidence=(facts.wildcard.evidence,),
        )


@rule("DKIM004", "dkim-key-weak", Severity.ERROR, since="0.1", applies=has_keys)
def dkim_key_weak(facts: DomainFacts) -> Result:
    """An RSA key has less than 1024 bits.

    Why: Verifiers must not accept it, so the signature counts as not there. Keys of 512 bits are broken in hours, and whoever does signs as you.
    Bad:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa768}"
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Make a key of 2048 bits under a new selector, and empty the old one (p=).
    References: RFC 8301 3.2
    """
    for selector in facts.live_keys:
        key = selector.key.key if selector.key else None
        if key and key.algorithm == "rsa" and key.bits < 1024:
            yield _size(
                selector, f"the key at {selector.owner} has {key.bits} bits: receivers refuse it, and it can be broken"
            )
    yield from selectors(facts)


def _size(selector: Selector, message: str) -> Finding:
    tag = selector.key.tags.first("p") if selector.key else None
    place = selector.at(tag.value_span) if tag else selector.place
    return Finding(
        message, place, evidence=(selector.fact.evidence,), fixes=(_rotate(selector),), offending=selector.owner
    )


@rule("DKIM005", "dkim-key-1024", Severity.WARNING, since="0.1", applies=has_keys)
def dkim_key_1024(facts: DomainFacts) -> Result:
    """An RSA key has less than 2048 bits.

    Why: 1024 bits still verify everywhere, but are within reach of well-funded attackers; signers should use 2048.
    Bad:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa1024}"
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Make a key of 2048 bits under a new selector, and empty the old one (p=).
    References: RFC 8301 3.2
    """
    for selector in facts.live_keys:
        key = selector.key.key if selector.key else None
        if key and key.algorithm == "rsa" and 1024 <= key.bits < 2048:
            yield _size(selector, f"the key at {selector.owner} has {key.bits} bits; 2048 are asked for today")
    yield from selectors(facts)


@rule("DKIM006", "dkim-key-revoked", Severity.INFO, since="0.1", applies=has_keys)
def dkim_key_revoked(facts: DomainFacts) -> Result:
    """A key is revoked: its p= is empty.

    Why: Signatures with this selector fail. That is how a key is retired; a selector still in use must not look like this.
    Bad:
    s1._domainkey TXT "v=DKIM1; p="
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Nothing, if the selector is out of use. If mail is still signed with it, publish the key.
    References: RFC 6376 3.6.1
    """
    for selector in facts.keys:
        if selector.key and selector.key.revoked and not facts.parked and not facts.wildcard_keys:
            used = selector.origin in MEANT
            yield Finding(
                f"the key at {selector.owner} is revoked"
                + (", though the selector is given as in use: its signatures fail" if used else ""),
                selector.place,
                severity=Severity.WARNING if used else None,
                evidence=(selector.fact.evidence,),
                fixes=(_republish(selector),) if used else (),
                offending=selector.owner,
            )
    yield from selectors(facts)


@rule("DKIM007", "dkim-key-undecodable", Severity.ERROR, since="0.1", applies=has_keys)
def dkim_key_undecodable(facts: DomainFacts) -> Result:
    """A key cannot be decoded.

    Why: The text was cut off or changed on its way into the DNS. Every signature with this selector is a permerror.
    Bad:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048_cut}"
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Copy the key again: base64 only, no PEM lines, no quotation marks, no line breaks.
    References: RFC 6376 3.6.1
    """
    for selector in facts.keys:
        key = selector.key
        for problem in (*key.of("key"), *key.of("tag-syntax")) if key and not key.revoked else ():
            if problem.kind == "tag-syntax" and key and key.key is not None:
                continue
            yield Finding(
                f"signatures with {selector.owner} cannot verify: {problem.message}",
                selector.at(problem.span),
                evidence=(selector.fact.evidence,),
                fixes=(_republish(selector),),
                offending=f"{selector.owner} {problem.kind}",
            )
    yield from selectors(facts)


@rule("DKIM008", "dkim-ed25519-form", Severity.ERROR, since="0.1", applies=has_keys)
def dkim_ed25519_form(facts: DomainFacts) -> Result:
    """An Ed25519 key is published in the wrong form.

    Why: With k=ed25519 the 32 octets of the key stand alone in p= (44 base64 characters), not in the wrapping that tools write, and k= must say ed25519. Otherwise no signature verifies.
    Bad:
    s1._domainkey TXT "v=DKIM1; k=ed25519; p={ed25519_spki}"
    Good:
    s1._domainkey TXT "v=DKIM1; k=ed25519; p={ed25519}"
    s2._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Publish the last 32 octets of the wrapped key as base64, with k=ed25519.
    References: RFC 8463 4
    """
    for selector in facts.keys:
        for problem in selector.key.of("form") if selector.key else ():
            yield Finding(
                f"signatures with {selector.owner} cannot verify: {problem.message}",
                selector.at(problem.span),
                evidence=(selector.fact.evidence,),
                fixes=(_unwrapped(selector) or _republish(selector),),
                offending=selector.owner,
            )
    yield from selectors(facts)


def _unwrapped(selector: Selector) -> Fix | None:
    """The record with the bare key, where the wrapped one can be read."""
    import base64

    key = selector.key
    tag = key.tags.first("p") if key else None
    if key is None or tag is None or key.key is None or not key.key.wrapped:
        return None
    raw = base64.b64decode("".join(tag.value.split()))[-32:]
    text = key.text[: tag.value_span[0]] + base64.b64encode(raw).decode() + key.text[tag.value_span[1] :]
    return publish("the same key in the form of RFC 8463", selector.owner, text, old=(key.text,))


@rule("DKIM009", "dkim-ed25519-only", Severity.WARNING, since="0.1", applies=has_keys)
def dkim_ed25519_only(facts: DomainFacts) -> Result:
    """All keys that were found are Ed25519.

    Why: Many receivers, large ones among them, do not verify Ed25519 yet. Mail signed so alone counts as unsigned there.
    Bad:
    s1._domainkey TXT "v=DKIM1; k=ed25519; p={ed25519}"
    Good:
    s1._domainkey TXT "v=DKIM1; k=ed25519; p={ed25519}"
    s2._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Sign each message twice, with an RSA key of 2048 bits as well.
    References: RFC 8463 5
    """
    kinds = {each.key.key.algorithm for each in facts.live_keys if each.key and each.key.key}
    if kinds == {"ed25519"}:
        selector = facts.live_keys[0]
        yield Finding(
            "only Ed25519 keys were found; receivers that do not know them see unsigned mail",
            selector.place,
            evidence=(selector.fact.evidence,),
            fixes=(steps("Sign twice", "Publish an RSA key of 2048 bits at a second selector and sign with both."),),
            offending=selector.owner,
        )
    yield from selectors(facts)


@rule("DKIM010", "dkim-testing", Severity.WARNING, since="0.1", applies=has_keys, fix=Fixable.SAFE)
def dkim_testing(facts: DomainFacts) -> Result:
    """A key says that DKIM is being tested (t=y).

    Why: Receivers may treat mail signed with it as unsigned, and some do.
    Bad:
    s1._domainkey TXT "v=DKIM1; k=rsa; t=y; p={rsa2048}"
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Take t=y out once signing works.
    References: RFC 6376 3.6.1
    """
    for selector in facts.live_keys:
        key = selector.key
        tag = key.tags.first("t") if key else None
        if key and tag and "y" in key.flags:
            flags = ":".join(flag for flag in key.flags if flag != "y")
            yield Finding(
                f"the key at {selector.owner} is in test mode: receivers may count its signatures as none",
                selector.at(tag.span),
                evidence=(selector.fact.evidence,),
                fixes=(
                    publish(
                        "without test mode",
                        selector.owner,
                        _with_tag(key.text, tag.span, f"t={flags}" if flags else ""),
                        old=(key.text,),
                    ),
                ),
                offending=selector.owner,
            )
    yield from selectors(facts)


def _with_tag(text: str, span: tuple[int, int], new: str) -> str:
    """The tag list with one tag replaced, or taken out with its semicolon."""
    if new:
        return text[: span[0]] + new + text[span[1] :]
    before, after = text[: span[0]].rstrip(), text[span[1] :].lstrip()
    after = after.removeprefix(";").lstrip()
    if not after:
        return before.removesuffix(";")
    return f"{before} {after}".strip()


@rule("DKIM011", "dkim-hash", Severity.ERROR, since="0.1", applies=has_keys, fix=Fixable.SAFE)
def dkim_hash(facts: DomainFacts) -> Result:
    """A key allows SHA-1.

    Why: SHA-1 signatures must not verify any more. A key that allows nothing else (h=sha1) makes every signature fail; one that allows it beside sha256 invites software to use it.
    Bad:
    s1._domainkey TXT "v=DKIM1; h=sha1; k=rsa; p={rsa2048}"
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Take h= out.
    References: RFC 8301 3.1
    """
    for selector in facts.live_keys:
        key = selector.key
        tag = key.tags.first("h") if key else None
        if key is None or tag is None or key.hashes is None or "sha1" not in key.hashes:
            continue
        only = "sha256" not in key.hashes
        yield Finding(
            f"the key at {selector.owner} allows "
            + ("nothing but SHA-1: no signature verifies" if only else "SHA-1 beside SHA-256"),
            selector.at(tag.span),
            severity=None if only else Severity.WARNING,
            evidence=(selector.fact.evidence,),
            fixes=(publish("without h=", selector.owner, _with_tag(key.text, tag.span, ""), old=(key.text,)),),
            offending=selector.owner,
        )
    yield from selectors(facts)


@rule("DKIM012", "dkim-service", Severity.ERROR, since="0.1", applies=has_keys, fix=Fixable.SAFE)
def dkim_service(facts: DomainFacts) -> Result:
    """A key is not for e-mail.

    Why: s= names services for which the key holds. Without `email` or `*` in it, verifiers of mail must ignore the key.
    Bad:
    s1._domainkey TXT "v=DKIM1; s=tlsrpt; k=rsa; p={rsa2048}"
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Take s= out, or write s=email.
    References: RFC 6376 3.6.1
    """
    for selector in facts.live_keys:
        key = selector.key
        tag = key.tags.first("s") if key else None
        if key is None or tag is None or {"*", "email"} & set(key.services):
            continue
        # A key for TLS reports alone is legal (RFC 8460 3): only a selector known to sign mail is at fault.
        alone = key.services == ("tlsrpt",) and selector.origin == "config"
        yield Finding(
            f"the key at {selector.owner} is for {', '.join(key.services)} only: mail signed with it does not verify",
            selector.at(tag.span),
            severity=Severity.INFO if alone else None,
            evidence=(selector.fact.evidence,),
            fixes=(publish("for all services", selector.owner, _with_tag(key.text, tag.span, ""), old=(key.text,)),),
            offending=selector.owner,
        )
    yield from selectors(facts)


@rule("DKIM013", "dkim-version", Severity.ERROR, since="0.1", applies=has_keys)
def dkim_version(facts: DomainFacts) -> Result:
    """The version tag of a key is wrong.

    Why: v= may be left out; where it stands it must be the first tag and say DKIM1, in capitals. Otherwise verifiers drop the record.
    Bad:
    s1._domainkey TXT "k=rsa; p={rsa2048}; v=DKIM1"
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Begin the record with v=DKIM1;
    References: RFC 6376 3.6.1
    """
    for selector in facts.keys:
        key = selector.key
        for problem in key.of("version") if key else ():
            tag = key.tags.first("v") if key else None
            fixes: tuple[Fix, ...] = (_republish(selector),)
            if key and tag:
                rest = _with_tag(key.text, tag.span, "")
                fixes = (publish("with the version in front", selector.owner, f"v=DKIM1; {rest}", old=(key.text,)),)
            yield Finding(
                f"verifiers drop the key at {selector.owner}: {problem.message}",
                selector.at(problem.span),
                evidence=(selector.fact.evidence,),
                fixes=fixes,
                offending=selector.owner,
            )
    yield from selectors(facts)


@rule("DKIM014", "dkim-duplicate", Severity.ERROR, since="0.1", applies=has_keys)
def dkim_duplicate(facts: DomainFacts) -> Result:
    """Several key records stand at one selector.

    Why: What verifiers do then is undefined: they take one of them, and it may be the wrong one, so signatures fail now and then.
    Bad:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa1024}"
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Keep the record of the key that signs; a second key gets a selector of its own.
    References: RFC 6376 3.6.2.2
    """
    for selector in facts.keys:
        if len(selector.texts) > 1:
            yield Finding(
                f"{len(selector.texts)} key records stand at {selector.owner}; verifiers take any of them",
                DnsLocation(selector.owner, "TXT", None, selector.texts[0]),
                evidence=(selector.fact.evidence,),
                fixes=(
                    steps(
                        "Keep one",
                        "Find out which key signs (its public half is in your mail system), and delete the other records.",
                    ),
                ),
                offending=selector.owner,
            )
    yield from selectors(facts)


@rule("DKIM015", "dkim-cname-broken", Severity.ERROR, since="0.1", applies=has_selectors)
def dkim_cname_broken(facts: DomainFacts) -> Result:
    """A selector is an alias that leads to no key.

    Why: The provider's end of the alias is gone or not set up yet: no signature with this selector verifies.
    Bad:
    s1._domainkey CNAME s1.gone.example.com.
    Good:
    s1._domainkey CNAME s1.keys.example.com.
    s1.keys TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Finish the setup at the provider (its verify page), or delete the alias if the provider is gone.
    References: RFC 6376 3.6.2.2; RFC 1034 3.6.2
    """
    for selector in facts.selectors:
        fact = selector.fact
        if isinstance(fact, Absent) and fact.evidence.aliases and not facts.wildcard_keys:
            target = fact.evidence.aliases[-1]
            gone = "does not exist" if fact.nxdomain else "holds no TXT record"
            change = DnsChange("delete", selector.owner, "CNAME", (), (f"{fact.evidence.aliases[0]}.",))
            yield Finding(
                f"{selector.owner} is an alias of {target}, which {gone}: signatures with this selector fail",
                DnsLocation(selector.owner, "CNAME", None, f"{fact.evidence.aliases[0]}."),
                evidence=(fact.evidence,),
                fixes=(
                    steps(
                        "Bring the key back", f"Press “verify” on {selector.provider or 'the provider'}'s domain page."
                    ),
                    Fix("or, if nothing signs with it any more, delete the alias", (change,)),
                ),
                offending=selector.owner,
            )
    yield from selectors(facts)


@rule("DKIM016", "dkim-key-shared", Severity.INFO, since="0.1", applies=has_keys)
def dkim_key_shared(facts: DomainFacts) -> Result:
    """The same key stands at several selectors.

    Why: Changing to the second selector changes nothing: if the key leaks, both are lost. A rotation needs two different keys.
    Bad:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    s2._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    s2._domainkey TXT "v=DKIM1; p="
    Fix: Make a new key for one of them.
    References: RFC 6376 3.1; M3AAWG DKIM key rotation
    """
    by_digest: dict[str, list[Selector]] = defaultdict(list)
    for selector in facts.live_keys:
        key = selector.key.key if selector.key else None
        # Two aliases of one name are one key by design.
        ends = {other.fact.evidence.aliases[-1:] for other in by_digest[key.digest]} if key else set()
        if key and (not selector.fact.evidence.aliases or selector.fact.evidence.aliases[-1:] not in ends):
            by_digest[key.digest].append(selector)
    for group in by_digest.values():
        if len(group) > 1:
            names = " and ".join(selector.name for selector in group)
            related = tuple(Related("the same key", selector.place) for selector in group[1:])
            yield Finding(
                f"the selectors {names} hold the same key",
                group[0].place,
                related=related,
                evidence=tuple(selector.fact.evidence for selector in group),
                fixes=(steps("Use a key of its own", f"Make a new key for the selector {group[1].name}."),),
                offending=names,
            )
    yield from selectors(facts)


@rule("DKIM017", "dkim-legacy-tags", Severity.INFO, since="0.1", applies=has_keys)
def dkim_legacy_tags(facts: DomainFacts) -> Result:
    """A key holds tags that mean nothing any more, or more than expected.

    Why: g= was dropped with RFC 6376 and is ignored. t=s forbids signatures whose i= is in a subdomain of d=, which some services use.
    Bad:
    s1._domainkey TXT "v=DKIM1; g=*; k=rsa; p={rsa2048}"
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Take g= out. Keep t=s only if no service signs with i= in a subdomain.
    References: RFC 6376 3.6.1, Appendix C
    """
    for selector in facts.live_keys:
        key = selector.key
        tag = key.tags.first("g") if key else None
        if key and tag:
            yield Finding(
                f"the key at {selector.owner} has a g= tag, which means nothing since RFC 6376",
                selector.at(tag.span),
                evidence=(selector.fact.evidence,),
                fixes=(publish("without it", selector.owner, _with_tag(key.text, tag.span, ""), old=(key.text,)),),
                offending=f"{selector.owner} g",
            )
        flag = key.tags.first("t") if key else None
        if (
            key
            and flag
            and "s" in key.flags
            and any(
                domain != facts.domain and domain.endswith("." + facts.domain)
                for seen in facts.seen
                for domain, _ in seen.signatures
            )
        ):
            yield Finding(
                f"the key at {selector.owner} has t=s, and mail of a subdomain was seen: signatures whose i= is below {facts.domain} fail",
                selector.at(flag.span),
                evidence=(selector.fact.evidence,),
                offending=f"{selector.owner} t=s",
            )
    yield from selectors(facts)


def _meant(facts: DomainFacts) -> bool:
    return any(selector.origin in MEANT for selector in facts.selectors)


@rule("DKIM018", "dkim-selector-missing", Severity.ERROR, since="0.1", applies=_meant)
def dkim_selector_missing(facts: DomainFacts) -> Result:
    """A selector that is said to be in use has no key.

    Why: You named it (--selector, the configuration), or a message was signed with it. Receivers find no key there, so no signature with it verifies.
    Bad:
    ; selectors: s9
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Good:
    ; selectors: s1
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Publish the key at this name, or correct the selector. For an old message the key may have been retired rightly.
    References: RFC 6376 3.6.2.1, 6.1.2
    """
    for selector in facts.selectors:
        if selector.origin not in MEANT or not isinstance(selector.fact, Absent) or selector.fact.evidence.aliases:
            continue
        message = selector.origin == "message"
        source = "a message was signed with it" if message else "you named it as in use"
        yield Finding(
            f"there is no key at {selector.owner}, though {source}: its signatures fail",
            DnsLocation(selector.owner, "TXT"),
            severity=Severity.WARNING if message else None,
            evidence=(selector.fact.evidence,),
            fixes=(_republish(selector),),
            offending=selector.owner,
        )
    yield from unsettled(selector.fact for selector in facts.selectors if selector.origin in MEANT)
