"""Completion scripts: made from the parsers, and asked by a real bash."""

import re
import shlex
import shutil
import subprocess
from importlib import import_module

import pytest

from cli.command import Command
from mailcheck.cli.route import VERBS
from mailcheck.model import registry
from mailcheck.report import FORMATS

OPTIONS = {
    verb: [option for option in import_module(f"mailcheck.cli.{verb}_").parser().options() if option.startswith("--")]
    for verb in VERBS
}
ASK = """
source completion.bash
COMP_WORDS=("$@")
COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
_mailcheck
printf '%s\\n' "${COMPREPLY[@]}"
"""


def complete(command: Command, *words: str) -> list[str]:
    """What bash would offer for the last word."""
    command.write("completion.bash", command("completion", "bash").out)
    bash = shutil.which("bash")
    assert bash
    done = subprocess.run(
        [bash, "--norc", "-c", ASK, "bash", "mailcheck", *words],
        capture_output=True,
        text=True,
        cwd=command.folder,
        check=True,
    )
    assert done.stderr == ""
    return [line for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_knows_every_verb_and_option(shell: str, command: Command) -> None:
    done = command("completion", shell)
    assert (done.code, done.err) == (0, "")
    for verb, known in OPTIONS.items():
        assert verb in done.out
        for option in known:
            assert (f"-l {option[2:]} " if shell == "fish" else option) in done.out
    assert "mailcheck-cli" in done.out


def test_first_word(command: Command) -> None:
    assert complete(command, "") == list(VERBS)
    assert complete(command, "ex") == ["explain"]


@pytest.mark.parametrize("verb", VERBS)
def test_options_of_a_verb(verb: str, command: Command) -> None:
    assert [word for word in complete(command, verb, "-") if word.startswith("--")] == OPTIONS[verb]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("example.com", "--fo"), ["--format"]),
        (("--stat",), ["--statistics"]),
        (("example.com", "--format", "js"), ["json", "jsonl"]),
        (("example.com", "--format", "=", "js"), ["json", "jsonl"]),
        (("example.com", "--fail-on", ""), ["error", "warning", "info"]),
        (("example.com", "--fail-on", "="), ["error", "warning", "info"]),
        (("--format", "json", "ru"), ["rules"]),
        (("--selector", "explain", "conf"), ["config"]),
        (("explain", "spf-lookup-l"), ["spf-lookup-limit"]),
        (("explain", "SPF001", "SPF00"), [f"SPF00{digit}" for digit in range(1, 10)]),
        (("explain", "--format", "m"), ["markdown"]),
        (("rules", "DMAR"), ["DMARC", *(entry.code for entry in registry.entries() if entry.family == "DMARC")]),
        (("example.com", "--ignore", "SP"), ["SPF", *(e.code for e in registry.entries() if e.family == "SPF")]),
        (("completion", ""), ["bash", "zsh", "fish"]),
        (("example.com", "--report", "s"), ["sarif="]),
        (("example.com", "--report", ""), [f"{name}=" for name in FORMATS]),
        (("example.com", "--zone", "clean"), ["clean.json"]),
        (("example.com", "--config", "a fil"), ["a file.toml"]),
        (("example.com", "--report", "json", "=", "cl"), ["clean.json"]),
        (("example.com", "--selector", ""), []),
        (("example.com", "exa"), []),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_words_offered(words: tuple[str, ...], offered: list[str], command: Command) -> None:
    command.write("a file.toml", "")
    assert complete(command, *words) == offered


def test_bash_of_a_user_loads_it(command: Command) -> None:
    """Sourced as the help says, the function is bound to both names of the command."""
    bash = shutil.which("bash")
    assert bash
    command.write("completion.bash", command("completion", "bash").out)
    script = "set -eu; source completion.bash; complete -p mailcheck mailcheck-cli"
    done = subprocess.run(
        [bash, "--norc", "-c", script], capture_output=True, text=True, cwd=command.folder, check=True
    )
    assert done.stdout.splitlines() == ["complete -F _mailcheck mailcheck", "complete -F _mailcheck mailcheck-cli"]


def test_quotes_of_the_zsh_script_are_balanced(command: Command) -> None:
    """No help text leaves its quotes; zsh quotes as the POSIX shell does."""
    specs = [
        line.strip(" \\;") for line in command("completion", "zsh").out.splitlines() if line.startswith(" " * 12 + "'")
    ]
    assert len(specs) > 30
    assert all(len(shlex.split(spec)) == 1 for spec in specs)


def test_quotes_of_the_fish_script_are_balanced(command: Command) -> None:
    """No help text leaves its quotes; in fish, a backslash escapes a quote between quotes."""
    lines = [line for line in command("completion", "fish").out.splitlines() if line.startswith("complete ")]
    assert len(lines) > 30
    for line in lines:
        assert not set("'`$;|&()") & set(re.sub(r"'(?:[^'\\]|\\.)*'", "", line)), line


def test_paths_of_the_linter_are_files(command: Command) -> None:
    command.write("mail/welcome.html", "x")
    assert complete(command, "lint", "mail/w") == ["mail/welcome.html"]
    assert complete(command, "lint", "--kind", "") == ["marketing", "transactional"]
    assert "'*:file:_files'" in command("completion", "zsh").out
    assert "__fish_seen_subcommand_from lint' -F" in command("completion", "fish").out
