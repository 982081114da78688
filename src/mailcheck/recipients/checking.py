"""A list judged in two passes: which domains there are, then every row with what is known of its domain."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping

from mailcheck.model.errors import InputError
from mailcheck.model.severity import Severity
from mailcheck.model.value import dataclass, field
from mailcheck.recipients.address import Address, read_address
from mailcheck.recipients.listed import Listed
from mailcheck.recipients.lists.reading import ListRow, RecipientList
from mailcheck.recipients.mail_hosts import MailHosts
from mailcheck.recipients.reason import Reason
from mailcheck.recipients.row import NOTHING, DomainView, Row, judge_row, view_of
from mailcheck.recipients.suppression import Suppressions
from mailcheck.recipients.typos import guess
from mailcheck.recipients.view import SHOWN

VERDICTS = ("ok", "risky", "bad", "unknown")
WORST = 10
"""Domains that are named."""


@dataclass(slots=True)
class Seen:
    """The rows of one reason: how many, the first of them as number and text, and the first one's detail."""

    rows: int = 0
    named: list[tuple[int, str]] = field(default_factory=list)
    detail: str = ""
    severity: Severity | None = None


@dataclass(slots=True)
class Summary:
    """What a list came to. `failing` rows have a reason that reaches the level at which a run fails."""

    rows: int = 0
    failing: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Seen] = field(default_factory=dict)
    domains: dict[str, Counter[str]] = field(default_factory=dict)

    def worst(self) -> list[tuple[str, Counter[str]]]:
        """The domains with the most bad rows, then unknown, then risky ones."""
        ill = [(domain, counts) for domain, counts in self.domains.items() if counts.total() > counts["ok"]]
        ill.sort(key=lambda item: (-item[1]["bad"], -item[1]["unknown"], -item[1]["risky"], item[0]))
        return ill[:WORST]


def domains_of(table: RecipientList) -> Counter[str]:
    """The domains to be asked for, with their rows, the most frequent first.

    Reads the whole list, so that what is wrong with it is known before anything is asked or written. Raises InputError.
    """
    found: Counter[str] = Counter()
    number = 0
    for row in table.rows():
        number = row.number
        domain = _address(row).question
        if domain:
            found[domain] += 1
    if not number:
        raise InputError(f"{table.name}: there is a header and no row")
    return Counter(dict(found.most_common()))


def views_of(counts: Mapping[str, int], hosts: Mapping[str, MailHosts]) -> dict[str, DomainView]:
    """What each domain means for its rows; `hosts` may lack those that were not asked for."""
    views = {}
    for domain, rows in counts.items():
        near = guess(domain)
        ratio = counts.get(near.domain, 0) / rows if near is not None else 0.0
        views[domain] = view_of(domain, hosts.get(domain), ratio=ratio)
    return views


def judge_list(
    table: RecipientList,
    views: Mapping[str, DomainView],
    suppressions: Suppressions,
    selected: Collection[str],
    fail_on: Severity,
    take: Callable[[int, Row], None] | None = None,
) -> Summary:
    """Judge every row; each is given to `take` as it is judged. Raises InputError."""
    summary = Summary()
    listed = Listed(suppressions)
    for row in table.rows():
        address = _address(row)
        view = views.get(address.host)
        if view is None:
            view = view_of(address.host) if address.host else NOTHING
        judged = judge_row(address, view, listed.reasons(row.number, address), selected)
        _count(summary, row.number, judged, fail_on)
        if take is not None:
            take(row.number, judged)
    return summary


def _address(row: ListRow) -> Address:
    if row.text is None:
        return Address("", reasons=(Reason("addr-empty", row.detail),))
    return read_address(row.text)


def _count(summary: Summary, number: int, judged: Row, fail_on: Severity) -> None:
    summary.rows += 1
    summary.verdicts[judged.verdict] += 1
    failing = False
    for name in {each.name: each for each in judged.reasons}.values():
        seen = summary.reasons.get(name.name)
        if seen is None:
            seen = summary.reasons[name.name] = Seen(detail=name.detail, severity=name.severity)
        seen.rows += 1
        if len(seen.named) < SHOWN:
            seen.named.append((number, judged.address.normalized or judged.address.written))
        rank = name.rank
        if rank is not None and rank.reaches(fail_on):
            failing = True
        if name.severity is not None and (seen.severity is None or name.severity.rank < seen.severity.rank):
            seen.severity = name.severity
    summary.failing += failing
    host = judged.address.host
    if host:
        counts = summary.domains.get(host)
        if counts is None:
            counts = summary.domains[host] = Counter()
        counts[judged.verdict] += 1
