"""The entry point: one boundary that turns everything into a message and an exit code."""

import sys

import mailcheck
from mailcheck.cli.streams import complain, emit, reopen

TYPE_CHECKING = False
if TYPE_CHECKING:
    # Not from typing: `mailcheck --version` should cost what Python itself costs.
    from collections.abc import Sequence

HELP = """usage: mailcheck DOMAIN...            audit what your domains publish for mail
       mailcheck COMMAND [OPTIONS]

Will receivers believe that mail from this domain is yours? mailcheck reads its
SPF, DKIM, DMARC and MX records and says what will happen, where, and what to publish.
Will the mail arrive as it was meant? It reads your templates and says what to change.

check
  audit [DOMAIN...]   the same as `mailcheck DOMAIN...`, with --from FILE for lists
  lint [PATH...]      templates, messages and message sets, before they are sent
  verify MESSAGE...   SPF, DKIM, DMARC and ARC of saved messages; why one fails
  recipients ...      addresses, or lists of them: can mail be sent there?
look up
  explain CODE|NAME   what a rule finds, why it matters, how to repair it
  rules [SELECTOR]    all rules, or those of a family
  config              every setting in force, and where it comes from
  ledger ACTION       what earlier campaigns claimed, and until when
  completion SHELL    completions for bash, zsh or fish

examples
  mailcheck example.com
  mailcheck example.com --format json --report sarif=audit.sarif
  mailcheck example.com --zone zones/example.com.zone     before you publish
  mailcheck example.com --overlay proposed.zone           what if you published this?
  mailcheck lint templates/                               before you commit
  mailcheck verify message.eml                            would receivers believe it?
  mailcheck recipients list.csv --out checked.csv         who can be written to?
  mailcheck explain spf-lookup-limit

`mailcheck COMMAND --help` lists a command's options. Exit codes: 0 nothing at or above
--fail-on, 1 findings, 2 usage or internal error, 3 something could not be determined.
"""


def main(argv: "Sequence[str] | None" = None) -> int:
    """Run the command; returns the exit code. Prints to stdout and stderr, never a traceback."""
    reopen()
    try:
        return _answer(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        return 130
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 2
    except Exception as error:  # noqa: BLE001  the boundary: no traceback, exit 2
        return _failed(error)


def _answer(words: list[str]) -> int:
    if words[:1] in (["--version"], ["-V"]):
        emit(f"mailcheck {mailcheck.__version__}\n")
        return 0
    if words[:1] in (["--help"], ["-h"]):
        emit(HELP)
        return 0
    if not words:
        sys.stderr.write(HELP)
        return 2
    return _dispatch(words)


def _failed(error: Exception) -> int:
    from mailcheck.model.errors import MailcheckError

    if isinstance(error, MailcheckError):
        complain(str(error))
    else:
        complain(f"RUN001 internal-error: {type(error).__name__}: {str(error)[:500]}; please report this")
    return 2


def _dispatch(words: list[str]) -> int:
    from importlib import import_module

    from mailcheck.cli.neighbour import warn_of_neighbour
    from mailcheck.cli.route import route

    found = route(words)
    if found.verb is None:
        return _no_verb(words)
    warn_of_neighbour()
    code: int = import_module(f"mailcheck.cli.{found.verb}_").main(list(found.words))
    return code


def _no_verb(words: list[str]) -> int:
    """Options alone. Raises UsageError, for a wrong option if there is one."""
    from mailcheck.cli.audit_ import parser
    from mailcheck.model.errors import UsageError

    if "-h" in words or "--help" in words:
        emit(HELP)
        return 0
    parser().parse_intermixed_args(words)
    raise UsageError("no domain and no command given; see mailcheck --help")


def run() -> None:
    """The console script.

    What is imported and gathered lives to the end: looking through it for garbage, on the way and at exit,
    would take a tenth of the time. Collection is made rare, not turned off, for long lists of domains.
    """
    import gc

    gc.set_threshold(200_000, 50, 100)
    code = main()
    gc.freeze()
    raise SystemExit(code)
