"""From paths to files: what a walk finds, what is left out, what cannot be read."""

import os
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lint.gathering import by_subject, gathered, options, written
from mailcheck.lint import files, gather

PAGE = "<html><body><p>Hello</p></body></html>"


def names(root: Path, paths: tuple[str, ...] = ("",), **more: object) -> list[str]:
    """The names of the documents."""
    return list(by_subject(gathered(root, paths, **more)))


def test_a_walk_finds_templates_in_order(tmp_path: Path) -> None:
    wanted = [
        "a.htm", "b.mjml", "c.html.j2", "d.liquid", "e.eml", "mail/f.blade.php", "mail/g.cshtml", "mail/h.txt.erb",
        "z.html",
    ]  # fmt: skip
    other = [
        "README.md", "app.py", "style.css", "nginx.conf.j2", "database.yml.erb", "notes.txt", "data.json", "page.php",
        "node_modules/x/a.html", ".github/b.html", "deploy.tpl", "Dockerfile.j2", "lib/site-packages/c.html",
    ]  # fmt: skip
    written(tmp_path, dict.fromkeys(wanted, PAGE) | dict.fromkeys(other, "x = 1\n"))
    written(tmp_path, {"env/pyvenv.cfg": "", "env/doc/index.html": PAGE})
    assert names(tmp_path) == sorted(wanted)


def test_templates_whose_name_says_little_are_looked_into(tmp_path: Path) -> None:
    written(tmp_path, {"mail.tpl": PAGE, "_helpers.tpl": "{{- define 'x' -}}a{{- end -}}", "motd.j2": "Welcome"})
    written(tmp_path, {"t.json": '{"SubjectPart": "x", "HtmlPart": "<p>y</p>"}', "tsconfig.json": "{}"})
    assert names(tmp_path) == ["mail.tpl", "t.json"]


def test_what_is_named_is_judged_whatever_its_suffix(tmp_path: Path) -> None:
    written(tmp_path, {"mail.inc": PAGE, "plain.txt": "Hello"})
    assert names(tmp_path, ("mail.inc", "plain.txt")) == ["mail.inc", "plain.txt"]


def test_gitignore_counts(tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            ".git/info/exclude": "local.html\n",
            ".gitignore": "# out\nbuild/\n*.min.html\n/top.html\n!keep.min.html\nout/**/x.html\n",
            "mail/.gitignore": "draft-*\n!draft-kept.html\n",
        },
    )
    judged = ["keep.min.html", "mail/draft-kept.html", "mail/top.html", "mail/y.html", "out/x.html.j2"]
    ignored = [
        "build/a.html", "mail/build/b.html", "a.min.html", "top.html", "local.html", "mail/draft-1.html",
        "out/deep/x.html",
    ]  # fmt: skip
    written(tmp_path, dict.fromkeys([*judged, *ignored], PAGE))
    assert names(tmp_path) == judged
    # Of a folder inside, the same: the patterns of the folders above hold there too.
    assert names(tmp_path, ("mail",)) == [name for name in judged if name.startswith("mail/")]
    # What is named is judged.
    assert names(tmp_path, ("top.html",)) == ["top.html"]


def test_without_a_repository_gitignore_of_the_parents_means_nothing(tmp_path: Path) -> None:
    written(tmp_path, {".gitignore": "*.html\n", "mail/a.html": PAGE})
    assert names(tmp_path, ("mail",)) == ["mail/a.html"]


def test_exclude_and_force_exclude(tmp_path: Path) -> None:
    written(tmp_path, {"docs/a.html": PAGE, "mail/a.html": PAGE, "mail/old/b.html": PAGE})
    assert names(tmp_path, exclude=("docs", "mail/old/*")) == ["mail/a.html"]
    assert names(tmp_path, ("docs/a.html",), exclude=("docs",)) == ["docs/a.html"]
    assert names(tmp_path, ("docs/a.html",), exclude=("docs",), force_exclude=True) == []


def test_a_folder_without_templates_is_told(tmp_path: Path) -> None:
    written(tmp_path, {"src/app.py": "x = 1"})
    (told,) = gathered(tmp_path, ["src"]).unreadable
    assert told[0] == "src"
    assert "no template" in told[1]


def test_what_is_not_there_is_told_and_the_rest_is_judged(tmp_path: Path) -> None:
    written(tmp_path, {"a.html": PAGE})
    found = gathered(tmp_path, ["gone.html", "a.html", "bad\0name.html"])
    assert list(by_subject(found)) == ["a.html"]
    assert [name for name, _ in found.unreadable] == ["bad\0name.html", "gone.html"]


def test_links_that_leave_the_root_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    written(tmp_path, {"secret.html": PAGE, "outside/x.html": PAGE})
    written(root, {"a.html": PAGE})
    (root / "link.html").symlink_to(tmp_path / "secret.html")
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "broken.html").symlink_to(root / "nowhere.html")
    (root / "round.html").symlink_to(root / "round.html")
    found = gathered(root)
    assert list(by_subject(found)) == ["a.html"]
    assert [name for name, _ in found.limits] == ["broken.html", "folder", "link.html", "round.html"]
    assert found.unreadable == []
    found = gathered(root, ["link.html", "folder"])
    assert found.documents == []
    assert [name for name, _ in found.unreadable] == ["folder", "link.html"]


def test_links_inside_the_root_are_followed_once(tmp_path: Path) -> None:
    written(tmp_path, {"common/a.html": PAGE, "mail/b.html": PAGE})
    (tmp_path / "mail" / "shared").symlink_to(tmp_path / "common")
    (tmp_path / "common" / "loop").symlink_to(tmp_path / "common")
    (tmp_path / "common" / "up").symlink_to(tmp_path)
    assert names(tmp_path) == ["common/a.html", "mail/b.html"]
    assert names(tmp_path, ("mail",)) == ["mail/b.html", "mail/shared/a.html"]


def test_no_pipe_device_or_socket_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.html")
    written(tmp_path, {"a.html": PAGE})
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tmp_path)  # the path of a socket must be short
        try:
            server.bind("socket.html")
        finally:
            os.chdir(here)
        found = gathered(tmp_path)
        assert list(by_subject(found)) == ["a.html"]
        assert [name for name, _ in found.limits] == ["pipe.html", "socket.html"]
        found = gathered(tmp_path, ["pipe.html", "socket.html"])
        assert [name for name, _ in found.unreadable] == ["pipe.html", "socket.html"]
        assert "standard input" in found.unreadable[0][1]
    assert "no regular file" in gather.gather(["/dev/null"], options(tmp_path)).unreadable[0][1]


def test_the_limit_of_size(tmp_path: Path) -> None:
    line = PAGE.replace("Hello", "x" * (files.MAX_OCTETS - len(PAGE) + 5))
    written(tmp_path, {"full.html": line, "more.html": line + "y"})
    found = gathered(tmp_path)
    assert list(by_subject(found)) == ["full.html"]
    assert [name for name, _ in found.limits] == ["more.html"]
    assert [name for name, _ in gathered(tmp_path, ["more.html"]).unreadable] == ["more.html"]


def test_the_limit_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILES", 3)
    written(tmp_path, {f"{number}.html": PAGE for number in range(9)})
    found = gathered(tmp_path)
    assert len(found.documents) == 3
    assert len(found.limits) == 1


@pytest.mark.parametrize(
    ("octets", "text", "encoding", "bom"),
    [
        ("Grüße".encode(), "Grüße", "utf-8", False),
        ("Grüße".encode("utf-8-sig"), "Grüße", "utf-8", True),
        (b"\xff\xfe" + "Grüße".encode("utf-16-le"), "Grüße", "utf-16-le", True),
        (b"\xfe\xff" + "Grüße".encode("utf-16-be"), "Grüße", "utf-16-be", True),
        (b'<meta charset="iso-8859-1">Gr\xfc\xdfe \x80', '<meta charset="iso-8859-1">Grüße €', "cp1252", False),
        (b"<meta charset=koi8-r>\xc4\xc1", "<meta charset=koi8-r>да", "koi8-r", False),
        (b'<?xml encoding="windows-1251"?>\xe4\xe0', '<?xml encoding="windows-1251"?>да', "cp1251", False),
        (b"a\r\nb\rc\n", "a\r\nb\rc\n", "utf-8", False),
        (b"", "", "utf-8", False),
    ],
)  # fmt: skip
def test_texts_are_decoded(octets: bytes, text: str, encoding: str, bom: bool) -> None:
    source = files.decode(octets, "a.html")
    assert (source.text, source.encoding, source.bom) == (text, encoding, bom)


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        (b"<p>\nGr\xfc\xdfe", "0xFC in line 2, octet 3"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "binary"),
        (b"abc\0def", "NUL stands in line 1"),
        (b"<meta charset=utf-7>\xff", "utf-7"),
        (b"<meta charset=hex>\xff", "hex"),
        (b"<meta charset=euc-jp>\xff\xff", "euc-jp, which it declares"),
        (b"\xff\xfea", "UTF-16-LE"),
    ],
)
def test_what_is_no_text_is_told_with_its_place(octets: bytes, told: str) -> None:
    with pytest.raises(files.Unreadable, match=r"^[^\n]+$") as caught:
        files.decode(octets, "a.html")
    assert told in str(caught.value)


@given(st.binary(max_size=300))
def test_any_octets_are_text_or_told(octets: bytes) -> None:
    source = None
    with suppress(files.Unreadable):
        source = files.decode(octets, "a.html")
    if source is not None:
        marks = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
        mark = marks[source.encoding] if source.bom else b""
        assert mark + source.text.encode(source.encoding) == octets


def test_a_text_that_stands_for_a_file(tmp_path: Path) -> None:
    written(
        tmp_path, {"a.html": PAGE, "gone.html": PAGE, "base.html.j2": PAGE, "c.html.j2": "{% extends 'base.html.j2' %}"}
    )
    more = {
        "a.html": "<b>new</b>",
        "gone.html": None,
        "base.html.j2": None,
        "w/subject.txt": "Hi",
        "w/body.html": "<p>",
    }
    documents = by_subject(gathered(tmp_path, ["a.html", "gone.html", "c.html.j2"], instead=more))
    assert list(documents) == ["a.html", "c.html.j2"]
    assert documents["a.html"].bodies[0].source.text == "<b>new</b>"
    assert "not in the repository" in documents["c.html.j2"].composed(documents["c.html.j2"].html[0]).reason


def test_standard_input_is_read_as_the_file_it_is_named_after(tmp_path: Path) -> None:
    written(tmp_path, {"w/subject.txt": "Hi", "w/body.html": "old", "base.html.j2": PAGE})
    documents = by_subject(gather.from_text("<p>new</p>", "w/body.html", options(tmp_path)))
    assert [body.source.text for body in documents["w"].bodies] == ["Hi", "<p>new</p>"]
    (document,) = gather.from_text("{% extends 'base.html.j2' %}", "new.html.j2", options(tmp_path)).documents
    assert document.composed(document.html[0]).complete
    (document,) = gather.from_text("From: a@b.de\nSubject: Hi\n\nBody\n", "", options(tmp_path)).documents
    assert [body.media for body in document.bodies] == ["subject", "text"]
    assert document.message is not None
    (document,) = gather.from_text("\ufeff<p>x</p>", "", options(tmp_path)).documents
    assert (document.subject, document.bodies[0].source.text) == ("-", "<p>x</p>")


def test_dependents_are_judged_too(tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            "base.html.j2": "<html>{% block a %}{% endblock %}</html>",
            "mid.html.j2": "{% extends 'base.html.j2' %}",
            "leaf.html.j2": "{% extends 'mid.html.j2' %}",
            "other.html.j2": "<html>base, mid and leaf</html>",
            "loop.html.j2": "{% include 'leaf.html.j2' %}{% include 'loop.html.j2' %}",
            "old/leaf.html.j2": "{% extends 'mid.html.j2' %}",
        },
    )
    found = gathered(tmp_path, ["base.html.j2"], with_dependents=True, exclude=("old",))
    assert list(by_subject(found)) == ["base.html.j2", "leaf.html.j2", "loop.html.j2", "mid.html.j2"]
    assert found.unreadable == []
    assert list(by_subject(gathered(tmp_path, ["other.html.j2"], with_dependents=True))) == ["other.html.j2"]


def test_a_layout_that_nobody_names_has_dependents(tmp_path: Path) -> None:
    """Rails puts layouts/mailer around its views; a Go file is used by what it defines."""
    written(
        tmp_path,
        {
            "app/views/layouts/mailer.html.erb": "<html><body><%= yield %></body></html>",
            "app/views/user_mailer/hi.html.erb": "<p>Hi</p>",
            "go/foot.gotmpl": '{{ define "bottom" }}<p>x</p>{{ end }}',
            "go/note.gotmpl": '<html>{{ template "bottom" . }}</html>',
        },
    )
    found = by_subject(
        gathered(tmp_path, ["app/views/layouts/mailer.html.erb", "go/foot.gotmpl"], with_dependents=True)
    )
    assert {"app/views/user_mailer/hi.html.erb", "go/note.gotmpl"} <= set(found)
