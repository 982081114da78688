"""The run of `verify`: one loop and one cache for all messages, progress, and a way out on signals."""

import asyncio
import datetime
import sys
from argparse import Namespace
from collections.abc import Iterator

import mailcheck
from mailcheck.cli.signals import stop_on_signals
from mailcheck.cli.verify_input import Unreadable, messages_of
from mailcheck.config.schema import Settings
from mailcheck.dns.opening import DnsOptions, open_resolver
from mailcheck.dns.port import Resolver
from mailcheck.dns.run import Run
from mailcheck.model.errors import InputError
from mailcheck.model.judge import UnknownResult, judge
from mailcheck.model.report import Report, SubjectReport
from mailcheck.model.rule import loaded
from mailcheck.model.run_rules import RunView
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity
from mailcheck.verify_message.gather import Question
from mailcheck.verify_message.run import Given, selectors, verify_one

AT_ONCE, OCTETS_AT_ONCE = 16, 20_000_000
"""Messages, and octets of messages, that are verified side by side."""
PROGRESS = 100
"""Messages after which progress is told, where standard error is no terminal."""


def verify(args: Namespace, settings: Settings, selection: Selection, now: datetime.datetime) -> tuple[Report, int]:
    """Verify what is given; gives the report, and 130 or 143 where a signal ended it early. Raises InputError."""
    resolver = open_resolver(
        DnsOptions(settings["resolver"], args.zone, args.overlay, args.record, args.replay, bool(settings["offline"]))
    )
    question = Question(
        int(now.timestamp()), args.ip, args.helo, args.mail_from, args.trust_received, args.authserv_id,
        not args.no_second_opinion, selectors(),
    )  # fmt: skip
    return asyncio.run(_verify(args.messages, settings, selection, resolver, question))


async def _verify(
    paths: list[str], settings: Settings, selection: Selection, resolver: Resolver, question: Question
) -> tuple[Report, int]:
    fail_on = Severity(settings["fail-on"])
    given = messages_of(paths)
    first = [each for _, each in zip(range(2), given, strict=False)]
    # The deadline that nobody set is one message's; of many, each question has only its own.
    chosen = len(first) == 1 or settings.origins["timeout"].source != "default"
    run = Run(resolver, timeout=settings["timeout"] if chosen else None, limit=1_000_000)
    code = stop_on_signals(run)
    subjects: list[SubjectReport] = []
    progress = _Progress(many=len(first) > 1)
    complete = True
    try:
        for batch in _batches(_chained(first, given)):
            if run.stopped:
                complete = False
                if run.stopped == "deadline" and "RUN004" in selection:
                    subjects.append(_left_out(batch[0]))
                break
            # Their questions leave side by side; the reports keep the order of the messages.
            for subject in await asyncio.gather(*(_one(each, run, question, selection, fail_on) for each in batch)):
                subjects.append(subject)
                progress.told(subject)
            await asyncio.sleep(0)  # signals are heard between batches
    finally:
        progress.end()
        await run.close()
    if not subjects and not code[0]:
        raise InputError(f"{paths[0]}: there is no message in it")
    report = Report(
        "verify", mailcheck.__version__, tuple(subjects), complete and run.stopped != "interrupted", fail_on
    )
    return report, code[0]


def _chained(first: list[Given | Unreadable], rest: Iterator[Given | Unreadable]) -> Iterator[Given | Unreadable]:
    yield from first
    yield from rest


def _batches(given: Iterator[Given | Unreadable]) -> Iterator[list[Given | Unreadable]]:
    """As many at once as keep memory small."""
    batch: list[Given | Unreadable] = []
    octets = 0
    for each in given:
        batch.append(each)
        octets += len(each.raw) if isinstance(each, Given) else 0
        if len(batch) >= AT_ONCE or octets >= OCTETS_AT_ONCE:
            yield batch
            batch, octets = [], 0
    if batch:
        yield batch


async def _one(
    each: Given | Unreadable, run: Run, question: Question, selection: Selection, fail_on: Severity
) -> SubjectReport:
    if isinstance(each, Unreadable):
        return _unreadable(each)
    return await verify_one(each, run, question, selection, fail_on)


def _unreadable(each: Unreadable) -> SubjectReport:
    view = RunView(each.source, unreadable=(each.message,), locus=each.place)
    findings = judge([rule for rule in loaded("RUN") if rule.code == "RUN002"], view).findings
    return SubjectReport(each.source, "fail", tuple(findings))


def _left_out(each: Given | Unreadable) -> SubjectReport:
    """The first message that the deadline left unread stands for all behind it."""
    name = each.source if isinstance(each, Unreadable) else each.subject
    reason = "the deadline passed before this message and those behind it were read; give more time with --timeout"
    return SubjectReport(name, "unknown", unknown=(UnknownResult("RUN004", "deadline", reason),))


class _Progress:
    """Counts on standard error: one line that is written over on a terminal, else one line now and then."""

    def __init__(self, *, many: bool) -> None:
        self.many = many
        self.terminal = bool(sys.stderr and sys.stderr.isatty())
        self.count = self.failed = 0

    def told(self, subject: SubjectReport) -> None:
        self.count += 1
        self.failed += subject.verdict == "fail"
        if self.many and self.terminal:
            self._write(f"\r{self._text()}")
        elif self.many and self.count % PROGRESS == 0:
            self._write(f"{self._text()}\n")

    def end(self) -> None:
        if self.many and self.terminal:
            self._write("\r\x1b[K")

    def _text(self) -> str:
        return f"mailcheck: {self.count:,} messages verified, {self.failed:,} fail"

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            self.many = False
