"""On which line a key stands."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcheck.config.lines import key_lines


def test_keys_tables_and_arrays_of_tables() -> None:
    text = (
        "# a comment\n"
        'select = ["A"]\n'
        "\n"
        '[domain."example.com"]  # ours\n'
        "sends = true\n"
        "[[accept]]\n"
        'rule = "x"\n'
        "[[accept]]\n"
        'rule = "y"\n'
        "[tool.mailcheck]\n"
        "a.b = 1\n"
    )
    lines = key_lines(text)
    assert lines["select",] == 2
    assert lines["domain", "example.com"] == 4
    assert lines["domain", "example.com", "sends"] == 5
    assert (lines["accept", "0", "rule"], lines["accept", "1", "rule"]) == (7, 9)
    assert lines["tool", "mailcheck", "a", "b"] == 11


@pytest.mark.parametrize("text", ["", "[", "[[", "]", "= 1", '"', "[a.]\nx=1", "[[a]]\n[[a.b]]\nc=1", "a" * 10_000])
def test_odd_text_raises_nothing(text: str) -> None:
    assert isinstance(key_lines(text), dict)


@given(
    st.lists(st.tuples(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.integers(0, 9)), unique_by=lambda item: item[0])
)
def test_every_key_of_a_flat_file_is_found(items: list[tuple[str, int]]) -> None:
    text = "".join(f"{name} = {value}\n" for name, value in items)
    assert tomllib.loads(text) == dict(items)
    assert key_lines(text) == {(name,): number for number, (name, _) in enumerate(items, 1)}
