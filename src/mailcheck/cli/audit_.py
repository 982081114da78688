"""`mailcheck audit`, and what a bare domain means."""

import asyncio
import datetime
import signal
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

import mailcheck
from mailcheck.cli import options
from mailcheck.cli.output import report_targets, write
from mailcheck.cli.route import check_domain_word
from mailcheck.config.accept import apply_accepts
from mailcheck.config.baseline import apply_baseline, read_baseline, write_baseline
from mailcheck.config.discovery import load
from mailcheck.config.schema import Origin, Settings
from mailcheck.dns.names import domain_argument
from mailcheck.dns.opening import DnsOptions, open_resolver
from mailcheck.dns.run import Run
from mailcheck.domain_audit.declaration import Declaration, Seen
from mailcheck.domain_audit.run import audit_domains
from mailcheck.model.errors import InputError, UsageError
from mailcheck.model.report import Report
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity

MAX_LIST = 10_000_000
"""Octets of a list of domains that are read."""


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
    """Run the verb; returns the exit code."""
    args = parser().parse_intermixed_args(list(words))
    settings = _settings(args)
    domains = _domains(args, settings)
    report_targets(args)
    selection = Selection.of(tuple(settings["select"]), tuple(settings["extend-select"]), tuple(settings["ignore"]))
    known = read_baseline(settings["baseline"]) if settings["baseline"] else {}
    seen = tuple(_seen(path) for path in args.from_eml)
    now = _now(args.now)
    report, interrupted = asyncio.run(_audit(args, settings, domains, selection, seen))
    report = apply_accepts(report, settings, now.date(), selection)
    if args.write_baseline:
        write_baseline(args.write_baseline, report)
        known = {}
    report = apply_baseline(report, known)
    write(report, args, settings["format"])
    if args.write_baseline:
        sys.stderr.write(f"mailcheck: baseline written to {args.write_baseline}\n")
        return 2 if report.broken else 0
    if interrupted:
        return interrupted
    return report.exit_code(exit_zero=args.exit_zero, allow_unknown=bool(settings["allow-unknown"]))


def _settings(args: Namespace) -> Settings:
    settings = load(config=args.config, isolated=args.isolated)
    flags = {
        "select": options.words(args.select) if args.select else None,
        "extend-select": options.words(args.extend_select) if args.extend_select else None,
        "ignore": options.words(args.ignore) if args.ignore else None,
        "fail-on": args.fail_on,
        "format": args.format,
        "baseline": args.baseline,
        "allow-unknown": args.allow_unknown,
        "offline": args.offline,
        "timeout": args.timeout,
        "resolver": tuple(args.resolver) if args.resolver else None,
    }
    for key, value in flags.items():
        if value is not None:
            settings.put(key, value, Origin(f"--{key}"))
    return settings


def _domains(args: Namespace, settings: Settings) -> list[str]:
    for word in args.domains:
        check_domain_word(word)
    domains = [domain_argument(word) for word in args.domains]
    if args.list:
        domains += _listed(args.list)
    if not domains:
        domains = [domain_argument(name) for name in settings.domains]
    if not domains:
        raise UsageError(
            'no domain given: name one, use --from FILE, or declare [domain."example.com"] in mailcheck.toml'
        )
    return list(dict.fromkeys(domains))


def _listed(path: str) -> list[str]:
    try:
        if path == "-":
            raw = sys.stdin.buffer.read(MAX_LIST + 1)
        else:
            with Path(path).open("rb") as stream:
                raw = stream.read(MAX_LIST + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    if len(raw) > MAX_LIST:
        raise InputError(f"{path}: larger than {MAX_LIST // 1_000_000} MB, the limit for a list of domains")
    name = "standard input" if path == "-" else path
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not UTF-8 text (octet {error.start}); one domain a line is expected") from None
    domains = []
    for number, line in enumerate(lines, 1):
        word = line.partition("#")[0].strip()
        if word:
            try:
                domains.append(domain_argument(word))
            except UsageError as error:
                raise InputError(f"{name}:{number}: {error}") from None
    if not domains:
        raise InputError(f"{name}: holds no domain; one a line is expected")
    return domains


def _seen(path: str) -> Seen:
    from mailcheck.domain_audit.message_evidence import read_message

    return read_message(path)


def _now(text: str | None) -> datetime.datetime:
    if text is None:
        return datetime.datetime.now(datetime.UTC)
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--now takes an ISO 8601 time such as 2026-11-23T12:00:00Z, not {text!r:.60}") from None


def declarations(settings: Settings) -> dict[str, Declaration]:
    """The `[domain."…"]` tables as the audit takes them."""
    return {
        domain_argument(name): Declaration(
            sends=table.get("sends"),
            selectors=tuple(table.get("selectors", ())),
            providers=tuple(table.get("providers", ())),
            bounce_domains=tuple(name.lower().removesuffix(".") for name in table.get("bounce-domains", ())),
            kind=table.get("kind"),
        )
        for name, table in settings.domains.items()
    }


async def _audit(
    args: Namespace, settings: Settings, domains: list[str], selection: Selection, seen: tuple[Seen, ...]
) -> tuple[Report, int]:
    resolver = open_resolver(
        DnsOptions(settings["resolver"], args.zone, args.overlay, args.record, args.replay, bool(settings["offline"]))
    )
    run = Run(resolver, timeout=settings["timeout"])
    code = _stop_on_signals(run)
    try:
        report = await audit_domains(
            domains,
            run,
            version=mailcheck.__version__,
            selection=selection,
            selectors=options.words(args.selector),
            declared=declarations(settings),
            seen=seen,
            fail_on=Severity(settings["fail-on"]),
        )
    finally:
        await run.close()
    return report, code[0]


def _stop_on_signals(run: Run) -> list[int]:
    """On SIGINT and SIGTERM end the run; what was answered is still judged and written."""
    code = [0]

    def stop(number: int) -> None:
        code[0] = 128 + number
        run.stop("interrupted")

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop, int(number))
        except (NotImplementedError, ValueError, RuntimeError):
            # Windows, or not the main thread: Python's own handling stays.
            continue
    return code
