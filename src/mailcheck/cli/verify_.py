"""`mailcheck verify`: would receivers believe this message, and if not, exactly why."""

from argparse import ArgumentTypeError
from collections.abc import Sequence
from pathlib import Path

from mailcheck.cli import options

_HOPS = 100


def parser() -> options.Parser:
    """The options of this verb."""
    found = options.Parser(
        prog="mailcheck verify",
        usage="mailcheck verify MESSAGE...|- [OPTIONS]",
        description="SPF, DKIM, DMARC and ARC of messages as receivers judge them, and why one fails.\n"
        "A message is a file saved in its original form (.eml), an mbox, a Maildir, or - for standard input.",
    )
    found.add_argument("messages", nargs="+", metavar="MESSAGE", help="a message, an mbox or a Maildir; - reads one")
    group = found.add_argument_group("who sent it (for SPF; without these it is read from the message where it can be)")
    group.add_argument("--ip", type=_address, metavar="ADDRESS", help="the address of the server that sent it")
    group.add_argument("--helo", metavar="NAME", help="the name it gave in HELO or EHLO")
    group.add_argument("--mail-from", metavar="ADDRESS", help="the address of MAIL FROM; <> for the null sender")
    group.add_argument(
        "--trust-received",
        type=_hops,
        default=0,
        metavar="N",
        help="the topmost N Received fields are by your own servers; the Nth names the sender",
    )
    group = found.add_argument_group("what is compared")
    group.add_argument(
        "--authserv-id",
        metavar="NAME",
        help="your own server: its Authentication-Results are trusted, and ours bears its name",
    )
    group.add_argument(
        "--no-second-opinion", action="store_true", help="do not ask pyspf and dkimpy as well (for many messages)"
    )
    options.add_report_options(found)
    options.add_dns_options(found)
    return found


def main(words: Sequence[str]) -> int:
    """Run the verb; returns the exit code. Raises UsageError, ConfigError and InputError."""
    args = parser().parse_intermixed_args(list(words))

    from mailcheck.cli.audit_ import check_dns_flags, keep_baseline, time_of
    from mailcheck.cli.output import check_target, report_targets, write
    from mailcheck.cli.settings import selection_of, settings_of
    from mailcheck.cli.streams import complain
    from mailcheck.cli.verify_run import verify
    from mailcheck.config.baseline import apply_baseline, read_baseline

    check_dns_flags(args)
    settings = settings_of(args, domains=False)
    selection = selection_of(settings)
    targets = report_targets(args.report)
    now = time_of(args.now)
    if args.write_baseline:
        check_target(Path(args.write_baseline), "--write-baseline")
    known = read_baseline(settings["baseline"]) if settings["baseline"] and not args.write_baseline else {}
    report, interrupted = verify(args, settings, selection, now)
    report = apply_baseline(report, known)
    faults = write(report, args, settings["format"], targets)
    code = report.exit_code(exit_zero=args.exit_zero, allow_unknown=bool(settings["allow-unknown"]))
    if args.write_baseline and not interrupted:
        code = keep_baseline(args.write_baseline, report, faults)
    elif args.write_baseline:
        faults.append(f"{args.write_baseline}: not written, since the run was interrupted")
    for fault in faults:
        complain(fault)
    return interrupted or (2 if faults else code)


def _address(text: str) -> str:
    from ipaddress import ip_address

    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        raise ArgumentTypeError(f"{text!r:.60} is no IP address such as 192.0.2.1 or 2001:db8::1") from None


def _hops(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= _HOPS:
        return int(text)
    raise ArgumentTypeError(f"{text!r:.60} is no number of Received fields from 1 to {_HOPS}")
