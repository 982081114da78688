"""DomainFacts: everything the audit rules may look at, frozen."""

from functools import cached_property

from mailcheck.auth.dmarc.walk import Discovery, Step, Walk, discover
from mailcheck.auth.spf.tree import Node
from mailcheck.auth.spf.walker import spf_texts, texts
from mailcheck.data.providers import Provider
from mailcheck.dns.names import under
from mailcheck.dns.rdata import Address, Exchange, Records, Target
from mailcheck.domain_audit.declaration import Declaration, Seen
from mailcheck.model.fact import Absent, Fact, Known, Unknown
from mailcheck.model.location import DnsLocation, Span
from mailcheck.model.value import dataclass, field
from mailcheck.records.dkim_key import DkimKey, looks_like_key, parse_dkim_key
from mailcheck.records.spf import SpfRecord


@dataclass(frozen=True, slots=True)
class Host:
    """One MX host with what its addresses and their reverse names say."""

    preference: int
    name: str
    a: Fact[Records]
    aaaa: Fact[Records]

    @property
    def addresses(self) -> tuple[str, ...]:
        """All its addresses."""
        return (*addresses(self.a), *addresses(self.aaaa))

    @property
    def unknown(self) -> Unknown | None:
        """The address question that failed, if one did."""
        return next((fact for fact in (self.a, self.aaaa) if isinstance(fact, Unknown)), None)


@dataclass(frozen=True, slots=True)
class Reverse:
    """An address the domain's own record lets send, its PTR, and whether a name there leads back."""

    address: str
    owner: str
    ptr: Fact[Records]
    forward: tuple[tuple[str, Fact[Records]], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the PTR records."""
        return (
            tuple(each.name for each in self.ptr.value if isinstance(each, Target))
            if isinstance(self.ptr, Known)
            else ()
        )

    @property
    def confirmed(self) -> bool | None:
        """Whether a forward lookup gives the address (RFC 8601 3, iprev); None where it cannot be told."""
        if any(self.address in addresses(fact) for _, fact in self.forward):
            return True
        return None if any(isinstance(fact, Unknown) for _, fact in self.forward) else False


@dataclass(frozen=True, slots=True)
class Selector:
    """One DKIM selector that was asked for. `origin` is flag, config, message, provider or guess."""

    name: str
    domain: str
    origin: str
    fact: Fact[Records]
    provider: str | None = None

    @property
    def owner(self) -> str:
        """The DNS name of the key."""
        return f"{self.name}._domainkey.{self.domain}"

    @property
    def texts(self) -> tuple[str, ...]:
        """The TXT records that mean to be keys."""
        return tuple(text for text in texts(self.fact) if looks_like_key(text))

    @property
    def key(self) -> DkimKey | None:
        """The key record, where exactly one stands there."""
        return parse_dkim_key(self.texts[0]) if len(self.texts) == 1 else None

    @property
    def place(self) -> DnsLocation:
        """Where it stands."""
        return DnsLocation(self.owner, "TXT", None, self.texts[0] if self.texts else None)

    def at(self, span: Span) -> DnsLocation:
        """A part of its record."""
        return DnsLocation(self.owner, "TXT", span, self.texts[0] if self.texts else None)


@dataclass(frozen=True, slots=True)
class Destination:
    """A domain that reports are sent to: its mail exchangers and, for a foreign one, its authorisation record."""

    domain: str
    tag: str
    uri: str
    span: Span
    authorisation: Fact[Records] | None
    mx: Fact[Records]
    address: Fact[Records] | None

    @property
    def owner(self) -> str:
        """The name of the authorisation record (RFC 9990 4)."""
        return self.authorisation.evidence.name if self.authorisation else self.domain


@dataclass(frozen=True, slots=True)
class Probe:
    """A record that may stand at a wrong name, and where it belongs."""

    name: str
    belongs: str
    fact: Fact[Records]


@dataclass(frozen=True)
class DomainFacts:
    """One domain. Facts that were not asked for are None; rules say what they need."""

    domain: str
    txt: Fact[Records]
    mx: Fact[Records]
    a: Fact[Records] | None
    aaaa: Fact[Records] | None
    hosts: tuple[Host, ...]
    reverses: tuple[Reverse, ...]
    spf: Node
    walk: Walk
    domainkey: Fact[Records]
    wildcard: Fact[Records]
    selectors: tuple[Selector, ...]
    destinations: tuple[Destination, ...]
    misplaced: tuple[Probe, ...]
    bounce: tuple[tuple[str, Fact[Records]], ...]
    providers: tuple[Provider, ...]
    declared: Declaration = field(default_factory=Declaration)
    seen: tuple[Seen, ...] = ()

    @property
    def subject(self) -> str:
        """The domain."""
        return self.domain

    @cached_property
    def unknowns(self) -> dict[str, Unknown]:
        """The needs that rules can name, where they could not be determined."""
        asked = (
            ("txt", self.txt),
            ("spf", self.txt),
            ("mx", self.mx),
            ("domainkey", self.domainkey),
        )
        found = {need: fact for need, fact in asked if isinstance(fact, Unknown)}
        if isinstance(self.txt, Unknown) and isinstance(self.mx, Unknown):
            found["existence"] = self.txt
        if self.policy.unknown is not None:
            found["policy"] = self.policy.unknown
        if self.walk.unknown is not None:
            found["walk"] = self.walk.unknown
        if self.spf.unknown:
            found["spf-tree"] = self.spf.unknown[0]
        return found

    def undetermined(self, need: str) -> str | None:
        """The reason why a need is Unknown."""
        fact = self.unknowns.get(need)
        return fact.sentence if fact else None

    @cached_property
    def exists(self) -> bool:
        """False only where the DNS says that there is no such name (RFC 8020)."""
        return not any(
            isinstance(fact, Absent) and fact.nxdomain and not fact.evidence.aliases for fact in (self.txt, self.mx)
        )

    @cached_property
    def seen_to_exist(self) -> bool:
        """Whether an answer proves that the name is there (records, or NODATA)."""
        return any(
            isinstance(fact, Known) or (isinstance(fact, Absent) and not fact.nxdomain) for fact in (self.txt, self.mx)
        )

    @cached_property
    def spf_records(self) -> tuple[str, ...]:
        """The SPF records at the domain."""
        return spf_texts(self.txt)

    @cached_property
    def spf_record(self) -> SpfRecord | None:
        """The SPF record, where there is exactly one."""
        return self.spf.record

    @cached_property
    def spf_denies_all(self) -> bool:
        """Whether the record lets nobody send: `v=spf1 -all` and no more."""
        return _denies(self.spf)

    @cached_property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The MX records."""
        found = self.mx.value if isinstance(self.mx, Known) else ()
        return tuple(each for each in found if isinstance(each, Exchange))

    @cached_property
    def null_mx(self) -> bool:
        """A null MX among the records (RFC 7505)."""
        return any(each.host == "" for each in self.exchanges)

    @cached_property
    def policy(self) -> Discovery:
        """What DMARC says for mail from the domain itself."""
        unsettled = next((fact for fact in (self.txt, self.mx) if isinstance(fact, Unknown)), None)
        exists = unsettled if unsettled is not None and not self.seen_to_exist else self.exists
        return discover(self.domain, self.walk.steps, exists=exists)

    @cached_property
    def subdomain_policy(self) -> Discovery:
        """What it says for an existing subdomain without a record of its own."""
        return discover(f"sub.{self.domain}", self.walk.steps)

    @cached_property
    def missing_policy(self) -> Discovery:
        """What it says for a subdomain that does not exist."""
        return discover(f"missing.{self.domain}", self.walk.steps, exists=False)

    @cached_property
    def own_step(self) -> Step:
        """The walk's first step: the domain's own `_dmarc` name."""
        return self.walk.steps[0]

    @cached_property
    def enforcing(self) -> bool:
        """Whether failing mail is quarantined or rejected."""
        return self.policy.effective in {"quarantine", "reject"}

    @cached_property
    def parked(self) -> bool:
        """No way in (null MX or none), nobody may send, and DMARC rejects the rest, subdomains too."""
        nowhere = isinstance(self.mx, Absent) and isinstance(self.a, Absent) and isinstance(self.aaaa, Absent)
        every = {found.effective for found in (self.policy, self.subdomain_policy, self.missing_policy)}
        return (self.null_mx or nowhere) and self.spf_denies_all and every == {"reject"}

    @cached_property
    def silent(self) -> bool:
        """Whether the domain says, or is declared, not to send mail."""
        if self.declared.sends is not None:
            return not self.declared.sends
        return self.spf_denies_all

    @cached_property
    def wildcard_keys(self) -> bool:
        """Whether any label below `_domainkey` answers, so that a hit proves nothing."""
        return isinstance(self.wildcard, Known)

    @cached_property
    def keys(self) -> tuple[Selector, ...]:
        """The selectors at which a key stands; under a wildcard only those known to be meant."""
        return tuple(
            each
            for each in self.selectors
            if each.texts
            and not (each.origin in {"guess", "provider"} and set(each.texts) <= set(texts(self.wildcard)))
        )

    @cached_property
    def live_keys(self) -> tuple[Selector, ...]:
        """The selectors whose key can verify a signature."""
        return tuple(
            each for each in self.keys if each.key is not None and each.key.key is not None and not each.key.revoked
        )

    @cached_property
    def dkim_absent(self) -> bool:
        """Strong evidence that no signature can verify: `_domainkey` is NXDOMAIN and nothing meant answers."""
        proof = isinstance(self.domainkey, Absent) and self.domainkey.nxdomain and not self.domainkey.evidence.aliases
        # Services are recognised by SPF and MX: where those could not be asked, their selectors were not tried.
        recognised = not isinstance(self.txt, Unknown) and not isinstance(self.mx, Unknown)
        return proof and recognised and all(isinstance(each.fact, Absent) for each in self.selectors)

    def spf_place(self, span: Span | None = None, text: str | None = None) -> DnsLocation:
        """A part of the domain's SPF record."""
        shown = text if text is not None else (self.spf_record.text if self.spf_record else None)
        return DnsLocation(self.domain, "TXT", span, shown)

    def dmarc_place(self, span: Span | None = None) -> DnsLocation:
        """A part of the DMARC record that applies."""
        at = self.policy.policy_domain or self.domain
        text = self.policy.record.text if self.policy.record else None
        return DnsLocation(f"_dmarc.{at}", "TXT", span, text)

    def own(self, name: str) -> bool:
        """Whether a name belongs to the same organizational domain."""
        return under(name, self.policy.organizational_domain) or under(name, self.domain)


def addresses(fact: Fact[Records]) -> tuple[str, ...]:
    """The addresses of an A or AAAA fact."""
    return tuple(each.ip for each in fact.value if isinstance(each, Address)) if isinstance(fact, Known) else ()


def _denies(node: Node) -> bool:
    """Whether a record, or the one it redirects to, ends in -all and holds nothing before it."""
    record = node.record
    if record is None or not record.valid:
        return False
    reached = [visit for visit in node.visits if visit.reached and visit.name != "exp"]
    if len(reached) != 1:
        return False
    only = reached[0]
    if only.name == "redirect" and only.child is not None:
        return _denies(only.child)
    return only.name == "all" and record.all is not None and record.all.qualifier == "-"
