"""Install the core into an empty environment and hold it against its promise.

    python tools/core_install.py

At most 16 distributions and 30 MB, no compiler, and `mailcheck` runs in it. All but SOURCES come as wheels; those are
pure Python that is published as source only, and are built with every compiler out of reach. Needs a package registry;
the tests check the same on the environment they run in, without one.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
MOST_DISTRIBUTIONS, MOST_OCTETS = 16, 30_000_000
SOURCES = "dkimpy,pyspf"
NO_COMPILER = dict.fromkeys(("CC", "CXX", "CPP", "LD", "LDSHARED", "RUSTC", "CARGO"), "/bin/false")


def main() -> int:
    """Exit code 0 where the promise holds."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        venv.create(place / "env", with_pip=True)
        python = place / "env" / "bin" / "python"
        before = _distributions(python)
        _run(python, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(place), str(ROOT))
        wheel = next(place.glob("mailcheck_cli-*.whl"))
        size_before = _size(place / "env")
        _run(
            python,
            "-m",
            "pip",
            "install",
            "-q",
            "--no-compile",
            "--only-binary",
            ":all:",
            "--no-binary",
            SOURCES,
            str(wheel),
        )
        size = _size(place / "env") - size_before
        added = _distributions(python) - before
        shown = _run(
            place / "env" / "bin" / "mailcheck", "good.example", "--zone", str(ROOT / "fixtures" / "zones"), "-q"
        )
        print(f"core: {len(added)} distributions ({', '.join(sorted(added))}), {size / 1e6:.1f} MB; runs: {shown}")
        return int(len(added) > MOST_DISTRIBUTIONS or size > MOST_OCTETS)


def _run(program: Path, *words: str) -> str:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "MAILCHECK"))}
    done = subprocess.run(
        [str(program), *words], capture_output=True, text=True, check=False, env=env | NO_COMPILER, cwd=ROOT
    )
    if done.returncode:
        raise SystemExit(f"{program.name} {' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.splitlines()[0] if done.stdout else ""


def _distributions(python: Path) -> set[str]:
    code = "from importlib.metadata import distributions; print(*{d.metadata['Name'] for d in distributions()})"
    return set(_run(python, "-c", code).split())


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


if __name__ == "__main__":
    sys.exit(main())
