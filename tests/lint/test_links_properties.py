"""Readers of links, hosts, addresses and hidden text: total, and true to the source, on any text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mailcheck.data.footers import plain, says_leave
from mailcheck.lint import dialects, judging
from mailcheck.lint.document import Body, Document
from mailcheck.lint.hidden import hidden_texts, sheets_of
from mailcheck.lint.hosts import ipv4, is_address, unreachable
from mailcheck.lint.kind import kind_of
from mailcheck.lint.postal import is_postal, postal_address
from mailcheck.lint.source import Source
from mailcheck.lint.unsubscribing import way_out
from mailcheck.model.judge import judge
from mailcheck.model.location import FileLocation
from mailcheck.model.selection import Selection

RULES = judging.rules(Selection.of(("LNK", "SEC", "UNS", "LEG")))
PIECES = st.sampled_from(
    """
    <a¤href="|">|</a>|https://|http:|//|www.|shop-nord.de|example.com|{{¤x¤}}|{%¤if¤a¤%}|{%¤else¤%}|{%¤endif¤%}|¤|¶|&amp;
    |&#106;|javascript:|data:|mailto:|tel:|@|?|#|/|\\|[|]|[::1]|127.0.0.1|0x7f.1|unsubscribe|Abmelden|<p¤style="
    |display:none|font-size:0|;|color:#fff|background:#fff|<td¤bgcolor="#ffffff">|</td>|<style>|</style>|{|}|.a|class="a"
    |<!--[if¤mso]>|<![endif]-->|<v:rect¤href="|onclick="|¦safe|<script>|</script>|<form>|<base¤href="/">|12¤Main¤Street
    |20459¤Hamburg|\u200b|ü|\x00|xn--|::|%20
    """.replace("\n", "")
    .replace(" ", "")
    .replace("¤", " ")
    .replace("¶", "\n")
    .split("|")
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join))


def body_of(text: str, media: str = "html") -> Body:
    return Body(Source("a.html", text), dialects.read(text, "jinja"), media)


@given(TEXTS, st.sampled_from(["html", "text"]))
def test_links_stand_in_the_source(text: str, media: str) -> None:
    body = body_of(text, media)
    for link in body.links:
        assert 0 <= link.start <= link.end <= len(text)
        if not {"&", "\t", "\n", "\r", "\x00"} & set(text):
            assert link.text in text[link.start : link.end]
        assert link.host is None or link.host == link.host.lower()


@given(TEXTS)
@settings(max_examples=200)
def test_every_rule_is_total_and_its_places_are_of_the_source(text: str) -> None:
    for media in ("html", "text"):
        for kind in ("marketing", "unknown"):
            document = Document("a.html", [body_of(text, media)], kind=kind)
            for finding in judge(RULES, document).findings:
                assert finding.code != "RUN001", finding.message
                assert finding.fixes
                place = finding.location
                assert isinstance(place, FileLocation)
                assert 0 <= place.offset <= place.end_offset <= len(text)


@given(TEXTS)
def test_a_value_with_a_tag_in_its_host_has_no_host(text: str) -> None:
    for link in body_of(f'<a href="https://{{{{ x }}}}{text}">x</a>').links:
        if link.start == len('<a href="'):
            assert link.host is None


@given(st.integers(0, 2**32 - 1))
def test_addresses_read_in_every_form_of_number(number: int) -> None:
    a, b, c, d = (number >> shift & 255 for shift in (24, 16, 8, 0))
    for written in (str(number), f"{a}.{b}.{c}.{d}", hex(number), f"{a}.{number & 0xFFFFFF}", f"{a}.{b}.{c << 8 | d}"):
        assert ipv4(written) == number
        assert is_address(written)


@given(TEXTS)
def test_hosts_and_words_are_total(text: str) -> None:
    unreachable(text.lower())
    is_postal(text)
    says_leave(plain(text))
    body = body_of(text)
    assert way_out([body]) in (True, False, None)
    assert postal_address([body]) in (True, False, None)
    assert kind_of(None, {}, None, [body])[0] in {"marketing", "transactional", "unknown"}
    sheets = sheets_of([body], complete=True)
    for hidden in hidden_texts(body, sheets):
        assert hidden.words > 0
        assert hidden.text
