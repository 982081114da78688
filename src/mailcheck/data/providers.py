"""Mail services, recognised by the names they leave in a domain's DNS (data/providers.json)."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from mailcheck.model.value import dataclass

_FILE = Path(__file__).with_name("providers.json")


@dataclass(frozen=True, slots=True)
class Provider:
    """One service.

    `include` is what its customers put into SPF. `bounce` is custom (a subdomain of yours once set up),
    provider (always its own) or None.
    """

    name: str
    spf: tuple[str, ...]
    mx: tuple[str, ...]
    selectors: tuple[str, ...]
    dkim_targets: tuple[str, ...]
    include: str | None
    bounce: str | None
    find_selector: str | None
    source: str
    date: str


def _provider(item: dict[str, Any]) -> Provider:
    lists = ("spf", "mx", "selectors", "dkim_targets")
    values: dict[str, Any] = {key: tuple(value) if key in lists else value for key, value in item.items()}
    return Provider(**values)


@cache
def _data() -> tuple[tuple[Provider, ...], tuple[str, ...]]:
    raw = json.loads(_FILE.read_text("utf-8"))
    return tuple(_provider(item) for item in raw["providers"]), tuple(raw["generic_selectors"])


def providers() -> tuple[Provider, ...]:
    """All services known."""
    return _data()[0]


def generic_selectors() -> tuple[str, ...]:
    """Selectors worth a guess where nothing tells which are used."""
    return _data()[1]


def by_name(name: str) -> Provider | None:
    """The service of this name; case does not matter."""
    return next((each for each in providers() if each.name.lower() == name.lower()), None)


def recognise(*, spf: Iterable[str] = (), mx: Iterable[str] = (), dkim: Iterable[str] = ()) -> list[Provider]:
    """The services behind SPF targets, MX hosts and the alias targets of DKIM selectors, in the order of the file.

    Of two services that match one host, only the more exact one counts (Gmail's own MX is not a Workspace's).
    """
    names = {"spf": tuple(spf), "mx": tuple(mx), "dkim_targets": tuple(dkim)}
    found: set[str] = set()
    for field, values in names.items():
        for value in values:
            hits = [
                (len(suffix), provider.name)
                for provider in providers()
                for suffix in getattr(provider, field)
                if value == suffix or value.endswith("." + suffix)
            ]
            if hits:
                found.add(max(hits)[1])
    return [provider for provider in providers() if provider.name in found]
