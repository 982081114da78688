"""What an SPF evaluation gives: a result word, why, and every step that led there."""

from typing import NamedTuple

from mailcheck.dns.rdata import Records
from mailcheck.model.fact import Fact
from mailcheck.model.location import Span
from mailcheck.model.value import dataclass


class Step(NamedTuple):
    """One step of an evaluation, in the order in which they were taken.

    `kind` is record (a domain's record was looked for), mechanism, redirect or exp; `depth` counts the includes
    around it. `term` stands at `span` in the record of `domain`; of a record it is the whole text.
    `target` is the name it asked about, macros expanded; None where it asks nothing, or where a macro has no
    value in the DNS. `outcome` is match, not-match, found, none, followed, used, ignored, temperror or permerror.
    `addresses` are those it was compared with; `note` says what happened. `lookups` and `void_lookups` are
    the counts after it.
    """

    kind: str
    depth: int
    domain: str
    term: str
    span: Span | None
    target: str | None
    outcome: str
    note: str = ""
    addresses: tuple[str, ...] = ()
    facts: tuple[Fact[Records], ...] = ()
    lookups: int = 0
    void_lookups: int = 0


@dataclass(frozen=True, slots=True)
class SpfResult:
    """The result of check_host() (RFC 7208 4).

    `result` is pass, fail, softfail, neutral, none, temperror or permerror (2.6). `explanation` is the domain's own
    text for a fail (6.2): a stranger's words, None where it gives none. `matched` is the term that decided,
    as the sender's own record (or the one it redirects to) writes it; None where none matched. `lookups` are the
    terms that ask the DNS, of at most 10; `void_lookups` those of them that found nothing, of at most 2
    (4.6.4). `reason` is our sentence for the result; `domain` and `identity` (mailfrom or helo) tell what was checked.
    """

    result: str
    explanation: str | None = None
    matched: str | None = None
    lookups: int = 0
    void_lookups: int = 0
    trace: tuple[Step, ...] = ()
    reason: str = ""
    domain: str = ""
    identity: str = "mailfrom"
