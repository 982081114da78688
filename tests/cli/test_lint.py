"""`mailcheck lint`: what is judged, what counts, and how the run ends. The rules themselves have tests of their own."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli.command import Command, Done, outcome, process
from integration.pages import BAD, GOOD
from mailcheck.cli import lint_fix
from mailcheck.cli.lint_ import parser
from mailcheck.cli.lint_run import Run
from mailcheck.cli.settings import selection_of, settings_of
from mailcheck.lint.source import Source
from mailcheck.report import FORMATS
from repository import Repository

LINK = '<a href="#">'


def findings(done: Done) -> list[tuple[str, str, int]]:
    """Subject, code and line of every finding of a JSON report."""
    return [
        (subject["subject"], each["code"], each["location"].get("line") or 0)
        for subject in done.json["subjects"]
        for each in subject["findings"]
    ]


def errors(done: Done) -> list[tuple[str, str, int]]:
    """Those that fail."""
    found = {
        (subject["subject"], each["code"], each["location"].get("line") or 0)
        for subject in done.json["subjects"]
        for each in subject["findings"]
        if each["severity"] == "error"
    }
    return sorted(found)


@pytest.fixture
def pages(command: Command) -> Command:
    """A good page, a bad one, and a file that is none."""
    command.write("mail/good.html", GOOD)
    command.write("mail/bad.html", BAD)
    command.write("mail/notes.md", "x")
    return command


def test_finding_names_file_line_and_shows_the_line(pages: Command) -> None:
    done = pages("lint", "mail/bad.html")
    assert (done.code, done.err) == (1, "")
    assert "LNK001 empty-or-hash-href" in done.out
    assert "mail/bad.html:9:" in done.out
    assert LINK in done.out
    assert "^" in done.out


@pytest.mark.parametrize(
    "words", [(), (".",), ("mail",), ("mail/",), ("./mail/bad.html", "mail/good.html")], ids=" ".join
)
def test_folders_are_walked(words: tuple[str, ...], pages: Command) -> None:
    done = pages("lint", *words, "--format", "json")
    assert [subject["subject"] for subject in done.json["subjects"]] == ["mail/bad.html", "mail/good.html"]
    assert errors(done) == [("mail/bad.html", "LNK001", 9)]


def test_paths_count_from_the_repository_whatever_the_folder(pages: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pages.folder / "mail")
    assert errors(pages("lint", "bad.html", "--format", "json")) == [("mail/bad.html", "LNK001", 9)]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_and_the_same_exit_code(name: str, pages: Command) -> None:
    done = pages("lint", "mail", "--format", name)
    assert (done.code, done.err) == (1, "")
    assert "LNK001" in done.out
    assert pages("lint", "mail", "--format", name, "--exit-zero").code == 0


def test_output_is_the_same_for_the_same_input(pages: Command) -> None:
    assert pages("lint", "mail", "--format", "json").out == pages("lint", "mail", "--format", "json").out


@pytest.mark.parametrize("name", ["concise", "csv", "github", "gitlab", "sarif", "terminal"])
def test_findings_of_a_file_stand_in_the_order_of_its_text(name: str, command: Command) -> None:
    command.write("mail/a.html", '<p><b>x</p>\n<p><a href="#">a</a></p>\n<p><b>y</p>\n<p><a href="#">b</a></p>\n')
    out = command("lint", "mail", "--format", name, "--select", "HTM004,LNK001").out
    places = [out.index(message) for message in ("<b> is not closed", "this link leads nowhere")]
    assert places == sorted(places)
    if name == "concise":
        assert [line.split(": ")[0] for line in out.splitlines()[:4]] == [
            "mail/a.html:1:4", "mail/a.html:2:13", "mail/a.html:3:4", "mail/a.html:4:13",
        ]  # fmt: skip


def test_why_a_rule_matters_is_said_once_a_run(command: Command) -> None:
    command.write("mail/a.html", BAD)
    command.write("mail/b.html", BAD)
    done = command("lint", "mail")
    assert done.out.count("this link leads nowhere") == 2
    assert done.out.count("mailcheck explain LNK001") == 1


def test_what_cannot_be_read_is_told_and_the_rest_is_judged(pages: Command) -> None:
    done = pages("lint", "mail/gone.html", "mail/bad.html", "--format", "json")
    assert done.code == 2
    assert ("mail/gone.html", "RUN002", 0) in findings(done)
    assert ("mail/bad.html", "LNK001", 9) in findings(done)


def test_pipe_and_link_out_of_the_repository(pages: Command, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.html"
    outside.write_text(BAD)
    (pages.folder / "mail" / "link.html").symlink_to(outside)
    os.mkfifo(pages.folder / "mail" / "pipe.html")
    done = pages("lint", "mail", "--format", "concise")
    assert "secret" not in done.out
    assert done.out.count("LNK001") == 1
    assert pages("lint", "mail/pipe.html").code == 2
    assert pages("lint", "mail/link.html").code == 2


WRONG = {
    "both repairs": (("--fix", "--diff"), "--fix and --diff exclude each other"),
    "a report beside a difference": (("--diff", "--format", "json"), "--diff shows a difference and no report"),
    "a file beside a difference": (("--diff", "--report", "json=x"), "--diff shows a difference and no report"),
    "standard input and a file": (("-", "mail"), "- stands for standard input, which is judged alone"),
    "standard input and a revision": (("-", "--new-from", "HEAD"), "--new-from compares files with a revision"),
    "a baseline of a part": (("--new-from", "HEAD", "--write-baseline", "x.json"), "leave out --new-from"),
    "a name for nothing": (("mail", "--stdin-filename", "x"), "--stdin-filename names what comes on standard input"),
    "repaired text and a report": (("-", "--fix", "--format", "json"), "standard output is the repaired text"),
    "kind": (("--kind", "advert"), "--kind: 'advert' is none of marketing, transactional"),
    "no pattern": (("--per-file-ignores", "IMG"), "--per-file-ignores takes PATTERN:RULES"),
    "no rules": (("--per-file-ignores", "*.html:"), "--per-file-ignores takes PATTERN:RULES"),
    "no such rule": (("--per-file-ignores", "*.html:NOPE"), "--per-file-ignores: no rule, name or family 'NOPE'"),
    "no data": (("--data", "gone.json"), "--data gone.json: there is no such file"),
    "no folder": (("--source-root", "gone"), "--source-root gone: there is no such folder"),
    "near option": (("--fixx",), "did you mean --fix?"),
    "no time": (("--now", "soon"), "--now takes"),
    "no DNS": (("--resolver", "127.0.0.1"), "there is no option '--resolver'"),
    "no baseline": (("--baseline", "gone.json"), "gone.json: cannot be read"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_words(case: str, pages: Command) -> None:
    words, message = WRONG[case]
    done = pages("lint", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("mailcheck: ")
    assert done.err.count("\n") == 1
    assert message in done.err


# --- standard input -------------------------------------------------------------------------------------------------
def given(text: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))


def test_standard_input_goes_by_a_name(pages: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    given(BAD.encode(), monkeypatch)
    done = pages("lint", "-", "--stdin-filename", "mail/new.html", "--format", "json")
    assert errors(done) == [("mail/new.html", "LNK001", 9)]
    given(BAD.encode(), monkeypatch)
    assert [code for _, code, _ in errors(pages("lint", "-", "--format", "json"))] == ["LNK001"]


@pytest.mark.parametrize(
    ("octets", "message"),
    [(b"\xff\xfe\xff", "mail.html: "), (b"<p>\0</p>", "binary"), (b"x" * 6_000_000, "more than the 5,242,880 octets")],
    ids=["no text", "binary", "too large"],
)
def test_standard_input_that_is_no_text(
    octets: bytes, message: str, pages: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(octets, monkeypatch)
    done = pages("lint", "-", "--stdin-filename", "mail.html")
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_message_on_standard_input_keeps_its_octets(pages: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = b"From: a@shop.example\r\nSubject: x\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
    given(fields + b"\r\ncaf\xe9\r\n", monkeypatch)
    done = pages("lint", "-", "--stdin-filename", "mail.eml", "--format", "json")
    assert done.code in {0, 1}
    assert done.err == ""


# --- configuration --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        'ignore = ["LNK001"]',
        '[per-file-ignores]\n"mail/*" = ["LNK"]',
        '[per-file-ignores]\n"bad.html" = ["empty-or-hash-href"]',
        'exclude = ["bad.html"]',
        'exclude = ["mail/b*"]',
    ],
)
def test_configuration_turns_it_off(text: str, pages: Command) -> None:
    pages.write("mailcheck.toml", text)
    assert errors(pages("lint", "mail", "--format", "json")) == []


def test_patterns_count_from_the_configuration(pages: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration in a folder below the root; a flag counts from where it is typed."""
    pages.write("mail/mailcheck.toml", '[per-file-ignores]\n"/bad.html" = ["LNK"]\n')
    monkeypatch.chdir(pages.folder / "mail")
    assert errors(pages("lint", "bad.html", "--format", "json")) == []
    assert errors(pages("lint", "bad.html", "--format", "json", "--per-file-ignores", "good.html:LNK")) != []
    assert errors(pages("lint", "bad.html", "--format", "json", "--per-file-ignores", "./bad.html:LNK001,IMG")) == []


def test_named_file_is_judged_unless_exclusion_is_forced(pages: Command) -> None:
    pages.write("mailcheck.toml", 'exclude = ["mail/bad.html"]')
    assert pages("lint", "mail/bad.html").code == 1
    done = pages("lint", "mail/bad.html", "--force-exclude")
    assert (done.code, "LNK001" in done.out) == (0, False)


@pytest.mark.parametrize(
    ("name", "text", "judged"),
    [
        ("deploy/nginx.conf.j2", "server { {% if x %} }", False),
        ("app/page.js.erb", "<% if x %>", False),
        ("app/greeting.erb", "Hello <%= name %>", False),
        ("app/greeting.erb", '<p><a href="#">x</a></p>', True),
        ("notes.txt", "{{ x", False),
        ("welcome.html.j2", '<p><a href="#">x</a></p>', True),
    ],
)
def test_hook_judges_what_a_folder_would(name: str, text: str, judged: bool, command: Command) -> None:
    """pre-commit hands over whatever its pattern fits."""
    command.write(name, text)
    done = command("lint", name, "--force-exclude", "--format", "json")
    assert [subject["subject"] for subject in done.json["subjects"]] == ([name] if judged else [])
    assert done.code == int(judged)


def test_wrong_rule_in_the_configuration_is_told_with_its_line(pages: Command) -> None:
    pages.write("mailcheck.toml", 'fail-on = "error"\n[per-file-ignores]\n"*.html" = ["LNK999"]\n')
    done = pages("lint", "mail")
    assert (done.code, done.out) == (2, "")
    assert "mailcheck.toml:3: no rule, name or family 'LNK999'" in done.err


def test_domains_of_the_configuration_are_none_of_its_business(pages: Command) -> None:
    pages.write("mailcheck.toml", '[domain."example.com"]\nsends = true\n')
    done = pages("lint", "mail/good.html", "--format", "json")
    assert (done.code, len(done.json["subjects"])) == (0, 1)


# --- baselines ------------------------------------------------------------------------------------------------------
def test_baseline_by_file_and_rule(pages: Command) -> None:
    done = pages("lint", "mail", "--write-baseline", "known.json")
    assert done.code == 0
    assert done.err.startswith("mailcheck: baseline written to known.json: ")
    assert " known; only what is new fails with --baseline known.json" in done.err
    held = json.loads((pages.folder / "known.json").read_text())
    assert held["files"]["mail/bad.html"]["LNK001"] == 1
    assert pages("lint", "mail", "--baseline", "known.json").code == 0
    pages.write("mail/bad.html", "\n\n" + BAD)
    assert pages("lint", "mail", "--baseline", "known.json").code == 0, "lines may move"
    pages.write("mail/bad.html", BAD.replace("</body>", f"<p>{LINK}More</a></p></body>"))
    assert pages("lint", "mail", "--baseline", "known.json").code == 1, "one more"
    pages.write("mail/other.html", BAD)
    pages.write("mail/bad.html", BAD)
    assert errors(pages("lint", "mail", "--baseline", "known.json", "--format", "json")) == [
        ("mail/other.html", "LNK001", 9)
    ]


def test_baseline_from_any_folder(pages: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    pages("lint", ".", "--write-baseline", "known.json")
    pages.write("mailcheck.toml", 'baseline = "known.json"')
    monkeypatch.chdir(pages.folder / "mail")
    assert pages("lint", "bad.html").code == 0


# --- what is new ----------------------------------------------------------------------------------------------------
@pytest.fixture
def repository(tmp_path: Path, command: Command) -> Repository:
    """The folder of the command as a real repository with an old fault in it."""
    (command.folder / ".git").rmdir()
    made = Repository(command.folder)
    made.commit({"mail/bad.html": BAD, "mail/good.html": GOOD})
    return made


@pytest.mark.git
def test_only_what_is_new_since_a_revision(command: Command, repository: Repository) -> None:
    assert command("lint", "--new-from", "HEAD").code == 0
    repository.write("mail/bad.html", BAD.replace("on its way", "on its way to you"))
    repository.write("mail/new.html", BAD)
    done = command("lint", "mail", "--new-from", "HEAD", "--format", "json")
    assert errors(done) == [("mail/new.html", "LNK001", 9)]
    assert [each["code"] for each in done.json["subjects"][0]["ignored"]].count("LNK001") == 1
    repository.write("mail/bad.html", BAD.replace('"#"', '"# "'))
    assert errors(command("lint", "mail/bad.html", "--new-from", "HEAD", "--format", "json")) != []


@pytest.mark.git
def test_what_a_change_takes_away_is_new_though_its_place_is_old(command: Command, repository: Repository) -> None:
    """The language of the page goes; the finding stands at its first tag, another one was there before."""
    repository.write("mail/good.html", GOOD.replace("<title>Your parcel</title>\n", ""))
    done = command("lint", "mail", "--new-from", "HEAD", "--format", "json")
    new = {code for subject, code, _ in findings(done) if subject == "mail/good.html"}
    assert new, "something is missing now that was there"
    assert errors(done) == [], "and what was wrong before stays known"


@pytest.mark.git
def test_pages_of_a_changed_layout_are_judged_too(command: Command, repository: Repository) -> None:
    layout = GOOD.replace("<p>Your parcel is on its way.</p>", "{% block body %}{% endblock %}")
    page = '{% extends "base.html.j2" %}\n{% block body %}<p><a href="#">Here</a></p>{% endblock %}\n'
    repository.commit({"mail/base.html.j2": layout, "mail/page.html.j2": page})
    repository.write("mail/base.html.j2", layout.replace("Track it", "Follow it"))
    words = ("lint", "mail/base.html.j2", "--with-dependents", "--format", "json")
    done = command(*words)
    assert [subject["subject"] for subject in done.json["subjects"]] == ["mail/base.html.j2", "mail/page.html.j2"]
    assert errors(done) == [("mail/page.html.j2", "LNK001", 2)]
    assert errors(command(*words, "--new-from", "HEAD")) == [], "the page did not change, and was wrong before"


@pytest.mark.git
def test_marketing_mail_that_loses_its_way_out(command: Command, repository: Repository) -> None:
    """The line is gone, so no line shows it; once it is known, other changes do not bring it up again."""
    leave = '<p><a href="https://www.nordlicht-shop.de/u/4711">Unsubscribe</a></p>\n'
    text = GOOD.replace("</body>", f"{leave}<p>Nordlicht, Hafenstr. 1, 24103 Kiel, Germany</p>\n</body>")
    repository.commit({"mail/news.html": text})
    words = ("lint", "mail/news.html", "--kind", "marketing", "--new-from", "HEAD", "--format", "json")
    assert errors(command(*words)) == []
    without = text.replace(leave, "")
    repository.write("mail/news.html", without)
    assert [code for _, code, _ in errors(command(*words))] == ["UNS006"]
    repository.commit()
    repository.write("mail/news.html", without.replace("</body>\n</html>", "</body></html>"))
    assert errors(command(*words)) == []


@pytest.mark.git
def test_wrong_revision_and_no_repository(command: Command, repository: Repository, tmp_path: Path) -> None:
    done = command("lint", "mail", "--new-from", "nope")
    assert (done.code, done.out) == (2, "")
    assert "--new-from nope: git knows no such revision" in done.err


def test_no_repository(pages: Command) -> None:
    (pages.folder / ".git").rmdir()
    done = pages("lint", "mail", "--new-from", "HEAD")
    assert done.code == 2
    assert "this is no git repository; without one, use --baseline" in done.err


# --- repairs --------------------------------------------------------------------------------------------------------
UNUSED = "<!-- mailcheck: ignore[LNK002] not needed any more -->\n"
FIXABLE = GOOD.replace("<body>\n", f"<body>\n{UNUSED}")


@pytest.fixture
def fixable(command: Command) -> Command:
    """A page with a finding that has a safe fix: a comment that ignores nothing."""
    command.write("mail/page.html", FIXABLE)
    return command


def test_difference_is_shown_and_nothing_written(fixable: Command) -> None:
    done = fixable("lint", "mail", "--diff")
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("--- a/mail/page.html\n+++ b/mail/page.html\n@@ ")
    assert f"\n-{UNUSED}" in done.out
    assert (fixable.folder / "mail/page.html").read_text() == FIXABLE
    assert fixable("lint", "mail", "--diff", "--exit-zero") == Done(0, done.out, "")


def test_difference_tells_what_could_not_be_read(fixable: Command) -> None:
    done = fixable("lint", "mail", "gone.html", "--diff")
    assert done.code == 2
    assert f"\n-{UNUSED}" in done.out
    assert done.err == "mailcheck: gone.html: there is no such file or folder\n"


def test_nothing_to_change_is_no_difference(command: Command) -> None:
    command.write("mail/good.html", GOOD)
    assert command("lint", "mail", "--diff") == Done(0, "", "")


def test_safe_fixes_are_applied(fixable: Command) -> None:
    done = fixable("lint", "mail", "--fix")
    assert done.code == 0
    assert done.err == "mailcheck: 1 finding repaired in 1 file\n"
    assert "ignore[" not in (fixable.folder / "mail/page.html").read_text()
    assert fixable("lint", "mail", "--diff") == Done(0, "", "")


@pytest.mark.parametrize(
    ("octets", "kept"),
    [
        (FIXABLE.replace("\n", "\r\n").encode(), b"\r\n"),
        (b"\xef\xbb\xbf" + FIXABLE.encode(), b"\xef\xbb\xbf"),
        (FIXABLE.replace("utf-8", "iso-8859-1").replace("way", "w\xe4y").encode("latin-1"), b"w\xe4y"),
        (b"\xff\xfe" + FIXABLE.encode("utf-16-le"), "way".encode("utf-16-le")),
    ],
    ids=["CRLF", "byte order mark", "latin-1", "UTF-16"],
)
def test_encoding_and_line_ends_stay(octets: bytes, kept: bytes, fixable: Command) -> None:
    path = fixable.folder / "mail/page.html"
    path.write_bytes(octets)
    path.chmod(0o640)
    fixable("lint", "mail", "--fix")
    after = path.read_bytes()
    assert len(after) < len(octets)
    assert kept in after
    assert octets.startswith(after[:40])
    assert after.count(b"\r") in {0, after.count(b"\n")}
    assert path.stat().st_mode & 0o777 == 0o640


def test_message_is_never_changed(fixable: Command) -> None:
    """Its signature would break."""
    text = "From: a@shop-nord.de\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n" + FIXABLE
    path = fixable.write("mail/page.eml", text)
    fixable("lint", "mail", "--fix")
    assert path.read_text() == text


def test_repaired_text_goes_to_standard_output(fixable: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    text = FIXABLE.replace("https://www.nordlicht-shop.de/parcel", "#")
    given(text.encode(), monkeypatch)
    done = fixable("lint", "-", "--fix", "--stdin-filename", "mail/page.html")
    assert done.code == 1
    assert done.out == BAD
    assert "LNK001" in done.err
    assert (fixable.folder / "mail/page.html").read_text() == FIXABLE


@pytest.mark.git
def test_what_is_known_is_not_repaired(command: Command, repository: Repository) -> None:
    repository.commit({"mail/page.html": FIXABLE})
    repository.write("mail/page.html", FIXABLE.replace("</body>", f"{UNUSED}</body>"))
    done = command("lint", "mail/page.html", "--fix", "--new-from", "HEAD")
    assert done.code == 0
    assert (repository.root / "mail/page.html").read_text() == FIXABLE


def test_file_that_cannot_be_written_is_told(fixable: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, octets: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(lint_fix, "write_octets", full)
    done = fixable("lint", "mail", "--fix")
    assert done.code == 2
    assert "mail/page.html: cannot be written: No space left on device" in done.err
    assert (fixable.folder / "mail/page.html").read_text() == FIXABLE


def prepared(*words: str) -> tuple[Run, lint_fix.Repair]:
    """A run and its repair, before anything is written."""
    args = parser().parse_args([*words, "--fix"])
    settings = settings_of(args, domains=False)
    run = Run(args, settings, selection_of(settings))
    return run, lint_fix.repaired(run, run.report())


def test_file_that_changes_meanwhile_is_left_alone(fixable: Command) -> None:
    """Somebody saves it in an editor while it is judged."""
    _, repair = prepared("mail")
    changed = FIXABLE.replace("parcel", "order")
    fixable.write("mail/page.html", changed)
    assert repair.write() == ["mail/page.html: changed while it was judged; not repaired"]
    assert (fixable.folder / "mail/page.html").read_text() == changed
    assert repair.sentence() == "1 finding repaired in 0 files"


def test_characters_that_the_encoding_lacks_are_not_written() -> None:
    with pytest.raises(UnicodeEncodeError):
        lint_fix.encoded(Source("x", "a", encoding="cp1252"), "日")
    assert lint_fix.encoded(Source("x", "a", encoding="utf-16-be", bom=True), "b") == b"\xfe\xff\0b"


def test_link_to_a_page_is_written_through(fixable: Command) -> None:
    (fixable.folder / "mail/page.html").rename(fixable.folder / "real.html")
    (fixable.folder / "mail/page.html").symlink_to("../real.html")
    assert fixable("lint", "mail/page.html", "--fix").code == 0
    assert (fixable.folder / "mail/page.html").is_symlink()
    assert "ignore[" not in (fixable.folder / "real.html").read_text()


# --- as a process ---------------------------------------------------------------------------------------------------
FORBIDDEN = {"asyncio", "dns", "dkim", "spf", "ssl", "rich", "pydantic", "importlib.metadata", "email", "html.parser"}


@pytest.mark.parametrize(
    "words", [("mail/bad.html",), ("mail", "--new-from", "HEAD"), ("mail", "--diff")], ids=" ".join
)
@pytest.mark.git
def test_modules_that_it_does_without(words: tuple[str, ...], command: Command, repository: Repository) -> None:
    """Start-up is the hook's price."""
    command.write("mailcheck.toml", '[domain."example.com"]\nsends = true\n')
    code = (
        "import sys; import mailcheck.cli.main as m; m.main(sys.argv[1:]); "
        "print('|'.join(sorted(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "lint", *words], cwd=command.folder, capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.strip().rpartition("\n")[2].split("|"))
    assert {name for name in loaded if name in FORBIDDEN or name.partition(".")[0] in FORBIDDEN} == set()


INTERRUPT = """
import os, signal, sys

def hook(event, arguments):
    # The first template is opened: the run has begun.
    if event == "open" and str(arguments[0]).endswith("bad.html"):
        os.kill(os.getpid(), signal.{name})

sys.addaudithook(hook)
import mailcheck.cli.main
sys.exit(mailcheck.cli.main.main(sys.argv[1:]))
"""


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
@pytest.mark.parametrize(
    "words",
    [("--format", "json", "--write-baseline", "base.json"), ("--fix", "--format", "json"), ("--diff",)],
    ids=" ".join,
)
def test_interrupt_ends_the_run_and_writes_what_there_is(
    words: tuple[str, ...], name: str, code: int, fixable: Command
) -> None:
    fixable.write("mail/bad.html", BAD)
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPT.replace("{name}", name), "lint", "mail", *words],
        cwd=fixable.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert (fixable.folder / "mail/page.html").read_text() == FIXABLE
    assert not (fixable.folder / "base.json").exists()
    if "--diff" not in words:
        assert json.loads(done.stdout)["complete"] is False
        assert done.stderr.endswith(", since the run was interrupted\n")


def test_reading_of_standard_input_can_be_interrupted(command: Command) -> None:
    with process("lint", "-", cwd=command.folder, stdin=subprocess.PIPE) as child:
        assert child.stdin
        # More than a pipe holds: when all is written, the command is reading.
        child.stdin.write(b"<p>x</p>\n" * 20_000)
        child.stdin.flush()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert b"Traceback" not in err + out


def test_handlers_are_put_back(pages: Command) -> None:
    before = signal.getsignal(signal.SIGINT)
    pages("lint", "mail")
    assert signal.getsignal(signal.SIGINT) is before


def test_output_that_is_cut_off(pages: Command) -> None:
    done = outcome("lint", "mail", "--format", "concise", cwd=pages.folder)
    assert (done.code, done.err) == (1, "")
    assert "mail/bad.html:9:" in done.out
