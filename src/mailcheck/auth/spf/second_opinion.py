"""What pyspf, which many receivers run, makes of the same sender on the same answers.

pyspf asks the DNS in the middle of its work, through a global function. Here its query class is
given the answers instead: it runs on those that are there, names what it misses, and runs again once that is fetched.
Nothing of pyspf is changed, so any number of these may run side by side. Its known faults are fenced in: what it
raises is told as such, and records that cost it quadratic time are not given to it.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from mailcheck.auth.spf.result import Step
from mailcheck.auth.spf.sender import askable, client_address, sender_of
from mailcheck.auth.spf.walker import VOIDS, Ask
from mailcheck.dns.names import normal
from mailcheck.dns.rdata import Address, Exchange, Records, Target, Text
from mailcheck.model.fact import Fact, Known, Unknown
from mailcheck.model.value import dataclass

MAX_QUESTIONS = 150
"""Questions of one second opinion; ten mx terms of ten hosts each ask 111."""
MAX_RECORD = 4096
"""Octets of a record that pyspf is given; its time grows with their square."""
MAX_SENDER = 320
"""Characters of a sender that pyspf is given; a path has 256 at the most (RFC 5321 4.5.3.1.3)."""
MOST_WORK = 1.0
"""Seconds of processor time after which it is not run again."""
SECONDS = 20.0
"""How long the questions of a second opinion may take."""

Answers = dict[tuple[str, str], Fact[Records]]


@dataclass(frozen=True, slots=True)
class Opinion:
    """pyspf's result word and its own sentence; `result` is None where it has none, and `text` then says why."""

    result: str | None
    text: str
    lookups: int = 0
    void_lookups: int = 0


async def second_opinion(
    ip: str | IPv4Address | IPv6Address,
    mail_from: str,
    helo: str,
    ask: Ask,
    *,
    trace: Iterable[Step] = (),
    clock: Callable[[], float] = time.time,
) -> Opinion:
    """Judge a sender with pyspf, on the answers in the `trace` of our own evaluation and what it asks beyond them.

    `ask` should be that of the same run. Never raises, save for what `ask` raises.
    """
    client = client_address(str(ip))
    if client is None:
        return Opinion(None, "the client's address is none")
    sender = sender_of(mail_from, helo)
    if len(mail_from) > MAX_SENDER:
        return Opinion(None, f"the sender is longer than {MAX_SENDER} characters")
    given = (str(client), f"{sender.local}@{sender.domain}" if sender.identity == "mailfrom" else "", sender.helo)
    facts = [fact for step in trace for fact in step.facts]
    answers: Answers = {(normal(fact.evidence.name), fact.evidence.type): fact for fact in facts}
    spent = 0.0
    try:
        async with asyncio.timeout(SECONDS):
            # Every run but the last misses something, so the questions bound the runs.
            while spent < MOST_WORK:
                long = next((name for name, fact in answers.items() if _too_long(fact)), None)
                if long is not None:
                    return Opinion(None, f"the record of {long[0]} is longer than {MAX_RECORD} octets")
                query = _query_class()(*given, answers, int(clock()))
                start = time.process_time()
                opinion: Opinion = query.opinion()
                spent += time.process_time() - start
                if not query.missing:
                    return opinion
                if len(answers) + len(query.missing) > MAX_QUESTIONS:
                    return Opinion(None, f"pyspf asks more than {MAX_QUESTIONS} questions")
                wanted = list(query.missing)
                found = await asyncio.gather(*(ask(*question) for question in wanted))
                answers |= zip(wanted, found, strict=True)
    except TimeoutError:
        return Opinion(None, f"its questions took longer than {SECONDS:g} seconds")
    return Opinion(None, "it takes too long over these records")


def _too_long(fact: Fact[Records]) -> bool:
    records = fact.value if isinstance(fact, Known) else ()
    return any(sum(map(len, each.strings)) > MAX_RECORD for each in records if isinstance(each, Text))


class _MissingError(Exception):
    """An answer that pyspf needs is not there yet."""


@cache
def _query_class() -> Any:
    """The query class of pyspf over given answers; made when first needed, since pyspf is slow to load."""
    import spf

    class Query(spf.query):  # type: ignore[misc]  # pyspf has no types
        """One run of pyspf. `missing` are the questions that it could not get an answer to."""

        def __init__(self, ip: str, sender: str, helo: str, answers: Answers, now: int) -> None:
            super().__init__(ip, sender, helo, strict=True)
            self.t = str(now)
            self.answers = answers
            self.missing: dict[tuple[str, str], None] = {}

        def opinion(self) -> Opinion:
            """Its verdict. What it asks while it fails counts, too: it swallows some exceptions."""
            try:
                result, _, text = self.check()
            except _MissingError:
                return Opinion(None, "it misses an answer")
            except Exception as error:  # noqa: BLE001  its own faults: ValueError, NameTooLong and others are known
                return Opinion(None, f"pyspf fails with {type(error).__name__}: {error!s:.200}")
            return Opinion(str(result), str(text), self.lookups, self.void_lookups)

        def dns(self, name: str, qtype: str, cnames: object = None, ignore_void: bool = False) -> list[Any]:  # noqa: ARG002
            """In place of its own: the same contract, from the answers. Aliases are followed in them already."""
            key = (normal(str(name)), qtype)
            if not askable(key[0]):
                return []
            fact = self.answers.get(key)
            if fact is None:
                self.missing[key] = None
                raise _MissingError
            if isinstance(fact, Unknown) and fact.reason != "alias-loop":  # which it takes for an empty answer
                raise spf.TempError(f"DNS {fact.reason}")
            found = [as_pyspf_has_it(each) for each in fact.value] if isinstance(fact, Known) else []
            if not found and not ignore_void:
                self.void_lookups += 1
                if self.void_lookups > VOIDS:
                    raise spf.PermError(f"Void lookup limit of {VOIDS} exceeded")
            return [value for value in found if value is not None]

    return Query


def as_pyspf_has_it(record: object) -> Any:
    """A record as pyspf's DNS layer gives it."""
    match record:
        case Text():
            return record.strings
        case Exchange():
            return record.preference, record.host
        case Address():
            return record.ip
        case Target():
            return record.name
    return None
