"""Architecture 4.1: verbs, options, choices. Scripts and CI files of users are written in them."""

from importlib import import_module
from typing import Any

import pytest

from contract.snapshot import same
from mailcheck.cli.options import Parser
from mailcheck.cli.route import FILES, RESERVED, VERBS


def described(parser: Parser) -> dict[str, Any]:
    """The options of a verb as data."""
    actions = dict.fromkeys(parser.options().values())
    return {
        "words": [
            {"metavar": each.metavar, "nargs": each.nargs, "choices": list(each.choices) if each.choices else None}
            for each in parser.positionals()
        ],
        "options": [
            {
                "flags": list(each.option_strings),
                "value": None if each.nargs == 0 else each.metavar,
                "repeatable": type(each).__name__ == "_AppendAction",
                "choices": list(each.choices) if each.choices else None,
            }
            for each in actions
        ],
    }


def test_verbs() -> None:
    """4.1: the verbs that work, those whose names are kept, and the endings that mark a file."""
    assert same("verbs", {"works": list(VERBS), "reserved": list(RESERVED), "files": list(FILES)})


@pytest.mark.parametrize("verb", VERBS)
def test_options(verb: str) -> None:
    """4.1: every option of every verb."""
    assert same(f"options-{verb}", described(import_module(f"mailcheck.cli.{verb}_").parser()))
