"""Architecture 4.2: exit codes, the same for every format, on real inputs."""

import json
from typing import Any

import pytest

from cli.command import Command
from mailcheck.report import FORMATS

DARK = {"example.com": "SERVFAIL", "_dmarc.example.com": "TIMEOUT"}
HALF = {"_dmarc.example.com": "SERVFAIL", "example.com": {"TXT": ["v=spf1 +all"], "MX": ["10 mx1.example.com."]}}
GONE = {"other.example": {"TXT": ["v=spf1 -all"]}}

TABLE: dict[str, tuple[str, tuple[str, ...], int]] = {
    "nothing found": ("clean", (), 0),
    "a warning below the level": ("broken", ("--select", "DMARC"), 0),
    "a finding": ("broken", (), 1),
    "a warning at the level": ("broken", ("--select", "DMARC", "--fail-on", "warning"), 1),
    "a domain that does not exist": ("gone", (), 1),
    "a finding, forgiven": ("broken", ("--exit-zero",), 0),
    "nothing determined": ("dark", (), 3),
    "nothing determined, forgiven": ("dark", ("--allow-unknown",), 0),
    "outside of all zones": ("elsewhere", (), 3),
    "offline": ("", ("--offline",), 3),
    "1 wins over 3": ("half", (), 1),
    "2 wins over 1": ("broken", ("--from-eml", "gone.eml"), 2),
    "2 wins over 3": ("dark", ("--from-eml", "gone.eml"), 2),
    "2 is not forgiven": ("broken", ("--from-eml", "gone.eml", "--exit-zero", "--allow-unknown"), 2),
    "wrong configuration": ("clean", ("--config", "nope.toml"), 2),
    "wrong option": ("clean", ("--nope",), 2),
}
ZONE = '$ORIGIN other.example.\n@ 3600 IN SOA ns hostmaster 1 2 3 4 5\n@ 3600 IN TXT "v=spf1 -all"\n'


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("case", TABLE)
def test_exit_code_is_the_same_for_every_format(case: str, name: str, command: Command) -> None:
    """4.2."""
    world, words, code = TABLE[case]
    command.world("dark", DARK)
    command.world("half", HALF)
    (command.folder / "gone.json").write_text(json.dumps(GONE))
    command.write("elsewhere.zone", ZONE)
    zone = ("--zone", f"{world}.{'zone' if world == 'elsewhere' else 'json'}") if world else ()
    done = command("example.com", *zone, "--format", name, *words)
    assert done.code == code
    assert "Traceback" not in done.out + done.err
    assert bool(done.err) is not bool(done.out), "a report, or a message that says why there is none"


def test_json_says_what_the_exit_code_says(command: Command) -> None:
    """4.2 and 4.3: fail, unknown and pass are 1, 3 and 0."""
    command.world("dark", DARK)
    verdicts: dict[str, Any] = {}
    for world in ("clean", "broken", "dark"):
        done = command("example.com", "--zone", f"{world}.json", "--format", "json")
        verdicts[done.json["subjects"][0]["verdict"]] = done.code
    assert verdicts == {"pass": 0, "fail": 1, "unknown": 3}
