"""What footers of mass mail hold: ways out (unsubscribe.json), postal addresses (postal.json, postal_patterns.txt)."""

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


@cache
def _data(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((_FOLDER / name).read_text("utf-8"))
    return data


def plain(text: str) -> str:
    """Letters without case and accents, blanks as one: the form in which words are compared."""
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        # A text holds few different characters, whatever its length; before U+0300 none combines.
        accents = [ord(char) for char in set(text) if char > "\u02ff" and unicodedata.combining(char)]
        if accents:
            text = text.translate(dict.fromkeys(accents))
        text = text.replace("ı", "i").replace("’", "'").replace("\u00ad", "").replace("\u200b", "")
    return " ".join(text.split())


@cache
def _words() -> tuple[str, ...]:
    # Looked for one by one: a pattern of them all takes longer to compile than most messages to search.
    return tuple(word for group in _data("unsubscribe.json")["words"].values() for word in group)


@cache
def _whole_texts() -> frozenset[str]:
    return frozenset(plain(text) for text in _data("unsubscribe.json")["whole_text"])


@cache
def _addresses() -> tuple[str, ...]:
    return tuple(_data("unsubscribe.json")["addresses"])


def _tags(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag.casefold() for group in _data(name)["tags"] for tag in group["tags"]))


@cache
def _unsubscribe_tags() -> tuple[str, ...]:
    return _tags("unsubscribe.json")


@cache
def _postal_tags() -> tuple[str, ...]:
    return _tags("postal.json")


def says_leave(text: str) -> bool:
    """Whether a text (in the form that `plain` gives) speaks of ending a subscription."""
    return any(word in text for word in _words())


def all_of_it_says_leave(text: str) -> bool:
    """Whether the whole text of a link (in plain form) is a word for leaving that means other things in a sentence."""
    return text.strip(" .:>»›→-[]()|") in _whole_texts()


def leads_out(address: str) -> bool:
    """Whether an address looks like that of a page for ending or managing a subscription."""
    address = address.casefold()
    return any(part in address for part in _addresses())


def holds_way_out(text: str) -> bool:
    """Whether a mail service's tag for unsubscribing stands in the text, as written (case does not matter)."""
    text = text.casefold()
    return any(tag in text for tag in _unsubscribe_tags())


def holds_postal_tag(text: str) -> bool:
    """Whether a mail service's tag for the sender's address stands in the text, as written (case does not matter)."""
    text = text.casefold()
    return any(tag in text for tag in _postal_tags())


@cache
def _postal_lines() -> tuple[str, ...]:
    lines = (_FOLDER / "postal_patterns.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@cache
def _compiled(line: str) -> re.Pattern[str]:
    return re.compile(line)


def postal_patterns() -> Iterator[re.Pattern[str]]:
    """Patterns of boxes, postcodes and streets, each compiled when it is asked for: most searches end early."""
    return map(_compiled, _postal_lines())
