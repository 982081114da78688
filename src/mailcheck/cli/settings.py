"""The settings in force: defaults, file, environment, and the flags laid over them."""

from argparse import Namespace

from mailcheck.cli.options import words
from mailcheck.config.discovery import load
from mailcheck.config.schema import Origin, Settings
from mailcheck.model import registry
from mailcheck.model.errors import ConfigError, UsageError
from mailcheck.model.selection import Selection
from mailcheck.model.value import replace

FLAGS = ("select", "extend-select", "ignore", "fail-on", "format", "baseline", "offline", "allow-unknown", "timeout",
         "resolver", "kind", "ledger")  # fmt: skip
"""Settings that a flag of the same name overrides, where the verb has it."""


def settings_of(args: Namespace, *, domains: bool = True) -> Settings:
    """The settings for one command line.

    Domain names come out as the DNS holds them; a verb that has no use for `domains` is spared reading names, which
    costs the import of dnspython. Raises UsageError and ConfigError.
    """
    if args.isolated and args.config:
        raise UsageError("--isolated and --config exclude each other: one reads no file, the other reads that one")
    settings = load(config=args.config, isolated=args.isolated)
    for name in FLAGS:
        value = getattr(args, name.replace("-", "_"), None)
        if value is None:
            continue
        if name in {"select", "extend-select", "ignore"}:
            value = words(value)
            if not value:
                raise UsageError(f"--{name} names no rule; `mailcheck rules` lists them")
        settings.put(name, tuple(value) if isinstance(value, list) else value, Origin(f"--{name}"))
    if domains and (settings.domains or settings.accepts):
        from mailcheck.config.accept import check_accepts

        _fold_names(settings)
        check_accepts(settings)
    return settings


def _fold_names(settings: Settings) -> None:
    """What people write (Bücher.example) as the audit's subjects are called (xn--bcher-kva.example)."""
    from mailcheck.dns.names import domain_argument

    def fold(name: str, line: int | None) -> str:
        try:
            return domain_argument(name)
        except UsageError as error:
            raise ConfigError(f"{settings.path}:{line}: {error}") from None

    settings.domains = {fold(name, table.line): table for name, table in settings.domains.items()}
    settings.accepts = tuple(replace(each, domain=fold(each.domain, each.line)) for each in settings.accepts)


def selection_of(settings: Settings) -> Selection:
    """The rules that run. Raises UsageError that names the flag or line with the unknown word."""
    for key in ("select", "extend-select", "ignore"):
        for word in settings[key]:
            try:
                registry.matching(word)
            except UsageError as error:
                raise UsageError(f"{settings.origins[key]}: {error}") from None
    for pattern, words_of in settings.file_ignores.values.items():
        for word in words_of:
            try:
                registry.matching(word)
            except UsageError as error:
                raise UsageError(f"{settings.path}:{settings.file_ignores.lines[pattern]}: {error}") from None
    return Selection.of(settings["select"], settings["extend-select"], settings["ignore"])
