"""The command from outside: what a newcomer types first."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def mailcheck(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "mailcheck", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )


def test_version_is_one_line() -> None:
    done = mailcheck("--version")
    assert (done.returncode, done.stdout.startswith("mailcheck "), done.stderr) == (0, True, "")


def test_json_of_a_zone_is_json() -> None:
    done = mailcheck("good.example", "--zone", "fixtures/zones", "--format", "json")
    report = json.loads(done.stdout)
    assert report["schema"] == "mailcheck/1"
    assert report["subjects"][0]["subject"] == "good.example"


def test_a_name_that_does_not_exist_is_one_error(tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text('{"other.example": {"TXT": ["v=spf1 -all"]}}')
    done = mailcheck("good.example", "--zone", str(answers), "--format", "json")
    subject = json.loads(done.stdout)["subjects"][0]
    assert done.returncode == 1
    assert [finding["name"] for finding in subject["findings"]] == ["domain-nxdomain"]
