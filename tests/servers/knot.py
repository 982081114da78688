"""A real authoritative name server on loopback: knotd over a folder of zone files."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

import dns.exception
import dns.message
import dns.query

LISTEN = "127.0.0.1"


def free_port() -> int:
    """A port that is free for both UDP and TCP."""
    while True:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        ):
            tcp.bind((LISTEN, 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind((LISTEN, port))
            except OSError:
                continue
            return int(port)


class Knot:
    """Serves `zones` (origin -> file) from a folder of its own until `stop`."""

    def __init__(self, folder: Path, zones: dict[str, Path]) -> None:
        self.port = free_port()
        self.folder = folder
        lines = [
            "server:",
            f"  listen: {LISTEN}@{self.port}",
            f"  rundir: {folder}",
            "  udp-workers: 1",
            "  tcp-workers: 1",
            "  background-workers: 1",
            "log:",
            f"  - target: {folder}/log",
            "    any: info",
            "database:",
            f"  storage: {folder}/db",
            "template:",
            "  - id: default",
            "    journal-content: none",
            "    zonefile-sync: -1",
            "zone:",
        ]
        for origin, path in zones.items():
            lines += [f"  - domain: {origin}.", f"    file: {path}"]
        (folder / "knot.conf").write_text("\n".join(lines) + "\n")
        program = shutil.which("knotd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        assert program, "knotd is not installed"
        self.process = subprocess.Popen(
            [program, "-c", str(folder / "knot.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait(next(iter(zones)))

    def _wait(self, origin: str) -> None:
        query = dns.message.make_query(origin, "SOA")
        for _ in range(100):
            try:
                answer = dns.query.udp(query, LISTEN, timeout=0.2, port=self.port)
            except (dns.exception.DNSException, OSError):
                time.sleep(0.05)
                continue
            if answer.answer:
                return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "log").read_text()[-2000:] if (self.folder / "log").exists() else "no log")

    def stop(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(10)
