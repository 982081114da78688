"""How a run ends: --fail-on, --exit-zero, --allow-unknown, --statistics, baselines."""

import json

import pytest

from cli.command import Command


@pytest.mark.parametrize(
    ("world", "words", "code"),
    [
        ("clean", (), 0),
        ("broken", (), 1),
        ("broken", ("--select", "DMARC"), 0),
        ("broken", ("--select", "DMARC", "--fail-on", "warning"), 1),
        ("broken", ("--ignore", "SPF"), 0),
        ("broken", ("--exit-zero",), 0),
        ("dark", (), 3),
        ("dark", ("--exit-zero",), 3),
        ("dark", ("--allow-unknown",), 0),
        ("dark", ("--select", "SPF", "--ignore", "SPF"), 0),
        ("half", (), 1),
        ("half", ("--exit-zero",), 0),
        ("half", ("--allow-unknown",), 1),
    ],
)
def test_exit_code(world: str, words: tuple[str, ...], code: int, command: Command) -> None:
    command.world("dark", {"example.com": "SERVFAIL", "_dmarc.example.com": "TIMEOUT"})
    command.world("half", {"_dmarc.example.com": "SERVFAIL", "example.com": {"TXT": ["v=spf1 +all"]}})
    done = command("example.com", "--zone", f"{world}.json", *words)
    assert (done.code, done.err) == (code, "")


@pytest.mark.parametrize("name", ["spf-pass-all", "SPF013", "spf013", "SPF", "ALL"])
def test_rules_are_chosen_by_name_code_or_family(name: str, command: Command) -> None:
    done = command("example.com", "--zone", "broken.json", "--select", name, "--format", "json")
    subject = done.json["subjects"][0]
    judged = {each["name"] for part in ("findings", "passed", "unknown") for each in subject[part]}
    assert "spf-pass-all" in judged
    if name not in {"SPF", "ALL"}:
        assert judged == {"spf-pass-all"}


def test_statistics_count_by_rule(command: Command) -> None:
    done = command("example.com", "--zone", "broken.json", "--statistics")
    assert any(line.split()[:3] == ["1", "SPF013", "spf-pass-all"] for line in done.out.splitlines())


def test_baseline_round_trip(command: Command) -> None:
    """What is known does not fail; what is new does; moved and reworded records stay known."""
    audit = ("example.com", "--zone", "broken.json")
    done = command(*audit, "--write-baseline", "base.json")
    assert done.code == 0
    assert done.err.startswith("mailcheck: baseline written to base.json: ")
    assert " known; only what is new fails with --baseline base.json" in done.err
    assert "spf-pass-all" in done.out
    assert json.loads((command.folder / "base.json").read_text())["counts"]["example.com"]["SPF013"] == 1
    again = command(*audit, "--baseline", "base.json", "--format", "json")
    assert (again.code, again.json["summary"]["error"]) == (0, 0)
    assert "SPF013" in [finding["code"] for finding in again.json["subjects"][0]["ignored"]]
    command.world("worse", {"example.com": {"TXT": ["v=spf1 +all", "v=spf1 -all"], "MX": ["10 mx1.example.com."]}})
    worse = command("example.com", "--zone", "worse.json", "--baseline", "base.json")
    assert worse.code == 1
    assert "spf-multiple" in worse.out


def test_baseline_is_written_anew_over_the_one_in_force(command: Command) -> None:
    command.write("mailcheck.toml", 'baseline = "base.json"\n')
    command.write("base.json", '{"format": "mailcheck-baseline/1", "counts": {"example.com": {"SPF013": 9}}}')
    assert command("example.com", "--zone", "broken.json", "--write-baseline", "base.json").code == 0
    assert json.loads((command.folder / "base.json").read_text())["counts"]["example.com"]["SPF013"] == 1


def test_no_baseline_of_what_could_not_be_judged(command: Command) -> None:
    done = command("example.com", "--from-eml", "gone.eml", "--zone", "broken.json", "--write-baseline", "base.json")
    assert done.code == 2
    assert "base.json: not written" in done.err
    assert not (command.folder / "base.json").exists()


def test_baseline_that_cannot_be_written_is_told_after_the_report(command: Command) -> None:
    done = command("example.com", "--zone", "broken.json", "--write-baseline", "/proc/base.json")
    assert (done.code, done.out.startswith("example.com: fail")) == (2, True)
    assert done.err.startswith("mailcheck: /proc/base.json: cannot be written")


@pytest.mark.parametrize("time", ["2026-11-23", "2026-11-23T12:00:00Z", "2026-11-23T12:00:00+02:00"])
def test_time_to_judge_by(time: str, command: Command) -> None:
    assert command("example.com", "--zone", "clean.json", "--now", time).code == 0
