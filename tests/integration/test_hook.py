"""The hooks, by the real pre-commit: it installs them from this checkout and runs them on commits."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration.pages import BAD, GOOD
from mailcheck.cli.audit_ import parser as audit_parser
from mailcheck.cli.lint_ import parser as lint_parser
from mailcheck.lint.files import LANGUAGES
from repository import Repository

ROOT = Path(__file__).parents[2]
HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
}


def snapshot(folder: Path) -> tuple[Repository, str]:
    """This checkout as it stands now, committed into a repository of its own; pre-commit takes commits only."""
    made = Repository(folder)
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, folder / name)
    return made, made.commit()


class Project:
    """A repository whose commits run the hooks."""

    def __init__(self, folder: Path) -> None:
        _, self.revision = snapshot(folder / "mailcheck")
        self.source = folder / "mailcheck"
        self.home = folder / "home"
        self.repository = Repository(folder / "project")
        self.configure([])
        self.repository.commit({"mail/old.html": BAD})
        self("install", "--install-hooks")

    def configure(self, args: list[str]) -> None:
        hooks = [{"id": "mailcheck-lint", "args": args}, {"id": "mailcheck-audit"}]
        repos = [{"repo": str(self.source), "rev": self.revision, "hooks": hooks}]
        self.repository.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": repos}))

    def environment(self) -> dict[str, str]:
        return {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "MAILCHECK_"))} | {
            "PRE_COMMIT_HOME": str(self.home),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@shop.example",
            "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@shop.example",
            "PRE_COMMIT_COLOR": "never",
        }  # fmt: skip

    def __call__(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "pre_commit", *words], cwd=self.repository.root, env=self.environment(),
            capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def commit(self, files: dict[str, str | None]) -> tuple[int, str]:
        """Change files (None: take away) and commit; gives the exit code and everything that was said."""
        for name, text in files.items():
            if text is None:
                self.repository("rm", "-q", "-f", name)
            else:
                self.repository.write(name, text)
        self.repository("add", "-A")
        done = subprocess.run(
            ["git", "commit", "-m", "x"], cwd=self.repository.root, env=self.environment(),
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def reset(self) -> None:
        self.repository("reset", "-q", "--hard")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("hook"))


@pytest.fixture(autouse=True)
def fresh(request: pytest.FixtureRequest) -> None:
    if "project" in request.fixturenames:
        request.getfixturevalue("project").reset()


@pytest.mark.hook
def test_bad_template_is_refused_with_the_finding_shown(project: Project) -> None:
    code, said = project.commit({"mail/new.html": BAD})
    assert code == 1
    assert "LNK001" in said
    assert "mail/new.html:9" in said
    assert '<a href="#">' in said, "the source line"
    assert "Traceback" not in said


@pytest.mark.hook
def test_good_template_is_committed(project: Project) -> None:
    code, said = project.commit({"mail/good.html": GOOD})
    assert code == 0, said
    assert "mailcheck lint" in said


@pytest.mark.hook
def test_what_was_wrong_already_does_not_hinder(project: Project) -> None:
    """Only what is new fails: an old page with an old fault, changed in another line."""
    code, said = project.commit({"mail/old.html": BAD.replace("Your parcel is", "Your big parcel is")})
    assert code == 0, said
    code, said = project.commit({"mail/old.html": BAD.replace("</body>", '<p><a href="#">More</a></p>\n</body>')})
    assert code == 1
    assert said.count("LNK001 empty-or-hash-href") == 1


@pytest.mark.hook
def test_other_files_are_none_of_its_business(project: Project) -> None:
    code, said = project.commit({"src/app.py": "x = '<a href=\"#\">'\n", "README.md": BAD, "data.yaml": "{}"})
    assert code == 0, said
    assert re.search(r"mailcheck lint\.+\(no files to check\)Skipped", said)


@pytest.mark.hook
def test_changed_layout_judges_the_pages_that_extend_it(project: Project) -> None:
    layout = GOOD.replace("<p>Your parcel is on its way.</p>", "{% block body %}{% endblock %}")
    page = '{% extends "base.html.j2" %}\n{% block body %}<p>Hello.</p>{% endblock %}\n'
    code, said = project.commit({"mail/base.html.j2": layout, "mail/page.html.j2": page})
    assert code == 0, said
    code, said = project.commit({"mail/base.html.j2": layout.replace(' lang="en"', "")})
    assert "Traceback" not in said
    assert "base.html.j2" in said or code == 0


@pytest.mark.hook
def test_file_names_reach_the_command_as_they_are(project: Project) -> None:
    code, said = project.commit({"mail/a b 'c' $(touch x).html": GOOD, "mail/--fix.html": GOOD, "mail/ü.html": BAD})
    assert code == 1
    assert said.count("LNK001 empty-or-hash-href") == 1
    assert not (project.repository.root / "x").exists()


@pytest.mark.hook
def test_repairs_stop_the_commit_until_they_are_added(project: Project) -> None:
    """`args: [--fix]`: pre-commit refuses a commit whose files a hook has changed."""
    page = GOOD.replace("<body>", "<body>\n<!-- mailcheck: ignore[LNK001] none there -->")
    project.configure(["--fix"])
    try:
        code, said = project.commit({"mail/good.html": page})
        assert code == 1
        assert "files were modified by this hook" in said
        assert "1 finding repaired in 1 file" in said
        assert (project.repository.root / "mail/good.html").read_text() == GOOD
        code, said = project.commit({})
        assert code == 0, said
    finally:
        project.configure([])


@pytest.mark.hook
def test_templates_that_are_no_mail_are_left_alone(project: Project) -> None:
    code, said = project.commit(
        {"deploy/nginx.conf.j2": "server { {% if x %} }\n", "app.js.erb": "<% if x %>\n", "package.json": "{}\n"}
    )
    assert code == 0, said


@pytest.mark.hook
def test_audit_runs_by_hand_only(project: Project) -> None:
    project.repository.write("mailcheck.toml", 'resolver = ["127.0.0.1:9"]\ntimeout = 1\n[domain."example.com"]\n')
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--hook-stage", "manual", "mailcheck-audit"],
        cwd=project.repository.root, env=project.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "exit code: 3" in done.stdout
    assert "example.com" in done.stdout


def test_manifest_has_what_the_page_promises() -> None:
    lint, audit = HOOKS["mailcheck-lint"], HOOKS["mailcheck-audit"]
    assert lint["entry"].split() == [
        "mailcheck", "lint", "--force-exclude", "--with-dependents", "--new-from", "HEAD",
    ]  # fmt: skip
    assert set(lint["entry"].split()[2:-1]) <= set(lint_parser().options())
    assert (lint["types"], lint["require_serial"]) == (["text"], True)
    assert (audit["entry"], audit["pass_filenames"], audit["stages"]) == (
        "mailcheck audit",
        False,
        ["pre-push", "manual"],
    )
    assert audit_parser().options()
    assert list(HOOKS) == ["mailcheck-lint", "mailcheck-audit"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("mail/a.html", True), ("a.HTM", True), ("a.mjml", True), ("a.eml", True), ("a.html.j2", True),
        ("a.jinja2", True), ("a.liquid", True), ("a.hbs", True), ("a.blade.php", True), ("a.cshtml", True),
        ("order/subject.txt", True), ("order_subject.txt", True), ("email.body.txt", True), ("subject.txt", True),
        ("requirements.txt", False), ("robots.txt", False), ("a.php", False), ("a.json", True), ("README.md", False),
        ("html", False), ("a.html.bak", False), ("context.txt", False),
    ],
)  # fmt: skip
def test_files_that_the_hook_is_given(name: str, wanted: bool) -> None:
    assert bool(re.search(HOOKS["mailcheck-lint"]["files"], name)) is wanted


def test_the_hook_is_given_what_a_walk_reads() -> None:
    pattern = HOOKS["mailcheck-lint"]["files"]
    assert [suffix for suffix in LANGUAGES if not re.search(pattern, f"mail/welcome{suffix}")] == []


def test_manifest_is_valid() -> None:
    if not shutil.which("pre-commit", path=str(Path(sys.executable).parent)):
        assert HOOKS
        return
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")
