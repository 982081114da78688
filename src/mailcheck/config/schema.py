"""What a configuration may hold; everything else is an error that names file, line and the nearest right key."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mailcheck.model.errors import ConfigError

FORMATS = ("terminal", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "csv")
LEVELS = ("error", "warning", "info")
DAY = 86_400
"""Seconds; a longer deadline is a mistake."""
_WANTED = {
    "strings": 'a list of strings, ["…"]',
    "string": "a string",
    "boolean": "true or false",
    "number": f"a number of seconds above 0 and below {DAY}",
    "date": "a date without quotes, 2027-01-31",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the type of its value in words, the values it may take, its default, and what it does."""

    kind: str
    about: str
    default: Any = None
    choices: tuple[str, ...] = ()


TOP: dict[str, Key] = {
    "select": Key("strings", "rules that run: codes, names, families or ALL", ()),
    "extend-select": Key("strings", "rules that run beside the default ones", ()),
    "ignore": Key("strings", "rules that do not run", ()),
    "fail-on": Key("string", "this severity or worse makes exit 1", "error", LEVELS),
    "format": Key("string", "how the report is written", "terminal", FORMATS),
    "baseline": Key("string", "a file of findings that are known and do not fail"),
    "offline": Key("boolean", "never open a socket", False),
    "allow-unknown": Key("boolean", "what could not be determined does not make exit 3", False),
    "timeout": Key("number", "seconds after which a run ends", 30.0),
    "resolver": Key("strings", "name servers: ADDR, ADDR:PORT, tls://ADDR or https://URL", ()),
}
DOMAIN: dict[str, Key] = {
    "sends": Key("boolean", "whether the domain sends mail"),
    "selectors": Key("strings", "DKIM selectors in use", ()),
    "providers": Key("strings", "mail services in use", ()),
    "bounce-domains": Key("strings", "subdomains used in MAIL FROM", ()),
    "kind": Key("string", "what the domain is for, shown in reports"),
}
ACCEPT: dict[str, Key] = {
    "rule": Key("string", "code or name of the rule"),
    "domain": Key("string", "the domain it is accepted for"),
    "reason": Key("string", "why"),
    "until": Key("date", "the last day on which it is accepted"),
}


@dataclass(frozen=True, slots=True)
class Accept:
    """A finding that is accepted: rule, domain, why, and until when (a date, inclusive)."""

    rule: str
    domain: str
    reason: str
    until: datetime.date | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from: a file and line, an environment variable, a flag, or the default."""

    source: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.source}:{self.line}" if self.line else self.source


@dataclass(frozen=True, slots=True)
class DomainTable:
    """One `[domain."…"]` table: what is declared, and on which line it begins."""

    values: dict[str, Any]
    line: int | None = None


@dataclass(slots=True)
class Settings:
    """The values in force and their origins; `path` is the file, None where none was read."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    domains: dict[str, DomainTable] = field(default_factory=dict)
    accepts: tuple[Accept, ...] = ()
    path: str | None = None

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def put(self, key: str, value: Any, origin: Origin) -> None:
        """Set a value that wins over what was there."""
        self.values[key] = value
        self.origins[key] = origin


def defaults() -> Settings:
    """Nothing but defaults."""
    settings = Settings()
    for name, key in TOP.items():
        settings.put(name, key.default, Origin("default"))
    return settings


def read(table: Any, lines: Mapping[tuple[str, ...], int], path: str) -> Settings:
    """Check a parsed table. Raises ConfigError at the first fault."""
    settings = defaults()
    settings.path = path
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: mailcheck is a table: [tool.mailcheck]")
    for name, value in table.items():
        line = lines.get((name,))
        if name == "domain":
            settings.domains = _domains(value, lines, path)
        elif name == "accept":
            settings.accepts = _accepts(value, lines, path)
        elif name in TOP:
            settings.put(name, checked(TOP[name], name, value, path, line), Origin(path, line))
        else:
            raise _unknown(name, (*TOP, "domain", "accept"), path, line)
    return settings


def _domains(value: Any, lines: Mapping[tuple[str, ...], int], path: str) -> dict[str, DomainTable]:
    if not isinstance(value, dict):
        raise ConfigError(f'{_at(path, lines.get(("domain",)))}: domain is a table of domains: [domain."example.com"]')
    found: dict[str, DomainTable] = {}
    for name, table in value.items():
        at = lines.get(("domain", name))
        if not isinstance(table, dict):
            raise ConfigError(f'{_at(path, at)}: domain is a table of domains: [domain."example.com"]')
        if table and all(isinstance(item, dict) for item in table.values()):
            raise ConfigError(f'{_at(path, at)}: quote the domain: [domain."{name}.{next(iter(table))}"]')
        entry: dict[str, Any] = {}
        for key, item in table.items():
            line = lines.get(("domain", name, key))
            if key not in DOMAIN:
                raise _unknown(key, DOMAIN, path, line)
            entry[key] = checked(DOMAIN[key], key, item, path, line)
        found[name] = DomainTable(entry, at)
    return found


def _accepts(value: Any, lines: Mapping[tuple[str, ...], int], path: str) -> tuple[Accept, ...]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ConfigError(f"{_at(path, lines.get(('accept',)))}: accept is an array of tables: [[accept]]")
    found = []
    for number, table in enumerate(value):
        at = lines.get(("accept", str(number)))
        for key, item in table.items():
            line = lines.get(("accept", str(number), key), at)
            if key not in ACCEPT:
                raise _unknown(key, ACCEPT, path, line)
            checked(ACCEPT[key], key, item, path, line)
        missing = [key for key in ("rule", "domain", "reason") if not table.get(key)]
        if missing:
            raise ConfigError(f"{_at(path, at)}: [[accept]] needs {' and '.join(missing)}")
        found.append(Accept(table["rule"], table["domain"], table["reason"], table.get("until"), at))
    return tuple(found)


def checked(key: Key, name: str, value: Any, path: str, line: int | None) -> Any:
    """The value, if it has the key's type. Raises ConfigError."""
    right: Any = None
    match key.kind, value:
        case "strings", list() if all(isinstance(item, str) for item in value):
            right = tuple(value)
        case "string", str():
            right = value
        case "boolean", bool():
            right = value
        case "number", bool():
            right = None
        case "number", int() | float() if 0 < value < DAY:
            right = float(value)
        case "date", datetime.datetime():
            right = None
        case "date", datetime.date():
            right = value
    if right is None:
        raise ConfigError(f"{_at(path, line)}: {name} is {_WANTED[key.kind]}, not {_toml(value)}")
    if key.choices and right not in key.choices:
        raise ConfigError(f"{_at(path, line)}: {name} = {right!r:.40} is none of {', '.join(key.choices)}")
    return right


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{str(value) if isinstance(value, datetime.date) else repr(value)!s:.60}"


def _at(path: str, line: int | None) -> str:
    return f"{path}:{line}" if line else path


def _unknown(name: str, keys: Any, path: str, line: int | None) -> ConfigError:
    from difflib import get_close_matches

    near = get_close_matches(name.replace("_", "-"), list(keys), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(keys)}"
    return ConfigError(f"{_at(path, line)}: unknown key {name!r:.60}; {hint}")
