"""The rule for tests that need what is not installed everywhere."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings

# In CI the generated examples are the same every time, and a busy machine is no fault; by hand they are new every time.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
if os.environ.get("CI"):
    settings.load_profile("ci")


def _servers() -> bool:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    return all(shutil.which(name, path=path) for name in ("knotd", "unbound"))


def _doh() -> bool:
    import dns.query

    return dns.query.have_doh


def _git() -> bool:
    return shutil.which("git") is not None


def _hook() -> bool:
    """pre-commit, and a registry from which it can install what a hook needs."""
    if find_spec("pre_commit") is None or not _git():
        return False
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, "hatchling"]
        return subprocess.run(words, capture_output=True, check=False, timeout=120).returncode == 0


def _spf_suite() -> bool:
    from auth.public_suite import texts

    return texts() is not None


NEEDS = {"server": ("the name servers knotd and unbound", _servers), "doh": ("the extra doh", _doh),
         "git": ("the program git", _git), "hook": ("pre-commit, and a package registry", _hook),
         "spf_suite": ("the public SPF suite, which pip fetches with pyspf's source", _spf_suite)}  # fmt: skip
"""Marker -> what its tests need, and whether that is there."""
_LEFT_OUT = pytest.StashKey[Counter[str]]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what cannot run here, to be told with a count; fail where it is required."""
    used = {marker for item in items for marker in NEEDS if item.get_closest_marker(marker)}
    missing = {marker: what for marker, (what, there) in NEEDS.items() if marker in used and not there()}
    gone = {item: marker for item in items for marker in missing if item.get_closest_marker(marker)}
    if gone and os.environ.get("MAILCHECK_REQUIRE_SERVERS") == "1":
        raise pytest.UsageError(f"MAILCHECK_REQUIRE_SERVERS=1, but there is no {', '.join(missing.values())}")
    config.hook.pytest_deselected(items=list(gone))
    items[:] = [item for item in items if item not in gone]
    config.stash[_LEFT_OUT] = Counter(missing[marker] for marker in gone.values())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell how many tests were left out, and for want of what."""
    for what, count in config.stash.get(_LEFT_OUT, Counter[str]()).items():
        terminalreporter.write_line(f"{count} tests were left out: they need {what}")
