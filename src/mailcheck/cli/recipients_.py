"""`mailcheck recipients`: one address, or a list of them."""

from argparse import ArgumentTypeError
from collections.abc import Sequence

from mailcheck.cli import options
from mailcheck.report import FORMATS


def parser() -> options.Parser:
    """The options of this verb."""
    found = options.Parser(
        prog="mailcheck recipients",
        usage="mailcheck recipients ADDRESS...|LIST...|- [OPTIONS]",
        description="Can mail be sent to these addresses, and were they meant so?\n"
        "A word with an @ is an address; anything else is a list: CSV, JSON Lines or text, - for standard input.\n"
        "The DNS is asked once for each domain. No mail server is contacted.",
    )
    found.add_argument("given", nargs="+", metavar="ADDRESS|LIST", help="addresses, files, or - for standard input")
    group = found.add_argument_group("lists")
    group.add_argument("--column", metavar="NAME", help="the column with the addresses: its name, or its number from 1")
    group.add_argument(
        "--suppressions",
        action="append",
        default=[],
        metavar="FILE",
        help="addresses, domains or SHA-256 hashes that must not be written to (repeatable)",
    )
    group.add_argument("--out", metavar="FILE", help="write a table of all rows: CSV, or JSON Lines for .jsonl")
    group = found.add_argument_group("addresses in what is written (lists show them as a…@example.com)")
    group.add_argument("--show-addresses", action="store_true", help="in clear in the report, too")
    group.add_argument("--hash-output", action="store_true", help="as SHA-256 of the mailbox, in report and table")
    _report_options(found)
    options.add_dns_options(found)
    return found


def _report_options(found: options.Parser) -> None:
    """Those of every judge, but for what a list has no use for: baselines, and the time."""
    group = found.add_argument_group("report")
    group.add_argument("--format", choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS))
    group.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT=PATH",
        help="write this format to a file too (repeatable)",
    )
    options.add_color_option(group)
    group.add_argument("--statistics", action="store_true", help="count the findings by rule")
    group.add_argument("-q", "--quiet", action="store_true", help="findings only")
    group.add_argument("-v", "--verbose", action="store_true", help="list what passed, and every reason in full")
    options.add_rule_options(found)
    end = options.add_exit_options(found)
    end.add_argument("--exit-zero", action="store_true", help="findings make exit 0")
    end.add_argument(
        "--max-bad", type=percent, metavar="PERCENT", help="exit 1 above this share of failing rows (default 2%%)"
    )
    end.add_argument(
        "--max-unknown", type=percent, metavar="PERCENT", help="exit 3 above this share of unknown rows (default 5%%)"
    )
    group = found.add_argument_group("configuration")
    group.add_argument("--config", metavar="FILE", help="this file, instead of the nearest mailcheck.toml")
    group.add_argument("--isolated", action="store_true", help="read no configuration file")


def main(words: Sequence[str]) -> int:
    """Run the verb; returns the exit code. Raises UsageError, ConfigError and InputError."""
    args = parser().parse_intermixed_args(list(words))

    from mailcheck.cli.recipients_run import run

    return run(args)


def percent(text: str) -> float:
    """A share such as 2% or 0.5."""
    try:
        value = float(text.strip().removesuffix("%"))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise ArgumentTypeError(f"{text!r:.60} is no share from 0% to 100%")
    return value
