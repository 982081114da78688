"""What changed since a revision, asked of real repositories."""

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcheck.config import revision
from mailcheck.config.new_only import WHOLE, new_only
from mailcheck.config.revision import Changes, changes_since, odd_lines, read_patch
from mailcheck.config.root import repository_root
from mailcheck.model import registry
from mailcheck.model.errors import UsageError
from mailcheck.model.finding import Finding
from mailcheck.model.location import ConfigLocation, FileLocation
from mailcheck.model.report import Report, SubjectReport
from mailcheck.model.severity import Severity
from repository import Repository

pytestmark = pytest.mark.git

LINES = "".join(f"line {number}\n" for number in range(1, 11))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repo")
    made.commit({"a.html": LINES, "b.html": LINES})
    return made


def test_lines_that_differ_from_the_revision(repository: Repository) -> None:
    repository.write("a.html", LINES.replace("line 3\n", "changed\n").replace("line 8\n", "line 8\nadded\nadded too\n"))
    changes = changes_since("HEAD", repository.root)
    assert changes.lines == {"a.html": [(3, 3), (9, 10)]}
    assert [number for number in range(1, 13) if changes.touches("a.html", number, number)] == [3, 9, 10]
    assert changes.touches("a.html", 1, 4)
    assert not changes.touches("a.html", 4, 8)
    assert not changes.touches("b.html", 1, 10)


def test_staged_and_unstaged_changes_count_alike(repository: Repository) -> None:
    repository.write("a.html", LINES + "staged\n")
    repository("add", "a.html")
    repository.write("a.html", LINES + "staged\nnot staged\n")
    repository.write("b.html", "first\n" + LINES)
    assert changes_since("HEAD", repository.root).lines == {"a.html": [(11, 12)], "b.html": [(1, 1)]}


def test_files_that_the_revision_does_not_have(repository: Repository) -> None:
    """Added, untracked, ignored by git, empty, outside of the repository."""
    repository.write("added.html", "x\n")
    repository.write("empty.html", "")
    repository("add", "added.html", "empty.html")
    repository.write("untracked.html", "x\n")
    repository.write(".gitignore", "build/\n")
    repository.write("build/out.html", "x\n")
    changes = changes_since("HEAD", repository.root)
    assert changes.new == {"added.html", "empty.html"}
    for path in ("added.html", "empty.html", "untracked.html", "build/out.html", "/elsewhere/x.html", "../x.html"):
        assert changes.is_new(path), path
        assert changes.touches(path, 1, 1)
    assert not changes.is_new("a.html")
    assert changes.before(["added.html", "untracked.html", "a.html"]) == {
        "added.html": None,
        "untracked.html": None,
        "a.html": LINES.encode(),
    }


def test_moved_file_keeps_its_old_lines(repository: Repository) -> None:
    (repository.root / "mail").mkdir()
    repository("mv", "a.html", "mail/ü b.html")
    repository.write("mail/ü b.html", LINES.replace("line 2\n", "two\n"))
    changes = changes_since("HEAD", repository.root)
    assert changes.lines == {"mail/ü b.html": [(2, 2)]}
    assert not changes.is_new("mail/ü b.html")
    # By its former name too: pages at the revision include it so.
    assert changes.before(["mail/ü b.html"]) == {"mail/ü b.html": LINES.encode(), "a.html": LINES.encode()}


NAMES = [
    "a b.html", 'quo"te.html', "back\\slash.html", "tab\there.html", "new\nline.html", "ümläut.html", "日本.html",
    "-dash.html", " lead.html", "b/a/b.html", "a b/a b.html", ":(top)x.html", "*.html", "x\x7f\x01.html",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_odd_names(name: str, repository: Repository) -> None:
    repository.commit({name: LINES})
    assert not changes_since("HEAD", repository.root).is_new(name)
    repository.write(name, LINES.replace("line 4\n", "++ b/other.html\n@@ -1,9 +1,9 @@\ndiff --git a/x b/x\n"))
    changes = changes_since("HEAD", repository.root)
    assert changes.lines == {name: [(4, 6)]}
    assert changes.before([name]) == {name: LINES.encode()}


def test_octets_that_are_no_utf_8(repository: Repository) -> None:
    name = b"caf\xe9.html".decode("utf-8", "surrogateescape")
    repository.write(name, LINES)
    repository("add", "-A")
    changes = changes_since("HEAD", repository.root)
    assert changes.new == {name}


def test_file_that_is_too_large_is_as_if_it_were_none(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revision, "MAX_BLOB", len(LINES))
    repository.commit({"large.html": LINES + "x"})
    changes = changes_since("HEAD", repository.root)
    assert changes.before(["a.html", "large.html", "b.html", "a.html"]) == {
        "a.html": LINES.encode(),
        "large.html": None,
        "b.html": LINES.encode(),
    }


def test_what_was_a_link_or_a_folder_is_no_text(repository: Repository) -> None:
    (repository.root / "link.html").symlink_to("a.html")
    repository.commit({"folder/x.html": LINES})
    changes = changes_since("HEAD", repository.root)
    assert changes.before(["link.html"]) == {"link.html": b"a.html"}
    changes.old["now.html"] = "folder"
    changes.lines["now.html"] = []
    assert changes.before(["now.html"]) == {"now.html": None, "folder": None}


def test_deletions_and_file_ends_change_no_line(repository: Repository) -> None:
    repository.write("a.html", LINES.replace("line 5\n", ""))
    repository.write("b.html", LINES.removesuffix("\n"))
    assert changes_since("HEAD", repository.root).lines == {"a.html": [], "b.html": [(10, 10)]}


def test_file_that_is_gone_is_known_as_it_was(repository: Repository) -> None:
    """A page that extended it is judged with and without it."""
    (repository.root / "a.html").unlink()
    changes = changes_since("HEAD", repository.root)
    assert changes.lines == {"a.html": []}
    assert changes.before(["a.html"]) == {"a.html": LINES.encode()}


def test_binary_and_wide_texts_are_compared_too(repository: Repository) -> None:
    repository.commit({"a.html": "x\0y\nz\n"})
    repository.write("a.html", "x\0y\nzz\n")
    assert changes_since("HEAD", repository.root).lines == {"a.html": [(2, 2)]}


@pytest.mark.parametrize("ref", ["HEAD", "main", "v1", "HEAD~1", "commit"])
def test_any_name_of_a_revision(ref: str, repository: Repository) -> None:
    repository("tag", "v1")
    commit = repository.commit({"a.html": LINES + "more\n"})
    lines = changes_since(commit if ref == "commit" else ref, repository.root).lines
    assert lines == ({"a.html": [(11, 11)]} if ref in {"v1", "HEAD~1"} else {})


def test_before_the_first_commit_everything_is_new(tmp_path: Path) -> None:
    made = Repository(tmp_path / "fresh")
    made.write("a.html", LINES)
    changes = changes_since("HEAD", made.root)
    assert changes.touches("a.html", 1, 1)
    assert changes.before(["a.html"]) == {"a.html": None}


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("nope", "--new-from nope: git knows no such revision; in a shallow clone, fetch it first"),
        ("origin/main", "git knows no such revision"),
        ("--output=x", "--new-from takes one revision, such as HEAD or origin/main, not '--output=x'"),
        ("main..HEAD", "takes one revision"),
        ("", "takes one revision"),
        ("HEAD\0", "takes one revision"),
        ("HEAD:a.html", "git knows no such revision"),
    ],
)
def test_no_such_revision(ref: str, message: str, repository: Repository) -> None:
    with pytest.raises(UsageError) as raised:
        changes_since(ref, repository.root)
    assert message in str(raised.value)
    assert not (repository.root / "x").exists()


def test_no_repository(tmp_path: Path) -> None:
    assert repository_root(tmp_path) is None
    with pytest.raises(UsageError, match="this is no git repository; without one, use --baseline"):
        changes_since("HEAD", None)
    (tmp_path / ".git").mkdir()
    assert repository_root(tmp_path / "deep" / "er") == tmp_path
    with pytest.raises(UsageError, match="--new-from HEAD: "):
        changes_since("HEAD", tmp_path)


def test_no_git(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="there is no program git"):
        changes_since("HEAD", repository.root)


def test_git_that_does_not_answer(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 20\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}:/usr/bin:/bin")
    monkeypatch.setattr(revision, "SECONDS", 0.2)
    with pytest.raises(UsageError, match="git did not answer within"):
        changes_since("HEAD", repository.root)


def test_nothing_that_the_repository_or_a_hook_names_is_used(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Configuration that changes what a diff looks like, or runs programs; a hook's own variables."""
    ran = tmp_path / "ran"
    program = repository.write("evil.sh", f"#!/bin/sh\ntouch {ran}\n")
    program.chmod(0o755)
    repository.write(".gitattributes", "*.html diff=evil\n")
    repository.commit()
    repository("mv", "b.html", "c.html")
    for key, value in {
        "diff.external": str(program),
        "diff.evil.textconv": str(program),
        "diff.evil.command": str(program),
        "core.fsmonitor": str(program),
        "core.pager": str(program),
        "pager.diff": "true",
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.interHunkContext": "50",
        "diff.context": "7",
        "color.ui": "always",
        "color.diff": "always",
        "diff.relative": "true",
        "diff.renames": "false",
        "diff.wordRegex": ".",
        "core.quotepath": "true",
    }.items():
        repository("config", key, value)
    repository.write("a.html", LINES.replace("line 3\n", "three\n").replace("line 6\n", "six\n"))
    other = Repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "no index"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(program))
    monkeypatch.setenv("GIT_DIFF_OPTS", "-u9")
    monkeypatch.setenv("GIT_PAGER", str(program))
    changes = changes_since("HEAD", repository.root)
    assert changes.lines == {"a.html": [(3, 3), (6, 6)], "c.html": []}
    assert changes.old == {"c.html": "b.html"}
    assert not ran.exists()


PIECES = st.sampled_from([
    b"diff --git a/x b/x\n", b"+++ b/x\n", b"--- a/x\n", b"@@ -1 +1 @@\n", b"@@ -0,0 +1,9 @@\n", b"-a\n", b"+b\n",
    b'+++ "b/\\3', b"rename from a\n", b"rename to b\n", b"new file mode 100644\n", b"\\ No newline\n",
    b"+++ /dev/null\n", b"@@", b"\n",
])  # fmt: skip


@given(st.binary(max_size=300) | st.lists(PIECES, max_size=30).map(b"".join))
def test_any_octets_are_read_as_a_patch(patch: bytes) -> None:
    lines, new, old = read_patch(patch)
    assert new <= set(lines)
    assert set(old) <= set(lines)
    assert all(start <= end for ranges in lines.values() for start, end in ranges)


@pytest.mark.parametrize(
    ("raw", "odd"), [(b"a\nb", False), (b"a\r\nb\r\n", False), (b"a\rb", True), (b"a\r\nb\r", True), (b"a\0\n\0", True)]
)
def test_files_whose_lines_git_counts_in_another_way(raw: bytes, odd: bool) -> None:
    assert odd_lines(raw) is odd


def test_where_git_counts_other_lines_every_line_is_changed(repository: Repository) -> None:
    """Lone CRs end lines for editors, and for mailcheck, but not for git."""
    repository.write("a.html", LINES.replace("\n", "\r").replace("line 9", "nine"))
    changes = changes_since("HEAD", repository.root)
    assert changes.touches("a.html", 7, 7)
    assert not changes.touches("b.html", 7, 7)


def finding(path: str, line: int, text: str, code: str = "LNK001") -> Finding:
    """A finding in a line."""
    place = FileLocation(path, line, 1, line, 2, 0, 1, text)
    return Finding("m", place, Severity.ERROR, code=code, subject=path, offending=text, fingerprint=f"{code}{text}")


def report(*findings: Finding) -> Report:
    paths = dict.fromkeys(each.subject for each in findings)
    return Report(
        "lint", "0", tuple(SubjectReport(p, "fail", tuple(e for e in findings if e.subject == p)) for p in paths)
    )


class Former:
    """The report about the revision, and what was asked to get it."""

    def __init__(self, *findings: Finding) -> None:
        self.report = report(*findings)
        self.asked: list[Mapping[str, bytes | None]] = []

    def __call__(self, texts: Mapping[str, bytes | None]) -> Report:
        self.asked.append(texts)
        return self.report


@pytest.fixture
def changed(repository: Repository) -> Changes:
    """Line 3 of a.html changed; new.html is new; b.html is as it was."""
    repository.write("a.html", LINES.replace("line 3\n", "three\n"))
    repository.write("new.html", LINES)
    return changes_since("HEAD", repository.root)


def kept(narrowed: Report) -> list[tuple[str, str]]:
    return [(each.subject, each.offending) for subject in narrowed.subjects for each in subject.findings]


def test_only_findings_on_new_lines_stay(changed: Changes) -> None:
    old = finding("a.html", 7, "old")
    former = Former(old, finding("b.html", 2, "old"))
    narrowed = new_only(
        report(finding("a.html", 3, "new"), old, finding("b.html", 2, "old"), finding("new.html", 1, "x")),
        changed,
        former,
    )
    assert kept(narrowed) == [("a.html", "new"), ("new.html", "x")]
    assert [subject.verdict for subject in narrowed.subjects] == ["fail", "pass", "fail"]
    assert [len(subject.ignored) for subject in narrowed.subjects] == [1, 1, 0]
    assert former.asked == [{"a.html": LINES.encode()}]


def test_what_was_not_found_at_the_revision_is_new_wherever_it_stands(changed: Changes) -> None:
    """The unsubscribe link was taken out of line 3; the finding stands at the top, in a page that did not change."""
    missing = finding("a.html", 1, "<html>", "UNS006")
    child = finding("b.html", 1, "<html>", "UNS006")
    assert kept(new_only(report(missing, child), changed, Former())) == [("a.html", "<html>"), ("b.html", "<html>")]
    assert kept(new_only(report(missing, child), changed, Former(missing))) == [("b.html", "<html>")]


def test_what_was_ignored_at_the_revision_is_known(changed: Changes) -> None:
    missing = finding("a.html", 1, "<html>")

    def before(texts: Mapping[str, bytes | None]) -> Report:
        return Report("lint", "0", (SubjectReport("a.html", "pass", ignored=(missing,)),))

    assert kept(new_only(report(missing), changed, before)) == []


def test_the_same_text_once_more_is_new_once(changed: Changes) -> None:
    twice = [finding("a.html", 7, 'href="#"'), finding("a.html", 8, 'href="#"')]
    assert kept(new_only(report(*twice), changed, Former(twice[0]))) == [("a.html", 'href="#"')]
    assert kept(new_only(report(*twice), changed, Former(*twice))) == []
    moved = [finding("a.html", 3, 'href="#"'), *twice]
    assert len(kept(new_only(report(*moved), changed, Former(*twice)))) == 1


def test_what_is_missing_from_a_whole_message_has_no_line(changed: Changes) -> None:
    """It would stand in line 3, which was changed; it was missing before as well, beside another text."""
    missing = finding("a.html", 3, "</body></html>", "UNS006")
    assert kept(new_only(report(missing), changed, Former(finding("a.html", 2, "</body>", "UNS006")))) == []
    assert kept(new_only(report(missing), changed, Former())) == [("a.html", "</body></html>")]
    assert kept(new_only(report(finding("new.html", 9, "x", "UNS006")), changed, Former())) == [("new.html", "x")]


def test_rules_about_whole_messages_exist() -> None:
    words = " ".join(entry.name for entry in registry.entries() if entry.code in WHOLE)
    assert words.count("missing") >= len(WHOLE) - 1


def test_message_that_gets_another_name_keeps_its_findings(changed: Changes) -> None:
    """A subject line in a file of its own makes a set of what was a page."""
    page = finding("a.html", 7, "old")
    assert kept(new_only(report(replace(page, subject="a")), changed, Former(page))) == []


def test_nothing_is_judged_again_where_nothing_is_old(changed: Changes) -> None:
    former = Former()
    assert len(kept(new_only(report(finding("a.html", 3, "new")), changed, former))) == 1
    assert former.asked == []


def test_without_the_former_report_lines_alone_decide(changed: Changes) -> None:
    assert kept(new_only(report(finding("a.html", 1, "x")), changed, lambda texts: None)) == []


def test_the_run_itself_is_never_known(changed: Changes) -> None:
    crash = Finding("m", ConfigLocation("b.html", "lint"), Severity.ERROR, code="RUN001", subject="b.html")
    narrowed = new_only(report(crash), changed, Former())
    assert narrowed.broken


def test_the_program_git_is_called_without_a_shell(repository: Repository) -> None:
    repository("tag", "$(touch${IFS}pwned)")
    assert changes_since("$(touch${IFS}pwned)", repository.root).lines == {}
    assert not (repository.root / "pwned").exists()
    assert subprocess.run(["git", "--version"], check=True, capture_output=True).returncode == 0
