"""Reports to where they are wanted: standard output, and the files of --report."""

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from mailcheck.cli.streams import emit, encoding
from mailcheck.model.errors import InputError, UsageError
from mailcheck.model.files import write_text
from mailcheck.model.report import Report
from mailcheck.model.value import replace
from mailcheck.report import FORMATS, RenderOptions, render
from mailcheck.report.page import Page

SUMMARY = 1_048_576
"""Octets of a step's summary on GitHub; of a longer one nothing is shown."""
LEAST_SUMMARY = 2_000
"""Octets below which there is no room for a report worth reading."""


def wants_color(choice: str) -> bool:
    """Whether standard output is coloured.

    `choice` is --color; where it says auto, NO_COLOR, FORCE_COLOR, TERM=dumb and a terminal decide, in this
    order. An empty variable is one that is not set (no-color.org).
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def render_options(args: Namespace, *, to_terminal: bool) -> RenderOptions:
    """Colour, characters, width and depth: those of standard output, or the plain ones of a file."""
    depth = {name: getattr(args, name, False) for name in ("verbose", "quiet", "statistics")}
    if not to_terminal:
        return RenderOptions(width=100, **depth)
    from mailcheck.cli.options import columns

    unicode = encoding().lower().replace("-", "").startswith("utf")
    return RenderOptions(wants_color(args.color), unicode, columns(), **depth)


def look_up_page(color: str) -> Page:
    """A page for something looked up: at most 80 columns, since longer lines are hard to read."""
    options = render_options(Namespace(color=color), to_terminal=True)
    return Page(replace(options, width=min(options.width, 80)))


def report_targets(values: Sequence[str]) -> list[tuple[str, Path]]:
    """The --report options. Raises UsageError for a wrong one, before anything is asked."""
    targets: list[tuple[str, Path]] = []
    for value in values:
        name, equals, path = value.partition("=")
        if not equals or not path:
            raise UsageError(f"--report takes FORMAT=PATH such as json=audit.json, not {value!r:.80}")
        if name not in FORMATS:
            raise UsageError(f"--report {value!s:.80}: {name!r:.40} is none of {', '.join(FORMATS)}")
        if path == "-":
            raise UsageError(f"--report {value}: name a file; --format {name} writes to standard output")
        target = Path(path)
        if target in (taken for _, taken in targets):
            raise UsageError(f"--report {value!s:.80}: this file is named twice")
        check_target(target, f"--report {value!s:.80}")
        targets.append((name, target))
    return targets


def check_target(path: Path, what: str) -> None:
    """Find out before the run whether a file can be written. Raises UsageError."""
    try:
        if not path.parent.is_dir():
            raise UsageError(f"{what}: there is no folder {str(path.parent)!r:.200}")
        if path.is_dir():
            raise UsageError(f"{what}: {str(path)!r:.200} is a folder; name a file in it")
        writable = os.access(path if path.exists() else path.parent, os.W_OK)
    except OSError as error:
        raise UsageError(f"{what}: cannot be written: {error.strerror}") from None
    if not writable:
        raise UsageError(f"{what}: {str(path)!r:.200} cannot be written: permission denied")


def write(report: Report, args: Namespace, format_name: str, targets: Sequence[tuple[str, Path]]) -> list[str]:
    """The main format to standard output, the others to their files; gives what could not be written.

    One file that fails does not keep the others from being written.
    """
    faults = []
    summary = os.environ.get("GITHUB_STEP_SUMMARY") if format_name == "github" else None
    options = replace(render_options(args, to_terminal=True), elsewhere=bool(summary))
    try:
        emit(render(format_name, report, options))
    except InputError as error:
        faults.append(str(error))
    if summary:
        faults += _summarise(report, Path(summary), render_options(args, to_terminal=False))
    for name, path in targets:
        try:
            write_text(path, render(name, report, render_options(args, to_terminal=False)))
        except OSError as error:
            faults.append(f"{path}: cannot be written: {error.strerror}")
    return faults


def _summarise(report: Report, path: Path, options: RenderOptions) -> list[str]:
    """The whole list as Markdown behind what the step summary holds already; gives what could not be written.

    A summary that is too long would be refused whole, so nothing is added where there is no room.
    """
    try:
        taken = path.stat().st_size if path.exists() else 0
        room = SUMMARY - taken
        if room < LEAST_SUMMARY:
            return []
        text = render("markdown", report, replace(options, room=room - 1))
        with path.open("ab") as stream:
            stream.write(b"\n" * bool(taken) + text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        return [f"GITHUB_STEP_SUMMARY: {path}: cannot be written: {error.strerror}"]
    return []
