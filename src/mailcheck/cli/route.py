"""Which verb is meant: decided by the grammar of the words alone, never by the file system."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailcheck.model.errors import UsageError

VERBS = ("audit", "explain", "rules", "config", "completion")
"""The verbs that work."""
RESERVED = {
    "lint": "lint", "verify": "verify", "recipients": "recipients", "presend": "presend", "bounces": "bounces",
    "reports": "reports", "events": "events", "suppressions": "suppressions", "metrics": "metrics",
    "simulate": "simulate", "preview": "preview", "ledger": "ledger",
}  # fmt: skip
"""Verbs whose names are kept for what is still to be built."""
FILES = (
    ".html", ".htm", ".mjml", ".eml", ".j2", ".jinja", ".jinja2", ".liquid", ".hbs", ".mustache", ".njk", ".twig",
    ".erb", ".toml", ".txt", ".csv", ".tsv", ".json", ".jsonl", ".parquet", ".xml", ".yaml", ".yml", ".gz", ".mbox",
)  # fmt: skip
"""Endings of files, none of which is a top-level domain."""
FLAGS = frozenset(
    (
        "--exit-zero", "--allow-unknown", "--statistics", "--isolated", "--offline", "-q", "--quiet", "-v",
        "--verbose", "-h", "--help", "--version",
    )
)  # fmt: skip
"""Options without a value; every other one takes the next word unless it holds an equals sign."""


@dataclass(frozen=True, slots=True)
class Route:
    """The verb (None: help for the command itself), and the words for its parser."""

    verb: str | None
    words: tuple[str, ...]


def route(words: Sequence[str]) -> Route:
    """Find the verb. A bare domain means audit.

    Raises UsageError that names the right command for a file, an address or a misspelt verb.
    """
    first = _first_plain(words)
    if first is None:
        return Route(None, tuple(words))
    at, word = first
    rest = (*words[:at], *words[at + 1 :])
    if word in VERBS:
        return Route(word, rest)
    if word in RESERVED:
        raise UsageError(f"`mailcheck {word}` is not part of this version; what works: {', '.join(VERBS)}")
    if "." in word.strip(".") and not _is_file(word) and "@" not in word and "/" not in word:
        return Route("audit", tuple(words))
    raise UsageError(_remedy(word))


def _first_plain(words: Sequence[str]) -> tuple[int, str] | None:
    skip = False
    for at, word in enumerate(words):
        if skip:
            skip = False
        elif word == "--":
            return (at + 1, words[at + 1]) if at + 1 < len(words) else None
        elif word == "-" or not word.startswith("-"):
            return at, word
        elif "=" not in word and word not in FLAGS:
            skip = True
    return None


def _is_file(word: str) -> bool:
    return word.lower().endswith(FILES)


def check_domain_word(word: str) -> None:
    """Refuse what is meant for another verb. Raises UsageError."""
    if "/" in word or "\\" in word or "@" in word or _is_file(word):
        raise UsageError(_remedy(word))


def _remedy(word: str) -> str:
    shown = word if len(word) <= 80 else word[:77] + "…"
    if "://" in word:
        return f"{shown!r} is a URL; audit its host: mailcheck {word.partition('://')[2].split('/')[0][:80]}"
    if "/" not in word and "@" in word:
        return f"{shown!r} is an e-mail address; to audit its domain: mailcheck {word.rpartition('@')[2][:80]}"
    if word.lower().endswith(".toml"):
        return f"{shown!r} is a file; a configuration is given with --config {shown}"
    if word.lower().endswith((".txt", ".csv")):
        return f"{shown!r} is a file; a list of domains is audited with: mailcheck audit --from {shown}"
    if word.lower().endswith(".eml"):
        return f"{shown!r} is a message; audit its domain with its selectors: mailcheck DOMAIN --from-eml {shown}"
    if _is_file(word) or "/" in word or "\\" in word:
        return f"{shown!r} is a file, and mailcheck DOMAIN takes a domain name such as example.com"
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), VERBS, n=1, cutoff=0.6)
    if near:
        return f"there is no command {shown!r}; did you mean `mailcheck {near[0]}`?"
    return (
        f"{shown!r} is neither a command ({', '.join(VERBS)}) nor a domain name with a dot; "
        f"to audit a name without one: mailcheck audit {shown}"
    )
