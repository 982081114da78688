"""Which verb is meant: decided by the grammar of the words alone, never by the file system."""

from collections.abc import Iterator, Sequence

from mailcheck.model.errors import UsageError
from mailcheck.model.value import dataclass

VERBS = ("audit", "lint", "verify", "recipients", "ledger", "explain", "rules", "config", "completion")
"""The verbs that work."""
RESERVED = (
    "presend", "bounces", "reports", "events", "suppressions", "metrics", "simulate",
    "preview",
)  # fmt: skip
"""Verbs whose names are kept for what is still to be built."""
FILES = (
    ".html", ".htm", ".mjml", ".eml", ".j2", ".jinja", ".jinja2", ".liquid", ".hbs", ".mustache", ".njk", ".twig",
    ".erb", ".toml", ".txt", ".csv", ".tsv", ".json", ".jsonl", ".parquet", ".xml", ".yaml", ".yml", ".gz", ".mbox",
)  # fmt: skip
"""Endings of files, none of which is a top-level domain."""
FLAGS = frozenset(
    ("--exit-zero", "--allow-unknown", "--statistics", "--isolated", "--offline", "--quiet", "--verbose", "--help",
     "--no-second-opinion", "--fix", "--diff", "--with-dependents", "--force-exclude", "--show-addresses",
     "--hash-output")
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
    plain = list(_plain(words))
    if not plain:
        return Route(None, tuple(words))
    at, word = plain[0]
    rest = (*words[:at], *words[at + 1 :])
    if word in VERBS:
        return Route(word, rest)
    if word in RESERVED:
        raise UsageError(f"`mailcheck {word}` is not part of this version; what works: {', '.join(VERBS)}")
    if "." not in word.strip("."):
        raise UsageError(_remedy(word))
    check_domain_word(word)
    later = next((other for _, other in plain[1:] if other in VERBS), None)
    if later:
        raise UsageError(f"the command comes first: mailcheck {later} …; to audit a name without a dot: {later}.")
    return Route("audit", tuple(words))


def _plain(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The words that are neither options nor their values, with their places."""
    value = only_plain = False
    for at, word in enumerate(words):
        if value:
            value = False
        elif only_plain or word == "-" or not word.startswith("-"):
            yield at, word
        elif word == "--":
            only_plain = True
        else:
            # No short option takes a value, so that -qv is two flags.
            value = word.startswith("--") and "=" not in word and word not in FLAGS


def is_file_word(word: str) -> bool:
    """Whether a word ends as files do, whatever else is in it."""
    return _is_file(word)


def _is_file(word: str) -> bool:
    return word.lower().endswith(FILES)


def check_domain_word(word: str) -> None:
    """Refuse what is no domain but meant for another verb or option. Raises UsageError."""
    if "/" in word or "\\" in word or "@" in word or ":" in word or _is_file(word):
        raise UsageError(_remedy(word))


def _remedy(word: str) -> str:
    shown = word if len(word) <= 80 else word[:77] + "…"
    if not word.strip():
        return "an empty word is given where a domain or a command should stand"
    if "://" in word:
        return f"{shown!r} is a URL; audit its host: mailcheck {word.partition('://')[2].split('/')[0][:80]}"
    if "/" not in word and "@" in word:
        return (
            f"{shown!r} is an e-mail address; to check it: mailcheck recipients {shown}; "
            f"to audit its domain: mailcheck {word.rpartition('@')[2][:80]}"
        )
    if word.lower().endswith(".toml"):
        return f"{shown!r} is a file; a configuration is given with --config {shown}"
    if word.lower().endswith((".txt", ".csv")):
        return (
            f"{shown!r} is a file; a list of domains is audited with: mailcheck audit --from {shown}; "
            f"a list of recipients is checked with: mailcheck recipients {shown}"
        )
    if word.lower().endswith((".tsv", ".jsonl", ".parquet")):
        return f"{shown!r} is a file; a list of recipients is checked with: mailcheck recipients {shown}"
    if word.lower().endswith(".eml"):
        return (
            f"{shown!r} is a message; to verify who sent it: mailcheck verify {shown}; "
            f"to judge what it says: mailcheck lint {shown}; "
            f"to audit its domain with its selectors: mailcheck DOMAIN --from-eml {shown}"
        )
    if word == "-":
        return (
            "a list of domains on standard input is audited with: mailcheck audit --from -; "
            "a template is judged with: mailcheck lint -; a message is verified with: mailcheck verify -"
        )
    if word.lower().endswith(".mbox"):
        return f"{shown!r} is a mailbox; its messages are verified with: mailcheck verify {shown}"
    if _is_file(word) or "/" in word or "\\" in word:
        return f"{shown!r} is a file; to judge templates and messages: mailcheck lint {shown}"
    host, colon, port = word.rpartition(":")
    if "." in host and port.isdigit():
        return f"{shown!r} has a port; audit its host: mailcheck {host[:80]}"
    if colon:
        return f"{shown!r} is no domain name (an IP address?); name the domain in your From address"
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), VERBS, n=1, cutoff=0.6)
    if near:
        return f"there is no command {shown!r}; did you mean `mailcheck {near[0]}`?"
    return (
        f"{shown!r} is neither a command ({', '.join(VERBS)}) nor a domain name with a dot; "
        f"to audit a name without one: mailcheck audit {shown}"
    )
