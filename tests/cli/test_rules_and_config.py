"""`mailcheck rules` and `mailcheck config`."""

import pytest

from cli.command import Command
from mailcheck.model import registry
from mailcheck.report.sections import FAMILIES


def test_all_rules_by_family(command: Command) -> None:
    lines = command("rules").out.splitlines()
    listed = [line.split()[:2] for line in lines if line[:9].strip() and line.split()[0] in _codes()]
    assert listed == [[entry.code, entry.name] for entry in registry.entries()]
    heads = [line.split()[0] for line in lines if line and line.split()[0] in FAMILIES]
    assert heads == registry.families()
    assert f"{len(registry.entries())} rules" in lines
    assert max(map(len, lines)) <= 80


def _codes() -> set[str]:
    return {entry.code for entry in registry.entries()}


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (("SPF006",), ["SPF006"]),
        (("spf-lookup-limit", "DNS001"), ["DNS001", "SPF006"]),
        (("DNS001,DNS001",), ["DNS001"]),
    ],
)
def test_selected_rules(words: tuple[str, ...], codes: list[str], command: Command) -> None:
    assert [rule["code"] for rule in command("rules", *words, "--format", "json").json["rules"]] == codes


def test_family_of_rules(command: Command) -> None:
    rules = command("rules", "dkim", "--format", "json").json["rules"]
    assert {rule["family"] for rule in rules} == {"DKIM"}
    assert all(rule["summary"].endswith(".") for rule in rules)


def test_config_of_nothing_is_the_defaults(command: Command) -> None:
    done = command("config", "--format", "json")
    assert done.code == 0
    assert done.json["file"] is None
    assert {each["origin"] for each in done.json["settings"].values()} == {"default"}
    assert done.json["settings"]["timeout"]["value"] == 30


def test_every_value_has_its_origin(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    command.write(
        "mailcheck.toml",
        'fail-on = "warning"\n'
        'ignore = ["SPF016"]\n'
        'format = "sarif"\n'
        "\n"
        '[domain."Example.com"]\n'
        "sends = true\n"
        "\n"
        "[[accept]]\n"
        'rule = "spf-ptr"\ndomain = "example.com"\nreason = "until the move"\nuntil = 2027-01-31\n',
    )
    monkeypatch.setenv("MAILCHECK_FORMAT", "json")
    done = command("config", "--timeout", "5", "--format", "json")
    settings = done.json["settings"]
    assert settings["fail-on"] == {"value": "warning", "origin": "mailcheck.toml:1"}
    assert settings["ignore"] == {"value": ["SPF016"], "origin": "mailcheck.toml:2"}
    assert settings["format"] == {"value": "json", "origin": "MAILCHECK_FORMAT"}
    assert settings["timeout"] == {"value": 5.0, "origin": "--timeout"}
    assert done.json["domains"] == {"example.com": {"values": {"sends": True}, "origin": "mailcheck.toml:5"}}
    assert done.json["accept"] == [
        {
            "rule": "spf-ptr",
            "domain": "example.com",
            "reason": "until the move",
            "until": "2027-01-31",
            "origin": "mailcheck.toml:8",
        }
    ]
    text = command("config", "--timeout", "5").out
    assert '  fail-on          "warning"               mailcheck.toml:1' in text.splitlines()
    assert "until the move" in text
    assert max(map(len, text.splitlines())) <= 80


def test_config_checks_what_it_shows(command: Command) -> None:
    command.write("mailcheck.toml", '\nignore = ["SPF999"]\n')
    done = command("config")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("mailcheck: mailcheck.toml:2: no rule, name or family 'SPF999'")
