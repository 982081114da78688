"""Authentication-Results (RFC 8601): read from fixtures/results/read.toml, trusted, written, and both in turn."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.auth.results.field import AuthenticationResults, MethodResult, Property
from mailcheck.auth.results.reading import MAX_FIELD, MAX_PROPERTIES, MAX_RESULTS, read_results, trusted
from mailcheck.auth.results.writing import MAX_VALUE, WIDTH, write_results
from mailcheck.model.errors import UsageError

GROUPS = tomllib.loads((Path(__file__).parents[2] / "fixtures" / "results" / "read.toml").read_text("utf-8"))
CASES = [
    pytest.param(case, id=f"{name}: {ascii(case['text'])[1:-1][:70]} ({number})")
    for name, group in GROUPS.items()
    for number, case in enumerate(group)
]


def written(result: MethodResult) -> str:
    version = f"/{result.version}" if result.version != 1 else ""
    properties = [f"{each.ptype}.{each.name}={each.value}" for each in result.properties]
    return " ".join([f"{'' if result.sound else '!'}{result.method}{version}={result.result}", *properties])


@pytest.mark.parametrize("case", CASES)
def test_reading(case: dict[str, Any]) -> None:
    found = read_results(case["text"])
    assert (found.authserv_id, found.version) == (case["server"], case.get("version", 1))
    assert [written(each) for each in found.results] == case["results"]
    assert [each.reason for each in found.results if each.reason is not None] == case.get("reasons", [])
    assert [comment for each in found.results for comment in each.comments] == case.get("comments", [])
    assert [problem.kind for problem in found.problems] == case.get("problems", [])


@pytest.mark.parametrize("case", CASES)
def test_octets_read_like_text(case: dict[str, Any]) -> None:
    raw = case["text"].encode("utf-8")
    assert read_results(raw) == read_results(raw.decode("latin-1"))


def test_only_sound_results_are_given_by_method() -> None:
    found = read_results("mx; dkim=pass header.d=a.b(.c; dkim=pass header.d=d.e; dkim=fail header.d=f.g")
    assert found.of("dkim") == ()
    found = read_results("mx; dkim=pass header.d=a'b.c; dkim=pass header.d=d.e; dkim=fail header.d=f.g")
    assert [each.value("header", "d") for each in found.of("dkim")] == ["d.e", "f.g"]
    assert found.of("dkim")[0].value("header", "i") is None
    assert found.of("spf") == ()


@pytest.mark.parametrize(
    ("value", "domain"), [("a@B.example.", "b.example"), ("@b.example", "b.example"), ("B.example", "b.example")]
)
def test_the_domain_of_a_value(value: str, domain: str) -> None:
    assert Property("smtp", "mailfrom", value).domain == domain


FIELDS = [
    "mx.example; spf=pass smtp.mailfrom=a.b",
    b"evil.example; dkim=pass header.d=legit.example",
    "MX.Example. 1; dkim=fail header.d=a.b",
    "mx.example 2; dmarc=pass header.from=legit.example",
    "spf=pass smtp.mailfrom=legit.example",
    "mx.example(; dmarc=pass header.from=legit.example",
    "notmx.example; dmarc=pass",
    "mx.example; dkim=pass header.d=legit.example(.evil.example",
]


def test_only_the_own_server_is_trusted() -> None:
    """5: whatever claims to be it in another version, or so that it cannot be told, is not it."""
    found = trusted(FIELDS, "mx.example")
    assert [[written(each) for each in field.results] for field in found] == [
        ["spf=pass smtp.mailfrom=a.b"],
        ["dkim=fail header.d=a.b"],
        ["!dkim=pass"],
    ]
    assert trusted(FIELDS, "") == ()
    assert trusted(FIELDS, ".") == ()


def test_what_is_beyond_the_limits_is_told() -> None:
    many = read_results("mx; " + "; ".join(["spf=none"] * (MAX_RESULTS + 5)))
    assert (len(many.results), many.problems[-1].kind) == (MAX_RESULTS, "limit")
    wide = read_results("mx; spf=none" + " smtp.x=y" * (MAX_PROPERTIES + 5) + "; dkim=none")
    assert [len(each.properties) for each in wide.results] == [MAX_PROPERTIES, 0]
    assert [problem.kind for problem in wide.problems] == ["limit"]
    long = read_results("mx; spf=none" + " " * MAX_FIELD + "; dkim=pass")
    assert [each.method for each in long.results] == ["spf"]
    assert long.problems[0].kind == "limit"


@pytest.mark.parametrize(
    "piece", ["(", ")", '"', "\\", ";", "=", "(\\", '"\\', "a=b;", "a=b c.d=", "a=(", "\r\n ", "a", ".", "\0"]
)
def test_hostile_fields_are_read(piece: str) -> None:
    for text in (piece * (MAX_FIELD // len(piece)), "mx; spf=pass " + piece * 20_000, "mx; " + piece * 20_000):
        found = read_results(text)
        assert len(found.results) <= MAX_RESULTS
        assert not any(each.sound and "legit" in written(each) for each in found.results)


def test_writing() -> None:
    results = [
        MethodResult("spf", "pass", (Property("smtp", "mailfrom", "user@example.com"),), comments=("of (any) sort\\",)),
        MethodResult(
            "dkim", "fail", (Property("header", "d", "example.com"), Property("header", "b", "ab/c=")), "no; key"
        ),
        MethodResult("dmarc", "none", version=2),
    ]
    assert write_results("mx.example.org", results) == (
        "Authentication-Results: mx.example.org;\r\n"
        "\tspf=pass (of \\(any\\) sort\\\\) smtp.mailfrom=user@example.com;\r\n"
        '\tdkim=fail reason="no; key" header.d=example.com header.b="ab/c=";\r\n'
        "\tdmarc/2=none"
    )
    assert write_results("mx", []) == "Authentication-Results: mx; none"
    assert write_results("m x", [], version=3) == 'Authentication-Results: "m x" 3; none'
    assert write_results("mx", results[2:], line_end="\n") == "Authentication-Results: mx;\n\tdmarc/2=none"


@pytest.mark.parametrize("length", range(8, 80))
def test_no_line_is_longer_than_it_should_be(length: int) -> None:
    """The tab in front of it and the semicolon behind it count."""
    names = tuple(Property("header", "d", part) for part in ("x" * length, "example.com", "b.example"))
    line = write_results("mx", [MethodResult("dkim", "pass", names), MethodResult("spf", "fail")])
    assert all(len(part) <= WIDTH or part.count("=") == 1 for part in line.split("\r\n"))


@pytest.mark.parametrize(
    "value",
    ["legit.example(.attack.example", "legit.example'a.attack.example", 'a"b', "a;b", "a\r\nX: y", "a\0b", "a\\", " ",
     "", "@legit.example,@any.example:'any@attack.example", "\u202e\u2028\ud800", "a@b@c", "(", "legit.example\x7f"],
)  # fmt: skip
def test_no_value_ends_what_it_stands_in(value: str) -> None:
    """What a sender puts into a name stays in that name."""
    line = write_results(
        "mx", [MethodResult("dkim", "pass", (Property("header", "x", value),)), MethodResult("spf", "fail")]
    )
    assert line.count("\n") == 2
    body = line.partition(":")[2]
    found = read_results(body)
    assert [each.method for each in found.results] == ["dkim", "spf"]
    assert all(each.sound for each in found.results)
    clean = "".join(char if char == " " or char.isprintable() else "?" for char in value)
    assert found.results[0].value("header", "x") == clean
    assert line.isprintable() or set(line) - set("\r\n\t") == {char for char in line if char.isprintable()}


def test_a_name_that_is_none_is_not_believed_by_those_who_read_it() -> None:
    for value in ("legit.example(.attack.example", "legit.example'a.attack.example", "a..b"):
        line = write_results("mx", [MethodResult("dkim", "pass", (Property("header", "d", value),))])
        assert read_results(line.partition(":")[2]).of("dkim") == ()


def test_half_a_name_is_never_written() -> None:
    value = "legit.example." + "x" * MAX_VALUE + ".attack.example"
    line = write_results("mx", [MethodResult("dkim", "pass", (Property("header", "d", value),))])
    assert "legit" not in line
    assert read_results(line.partition(":")[2]).results[0].properties == ()
    assert f"(header.d left out: {len(value)} characters)" in line


@pytest.mark.parametrize("word", ["", "a b", "spf=pass smtp.mailfrom", "a;b", "-a", "é", "a\r\nb"])
def test_our_own_words_must_be_keywords(word: str) -> None:
    for result in (
        MethodResult(word, "pass"),
        MethodResult("spf", word),
        MethodResult("spf", "pass", (Property(word, "d", "x"),)),
        MethodResult("spf", "pass", (Property("header", word, "x"),)),
    ):
        with pytest.raises(UsageError, match="no keyword"):
            write_results("mx", [result])


KEYWORD = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
PLAIN = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), max_size=60)
NAME = st.sampled_from(["example.com", "a@b.c", "@x.y", "a.b+c@d-e.f", "bücher.example", "o'brien@a.b", ""])
PROPERTY = st.one_of(
    st.builds(Property, KEYWORD, KEYWORD, PLAIN).filter(lambda each: (each.ptype, each.name) != ("reason", "")),
    st.builds(
        Property, st.sampled_from(["header", "smtp"]), st.sampled_from(["d", "i", "from", "mailfrom", "helo"]), NAME
    ),
)
RESULT = st.builds(
    MethodResult,
    KEYWORD.filter(lambda word: word != "none"),
    KEYWORD,
    st.lists(PROPERTY, max_size=4).map(tuple),
    st.none() | PLAIN,
    st.lists(PLAIN, max_size=2).map(tuple),
    st.integers(0, 10**9 - 1),
)


def bare(field: AuthenticationResults) -> list[Any]:
    """What was said, without the places."""
    return [
        (
            *(each.method, each.version, each.result, each.reason, each.comments, each.sound),
            *((one.ptype, one.name, one.value) for one in each.properties),
        )
        for each in field.results
    ]


@settings(max_examples=300, deadline=None)
@given(
    PLAIN.filter(lambda text: "=" not in text and text), st.lists(RESULT, max_size=4), st.sampled_from(["\r\n", "\n"])
)
def test_what_is_written_reads_the_same(server: str, results: list[MethodResult], line_end: str) -> None:
    line = write_results(server, results, line_end=line_end)
    name, _, body = line.partition(":")
    found = read_results(body)
    assert name == "Authentication-Results"
    assert found.authserv_id == server
    assert bare(found) == bare(AuthenticationResults(server, tuple(results)))
    assert [problem for problem in found.problems if problem.kind != "limit"] == []
    # Only a single piece may be longer than a line should be, and none is longer than one may be (RFC 5322 2.1.1).
    assert all(
        len(part) <= WIDTH or part.count(" ") <= part.count('"') + part.count("(") * 60 for part in line.split(line_end)
    )
    assert all(len(part) <= 998 for part in line.split(line_end))


SCRAPS = st.sampled_from(
    ["mx", ";", " ", "spf", "=", "pass", "smtp", ".", "mailfrom", "a@b.c", "(", ")", '"', "\\", "reason", "/", "1",
     "\r\n\t", "none", "header.d=", "legit.example", "é", "\0", ",", "<", ">"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(SCRAPS, max_size=40).map("".join) | st.text() | st.binary())
def test_anything_is_read_and_its_spans_are_inside(text: str | bytes) -> None:
    found = read_results(text)
    for result in found.results:
        assert 0 <= result.span[0] <= result.span[1] <= len(text)
        for each in result.properties:
            part = text[slice(*each.span)]
            part = part if isinstance(part, str) else part.decode("latin-1")
            assert each.name in part.lower()
    for problem in found.problems:
        assert 0 <= problem.span[0] <= problem.span[1] <= len(text) + 1
    assert trusted([text], "mx.nowhere.example") == ()
