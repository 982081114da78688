"""Run rules over one frozen view and keep every outcome apart: finding, passed, unknown."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Protocol

from mailcheck.model.finding import DOCS, Finding, Undetermined, fingerprint
from mailcheck.model.location import ConfigLocation, DnsLocation, FileLocation, Location, MessageLocation, RowLocation
from mailcheck.model.rule import Rule
from mailcheck.model.severity import Severity
from mailcheck.model.value import dataclass, field, replace


class View(Protocol):
    """What a family of rules judges."""

    @property
    def subject(self) -> str:
        """The name of what is judged."""
        ...

    def undetermined(self, need: str) -> str | None:
        """The reason why the named fact is Unknown, None where it is settled."""
        ...


@dataclass(frozen=True, slots=True)
class Passed:
    """A rule that was called and had nothing to say."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class UnknownResult:
    """A rule that could not be judged, and why."""

    code: str
    name: str
    reason: str
    blocking: bool = True


@dataclass(slots=True)
class Judgement:
    """What a set of rules said about one subject; `cut` are the codes of rules that had more to say than was asked."""

    findings: list[Finding] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    unknown: list[UnknownResult] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)


def judge(rules: Iterable[Rule], view: View, *, locus: Location | None = None, most: int | None = None) -> Judgement:
    """Call every rule that applies; a crash in one loses that rule's result only (RUN001).

    With `most`, no rule is asked for more findings than that.
    """
    judgement = Judgement()
    seen: Counter[tuple[str, str]] = Counter()
    for each in rules:
        try:
            _apply(each, view, judgement, seen, most)
        except Exception as error:  # noqa: BLE001  one boundary: no rule may take the others with it
            place = locus or ConfigLocation("mailcheck", each.code)
            judgement.findings.append(
                internal_error(view.subject, f"{each.code} ({each.name}): {type(error).__name__}: {error}", place)
            )
    return judgement


def _apply(each: Rule, view: View, judgement: Judgement, seen: Counter[tuple[str, str]], most: int | None) -> None:
    # Needs come before `applies`: a predicate that reads an unknown fact would answer "does not apply".
    for need in each.needs:
        reason = view.undetermined(need)
        if reason is not None:
            judgement.unknown.append(UnknownResult(each.code, each.name, reason))
            return
    if each.applies is not None and not each.applies(view):
        return
    findings: list[Finding] = []
    unknown: list[UnknownResult] = []
    for result in each.check(view):
        if isinstance(result, Undetermined):
            unknown.append(UnknownResult(each.code, each.name, result.reason, result.blocking))
        else:
            if most is not None and len(findings) >= most:
                judgement.cut.append(each.code)
                break
            findings.append(stamp(result, each, view.subject, seen))
    judgement.findings += findings
    judgement.unknown += unknown
    if not findings and not unknown:
        judgement.passed.append(_passed(each.code, each.name))


@cache
def _passed(code: str, name: str) -> Passed:
    """One for all subjects: of a hundred files, each rule passes most."""
    return Passed(code, name)


def stamp(finding: Finding, each: Rule, subject: str, seen: Counter[tuple[str, str]]) -> Finding:
    """Fill in what the rule and the subject know."""
    text = finding.offending or place_of(finding.location)
    ordinal = seen[each.code, text]
    seen[each.code, text] += 1
    return replace(
        finding,
        code=each.code,
        name=each.name,
        severity=finding.severity or each.severity,
        subject=subject,
        why=finding.why or each.doc.why,
        fingerprint=fingerprint(each.code, subject, text, ordinal),
        url=f"{DOCS}{each.code}",
        preview=each.status == "preview",
    )


def place_of(location: Location) -> str:
    """The place without anything that moves when other text changes."""
    match location:
        case DnsLocation(name=name, type=type_, span=span, text=text):
            part = text[span[0] : span[1]] if span and text else ""
            return f"{name} {type_} {part}"
        case FileLocation(path=path, source=source):
            return f"{path} {source or ''}"
        case ConfigLocation(path=path, key=key):
            return f"{path} {key}"
        case RowLocation(path=path, column=column):
            return f"{path or ''} {column or ''}"
        case MessageLocation(field=field, part=number, text=text, span=span):
            inside = text[span[0] : span[1]] if span and text else text or ""
            return f"{field or ''} {number or ''} {inside}"


def internal_error(subject: str, message: str, location: Location) -> Finding:
    """RUN001: mailcheck itself failed; never a verdict about the subject."""
    return Finding(
        message=f"mailcheck failed here: {message}",
        location=location,
        severity=Severity.ERROR,
        why="This is a fault of mailcheck, not of your domain; the other rules were still judged.",
        code="RUN001",
        name="internal-error",
        subject=subject,
        fingerprint=fingerprint("RUN001", subject, message, 0),
        url=f"{DOCS}RUN001",
    )
