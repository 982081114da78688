"""A rule: one function with its documentation, and the metadata its decorator gives it."""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, TypeVar

from mailcheck.model.finding import Finding, Undetermined
from mailcheck.model.severity import Severity
from mailcheck.model.value import dataclass

Result = Iterator[Finding | Undetermined]
Check = Callable[[Any], Result]
C = TypeVar("C", bound=Check)


class Fixable(StrEnum):
    """Whether the rule offers a fix, and of which kind."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Rule:
    """Metadata and check of one rule.

    `needs` names the facts of the view without which the rule is not called but reported unknown;
    `applies` says whether the subject is one the rule speaks about at all.
    """

    code: str
    name: str
    severity: Severity
    since: str
    fix: Fixable
    status: str
    module: str
    check: Check
    needs: tuple[str, ...] = ()
    applies: Callable[[Any], bool] | None = None

    @property
    def family(self) -> str:
        """The letters of the code."""
        return self.code.rstrip("0123456789")

    @property
    def doc(self) -> "RuleDoc":
        """The docstring, taken apart."""
        return RuleDoc.parse(self.check.__doc__ or "")


@dataclass(frozen=True, slots=True)
class RuleDoc:
    """The sections of a rule's docstring."""

    summary: str
    why: str
    bad: tuple[str, ...]
    good: tuple[str, ...]
    fix: str
    references: str

    @classmethod
    def parse(cls, text: str) -> "RuleDoc":
        """Split at `Why:`, `Bad:`, `Good:`, `Fix:` and `References:`; what comes first is the summary."""
        parts: dict[str, list[str]] = {"": []}
        current = ""
        lines = text.splitlines()
        margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
        for written in lines:
            # Examples keep what they are indented further.
            line = written[margin:].rstrip() if current in {"Bad", "Good"} else written.strip()
            head = re.match(r"\s*(Why|Bad|Good|Fix|References):\s*(.*)", written)
            if head:
                current = head[1]
                parts.setdefault(current, [])
                if head[2]:
                    parts[current].append(head[2])
            else:
                parts[current].append(line)
        return cls(
            summary=_join(parts[""]),
            why=_join(parts.get("Why", [])),
            bad=tuple(line for line in parts.get("Bad", []) if line),
            good=tuple(line for line in parts.get("Good", []) if line),
            fix=_join(parts.get("Fix", [])),
            references=_join(parts.get("References", [])),
        )


def _join(lines: list[str]) -> str:
    return " ".join(line for line in lines if line)


_RULES: dict[str, Rule] = {}


def rule(
    code: str,
    name: str,
    severity: Severity,
    *,
    since: str,
    fix: Fixable = Fixable.MANUAL,
    status: str = "stable",
    needs: tuple[str, ...] = (),
    applies: Callable[[Any], bool] | None = None,
) -> Callable[[C], C]:
    """Register the decorated function as the check of a rule.

    Raises ValueError when code or name is taken: codes are never used twice.
    """

    def register(check: C) -> C:
        taken = _RULES.get(code)
        if taken and taken.module != check.__module__:
            raise ValueError(f"{code} is {taken.name} already")
        _RULES[code] = Rule(code, name, severity, since, fix, status, check.__module__, check, needs, applies)
        return check

    return register


def loaded(*families: str) -> list[Rule]:
    """The rules of these families whose modules have been imported, in the order of their codes."""
    chosen = [each for each in _RULES.values() if not families or each.family in families]
    return sorted(chosen, key=lambda each: each.code)
