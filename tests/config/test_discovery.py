"""Where the configuration comes from, what wins, and what a fault in it says."""

from pathlib import Path

import pytest

from cli.command import Command
from mailcheck.config.discovery import load
from mailcheck.model.errors import ConfigError


def tree(folder: Path, files: dict[str, str]) -> Path:
    """A repository with these files and the folder a/b in it."""
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / ".git").mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder / "a" / "b"


@pytest.mark.parametrize(
    ("files", "timeout"),
    [
        ({}, 30),
        ({"a/b/mailcheck.toml": "timeout = 1"}, 1),
        ({"a/mailcheck.toml": "timeout = 2"}, 2),
        ({"a/b/mailcheck.toml": "timeout = 1", "a/mailcheck.toml": "timeout = 2"}, 1),
        ({"a/b/mailcheck.toml": "offline = true", "a/mailcheck.toml": "timeout = 2"}, 30),
        ({"a/b/.mailcheck.toml": "timeout = 3"}, 3),
        ({"a/b/mailcheck.toml": "timeout = 1", "a/b/.mailcheck.toml": "timeout = 3"}, 1),
        ({"a/b/pyproject.toml": "[tool.mailcheck]\ntimeout = 4"}, 4),
        ({"a/b/pyproject.toml": "[tool.other]\nx = 1", "a/mailcheck.toml": "timeout = 2"}, 2),
        ({"a/b/pyproject.toml": "tool = 1", "a/mailcheck.toml": "timeout = 2"}, 2),
        ({"a/b/pyproject.toml": "not toml", "a/mailcheck.toml": "timeout = 2"}, 2),
        ({"mailcheck.toml": "timeout = 5"}, 30),
    ],
    ids=[
        "none", "here", "above", "the nearest wins", "nothing is merged", "hidden", "the visible one wins", "pyproject",
        "pyproject of others", "odd pyproject", "broken pyproject of others", "beyond the repository",
    ],
)  # fmt: skip
def test_nearest_file_up_to_the_repository_root(files: dict[str, str], timeout: float, tmp_path: Path) -> None:
    assert load(cwd=tree(tmp_path, files), env={})["timeout"] == timeout


def test_isolated_reads_no_file(tmp_path: Path) -> None:
    here = tree(tmp_path, {"a/b/mailcheck.toml": "timeout = 1"})
    assert load(isolated=True, cwd=here, env={"MAILCHECK_CONFIG": str(here / "mailcheck.toml")})["timeout"] == 30


def test_named_file_wins_over_the_environment_and_the_nearest(tmp_path: Path) -> None:
    here = tree(tmp_path, {"a/b/mailcheck.toml": "timeout = 1", "x.toml": "timeout = 6", "y.toml": "timeout = 7"})
    env = {"MAILCHECK_CONFIG": str(tmp_path / "x.toml")}
    assert load(cwd=here, env=env)["timeout"] == 6
    assert load(cwd=here, env=env, config=str(tmp_path / "y.toml"))["timeout"] == 7


def test_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"\xef\xbb\xbftimeout = 6\r\n")
    assert load(config=str(tmp_path / "x.toml"), env={})["timeout"] == 6


def test_baseline_counts_from_the_file_that_names_it(command: Command) -> None:
    """Run from any folder of the repository, the same baseline is meant."""
    command.write("mailcheck.toml", 'baseline = "ci/base.json"\n')
    command.write("ci/base.json", '{"format": "mailcheck-baseline/1", "counts": {}}')
    folder = command.folder / "deep"
    folder.mkdir()
    settings = load(cwd=folder, env={})
    assert (command.folder / settings["baseline"]).samefile(command.folder / "ci" / "base.json")
    assert str(settings.origins["baseline"]) == "mailcheck.toml:1"


@pytest.mark.parametrize(
    ("env", "key", "value"),
    [
        ({"MAILCHECK_FORMAT": "json"}, "format", "json"),
        ({"MAILCHECK_FORMAT": ""}, "format", "sarif"),
        ({"MAILCHECK_OFFLINE": "1"}, "offline", True),
        ({"MAILCHECK_OFFLINE": "False"}, "offline", False),
        ({"MAILCHECK_OFFLINE": ""}, "offline", False),
        ({}, "offline", True),
    ],
)
def test_environment_wins_over_the_file(env: dict[str, str], key: str, value: object, tmp_path: Path) -> None:
    here = tree(tmp_path, {"a/mailcheck.toml": 'format = "sarif"\noffline = true'})
    assert load(cwd=here, env=env)[key] == value


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({"MAILCHECK_FORMAT": "xml"}, "MAILCHECK_FORMAT='xml' is none of terminal"),
        ({"MAILCHECK_OFFLINE": "maybe"}, "MAILCHECK_OFFLINE='maybe' is neither 1 nor 0"),
        ({"MAILCHECK_CONFIG": "/nope.toml"}, "/nope.toml: cannot be read"),
    ],
)
def test_wrong_environment(env: dict[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=message):
        load(cwd=tmp_path, env=env)


def test_flags_win_over_everything(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    command.write("mailcheck.toml", 'format = "sarif"\nfail-on = "info"\n')
    monkeypatch.setenv("MAILCHECK_FORMAT", "csv")
    done = command(
        "example.com", "--zone", "broken.json", "--format", "json", "--select", "DMARC", "--fail-on", "error"
    )
    assert (done.code, done.json["schema"]) == (0, "mailcheck/1")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("mailcheck.toml", "\nfail_on = 'error'", "mailcheck.toml:2: unknown key 'fail_on'; did you mean 'fail-on'?"),
        ("mailcheck.toml", "xyzzy = 1", "mailcheck.toml:1: unknown key 'xyzzy'; known are select, extend-select"),
        ("mailcheck.toml", "select = 'SPF'", "mailcheck.toml:1: select is a list of strings, [\"…\"], not 'SPF'"),
        ("mailcheck.toml", "offline = 'yes'", "mailcheck.toml:1: offline is true or false, not 'yes'"),
        ("mailcheck.toml", "timeout = -1", "timeout is a number of seconds above 0 and below 86400, not -1"),
        ("mailcheck.toml", "timeout = true", "timeout is a number of seconds above 0 and below 86400, not true"),
        ("mailcheck.toml", "timeout = inf", "timeout is a number of seconds above 0 and below 86400, not inf"),
        ("mailcheck.toml", "timeout = nan", "timeout is a number of seconds"),
        ("mailcheck.toml", "format = 'xml'", "format = 'xml' is none of terminal"),
        ("mailcheck.toml", "format = ", "mailcheck.toml: not TOML: Invalid value (at end of document)"),
        ("mailcheck.toml", "a = " + "[" * 100_000, "mailcheck.toml: not TOML"),
        ("mailcheck.toml", "[domain]\nsends = true", 'domain is a table of domains: [domain."example.com"]'),
        ("mailcheck.toml", "[domain.example.com]\nsends = true", 'quote the domain: [domain."example.com"]'),
        ("mailcheck.toml", '[domain."a.example"]\nsend = true', ":2: unknown key 'send'; did you mean 'sends'?"),
        ("mailcheck.toml", '[domain."a..example"]', "mailcheck.toml:1: 'a..example' is not a domain name"),
        ("mailcheck.toml", "accept = 1", "accept is an array of tables: [[accept]]"),
        ("mailcheck.toml", "[[accept]]\nrule = 'SPF001'", "mailcheck.toml:1: [[accept]] needs domain and reason"),
        (
            "mailcheck.toml",
            "ignore = ['spf-misssing']",
            "mailcheck.toml:1: no rule, name or family 'spf-misssing'; did",
        ),
        ("pyproject.toml", "[tool.mailcheck]\n\nfail_on = 1", "pyproject.toml:3: unknown key 'fail_on'"),
        ("pyproject.toml", "[tool]\nmailcheck = 1", "pyproject.toml: mailcheck is a table: [tool.mailcheck]"),
        ("pyproject.toml", "[tool.mailcheck]\nx = ", "pyproject.toml: not TOML"),
    ],
)
def test_fault_names_file_line_and_remedy(name: str, text: str, message: str, command: Command) -> None:
    command.write(name, text)
    done = command("example.com", "--zone", "clean.json")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("mailcheck: ")
    assert done.err.count("\n") == 1
    assert message in done.err


def test_named_pyproject_without_our_table(command: Command) -> None:
    command.write("pyproject.toml", "[tool.other]\n")
    done = command("example.com", "--zone", "clean.json", "--config", "pyproject.toml")
    assert (done.code, done.err) == (2, "mailcheck: pyproject.toml: holds no table [tool.mailcheck]\n")
