"""`mailcheck lint`: templates, messages and message sets judged before they are sent."""

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailcheck.cli import options
from mailcheck.model.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from mailcheck.cli.lint_run import Run
    from mailcheck.model.report import Report

KINDS = ("marketing", "transactional")


def parser() -> options.Parser:
    """The options of this verb."""
    found = options.Parser(
        prog="mailcheck lint",
        usage="mailcheck lint [PATH...|-] [OPTIONS]\n       mailcheck lint --subject TEXT [--body FILE] [OPTIONS]",
        description="Templates, messages and message sets judged before they are sent.\n"
        "Folders are walked, .gitignore counts; without a PATH, the current folder. Nothing is executed.",
    )
    found.add_argument("paths", nargs="*", metavar="PATH", help="a file or folder; - reads standard input")
    group = found.add_argument_group("what is judged")
    group.add_argument("--kind", choices=KINDS, metavar="KIND", help="what the mail is for: marketing, transactional")
    group.add_argument("--data", metavar="FILE", help="render Jinja2, Liquid and Mustache templates with this data too")
    group.add_argument(
        "--with-dependents", action="store_true", help="judge what extends or includes these files as well"
    )
    group.add_argument("--source-root", metavar="PATH", help="a further folder in which includes are looked up")
    group.add_argument(
        "--force-exclude", action="store_true", help="leave out what a folder would: `exclude`, what is no mail"
    )
    group.add_argument("--stdin-filename", metavar="FILE", help="the name that standard input goes by")
    group.add_argument(
        "--per-file-ignores",
        action="append",
        metavar="PATTERN:RULES",
        help="rules that do not run for files of this pattern (repeatable)",
    )
    group.add_argument("--new-from", metavar="REF", help="only what is new since this git revision counts")
    group.add_argument("--ledger", metavar="FILE", help="what was claimed in earlier sends, kept by `mailcheck ledger`")
    group = found.add_argument_group("a subject without a file")
    group.add_argument("--subject", metavar="TEXT", type=str, help="judge this subject")
    group.add_argument("--preheader", metavar="TEXT", type=str, help="the text that inboxes show beside it")
    group.add_argument("--from-name", metavar="TEXT", type=str, help="the sender's name")
    group.add_argument("--body", metavar="FILE", help="the mail's content: what the subject claims is looked up in it")
    group = found.add_argument_group("repair")
    group.add_argument("--fix", action="store_true", help="apply the safe fixes")
    group.add_argument("--diff", action="store_true", help="show what --fix would change; exit 1 if anything")
    options.add_report_options(found)
    return found


def main(words: Sequence[str]) -> int:
    """Run the verb; returns the exit code. Raises UsageError, ConfigError and InputError."""
    args = parser().parse_intermixed_args(list(words))
    _check(args)

    from mailcheck.cli.lint_run import Run, stopping
    from mailcheck.cli.output import check_target, report_targets, write
    from mailcheck.cli.settings import selection_of, settings_of
    from mailcheck.cli.streams import complain

    settings = settings_of(args, domains=False)
    selection = selection_of(settings)
    targets = report_targets(args.report)
    if args.write_baseline:
        check_target(_path(args.write_baseline), "--write-baseline")
    run = Run(args, settings, selection)
    faults: list[str] = []
    with stopping(run):
        report = run.report()
        if args.diff:
            return _difference(run, report, exit_zero=args.exit_zero)
        if args.fix:
            report = _repair(run, report, faults)
    if not (args.fix and run.stdin is not None):
        faults += write(report, args, settings["format"], targets)
    code = report.exit_code(exit_zero=args.exit_zero, allow_unknown=bool(settings["allow-unknown"]))
    if args.write_baseline and run.interrupted:
        faults.append(f"{args.write_baseline}: not written, since the run was interrupted")
    elif args.write_baseline:
        from mailcheck.cli.audit_ import keep_baseline

        code = keep_baseline(args.write_baseline, report, faults)
    for fault in faults:
        complain(fault)
    return run.interrupted or (2 if faults else code)


def _difference(run: "Run", report: "Report", *, exit_zero: bool) -> int:
    """Show what safe fixes would change."""
    from mailcheck.cli.lint_fix import repaired
    from mailcheck.cli.streams import complain, emit

    repair = repaired(run, report)
    if run.interrupted:
        return run.interrupted
    emit(repair.diff())
    for subject in report.subjects:
        for finding in subject.findings:
            if finding.code in {"RUN001", "RUN002"}:
                complain(finding.message)
    return 2 if report.broken else int(bool(repair.texts) and not exit_zero)


def _repair(run: "Run", report: "Report", faults: list[str]) -> "Report":
    """Write what safe fixes change; gives the report about what is left."""
    from mailcheck.cli.lint_fix import repaired
    from mailcheck.cli.streams import complain, emit

    repair = repaired(run, report)
    if run.interrupted:
        # What was not judged to the end may do harm.
        faults.append("nothing was repaired, since the run was interrupted")
        return report
    faults += repair.write()
    complain(repair.sentence())
    if repair.texts:
        report = run.report()
    if run.stdin is not None:
        # The repaired text is what the next program in the pipe wants; what is left is told beside it.
        emit(run.stdin)
        _tell(report)
    return report


def _check(args: Namespace) -> None:
    """Options that exclude each other. Raises UsageError."""
    if args.subject is not None or args.preheader or args.body or args.from_name:
        from mailcheck.cli.lint_subject import check

        check(args)
    if args.fix and args.diff:
        raise UsageError("--fix and --diff exclude each other: one writes what the other only shows")
    if args.diff and (args.report or args.write_baseline or args.format):
        raise UsageError("--diff shows a difference and no report; leave out --format, --report and --write-baseline")
    if args.new_from and args.write_baseline:
        raise UsageError("--write-baseline writes down everything that is found; leave out --new-from")
    if "-" in args.paths:
        if len(args.paths) > 1:
            raise UsageError("- stands for standard input, which is judged alone")
        if args.new_from:
            raise UsageError("--new-from compares files with a revision, and standard input is none")
        if args.fix and (args.format or args.report):
            raise UsageError("with - and --fix, standard output is the repaired text; leave out --format and --report")
    elif args.stdin_filename:
        raise UsageError("--stdin-filename names what comes on standard input; give - as the path")


def _path(text: str) -> "Path":
    from pathlib import Path

    return Path(text)


def _tell(report: "Report") -> None:
    """The findings on standard error, one a line."""
    import sys

    from mailcheck.report import RenderOptions, render

    sys.stderr.write(render("concise", report, RenderOptions()))
