"""Facts about recipients (data/recipients/*.json): services, their mailboxes, roles, placeholders, parking."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from mailcheck.model.value import dataclass

_FOLDER = Path(__file__).with_name("recipients")


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """Which spellings of one service reach one mailbox.

    `separator` ends the name, `ignored` signs do not count, `equal` maps signs that stand for each other, and users of
    `same_mailbox` domains are the same; the first of them stands for all.
    """

    name: str
    separator: str
    ignored: str
    equal: tuple[tuple[str, str], ...]
    same_mailbox: tuple[str, ...]


@cache
def _file(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
    return data


@cache
def mailboxes() -> dict[str, Mailboxes]:
    """Domain -> how its service reads local parts."""
    found: dict[str, Mailboxes] = {}
    for item in _file("mailboxes")["services"]:
        each = Mailboxes(
            item["name"],
            item["separator"],
            item["ignored"],
            tuple((pair[0], pair[1]) for pair in item.get("equal", ())),
            tuple(item["same_mailbox"]),
        )
        found |= dict.fromkeys(item["domains"], each)
    return found


@cache
def free_providers() -> frozenset[str]:
    """Domains at which anybody gets an address."""
    return frozenset(_file("providers")["free"])


@cache
def popular() -> dict[str, int]:
    """The most common of them, with a weight of 1 to 100."""
    return dict(_file("providers")["popular"])


@cache
def look_alikes() -> frozenset[str]:
    """Domains that look mistyped and are not."""
    return frozenset(_file("providers")["real"])


@cache
def mistyped_tlds() -> dict[str, str]:
    """Endings that do not exist, with the one that was meant."""
    return dict(_file("providers")["tlds"])


@cache
def roles() -> tuple[frozenset[str], frozenset[str]]:
    """Local parts that mass mail must not be sent to, and those that belong to an office."""
    return frozenset(_file("roles")["refuse"]), frozenset(_file("roles")["role"])


@cache
def placeholders() -> tuple[frozenset[str], frozenset[str]]:
    """Texts that stand for no address, and addresses that do."""
    return frozenset(_file("signs")["placeholders"]), frozenset(_file("signs")["placeholder_addresses"])


@cache
def parked_hosts() -> dict[str, str]:
    """Mail exchangers of parked domains (the host or a name above it), with who runs them."""
    return dict(_file("signs")["parked_mx"])


@cache
def dates() -> dict[str, str]:
    """The date of each list."""
    found = {name: str(_file(name)["date"]) for name in ("mailboxes", "providers", "roles", "signs")}
    head = _throw_away().partition("# Date: ")[2]
    return found | {"disposable": head.partition("\n")[0]}


@cache
def disposable() -> frozenset[str]:
    """Domains of throw-away addresses (data/recipients/disposable.txt, made by tools/disposable_domains.py)."""
    return frozenset(line for line in _throw_away().split("\n") if line and line[0] != "#")


@cache
def _throw_away() -> str:
    return (_FOLDER / "disposable.txt").read_text("utf-8")
