"""The GitHub action: its own scripts, run with the environment that a runner gives them."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.command import PLAIN
from integration.pages import BAD, GOOD
from mailcheck.cli.lint_ import parser as lint_parser
from repository import Repository

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
pytestmark = pytest.mark.git


class Runner:
    """A runner's folders and variables around a repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.repository = Repository(folder / "repository")
        self.output = folder / "output"
        self.summary = folder / "summary.md"
        self.output.touch()
        self.summary.touch()

    def __call__(self, step: str, **inputs: str) -> "subprocess.CompletedProcess[str]":
        """Run a step with inputs; what is not given has the default of action.yml."""
        return self.script("run.sh", self.environment(step, **inputs), step)

    def environment(self, name: str, *, base: str = "", **inputs: str) -> dict[str, str]:
        """What the step of action.yml hands over."""
        given = {name: str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        step = next(step for step in ACTION["runs"]["steps"] if step.get("id") == name)
        found = {}
        for variable, expression in step["env"].items():
            match = re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", expression)
            found[variable] = given[match[1]] if match else base
        return found

    def script(self, name: str, extra: Mapping[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a script of the action in the repository."""
        environment = {key: value for key, value in PLAIN.items() if not key.startswith(("GIT_", "GITHUB_"))}
        environment |= {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "RUNNER_TEMP": str(self.temporary),
            **extra,
        }
        return subprocess.run(
            [str(ROOT / "action" / name), *words], cwd=self.repository.root, env=environment, capture_output=True,
            text=True, check=False, timeout=600,
        )  # fmt: skip

    @property
    def outputs(self) -> dict[str, str]:
        """What later steps may read."""
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    made = Runner(tmp_path)
    made.repository.commit({"mail/old.html": BAD})
    return made


def test_findings_about_changed_templates(runner: Runner) -> None:
    """Annotations, step summary, SARIF, exit code; what was wrong before does not count."""
    base = runner.repository.commit()
    runner.repository.commit({"mail/new.html": BAD})
    done = runner("lint", base=base)
    assert done.returncode == 1, done.stderr
    (error,) = [line for line in done.stdout.splitlines() if line.startswith("::error")]
    assert "file=mail/new.html,line=9," in error
    assert "LNK001" in error
    assert "mail/new.html" in runner.summary.read_text()
    sarif = json.loads(Path(runner.outputs["lint-sarif"]).read_text())
    live = [each for each in sarif["runs"][0]["results"] if not each.get("suppressions")]
    assert {each["ruleId"] for each in live if each.get("level") == "error"} == {"LNK001"}
    assert "audit-sarif" not in runner.outputs


def test_nothing_new(runner: Runner) -> None:
    base = runner.repository.commit()
    runner.repository.commit({"mail/new.html": GOOD})
    done = runner("lint", base=base)
    assert (done.returncode, "::error" in done.stdout) == (0, False), done.stdout


@pytest.mark.parametrize(
    ("new_from", "base", "code"),
    [("auto", "", 1), ("auto", "0" * 40, 1), ("none", "HEAD", 1), ("HEAD", "", 0), ("auto", "; exit 7", 1)],
    ids=["no base", "new branch", "everything", "named", "no commit"],
)
def test_what_counts(new_from: str, base: str, code: int, runner: Runner) -> None:
    done = runner("lint", base=base, new_from=new_from)
    assert done.returncode == code, done.stdout + done.stderr


def test_base_is_fetched_into_a_shallow_checkout(runner: Runner, tmp_path: Path) -> None:
    """As actions/checkout leaves it: one commit."""
    base = runner.repository.commit()
    runner.repository.commit({"mail/new.html": GOOD})
    origin = runner.repository
    origin("config", "uploadpack.allowAnySHA1InWant", "true")
    shallow = tmp_path / "shallow"
    origin("clone", "-q", "--depth=1", f"file://{origin.root}", str(shallow))
    runner.repository = Repository(shallow)
    done = runner("lint", base=base)
    assert done.returncode == 0, done.stdout + done.stderr
    gone = runner("lint", base="1234567" * 5 + "12345")
    assert gone.returncode == 1
    assert "::warning title=mailcheck::" in gone.stderr
    assert "so every finding counts" in gone.stderr


def test_configured_domains_are_audited(runner: Runner) -> None:
    """The name server of the configuration is asked; this one does not answer, and that is told as such."""
    runner.repository.write(
        "mailcheck.toml", 'resolver = ["127.0.0.1:9"]\ntimeout = 2\n[domain."example.com"]\nsends = true\n'
    )
    done = runner("audit", paths="")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "title=example.com%3A not determined" in done.stdout
    assert list(runner.outputs) == ["audit-sarif"]


def test_given_domains_are_audited_and_files_are_kept_apart(runner: Runner) -> None:
    runner.repository.write("mailcheck.toml", 'resolver = ["127.0.0.1:9"]\ntimeout = 2\n')
    assert runner("lint", new_from="none").returncode == 1
    done = runner("audit", domains="example.com\nexample.net example.org")
    assert done.returncode == 3, done.stdout + done.stderr
    assert all(name in done.stdout for name in ("example.com", "example.net", "example.org"))
    assert set(runner.outputs) == {"lint-sarif", "audit-sarif"}
    assert len(set(runner.outputs.values())) == 2


@pytest.mark.parametrize("step", ["lint", "audit"])
def test_wrong_configuration(step: str, runner: Runner) -> None:
    runner.repository.write("mailcheck.toml", "nope = 1\n")
    broken = runner(step, new_from="none")
    assert broken.returncode == 2
    assert runner.outputs == {}
    assert "unknown key 'nope'" in broken.stderr


def test_no_word_of_an_input_is_a_command(runner: Runner) -> None:
    """Blanks, quotes, substitutions, options: one line is one path."""
    nasty = "mail/$(touch pwned) `touch pwned`; touch 'pwned' \"a\" * --fix.html"
    runner.repository.write(nasty, GOOD)
    done = runner("lint", paths=f"  {nasty}\n\nmail/old.html\n", new_from="none", fail_on="error")
    assert done.returncode == 1, done.stdout + done.stderr
    assert not list(runner.folder.rglob("pwned"))
    for inputs in (
        {"paths": "$(touch pwned)"},
        {"paths": "-x", "new_from": "$(touch pwned)"},
        {"fail_on": "$(touch pwned)", "paths": "mail"},
        {"config": "$(touch pwned)", "paths": "mail"},
    ):
        assert runner("lint", **inputs).returncode == 2
    assert runner("audit", domains="$(touch pwned) `touch pwned`").returncode == 2
    assert not list(runner.folder.rglob("pwned"))


@pytest.mark.parametrize(
    ("step", "inputs", "code"),
    [
        ("lint", {"paths": " \n", "audit": "false"}, 2),
        ("lint", {"paths": ""}, 0),
        ("audit", {"paths": ""}, 2),
        ("audit", {}, 0),
    ],
    ids=["no step has anything", "domains alone", "no domains either", "templates alone"],
)
def test_nothing_to_do_is_told(step: str, inputs: dict[str, str], code: int, runner: Runner) -> None:
    done = runner(step, **inputs)
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout.startswith("::error title=mailcheck::nothing to do") is bool(code)


def test_python_that_is_too_old_is_told(runner: Runner, tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = runner.script("install.sh", {"MAILCHECK_ACTION_PYTHON": str(old), "GITHUB_PATH": str(tmp_path / "path")})
    assert done.returncode == 2
    assert done.stdout.startswith("::error title=mailcheck::Python 3.11 or later is needed")


@pytest.mark.hook
def test_installs_itself(runner: Runner, tmp_path: Path) -> None:
    """From its own checkout, into an environment beside the repository."""
    path = tmp_path / "path"
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for name in ("action", "src"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, checkout / name)
    done = runner.script(
        "install.sh",
        {"GITHUB_PATH": str(path), "GITHUB_ACTION_PATH": str(checkout), "MAILCHECK_ACTION_PYTHON": sys.executable},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    program = Path(path.read_text().strip()) / "mailcheck"
    version = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.startswith("mailcheck ")


def test_action_hands_inputs_over_as_variables_only() -> None:
    """No input or event stands in a script's text, and other actions are pinned to a commit."""
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        if "uses" in step:
            assert re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}", step["uses"])
    used = {match for step in ACTION["runs"]["steps"] for match in re.findall(r"inputs\.([a-z-]+)", json.dumps(step))}
    assert used == set(ACTION["inputs"])


def test_action_uses_options_that_exist() -> None:
    text = (ROOT / "action" / "run.sh").read_text("utf-8")
    known = set(lint_parser().options()) | {"--quiet", "--no-tags", "--depth"}
    assert set(re.findall(r"(?<![\w-])--[a-z-]+", text)) <= known


def test_page_lists_the_inputs() -> None:
    page = (ROOT / "docs" / "github-action.md").read_text("utf-8")
    assert re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE) == list(ACTION["inputs"])
