"""The data that templates are rendered with."""

from pathlib import Path
from typing import Any

from mailcheck.lint.files import Unreadable, read_octets


def read_data(path: Path) -> dict[str, Any]:
    """Read a JSON or TOML file. Raises Unreadable."""
    octets = read_octets(str(path))
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8 (octet {error.start})") from None
    if path.suffix.lower() == ".toml":
        import tomllib

        try:
            return {key: _plain(item) for key, item in tomllib.loads(text).items()}
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise Unreadable(f"is no TOML: {error}") from None
    if path.suffix.lower() in {".yaml", ".yml"}:
        raise Unreadable("is YAML; data is read from JSON or TOML")
    import json

    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        raise Unreadable(f"is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise Unreadable("holds no object; the names of the template's variables are its keys")
    return found


def _plain(value: Any) -> Any:
    """TOML's dates as the text that templates would print."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool)) else str(value)
