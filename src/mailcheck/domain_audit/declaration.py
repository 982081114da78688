"""What cannot be guessed about a domain and is told to us: `[domain."example.com"]` and flags."""

from mailcheck.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Declaration:
    """Declared facts. `sends` None means not declared; `kind` is free text shown in the report."""

    sends: bool | None = None
    selectors: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    bounce_domains: tuple[str, ...] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a message of this domain shows: `--from-eml`.

    `signatures` are (d=, s=) pairs of DKIM signatures, `bounce_domains` Return-Path domains,
    `source` the file.
    """

    source: str
    signatures: tuple[tuple[str, str], ...] = ()
    bounce_domains: tuple[str, ...] = ()
