"""Words that tell mass mail from mail that somebody waits for (data/kinds.json)."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from mailcheck.data.footers import plain

_FILE = Path(__file__).with_name("kinds.json")


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return data


@cache
def words(kind: str) -> tuple[str, ...]:
    """The phrases of a kind, in the form that `plain` gives, of every language."""
    return _plain([word for group in _data()[kind].values() for word in group])


@cache
def online_version() -> tuple[str, ...]:
    """What links to a copy on the web say."""
    return _plain(_data()["online_version"])


def _plain(phrases: list[str]) -> tuple[str, ...]:
    """Each phrase once in plain form; all of them are brought into it as one text, since there are hundreds."""
    return tuple(dict.fromkeys(plain("\0".join(phrases)).split("\0")))


@cache
def path_words(kind: str) -> frozenset[str]:
    """Words in the names of files and folders."""
    return frozenset(_data()["paths"][kind])
