"""Keys of a configuration: the type of each value, and what to say where it is another."""

from collections.abc import Iterable, Mapping
from typing import Any

from mailcheck.model.errors import ConfigError
from mailcheck.model.value import dataclass

DAY = 86_400
"""Seconds; a longer deadline is a mistake."""
_WANTED = {
    "strings": 'a list of strings, ["…"]',
    "string": "a string",
    "boolean": "true or false",
    "number": f"a number of seconds above 0 and below {DAY}",
    "date": "a date without quotes, 2027-01-31",
}
Lines = Mapping[tuple[str, ...], int]
"""Key path -> the line on which it stands."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the type of its value in words, the values it may take, its default, and what it does."""

    kind: str
    about: str
    default: Any = None
    choices: tuple[str, ...] = ()


def checked(key: Key, name: str, value: Any, path: str, line: int | None) -> Any:
    """The value, if it has the key's type. Raises ConfigError."""
    import datetime

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
        raise ConfigError(f"{where(path, line)}: {name} is {_WANTED[key.kind]}, not {_toml(value)}")
    if key.choices and right not in key.choices:
        choices = ", ".join(key.choices)
        raise ConfigError(
            f"{where(path, line)}: {name} = {right!r:.40} is none of {choices}{_near(right, key.choices)}"
        )
    return right


def where(path: str, line: int | None) -> str:
    """The file, and the line where it is known."""
    return f"{path}:{line}" if line else path


def unknown(name: str, keys: Iterable[str], path: str, line: int | None) -> ConfigError:
    """The error for a key that does not exist, with the nearest that does."""
    from difflib import get_close_matches

    near = get_close_matches(name.replace("_", "-"), list(keys), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(keys)}"
    return ConfigError(f"{where(path, line)}: unknown key {name!r:.60}; {hint}")


def _near(word: str, words: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), list(words), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _toml(value: Any) -> str:
    import datetime

    if isinstance(value, bool):
        return str(value).lower()
    return f"{str(value) if isinstance(value, datetime.date) else repr(value)!s:.60}"
