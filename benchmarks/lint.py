"""The figures of `mailcheck lint`: starting on one file, and a hundred templates against djlint and HTMLHint.

    python benchmarks/lint.py [--runs N] [--cache DIR] [--write]

The templates are those of fixtures/templates/, repeated under other names up to a hundred. djlint is installed by pip
into an environment of its own, HTMLHint by npm (left out with a word where npm is missing); --cache keeps both. Every
figure is processor time of whole processes, in turn (A B A B), as a ratio within one run.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from itertools import cycle
from pathlib import Path
from statistics import median

from figures import Figure, installed_peer, table, write_readme
from processes import run

ROOT = Path(__file__).parent.parent
DJLINT, HTMLHINT = "1.54.0", "1.9.2"
COUNT = 100
PLAIN = "Hello {{ name }},\n\nyour order {{ order.number }} has left our warehouse.\n\nNordlicht Versand\n"


def templates(folder: Path) -> list[Path]:
    """A hundred HTML templates in one folder."""
    kept = sorted(
        path
        for path in (ROOT / "fixtures" / "templates").rglob("*")
        if path.is_file()
        and path.suffix in {".html", ".j2", ".hbs", ".liquid", ".twig"}
        and "broken" not in path.parts
        # Whole pages, not parts of them. djlint refuses a file that is no UTF-8, and all with it.
        and b"<html" in path.read_bytes().lower()
        and b"iso-8859-1" not in path.read_bytes().lower()
    )
    found = []
    for number, source in enumerate(cycle(kept)):
        if number == COUNT:
            break
        # All under one suffix, since the peers choose their files by it.
        target = folder / f"{number:03}-{source.name.partition('.')[0]}.html"
        shutil.copy(source, target)
        found.append(target)
    return found


def htmlhint(cache: Path) -> Path | None:
    """HTMLHint's command; None where there is no npm."""
    home = cache / f"htmlhint-{HTMLHINT}"
    if not shutil.which("npm"):
        return None
    if not (home / "complete").exists():
        home.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--prefix", str(home), f"htmlhint@{HTMLHINT}"], check=True)
        (home / "complete").touch()
    return home / "node_modules" / ".bin" / "htmlhint"


class Bench:
    """Runs commands in turn and compares the medians of their processor time."""

    def __init__(self, runs: int, mailcheck: str) -> None:
        self.runs = runs
        self.command = mailcheck

    def cpu(self, *commands: list[str]) -> list[float]:
        """The median processor time of each command, in milliseconds; one round first that does not count."""
        seen: list[list[float]] = [[] for _ in commands]
        for round_ in range(self.runs + 1):
            for number, command in enumerate(commands):
                ended = run(command)
                if ended.code not in (0, 1):
                    raise SystemExit(f"{' '.join(command[:4])} …: exit code {ended.code}\n{ended.err[:2000]}")
                if round_:
                    seen[number].append(ended.cpu * 1000)
        return [median(each) for each in seen]

    def lint(self, *words: str) -> list[str]:
        """mailcheck lint, with every rule and the concise report."""
        return [self.command, "lint", "--isolated", "--format", "concise", *words]

    def starting(self, folder: Path) -> list[Figure]:
        """One file against a Python that does nothing."""
        plain, page = folder / "plain.txt", folder / "page.html"
        plain.write_text(PLAIN)
        shutil.copy(templates_one(), page)
        nothing = [sys.executable, "-c", "pass"]
        figures = []
        for name, path, most in (("no markup", plain, 5), (f"{page.stat().st_size:,} octets of HTML", page, 8)):
            ours, theirs = self.cpu(self.lint(str(path)), nothing)
            figures.append(
                Figure(
                    f"one file, {name}: processor time",
                    f"<= {most} x `python -c pass`",
                    f"{ours / theirs:.1f} x ({ours:.0f} against {theirs:.1f} ms)",
                    ours <= most * theirs,
                )
            )
        return figures

    def hundred(self, folder: Path, cache: Path) -> list[Figure]:
        """A hundred templates in one process, against the peers on the same files."""
        files = [str(path) for path in templates(folder)]
        octets = sum(Path(path).stat().st_size for path in files)
        djlint = installed_peer(cache, "djlint", DJLINT) / "djlint"
        ours, theirs = self.cpu(self.lint(*files), [str(djlint), "--lint", "--quiet", *files])
        name = f"{len(files)} templates of {octets // len(files):,} octets: processor time"
        figures = [
            Figure(
                f"{name}, djlint {DJLINT}",
                "<= 1/4 x",
                f"{ours / theirs:.2f} x ({ours:.0f} against {theirs:.0f} ms)",
                ours <= theirs / 4,
            )
        ]
        hint = htmlhint(cache)
        if hint is None:
            sys.stderr.write("HTMLHint is left out: there is no npm\n")
            return figures
        ours, theirs = self.cpu(self.lint(*files), [str(hint), "--nocolor", "--format", "unix", *files])
        return [
            *figures,
            Figure(
                f"{name}, HTMLHint {HTMLHINT}",
                "(aim: 1 x)",
                f"{ours / theirs:.2f} x ({ours:.0f} against {theirs:.0f} ms)",
            ),
        ]


def templates_one() -> Path:
    """A template of the middle size."""
    kept = sorted((ROOT / "fixtures" / "templates").rglob("*.html"), key=lambda path: path.stat().st_size)
    return kept[len(kept) // 2]


def main() -> int:
    """Measure; 0 where every target is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9, metavar="N", help="of everything; medians are shown (default 9)")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep the peers here")
    parser.add_argument("--mailcheck", default=str(Path(sys.executable).with_name("mailcheck")), metavar="PATH")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    args = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "hundred").mkdir()
        bench = Bench(args.runs, args.mailcheck)
        figures = [*bench.starting(folder), *bench.hundred(folder / "hundred", args.cache or folder)]
    text = table(figures, load, f"djlint {DJLINT}", f"HTMLHint {HTMLHINT}")
    sys.stdout.write(text)
    if args.write:
        write_readme("lint", text)
    return 0 if all(figure.ok is not False for figure in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
