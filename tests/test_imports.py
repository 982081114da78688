"""The direction of imports (architecture, section 2), read from the source: no arrow runs back."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src"
EVERYTHING = "*"
DIRECT: dict[str, set[str]] = {
    "model": set(),
    "records": set(),
    "mail": set(),
    "dns": set(),
    "data": set(),
    "report": set(),
    "config": set(),
    "web": {"dns"},
    "auth": {"records", "dns", "mail"},
    "domain_audit": {"auth", "web", "data"},
    "ledger": set(),
    "verify_message": {"auth", "data"},
    "lint": {"mail", "records", "data", "ledger"},
    "recipients": {"dns", "data"},
    "reputation": {"mail", "data"},
    "simulator": {"mail", "reputation"},
    "presend": {"domain_audit", "verify_message", "lint", "recipients", "reputation", "auth"},
    "cli": {EVERYTHING},
    "api": {EVERYTHING},
    "linting": {EVERYTHING},
    "aio": {EVERYTHING},
    "mailcheck": {EVERYTHING},
    "__main__": {"cli"},
}
"""Part -> the parts that it may import; `model`, itself, and what those may import come with it."""
LAZY = {
    "mailcheck.cli.main": {"argparse", "typing", "collections", "pathlib", "dataclasses", "json", "re"},
    "mailcheck.cli.streams": {"argparse", "typing", "collections", "pathlib", "dataclasses", "json", "re"},
    "mailcheck": {"argparse", "pathlib", "dataclasses", "json", "re", "asyncio", "dns"},
}
"""What start-up promises not to load, and where it would be loaded. Nobody loads the extras at import."""
NEVER_AT_IMPORT = {
    "publicsuffixlist", "idna", "httpx", "httpx2", "h2", "importlib.metadata", "rich", "pydantic", "jinja2", "liquid",
    "pystache", "mrml",
}  # fmt: skip
VERBS = (
    "audit_",
    "verify_",
    "lint_",
    "recipients_",
    "explain_",
    "rules_",
    "config_",
    "completion_",
    "ledger_",
    "options",
    "route",
    "streams",
    "main",
)
"""Modules of the command that are loaded to understand the words: nothing that asks or judges at their top."""


def part_of(module: str) -> str:
    """`mailcheck.dns.live` belongs to dns; the package's own `__init__` to mailcheck."""
    names = module.split(".")
    return names[1] if len(names) > 1 else names[0]


def module_name(path: Path) -> str:
    """The dotted name of a source file."""
    names = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(names[:-1] if names[-1] == "__init__" else names)


MODULES = {module_name(path): path for path in sorted(SOURCE.rglob("*.py"))}


def allowed(part: str) -> set[str]:
    """What a part may import, transitively."""
    found = {part, "model"}
    waiting = set(DIRECT[part])
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting |= DIRECT.get(each, set())
    return found


def imports(path: Path, *, top: bool = False) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import of a file; with `top`, only of those that run when it is loaded."""
    for node in _nodes(_tree(path), top=top):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            for each in node.names:
                full = f"{node.module}.{each.name}"
                yield node.lineno, full if full in MODULES else str(node.module)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _nodes(tree: ast.AST, *, top: bool) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if top and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if top and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        yield node
        yield from _nodes(node, top=top)


def starts(name: str, roots: set[str]) -> bool:
    """Whether a dotted name is one of the roots or lies below one."""
    return any(name == root or name.startswith(f"{root}.") for root in roots)


@pytest.mark.parametrize("module", MODULES)
def test_no_arrow_runs_back(module: str) -> None:
    part = part_of(module)
    assert part in DIRECT, f"{part} has no place in the picture: add it here and to docs/architecture.md"
    may = allowed(part)
    back = [
        f"{MODULES[module].relative_to(SOURCE)}:{line}: {part} uses {name}"
        for line, name in imports(MODULES[module])
        if starts(name, {"mailcheck"}) and name != "mailcheck" and part_of(name) not in may and EVERYTHING not in may
    ]
    assert back == []


@pytest.mark.parametrize("module", [name for name in MODULES if part_of(name) not in {"cli", "__main__"}])
def test_nothing_uses_the_command(module: str) -> None:
    assert [name for _, name in imports(MODULES[module]) if starts(name, {"mailcheck.cli"})] == []


@pytest.mark.parametrize("module", [name for name in MODULES if part_of(name) == "model"])
def test_the_model_needs_the_standard_library_only(module: str) -> None:
    ours = {"mailcheck.model"}
    assert [
        name
        for _, name in imports(MODULES[module])
        if starts(name, {"mailcheck", "dns", "idna", "publicsuffixlist"}) and not starts(name, ours)
    ] == []


@pytest.mark.parametrize("module", [name for name in MODULES if part_of(name) not in {"dns", "cli", "aio", "api"}])
def test_only_the_dns_part_speaks_dns(module: str) -> None:
    """Everybody else asks through the Resolver port, or reads names."""
    assert [name for _, name in imports(MODULES[module]) if starts(name, {"dns"})] == []


@pytest.mark.parametrize("module", LAZY)
def test_start_up_loads_little(module: str) -> None:
    assert [name for _, name in imports(MODULES[module], top=True) if starts(name, LAZY[module])] == []


@pytest.mark.parametrize("module", MODULES)
def test_heavy_things_are_loaded_when_needed(module: str) -> None:
    assert [name for _, name in imports(MODULES[module], top=True) if starts(name, NEVER_AT_IMPORT)] == []


@pytest.mark.parametrize("verb", VERBS)
def test_words_are_understood_before_anything_is_loaded(verb: str) -> None:
    """Help, a mistyped flag and completion cost no DNS, no event loop, no rules."""
    heavy = {"dns", "asyncio", "mailcheck.dns", "mailcheck.domain_audit", "mailcheck.auth", "mailcheck.config"}
    assert [name for _, name in imports(MODULES[f"mailcheck.cli.{verb}"], top=True) if starts(name, heavy)] == []


def test_an_arrow_that_runs_back_is_found(tmp_path: Path) -> None:
    """The test of the test: imports in functions, under TYPE_CHECKING, and of names from a package count too."""
    path = tmp_path / "wrong.py"
    path.write_text(
        "from mailcheck import api\n"
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from mailcheck.dns.run import Run\n"
        "def f():\n    import mailcheck.cli.main\n"
        "    from mailcheck.config import schema\n"
    )
    assert [name for _, name in imports(path) if starts(name, {"mailcheck"})] == [
        "mailcheck.api",
        "mailcheck.dns.run",
        "mailcheck.cli.main",
        "mailcheck.config.schema",
    ]
    assert [name for _, name in imports(path, top=True)] == ["mailcheck.api", "typing"]
    assert "dns" not in allowed("report")
    assert allowed("domain_audit") == {"domain_audit", "model", "auth", "web", "data", "records", "dns", "mail"}
