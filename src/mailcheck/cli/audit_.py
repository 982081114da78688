"""`mailcheck audit`, and what a bare domain means."""

import datetime
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mailcheck.cli import options
from mailcheck.cli.streams import complain
from mailcheck.model.errors import InputError, UsageError

if TYPE_CHECKING:
    from mailcheck.model.report import Report

# What asks and judges is imported when the words have been understood: `--help`, a mistyped flag and
# `completion` need none of it.


def parser() -> options.Parser:
    """The options of this verb."""
    found = options.Parser(
        prog="mailcheck audit",
        usage="mailcheck [audit] [DOMAIN...] [OPTIONS]",
        description="Audit what domains publish for mail: MX, SPF, DKIM, DMARC.\n"
        "Without a domain, those of the configuration are audited.",
    )
    found.add_argument(
        "domains",
        nargs="*",
        metavar="DOMAIN",
        help="a domain name; internationalized names as you write them",
    )
    group = found.add_argument_group("what is audited")
    group.add_argument(
        "--from",
        dest="list",
        metavar="FILE|-",
        help="read domains from a file, one a line (# begins a comment)",
    )
    group.add_argument(
        "--selector",
        action="append",
        metavar="NAME",
        help="a DKIM selector in use (repeatable, comma-separated)",
    )
    group.add_argument(
        "--from-eml",
        action="append",
        default=[],
        metavar="FILE",
        help="a message of the domain; its selectors are used",
    )
    options.add_report_options(found)
    options.add_dns_options(found)
    return found


def main(words: Sequence[str]) -> int:
    """Run the verb; returns the exit code. Raises UsageError, ConfigError and InputError."""
    args = parser().parse_intermixed_args(list(words))

    from mailcheck.cli.audit_input import gather_input
    from mailcheck.cli.audit_run import audit
    from mailcheck.cli.output import check_target, report_targets, write
    from mailcheck.cli.settings import selection_of, settings_of
    from mailcheck.config.accept import apply_accepts
    from mailcheck.config.baseline import apply_baseline, read_baseline

    check_dns_flags(args)
    settings = settings_of(args)
    selection = selection_of(settings)
    targets = report_targets(args.report)
    now = time_of(args.now)
    if args.write_baseline:
        check_target(Path(args.write_baseline), "--write-baseline")
    known = read_baseline(settings["baseline"]) if settings["baseline"] and not args.write_baseline else {}
    given = gather_input(args, settings)
    report, interrupted = audit(args, settings, given, selection)
    report = apply_baseline(apply_accepts(report, settings, now.date(), selection), known)
    faults = write(report, args, settings["format"], targets)
    code = report.exit_code(exit_zero=args.exit_zero, allow_unknown=bool(settings["allow-unknown"]))
    if args.write_baseline and not interrupted:
        code = keep_baseline(args.write_baseline, report, faults)
    elif args.write_baseline:
        faults.append(f"{args.write_baseline}: not written, since the run was interrupted")
    for fault in faults:
        complain(fault)
    return interrupted or (2 if faults else code)


def keep_baseline(path: str, report: "Report", faults: list[str]) -> int:
    """Write a baseline, unless something could not be judged; gives the exit code, and adds to the faults."""
    from mailcheck.config.baseline import write_baseline
    from mailcheck.report.text import plural

    if report.broken:
        faults.append(f"{path}: not written, since not everything could be judged")
        return 2
    try:
        write_baseline(path, report)
    except InputError as error:
        faults.append(str(error))
        return 2
    known = sum(len(subject.findings) for subject in report.subjects)
    complain(
        f"baseline written to {path}: {plural(known, 'finding')} known; only what is new fails with"
        f" --baseline {path}, or baseline in the configuration"
    )
    return 0


def check_dns_flags(args: Namespace) -> None:
    """DNS options that exclude each other. Raises UsageError."""
    alone = next((flag for flag in ("zone", "replay") if getattr(args, flag)), None)
    if alone and args.resolver:
        raise UsageError(f"--{alone} and --resolver exclude each other: with --{alone}, no name server is asked")
    if args.offline and args.resolver:
        raise UsageError("--offline and --resolver exclude each other: offline, no name server is asked")


def time_of(text: str | None) -> datetime.datetime:
    """The time of --now, or the clock's. Raises UsageError."""
    if text is None:
        return datetime.datetime.now(datetime.UTC)
    try:
        time = datetime.datetime.fromisoformat(text)
        return time.astimezone(datetime.UTC) if time.tzinfo else time.replace(tzinfo=datetime.UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"--now takes an ISO 8601 time such as 2026-11-23T12:00:00Z, not {text!r:.60}") from None
