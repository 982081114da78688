"""Figures against their targets, as the tables of README.md show them; and peers in environments of their own."""

import os
import platform
import subprocess
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
END = "<!-- end -->\n"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; `ok` is None where nothing is promised."""

    name: str
    target: str
    measured: str
    ok: bool | None = None

    @property
    def line(self) -> str:
        """As Markdown."""
        word = {True: "ok", False: "NO", None: ""}[self.ok]
        return f"| {self.name} | {self.target} | {self.measured} | {word} |"


def installed_peer(folder: Path, name: str, release: str) -> Path:
    """The `bin` folder of an environment that has the peer; made where it is not there yet."""
    home = folder / f"{name}-{release}"
    if not (home / "complete").exists():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "python", "-m", "pip", "install", "--quiet", f"{name}=={release}"], check=True)
        (home / "complete").touch()
    return home / "bin"


def table(figures: Sequence[Figure], load: float, *others: str) -> str:
    """The figures as a Markdown table under a line that says where they come from.

    `load` is that of the machine before anything was measured: what else ran takes processor time from both sides,
    but only one side of each ratio needs much of it. `others` name what was measured beside mailcheck.
    """
    versions = ", ".join((f"mailcheck {version('mailcheck-cli')}", *others))
    machine = f"{os.cpu_count()} cores with a load of {load:.1f} before the start, Python {platform.python_version()}"
    head = f"{datetime.now(UTC):%Y-%m-%d}, {machine}, {versions}.\n\n"
    lines = ["| figure | target | measured | |", "| --- | --- | --- | --- |", *(figure.line for figure in figures)]
    return head + "\n".join(lines) + "\n"


def write_readme(part: str, text: str) -> None:
    """Put the table in place of the part's last one: between `<!-- last measured: PART -->` and `<!-- end -->`."""
    begin = f"<!-- last measured: {part} -->\n"
    path = HERE / "README.md"
    before, mark, rest = path.read_text("utf-8").partition(begin)
    if not mark:
        raise SystemExit(f"{path}: has no line {begin.strip()}")
    path.write_text(before + begin + text + END + rest.partition(END)[2], "utf-8")
