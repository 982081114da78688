"""What each command imports: the price of starting it."""

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from cli.command import PLAIN, Command
from mailcheck.cli import route

HEAVY = {"dns", "asyncio", "ssl", "idna", "publicsuffixlist", "importlib.metadata", "email", "http", "urllib.request"}
LIGHT = {"argparse", "json", "dataclasses", "inspect", "tempfile", "tomllib", "difflib", "re._parser"}
CODE = "import sys; before = set(sys.modules); import mailcheck.cli.main as m; m.main(sys.argv[1:]); {}"


def imported(*words: str) -> set[str]:
    """The modules that a command imports, beyond those of a bare Python."""
    code = CODE.format("print(*sorted(set(sys.modules) - before), sep='\\n', file=sys.stderr)")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {_paths()!r}; {code}", *words],
        capture_output=True,
        text=True,
        env=PLAIN,
        check=True,
    )
    return set(done.stderr.split())


def _paths() -> list[str]:
    import mailcheck

    return [str(Path(mailcheck.__file__).parent.parent), *(path for path in sys.path if "site-packages" in path)]


def roots(modules: set[str], of: set[str]) -> set[str]:
    """Those modules of `of` that are imported, themselves or through a submodule."""
    return {name for name in of if any(each == name or each.startswith(f"{name}.") for each in modules)}


def test_version_imports_next_to_nothing() -> None:
    modules = imported("--version")
    assert roots(modules, HEAVY | LIGHT - {"re._parser"}) == set()
    assert {name for name in modules if name.startswith("mailcheck")} == {
        "mailcheck",
        "mailcheck.cli",
        "mailcheck.cli.main",
        "mailcheck.cli.streams",
    }


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("audit", "--help"),
        ("rules",),
        ("explain", "RUN001"),
        ("completion", "bash"),
    ],
    ids=" ".join,
)
def test_looking_up_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    assert roots(imported(*words), HEAVY) == set()


@pytest.mark.parametrize(
    "words", [("explain", "SPF006"), ("explain", "DKIM001"), ("config", "--isolated")], ids=" ".join
)
def test_rules_and_settings_need_no_network(words: tuple[str, ...]) -> None:
    """What a rule's module imports is imported; nothing is there that could ask a question."""
    assert roots(imported(*words), {"dns.message", "dns.resolver", "publicsuffixlist", "http"}) == set()


def test_offline_audit_opens_no_tls(command: Command) -> None:
    zone = str(command.folder / "clean.json")
    assert (
        roots(imported("example.com", "--isolated", "--zone", zone), {"http", "urllib.request", "dns.resolver"})
        == set()
    )


def _flags() -> Iterator[tuple[str, bool]]:
    for verb in route.VERBS:
        for option, action in import_module(f"mailcheck.cli.{verb}_").parser().options().items():
            yield option, action.nargs == 0


def test_router_knows_which_options_take_a_value() -> None:
    """The router finds the first plain word before any parser is loaded, so it has its own list."""
    assert {option for option, flag in _flags() if flag and option.startswith("--")} == set(route.FLAGS)
    assert not {option for option, flag in _flags() if not flag} & route.FLAGS, "the same for all verbs"
    assert all(flag for option, flag in _flags() if not option.startswith("--"))


def test_every_verb_that_works_is_in_the_help(command: Command) -> None:
    text = command("--help").out
    lines = [line.split()[0] for line in text.splitlines() if line.startswith("  ") and line.strip()]
    assert [verb for verb in route.VERBS if verb not in lines] == []
    assert [verb for verb in route.RESERVED if verb in lines] == []
    assert max(map(len, text.splitlines())) <= 88
