"""What a configuration may hold; everything else is an error that names file, line and the nearest right key."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mailcheck.config.keys import Key, checked, unknown, where
from mailcheck.config.templates import KINDS, PathTable, SetTable, read_dialects, read_file_ignores, read_sets
from mailcheck.model.errors import ConfigError
from mailcheck.model.value import dataclass, field

if TYPE_CHECKING:
    import datetime

FORMATS = ("terminal", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "csv")
LEVELS = ("error", "warning", "info")
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
    "exclude": Key("strings", "patterns of files that lint leaves out", ()),
    "kind": Key("string", "what the templates are for, where they do not say it themselves", None, KINDS),
    "ledger": Key("string", "what was claimed in earlier sends; kept by `mailcheck ledger`"),
    "link-domains": Key("strings", "domains that your links may lead through: click tracking, your own others", ()),
}
TABLES = ("domain", "accept", "templates", "per-file-ignores", "set")
"""Keys whose values are tables."""
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


NO_PATHS = PathTable({}, {})


@dataclass(frozen=True, slots=True)
class Accept:
    """A finding that is accepted: rule, domain, why, and until when (a date, inclusive)."""

    rule: str
    domain: str
    reason: str
    until: "datetime.date | None" = None
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
    """The values in force and their origins.

    `path` is the file as it is shown, None where none was read; `folder` is where it stands, absolute: patterns and
    paths in it count from there.
    """

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    domains: dict[str, DomainTable] = field(default_factory=dict)
    accepts: tuple[Accept, ...] = ()
    templates: PathTable = NO_PATHS
    file_ignores: PathTable = NO_PATHS
    sets: tuple[SetTable, ...] = ()
    path: str | None = None
    folder: str = ""

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
        elif name == "templates":
            settings.templates = read_dialects(value, lines, path)
        elif name == "per-file-ignores":
            settings.file_ignores = read_file_ignores(value, lines, path)
        elif name == "set":
            settings.sets = read_sets(value, lines, path)
        elif name in TOP:
            settings.put(name, checked(TOP[name], name, value, path, line), Origin(path, line))
        else:
            raise unknown(name, (*TOP, *TABLES), path, line)
    return settings


def _domains(value: Any, lines: Mapping[tuple[str, ...], int], path: str) -> dict[str, DomainTable]:
    if not isinstance(value, dict):
        raise ConfigError(
            f'{where(path, lines.get(("domain",)))}: domain is a table of domains: [domain."example.com"]'
        )
    found: dict[str, DomainTable] = {}
    for name, table in value.items():
        at = lines.get(("domain", name))
        if not isinstance(table, dict):
            raise ConfigError(f'{where(path, at)}: domain is a table of domains: [domain."example.com"]')
        if table and all(isinstance(item, dict) for item in table.values()):
            raise ConfigError(f'{where(path, at)}: quote the domain: [domain."{name}.{next(iter(table))}"]')
        entry: dict[str, Any] = {}
        for key, item in table.items():
            line = lines.get(("domain", name, key))
            if key not in DOMAIN:
                raise unknown(key, DOMAIN, path, line)
            entry[key] = checked(DOMAIN[key], key, item, path, line)
        found[name] = DomainTable(entry, at)
    return found


def _accepts(value: Any, lines: Mapping[tuple[str, ...], int], path: str) -> tuple[Accept, ...]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ConfigError(f"{where(path, lines.get(('accept',)))}: accept is an array of tables: [[accept]]")
    found = []
    for number, table in enumerate(value):
        at = lines.get(("accept", str(number)))
        for key, item in table.items():
            line = lines.get(("accept", str(number), key), at)
            if key not in ACCEPT:
                raise unknown(key, ACCEPT, path, line)
            checked(ACCEPT[key], key, item, path, line)
        missing = [key for key in ("rule", "domain", "reason") if not table.get(key)]
        if missing:
            raise ConfigError(f"{where(path, at)}: [[accept]] needs {' and '.join(missing)}")
        found.append(Accept(table["rule"], table["domain"], table["reason"], table.get("until"), at))
    return tuple(found)
