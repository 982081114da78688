"""SUB: claims about when something ends."""

from datetime import date

from mailcheck.lint.document import Document
from mailcheck.lint.rules.subject_threads import has_subject
from mailcheck.lint.subjects.dates import Claim, Day, claims_of
from mailcheck.lint.subjects.heading import Heading
from mailcheck.lint.subjects.lines import Line
from mailcheck.lint.subjects.topics import DATE
from mailcheck.model.finding import Finding
from mailcheck.model.fix import steps
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity

NEAR = 31
"""Days within which a date in the body is one that "last chance" may speak of."""
FAR = 7
"""Days behind which the end of an offer is not what "last chance" speaks of."""


def _marketing(document: Document) -> bool:
    return has_subject(document) and document.heading.marketing and document.heading.pack is not None


@rule("SUB004", "fixed-deadline-in-subject", Severity.WARNING, since="0.1", applies=_marketing)
def fixed_deadline_in_subject(document: Document) -> Result:
    """The subject, preheader or sender's name says when something ends, and nothing supports it.

    Why: "Today only" over a sale that goes on is what the suits under Washington's CEMA (RCW 19.190.020; Brown v. Old Navy, 2025) are about, and annex I no. 7 of the EU's UCPD lists falsely stated limits of time among what is always unfair. The claim is supported by the end of the declared offer, or by a calendar date in the body; repeating it in the body is no support. An end that was declared otherwise, or has passed, makes it an error.
    Bad:
    ---
    subject: "Today only: the big sofa sale"
    kind: marketing
    ---
    <p>All sofas at our best price.</p>
    Good:
    ---
    subject: "The big sofa sale, until 5 December 2031"
    kind: marketing
    offer:
      id: sofa-11
      ends: 2031-12-05
    ---
    <p>All sofas at our best price until 5 December 2031.</p>
    Fix: Declare when the offer ends in the front matter of the template, `offer:` with `id: sofa-11` and `ends: 2031-12-05` on lines of their own, indented below it; or write the date in the body; or leave the claim out.
    References: RCW 19.190.020 (1)(b); Directive 2005/29/EC (UCPD) annex I no. 7; 15 USC 7704 (a)(2)
    """
    heading = document.heading
    pack = heading.pack
    if pack is None:
        return
    for line in heading.lines:
        claims = claims_of(line.words.text, pack, heading.evidence.calendar, heading.today)
        for claim in claims:
            told = _judged(heading, claim)
            if told is not None:
                yield _finding(line, claim, *told)
                return
            if claim.kind in {"date", "weekday"}:
                # The rest of the line speaks of the same day, less exactly.
                break


def _judged(heading: Heading, claim: Claim) -> tuple[str, Severity] | None:
    """What is wrong with a claim, and how bad; None where it is supported or cannot be known."""
    if heading.ends is not None:
        return _against_offer(heading.ends, claim, heading.today)
    evidence = heading.evidence
    if evidence.there and (not evidence.whole or evidence.may_print(DATE)):
        return None
    if not evidence.there and not heading.document.is_set:
        return None
    days = evidence.days if evidence.there else []
    if any(_fits(day_of, claim, heading.today) for day_of in days):
        return None
    if not days:
        return "nothing in the mail says when that is", Severity.WARNING
    return "the dates in the body are others", Severity.WARNING


def _against_offer(ends: date, claim: Claim, today: date | None) -> tuple[str, Severity] | None:
    if claim.kind == "date" and claim.day is not None and claim.day.is_day(ends):
        # Said and declared alike; that the day has passed tells of a campaign that is over, not of a false claim.
        return None
    if today is not None and ends < today:
        return f"the declared offer ended on {ends}", Severity.ERROR
    if claim.kind == "date" and claim.day is not None and not claim.day.is_day(ends):
        return f"the declared offer ends on {ends}", Severity.ERROR
    if claim.last is not None and ends > claim.last and claim.kind != "date":
        return f"the declared offer goes on until {ends}", Severity.ERROR
    if claim.first is not None and ends < claim.first and claim.kind != "date":
        return f"the declared offer ends before that, on {ends}", Severity.ERROR
    if claim.kind == "open" and today is not None and (ends - today).days > FAR:
        return f"the declared offer goes on until {ends}", Severity.ERROR
    return None


def _fits(day: Day, claim: Claim, today: date | None) -> bool:
    """Whether a day of the body may be the one that is meant."""
    if claim.kind == "date" and claim.day is not None:
        return bool(day.same(claim.day)) and not (today is not None and all(each < today for each in day.near(today)))
    near = day.near(today)
    if today is None or not near:
        return True
    if claim.first is None or claim.last is None:
        return any(0 <= (each - today).days <= NEAR for each in near)
    return any(claim.first <= each <= claim.last for each in near)


def _finding(line: Line, claim: Claim, why: str, severity: Severity) -> Finding:
    said = line.quoted(*line.words.place(claim.start, claim.end))
    return line.folded_finding(
        f"{said} is a claim about an end, and {why}: readers who act on it were misled (CEMA, UCPD annex I no. 7)",
        claim.start,
        claim.end,
        severity=severity,
        fix=steps(
            "declare the end in front matter (offer: with id and ends: YYYY-MM-DD below it), write the date in the body, or leave the claim out"
        ),
    )


def _with_ledger(document: Document) -> bool:
    return has_subject(document) and bool(document.ledger) and document.heading.marketing


@rule("SUB005", "extended-offer", Severity.ERROR, since="0.1", applies=_with_ledger)
def extended_offer(document: Document) -> Result:
    """An offer, or a subject, that was sent before as ending goes on behind its end.

    Why: With the first mail the readers were told a last day that was none. That is the pattern of the suits under Washington's CEMA, and UCPD annex I no. 7 names it. The ledger (`--ledger`, or `ledger` in the configuration) knows what was sent before; without one this rule does not run.
    Bad:
    {file mailcheck.toml}
    ledger = "sends.jsonl"
    {file sends.jsonl}
    {"date": "2030-11-23", "campaign": "black-friday", "subject": "0", "offer": "bf-2030", "ends": "2030-11-23"}
    {file example.html}
    ---
    subject: Black Friday goes on
    kind: marketing
    offer:
      id: bf-2030
      ends: 2030-11-28
    ---
    <p>Until 28 November 2030.</p>
    Good:
    ---
    subject: Black Friday goes on
    kind: marketing
    offer:
      id: bf-2031
      ends: 2031-11-28
    ---
    <p>Until 28 November 2031.</p>
    Fix: Let the offer end when it was said to. A new offer has a new `id`; if it is the same offer longer, do not speak of an end again, and have somebody look at the first claim.
    References: RCW 19.190.020 (1)(b); Directive 2005/29/EC (UCPD) annex I no. 7
    """
    heading = document.heading
    line = heading.subject
    today = heading.today
    if line is None or today is None:
        return
    from mailcheck.ledger.claims import conflicts
    from mailcheck.ledger.entries import entry

    name = document.subject.rsplit("/", 1)[-1].partition(".")[0]
    found = conflicts(heading.ledger, entry(today, name, line.text, heading.offer, heading.ends))
    if not found:
        return
    yield line.finding(
        f"{found[-1].sentence}: the end that readers were told was none (CEMA, UCPD annex I no. 7)",
        0,
        len(line.text),
        fix=steps("let the offer end when it was said to; a new offer needs an id of its own"),
    )
