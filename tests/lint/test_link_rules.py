"""What cases in files cannot show of the rules about links and ways out: options, fixes, places in messages."""

import json
from pathlib import Path

import pytest

from mailcheck.data import footers
from mailcheck.lint.options import LintOptions
from mailcheck.lint.run import lint_paths
from mailcheck.model.finding import Finding
from mailcheck.model.fix import TextEdit
from mailcheck.model.location import FileLocation
from mailcheck.model.selection import Selection

DATA = Path(footers.__file__).parent


def findings(
    folder: Path, name: str, text: str, *, link_domains: tuple[str, ...] = (), kind: str = "unknown"
) -> list[Finding]:
    (folder / name).write_bytes(text.encode())
    options = LintOptions(Selection.of(("LNK", "SEC", "UNS", "LEG")), root=folder, link_domains=link_domains, kind=kind)
    report = lint_paths([str(folder / name)], options)
    return [finding for subject in report.subjects for finding in subject.findings]


@pytest.mark.parametrize("named", ["nordmail.net", "l.nordmail.net", "L.NordMail.net."])
def test_links_through_named_domains_are_unknown(named: str, tmp_path: Path) -> None:
    text = '<a href="https://l.nordmail.net/x1">www.shop-nord.de</a>'
    assert [finding.code for finding in findings(tmp_path, "a.html", text)] == ["LNK005"]
    assert findings(tmp_path, "a.html", text, link_domains=(named,)) == []


def test_a_shortener_of_ones_own_is_named(tmp_path: Path) -> None:
    text = '<a href="https://rb.gy/x1">Lamps</a>'
    assert [finding.code for finding in findings(tmp_path, "a.html", text)] == ["LNK007"]
    assert findings(tmp_path, "a.html", text, link_domains=("rb.gy",)) == []


@pytest.mark.parametrize(
    ("before", "after", "safe"),
    [
        ('<a href="http://www.shop-nord.de">a</a>', '<a href="https://www.shop-nord.de">a</a>', False),
        ('<a href="http://{{ host }}/x">a</a>', '<a href="https://{{ host }}/x">a</a>', False),
        ('<a href="www.shop-nord.de/x">a</a>', '<a href="https://www.shop-nord.de/x">a</a>', False),
        ('<a href="//www.shop-nord.de/x">a</a>', '<a href="https://www.shop-nord.de/x">a</a>', False),
        (
            '<a href=" https://www.shop-nord.de/a b c ">a</a>',
            '<a href=" https://www.shop-nord.de/a%20b%20c ">a</a>',
            True,
        ),
        ('<td  onclick="go()" class="a">x</td>', '<td class="a">x</td>', True),
        ("<td\n   onclick='go()'>x</td>", "<td>x</td>", True),
    ],
)
def test_fixes_change_what_they_say(before: str, after: str, safe: bool, tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, "a.html.j2", before)
    (fix,) = finding.fixes
    assert fix.safe is safe
    text = before
    for change in sorted(fix.changes, key=lambda change: -getattr(change, "offset", 0)):
        assert isinstance(change, TextEdit)
        text = text[: change.offset] + change.text + text[change.end_offset :]
    assert text == after


def test_a_handler_with_a_tag_is_not_cut_out(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, "a.html.j2", "<td onclick=\"go('{{ id }}')\">x</td>")
    assert not any(isinstance(change, TextEdit) for fix in finding.fixes for change in fix.changes)


def test_places_in_an_encoded_message(tmp_path: Path) -> None:
    """Quoted-printable lines are broken inside the address; the place is that of the file."""
    text = (
        "From: Nord <news@shop-nord.de>\r\nSubject: Lamps\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        '<p>Gr=C3=BC=C3=9Fe</p>\r\n<a href=3D"https://www.exa=\r\nmple.com/x">Lamps</a>\r\n'
    )
    (finding,) = findings(tmp_path, "a.eml", text)
    place = finding.location
    assert finding.code == "LNK002"
    assert isinstance(place, FileLocation)
    assert place.line == 8
    assert text[place.offset : place.end_offset] == "https://www.exa=\r\nmple.com/x"


def test_header_findings_paste_what_is_missing(tmp_path: Path) -> None:
    text = "From: Nord <news@shop-nord.de>\nSubject: Lamps\n\nAbmelden: https://shop-nord.de/u\nHafenstr. 1, Hamburg\n"
    (finding,) = findings(tmp_path, "a.eml", text, kind="marketing")
    assert finding.code == "UNS001"
    pasted = [getattr(change, "text", "") for fix in finding.fixes for change in fix.changes]
    assert pasted == [
        "List-Unsubscribe: <https://shop-nord.de/unsubscribe?id=…>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ]


@pytest.mark.parametrize("name", ["unsubscribe.json", "postal.json"])
def test_tags_of_services_have_a_source_and_a_date(name: str) -> None:
    data = json.loads((DATA / name).read_text("utf-8"))
    for group in data["tags"]:
        assert group["provider"]
        assert group["source"]
        assert len(group["date"]) == 10
        assert group["tags"]
        for tag in group["tags"]:
            assert (footers.holds_way_out if name == "unsubscribe.json" else footers.holds_postal_tag)(f"<p>{tag}</p>")


def test_words_of_leaving_are_found_in_every_language() -> None:
    data = json.loads((DATA / "unsubscribe.json").read_text("utf-8"))
    assert len(data["words"]) >= 20
    for words in data["words"].values():
        for word in words:
            assert footers.says_leave(footers.plain(f"» {word.upper()} «"))
            assert footers.says_leave(footers.plain(word))
    assert not footers.says_leave(footers.plain("Trabaja con nosotros. Subscribe now! Baja California. Our lamps."))
