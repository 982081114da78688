"""Accepted findings: with a reason, until a day, and never silently."""

import pytest

from cli.command import Command, Done

ENTRY = '[[accept]]\nrule = "{rule}"\ndomain = "{domain}"\nreason = "until the move"\n'


def audit(
    command: Command,
    *words: str,
    rule: str = "spf-pass-all",
    domain: str = "example.com",
    until: str = "",
    world: str = "broken",
) -> Done:
    """Audit example.com with one entry, on 23 November 2026."""
    command.write("mailcheck.toml", ENTRY.format(rule=rule, domain=domain) + (f"until = {until}\n" if until else ""))
    now = ("--now", "2026-11-23T12:00:00Z")
    return command("example.com", "--zone", f"{world}.json", "--format", "json", *now, *words)


def names(done: Done, part: str) -> list[str]:
    """The names of findings in one part of the only subject."""
    return [finding["name"] for finding in done.json["subjects"][0][part]]


@pytest.mark.parametrize("rule", ["spf-pass-all", "SPF013", "spf013"])
@pytest.mark.parametrize("until", ["", "2026-11-23", "2027-01-31"], ids=["for ever", "until today", "until next year"])
def test_accepted_finding_is_kept_but_does_not_fail(rule: str, until: str, command: Command) -> None:
    done = audit(command, rule=rule, until=until)
    assert done.code == 0
    assert "spf-pass-all" in names(done, "ignored")
    assert "spf-pass-all" not in names(done, "findings")


def test_day_that_has_passed(command: Command) -> None:
    done = audit(command, until="2026-11-22")
    assert done.code == 1
    assert {"spf-pass-all", "accept-expired"} <= set(names(done, "findings"))
    (finding,) = [each for each in done.json["subjects"][0]["findings"] if each["name"] == "accept-expired"]
    assert finding["severity"] == "warning"
    assert finding["message"] == "spf-pass-all was accepted for example.com until 2026-11-22: until the move"
    assert finding["location"] == {"kind": "config", "path": "mailcheck.toml", "key": "accept", "line": 1}


def test_day_that_has_passed_without_anything_found(command: Command) -> None:
    assert "accept-expired" not in names(audit(command, until="2026-11-22", world="clean"), "findings")


def test_entry_that_matches_nothing(command: Command) -> None:
    done = audit(command, world="clean")
    assert (done.code, names(done, "findings")) == (0, ["accept-unused"])


@pytest.mark.parametrize("words", [("--select", "DMARC"), ("--ignore", "SPF")], ids=" ".join)
def test_entry_of_a_rule_that_did_not_run(words: tuple[str, ...], command: Command) -> None:
    assert "accept-unused" not in names(audit(command, *words, world="clean"), "findings")


def test_entry_of_a_rule_that_could_not_be_determined(command: Command) -> None:
    command.world("dark", {"example.com": "SERVFAIL"})
    done = audit(command, world="dark")
    assert done.code == 3
    assert "accept-unused" not in names(done, "findings")


def test_entry_for_another_domain(command: Command) -> None:
    done = audit(command, domain="other.example")
    assert done.code == 1
    assert "accept-unused" not in names(done, "findings")


@pytest.mark.parametrize("domain", ["EXAMPLE.com", "example.com."])
def test_domain_as_people_write_it(domain: str, command: Command) -> None:
    assert audit(command, domain=domain).code == 0


def test_internationalized_domain(command: Command) -> None:
    world = {"xn--bcher-kva.example": {"TXT": ["v=spf1 +all"]}}
    command.world("idn", world)
    command.write("mailcheck.toml", ENTRY.format(rule="spf-pass-all", domain="bücher.example"))
    done = command("bücher.example", "--zone", "idn.json", "--select", "SPF013", "--format", "json")
    assert (done.code, names(done, "ignored")) == (0, ["spf-pass-all"])


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("spf-pass-al", "mailcheck.toml:1: [[accept]]: no rule, name or family 'spf-pass-al'; did you mean"),
        ("SPF", "mailcheck.toml:1: [[accept]] takes one rule, not a family: 'SPF'"),
        ("RUN001", "RUN001 internal-error is about the run and cannot be accepted"),
        ("accept-expired", "IGN002 accept-expired is about the run and cannot be accepted"),
    ],
)
def test_rule_that_cannot_be_accepted(rule: str, message: str, command: Command) -> None:
    done = audit(command, rule=rule)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


@pytest.mark.parametrize(
    ("until", "message"),
    [
        ('"2027-01-31"', "mailcheck.toml:5: until is a date without quotes, 2027-01-31, not '2027-01-31'"),
        ("2027-01-31T12:00:00", "until is a date without quotes, 2027-01-31, not 2027-01-31 12:00:00"),
        ("2027", "until is a date without quotes"),
    ],
)
def test_until_is_a_date(until: str, message: str, command: Command) -> None:
    done = audit(command, until=until)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_bad_domain(command: Command) -> None:
    done = audit(command, domain="not a domain")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("mailcheck: mailcheck.toml:1: 'not a domain' is not a domain name")
