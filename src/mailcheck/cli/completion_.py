"""`mailcheck completion`: a script for the shell, made from the parsers of all verbs."""

from collections.abc import Sequence
from importlib import import_module

from mailcheck.cli import options
from mailcheck.cli.streams import emit

SHELLS = ("bash", "zsh", "fish")


def parser() -> options.Parser:
    """The options of this verb."""
    found = options.Parser(
        prog="mailcheck completion",
        usage="mailcheck completion SHELL",
        description="A script that completes commands, options, formats and rules.\n\n"
        "  bash   source <(mailcheck completion bash)         in ~/.bashrc\n"
        "  zsh    source <(mailcheck completion zsh)          in ~/.zshrc, after compinit\n"
        "  fish   mailcheck completion fish > ~/.config/fish/completions/mailcheck.fish",
    )
    found.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    return found


def main(words: Sequence[str]) -> int:
    """Run the verb; returns the exit code. Raises UsageError for another shell."""
    args = parser().parse_args(list(words))

    from mailcheck.cli.shells import Verb, script

    emit(script(args.shell, [Verb.of(name, import_module(f"mailcheck.cli.{name}_").parser()) for name in _verbs()]))
    return 0


def _verbs() -> tuple[str, ...]:
    from mailcheck.cli.route import VERBS

    return VERBS
