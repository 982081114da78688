"""The pages about the linter, the hook and the action say what the code does."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from cli.command import Command
from mailcheck.cli.audit_ import parser as audit_parser
from mailcheck.cli.lint_ import parser as lint_parser
from mailcheck.config.new_only import WHOLE
from mailcheck.model import registry

ROOT = Path(__file__).parents[2]
PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text("utf-8") for name in ("lint", "pre-commit", "github-action")}
README = (ROOT / "README.md").read_text("utf-8")
OTHERS = {"--all-files", "--hook-stage"}
"""Options of pre-commit."""


def blocks(language: str) -> list[tuple[str, str]]:
    """Page and text of every block of a language."""
    return [
        (name, text)
        for name, page in PAGES.items()
        for text in re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    ]


@pytest.mark.parametrize("name", PAGES)
def test_options_exist(name: str) -> None:
    known = set(lint_parser().options()) | set(audit_parser().options()) | OTHERS
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGES[name])) - known == set()


@pytest.mark.parametrize(("name", "text"), blocks("toml"))
def test_configuration_is_valid(name: str, text: str, command: Command) -> None:
    assert tomllib.loads(text)
    command.write("mailcheck.toml", text)
    done = command("config")
    assert (done.code, done.err) == (0, "")


def test_configuration_and_workflows_are_yaml() -> None:
    hooks = {each["id"] for each in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    inputs = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    for name, text in blocks("yaml"):
        # A piece of a list is indented as it stands in its file.
        held = yaml.safe_load(text)
        assert held, name
        assert set(re.findall(r"id: (mailcheck-[a-z]+)", text)) <= hooks
        for step in re.findall(r"OWNER/mailcheck@\S+\n\s+with:\n((?:\s{10}\S.*\n)+)", text):
            assert set(yaml.safe_load(step)) <= set(inputs)


def test_rules_named_in_the_pages_exist() -> None:
    text = "\n".join(PAGES.values())
    words = {word.strip() for each in re.findall(r"ignore\[([^\]]+)\]", text) for word in each.split(",")}
    words |= set(re.findall(r"\b[A-Z]{3}\d{3}\b", text))
    words |= {word for each in re.findall(r"--ignore, \"([^\"]+)\"", text) for word in each.split(",")}
    assert words
    for word in words:
        assert registry.matching(word)


def test_pages_are_reachable_from_the_readme() -> None:
    for name in PAGES:
        assert f"docs/{name}.md" in README
    links = {target for page in PAGES.values() for target in re.findall(r"\]\(([a-z-]+\.md)(?:#[a-z-]+)?\)", page)}
    assert all((ROOT / "docs" / target).is_file() for target in links)


def test_second_step_of_the_readme_works(command: Command) -> None:
    """Sixty old templates cost nothing until they change."""
    steps = re.findall(r"^mailcheck (lint .*)$", README, re.MULTILINE)
    assert steps == [
        "lint . --write-baseline mailcheck-baseline.json",
        "lint . --baseline mailcheck-baseline.json",
    ]
    for number in range(60):
        command.write(f"mail/{number}.html", '<!doctype html>\n<p><a href="#">Read more</a></p>\n')
    assert command("lint", ".").code == 1
    assert [command(*step.split()).code for step in steps] == [0, 0]
    command.write("mail/7.html", '<!doctype html>\n<p><a href="#">Read more</a> <a href="#">And more</a></p>\n')
    assert command(*steps[1].split()).code == 1


def test_rules_about_whole_messages_are_the_linters() -> None:
    assert {code for code in WHOLE if registry.find(code) is None} <= {"PRE001"}


def test_what_the_readme_shows_is_what_is_printed(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    shown = re.findall(r"^\$ mailcheck lint (\S+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    ((path, text),) = shown
    (line,) = re.findall(r"│ (<p>.*)", text)
    footer = "<p>Nord GmbH, Hafenstr. 1, 20457 Hamburg</p>"
    head = '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Spring</title></head>'
    command.write(path, f"---\nkind: marketing\n---\n{head}\n<body>\n{line}\n{footer}\n</body>\n</html>\n")
    printed = iter(command("lint", path).out.splitlines())
    for each in text.splitlines():
        # In their order; what is left out ends with an ellipsis.
        assert any(other.startswith(each.removesuffix(" …")) for other in printed), each
