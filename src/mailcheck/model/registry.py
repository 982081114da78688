"""Every rule there is, as data: known without importing the modules that hold the checks."""

import json
from functools import cache
from importlib import import_module
from pathlib import Path

from mailcheck.model.errors import UsageError
from mailcheck.model.rule import Rule, loaded
from mailcheck.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of data/rules.json."""

    code: str
    name: str
    severity: str
    family: str
    module: str
    since: str
    status: str
    fix: str
    summary: str


@cache
def entries() -> tuple[Entry, ...]:
    """All rules, in the order of the file (families in the order mail flows, then codes)."""
    path = Path(__file__).parent.parent / "data" / "rules.json"
    return tuple(Entry(**item) for item in json.loads(path.read_text("utf-8"))["rules"])


@cache
def _by_word() -> dict[str, Entry]:
    words = {entry.code: entry for entry in entries()}
    return words | {entry.name: entry for entry in entries()}


def families() -> list[str]:
    """The family names, each once, in the order of the file."""
    return list(dict.fromkeys(entry.family for entry in entries()))


def find(word: str) -> Entry | None:
    """The rule of this code or name; case does not matter."""
    return _by_word().get(word.upper()) or _by_word().get(word.lower())


def load(entry: Entry) -> Rule:
    """Import the rule's module and give the rule itself, with its docstring."""
    import_module(entry.module)
    return next(rule for rule in loaded(entry.family) if rule.code == entry.code)


def matching(selector: str) -> list[Entry]:
    """The rules that a code, a name, a family or ALL selects.

    Raises UsageError for a word that selects nothing, with the nearest that would.
    """
    if selector.upper() == "ALL":
        return list(entries())
    entry = find(selector)
    if entry:
        return [entry]
    chosen = [each for each in entries() if each.family == selector.upper()]
    if chosen:
        return chosen
    from difflib import get_close_matches

    words = [*_by_word(), *families(), *(name.lower() for name in families())]
    near = get_close_matches(selector.lower(), [word.lower() for word in words], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "; `mailcheck rules` lists them"
    raise UsageError(f"no rule, name or family {selector!r}{hint}")
