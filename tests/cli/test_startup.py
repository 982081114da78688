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


FORBIDDEN = {
    "asyncio", "dns", "dkim", "spf", "ssl", "rich", "pydantic", "importlib.metadata", "email", "html.parser",
    # Not forbidden by name; each would cost more than the judging of a template.
    "publicsuffixlist", "dataclasses", "inspect", "shutil", "tempfile", "subprocess", "mrml", "jinja2",
}  # fmt: skip
MARKUP = "<html lang=en><head><title>Hi</title></head><body><p>Hello {{ name }}, <a href='https://a.shop-nord.de'>a</a>"


def lint_imports(folder: Path, name: str, text: str) -> set[str]:
    """What `mailcheck lint` imports for one file."""
    path = folder / name
    path.write_text(text)
    return imported("lint", "--isolated", "--exit-zero", str(path))


def test_linting_imports_nothing_heavy(tmp_path: Path) -> None:
    modules = lint_imports(tmp_path, "hello.html.j2", MARKUP)
    assert roots(modules, FORBIDDEN) == set()
    # The tokenizer is taken from turbohtml's core alone: the package would load fifty modules more.
    assert "mailcheck.lint.tokenizer" in modules
    assert "turbohtml" not in modules


def test_linting_text_imports_nothing_of_markup(tmp_path: Path) -> None:
    modules = lint_imports(tmp_path, "hello.txt.j2", "Hello {{ name }},\nyour order is on its way.\n")
    assert roots(modules, FORBIDDEN | {"turbohtml", "tinycss2"}) == set()
    assert not {name for name in modules if name.startswith("mailcheck.lint.rules.")} & {
        f"mailcheck.lint.rules.{name}" for name in ("accessibility", "css", "html", "images", "mime")
    }


def test_a_list_of_all_public_suffixes_is_loaded_where_hosts_differ(tmp_path: Path) -> None:
    same = '<p><a href="https://shop-nord.de/a">shop-nord.de</a></p>'
    other = '<p><a href="https://shop-sued.de/a">shop-nord.de</a></p>'
    assert "publicsuffixlist" not in lint_imports(tmp_path, "same.html", same)
    assert "publicsuffixlist" in lint_imports(tmp_path, "other.html", other)


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
