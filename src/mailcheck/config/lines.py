"""On which line of a TOML file a key stands (tomllib does not say)."""

from mailcheck.model.pattern import regex

_HEADER = regex(r"\s*(\[\[?)(.+?)(\]\]?)\s*(?:#.*)?$")
_KEY = regex(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Key path -> 1-based line; the items of an array of tables are numbered ("accept", "0", "rule")."""
    found: dict[tuple[str, ...], int] = {}
    counts: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header and "=" not in header[2].split('"')[0]:
            path = _path(header[2])
            if path is None:
                continue
            if header[1] == "[[":
                index = counts.get(path, 0)
                counts[path] = index + 1
                found.setdefault(path, number)
                path = (*path, str(index))
            table = path
            found.setdefault(table, number)
            continue
        key = _KEY.match(line)
        path = _path(key[1]) if key else None
        if path is not None:
            found.setdefault((*table, *path), number)
    return found


def _path(text: str) -> tuple[str, ...] | None:
    import tomllib

    try:
        value: object = tomllib.loads(f"{text} = 0")
    except tomllib.TOMLDecodeError:
        return None
    path: list[str] = []
    while isinstance(value, dict):
        name, value = next(iter(value.items()))
        path.append(name)
    return tuple(path)
