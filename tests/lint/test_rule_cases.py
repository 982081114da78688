"""The cases under fixtures/rules/: which lines of which file a rule finds, and the near-misses that it leaves alone."""

import shutil
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from lint.examples import codes, lines_of, lint
from mailcheck.lint.judging import rules
from mailcheck.model import registry
from mailcheck.model.selection import Selection

FOLDER = Path(__file__).parents[2] / "fixtures" / "rules"
CODES = [rule.code for rule in rules(Selection.of(("ALL",)))]


def _expected(code: str) -> dict[str, Any]:
    path = FOLDER / code / "expected.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def _cases() -> list[tuple[str, str]]:
    return [
        (folder.name, path.name)
        for folder in sorted(FOLDER.iterdir())
        for path in sorted(folder.iterdir())
        if path.name != "expected.toml"
    ]


@pytest.mark.parametrize(("code", "name"), _cases())
def test_the_lines_found_are_the_lines_expected(code: str, name: str, tmp_path: Path) -> None:
    """A case is a file, or a folder of files that belong together; it is linted alone."""
    source = FOLDER / code / name
    if source.is_dir():
        shutil.copytree(source, tmp_path / name)
    else:
        shutil.copy(source, tmp_path)
    expected = _expected(code)
    report = lint(tmp_path, kind=expected.get("kind", {}).get(name), now=expected.get("now", {}).get(name))
    assert codes(report) & {"RUN001", "RUN002"} == set()
    wanted = expected.get(name, [])
    assert bool(wanted) is name.startswith("bad"), "bad cases name their lines in expected.toml, good ones have none"
    assert lines_of(report, code) == wanted


def _labelled() -> Counter[str]:
    """How many subjects of the labelled set are expected to meet each rule, by name."""
    files = (FOLDER.parent / "subjects").glob("*/*.toml")
    cases = [case for path in files for case in tomllib.loads(path.read_text("utf-8"))["case"]]
    return Counter(name for case in cases for name in case["expect"])


LABELLED = _labelled()


@pytest.mark.parametrize("code", CODES)
def test_every_rule_has_cases(code: str) -> None:
    """Files of its own; or, for a rule about subjects, positives in the labelled set, of which a third are honest."""
    entry = registry.find(code)
    if entry and entry.family in {"SUB", "HDR"} and LABELLED[entry.name] >= 7:
        return
    names = [path.name for path in (FOLDER / code).glob("*")]
    assert sum(name.startswith("bad") for name in names) >= 3
    assert sum(name.startswith("good") for name in names) >= 5


def test_expectations_are_about_files_that_are_there() -> None:
    for folder in FOLDER.iterdir():
        named = {name for name in _expected(folder.name) if name not in {"kind", "now"}}
        assert {name for name in named if not (folder / name).exists()} == set(), folder.name
