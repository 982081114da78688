"""The options that verbs share."""

import argparse
from typing import Any, NoReturn

from mailcheck.model.errors import UsageError
from mailcheck.report import FORMATS

LEVELS = ("error", "warning", "info")


class Parser(argparse.ArgumentParser):
    """An argument parser whose faults are UsageErrors; options are never abbreviated."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs)

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing a usage block."""
        near = self._nearest(message)
        raise UsageError(f"{message}{near}; see {self.prog} --help")

    def _nearest(self, message: str) -> str:
        head = "unrecognized arguments: "
        if not message.startswith(head):
            return ""
        from difflib import get_close_matches

        word = message[len(head) :].split(maxsplit=1)[0].partition("=")[0]
        known = [option for action in self._actions for option in action.option_strings if option.startswith("--")]
        near = get_close_matches(word, known, n=1)
        return f"; did you mean {near[0]}?" if near else ""


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """What is shown, and how the run ends."""
    group = parser.add_argument_group("report")
    group.add_argument("--format", choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS))
    group.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT=PATH",
        help="write this format to a file too (repeatable)",
    )
    group.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        metavar="WHEN",
        help="auto, always or never",
    )
    group.add_argument("--statistics", action="store_true", help="count the findings by rule")
    group.add_argument("-q", "--quiet", action="store_true", help="findings only")
    group.add_argument("-v", "--verbose", action="store_true", help="list what passed, and every reason in full")
    rules = parser.add_argument_group("rules (codes, names, families or ALL; comma-separated)")
    rules.add_argument("--select", action="append", metavar="RULES", help="run these only")
    rules.add_argument("--extend-select", action="append", metavar="RULES", help="run these as well")
    rules.add_argument("--ignore", action="append", metavar="RULES", help="do not run these")
    rules.add_argument("--baseline", metavar="FILE", help="findings listed there are known and do not fail")
    rules.add_argument("--write-baseline", metavar="FILE", help="write the findings of this run as a baseline")
    end = parser.add_argument_group("exit code: 0 nothing, 1 findings, 2 error, 3 could not tell")
    end.add_argument(
        "--fail-on",
        choices=LEVELS,
        metavar="LEVEL",
        help="this level or worse makes exit 1: error (default), warning, info",
    )
    end.add_argument("--exit-zero", action="store_true", help="findings make exit 0")
    end.add_argument(
        "--allow-unknown", action="store_true", default=None, help="what could not be determined makes exit 0"
    )
    add_config_options(parser)


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """Where the configuration comes from."""
    group = parser.add_argument_group("configuration")
    group.add_argument("--config", metavar="FILE", help="this file, instead of the nearest mailcheck.toml")
    group.add_argument("--isolated", action="store_true", help="read no configuration file")
    group.add_argument("--now", metavar="TIME", help="the time to judge by (ISO 8601), instead of the clock")


def add_dns_options(parser: argparse.ArgumentParser) -> None:
    """Where answers come from."""
    group = parser.add_argument_group("DNS")
    group.add_argument(
        "--resolver",
        action="append",
        metavar="SERVER",
        help="ADDR, ADDR:PORT, tls://ADDR or https://URL (repeatable)",
    )
    group.add_argument(
        "--zone",
        metavar="PATH",
        help="answer from a zone file, a folder of them, or answers.json; nothing is sent",
    )
    group.add_argument("--overlay", metavar="PATH", help="answer as if these records were published, the rest from DNS")
    group.add_argument("--record", metavar="FILE", help="keep all answers in a file")
    group.add_argument("--replay", metavar="FILE", help="answer from such a file")
    group.add_argument("--timeout", type=seconds, metavar="SECONDS", help="end the run after this long (default 30)")
    group.add_argument("--offline", action="store_true", default=None, help="never open a socket")


def seconds(text: str) -> float:
    """A positive number of seconds."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return value


def words(values: list[str] | None) -> tuple[str, ...]:
    """Comma-separated values of a repeatable option."""
    return tuple(word.strip() for value in values or () for word in value.split(",") if word.strip())
