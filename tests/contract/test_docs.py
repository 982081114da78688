"""The pages about configuration, exit codes and limits say what the code does."""

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from cli.command import Command
from mailcheck.cli.config_ import _toml
from mailcheck.config.schema import ACCEPT, DOMAIN, FORMATS, TOP
from mailcheck.dns.live import Timing
from mailcheck.report import FORMATS as WRITERS

DOCS = Path(__file__).parent.parent.parent / "docs"
CONFIGURATION = (DOCS / "configuration.md").read_text("utf-8")
LIMITS = (DOCS / "limits.md").read_text("utf-8")
EXITS = (DOCS / "exit-codes.md").read_text("utf-8")


def rows(text: str) -> list[list[str]]:
    """The cells of every row of every table."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if not line.startswith("| ---")]


CAPS = [(row[2].strip("` |"), int(row[1].replace(",", ""))) for row in rows(LIMITS) if row[1] != "limit"]


@pytest.mark.parametrize(("where", "number"), CAPS, ids=[where for where, _ in CAPS])
def test_every_limit_is_the_one_in_the_code(where: str, number: int) -> None:
    module, _, name = where.rpartition(".")
    assert getattr(import_module(f"mailcheck.{module}"), name) == number


def test_every_limit_in_the_code_is_told() -> None:
    """A constant MAX_…, wherever it stands in what reads or asks, has its row."""
    source = Path(import_module("mailcheck").__file__ or "").parent
    told = {where for where, _ in CAPS}
    # The largest key is a fact about verifiers, the longest name one of the DNS, a suggestion one of ours.
    others = {"records.dkim_key.MAX_RSA", "auth.spf.macros.MAX_NAME", "records.spf_reader.MAX_SUGGESTED"}
    found = set()
    for path in source.rglob("*.py"):
        module = ".".join(path.relative_to(source).with_suffix("").parts)
        for line in re.findall(r"^(MAX_[A-Z_]+(?:, MAX_[A-Z_]+)*) = ", path.read_text("utf-8"), re.MULTILINE):
            found |= {f"{module}.{name}" for name in line.split(", ")}
    assert found - told - others == set()


def test_times_of_a_question() -> None:
    timing = Timing()
    assert timing.send == (0.0, 0.5, 1.5)
    assert timing.question == 5.0
    assert "after 0, 0.5 and 1.5 seconds, to the next name server in turn, and given up after 5." in LIMITS


def test_every_setting_is_told_with_its_default() -> None:
    told = {row[0].strip("`"): row[1].strip("`") for row in rows(CONFIGURATION) if len(row) == 3}
    told.pop("key")
    assert told == {name: _toml(key.default) for name, key in TOP.items()}


def test_every_key_of_a_domain_is_told() -> None:
    told = [row[0].strip("`") for row in rows(CONFIGURATION) if len(row) == 2]
    assert set(DOMAIN) <= set(told)
    assert all(f"\n{key} = " in CONFIGURATION for key in ACCEPT)


def test_formats_are_the_same_everywhere() -> None:
    """`config` may not use `report`, so it has a list of its own."""
    assert FORMATS == WRITERS
    assert ", ".join(f"`{name}`" for name in FORMATS) in CONFIGURATION


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", CONFIGURATION, re.DOTALL))
def test_examples_are_valid(text: str, command: Command) -> None:
    command.write("mailcheck.toml", text)
    assert tomllib.loads(text)
    done = command("config")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("text", [CONFIGURATION, EXITS, LIMITS], ids=["configuration", "exit-codes", "limits"])
def test_rules_named_in_the_pages_exist(text: str, command: Command) -> None:
    words = set(re.findall(r"`((?:RUN|SPF|DNS|DKIM|DMARC|MX)\d{3}|(?:spf|accept)-[a-z-]+)", text))
    assert words
    assert command("explain", *sorted(words)).code == 0


def test_exit_codes_are_told() -> None:
    codes = {code for row in rows(EXITS) for code in re.findall(r"\d+", row[0])}
    assert codes == {"0", "1", "2", "3", "130", "143"}
