"""Find the configuration: the nearest file upward, stopping at the repository root; nothing is merged."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mailcheck.config.lines import key_lines
from mailcheck.config.schema import FORMATS, Origin, Settings, defaults, read
from mailcheck.model.errors import ConfigError

NAMES = ("mailcheck.toml", ".mailcheck.toml", "pyproject.toml")
_TRUE = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}


def load(
    *,
    config: str | None = None,
    isolated: bool = False,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Settings:
    """The settings from file and environment (flags are laid over them by the caller).

    `config` names the file; `isolated` reads none. A path in the file counts from the file's folder. Raises
    ConfigError.
    """
    environ = os.environ if env is None else env
    named = config or environ.get("MAILCHECK_CONFIG")
    if isolated:
        settings = defaults()
    elif named:
        settings = _read(Path(named), required=True) or defaults()
    else:
        settings = _nearest(cwd or _here()) or defaults()
    _environment(settings, environ)
    return settings


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError:
        raise ConfigError(
            "the current folder does not exist any more; change to another one, or use --isolated"
        ) from None


def _nearest(start: Path) -> Settings | None:
    for folder in (start, *start.parents):
        for name in NAMES:
            settings = _read(folder / name, required=False)
            if settings is not None:
                return settings
        if (folder / ".git").exists():
            return None
    return None


def _read(path: Path, *, required: bool) -> Settings | None:
    import tomllib

    try:
        if not required and not path.is_file():
            return None
        # Editors on Windows put a byte order mark in front.
        text = path.read_text("utf-8-sig")
        data: dict[str, Any] = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        if not required and path.name == "pyproject.toml" and b"mailcheck" not in path.read_bytes():
            # Broken, but none of ours.
            return None
        raise ConfigError(f"{_shown(path)}: not TOML: {error}") from None
    lines = key_lines(text)
    if path.name == "pyproject.toml":
        table = data.get("tool")
        if not isinstance(table, dict) or "mailcheck" not in table:
            if required:
                raise ConfigError(f"{_shown(path)}: holds no table [tool.mailcheck]")
            return None
        data = table["mailcheck"]
        prefix = ("tool", "mailcheck")
        lines = {key[2:]: line for key, line in lines.items() if key[:2] == prefix}
    settings = read(data, lines, _shown(path))
    settings.folder = str(path.parent.absolute())
    for name in ("baseline", "ledger"):
        if settings[name]:
            settings.values[name] = _shown(path.parent / settings[name])
    return settings


def _shown(path: Path) -> str:
    """Short where it stands below the current folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _environment(settings: Settings, environ: Mapping[str, str]) -> None:
    value = environ.get("MAILCHECK_FORMAT")
    if value:
        if value not in FORMATS:
            raise ConfigError(f"MAILCHECK_FORMAT={value!r:.40} is none of {', '.join(FORMATS)}")
        settings.put("format", value, Origin("MAILCHECK_FORMAT"))
    offline = environ.get("MAILCHECK_OFFLINE")
    if offline is not None:
        if offline.lower() not in _TRUE:
            raise ConfigError(f"MAILCHECK_OFFLINE={offline!r:.40} is neither 1 nor 0")
        settings.put("offline", _TRUE[offline.lower()], Origin("MAILCHECK_OFFLINE"))
