"""Ask everything about one message, side by side, and put the results together."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from mailcheck.auth.arc.sets import ArcChain, read_chain
from mailcheck.auth.arc.verify import verify_chain
from mailcheck.auth.diagnosis.body import search_body
from mailcheck.auth.diagnosis.cause import Budget, Cause
from mailcheck.auth.diagnosis.header import search_header
from mailcheck.auth.diagnosis.signed_digest import SignedDigest, usable
from mailcheck.auth.dkim import second_opinion as dkim_opinion
from mailcheck.auth.dkim.key_answer import KeyAnswer, read_answer
from mailcheck.auth.dkim.verify import DkimResult, Verifier
from mailcheck.auth.dmarc.evaluate import DmarcResult, evaluate_dmarc
from mailcheck.auth.dmarc.walk import Ask, walk
from mailcheck.auth.results.reading import is_by, read_results
from mailcheck.auth.spf import second_opinion as spf_opinion
from mailcheck.auth.spf.evaluate import check_host
from mailcheck.auth.spf.result import SpfResult
from mailcheck.mail.addresses import read_addresses
from mailcheck.mail.message import Message, read_message
from mailcheck.mail.parts import Tree, read_parts
from mailcheck.model.value import dataclass
from mailcheck.verify_message.envelope import Envelope, envelope_of, hops_of
from mailcheck.verify_message.saved import no_header, not_a_message, signs_of
from mailcheck.verify_message.view import Author, Diagnosis, ReceiverField, VerifiedMessage

MAX_RESULTS = 20
"""Authentication-Results fields that are read."""
MAX_DIAGNOSED = 3
"""Failing signatures for which causes are searched."""
MAX_SELECTORS = 40
"""Other selectors of the same domain that are tried for a signature that its key does not fit."""


@dataclass(frozen=True, slots=True)
class Question:
    """How a message is to be verified. `now` is in seconds since 1970; `selectors` are guesses at other keys."""

    now: int
    ip: str | None = None
    helo: str | None = None
    mail_from: str | None = None
    trust_received: int = 0
    authserv_id: str | None = None
    second_opinions: bool = True
    selectors: Sequence[str] = ()


async def gather(raw: bytes, ask: Ask, question: Question, *, subject: str, path: str | None) -> VerifiedMessage:
    """Read and verify one message. Never raises for what it says, nor for what the DNS answers."""
    message = read_message(raw)
    reason = not_a_message(raw) or no_header(message)
    hops = hops_of(message)
    envelope = envelope_of(
        message,
        hops,
        ip=question.ip,
        helo=question.helo,
        mail_from=question.mail_from,
        trust_received=question.trust_received,
    )
    author = author_of(message)
    received = envelope.received_at
    judged_at = min(question.now, received) if received is not None and received > 0 else question.now
    judged = reason is None and message.cut is None
    verifier, chain = Verifier(message, author.domain), read_chain(message)
    asked = _Asked(ask)
    if judged:
        await asked.all(verifier, chain, envelope, author, question)
    dkim = verifier.verify(asked.keys, judged_at) if judged else ()
    spf = asked.spf
    dmarc = await _dmarc(author, spf, dkim, ask) if judged else None
    diagnoses = await _diagnosed(verifier, dkim, asked, question) if judged else {}
    second = (
        dkim_opinion.second_opinions(message, dkim, asked.keys, judged_at)
        if judged and question.second_opinions
        else ()
    )
    open_ = None if spf else _why_not(envelope, len(hops), question.trust_received)
    arc = verify_chain(message, chain if judged else ArcChain(()), asked.keys)
    return VerifiedMessage(
        subject, path, message, read_parts(message) if judged else Tree(()), author, hops, envelope,
        signs_of(message), reason, spf, open_, asked.spf_second, dkim,
        {each.number: each for each in second}, diagnoses, chain, arc, dmarc,
        _receiver_fields(message, question.authserv_id), question.authserv_id or "mailcheck.invalid",
        question.now, judged_at,
    )  # fmt: skip


def author_of(message: Message) -> Author:
    """The author domain: exactly one From field with addresses of one domain, and nothing else in it."""
    fields = message.all("From")
    lists = [(field, read_addresses(field.unfolded)) for field in fields]
    addresses = tuple(each for _, found in lists for each in found.addresses)
    faults = tuple((field, fault) for field, found in lists for fault in found.faults)
    domains = tuple(dict.fromkeys(each.domain for each in addresses if each.domain is not None))
    problem = None
    if not fields:
        problem = "there is no From field"
    elif len(fields) > 1:
        problem = f"there are {len(fields)} From fields"
    elif len(domains) > 1:
        problem = f"the From field names authors of {len(domains)} domains"
    elif any(fault.kind != "limit" for _, fault in faults):
        problem = f"the From field is malformed: {faults[0][1].message}"
    elif not domains:
        problem = "the From field names no domain"
    return Author(fields, addresses, faults, domains[0] if problem is None else None, problem)


class _Asked:
    """The answers for one message."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.keys: dict[str, KeyAnswer] = {}
        self.spf: SpfResult | None = None
        self.spf_second: spf_opinion.Opinion | None = None

    async def all(
        self, verifier: Verifier, chain: ArcChain, envelope: Envelope, author: Author, question: Question
    ) -> None:
        owners = [*verifier.owners(), *(owner for each in chain.sets for owner in each.owners)]
        async with asyncio.TaskGroup() as group:
            group.create_task(self.fetch(owners))
            group.create_task(self.check_spf(envelope, question))
            if author.domain is not None:
                # Its answers are in the run's cache when DMARC is evaluated.
                group.create_task(walk(author.domain, self.ask))

    async def fetch(self, owners: Iterable[str]) -> None:
        names = [owner for owner in dict.fromkeys(owners) if owner not in self.keys]
        facts = await asyncio.gather(*(self.ask(owner, "TXT") for owner in names))
        self.keys |= {owner: read_answer(owner, fact) for owner, fact in zip(names, facts, strict=True)}

    async def check_spf(self, envelope: Envelope, question: Question) -> None:
        if _why_not(envelope) is not None or envelope.ip is None or envelope.mail_from is None:
            return
        mail_from, now = envelope.mail_from, _clock(question.now)
        self.spf = await check_host(envelope.ip, mail_from, envelope.helo, self.ask, clock=now)
        if question.second_opinions and self.spf.result != "temperror":
            self.spf_second = await spf_opinion.second_opinion(
                envelope.ip, mail_from, envelope.helo, self.ask, trace=self.spf.trace, clock=now
            )


def _clock(now: int) -> Callable[[], float]:
    return lambda: float(now)


def _why_not(envelope: Envelope, hops: int = 0, trusted: int = 0) -> str | None:
    if envelope.ip is None and trusted > hops:
        return f"SPF was not asked: --trust-received {trusted}, but there are {hops} Received fields in the message"
    if envelope.ip is None and trusted:
        return (
            f"SPF was not asked: Received field {trusted} from the top tells no address; try another --trust-received"
        )
    if envelope.ip is None:
        return "SPF was not asked: the address of the sending server is not known; give it with --ip"
    if envelope.mail_from is None:
        # HELO stands in for a null sender only (RFC 7208 2.4); for one that is not known it could prove the wrong name.
        return "SPF was not asked: MAIL FROM is not known (no Return-Path); give it with --mail-from, <> for a null one"
    if not envelope.mail_from and not envelope.helo:
        return "SPF was not asked: MAIL FROM is null and the HELO name is not known; give it with --helo"
    return None


async def _dmarc(author: Author, spf: SpfResult | None, dkim: Sequence[DkimResult], ask: Ask) -> DmarcResult | None:
    if author.domain is None:
        return None
    identifier = (spf.domain, spf.result) if spf is not None else None
    return await evaluate_dmarc(author.domain, identifier, [(each.domain, each.result) for each in dkim], ask)


async def _diagnosed(
    verifier: Verifier, results: Sequence[DkimResult], asked: _Asked, question: Question
) -> dict[int, Diagnosis]:
    found: dict[int, Diagnosis] = {}
    budget = Budget()
    for number, result in enumerate(results):
        if result.result == "fail" and len(found) < MAX_DIAGNOSED:
            found[number] = await _diagnosis(verifier, result, asked, question, budget)
    return found


async def _diagnosis(
    verifier: Verifier, result: DkimResult, asked: _Asked, question: Question, budget: Budget
) -> Diagnosis:
    body = header = key = None
    fits: bool | None = None
    signature = result.signature
    if result.body_matches is False and result.reason != "length":
        body = search_body(verifier, signature, budget)
    if result.header_matches is False and result.key is not None and result.key.key is not None:
        digest = SignedDigest(result.key.key, signature.signature or b"")
        fits = digest.key_fits
        if fits is not True:
            key = await _other_key(verifier, result, asked, question)
        if fits is not False and key is None:
            header = search_header(verifier, result, digest, budget)
    return Diagnosis(body, header, key, fits, budget.spent)


async def _other_key(verifier: Verifier, result: DkimResult, asked: _Asked, question: Question) -> Cause | None:
    """Another selector of the same domain whose key fits the signature."""
    signature = result.signature
    beside = [each.selector for _, each in verifier.signatures if each.domain == signature.domain and each.selector]
    guesses = dict.fromkeys([*beside, *question.selectors])
    names = [each for each in guesses if each != signature.selector][:MAX_SELECTORS]
    owners = {f"{name}._domainkey.{signature.domain}": name for name in names}
    await asked.fetch(owners)
    wanted = verifier.header_digest(result.field, signature, list(result.signed))
    candidates = [(owner, name) for owner, name in owners.items() if asked.keys[owner].keys]
    for owner, name in candidates:
        for key in asked.keys[owner].keys:
            if key.key is None or not usable(key.key) or key.key.algorithm != signature.algorithm.partition("-")[0]:
                continue
            digest = SignedDigest(key.key, signature.signature or b"")
            if digest.is_of(wanted):
                return Cause("selector", f"the key of another selector fits: it was signed with that of s={name}")
            if digest.key_fits:
                detail = f"it was signed with the key of s={name}, and the header fields were changed as well"
                return Cause("selector", detail)
    return None


def _receiver_fields(message: Message, authserv_id: str | None) -> tuple[ReceiverField, ...]:
    found: list[ReceiverField] = []
    for field in message.all("Authentication-Results")[:MAX_RESULTS]:
        results = read_results(field.unfolded)
        # Where the border does not remove forged ones, they stand below the true one (RFC 8601 5): the first counts.
        first = not any(each.trusted for each in found)
        found.append(ReceiverField(field, results, first and is_by(results, authserv_id or "")))
    return tuple(found)
