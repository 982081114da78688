"""The command for tests: in this process where that is enough, as a process of its own where streams matter."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailcheck.cli.main import main
from worlds import Answers, clean

PLAIN = {
    key: value
    for key, value in os.environ.items()
    if key not in {"NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "PYTHONIOENCODING"}
    and not key.startswith("MAILCHECK_")
}
"""The environment without anything that changes what is shown."""


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


class Command:
    """Runs the command in this process, in a folder of its own with `clean.json` and `broken.json` in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        self.world("clean")
        # One error (SPF) and one warning (DMARC) of known names.
        self.world(
            "broken",
            {
                "example.com": {"TXT": ["v=spf1 mx +all"], "MX": ["10 mx1.example.com."], "A": ["192.0.2.80"]},
                "_dmarc.example.com": {"TXT": ["v=DMARC1; p=none; rua=mailto:dmarc@example.com"]},
            },
        )

    def world(self, name: str, changes: Answers | None = None) -> Path:
        """Write the clean world with changes as NAME.json."""
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(clean() | (changes or {})))
        return path

    def write(self, name: str, text: str) -> Path:
        """Write a file into the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def __call__(self, *words: str) -> Done:
        """Run; nothing that was printed before counts."""
        self._capsys.readouterr()
        code = main(list(words))
        out, err = self._capsys.readouterr()
        return Done(code, out, err)


def process(*words: str, cwd: Path, env: Mapping[str, str] | None = None, **kwargs: Any) -> subprocess.Popen[bytes]:
    """The command as a process of its own; standard output and error are pipes unless told otherwise."""
    kwargs = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | kwargs
    return subprocess.Popen(
        [sys.executable, "-m", "mailcheck", *words], cwd=cwd, env={**PLAIN, **(env or {})}, **kwargs
    )


def outcome(*words: str, cwd: Path, env: Mapping[str, str] | None = None, **kwargs: Any) -> Done:
    """The same, awaited; output as UTF-8 with odd octets kept."""
    with process(*words, cwd=cwd, env=env, **kwargs) as child:
        out, err = child.communicate(timeout=60)
    return Done(
        child.returncode, (out or b"").decode("utf-8", "surrogateescape"), (err or b"").decode("utf-8", "replace")
    )


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command in a folder of its own, without anything of the developer's environment."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("MAILCHECK_FORMAT", "MAILCHECK_OFFLINE", "MAILCHECK_CONFIG", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return Command(tmp_path, capsys)
