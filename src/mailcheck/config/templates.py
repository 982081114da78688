"""What a configuration says about templates: their language, rules that leave some files alone, messages in pieces."""

from typing import Any

from mailcheck.config.keys import Key, Lines, checked, unknown, where
from mailcheck.model.errors import ConfigError
from mailcheck.model.pattern import regex

DIALECTS = (
    "jinja", "django", "twig", "liquid", "handlebars", "mustache", "go", "erb", "blade", "razor", "mailchimp",
    "ampscript", "hubl", "freemarker", "smarty", "braze", "plain",
    # Other names of these, and services that speak them.
    "none", "jinja2", "nunjucks", "sfmc", "hubspot", "ejs", "sendgrid", "ses", "postmark", "mandrill", "golang",
)  # fmt: skip
"""The template languages that `[templates]` may name."""
KINDS = ("marketing", "transactional")
PARTS: dict[str, Key] = {
    "subject": Key("string", "the file of the subject"),
    "preheader": Key("string", "the file of the preheader"),
    "html": Key("string", "the file of the HTML part"),
    "text": Key("string", "the file of the plain text part"),
    "front": Key("string", "a file of front matter: subject, preheader, kind, offer, from_name"),
}
"""The parts of a message that `[[set]]` may name, each a pattern with {name} in it."""
SET: dict[str, Key] = {**PARTS, "kind": Key("string", "what these messages are for", None, KINDS)}
_PLACEHOLDER = regex(r"\{[^{}]*\}")


class SetTable:
    """One `[[set]]` table: part -> pattern of its file, what the messages are for, and its line."""

    __slots__ = ("kind", "line", "parts")

    def __init__(self, parts: dict[str, str], kind: str | None = None, line: int | None = None) -> None:
        self.parts = parts
        self.kind = kind
        self.line = line


class PathTable:
    """A table whose keys are patterns of paths: pattern -> value, and pattern -> line."""

    __slots__ = ("lines", "values")

    def __init__(self, values: dict[str, Any], lines: dict[str, int | None]) -> None:
        self.values = values
        self.lines = lines


def read_dialects(value: Any, lines: Lines, path: str) -> PathTable:
    """`[templates]`: pattern -> template language. Raises ConfigError."""
    return _patterns("templates", value, Key("string", "", None, DIALECTS), '"mail/**/*.html" = "jinja"', lines, path)


def read_file_ignores(value: Any, lines: Lines, path: str) -> PathTable:
    """`[per-file-ignores]`: pattern -> rules that leave such files alone. Raises ConfigError."""
    return _patterns("per-file-ignores", value, Key("strings", ""), '"mail/old/*" = ["IMG"]', lines, path)


def _patterns(table: str, value: Any, key: Key, example: str, lines: Lines, path: str) -> PathTable:
    if not isinstance(value, dict):
        raise ConfigError(f"{where(path, lines.get((table,)))}: {table} is a table of patterns: [{table}] {example}")
    values: dict[str, Any] = {}
    found: dict[str, int | None] = {}
    for pattern, item in value.items():
        line = lines.get((table, pattern))
        if isinstance(item, dict):
            # A pattern with dots that was not quoted is nested tables to TOML.
            raise ConfigError(f"{where(path, line)}: quote the pattern: {example}")
        if not pattern.strip():
            raise ConfigError(f"{where(path, line)}: a pattern of [{table}] is empty")
        values[pattern] = checked(key, f'"{pattern}"', item, path, line)
        found[pattern] = line
    return PathTable(values, found)


def read_sets(value: Any, lines: Lines, path: str) -> tuple[SetTable, ...]:
    """`[[set]]`: where the pieces of messages stand. Raises ConfigError."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ConfigError(f"{where(path, lines.get(('set',)))}: set is an array of tables: [[set]]")
    return tuple(_set(item, str(number), lines, path) for number, item in enumerate(value))


def _set(table: dict[str, Any], number: str, lines: Lines, path: str) -> SetTable:
    here = lines.get(("set", number))
    parts: dict[str, str] = {}
    for name, item in table.items():
        line = lines.get(("set", number, name), here)
        if name not in SET:
            raise unknown(name, SET, path, line)
        text = checked(SET[name], name, item, path, line)
        if name in PARTS:
            _check_pattern(name, text, where(path, line))
            parts[name] = text
    if "html" not in parts and "text" not in parts:
        raise ConfigError(f'{where(path, here)}: [[set]] needs html or text, such as html = "mail/{{name}}/body.html"')
    named = {name: "{name}" in pattern for name, pattern in parts.items()}
    if len(set(named.values())) > 1:
        without = ", ".join(name for name, has in named.items() if not has)
        raise ConfigError(f"{where(path, here)}: [[set]]: {{name}} stands in some patterns, but not in {without}")
    return SetTable(parts, table.get("kind"), here)


def _check_pattern(name: str, pattern: str, place: str) -> None:
    """Each pattern is a path below the configuration's folder, with {name} at most where the message's name stands."""
    odd = next((word for word in _PLACEHOLDER.findall(pattern) if word != "{name}"), None)
    if odd:
        raise ConfigError(f"{place}: {name} = {pattern!r:.80}: {odd:.40} is no placeholder; {{name}} is the only one")
    if not pattern.strip() or pattern.startswith(("/", "\\")) or ".." in pattern.replace("\\", "/").split("/"):
        raise ConfigError(f"{place}: {name} = {pattern!r:.80} is no path below the folder of the configuration")
    if any(char in pattern for char in "*?["):
        raise ConfigError(f"{place}: {name} = {pattern!r:.80}: write {{name}} for what differs from message to message")
