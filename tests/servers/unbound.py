"""A real recursive resolver on loopback: unbound, which asks one authoritative server for everything."""

import shutil
import subprocess
import time
from pathlib import Path

import dns.exception
import dns.message
import dns.query

from servers.knot import LISTEN, free_port


class Unbound:
    """Resolves from `authority` (a port on loopback), which it takes for the server of every name, until `stop`."""

    def __init__(self, folder: Path, authority: int) -> None:
        self.port = free_port()
        lines = [
            "server:",
            f"  interface: {LISTEN}@{self.port}",
            "  do-daemonize: no",
            '  username: ""',
            '  chroot: ""',
            f'  directory: "{folder}"',
            f'  pidfile: "{folder}/pid"',
            "  use-syslog: no",
            f'  logfile: "{folder}/log"',
            "  do-not-query-localhost: no",
            # No validation: the zones are not signed. No local zones: reverse names of test networks are asked for.
            '  module-config: "iterator"',
            "  unblock-lan-zones: yes",
            "  insecure-lan-zones: yes",
            *(f'  local-zone: "{name}" nodefault' for name in ("test.", "invalid.", "onion.", *_REVERSES)),
            "forward-zone:",
            '  name: "."',
            f"  forward-addr: {LISTEN}@{authority}",
        ]
        (folder / "unbound.conf").write_text("\n".join(lines) + "\n")
        program = shutil.which("unbound", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        assert program, "unbound is not installed"
        self.process = subprocess.Popen(
            [program, "-c", str(folder / "unbound.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait()

    def _wait(self) -> None:
        query = dns.message.make_query("version.server", "TXT", "CH")
        for _ in range(100):
            try:
                dns.query.udp(query, LISTEN, timeout=0.2, port=self.port)
            except (OSError, dns.exception.DNSException):
                time.sleep(0.05)
                continue
            return
        raise RuntimeError("unbound did not start")

    def stop(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(10)


_REVERSES = (
    "2.0.192.in-addr.arpa.",
    "100.51.198.in-addr.arpa.",
    "113.0.203.in-addr.arpa.",
    "8.b.d.0.1.0.0.2.ip6.arpa.",
    "10.in-addr.arpa.",
)
