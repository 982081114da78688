"""How much work a template makes, counted: times are for the benchmarks."""

import subprocess
import sys
from array import array
from collections import Counter

import pytest
import turbohtml

from mailcheck.lint import document, tokenizer
from mailcheck.lint.html import Markup, parse
from mailcheck.lint.options import LintOptions
from mailcheck.lint.run import lint_source
from mailcheck.lint.source import MANY_LINES, Source
from mailcheck.model.selection import Selection

PAGE = "<html lang=en><head><title>Hi</title></head><body>{}</body></html>"
CHOICE = "{% if a %}<p>one</p>{% elif b %}<p>two</p>{% else %}<p>three</p>{% endif %}"
OUTLOOK = "<!--[if mso]><table><tr><td><![endif]--><p>all</p><!--[if mso]></td></tr></table><![endif]-->"


@pytest.mark.parametrize(
    ("inside", "texts"),
    [
        ("<p>Hello</p>", 1),
        ("<p>Hello {{ name }}</p>", 1),
        (CHOICE, 3),
        (OUTLOOK, 2),
        # One reading by Outlook for each variant.
        (CHOICE + OUTLOOK, 6),
        # Later versions of Outlook read something else.
        ("<!--[if gte mso 15]><p>new</p><![endif]-->", 3),
    ],
)
def test_each_text_is_tokenized_once(inside: str, texts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[str] = Counter()

    def counting(source: Source, text: str | None = None, *, limit: int) -> Markup:
        seen[text or source.text] += 1
        return parse(source, text, limit=limit)

    monkeypatch.setattr(document, "parse", counting)
    lint_source(PAGE.format(inside), "page.html.j2", LintOptions(Selection.of(("ALL",))))
    assert len(seen) == texts
    assert set(seen.values()) == {1}


MARKUP = """<!doctype html><p class="a b" x>hi &amp; b<br/></p></><!-- c --><table><td>\u00e9<style>a{}</style>
<svg><![CDATA[x]]></svg><a href='?a&b'>x</a></br><![endif]--><%= x %><b"""


def test_the_tokenizer_alone_reads_as_the_whole_package_does() -> None:
    """In a process of its own, since here the package is imported."""
    code = (
        "import sys; from mailcheck.lint.tokenizer import tokenizer; tokenize = tokenizer();"
        "print([(int(t.type), t.tag, t.attrs, t.data, t.line, t.col, t.self_closing) for t in tokenize(sys.argv[1])]);"
        "assert 'turbohtml' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code, MARKUP], capture_output=True, text=True, check=True)
    whole = [
        (int(token.type), token.tag, token.attrs, token.data, token.line, token.col, token.self_closing)
        for token in turbohtml.tokenize(MARKUP)
    ]
    assert done.stdout.strip() == str(whole)


def test_the_public_tokenizer_serves_where_the_core_is_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer.tokenizer.cache_clear()
    monkeypatch.setattr(tokenizer, "_CORE", "_no_such_core")
    monkeypatch.delitem(sys.modules, "turbohtml")
    assert tokenizer._core() is None
    monkeypatch.undo()
    assert tokenizer.tokenizer() is turbohtml.tokenize
    tokenizer.tokenizer.cache_clear()


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n"])
def test_places_in_a_file_of_line_ends(ending: str) -> None:
    source = Source("x", ending * (MANY_LINES + 1) + "last")
    assert isinstance(source.starts, array)
    place = source.location(len(source.text) - 4, len(source.text))
    assert (place.line, place.column, place.source) == (MANY_LINES + 2, 1, "last")
