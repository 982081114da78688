"""The DNS tree walk and what it decides (RFC 9989 4.10)."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from mailcheck.dns.rdata import Records, Text
from mailcheck.model.fact import Fact, Known, Unknown
from mailcheck.model.value import dataclass
from mailcheck.records.dmarc import DmarcRecord, is_dmarc, parse_dmarc

Ask = Callable[[str, str], Awaitable[Fact[Records]]]

MAX_QUESTIONS = 8
"""Questions of one walk (RFC 9989 4.10)."""
LOWER = {"reject": "quarantine", "quarantine": "none", "none": "none"}


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the walk: the domain whose `_dmarc` name was asked, and what stood there.

    `found` are the texts that are DMARC records; two or more are all discarded (4.10 step 2).
    """

    domain: str
    fact: Fact[Records]
    texts: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def record(self) -> DmarcRecord | None:
        """The record that counts."""
        return parse_dmarc(self.found[0]) if len(self.found) == 1 else None


@dataclass(frozen=True, slots=True)
class Walk:
    """The steps taken from `start`, longest name first, and the names that were jumped over."""

    start: str
    steps: tuple[Step, ...]
    skipped: tuple[str, ...] = ()

    @property
    def unknown(self) -> Unknown | None:
        """The first question that failed; what it would have said is not known."""
        return next((step.fact for step in self.steps if isinstance(step.fact, Unknown)), None)


@dataclass(frozen=True, slots=True)
class Discovery:
    """Which record applies to mail from `author_domain`, and which of its tags.

    `unknown` is set where a failed question could change the answer; then `record` is None.
    `organizational_domain` is what the answers show: an author domain's own record applies whatever its parents
    say, but where one of those questions failed (`Walk.unknown`) the organizational domain is not certain.
    `tag` is p, sp or np; `policy` is the word it stands for, `effective` that after t=y.
    """

    author_domain: str
    organizational_domain: str
    policy_domain: str | None = None
    record: DmarcRecord | None = None
    tag: str | None = None
    policy: str | None = None
    unknown: Unknown | None = None

    @property
    def effective(self) -> str | None:
        """The policy after t=y, which lowers it by one level (RFC 9989 4.7)."""
        if self.policy is None or self.record is None:
            return self.policy
        return LOWER[self.policy] if self.record.testing else self.policy


def names(domain: str) -> list[str]:
    """The domains whose `_dmarc` names are asked, in order: at most eight (RFC 9989 4.10)."""
    labels = domain.split(".")
    chosen = [domain]
    rest = labels[1:] if len(labels) < MAX_QUESTIONS else labels[-(MAX_QUESTIONS - 1) :]
    chosen += [".".join(rest[start:]) for start in range(len(rest))]
    return chosen


async def walk(domain: str, ask: Ask) -> Walk:
    """Ask along the walk, all names at once, and keep the steps up to the one that ends it."""
    chosen = names(domain)
    facts = await asyncio.gather(*(ask(f"_dmarc.{name}", "TXT") for name in chosen))
    steps: list[Step] = []
    for name, fact in zip(chosen, facts, strict=True):
        step = read_step(name, fact)
        steps.append(step)
        if step.record is not None and step.record.psd != "u":
            break
    labels = domain.split(".")
    every = [".".join(labels[start:]) for start in range(len(labels))]
    return Walk(domain, tuple(steps), tuple(name for name in every if name not in chosen))


def read_step(domain: str, fact: Fact[Records]) -> Step:
    """What a `_dmarc` answer says."""
    texts = tuple(each.joined for each in fact.value if isinstance(each, Text)) if isinstance(fact, Known) else ()
    return Step(domain, fact, texts, tuple(text for text in texts if is_dmarc(text)))


def organizational_domain(start: str, steps: Iterable[Step]) -> str:
    """The organizational domain by the walk's records (RFC 9989 4.10.2)."""
    fewest = start
    for step in steps:
        record = step.record
        if record is None:
            continue
        if record.psd == "n":
            return step.domain
        if record.psd == "y" and step.domain != start:
            labels = start.split(".")
            return ".".join(labels[-(step.domain.count(".") + 2) :])
        fewest = step.domain
    return fewest


def discover(author_domain: str, steps: Iterable[Step], *, exists: bool | Unknown = True) -> Discovery:
    """The record for an author domain, from steps that cover its walk (a name without a step has no record).

    `exists` is False for a name that is NXDOMAIN: then np speaks instead of sp (RFC 9989 4.10.1). Where that
    question failed (an Unknown), so has the discovery, unless sp and np say the same.
    """
    by_name = {step.domain: step for step in steps}
    taken = [by_name[name] for name in names(author_domain) if name in by_name]
    cut = next((at for at, step in enumerate(taken) if step.record is not None and step.record.psd != "u"), None)
    taken = taken if cut is None else taken[: cut + 1]
    organizational = organizational_domain(author_domain, taken)
    own = by_name.get(author_domain)
    if own is not None and own.record is not None:
        record = own.record
        return _result(author_domain, organizational, author_domain, record, "p", record.p)
    unknown = next((step.fact for step in taken if isinstance(step.fact, Unknown)), None)
    if unknown is not None:
        # A failed question is a temperror, never "no record" and never the next name's record (4.10).
        return Discovery(author_domain, organizational, unknown=unknown)
    public = next((step.domain for step in taken if step.record and step.record.psd == "y"), None)
    for name in (organizational, public):
        step = by_name.get(name) if name else None
        if step is not None and step.record is not None:
            if isinstance(exists, Unknown) and step.record.sp != step.record.np:
                return Discovery(author_domain, organizational, unknown=exists)
            tag, policy = ("sp", step.record.sp) if exists else ("np", step.record.np)
            return _result(author_domain, organizational, step.domain, step.record, tag, policy)
    return Discovery(author_domain, organizational)


def _result(author: str, organizational: str, at: str, record: DmarcRecord, tag: str, policy: str) -> Discovery:
    if not record.applies:
        return Discovery(author, organizational, at, record)
    spoken = tag
    if tag == "np" and record.tag("np") is None:
        spoken = "sp"
    if spoken == "sp" and record.tag("sp") is None:
        spoken = "p"
    return Discovery(author, organizational, at, record, spoken, policy)
