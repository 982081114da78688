"""The report of a list: by reason and by domain, never a row by itself; the verdict is one of shares. Pure."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from mailcheck.data import recipients_facts as known
from mailcheck.model.judge import judge
from mailcheck.model.location import RowLocation
from mailcheck.model.report import SubjectReport
from mailcheck.model.value import dataclass
from mailcheck.recipients.checking import VERDICTS, Seen, Summary
from mailcheck.recipients.judging import ASKED, LISTED, rules
from mailcheck.recipients.lists.reading import RecipientList
from mailcheck.recipients.mail_hosts import MailHosts
from mailcheck.recipients.reason import codes
from mailcheck.recipients.view import Hit, Judged

OWN = frozenset({"suppressed", "suppressed-domain"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The shares of rows, in percent, above which a list fails (`bad`), or is not determined (`unknown`)."""

    bad: float = 2.0
    unknown: float = 5.0


def share(rows: int, of: int) -> float:
    """In percent."""
    return 100.0 * rows / of if of else 0.0


def verdict_of(summary: Summary, limits: Limits) -> str:
    """fail, unknown or pass."""
    if share(summary.failing, summary.rows) > limits.bad:
        return "fail"
    return "unknown" if share(summary.verdicts["unknown"], summary.rows) > limits.unknown else "pass"


def report_list(
    table: RecipientList,
    summary: Summary,
    hosts: Mapping[str, MailHosts],
    limits: Limits,
    selection: Collection[str],
    show: Callable[[str], str],
    *,
    asked: bool,
    suppressions: int,
) -> SubjectReport:
    """The report; `show` is how an address appears in it, `asked` whether the DNS was, `suppressions` how many entries
    the rows were compared with.
    """
    hits = {name: (_hit(name, seen, table, hosts, show),) for name, seen in summary.reasons.items()}
    silent = (frozenset() if asked else ASKED) | (frozenset() if suppressions else OWN)
    chosen = [each for each in rules(selection) if each.name not in silent - set(hits)]
    place = RowLocation(table.path, 1, table.column)
    judgement = judge(chosen, Judged(table.name, hits), locus=place)
    return SubjectReport(
        table.name,
        verdict_of(summary, limits),
        tuple(judgement.findings),
        tuple(judgement.passed),
        tuple(judgement.unknown),
        (),
        facts_of(table, summary, hosts, limits, suppressions),
        {"RCP": drawing(summary, limits)},
    )


def _hit(
    name: str, seen: Seen, table: RecipientList, hosts: Mapping[str, MailHosts], show: Callable[[str], str]
) -> Hit:
    first, text = seen.named[0]
    named = tuple(f"row {number} ({show(text)})" for number, text in seen.named)
    host = hosts.get(text.rpartition("@")[2]) if name in ASKED else None
    detail = _private(name, seen.detail, show)
    place = RowLocation(table.path, first, table.column)
    return Hit(detail, place, seen.severity, seen.rows, named, host.evidence if host is not None else ())


_OF_A_PERSON = frozenset({"addr-display-name", "addr-placeholder", "subaddress", "addr-no-at", "local-utf8"})


def _private(name: str, detail: str, show: Callable[[str], str]) -> str:
    """What a reason says of one row is not told of a list where it could name a person."""
    return show(detail) if name in _OF_A_PERSON and name not in LISTED else detail


def facts_of(
    table: RecipientList, summary: Summary, hosts: Mapping[str, MailHosts], limits: Limits, suppressions: int
) -> dict[str, Any]:
    """The facts of one list."""
    return {
        "rows": summary.rows,
        "verdicts": {word: summary.verdicts[word] for word in VERDICTS},
        "failing": summary.failing,
        "shares": {
            "failing": round(share(summary.failing, summary.rows), 3),
            "unknown": round(share(summary.verdicts["unknown"], summary.rows), 3),
        },
        "limits": {"max_bad": limits.bad, "max_unknown": limits.unknown},
        "reasons": {name: seen.rows for name, seen in _ordered(summary)},
        "domains": {
            "distinct": len(summary.domains),
            "asked": len(hosts),
            "unknown": sum(each.state == "unknown" for each in hosts.values()),
        },
        "worst_domains": [
            {"domain": domain, "rows": counts.total(), **{word: counts[word] for word in VERDICTS}}
            for domain, counts in summary.worst()
        ],
        "read": {
            "format": table.format,
            "encoding": table.encoding.name,
            "encoding_assumed": table.encoding.assumed,
            "delimiter": table.delimiter,
            "column": table.column,
        },
        "suppressions": suppressions,
        "lists": known.dates(),
    }


def _ordered(summary: Summary) -> list[tuple[str, Seen]]:
    return sorted(summary.reasons.items(), key=lambda item: (-item[1].rows, item[0]))


def drawing(summary: Summary, limits: Limits) -> tuple[str, ...]:
    """Counts for the terminal: verdicts, reasons, worst domains."""
    lines = ["rows      share     verdict"]
    lines += [
        f"{summary.verdicts[word]:<9,} {f'{share(summary.verdicts[word], summary.rows):.2f} %':<9} {word}"
        for word in VERDICTS
    ]
    lines.append(
        f"{summary.failing:,} rows fail, {limits.bad:g} % may; "
        f"{summary.verdicts['unknown']:,} are not determined, {limits.unknown:g} % may be"
    )
    if summary.reasons:
        lines += ["", "rows      reason"]
        lines += [f"{seen.rows:<9,} {codes()[name]} {name}" for name, seen in _ordered(summary)]
    worst = summary.worst()
    if worst:
        lines += ["", "bad       risky     unknown   rows      domain"]
        lines += [
            f"{counts['bad']:<9,} {counts['risky']:<9,} {counts['unknown']:<9,} {counts.total():<9,} {domain}"
            for domain, counts in worst
        ]
    return tuple(lines)
