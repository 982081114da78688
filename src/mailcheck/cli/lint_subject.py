"""`mailcheck lint --subject TEXT`: a subject that stands in no file, with what belongs to it."""

from argparse import Namespace
from pathlib import Path

from mailcheck.lint import files
from mailcheck.lint.subjects.trying import Try
from mailcheck.model.errors import InputError, UsageError

OTHERS = ("preheader", "body", "from_name")
"""Options that belong to --subject."""


def check(args: Namespace) -> None:
    """What goes with --subject, and what does not. Raises UsageError."""
    if args.subject is None:
        for name in OTHERS:
            if getattr(args, name) is not None:
                raise UsageError(f"--{name.replace('_', '-')} belongs to a subject; give --subject TEXT as well")
        return
    if args.paths:
        raise UsageError("--subject is judged without files; give the mail's content with --body FILE")
    for name in ("fix", "diff", "new_from", "write_baseline", "data", "with_dependents"):
        if getattr(args, name):
            raise UsageError(f"--{name.replace('_', '-')} is about files, and --subject is none")


def given(args: Namespace) -> Try:
    """What the command line gives. Raises InputError where the body cannot be read."""
    body = None
    if args.body is not None:
        path = Path(args.body)
        try:
            with path.open("rb") as stream:
                octets = stream.read(files.MAX_OCTETS + 1)
            if len(octets) > files.MAX_OCTETS:
                raise InputError(f"--body {args.body!s:.200}: more than the {files.MAX_OCTETS:,} octets that are read")
            body = files.decode(octets, path.name).text
        except OSError as error:
            raise InputError(f"--body {args.body!s:.200}: cannot be read: {error.strerror}") from None
        except files.Unreadable as error:
            raise InputError(f"--body {args.body!s:.200}: {error}") from None
    return Try(
        args.subject,
        preheader=args.preheader,
        from_name=args.from_name,
        body=body,
        body_name=args.body or "body",
    )
