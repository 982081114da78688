"""What people type wrong: one line that names the remedy, exit 2, nothing on standard output."""

import pytest

from cli.command import Command

AUDIT = ("example.com", "--zone", "clean.json")

WRONG = {
    "near option": ((*AUDIT, "--fromat", "json"), "there is no option '--fromat'; did you mean --format?"),
    "near option first": (("--fromat", "json", *AUDIT), "did you mean --format?"),
    "near flag before the domain": (("--exit-zer", "example.com"), "did you mean --exit-zero?"),
    "unknown short option": (("-x",), "there is no option '-x'"),
    "abbreviated option": ((*AUDIT, "--verb"), "did you mean --verbose?"),
    "near format": ((*AUDIT, "--format", "jsn"), "did you mean json?"),
    "format not built": ((*AUDIT, "--format", "html"), "--format: 'html' is none of terminal, concise, json"),
    "option without value": ((*AUDIT, "--format"), "--format needs a value"),
    "flag with value": ((*AUDIT, "--exit-zero=1"), "--exit-zero takes no value"),
    "level": ((*AUDIT, "--fail-on", "fatal"), "--fail-on: 'fatal' is none of error, warning, info"),
    "time": ((*AUDIT, "--now", "yesterday"), "--now takes an ISO 8601 time such as"),
    "time before all times": ((*AUDIT, "--now", "0001-01-01T00:00:00+05:00"), "--now takes an ISO 8601 time"),
    "no time at all": ((*AUDIT, "--timeout", "0"), "'0' is no number of seconds above 0"),
    "not a number": ((*AUDIT, "--timeout", "nan"), "'nan' is no number of seconds"),
    "zone file missing": (("example.com", "--zone", "nope.zone"), "nope.zone: cannot be read"),
    "zone and replay": ((*AUDIT, "--replay", "x"), "--zone and --replay exclude each other"),
    "zone and resolver": ((*AUDIT, "--resolver", "127.0.0.1"), "--zone and --resolver exclude each other"),
    "offline and resolver": (("example.com", "--offline", "--resolver", "127.0.0.1"), "exclude each other"),
    "resolver by name": (("example.com", "--resolver", "dns.example"), "'dns.example' is no IP address"),
    "isolated and config": ((*AUDIT, "--isolated", "--config", "x.toml"), "--isolated and --config exclude"),
    "unknown rule": ((*AUDIT, "--select", "NOPE"), "--select: no rule, name or family 'NOPE'; `mailcheck rules`"),
    "near rule": ((*AUDIT, "--ignore", "spf-missin"), "--ignore: no rule, name or family 'spf-missin'; did you mean"),
    "no rule": ((*AUDIT, "--select", ","), "--select names no rule"),
    "baseline missing": ((*AUDIT, "--baseline", "nope.json"), "write one with --write-baseline nope.json"),
    "folder of baseline missing": ((*AUDIT, "--write-baseline", "nope/x.json"), "there is no folder 'nope'"),
    "config missing": ((*AUDIT, "--config", "nope.toml"), "nope.toml: cannot be read"),
    "config is a folder": ((*AUDIT, "--config", "."), "cannot be read: Is a directory"),
    "e-mail address": (
        ("me@example.com",),
        "to check it: mailcheck recipients me@example.com; to audit its domain: mailcheck example.com",
    ),
    "URL": (("https://example.com/x",), "is a URL; audit its host: mailcheck example.com"),
    "port": (("example.com:25",), "has a port; audit its host: mailcheck example.com"),
    "IPv4 address": (("192.0.2.1",), "it is an IP address"),
    "IPv6 address": (("2001:db8::1",), "(an IP address?)"),
    "template": (("mail.html",), "'mail.html' is a file; to judge templates and messages: mailcheck lint mail.html"),
    "path": (("./example.com",), "'./example.com' is a file; to judge templates and messages: mailcheck lint ./ex"),
    "list of domains": (("domains.txt",), "mailcheck audit --from domains.txt"),
    "message": (("mail.eml",), "mailcheck DOMAIN --from-eml mail.eml"),
    "message to judge": (("mail.eml",), "to judge what it says: mailcheck lint mail.eml"),
    "configuration": (("mailcheck.toml",), "--config mailcheck.toml"),
    "second word is an address": (("example.com", "me@example.com"), "is an e-mail address"),
    "standard input": (("-",), "mailcheck audit --from -"),
    "template on standard input": (("-",), "mailcheck lint -"),
    "empty word": (("",), "an empty word is given"),
    "blank word": (("audit", " "), "DOMAIN: the value is empty"),
    "unset variable for a zone": (("example.com", "--zone", ""), "--zone: the value is empty"),
    "unset variable for a resolver": (("example.com", "--resolver="), "--resolver: the value is empty"),
    "selector": ((*AUDIT, "--selector", "a..b"), "--selector 'a..b' is no selector: it is what s= says"),
    "long selector": ((*AUDIT, "--selector", "a" * 64), "is no selector"),
    "two dots": (("example..com",), "it has an empty label"),
    "hyphen in front": (("--", "-example.com"), "there is no option '-example.com'"),
    "hyphen at the end": (("example-.com",), "begins or ends with a hyphen"),
    "long label": (("a" * 64 + ".com",), "63 fit"),
    "huge word": (("a." * 100_000 + "com",), "not a domain name"),
    "escape sequence": (("exa\x1b[31mmple.com",), "cannot stand in it"),
    "near verb": (("explian", "SPF001"), "did you mean `mailcheck explain`?"),
    "verb of a later version": (("presend", "x.toml"), "`mailcheck presend` is not part of this version"),
    "verb after the domain": (("example.com", "audit"), "the command comes first: mailcheck audit"),
    "no dot": (("localhost",), "mailcheck audit localhost"),
    "options alone": (("--isolated",), "no domain and no command given"),
    "dashes alone": (("--",), "no domain and no command given"),
    "no domain": (("audit",), "no domain given: name one, use --from FILE, or declare"),
    "no rule to explain": (("explain",), "are required: CODE|NAME"),
    "near rule to explain": (("explain", "spf-lookup-limt"), "did you mean 'spf-lookup-limit'?"),
    "family to explain": (("explain", "spf"), "list them: mailcheck rules SPF"),
    "all to explain": (("explain", "ALL"), "list them: mailcheck rules"),
    "unknown among known": (("explain", "SPF001", "nothing-like-it"), "no rule, name or family 'nothing-like-it'"),
    "unknown selector": (("rules", "XYZ"), "no rule, name or family 'XYZ'"),
    "shell": (("completion", "tcsh"), "SHELL: 'tcsh' is none of bash, zsh, fish"),
    "no shell": (("completion",), "are required: SHELL"),
    "config takes no words": (("config", "select"), "'select' is a word too many"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_words(case: str, command: Command) -> None:
    words, remedy = WRONG[case]
    done = command(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("mailcheck: ")
    assert done.err.count("\n") == 1
    assert len(done.err) < 400
    assert remedy in done.err
    assert "\x1b" not in done.err
    assert "Traceback" not in done.err


def test_nothing_typed_is_help_on_standard_error(command: Command) -> None:
    done = command()
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("usage: mailcheck DOMAIN...")


@pytest.mark.parametrize(
    "words",
    [
        ("example.com", "--zone", "clean.json"),
        ("--zone", "clean.json", "example.com"),
        ("--zone=clean.json", "--", "example.com"),
        ("--", "example.com", "--zone", "clean.json"),
        ("-qv", "example.com", "--zone", "clean.json"),
        ("--format", "json", "example.com", "--zone", "clean.json"),
        ("audit", "example.com", "--zone", "clean.json"),
        ("--zone", "clean.json", "audit", "example.com"),
        ("EXAMPLE.com.", "--zone", "clean.json"),
        ("example.com", "--selector", "s1", "--zone", "clean.json", "example.com"),
    ],
    ids=" ".join,
)
def test_right_words_in_any_order(words: tuple[str, ...], command: Command) -> None:
    done = command(*words)
    assert (done.code, done.err) == (0, "")
    assert "example.com" in done.out


def test_a_value_may_be_called_like_a_verb(command: Command) -> None:
    command.world("rules", {"rules._domainkey.example.com": {"TXT": ["v=DKIM1; p="]}})
    done = command("example.com", "--selector", "rules", "--zone", "rules.json")
    assert done.err == ""
    assert done.out.startswith("example.com: ")


def test_internationalized_domain_is_audited_under_its_name_in_the_dns(command: Command) -> None:
    command.world("idn", {"xn--bcher-kva.example": {"TXT": ["v=spf1 -all"]}})
    done = command("Bücher.example", "--zone", "idn.json", "--format", "json")
    assert done.json["subjects"][0]["subject"] == "xn--bcher-kva.example"
