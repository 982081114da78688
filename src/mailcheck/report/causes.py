"""What could not be determined, told once for each cause."""

import re
from collections.abc import Iterable

from mailcheck.model.judge import UnknownResult
from mailcheck.model.pattern import regex
from mailcheck.model.value import dataclass, field

# The form of model.fact.Unknown.sentence; any other reason is its own cause.
# A rule that met several faults tells the first and how many there are more.
_SENTENCE = regex(r"(\S+) ([A-Z][A-Z0-9]*): (\S.*?)(?: \(and (\d+) more\))?", re.DOTALL)


@dataclass(slots=True)
class Cause:
    """One cause, the questions that met it (types by name) and the rules left open, each once, in order.

    `others`: some rule met more faulty questions than are told anywhere.
    """

    text: str
    questions: dict[str, list[str]] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    blocking: bool = False
    others: bool = False


def causes(unknown: Iterable[UnknownResult]) -> list[Cause]:
    """Results that share a reason word, a server and an advice belong to one cause."""
    found: dict[str, Cause] = {}
    faults: dict[str, int] = {}
    seen: set[tuple[str, str]] = set()
    for result in unknown:
        match = _SENTENCE.fullmatch(result.reason)
        text = match[3] if match else result.reason
        cause = found.setdefault(text, Cause(text))
        cause.blocking = cause.blocking or result.blocking
        if match and match[4]:
            faults[text] = max(faults.get(text, 0), 1 + int(match[4][:9]))
        question = f"{match[1]} {match[2]}" if match else ""
        if match and (text, question) not in seen:
            cause.questions.setdefault(match[1], []).append(match[2])
            seen.add((text, question))
        rule = f"{result.code} {result.name}"
        if (text, rule) not in seen:
            cause.rules.append(rule)
            seen.add((text, rule))
    told = sum(len(types) for cause in found.values() for types in cause.questions.values())
    for text, count in faults.items():
        found[text].others = count > told
    return list(found.values())


def listed(items: list[str], limit: int | None, separator: str = ", ") -> str:
    """The items in one line; beyond `limit` only their number."""
    if limit is None or len(items) <= limit + 1:
        return separator.join(items)
    return f"{separator.join(items[:limit])} and {len(items) - limit:,} more"


def asked(cause: Cause, limit: int | None) -> str:
    """The questions, compactly: `example.com TXT, MX; _dmarc.example.com TXT`."""
    questions = [f"{name} {', '.join(types)}" for name, types in cause.questions.items()]
    return listed(questions, limit, "; ") + (" and others" if cause.others else "")
