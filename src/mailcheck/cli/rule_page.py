"""A rule's page, rendered from its docstring: for the terminal, as JSON, as Markdown."""

from collections.abc import Iterable
from typing import Any

from mailcheck.model.finding import DOCS
from mailcheck.model.pattern import regex
from mailcheck.model.registry import Entry, load
from mailcheck.model.rule import RuleDoc
from mailcheck.report.page import Page

_ABOUT_DOMAINS = ("DNS", "MX", "SPF", "DKIM", "DMARC", "STS", "TLSRPT", "DANE", "BIMI", "TLS")
"""Families that judge records: their examples are lines of a zone, and a person may accept their findings."""
_ABOUT_CONTENT = (
    "HDR", "MIM", "SUB", "PRE", "UNS", "LEG", "LNK", "SEC", "TPL", "HTM", "CSS", "IMG", "ACC", "TXT", "SIZ", "SPM",
)  # fmt: skip
"""Families that judge templates and messages: their examples are text, and a comment in the file spares a line."""
_PLACEHOLDERS = {
    "rsa768": "MHwwDQ…",
    "rsa1024": "MIGfMA…",
    "rsa2048": "MIIBIj…",
    "rsa2048_cut": "MIIBIj… (cut off)",
    "ed25519": "11qYAY…",
    "ed25519_spki": "MCowBQ…",
}
"""Keys of the examples are put in for tests; a page shows how they begin. `%{i}` is a macro, no placeholder."""
_PLACEHOLDER = regex(r"(?<!%)\{([a-z][a-z0-9_]+)\}")
_FIXES = {
    "safe": "a change that can be applied as it stands",
    "unsafe": "a change to be looked at before it is applied",
    "manual": "steps for a person",
}


_REPEAT = regex(r"\{(repeat|line) (\d+) (.*)\}")
_DIRECTIVE = regex(r"\{(marketing|transactional|blank|file (\S+))\}")


def content_example(line: str) -> str:
    """One line of an example of a template or message; what stands for a file or a kind is said in words."""
    repeated = _REPEAT.fullmatch(line)
    if repeated:
        how = "on lines of their own" if repeated[1] == "repeat" else "on one line"
        return f"{repeated[3]} ({int(repeated[2]):,} times, {how})"
    directive = _DIRECTIVE.fullmatch(line)
    if directive is None:
        return line
    if directive[2]:
        return f"(file {directive[2]})"
    return "" if directive[1] == "blank" else f"(a {directive[1]} message)"


def example(line: str) -> str:
    """One line of a Bad or Good example of records as people read it."""
    if line.startswith("{audit "):
        return f"; the domain is {line[7:].rstrip('}')}"
    if line.startswith(";"):
        return f"; declared: {line[1:].strip()}"
    owner, _, type_ = line.partition(" ")
    if type_.isupper() and " " not in type_ and type_ != "NXDOMAIN":
        return f"; no {type_} record at {owner}"
    return _PLACEHOLDER.sub(lambda match: _PLACEHOLDERS.get(match[1], "…"), line)


def head(entry: Entry) -> dict[str, Any]:
    """What the registry says of a rule, for JSON."""
    return {
        "code": entry.code,
        "name": entry.name,
        "family": entry.family,
        "severity": entry.severity,
        "since": entry.since,
        "status": entry.status,
        "fixable": entry.fix,
        "summary": entry.summary,
        "url": f"{DOCS}{entry.code}",
    }


def full(entry: Entry) -> dict[str, Any]:
    """The whole page, for JSON."""
    doc = load(entry).doc
    return head(entry) | {
        "why": doc.why,
        "bad": _examples(entry, doc.bad),
        "good": _examples(entry, doc.good),
        "fix": doc.fix,
        "references": doc.references,
    }


def _examples(entry: Entry, lines: Iterable[str]) -> list[str]:
    shown = example if entry.family in _ABOUT_DOMAINS else content_example
    return [shown(line) for line in lines]


def turn_off(entry: Entry) -> list[str]:
    """How to be spared the rule: lines of the command and of mailcheck.toml."""
    if entry.family == "RUN":
        return []
    lines = [f"--ignore {entry.code}", f'ignore = ["{entry.name}"]']
    if entry.family in _ABOUT_CONTENT:
        return [
            *lines,
            "[per-file-ignores]",
            f'"old/**" = ["{entry.name}"]',
            "",
            "or, in the template, above the line:",
            f"<!-- mailcheck: ignore[{entry.name}] why it may stay -->",
        ]
    if entry.family not in _ABOUT_DOMAINS:
        return lines
    return [
        *lines,
        "[[accept]]",
        f'rule = "{entry.name}"',
        'domain = "example.com"',
        'reason = "why it may stay"',
        "until = 2027-01-31",
    ]


def on_page(page: Page, entry: Entry) -> None:
    """Write the page for the terminal."""
    doc = load(entry).doc
    page.styled((None, f"{entry.code} "), ("bold", entry.name))
    preview = [" · preview: runs only where it is selected"] if entry.status == "preview" else []
    page.styled((entry.severity, entry.severity), (None, "".join([f" · since {entry.since}", *preview])))
    page.line()
    page.wrap(doc.summary, 0)
    for title, text in _sections(entry, doc):
        if text:
            page.line()
            page.line(title, style="bold")
        for line in text if isinstance(text, list) else []:
            first, _, rest = line.partition(" ")
            if rest:
                page.wrap(rest, 4, first=f"{first} ")
            else:
                page.line(first, 4)
        if isinstance(text, str) and text:
            page.wrap(text, 2)


def _sections(entry: Entry, doc: RuleDoc) -> Iterable[tuple[str, str | list[str]]]:
    # The examples of other families are no zone lines.
    records = ", as records of example.com" if entry.family in _ABOUT_DOMAINS else ""
    content = entry.family in _ABOUT_CONTENT
    yield "Why", doc.why
    yield f"Bad{records}", _examples(entry, doc.bad)
    yield f"Good{records}", _examples(entry, doc.good)
    yield f"Fix: {_FIXES[entry.fix]}", doc.fix
    yield "References", doc.references
    off = turn_off(entry)
    yield "Turn it off: for one run", off[:1]
    yield f"In mailcheck.toml, for all {'files' if content else 'domains'}", off[1:2]
    yield "For some files, or for one line" if content else "In mailcheck.toml, for one domain and until a day", off[2:]


def as_markdown(entry: Entry) -> str:
    """The page as Markdown."""
    from mailcheck.report.markdown_ import block, code, prose

    doc = load(entry).doc
    lines = [f"# {entry.code} {code(entry.name)}", "", f"**{entry.severity}**, since {entry.since}"]
    if entry.status == "preview":
        lines[-1] += ", preview: runs only where it is selected"
    lines += ["", prose(doc.summary)]
    for title, text in _sections(entry, doc):
        if text:
            lines += ["", f"## {title}", "", *(block(text) if isinstance(text, list) else [prose(text)])]
    return "\n".join(lines) + "\n"
