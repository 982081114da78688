"""Hosts with a meaning for links: shorteners, click tracking, and those that only stand in (data/link_hosts.json)."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("link_hosts.json")


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return data


@cache
def hosts(section: str, key: str) -> frozenset[str]:
    """The names in one list of a section."""
    return frozenset(_data()[section][key])


def below(host: str, section: str, key: str) -> str | None:
    """The listed name that the host is or stands under."""
    names = hosts(section, key)
    while host:
        if host in names:
            return host
        host = host.partition(".")[2]
    return None


@cache
def _owners() -> dict[str, int]:
    return {name: number for number, group in enumerate(_data()["same_owner"]) for name in group}


def same_owner(one: str, other: str) -> bool:
    """Whether two registrable domains are one service's, such as a site and its own short domain."""
    owners = _owners()
    return one in owners and owners.get(one) == owners.get(other)
