"""The entry point: one boundary that turns everything into a message and an exit code."""

import sys
from collections.abc import Sequence

import mailcheck

HELP = """usage: mailcheck DOMAIN...            audit what your domains publish for mail
       mailcheck COMMAND [OPTIONS]

Will receivers believe that mail from this domain is yours? mailcheck reads its
SPF, DKIM, DMARC and MX records and says what will happen, where, and what to publish.

check
  audit [DOMAIN...]   the same as `mailcheck DOMAIN...`, with --from FILE for lists
look up
  explain CODE|NAME   what a rule finds, why it matters, how to repair it
  rules               all rules
  config              every setting in force, and where it comes from
  completion SHELL    completions for bash, zsh or fish

examples
  mailcheck example.com
  mailcheck example.com --format json --report sarif=audit.sarif
  mailcheck example.com --zone zones/example.com.zone     before you publish
  mailcheck example.com --overlay proposed.zone           what if you published this?
  mailcheck explain spf-lookup-limit

`mailcheck COMMAND --help` lists a command's options. Exit codes: 0 nothing at or above
--fail-on, 1 findings, 2 usage or internal error, 3 something could not be determined.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Prints to stdout and stderr, never a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] in (["--version"], ["-V"]):
        sys.stdout.write(f"mailcheck {mailcheck.__version__}\n")
        return 0
    if words[:1] in (["--help"], ["-h"]):
        sys.stdout.write(HELP)
        return 0
    if not words:
        sys.stderr.write(HELP)
        return 2
    try:
        return _dispatch(words)
    except KeyboardInterrupt:
        return 130
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 2
    except BrokenPipeError:
        # The reader (head, less) went away: nothing more can be said, and it is no fault.
        return _reader_gone()
    except Exception as error:  # noqa: BLE001  the boundary of section 7: no traceback, exit 2
        return _failed(error)


def _reader_gone() -> int:
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _failed(error: BaseException) -> int:
    from mailcheck.model.errors import MailcheckError
    from mailcheck.report.text import printable

    if isinstance(error, MailcheckError):
        sys.stderr.write(f"mailcheck: {printable(str(error))}\n")
        return 2
    text = printable(f"{type(error).__name__}: {error}", limit=500)
    sys.stderr.write(f"mailcheck: RUN001 internal-error: {text}\nThis is a fault of mailcheck; please report it.\n")
    return 2


def _dispatch(words: list[str]) -> int:
    from importlib import import_module

    from mailcheck.cli.neighbour import warn_of_neighbour
    from mailcheck.cli.route import route

    found = route(words)
    if found.verb is None:
        if any(word in {"-h", "--help"} for word in found.words):
            sys.stdout.write(HELP)
            return 0
        from mailcheck.model.errors import UsageError

        raise UsageError("no domain and no command given; see mailcheck --help")
    warn_of_neighbour()
    code: int = import_module(f"mailcheck.cli.{found.verb}_").main(list(found.words))
    return code


def run() -> None:
    """The console script."""
    raise SystemExit(main())
