"""Lists read: encodings, delimiters, headers, columns, and everything that a list should not be."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.model.errors import InputError
from mailcheck.recipients.lists import encoding
from mailcheck.recipients.lists.reading import RecipientList, open_list
from mailcheck.recipients.suppression import Suppressions, read_suppressions


def opened(folder: Path, content: bytes | str, name: str = "list.csv", column: str | None = None) -> RecipientList:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_list(str(path), column=column)


def texts(folder: Path, content: bytes | str, name: str = "list.csv", column: str | None = None) -> list[str | None]:
    table = opened(folder, content, name, column)
    try:
        rows = list(table.rows())
        assert rows == list(table.rows()), "a list is read twice"
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        return [row.text for row in rows]
    finally:
        table.close()


def refused(folder: Path, content: bytes | str, name: str = "list.csv", column: str | None = None) -> str:
    with pytest.raises(InputError) as error:
        texts(folder, content, name, column)
    assert name in str(error.value)
    return str(error.value)


TWO = ["anna@shop.com", "böb@shop.com"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "iso-8859-1"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends(tmp_path: Path, codec: str, sign: str, end: str) -> None:
    content = end.join([f"id{sign}E-Mail{sign}name", *(f"{n}{sign}{each}{sign}x" for n, each in enumerate(TWO))])
    assert texts(tmp_path, content.encode(codec)) == TWO


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        ("anna@shop.com\nbob@shop.com\n", "a.txt", ["anna@shop.com", "bob@shop.com"]),
        ("email\nanna@shop.com\n\n\nbob@shop.com", "a.txt", ["anna@shop.com", "bob@shop.com"]),
        ("anna@shop.com,Anna\nbob@shop.com,Bob\n", "a.csv", ["anna@shop.com", "bob@shop.com"]),
        ("Anna,anna@shop.com\nBob,\n", "a.csv", ["anna@shop.com", ""]),
        ('name,mail\n"Doe, Anna","anna@shop.com"\n"two\nlines",b@shop.com\n', "a.csv", ["anna@shop.com", "b@shop.com"]),
        ("who\tmail\nA\ta@shop.com\n", "a.tsv", ["a@shop.com"]),
        ("n,at@home,contact\n1,x,a@shop.com\n2,y,b@shop.com\n", "a.csv", ["a@shop.com", "b@shop.com"]),
        ("a@shop.com,x\nb@shop.com,y\n", "a.csv", ["a@shop.com", "b@shop.com"]),
        ('{"email": "a@shop.com"}\n{"email": null}\n{}\n', "a.jsonl", ["a@shop.com", None, None]),
        ('{"id": 1, "who": "a@shop.com"}\n{"id": 2, "who": "b@shop.com"}\n', "a.jsonl", ["a@shop.com", "b@shop.com"]),
        ('"a@shop.com"\n"b@shop.com"\n', "a.ndjson", ["a@shop.com", "b@shop.com"]),
        ("a\x00b@shop.com\nb@shop.com\n", "a.txt", ["a\x00b@shop.com", "b@shop.com"]),
    ],
)
def test_shapes(tmp_path: Path, content: str, name: str, expected: list[str | None]) -> None:
    assert texts(tmp_path, content, name) == expected


def test_a_column_by_name_and_by_number(tmp_path: Path) -> None:
    content = "work,home\na@shop.com,b@home.com\nc@shop.com,d@home.com\n"
    assert "several columns" in refused(tmp_path, content)
    assert texts(tmp_path, content, column="HOME") == ["b@home.com", "d@home.com"]
    assert texts(tmp_path, content, column="2") == ["b@home.com", "d@home.com"]
    assert "no column 'office' (columns: work, home)" in refused(tmp_path, content, column="office")
    assert texts(tmp_path, '{"a": "x@y.com", "b": "v@w.com"}\n', "l.jsonl", column="b") == ["v@w.com"]
    assert "no key 'c'" in refused(tmp_path, '{"a": "x@y.com"}\n', "l.jsonl", column="c")


def test_a_header_that_looks_like_data(tmp_path: Path) -> None:
    """A first row with an address in it is a row, unless --column names one of its cells."""
    content = "kontakt@shop.com,x\nanna@shop.com,y\n"
    assert texts(tmp_path, content) == ["kontakt@shop.com", "anna@shop.com"]
    assert texts(tmp_path, content, column="kontakt@shop.com") == ["anna@shop.com"]


def test_ragged_rows_are_rows_without_an_address(tmp_path: Path) -> None:
    table = opened(tmp_path, "id,mail,x\n1,a@shop.com,x\n2\n3,b@shop.com,y,z,z\n")
    rows = list(table.rows())
    table.close()
    assert [row.text for row in rows] == ["a@shop.com", None, "b@shop.com"]
    assert "1 cells" in rows[1].detail


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "e.csv", "no rows"),
        (b"\n\n", "e.csv", "no rows"),
        (b"", "e.jsonl", "no rows"),
        (b"id,name\n1,Anna\n2,Bob\n", "n.csv", "no column holds addresses (columns: id, name)"),
        (b"just words\nand more\n", "n.txt", "no address in its first 2 lines"),
        ("ä@shop.com\n".encode() + "ö@shop.com\n".encode("cp1252"), "m.txt", "line 1 is UTF-8, line 2 is not"),
        ("a@shop.com\n".encode("utf-16-le"), "u.txt", "UTF-16 without a byte order mark"),
        (b"a@shop.com\n" + b"x" * 10_000_000 + b"\n", "l.txt", "line 2 has more than 1,000,000 characters"),
        (b'id,mail\n1,"a@shop.com\n' + b"2,b@shop.com\n" * 20_000, "q.csv", "quotation mark"),
        (b'{"email": "a@shop.com"}\nnonsense\n', "j.jsonl", "row 2 is no JSON"),
        (b'[{"email": "a@shop.com"},\n{"email": "b@shop.com"}]\n', "j.json", "JSON Lines"),
        (b"[" * 100_000 + b"\n", "d.jsonl", "JSON Lines"),
        (b'{"a":' * 100_000 + b"\n", "d2.jsonl", "row 1 is no JSON"),
        (b"1\n2\n", "k.jsonl", "neither objects nor strings"),
        (b"PAR1", "p.parquet", "export the list as CSV"),
        (b"\x1f\x8b", "g.csv.gz", "unpack"),
        (b"\xff\xfea\x00@\x00b", "t.txt", "no address"),
        (b"\xff\xfea\x00@\x00b\x00\xd8", "t2.txt", "is no utf-16"),
    ],
)
def test_what_is_no_list(tmp_path: Path, content: bytes, name: str, words: str) -> None:
    if name == "t.txt":
        with pytest.raises(InputError):
            texts(tmp_path, content + b"\x00\x00", name, column="x")
        return
    assert words in refused(tmp_path, content, name)


def test_a_fault_deep_in_the_list_names_its_row(tmp_path: Path) -> None:
    good = "".join(f'{{"email": "a{number}@shop.com"}}\n' for number in range(2_000))
    assert "row 2001" in refused(tmp_path, good + "{\n", "deep.jsonl")


def test_missing_files_and_folders(tmp_path: Path) -> None:
    for name in ("gone.csv", "."):
        with pytest.raises(InputError):
            open_list(str(tmp_path / name))


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))),
       st.sampled_from(["x.csv", "x.txt", "x.tsv", "x.jsonl"]))  # fmt: skip
def test_any_octets_are_a_list_or_an_error(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    for octets in (content, b"email,x\na@shop.com,y\n" + content):
        (folder / name).write_bytes(octets)
        try:
            table = open_list(str(folder / name))
        except InputError:
            continue
        try:
            assert all(row.number > 0 for row in table.rows())
        except InputError as error:
            told = str(error)
        else:
            told = name
        finally:
            table.close()
        assert name in told


def test_every_octet_survives_what_was_assumed(tmp_path: Path) -> None:
    """Windows-1252 has five holes; a list with one of them is Latin-1, never read with a loss."""
    table = opened(tmp_path, b"a\x81@shop.com\nb@shop.com\n", "o.txt")
    assert table.encoding == encoding.Encoding("iso-8859-1", assumed=True)
    table.close()


def test_suppressions(tmp_path: Path) -> None:
    from mailcheck.recipients.address import read_address
    from mailcheck.recipients.keys import digest, key_of

    entries = Suppressions()
    (tmp_path / "s.txt").write_text(f"# unsubscribed\nAnna@Gmail.com\n@blocked.com\n\n{digest('carl@shop.com')}\n?\n")
    (tmp_path / "s.csv").write_text("date,email\n2026,dora@shop.com\n")
    assert read_suppressions(str(tmp_path / "s.txt"), entries) == 1
    assert read_suppressions(str(tmp_path / "s.csv"), entries) == 0
    assert len(entries) == 4

    def reason(text: str) -> str | None:
        address = read_address(text)
        found = entries.reason(address, key_of(address))
        return found.name if found else None

    assert reason("an.na+x@googlemail.com") == "suppressed"
    assert reason("Carl@SHOP.com") == "suppressed"
    assert reason("DORA@shop.com") == "suppressed"
    assert reason("x@eu.blocked.com") == "suppressed-domain"
    assert reason("x@notblocked.com") is None
    assert json.dumps(reason("emil@shop.com")) == "null"


def test_a_sample_is_bounded(tmp_path: Path) -> None:
    """Wide rows and many keys cost what they hold, not the product of both."""
    wide = ",".join(f"c{number}" for number in range(50_000)) + ",email\n"
    assert texts(tmp_path, wide + ",".join("x" * 50_000) + ",a@shop.com\n") == ["a@shop.com"]
    keys = json.dumps({f"k{number}": "x" for number in range(20_000)} | {"email": "a@shop.com"}) + "\n"
    assert "name it with --column" in refused(tmp_path, keys * 20, "k.jsonl")
    assert texts(tmp_path, keys * 3, "k.jsonl", column="email") == ["a@shop.com"] * 3
