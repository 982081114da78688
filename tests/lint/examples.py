"""Examples and cases of lint rules, written into a folder and linted for real."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from mailcheck.ledger.entries import read
from mailcheck.lint.options import LintOptions
from mailcheck.lint.run import lint_paths
from mailcheck.model.location import FileLocation
from mailcheck.model.report import Report
from mailcheck.model.selection import Selection

_REPEAT = re.compile(r"\{(repeat|line) (\d+) (.*)\}")
_DIRECTIVE = re.compile(r"\{(marketing|transactional|blank|file ([\w./@-]+))\}")


def write_example(folder: Path, example: Iterable[str]) -> str | None:
    """Write the lines of a rule's Bad or Good example as files; gives the declared kind."""
    kind = None
    files: dict[str, list[str]] = {}
    name = "example.html"
    for line in example:
        directive = _DIRECTIVE.fullmatch(line)
        repeated = _REPEAT.fullmatch(line)
        if repeated:
            lines = [repeated[3]] * int(repeated[2])
            files.setdefault(name, []).extend(lines if repeated[1] == "repeat" else [" ".join(lines)])
        elif directive is None:
            files.setdefault(name, []).append(line)
        elif directive[2]:
            name = directive[2]
            files[name] = []
        elif directive[1] == "blank":
            files.setdefault(name, []).append("")
        else:
            kind = directive[1]
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes("".join(f"{line}\n" for line in content).encode())
    return kind


def lint(folder: Path, *, kind: str | None = None, paths: Iterable[str] = (), now: date | None = None) -> Report:
    """Lint a folder, or files in it, with every rule there is. A file sends.jsonl in it is the ledger."""
    named = [str(folder / path) for path in paths] or [str(folder)]
    sends = [entry for path in sorted(folder.rglob("sends.jsonl")) for entry in read(path)]
    options = LintOptions(Selection.of(("ALL",)), root=folder, kind=kind, now=now, ledger=tuple(sends))
    return lint_paths(named, options)


def codes(report: Report) -> set[str]:
    """The codes of all findings."""
    return {finding.code for subject in report.subjects for finding in subject.findings}


def lines_of(report: Report, code: str) -> list[int]:
    """The lines of one rule's findings, each once, in order."""
    places = {
        finding.location.line
        for subject in report.subjects
        for finding in subject.findings
        if finding.code == code and isinstance(finding.location, FileLocation)
    }
    return sorted(places)
