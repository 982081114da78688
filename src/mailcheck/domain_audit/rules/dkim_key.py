"""Rules about what a DKIM key record says (RFC 6376 3.6.1, RFC 8301, RFC 8463)."""

from mailcheck.domain_audit.facts import DomainFacts, Selector
from mailcheck.domain_audit.rules.dkim import MEANT, has_keys, republish
from mailcheck.domain_audit.unsettled import selectors
from mailcheck.model.finding import Finding
from mailcheck.model.fix import Fix, publish, steps
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity


def _rotate(selector: Selector) -> Fix:
    return steps(
        "Make a new key",
        "Generate an RSA key of 2048 bits under a new selector (at a provider: its DKIM page).",
        f"Publish it, switch signing over, and empty the old one a week later ({selector.owner}: p=).",
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
                fixes=(republish(selector),) if used else (),
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
        if key is None or key.revoked:
            continue
        for problem in (*key.of("size"), *key.of("encoding")) if key.key is not None else ():
            yield Finding(
                f"some receivers cannot use the key at {selector.owner}: {problem.message}",
                selector.at(problem.span),
                severity=Severity.WARNING,
                evidence=(selector.fact.evidence,),
                fixes=(_rotate(selector) if problem.kind == "size" else republish(selector),),
                offending=f"{selector.owner} {problem.kind}",
            )
        if key.key is not None:
            continue
        # One broken octet often makes several faults; the first is where to look.
        for problem in sorted((*key.of("key"), *key.of("tag-syntax")), key=lambda each: each.span)[:1]:
            yield Finding(
                f"signatures with {selector.owner} cannot verify: {problem.message}",
                selector.at(problem.span),
                evidence=(selector.fact.evidence,),
                fixes=(republish(selector),),
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
                fixes=(_unwrapped(selector) or republish(selector),),
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
        if key is None or tag is None or key.hashes is None or key.hashes == ("sha256",):
            continue
        only = "sha256" not in key.hashes
        if not only and "sha1" not in key.hashes:
            continue
        yield Finding(
            f"the key at {selector.owner} allows "
            + (
                f"no hash that may be used (h={tag.value!s:.30}): no signature verifies"
                if only
                else "SHA-1 beside SHA-256"
            ),
            selector.at(tag.span),
            severity=None if only else Severity.WARNING,
            evidence=(selector.fact.evidence,),
            fixes=(publish("without h=", selector.owner, _with_tag(key.text, tag.span, ""), old=(key.text,)),),
            offending=selector.owner,
        )
    yield from selectors(facts)


@rule("DKIM012", "dkim-service", Severity.ERROR, since="0.1", applies=has_keys, fix=Fixable.UNSAFE)
def dkim_service(facts: DomainFacts) -> Result:
    """A key is not for e-mail.

    Why: s= names services for which the key holds. Without `email` or `*` in it, verifiers of mail must ignore the key.
    Bad:
    ; selectors: s1
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
        alone = key.services == ("tlsrpt",) and selector.origin not in MEANT
        yield Finding(
            f"the key at {selector.owner} is for {', '.join(key.services)} only: mail signed with it does not verify",
            selector.at(tag.span),
            severity=Severity.INFO if alone else None,
            evidence=(selector.fact.evidence,),
            fixes=(
                publish(
                    "for all services", selector.owner, _with_tag(key.text, tag.span, ""), old=(key.text,), safe=False
                ),
            ),
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
            fixes: tuple[Fix, ...] = (republish(selector),)
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


@rule("DKIM019", "dkim-tag-syntax", Severity.ERROR, since="0.1", applies=has_keys)
def dkim_tag_syntax(facts: DomainFacts) -> Result:
    """A key record repeats a tag, or holds something that is no tag.

    Why: A tag list with a tag twice is invalid as a whole, and so is one with a piece that is not name=value: verifiers drop the key.
    Bad:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}; p="
    Good:
    s1._domainkey TXT "v=DKIM1; k=rsa; p={rsa2048}"
    Fix: Keep each tag once, as name=value; with a semicolon in between.
    References: RFC 6376 3.2, 3.6.1
    """
    for selector in facts.keys:
        key = selector.key
        # Where the key itself cannot be decoded, that is told first (DKIM007).
        if key is None or key.key is None:
            continue
        for problem in (*key.of("tag-duplicate"), *key.of("tag-syntax")):
            empty = problem.suggestion == ""
            yield Finding(
                f"verifiers may drop the key at {selector.owner}: {problem.message}",
                selector.at(problem.span),
                severity=Severity.INFO if empty else None,
                evidence=(selector.fact.evidence,),
                fixes=(republish(selector),),
                offending=f"{selector.owner} {key.text[slice(*problem.span)]}",
            )
    yield from selectors(facts)
