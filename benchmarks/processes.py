"""Whole processes, timed from their start to their end, and the servers they talk to."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that ended: seconds on the clock, seconds of processor (user and system), and what it wrote."""

    wall: float
    cpu: float
    code: int
    out: str
    err: str


def run(command: Sequence[str], **variables: str) -> Ended:
    """Run in an empty folder, so that no configuration is found, and wait.

    Compiled modules may be written: what pip installs is compiled, and a checkout should be no worse off.
    """
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | variables
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=folder, env=env)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
    return Ended(wall, usage.ru_utime + usage.ru_stime, process.returncode, *texts)


@contextlib.contextmanager
def name_server(folder: Path, zones: dict[str, Path]) -> Iterator[int]:
    """knotd over these zone files (origin -> file), the same as in the tests; gives its port."""
    sys.path.insert(0, str(HERE.parent / "tests"))
    from servers.knot import Knot

    server = Knot(folder, zones)
    try:
        yield server.port
    finally:
        server.stop()


@dataclass(slots=True)
class Proxy:
    """A running proxy; `seen` are its statistics once it has ended."""

    port: int
    seen: dict[str, Any] = field(default_factory=dict)


@contextlib.contextmanager
def proxy(upstream: int, **options: object) -> Iterator[Proxy]:
    """A proxy process of its own, cold and with its counts at zero."""
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    command = [sys.executable, str(HERE / "dns_proxy.py"), "--upstream", f"127.0.0.1:{upstream}", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process:
        try:
            running = Proxy(int(process.stdout.readline()))
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            text = process.stdout.read()
        running.seen = json.loads(text)
