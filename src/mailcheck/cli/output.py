"""Reports to where they are wanted."""

import os
import shutil
import sys
from argparse import Namespace
from pathlib import Path

from mailcheck.model.errors import InputError, UsageError
from mailcheck.model.files import write_text
from mailcheck.model.report import Report
from mailcheck.report import FORMATS, RenderOptions, render


def render_options(args: Namespace, *, to_terminal: bool) -> RenderOptions:
    """Colour, width and depth. NO_COLOR, FORCE_COLOR and --color decide as users know them."""
    stream = sys.stdout
    tty = to_terminal and stream is not None and stream.isatty()
    color = tty and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    if to_terminal and os.environ.get("FORCE_COLOR") and "NO_COLOR" not in os.environ:
        color = True
    if args.color != "auto":
        color = args.color == "always" and to_terminal
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
    unicode = encoding.startswith("utf") if to_terminal else True
    width = shutil.get_terminal_size((80, 24)).columns if to_terminal else 100
    return RenderOptions(color, unicode, width, args.verbose, args.quiet, args.statistics)


def report_targets(args: Namespace) -> list[tuple[str, Path]]:
    """The --report options. Raises UsageError for a wrong one, before anything is asked."""
    targets = []
    for value in args.report:
        name, equals, path = value.partition("=")
        if name not in FORMATS or not equals or not path:
            raise UsageError(f"--report takes FORMAT=PATH with FORMAT one of {', '.join(FORMATS)}, not {value!r:.80}")
        if not Path(path).parent.is_dir():
            raise UsageError(f"--report {value!s:.80}: there is no folder {str(Path(path).parent)!r}")
        targets.append((name, Path(path)))
    return targets


def write(report: Report, args: Namespace, format_name: str) -> None:
    """The main format to stdout, the others to their files. Raises InputError when a file cannot be written."""
    for name, path in report_targets(args):
        try:
            write_text(path, render(name, report, render_options(args, to_terminal=False)))
        except OSError as error:
            raise InputError(f"{path}: cannot be written: {error.strerror}") from None
    text = render(format_name, report, render_options(args, to_terminal=True))
    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text)
        return
    encoding = sys.stdout.encoding or "utf-8"
    buffer.write(text.encode(encoding, "backslashreplace"))
    buffer.flush()
