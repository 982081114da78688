"""The other side of the child process: jobs in, answers out, with a limit on the time of each."""

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from threading import Timer
from typing import IO, Any

from mailcheck.lint.rendering.child import SECONDS as CPU

SECONDS = 20
"""Seconds that one answer may take, the start of the process included."""


class Job:
    """One text to render: engine, text, whether it is HTML, and the files that it may bring in, by name."""

    __slots__ = ("engine", "files", "html", "text")

    def __init__(self, engine: str, text: str, files: dict[str, str], *, html: bool) -> None:
        self.engine = engine
        self.text = text
        self.files = files
        self.html = html


class Answer:
    """The rendered text, or why there is none (and the line of the template), or the library that is missing.

    `own` says that the template uses what only its own program has, so that it is not at fault.
    """

    __slots__ = ("error", "line", "missing", "own", "text")

    def __init__(
        self,
        text: str | None = None,
        error: str = "",
        line: int | None = None,
        missing: str = "",
        *,
        own: bool = False,
    ) -> None:
        self.own = own
        self.text = text
        self.error = error
        self.line = line
        self.missing = missing


def render(jobs: Sequence[Job], data: Any) -> list[Answer]:
    """Render each job. A job that takes too much time or kills the process loses its own answer only."""
    answers: list[Answer] = []
    process: subprocess.Popen[str] | None = None
    try:
        for job in jobs:
            if process is None:
                process = _start(data)
            answer = _ask(process, job)
            if answer is None:
                _end(process)
                process = None
                answer = Answer(error=f"it takes more than the {CPU} seconds of CPU, or the memory, that are allowed")
            answers.append(answer)
    except OSError as error:
        answers += [Answer(error=f"no process could be started: {error.strerror}")] * (len(jobs) - len(answers))
    finally:
        if process is not None:
            _end(process)
    return answers


def _start(data: Any) -> "subprocess.Popen[str]":
    # -P: a module of the checkout must never be imported in the place of one of ours.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "mailcheck.lint.rendering.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="surrogatepass",
    )
    with suppress(BrokenPipeError):
        _stream(process.stdin).write(json.dumps(data) + "\n")
    return process


def _ask(process: "subprocess.Popen[str]", job: Job) -> Answer | None:
    """The answer; None where the process ended without one."""
    timer = Timer(SECONDS, process.kill)
    timer.daemon = True
    timer.start()
    try:
        stream = _stream(process.stdin)
        stream.write(json.dumps({"engine": job.engine, "text": job.text, "files": job.files, "html": job.html}) + "\n")
        stream.flush()
        line = _stream(process.stdout).readline()
        found = json.loads(line) if line.endswith("\n") else None
    except (OSError, ValueError):
        return None
    finally:
        timer.cancel()
    if not isinstance(found, dict):
        return None
    line_number = found.get("line")
    return Answer(
        found.get("text"),
        str(found.get("error", "")),
        line_number if isinstance(line_number, int) else None,
        str(found.get("missing", "")),
        own=found.get("own") is True,
    )


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    process.wait()


def _stream(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise OSError("no pipe")
    return stream
