"""The options that verbs share."""

import argparse
import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from mailcheck.cli.streams import emit
from mailcheck.model.errors import UsageError
from mailcheck.model.pattern import regex
from mailcheck.report import FORMATS

LEVELS = ("error", "warning", "info")
COLORS = ("auto", "always", "never")
_INVALID = regex(r"argument (?P<option>[^:]+): invalid choice: '?(?P<word>.*?)'? \(choose from .*\)", re.DOTALL)
_UNKNOWN = "unrecognized arguments: "


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal. The standard one imports shutil for that, at every option that is declared."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=columns() - 2)


def columns() -> int:
    """COLUMNS, else the terminal's width, else 80 (as shutil.get_terminal_size has it)."""
    try:
        return int(os.environ["COLUMNS"]) or 80
    except (KeyError, ValueError):
        pass
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns or 80
    except (OSError, ValueError, AttributeError):
        return 80


class Parser(argparse.ArgumentParser):
    """An argument parser whose faults are UsageErrors of one line; options are never abbreviated."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=_Formatter, **kwargs)
        # An unset variable of a script (`--zone "$ZONE"`) must not turn into another run than the one meant.
        self.register("type", None, _given)

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing a usage block."""
        invalid = _INVALID.fullmatch(message)
        if invalid:
            message = self._invalid(invalid["option"], invalid["word"])
        elif message.startswith(_UNKNOWN):
            word = message.removeprefix(_UNKNOWN).split(maxsplit=1)[0].partition("=")[0]
            known = [option for option in self.options() if option.startswith("--")]
            message = (
                f"there is no option {word!r:.60}{nearest(word, known)}"
                if word.startswith("-")
                else f"{word!r:.60} is a word too many"
            )
        elif message.endswith(": expected one argument"):
            message = f"{message.removeprefix('argument ').partition(':')[0]} needs a value"
        elif ": ignored explicit argument" in message:
            message = f"{message.removeprefix('argument ').partition(':')[0]} takes no value"
        else:
            message = message.removeprefix("argument ")
        raise UsageError(f"{message}; see {self.prog} --help")

    def _invalid(self, option: str, word: str) -> str:
        choices = next(
            [str(choice) for choice in action.choices or ()]
            for action in self._actions
            if option in ("/".join(action.option_strings), action.metavar, action.dest)
        )
        return f"{option}: {word!r:.60} is none of {', '.join(choices)}{nearest(word, choices)}"

    def print_help(self, file: object = None) -> None:  # noqa: ARG002  argparse's own form
        """To standard output, as everything else."""
        emit(self.format_help())

    def options(self) -> dict[str, argparse.Action]:
        """Every option string and what it does."""
        return {option: action for action in self._actions for option in action.option_strings}

    def positionals(self) -> list[argparse.Action]:
        """The arguments without a dash."""
        return [action for action in self._actions if not action.option_strings]


def _given(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("the value is empty")
    return text


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean …?`, where something known is near."""
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def add_report_options(parser: Parser, *, clock: bool = True) -> None:
    """What is shown, and how the run ends; `clock` where the verb judges by the time."""
    group = parser.add_argument_group("report")
    group.add_argument("--format", choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS))
    group.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT=PATH",
        help="write this format to a file too (repeatable)",
    )
    add_color_option(group)
    group.add_argument("--statistics", action="store_true", help="count the findings by rule")
    group.add_argument("-q", "--quiet", action="store_true", help="findings only")
    group.add_argument("-v", "--verbose", action="store_true", help="list what passed, and every reason in full")
    add_rule_options(parser)
    end = add_exit_options(parser)
    end.add_argument("--exit-zero", action="store_true", help="findings make exit 0")
    group = add_config_options(parser)
    group.add_argument("--write-baseline", metavar="FILE", help="write the findings of this run as a baseline")
    if clock:
        group.add_argument("--now", metavar="TIME", help="the time to judge by (ISO 8601), instead of the clock")


def add_look_up_options(parser: Parser, formats: Sequence[str]) -> None:
    """How something that is looked up is shown."""
    parser.add_argument("--format", choices=formats, default="terminal", metavar="FORMAT", help=f"{', '.join(formats)}")
    add_color_option(parser)


# argparse gives groups and parsers no public type in common.
def add_color_option(parser: Any) -> None:
    """--color."""
    parser.add_argument("--color", choices=COLORS, default="auto", metavar="WHEN", help="auto, always or never")


def add_rule_options(parser: Parser) -> None:
    """Which rules run."""
    rules = parser.add_argument_group("rules (codes, names, families or ALL; comma-separated)")
    rules.add_argument("--select", action="append", metavar="RULES", help="run these only")
    rules.add_argument("--extend-select", action="append", metavar="RULES", help="run these as well")
    rules.add_argument("--ignore", action="append", metavar="RULES", help="do not run these")


def add_exit_options(parser: Parser) -> Any:
    """What makes the run fail; gives the group."""
    end = parser.add_argument_group("exit code: 0 nothing, 1 findings, 2 error, 3 could not tell")
    end.add_argument(
        "--fail-on",
        choices=LEVELS,
        metavar="LEVEL",
        help="this level or worse makes exit 1: error (default), warning, info",
    )
    end.add_argument(
        "--allow-unknown", action="store_true", default=None, help="what could not be determined makes exit 0"
    )
    return end


def add_config_options(parser: Parser) -> Any:
    """Where the configuration comes from; gives the group."""
    group = parser.add_argument_group("configuration")
    group.add_argument("--config", metavar="FILE", help="this file, instead of the nearest mailcheck.toml")
    group.add_argument("--isolated", action="store_true", help="read no configuration file")
    group.add_argument("--baseline", metavar="FILE", help="findings listed there are known and do not fail")
    return group


def add_dns_options(parser: Parser) -> None:
    """Where answers come from."""
    group = add_resolver_options(parser)
    group.add_argument(
        "--zone",
        metavar="PATH",
        help="answer from a zone file, a folder of them, or answers.json; nothing is sent",
    )
    group.add_argument("--overlay", metavar="PATH", help="answer as if these records were published, the rest from DNS")
    group.add_argument("--record", metavar="FILE", help="keep all answers in a file")
    group.add_argument("--replay", metavar="FILE", help="answer from such a file")


def add_resolver_options(parser: Parser) -> Any:
    """How the DNS is asked, as far as a configuration says it too; gives the group."""
    group = parser.add_argument_group("DNS")
    group.add_argument(
        "--resolver",
        action="append",
        metavar="SERVER",
        help="ADDR, ADDR:PORT, tls://ADDR or https://URL (repeatable)",
    )
    group.add_argument("--timeout", type=seconds, metavar="SECONDS", help="end the run after this long (default 30)")
    group.add_argument("--offline", action="store_true", default=None, help="never open a socket")
    return group


def seconds(text: str) -> float:
    """A positive number of seconds."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 86_400:
        raise argparse.ArgumentTypeError(f"{text!r:.60} is no number of seconds above 0 and below 86400")
    return value


def words(values: list[str] | None) -> tuple[str, ...]:
    """Comma-separated values of a repeatable option."""
    return tuple(word.strip() for value in values or () for word in value.split(",") if word.strip())
