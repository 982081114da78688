"""Standard output and standard error, as they are found: piped, closed, full, of any encoding."""

import errno
import os
import sys


def reopen() -> None:
    """Let a stream that the caller closed (`>&-`) swallow what is written; the exit code still speaks."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))


def encoding() -> str:
    """The encoding of standard output; a stream that holds text (io.StringIO) has none and takes all."""
    return sys.stdout.encoding or "utf-8"


def emit(text: str) -> None:
    """Write to standard output; what its encoding lacks is written out as an escape.

    A reader that went away (head, less) is no fault: the run goes on and ends with its own exit code. Raises
    InputError where nothing can be written (a full disk).
    """
    try:
        sys.stdout.flush()
        # Octets, so that Windows does not turn the line ends of a report into its own.
        octets = text.encode(encoding(), "backslashreplace")
        if hasattr(sys.stdout, "buffer"):
            sys.stdout.buffer.write(octets)
        else:
            sys.stdout.write(octets.decode(encoding()))
        sys.stdout.flush()
    except OSError as error:
        _silence()
        # Windows tells EINVAL of a pipe whose reader is gone.
        if error.errno not in {errno.EPIPE, errno.EINVAL}:
            from mailcheck.model.errors import InputError

            raise InputError(f"standard output cannot be written: {error.strerror}") from None


def complain(text: str) -> None:
    """One line on standard error, with the program's name; where it cannot be written, the exit code has to do."""
    from mailcheck.report.text import printable

    try:
        sys.stderr.write(f"mailcheck: {printable(text)}\n")
        sys.stderr.flush()
    except OSError:
        _point_at_nothing(2)


def _silence() -> None:
    """Without this, the interpreter's own last flush would fail with a traceback."""
    _point_at_nothing(sys.stdout.fileno())


def _point_at_nothing(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)
