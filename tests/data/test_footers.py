"""The words and tags of footers are in the form in which they are looked for."""

import json
from pathlib import Path

import mailcheck
from mailcheck.data.footers import plain, says_leave

DATA = json.loads((Path(mailcheck.__file__).parent / "data" / "unsubscribe.json").read_text("utf-8"))
WORDS = [word for group in DATA["words"].values() for word in group]


def test_words_are_compared_as_they_stand() -> None:
    assert len(DATA["words"]) >= 20
    assert [word for word in WORDS if plain(word) != word] == []
    assert len(set(WORDS)) == len(WORDS)


def test_no_word_is_inside_another() -> None:
    assert [(word, other) for word in WORDS for other in WORDS if word != other and word in other] == []


def test_words_are_found_in_sentences() -> None:
    assert says_leave(plain("Sie können sich hier ABMELDEN."))
    assert says_leave(plain("Pour vous désabonner, cliquez"))
    assert not says_leave(plain("We ship on Friday"))
