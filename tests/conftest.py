"""Fixtures that several test folders use, and the rule for tests that need a server."""

import os
import shutil

import pytest

NEEDED = ("knotd",)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests of servers that are not installed, with a count; fail where they are required."""
    missing = [name for name in NEEDED if _find(name) is None]
    if not missing or not any(item.get_closest_marker("server") for item in items):
        return
    if os.environ.get("MAILCHECK_REQUIRE_SERVERS") == "1":
        raise pytest.UsageError(f"MAILCHECK_REQUIRE_SERVERS=1, but there is no {', '.join(missing)}")
    gone = [item for item in items if item.get_closest_marker("server")]
    config.hook.pytest_deselected(items=gone)
    items[:] = [item for item in items if item not in gone]
    config.stash[_COUNT] = len(gone)


_COUNT = pytest.StashKey[int]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell how many tests were left out."""
    count = config.stash.get(_COUNT, 0)
    if count:
        terminalreporter.write_line(f"{count} tests need a name server ({', '.join(NEEDED)}) that is not installed")


def _find(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


@pytest.fixture(scope="session")
def program() -> object:
    """Finds a server program by name."""
    return _find
