"""check_host() (RFC 7208 4): what a receiver makes of a sender's address, with every step.

Total: whatever records, names and answers say, there is a result, after at most some 130 questions. A fault of the
DNS is a temperror, never "no record".
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Generator, Sequence
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address
from socket import AF_INET, AF_INET6, inet_pton
from types import coroutine
from typing import Any, NamedTuple

from mailcheck.auth.spf.macros import explain
from mailcheck.auth.spf.result import SpfResult, Step
from mailcheck.auth.spf.sender import Sender, askable, client_address, malformed, sender_of
from mailcheck.auth.spf.walker import (
    LOOKUPS,
    MX_NAMES,
    PTR_NAMES,
    VOIDS,
    Ask,
    Published,
    published,
    reached_terms,
    spec_of,
    target_of,
    texts,
)
from mailcheck.dns.names import under
from mailcheck.dns.rdata import Address, Exchange, Records, Target
from mailcheck.model.errors import UsageError
from mailcheck.model.fact import Absent, Fact, Known, Unknown
from mailcheck.records.spf import LOOKUP_TERMS, Mechanism, Modifier, SpfRecord
from mailcheck.records.spf_reader import read_explanation

SECONDS = 20.0
"""How long an evaluation may take (RFC 7208 4.6.4)."""
RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_LOCAL = "the local part of the sender is not ASCII, and a macro brings it in (RFC 8616 4)"


async def check_host(
    ip: str | IPv4Address | IPv6Address,
    mail_from: str,
    helo: str,
    ask: Ask,
    *,
    receiver: str = "unknown",
    clock: Callable[[], float] = time.time,
    seconds: float = SECONDS,
) -> SpfResult:
    """Evaluate SPF for a client `ip` that says `helo` and MAIL FROM:<`mail_from`> (empty: the HELO name is checked).

    `ask` answers the questions; `receiver` and `clock` are what the macros r and t of an explanation stand for.
    What takes longer than `seconds` is a temperror. Raises UsageError where `ip` is no address; for nothing else.
    """
    evaluation = _Evaluation(_client(ip, mail_from, helo), sender_of(mail_from, helo), ask, receiver, clock)
    work = evaluation.run()
    try:
        # Where every answer is at hand there is nothing to wait for, and so nothing to set an alarm for.
        waited_for = work.send(None)
    except StopIteration as done:
        result: SpfResult = done.value
        return result
    try:
        async with asyncio.timeout(seconds):
            return await _resumed(work, waited_for)
    except TimeoutError:
        return evaluation.late(f"the evaluation took longer than {seconds:g} seconds")


def check_host_at_hand(
    ip: str | IPv4Address | IPv6Address,
    mail_from: str,
    helo: str,
    answer: Callable[[str, str], Fact[Records]],
    *,
    receiver: str = "unknown",
    clock: Callable[[], float] = time.time,
) -> SpfResult:
    """The same where `answer` has every answer at once: it needs no event loop, and costs none."""

    async def ask(name: str, type_: str) -> Fact[Records]:
        return answer(name, type_)

    evaluation = _Evaluation(
        _client(ip, mail_from, helo), sender_of(mail_from, helo), ask, receiver, clock, at_hand=True
    )
    try:
        evaluation.run().send(None)
    except StopIteration as done:
        result: SpfResult = done.value
        return result
    raise AssertionError("an evaluation waited for what was at hand")


def _client(ip: str | IPv4Address | IPv6Address, mail_from: object, helo: object) -> IPv4Address | IPv6Address:
    """The address; UsageError where it is none, or where a name is no text."""
    client = client_address(ip)
    if client is None:
        raise UsageError(f"{str(ip)!r:.60} is not an IP address")
    for name, value in (("mail_from", mail_from), ("helo", helo)):
        if not isinstance(value, str):
            raise UsageError(f"{name} is a text (str), not {type(value).__name__}")
    return client


@coroutine
def _resumed(work: Coroutine[Any, Any, SpfResult], waited_for: Any) -> Generator[Any, Any, SpfResult]:
    """Go on with work that was begun by hand and waits for something."""
    try:
        while True:
            try:
                answer = yield waited_for
            except BaseException as error:  # noqa: BLE001  a cancellation: the work is told, and decides
                waited_for = work.throw(error)
            else:
                waited_for = work.send(answer)
    except StopIteration as done:
        result: SpfResult = done.value
        return result


class _StopError(Exception):
    """Ends the whole evaluation, from whatever depth, with a result."""

    def __init__(self, result: str, note: str) -> None:
        self.result = result
        self.note = note


class _Verdict(NamedTuple):
    """What a record says, the mechanism that says so, and where that stands."""

    result: str
    term: Mechanism | None
    record: SpfRecord
    domain: str


_PENDING = Step("", 0, "", "", None, None, "")
"""Keeps the place of a term's step before those of the records it leads to."""


class _Look:
    """What a term has found so far; its step is written from it however the term ends."""

    __slots__ = ("addresses", "facts", "note", "target")

    def __init__(self) -> None:
        self.target: str | None = None
        self.addresses: tuple[str, ...] = ()
        self.facts: list[Fact[Records]] = []
        self.note = ""


class _Evaluation:
    def __init__(
        self,
        client: IPv4Address | IPv6Address,
        sender: Sender,
        ask: Ask,
        receiver: str,
        clock: Callable[[], float],
        *,
        at_hand: bool = False,
    ) -> None:
        self.client = client
        self.address = str(client)
        self.number = int(client)
        self.sender = sender
        self.ask = ask
        self.receiver = receiver
        self.clock = clock
        self.at_hand = at_hand
        self.lookups = 0
        self.voids = 0
        self.trace: list[Step] = []
        self.settled: SpfResult | None = None
        self.six = client.version == 6
        self.type = "AAAA" if self.six else "A"

    @cached_property
    def values(self) -> dict[str, str]:
        """The macro letters that have one value in the whole evaluation (7.2)."""
        sender = self.sender
        return {
            "s": f"{sender.local}@{sender.domain}",
            "l": sender.local,
            "o": sender.domain,
            "h": sender.helo,
            "i": ".".join(f"{self.number:032X}") if self.six else self.address,
            "v": "ip6" if self.six else "in-addr",
            "c": self.address,
            "r": self.receiver,
        }

    async def run(self) -> SpfResult:
        domain = self.sender.domain
        fault = malformed(domain)
        if fault is not None:
            return self.ended("none", fault)  # 4.3
        try:
            record = self.record_in(await self.ask(domain, "TXT"), domain, 0)
            if record is None:
                return self.ended("none", f"{domain} publishes no SPF record")
            verdict = await self.judged(record, domain, 0)
        except _StopError as stop:
            return self.ended(stop.result, stop.note)
        if verdict.term is None:
            return self.ended("neutral", f"no term of the record of {verdict.domain} matches {self.address}")
        reason, matched = f"{self.address} matches {verdict.term.text} of {verdict.domain}", verdict.term.text
        self.settled = self.ended(verdict.result, reason, None, matched)
        if verdict.result != "fail":
            return self.settled
        explanation = await self.explanation(verdict)
        return self.ended("fail", reason, explanation, matched)

    def late(self, reason: str) -> SpfResult:
        """The result where time ran out; a result that only waits for its explanation stands."""
        return self.settled or self.ended("temperror", reason)

    def ended(self, result: str, reason: str, explanation: str | None = None, matched: str | None = None) -> SpfResult:
        counts = (self.lookups, self.voids)
        sender = self.sender
        return SpfResult(
            result, explanation, matched, *counts, tuple(self.trace), reason, sender.domain, sender.identity
        )

    def record_in(self, fact: Fact[Records], domain: str, depth: int) -> SpfRecord | None:
        """The record in the answer of a domain (4.4, 4.5), None where it publishes none.

        Ends the evaluation where that cannot be told, or where the record cannot be evaluated.
        """
        found = published(fact)
        record = found.record
        outcome, note = "found", ""
        if found.state != "ok":
            outcome, note = self.fault(found, fact, domain)
        text, span = (record.text, (0, len(record.text))) if record is not None else ("", None)
        counts = (self.lookups, self.voids)
        self.trace.append(Step("record", depth, domain, text, span, domain, outcome, note, (), (fact,), *counts))
        if outcome in {"temperror", "permerror"}:
            raise _StopError(outcome, note)
        return record

    def fault(self, found: Published, fact: Fact[Records], domain: str) -> tuple[str, str]:
        """What it means that there is no record to evaluate, and why."""
        if isinstance(fact, Unknown):
            return "temperror", fact.sentence
        if found.record is None:
            if found.state == "multiple":
                return "permerror", f"{domain} publishes more than one SPF record"
            return "none", f"{domain} publishes no SPF record"
        problem = next(each for each in found.record.problems if each.kind in {"syntax", "limit"})
        return "permerror", f"the record of {domain} cannot be read: {problem.message}"

    async def judged(self, record: SpfRecord, domain: str, depth: int) -> _Verdict:
        """What a record says of the client (4.6, 4.7)."""
        for term in reached_terms(record):
            if isinstance(term, Modifier):
                return await self.redirected(term, domain, depth)
            if term.name in LOOKUP_TERMS:
                matches = await self.looked_up(term, domain, depth)
            else:
                matches = term.network is None or self.client in term.network
                self.note(len(self.trace), term, domain, depth, _Look(), "match" if matches else "not-match")
            if matches:
                return _Verdict(RESULTS[term.qualifier], term, record, domain)
        return _Verdict("neutral", None, record, domain)  # 4.7

    def note(
        self, at: int, term: Mechanism | Modifier, domain: str, depth: int, look: _Look, outcome: str, note: str = ""
    ) -> None:
        """Write the step of a term at its place in the trace, before those of the records it leads to."""
        kind = "mechanism" if isinstance(term, Mechanism) else term.name
        found = (look.target, outcome, note or look.note, look.addresses, tuple(look.facts))
        self.trace[at : at + 1] = [Step(kind, depth, domain, term.text, term.span, *found, self.lookups, self.voids)]

    async def looked_up(self, term: Mechanism, domain: str, depth: int) -> bool:
        """Whether a mechanism that asks the DNS matches (5)."""
        at, look = len(self.trace), _Look()
        self.trace.append(_PENDING)
        try:
            self.count(term)
            look.target = await self.target(term, domain)
            matches = await self.matches(term, depth, look)
        except _StopError as stop:
            self.note(at, term, domain, depth, look, stop.result, stop.note)
            raise
        except asyncio.CancelledError:
            self.note(at, term, domain, depth, look, "temperror", "its answers were not waited for")
            raise
        self.note(at, term, domain, depth, look, "match" if matches else "not-match")
        return matches

    async def redirected(self, term: Modifier, domain: str, depth: int) -> _Verdict:
        """What the record says that stands in for this one (6.1)."""
        at, look = len(self.trace), _Look()
        self.trace.append(_PENDING)
        try:
            self.count(term)
            look.target = await self.target(term, domain)
            record = await self.other(term, depth, look)
        except _StopError as stop:
            self.note(at, term, domain, depth, look, stop.result, stop.note)
            raise
        except asyncio.CancelledError:
            self.note(at, term, domain, depth, look, "temperror", "its answers were not waited for")
            raise
        self.note(at, term, domain, depth, look, "followed")
        return await self.judged(record, look.target or "", depth)

    def count(self, term: Mechanism | Modifier) -> None:
        """One more term that asks the DNS (4.6.4)."""
        self.lookups += 1
        if self.lookups > LOOKUPS:
            raise _StopError("permerror", f"{term.text} is look-up {self.lookups}, and {LOOKUPS} are allowed")

    def void(self, fact: Fact[Records], term: Mechanism | Modifier) -> None:
        """One more term whose question comes back empty (4.6.4)."""
        if isinstance(fact, Absent):
            self.voids += 1
            if self.voids > VOIDS:
                raise _StopError("permerror", f"{term.text} is void look-up {self.voids}, and {VOIDS} are allowed")

    async def other(self, term: Mechanism | Modifier, depth: int, look: _Look) -> SpfRecord:
        """The record that include or redirect leads to; without one the result is permerror (5.2, 6.1)."""
        name = look.target
        if name is None:
            raise _StopError("permerror", f"{term.text} leads to no name: {_LOCAL}")
        fault = malformed(name)
        if fault is not None:
            raise _StopError("permerror", f"{term.text} leads to no SPF record: {fault}")
        fact = await self.ask(name, "TXT")
        look.facts.append(fact)
        self.void(fact, term)
        record = self.record_in(fact, name, depth)
        if record is None:
            raise _StopError("permerror", f"{term.text} leads to no SPF record: {name} publishes none")
        return record

    async def matches(self, term: Mechanism, depth: int, look: _Look) -> bool:
        """Whether the mechanism matches, `look.target` being what it asks about; the rest of `look` is filled in."""
        name = look.target
        if name is None:
            look.note = _LOCAL
            return False
        if term.name == "include":
            record = await self.other(term, depth + 1, look)
            verdict = await self.judged(record, name, depth + 1)
            look.note = f"the result there is {verdict.result}"
            return verdict.result == "pass"
        if not askable(name):
            look.note = "no such name can be asked for"
            return False
        match term.name:
            case "exists":
                fact = await self.fact(name, "A", term, look)
                return isinstance(fact, Known)
            case "a":
                fact = await self.fact(name, self.type, term, look)
                return self.is_among([fact], term, look)
            case "mx":
                return await self.mx(name, term, look)
        return await self.ptr(name, term, look)

    async def fact(self, name: str, type_: str, term: Mechanism, look: _Look) -> Fact[Records]:
        """The answer to a mechanism's own question; a fault ends the evaluation (5)."""
        fact = await self.ask(name, type_)
        look.facts.append(fact)
        if isinstance(fact, Unknown):
            raise _StopError("temperror", fact.sentence)
        self.void(fact, term)
        return fact

    async def mx(self, name: str, term: Mechanism, look: _Look) -> bool:
        """The addresses of the mail exchangers; more than ten of them are a permerror (5.4, 4.6.4)."""
        fact = await self.fact(name, "MX", term, look)
        found = [each for each in fact.value if isinstance(each, Exchange)] if isinstance(fact, Known) else []
        if len(found) > MX_NAMES:
            raise _StopError("permerror", f"{name} has {len(found)} MX records, and {MX_NAMES} are allowed")
        found.sort(key=lambda each: each.preference)
        facts = await self.addresses([each.host for each in found if askable(each.host)])
        look.facts += facts
        fault = next((each for each in facts if isinstance(each, Unknown)), None)
        if fault is not None:
            raise _StopError("temperror", fault.sentence)
        return self.is_among(facts, term, look)

    async def ptr(self, name: str, term: Mechanism, look: _Look) -> bool:
        """Whether a name of the client at or below `name` leads back to it; a fault is no match here (5.5)."""
        fact, names = await self.client_names()
        look.facts.append(fact)
        if isinstance(fact, Unknown):
            look.note = fact.sentence
            return False
        self.void(fact, term)
        names = [each for each in names if under(each, name)]
        facts, validated = await self.validated(names)
        look.facts += facts
        if validated:
            look.note = f"{validated[0]} is a name of {self.address} and leads back to it"
        else:
            look.note = f"no name of {self.address} at or below {name} leads back to it"
        return bool(validated)

    async def target(self, term: Mechanism | Modifier, domain: str) -> str | None:
        """The name a term asks about; None where the sender's local part keeps it from matching (RFC 8616 4)."""
        spec = spec_of(term)
        if spec is None or not spec.macros:
            return target_of(term, domain)
        letters = {macro.letter.lower() for macro in spec.macros}
        if not self.sender.ascii_local and not letters.isdisjoint("sl"):
            return None
        if "p" in letters:
            self.values["p"] = await self.validated_name(domain)
        return target_of(term, domain, self.values)

    async def addresses(self, names: Sequence[str]) -> list[Fact[Records]]:
        """The addresses of names, of the client's family, asked for side by side."""
        if self.at_hand or len(names) < 2:
            return [await self.ask(name, self.type) for name in names]
        return await asyncio.gather(*(self.ask(name, self.type) for name in names))

    def is_among(self, facts: list[Fact[Records]], term: Mechanism, look: _Look) -> bool:
        """Whether answers hold the client's address, compared by the prefix length of the term (5)."""
        look.addresses = tuple(ip for fact in facts for ip in _listed(fact))
        shift = 128 - term.cidr6 if self.six else 32 - term.cidr4
        return any(self.bits(ip) >> shift == self.number >> shift for ip in look.addresses)

    def bits(self, ip: str) -> int:
        try:
            return int.from_bytes(inet_pton(AF_INET6 if self.six else AF_INET, ip), "big")
        except (OSError, ValueError):
            return -1  # no address of the client's family, whatever the resolver took it for

    async def client_names(self) -> tuple[Fact[Records], list[str]]:
        """The names of the client's address, the first ten (5.5, 4.6.4)."""
        fact = await self.ask(self.client.reverse_pointer, "PTR")
        names = [each.name for each in fact.value if isinstance(each, Target)] if isinstance(fact, Known) else []
        return fact, [name for name in names[:PTR_NAMES] if askable(name)]

    async def validated(self, names: list[str]) -> tuple[list[Fact[Records]], list[str]]:
        """Those of the names that lead back to the client; a name whose question fails is passed over (5.5)."""
        facts = await self.addresses(names)
        return facts, [
            name
            for name, fact in zip(names, facts, strict=True)
            if any(self.bits(ip) == self.number for ip in _listed(fact))
        ]

    async def validated_name(self, domain: str) -> str:
        """The macro p (7.3): the current domain, a name below it, or any name that is the client's; else unknown."""
        _, names = await self.client_names()
        _, found = await self.validated(names)
        found.sort(key=lambda name: (name != domain, not under(name, domain)))
        return found[0] if found else "unknown"

    async def explanation(self, verdict: _Verdict) -> str | None:
        """What the domain says of a fail (6.2). Whatever goes wrong, there is just no explanation."""
        terms, domain = verdict.record.terms, verdict.domain
        term = next((each for each in terms if isinstance(each, Modifier) and each.name == "exp"), None)
        if term is None:
            return None
        at, look = len(self.trace), _Look()
        text = None
        look.target = await self.target(term, domain)
        if look.target is None or not askable(look.target):
            look.note = "no such name can be asked for"
        else:
            look.facts.append(await self.ask(look.target, "TXT"))
            text, look.note = await self.spoken(look.facts[0], domain)
        self.note(at, term, domain, 0, look, "ignored" if text is None else "used")
        return text

    async def spoken(self, fact: Fact[Records], domain: str) -> tuple[str | None, str]:
        """The text of an explanation, or why there is none."""
        found = texts(fact)
        if isinstance(fact, Unknown):
            return None, fact.sentence
        if len(found) != 1:
            return None, "there is not exactly one TXT record"
        macros = read_explanation(found[0])
        if macros is None:
            return None, "it is not plain ASCII, or a macro in it cannot be read"
        self.values |= {"d": domain, "t": str(int(self.clock()))}
        if any(macro.letter in "pP" for macro in macros.macros):
            self.values["p"] = await self.validated_name(domain)
        text = explain(macros, self.values)
        # The value of a macro may bring in what an SMTP reply cannot hold.
        if text is None or not all(" " <= char <= "~" for char in text):
            return None, "what its macros stand for is not plain ASCII"
        return text, ""


def _listed(fact: Fact[Records]) -> list[str]:
    """The addresses in an answer."""
    return [each.ip for each in fact.value if isinstance(each, Address)] if isinstance(fact, Known) else []
