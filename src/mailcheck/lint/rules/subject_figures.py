"""SUB: figures of the subject that the body does not have, or not so."""

import re

from mailcheck.lint.document import Document
from mailcheck.lint.rules.subject_threads import has_subject
from mailcheck.lint.subjects.figures import PERCENT, Figure, figures, worth
from mailcheck.lint.subjects.heading import Heading
from mailcheck.lint.subjects.lines import Line
from mailcheck.lint.subjects.topics import AMOUNT, ORDER
from mailcheck.model.fix import steps
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity


def _marketing(document: Document) -> bool:
    return has_subject(document) and document.heading.marketing and document.heading.evidence.there


@rule("SUB009", "up-to-discount", Severity.WARNING, since="0.1", applies=_marketing)
def up_to_discount(document: Document) -> Result:
    """The subject names a flat discount or price, the body says "up to" or "from".

    Why: Readers take the figure for what they get. "Up to" that is missing from the subject is among what the suits under Washington's CEMA plead, and UCPD article 6 (1)(d) speaks of the price and how it is calculated.
    Bad:
    ---
    subject: 50% off everything
    kind: marketing
    ---
    <p>Save up to 50% on shoes.</p>
    Good:
    ---
    subject: Up to 50% off shoes and bags
    kind: marketing
    ---
    <p>Save up to 50% on shoes.</p>
    Fix: Say "up to" or "from" in the subject as well.
    References: RCW 19.190.020 (1)(b); Directive 2005/29/EC (UCPD) article 6 (1)(d); 16 CFR 233.1
    """
    heading = document.heading
    for line, figure, told in _compared(heading):
        bounds = {each.bound for each in told}
        if figure.bound or not told or not bounds <= {"up to", "from"}:
            continue
        word = "up to" if "up to" in bounds else "from"
        said = line.quoted(*line.words.place(figure.start, figure.end))
        yield line.folded_finding(
            f"{said} stands flat here, and the body has it only as a limit ({word}): readers expect all of it",
            figure.start,
            figure.end,
            fix=steps(f"say “{word}” in the subject as well, in its language"),
        )


@rule("SUB010", "discount-mismatch", Severity.ERROR, since="0.1", applies=_marketing)
def discount_mismatch(document: Document) -> Result:
    """A percentage or price of the subject stands nowhere in the mail.

    Why: Whoever opens the mail for it looks in vain, and the subject is then a false statement about the offer (15 USC 7704 (a)(2), CEMA, UCPD article 6). Other ways of writing the same number count, alternative texts of pictures too; a tag in the number's place makes it unknown.
    Bad:
    ---
    subject: 40% off the whole shop
    kind: marketing
    ---
    <p>Take 30% off everything with the code SPRING.</p>
    Good:
    ---
    subject: 30 % off the whole shop
    kind: marketing
    ---
    <p>Take 30% off everything with the code SPRING.</p>
    Fix: Write the same figure in both places; better, make both from the same data. Where a picture tells it, put it into its alternative text.
    References: 15 USC 7704 (a)(2); RCW 19.190.020 (1)(b); Directive 2005/29/EC (UCPD) article 6 (1)(d)
    """
    heading = document.heading
    evidence = heading.evidence
    if not evidence.whole or evidence.may_print(AMOUNT, ORDER):
        return
    for line, figure, told in _compared(heading):
        if told or figure.bound == "under" or _elsewhere(figure, evidence.text):
            continue
        same = [each for each in figures(evidence.text, heading.pack) if each.key[0] == figure.key[0]]
        there = ", ".join(dict.fromkeys(evidence.text[each.start : each.end] for each in same[:3]))
        said = line.quoted(*line.words.place(figure.start, figure.end))
        yield line.folded_finding(
            f"{said} stands nowhere in the mail" + (f"; there it is {there}" if there else ""),
            figure.start,
            figure.end,
            fix=steps("write the same figure in subject and body"),
        )


def _compared(heading: Heading) -> list[tuple[Line, Figure, list[Figure]]]:
    """The figures of the lines, each with those of the bodies that are the same."""
    known = figures(heading.evidence.text, heading.pack)
    found = []
    for line in heading.lines:
        for figure in figures(line.words.text, heading.pack, 20)[:20]:
            if figure.key[0] == PERCENT and figure.key[1] in (0, 10_000):
                # 100 % cotton, 0 % interest: no discount that could be looked for.
                continue
            found.append((line, figure, [each for each in known if _same(each, figure)]))
    return found


def _same(one: Figure, other: Figure) -> bool:
    return one.key == other.key


def _elsewhere(figure: Figure, text: str) -> bool:
    """Whether an amount stands there with another sign, or without one."""
    if figure.key[0] == PERCENT:
        return False
    number = worth(figure)
    grouped = f"{number[:-3]}[.,' ]?{number[-3:]}" if number.isdigit() and len(number) > 3 else number
    return re.search(rf"(?<![\d.,])(?:{grouped})(?:[.,]00|,-|,--)?(?![\d%]|[.,]\d| ?%)", text) is not None
