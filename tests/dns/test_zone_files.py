"""Reading master files: what is accepted, and that every complaint names file, line and remedy."""

import os
import re
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.dns import master_file
from mailcheck.dns.master_file import Zone, read_zone
from mailcheck.dns.rdata import Other, Records, Target, Text
from mailcheck.dns.zones import ZoneResolver
from mailcheck.model.errors import InputError
from mailcheck.model.fact import Fact, Known

GOOD = """; a comment
$ORIGIN a.example.
$TTL 3600
@       SOA ns.a.example. hostmaster.a.example. (
            1 3600 600
            86400 60 )   ; ends here
        NS   ns
ns      A    192.0.2.53
        AAAA 2001:db8::53
@       MX   10 mail
mail    300 IN A 192.0.2.1
mail    IN 300 AAAA 2001:db8::1
_dmarc  TXT  "v=DMARC1; p=reject"
alias   CNAME mail
"""


def read(text: str | bytes, tmp_path: Path, name: str = "a.example.zone") -> list[Zone]:
    """The zones of a file with this content."""
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_zone(path)


def answer(zones: list[Zone], name: str, type: str) -> Fact[Records]:
    return ZoneResolver(zones).answer(name, type)


def records(zones: list[Zone], name: str, type: str) -> Records:
    fact = answer(zones, name, type)
    assert isinstance(fact, Known), fact
    return fact.value


def test_a_good_file(tmp_path: Path) -> None:
    zones = read(GOOD, tmp_path)
    assert [zone.origin for zone in zones] == ["a.example"]
    assert records(zones, "_dmarc.a.example", "TXT") == (Text((b"v=DMARC1; p=reject",)),)
    assert answer(zones, "mail.a.example", "AAAA").evidence.ttl == 300
    assert answer(zones, "_dmarc.a.example", "TXT").evidence.ttl == 3600


BROKEN = {
    "unknown type": ('@ TXTT "x"\n', 1, "unknown rdatatype 'TXTT'"),
    "bad address": ('@ TXT "x"\nm A 192.0.2.999\n', 2, "192.0.2.999"),
    "no data": ('@ TXT "x"\n\nm MX\nn A 192.0.2.1\n', 3, "record is written"),
    "half an MX": ("@ MX 10\n", 1, "record is written"),
    "quote that never ends": ('@ TXT "x\nm A 192.0.2.1\n', 1, "newline in quoted string"),
    "bracket that never ends": ("@ SOA ns h (\n1 2 3 4 5\n", 2, "record is written"),
    "too long a label": (f'@ TXT "x"\n{"x" * 64} A 192.0.2.1\n', 2, "63"),
    "too long a name": (f"{'x.' * 130} A 192.0.2.1\n", 1, "255"),
    "empty label": ('@ TXT "x"\na..b A 192.0.2.1\n', 2, "label is empty"),
    "too long a string": (f'@ TXT "{"x" * 256}"\n', 1, "string too long"),
    "CHAOS": ('@ CH TXT "x"\n', 1, "class"),
    "include": ('@ TXT "x"\n$INCLUDE /etc/passwd\n', 2, "put the records themselves"),
    "generate": ("$GENERATE 1-1000000 h$ A 192.0.2.1\n", 1, "put the records themselves"),
    "TTL that is none": ('$TTL soon\n@ TXT "x"\n', 1, "soon"),
    "origin without its dot twice": ('$ORIGIN\n@ TXT "x"\n', 1, "record is written"),
    "HTML": ("<!DOCTYPE html>\n<html></html>\n", 1, "record is written"),
    "JSON": ('{"a.example": {"TXT": ["x"]}}\n', 1, "record is written"),
    "alias beside data": ('@ TXT "x"\nw CNAME a\nw TXT "y"\n', 2, "keep one of them"),
    "two aliases": ('@ TXT "x"\nw CNAME a\nw CNAME b\n', 2, "keep one of them"),
    "outside the zone": ("$ORIGIN a.example.\n@ SOA n h 1 2 3 4 5\nb.example. A 192.0.2.1\n", 3, "final dot"),
    "nothing": ("", 1, "holds no records"),
    "only comments": ("; nothing\n\n", 1, "holds no records"),
    "only directives": ("$ORIGIN a.example.\n$TTL 60\n", 1, "holds no records"),
}


@pytest.mark.parametrize(("text", "line", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_named_with_its_line_and_remedy(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text, tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'a.example.zone'}:{line}: ")
    assert words in message
    assert "<class" not in message


@pytest.mark.parametrize("raw", [b"\x00" * 1000, bytes(range(256)) * 20, b"\x1f\x8b\x08\x00" + b"\xff\x00" * 500,
                                 GOOD.encode("utf-16")])  # fmt: skip
def test_a_binary_file_is_an_input_error(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(InputError, match=r"a\.example\.zone:\d+: "):
        read(raw, tmp_path)


@pytest.mark.parametrize(
    ("raw", "octets"),
    [("x TXT \"caf\u00e9\"\n".encode(), b"caf\xc3\xa9"), ("x TXT \"caf\u00e9\"\n".encode("latin-1"), b"caf\xe9"),
     (b"; f\xfcr alle\nx TXT \"a\\200b\"\n", b"a\xc8b"), (b"\xef\xbb\xbfx TXT bom\n", b"bom")],
)  # fmt: skip
def test_octets_of_a_text_are_kept_whatever_the_encoding(tmp_path: Path, raw: bytes, octets: bytes) -> None:
    assert records(read(raw, tmp_path), "x.a.example", "TXT") == (Text((octets,)),)


def test_the_origin_is_the_soa_or_the_first_origin_or_the_file_name(tmp_path: Path) -> None:
    record = 'x TXT "y"\n'
    assert [zone.origin for zone in read(record, tmp_path, "Some.Example.zone")] == ["some.example"]
    assert [zone.origin for zone in read("$ORIGIN b.example.\n" + record, tmp_path)] == ["b.example"]
    assert [zone.origin for zone in read("$ORIGIN sub\n" + record, tmp_path)] == ["sub.a.example"]
    head = "$ORIGIN c.example.\n@ SOA n h 1 2 3 4 5\n$ORIGIN sub.c.example.\n"
    assert [zone.origin for zone in read(head + record, tmp_path)] == ["c.example"]
    assert records(read(head + record, tmp_path), "x.sub.c.example", "TXT") == (Text((b"y",)),)


@pytest.mark.parametrize("name", ["a..b.zone", ".zone", "x" * 100 + ".zone", "\u00fc\u00df.zone", "my zone (1).zone"])
def test_an_odd_file_name_does_not_matter_where_the_file_names_its_origin(tmp_path: Path, name: str) -> None:
    assert [zone.origin for zone in read(GOOD, tmp_path, name)] == ["a.example"]


def test_several_zones_in_one_file(tmp_path: Path) -> None:
    two = GOOD + '$ORIGIN child.a.example.\n@ SOA n h 1 2 3 4 5\nhost TXT "x"\n' + "b.example. SOA n. h. 1 2 3 4 5\n"
    zones = read(two, tmp_path)
    assert sorted(zone.origin for zone in zones) == ["a.example", "b.example", "child.a.example"]
    assert records(zones, "host.child.a.example", "TXT") == (Text((b"x",)),)
    assert not isinstance(answer(zones, "host.b.example", "TXT"), Known)


def test_a_signed_zone(tmp_path: Path) -> None:
    """RRSIGs of several types at one name, and NSEC beside a CNAME, are as they should be."""
    sign = "RRSIG {} 13 2 3600 20300101000000 20200101000000 1 a.example. AAAA\n"
    text = GOOD + "@ " + sign.format("SOA") + "@ " + sign.format("MX") + "alias " + sign.format("CNAME")
    zones = read(text + "alias NSEC ns CNAME RRSIG NSEC\n", tmp_path)
    assert len(records(zones, "a.example", "RRSIG")) == 2
    assert isinstance(records(zones, "alias.a.example", "NSEC")[0], Other)


def test_a_record_written_twice_is_one_and_the_shortest_ttl_counts(tmp_path: Path) -> None:
    zones = read("x 300 TXT a\nx 60 TXT b\nx 900 TXT a\n", tmp_path)
    fact = answer(zones, "x.a.example", "TXT")
    assert isinstance(fact, Known)
    assert (len(fact.value), fact.evidence.ttl) == (2, 60)


def test_a_missing_final_dot_reads_as_a_name_server_reads_it(tmp_path: Path) -> None:
    zones = read(GOOD + "www CNAME mail.a.example\n", tmp_path)
    assert records(zones, "www.a.example", "CNAME") == (Target("mail.a.example.a.example"),)


def test_many_records_of_one_name_and_of_many_names_are_read(tmp_path: Path) -> None:
    lines = [f"same TXT t{at}\nn{at}.deep.er TXT x\n" for at in range(2000)]
    zones = read("".join(lines), tmp_path)
    assert len(records(zones, "same.a.example", "TXT")) == 2000
    assert len(zones[0].names) == 2004


# Files and folders


def test_a_folder_is_read_with_its_subfolders(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "README").write_text("not a zone")
    read(GOOD, tmp_path)
    read("x TXT y\n", tmp_path / "sub", "b.example.db")
    assert sorted(zone.origin for zone in ZoneResolver.from_path(tmp_path).zones) == ["a.example", "b.example"]


def test_the_same_zone_twice_in_a_folder(tmp_path: Path) -> None:
    read(GOOD, tmp_path)
    read(GOOD, tmp_path, "copy.zone")
    with pytest.raises(InputError, match=r"copy\.zone: the zone a\.example\. is in .*a\.example\.zone already"):
        ZoneResolver.from_path(tmp_path)


def test_a_folder_without_zones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no zone files there"):
        ZoneResolver.from_path(tmp_path)


def test_a_file_that_is_not_there_and_one_that_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.zone: cannot be read: No such file"):
        ZoneResolver.from_path(tmp_path / "none.zone")
    (tmp_path / "folder.zone").mkdir()
    with pytest.raises(InputError, match="no zone files there"):
        ZoneResolver.from_path(tmp_path / "folder.zone")


def test_what_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Permissions do not stop root, so the refusal itself is made here."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(InputError, match=r"a\.zone: cannot be read: Permission denied"):
        ZoneResolver.from_path(tmp_path / "a.zone")
    monkeypatch.setattr(Path, "iterdir", refused)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        ZoneResolver.from_path(tmp_path)


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(master_file, "MAX_FILE", 2_000_000)
    with pytest.raises(InputError, match="larger than 2 MB, the limit for a zone file"):
        read(b";" * 2_000_001, tmp_path)


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    """What `--zone <(command)` hands over."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text(GOOD))
    writer.start()
    assert [zone.origin for zone in read_zone(pipe)] == ["a.example"]
    writer.join()


def test_a_circle_of_links_in_a_folder_ends(tmp_path: Path) -> None:
    read(GOOD, tmp_path)
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.zone").symlink_to(tmp_path / "self.zone")
    assert len(ZoneResolver.from_path(tmp_path).zones) == 1


# Any text at all


def zones_or_complaint(path: Path, text: str | None) -> list[Zone]:
    """The zones, or none after a complaint that begins with file and line."""
    complaint = ""
    try:
        zones = read_zone(path, text)
    except InputError as error:
        zones, complaint = [], str(error)
    assert zones or re.match(rf"{re.escape(str(path))}:\d+: .", complaint)
    return zones


PIECES = st.sampled_from(
    [*GOOD.splitlines(keepends=True), "\n", "(", ")", '"', "\\", "\\999", ";", "$", "$ORIGIN .\n", "$TTL\n", "@", "*",
     ".", "..", "\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "\u2028", "\x85", "\t",
     "x TXT \\# 3 abc\n", "x TYPE65280 \\# 1 00\n", "x A \\# 4 c0000201\n", "x LOC 1 N\n", "x APL 1:\n", "x DNAME .\n",
     ". SOA . . 1 2 3 4 5\n", "x SVCB 1 . key65535=\n", "x NSEC . TYPE99999\n", "99999999999999999999 ",
     "x 1w2d TXT a\n"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.lists(PIECES, max_size=25).map("".join),
        st.text(max_size=200),
        st.tuples(st.integers(0, len(GOOD)), st.integers(0, 12), st.text(max_size=6)).map(
            lambda cut: GOOD[: cut[0]] + cut[2] + GOOD[cut[0] + cut[1] :]
        ),
    )
)
def test_any_text_is_zones_or_a_complaint_with_a_line(text: str) -> None:
    zones = zones_or_complaint(Path("any.zone"), text)
    resolver = ZoneResolver(zones)
    for name in ("a.example", "mail.a.example", "x.any", "any", "", "_dmarc.a.example", "*.any", "x"):
        for type_ in ("TXT", "A", "DS", "CNAME"):
            assert resolver.answer(name, type_).evidence.type == type_


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_octets_are_zones_or_a_complaint_with_a_line(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.zone"
    path.write_bytes(raw)
    assert isinstance(zones_or_complaint(path, None), list)
