"""Rules about where DKIM keys stand: selectors, aliases, wildcards (RFC 6376 3.6.2)."""

from collections import defaultdict

from mailcheck.auth.spf.walker import texts
from mailcheck.domain_audit.facts import DomainFacts, Selector
from mailcheck.domain_audit.unsettled import selectors, unsettled
from mailcheck.model.fact import Absent, Known, Unknown
from mailcheck.model.finding import Finding, Related
from mailcheck.model.fix import DnsChange, Fix, steps
from mailcheck.model.location import DnsLocation
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity

MEANT = frozenset({"flag", "config", "message"})
"""Origins of selectors that somebody says are in use; all others are guesses."""


def republish(selector: Selector) -> Fix:
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


@rule("DKIM001", "dkim-none-possible", Severity.WARNING, since="0.1", needs=("domainkey", "txt", "mx", "policy"))
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
        every = texts(selector.fact)
        if len(every) > 1:
            yield Finding(
                f"{len(every)} TXT records stand at {selector.owner}; verifiers take any of them",
                DnsLocation(selector.owner, "TXT", None, selector.texts[0]),
                severity=None if len(selector.texts) > 1 else Severity.WARNING,
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
                    Fix("if nothing signs with it any more, delete the alias", (change,)),
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
        gone = isinstance(selector.fact, Absent) and not selector.fact.evidence.aliases
        other = isinstance(selector.fact, Known) and not selector.texts
        if selector.origin not in MEANT or not (gone or other):
            continue
        message = selector.origin == "message"
        source = "a message was signed with it" if message else "you named it as in use"
        yield Finding(
            f"there is no key at {selector.owner}, though {source}: its signatures fail",
            DnsLocation(selector.owner, "TXT", None, next(iter(texts(selector.fact)), None)),
            severity=Severity.WARNING if message else None,
            evidence=(selector.fact.evidence,),
            fixes=(republish(selector),),
            offending=selector.owner,
        )
    yield from unsettled(selector.fact for selector in facts.selectors if selector.origin in MEANT)
