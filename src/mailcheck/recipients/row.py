"""The verdict of one row. Pure: what is known of its domain comes in, and nothing is looked up.

Every way to read a list, and every faster one, ends here or has to give the same.
"""

from collections.abc import Collection
from functools import lru_cache

from mailcheck.data import recipients_facts as known
from mailcheck.model.value import dataclass
from mailcheck.recipients.address import Address
from mailcheck.recipients.mail_hosts import MailHosts, is_disposable, reasons_of
from mailcheck.recipients.reason import Reason, verdict_of
from mailcheck.recipients.typos import LIKELY, Guess, guess


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another address that was probably meant, from 0 to 1 how sure that is, and why. Never put in by itself."""

    address: str
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class Row:
    """One address judged: the verdict word, every reason, the form to send to, and what was probably meant."""

    address: Address
    verdict: str
    reasons: tuple[Reason, ...]
    suggestion: Suggestion | None = None


@dataclass(frozen=True, slots=True)
class DomainView:
    """What a domain means for every address at it; made once a domain."""

    reasons: tuple[Reason, ...] = ()
    deliverable: bool | None = None
    guess: Guess | None = None


NOTHING = DomainView()


def view_of(domain: str, hosts: MailHosts | None = None, *, ratio: float = 0.0) -> DomainView:
    """What is to be said of every address at a domain (its form in the DNS).

    `hosts` is what the DNS says, None where it was not asked; `ratio` is how many times more often the list holds the
    domain that `guess` would name.
    """
    reasons = list(reasons_of(hosts)) if hosts is not None else []
    deliverable = hosts.deliverable if hosts is not None else None
    if domain in known.free_providers():
        reasons.append(Reason("free-provider", domain))
    listed = is_disposable(domain)
    if listed:
        reasons.append(Reason("disposable", listed))
    found = guess(domain, deliverable=deliverable, ratio=ratio)
    if found is not None:
        reasons.append(Reason("typo-likely" if found.confidence >= LIKELY else "typo-possible", found.domain))
    return DomainView(tuple(reasons), deliverable, found)


def judge_row(
    address: Address, view: DomainView = NOTHING, more: tuple[Reason, ...] = (), selected: Collection[str] | None = None
) -> Row:
    """One address with what is known of its domain, and `more` that its list says (duplicates, suppression).

    With `selected`, reasons whose rule is not in it do not count.
    """
    reasons = address.reasons
    if view.deliverable and reasons:
        # A domain that takes mail exists, whatever a list of top-level domains or registries says.
        reasons = tuple(each for each in reasons if each.name not in _REFUTED)
    if address.normalized is not None:
        reasons = (*reasons, *view.reasons, *_of_person(address.local.lower()))
    reasons = (*reasons, *more)
    if selected is not None:
        reasons = tuple(each for each in reasons if each.name in selected)
    return Row(address, verdict_of(reasons), reasons, _suggestion(address, view))


_REFUTED = frozenset({"domain-unknown-tld", "domain-is-suffix"})


@lru_cache(maxsize=10_000)
def _of_person(local: str) -> tuple[Reason, ...]:
    from mailcheck.model.severity import Severity

    found: tuple[Reason, ...] = ()
    name, plus, tag = local.partition("+")
    if plus and name and tag:
        found = (Reason("subaddress", f"+{tag}"),)
    refuse, role = known.roles()
    if name in refuse:
        return (*found, Reason("role-account", name, Severity.ERROR))
    return (*found, Reason("role-account", name)) if name in role else found


def _suggestion(address: Address, view: DomainView) -> Suggestion | None:
    if address.repaired is not None:
        return Suggestion(address.repaired, 0.95, "the same without what cannot stand in it")
    if view.guess is None or address.domain is None or not address.local:
        return None
    found = view.guess
    return Suggestion(f"{address.local}@{found.domain}", found.confidence, found.why)
