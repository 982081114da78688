"""`mailcheck config`: every setting in force, and where it comes from."""

import datetime
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mailcheck.cli import options
from mailcheck.cli.streams import emit

if TYPE_CHECKING:
    from mailcheck.config.templates import PathTable

FORMATS = ("terminal", "json")


def parser() -> options.Parser:
    """The options of this verb: what it shows, and the flags that other verbs lay over the settings."""
    found = options.Parser(
        prog="mailcheck config",
        usage="mailcheck config [OPTIONS]",
        description="Every setting in force and where it comes from: flag, environment, file and line, or default.\n"
        "Flags given here are shown as another command would take them.",
    )
    options.add_look_up_options(found, FORMATS)
    options.add_config_options(found)
    options.add_rule_options(found)
    options.add_exit_options(found)
    options.add_resolver_options(found)
    return found


def main(words: Sequence[str]) -> int:
    """Run the verb; returns the exit code. Raises UsageError and ConfigError."""
    args = parser().parse_args(list(words))

    from mailcheck.cli.settings import selection_of, settings_of

    # --format is the form of this answer here, not the setting.
    settings = settings_of(Namespace(**vars(args) | {"format": None}))
    selection_of(settings)
    shown = {
        "file": settings.path,
        "settings": {
            name: {"value": value, "origin": str(settings.origins[name])} for name, value in settings.values.items()
        },
        "domains": {
            name: {"values": table.values, "origin": f"{settings.path}:{table.line}"}
            for name, table in settings.domains.items()
        },
        "accept": [
            {
                "rule": each.rule,
                "domain": each.domain,
                "reason": each.reason,
                "until": each.until.isoformat() if each.until else None,
                "origin": f"{settings.path}:{each.line}",
            }
            for each in settings.accepts
        ],
        "templates": _patterns(settings.templates, settings.path),
        "per-file-ignores": _patterns(settings.file_ignores, settings.path),
        "set": [
            {"parts": each.parts, "kind": each.kind, "origin": f"{settings.path}:{each.line}"} for each in settings.sets
        ],
    }
    if args.format == "json":
        from mailcheck.report.ascii_json import dump

        emit(dump(shown, indent=1) + "\n")
    else:
        emit(_text(shown, args.color))
    return 0


def _text(shown: dict[str, Any], color: str) -> str:
    from mailcheck.cli.output import look_up_page

    page = look_up_page(color)
    page.line(f"File: {shown['file']}" if shown["file"] else "File: none found; these are the defaults")
    page.line()
    page.line("Settings", style="bold")
    for name, item in shown["settings"].items():
        page.columns(f"{name:<15}  {_toml(item['value']):<22}  {item['origin']}", 2)
    for name, item in shown["domains"].items():
        page.line()
        page.line(f"Domain {name}", style="bold")
        page.line(item["origin"], 2, style="dim")
        for key, value in item["values"].items():
            page.columns(f"{key:<15}  {_toml(value)}", 2)
    for item in shown["accept"]:
        page.line()
        page.line(f"Accepted: {item['rule']} for {item['domain']}", style="bold")
        page.line(item["origin"], 2, style="dim")
        page.wrap(item["reason"], 2)
        page.line(f"until {item['until']}" if item["until"] else "without a last day", 2)
    for table in ("templates", "per-file-ignores"):
        if shown[table]:
            page.line()
            page.line(f"[{table}]", style="bold")
        for pattern, item in shown[table].items():
            page.columns(f"{_toml(pattern)} = {_toml(item['value'])}  {item['origin']}", 2)
    for item in shown["set"]:
        page.line()
        page.line("Message set", style="bold")
        page.line(item["origin"], 2, style="dim")
        for name, value in {**item["parts"], **({"kind": item["kind"]} if item["kind"] else {})}.items():
            page.columns(f"{name:<15}  {_toml(value)}", 2)
    return page.text()


def _patterns(table: "PathTable", path: str | None) -> dict[str, Any]:
    """A table of patterns: the value of each, and where it stands."""
    return {
        pattern: {"value": value, "origin": f"{path}:{table.lines[pattern]}"} for pattern, value in table.values.items()
    }


def _toml(value: object) -> str:
    """The value as it stands in a configuration."""
    match value:
        case None:
            return "not set"
        case bool():
            return str(value).lower()
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case float() if value.is_integer():
            return str(int(value))
        case datetime.date():
            return value.isoformat()
    return str(value)
