"""The run of `recipients`: lists are read, their domains asked for, and then judged row by row."""

import sys
import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import mailcheck
from mailcheck.cli.audit_ import check_dns_flags
from mailcheck.cli.output import check_target, report_targets, write
from mailcheck.cli.recipients_table import Table
from mailcheck.cli.route import is_file_word
from mailcheck.cli.settings import selection_of, settings_of
from mailcheck.cli.streams import complain
from mailcheck.config.schema import Settings
from mailcheck.model.errors import InputError, UsageError
from mailcheck.model.judge import judge
from mailcheck.model.location import ConfigLocation, RowLocation
from mailcheck.model.report import Report, SubjectReport
from mailcheck.model.rule import loaded
from mailcheck.model.run_rules import RunView
from mailcheck.model.severity import Severity
from mailcheck.model.value import dataclass, field
from mailcheck.recipients.address import Address, read_address
from mailcheck.recipients.checking import domains_of, judge_list, views_of
from mailcheck.recipients.judging import names_of, report_row
from mailcheck.recipients.keys import digest, key_of, masked
from mailcheck.recipients.list_report import Limits, report_list
from mailcheck.recipients.listed import Listed
from mailcheck.recipients.lists.reading import RecipientList, open_list
from mailcheck.recipients.mail_hosts import MailHosts
from mailcheck.recipients.row import Row, judge_row, view_of
from mailcheck.recipients.suppression import Suppressions, read_suppressions

if TYPE_CHECKING:
    from mailcheck.dns.run import Run

ADDRESSES = "addresses"
"""The name of the list that the words of the command make."""


@dataclass(slots=True)
class _Given:
    """What the words are: addresses, lists that are open with the domains of each, and what could not be read."""

    addresses: list[Address] = field(default_factory=list)
    lists: list[RecipientList] = field(default_factory=list)
    counts: list[Mapping[str, int]] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)


def run(args: Namespace) -> int:
    """Run the verb; returns the exit code. Raises UsageError, ConfigError and InputError."""
    _check(args)
    settings = settings_of(args, domains=False)
    selection = selection_of(settings)
    targets = report_targets(args.report)
    suppressions = Suppressions()
    for path in args.suppressions:
        missed = read_suppressions(path, suppressions)
        if missed:
            complain(f"{path}: {missed:,} entries are neither an address, a domain nor a SHA-256, and are left out")
    given = _read(args)
    try:
        hosts, code = _ask(args, settings, given)
        report = _report(args, settings, given, hosts, suppressions, selection.codes, interrupted=bool(code))
    finally:
        for table in given.lists:
            table.close()
    faults = write(report, args, settings["format"], targets)
    if code and args.out:
        faults.append(f"{args.out}: not written, since the run was interrupted")
    for fault in faults:
        complain(fault)
    ending = report.exit_code(exit_zero=args.exit_zero, allow_unknown=bool(settings["allow-unknown"]))
    return code or (2 if faults else ending)


def _check(args: Namespace) -> None:
    check_dns_flags(args)
    if args.show_addresses and args.hash_output:
        raise UsageError("--show-addresses and --hash-output exclude each other")
    if args.given.count("-") > 1:
        raise UsageError("standard input (-) can be read once")
    if args.out:
        if args.out.lower().endswith((".parquet", ".gz", ".xlsx")):
            raise UsageError(f"--out {args.out:.80}: written are CSV, and JSON Lines for a name that ends in .jsonl")
        check_target(Path(args.out), "--out")
        same = [each for each in args.given if each != "-" and Path(each).exists() and Path(args.out).exists()
                and Path(each).samefile(args.out)]  # fmt: skip
        if same:
            raise UsageError(f"--out {args.out:.80}: this is the list itself; name another file")


def _read(args: Namespace) -> _Given:
    """Read every list to its end, so that what is wrong is known before anything is asked or written."""
    given = _Given()
    for word in args.given:
        if "@" in word and not is_file_word(word):
            given.addresses.append(read_address(word))
            continue
        try:
            table = open_list(word, column=args.column)
        except InputError as error:
            given.faults.append((word, str(error)))
            continue
        try:
            given.counts.append(domains_of(table))
        except InputError as error:
            table.close()
            given.faults.append((word, str(error)))
            continue
        given.lists.append(table)
    if given.faults and not given.lists and not given.addresses and len(given.faults) == 1:
        raise InputError(given.faults[0][1])
    return given


def _ask(args: Namespace, settings: Settings, given: _Given) -> tuple[dict[str, MailHosts], int]:
    """Ask for every domain once; gives what was found, and 130 or 143 where a signal ended it."""
    domains = dict.fromkeys(each.question for each in given.addresses if each.question)
    for counts in given.counts:
        domains |= dict.fromkeys(counts)
    if not domains or (settings["offline"] and not (args.zone or args.replay or args.overlay)):
        return {}, 0
    # The event loop and the DNS are loaded when somebody is asked: one address offline needs neither.
    import asyncio

    return asyncio.run(_asked(args, settings, list(domains), many=bool(given.lists)))


async def _asked(
    args: Namespace, settings: Settings, domains: list[str], *, many: bool
) -> tuple[dict[str, MailHosts], int]:
    from mailcheck.cli.signals import stop_on_signals
    from mailcheck.dns.opening import DnsOptions, open_resolver
    from mailcheck.recipients.domains import PAUSES, look_up

    resolver = open_resolver(
        DnsOptions(settings["resolver"], args.zone, args.overlay, args.record, args.replay, bool(settings["offline"]))
    )
    # The deadline is that of one address, or what was asked for; of a list each question has its own.
    timeout = settings["timeout"] if not many or args.timeout is not None else None
    # Files say the same again.
    pauses = () if args.zone or args.replay else PAUSES
    code = [0]

    def started(each: "Run") -> None:
        nonlocal code
        code = stop_on_signals(each)

    progress = _Progress(many=many)
    try:
        found = await look_up(domains, resolver, timeout=timeout, pauses=pauses, told=progress.told, started=started)
    finally:
        progress.end()
        await resolver.close()
    return found, code[0]


def _report(
    args: Namespace,
    settings: Settings,
    given: _Given,
    hosts: Mapping[str, MailHosts],
    suppressions: Suppressions,
    codes: frozenset[str],
    *,
    interrupted: bool,
) -> Report:
    fail_on = Severity(settings["fail-on"])
    selected = names_of(codes)
    limits = Limits(
        2.0 if args.max_bad is None else args.max_bad, 5.0 if args.max_unknown is None else args.max_unknown
    )
    show = _shown(args)
    subjects: list[SubjectReport] = []
    with ExitStack() as stack:
        out = stack.enter_context(Table(args.out, hashed=args.hash_output)) if args.out and not interrupted else None
        listed = Listed(suppressions)
        for number, address in enumerate(given.addresses, 1):
            found = hosts.get(address.question)
            more = listed.reasons(number, address)
            row = judge_row(address, view_of(address.host, found), more, selected)
            if out is not None:
                out.add(ADDRESSES, number, row)
            name = _hashed(address.written) if args.hash_output else address.written.strip()
            place = RowLocation(ADDRESSES, number)
            report = report_row(row, name, place, codes, fail_on, found, asked=found is not None)
            subjects.append(_without(report) if args.hash_output else report)
        for table, counts in zip(given.lists, given.counts, strict=True):
            take = None if out is None else _taker(out, table.name)
            summary = judge_list(table, views_of(counts, hosts), suppressions, selected, fail_on, take)
            subjects.append(
                report_list(
                    table, summary, hosts, limits, codes, show, asked=bool(hosts), suppressions=len(suppressions)
                )
            )
    subjects += [_unreadable(word, message) for word, message in given.faults]
    return Report("recipients", mailcheck.__version__, tuple(subjects), not interrupted, fail_on)


def _taker(out: Table, name: str) -> Callable[[int, Row], None]:
    def take(number: int, row: Row) -> None:
        out.add(name, number, row)

    return take


def _shown(args: Namespace) -> Callable[[str], str]:
    if args.hash_output:
        return _hashed
    return str.strip if args.show_addresses else masked


def _hashed(text: str) -> str:
    return digest(key_of(read_address(text)) or text.strip())[:16]


def _without(report: SubjectReport) -> SubjectReport:
    """The report of an address without it: neither normalised form nor suggestion, nor a fix that would name it."""
    from mailcheck.model.value import replace

    facts = report.facts | {"normalized": None, "suggestion": None}
    findings = tuple(replace(each, fixes=()) for each in report.findings)
    return replace(report, facts=facts, findings=findings)


def _unreadable(word: str, message: str) -> SubjectReport:
    view = RunView(word, unreadable=(message,), locus=ConfigLocation(word, "input"))
    findings = judge([rule for rule in loaded("RUN") if rule.code == "RUN002"], view).findings
    return SubjectReport(word, "fail", tuple(findings))


class _Progress:
    """Domains asked for, on standard error, where that is a terminal."""

    def __init__(self, *, many: bool) -> None:
        self.shown = many and bool(sys.stderr and sys.stderr.isatty())
        self.begin = self.last = time.monotonic()

    def told(self, done: int, of: int) -> None:
        now = time.monotonic()
        if not self.shown or (now - self.last < 0.2 and done < of):
            return
        self.last = now
        rate = done / max(now - self.begin, 0.001)
        left = int((of - done) / rate) if rate else 0
        self._write(f"\r\x1b[Kmailcheck: {done:,} of {of:,} domains asked, {rate:,.0f} a second, {left:,} s left")

    def end(self) -> None:
        if self.shown:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            self.shown = False
