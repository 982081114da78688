"""SUB: claims of a subject about the mail itself: what it is, what it gives, what came before it."""

from collections.abc import Iterator

from mailcheck.lint.document import Document
from mailcheck.lint.rules.subject_threads import has_subject
from mailcheck.lint.subjects.figures import figures
from mailcheck.lint.subjects.lines import Line
from mailcheck.lint.subjects.topics import AMOUNT, ORDER
from mailcheck.model.fix import steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity

# What belongs to one account: a masked number, a time, an address of the internet, a device, a place of sign-in.
_ACCOUNT = regex(
    r"(?:[*•x.]{2,} ?\d{2,4}\b|\b(?:ending|endet|endend|termina|terminada|finissant|eindigend|konczac\w*|biten|\w+ mit) (?:in|auf|en|par|op|na|ile)? ?\d{3,4}\b"
    r"|(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)(?: ?(?:uhr|utc|cet|am|pm))?|\b\d{1,3}(?:\.\d{1,3}){3}\b"
    r"|\b(?:chrome|firefox|safari|edge|opera|iphone|ipad|android|windows|macos|mac os|linux|pixel|galaxy|macbook)\b|\b\d{6}\b|\b\d{3} \d{3}\b)"
)
_TOKEN = regex(r"[a-z]{0,5}[-/]?\d[\w/.-]*\d[\w/-]*|\d{3,}")


def _packed(document: Document) -> bool:
    return has_subject(document) and document.heading.pack is not None


def _marketing(document: Document) -> bool:
    return _packed(document) and document.heading.marketing


def _found(document: Document, group: str, without: str = "") -> Iterator[tuple[Line, int, int]]:
    """The first match of a group in each line, what `without` matches left out."""
    heading = document.heading
    pack = heading.pack
    if pack is None:
        return
    for line in heading.lines:
        text = line.words.text
        excused = [match.span() for match in pack.group(without).finditer(text)] if without else []
        for match in pack.group(group).finditer(text):
            if not any(start < match.end() and match.start() < end for start, end in excused):
                yield line, *match.span()
                break


def _said(line: Line, start: int, end: int) -> str:
    return line.quoted(*line.words.place(start, end))


@rule("SUB006", "false-urgency-security", Severity.WARNING, since="0.1", applies=_packed)
def false_urgency_security(document: Document) -> Result:
    """The subject warns about an account, and nothing in the mail belongs to one account.

    Why: "Suspended", "unusual sign-in" and "verify your account" are what phishing says. A real notice holds something of the reader's own: a name, a device, a time, the last digits of a card. Without any, and over marketing always, filters and readers take it for a forgery.
    Bad:
    ---
    subject: Your account has been suspended
    kind: marketing
    ---
    <p>Your savings work too little for you. Move to us.</p>
    Good:
    ---
    subject: New sign-in to your account
    kind: transactional
    ---
    <p>Hello {{ user.name }}, somebody signed in from {{ login.device }}.</p>
    Fix: In a real notice, name the device, the time or the account. In marketing, say what is offered.
    References: 15 USC 7704 (a)(2); FTC "How to recognize and avoid phishing scams"; Gmail email sender guidelines
    """
    heading = document.heading
    evidence = heading.evidence
    for line, start, end in _found(document, "security"):
        if heading.marketing:
            why = "this mail is an advertisement"
        elif not evidence.whole or evidence.personal or _ACCOUNT.search(evidence.text) or line.tags:
            return
        else:
            why = "nothing in it belongs to one account: no name, time, device or number"
        yield line.folded_finding(
            f"{_said(line, start, end)} reads as a warning about an account, and {why}: filters take that for phishing",
            start,
            end,
            fix=steps("name what belongs to the account (time, device, last digits), or say what the mail offers"),
        )
        return


@rule("SUB007", "false-transactional", Severity.ERROR, since="0.1", applies=_marketing)
def false_transactional(document: Document) -> Result:
    """The subject announces an invoice, an order, a parcel or a payment, and the mail is an advertisement.

    Why: A mail whose subject lets readers expect a transaction and whose body sells is commercial mail under a misleading subject (15 USC 7704 (a)(2); 16 CFR 316.3 judges by subject and beginning). It is supported by the number, the amount or the tag of that transaction in the body.
    Bad:
    ---
    subject: Your invoice is ready
    kind: marketing
    ---
    <p>New: invoicing in three clicks. Try it.</p>
    Good:
    ---
    subject: Your order {{ order.number }} has shipped
    kind: transactional
    ---
    <p>Order {{ order.number }} is on its way.</p>
    Fix: Say what the mail offers. If it is about a transaction indeed, show its number or amount, and declare `kind: transactional` in the front matter.
    References: 15 USC 7704 (a)(2); 16 CFR 316.3; Directive 2005/29/EC (UCPD) annex I no. 21
    """
    heading = document.heading
    evidence = heading.evidence
    pack = heading.pack
    if pack is None or not evidence.whole or evidence.may_print(ORDER):
        return
    for line, start, end in _found(document, "transactional"):
        tokens = _TOKEN.findall(line.words.text)
        if line.tags or pack.group("transactional_body").search(evidence.text):
            continue
        if any(token in evidence.text for token in tokens):
            continue
        yield line.folded_finding(
            f"{_said(line, start, end)} announces a transaction, and the mail sells without one: a misleading subject (16 CFR 316.3)",
            start,
            end,
            fix=steps(
                "say what the mail offers; a mail about a transaction shows its number, and declares kind: transactional"
            ),
        )
        return


@rule("SUB008", "unconditioned-free", Severity.WARNING, since="0.1", applies=_packed)
def unconditioned_free(document: Document) -> Result:
    """The subject calls something free, and the body ties it to a condition, or does not speak of it.

    Why: 16 CFR 251 wants the conditions of a free offer clear from the outset, UCPD annex I no. 20 lists "free" among what is always unfair where anything must be paid beyond the unavoidable. The condition in the subject, or a body that gives it without any, supports the word.
    Bad:
    ---
    subject: A free gift is waiting for you
    kind: marketing
    ---
    <p>Spend $75 or more and a tote is yours.</p>
    Good:
    ---
    subject: Free tote with any $75 purchase
    kind: marketing
    ---
    <p>Spend $75 or more and a tote is yours.</p>
    Fix: Name the condition in the subject ("with any order over …"), or drop the word.
    References: 16 CFR 251.1; Directive 2005/29/EC (UCPD) annex I no. 20
    """
    heading = document.heading
    evidence = heading.evidence
    pack = heading.pack
    if pack is None or not evidence.there:
        return
    for line, start, end in _found(document, "free", "not_free"):
        text = line.words.text
        if pack.group("free_condition").search(text) or any(figure.key[0] != "%" for figure in figures(text, pack, 5)):
            continue
        condition, spoken = _condition(document)
        if condition:
            why = f"the body ties it to a condition ({condition})"
        elif spoken or not evidence.whole or evidence.may_print(AMOUNT):
            continue
        else:
            why = "the body does not speak of it"
        yield line.folded_finding(
            f"{_said(line, start, end)} is free here without a condition, and {why} (16 CFR 251; UCPD annex I no. 20)",
            start,
            end,
            fix=steps("name the condition in the subject, or drop the word"),
        )
        return


def _condition(document: Document) -> tuple[str, bool]:
    """The condition that the body ties the free thing to, and whether it speaks of a free thing at all."""
    evidence = document.heading.evidence
    pack = document.heading.pack
    if pack is None:
        return "", False
    excused = pack.group("not_free")
    spoken = priced = False
    for sentence in evidence.sentences:
        gone = [match.span() for match in excused.finditer(sentence)]
        for match in pack.group("free").finditer(sentence):
            if not any(start < match.end() and match.start() < end for start, end in gone):
                spoken = True
                priced = priced or any(figure.key[0] != "%" and figure.key[1] for figure in figures(sentence, pack, 5))
    denied = pack.group("no_condition").search(evidence.text) is not None
    spoken = spoken or pack.group("costs_nothing").search(evidence.text) is not None
    found = pack.group("free_condition").search(evidence.text)
    if found is not None and not denied:
        return evidence.text[found.start() : found.end()].strip()[:40], spoken
    if priced and not denied:
        return "a price in the same sentence", spoken
    return "", spoken or denied


@rule("SUB011", "prize-or-winner-claim", Severity.WARNING, since="0.1", applies=_packed)
def prize_or_winner_claim(document: Document) -> Result:
    """The reader is told to have won, or to have been chosen.

    Why: It is the oldest of frauds, and filters know its words. UCPD annex I no. 31 lists false prizes among what is always unfair. A draw that can be entered, with its terms, is something else.
    Bad:
    ---
    subject: Congratulations, you have won!
    ---
    <p>Claim your prize.</p>
    Good:
    ---
    subject: "Win a weekend in Rome: enter by 3 May"
    ---
    <p>Enter by 3 May. The terms: https://www.shop-nord.de/terms</p>
    Fix: Say what can be won and how to take part. A true winner is told by name, in a mail of its own.
    References: Directive 2005/29/EC (UCPD) annex I no. 31; 15 USC 7704 (a)(2); 16 CFR 310.3
    """
    if document.heading.transactional:
        return
    for line, start, end in _found(document, "prize", "not_prize"):
        yield line.folded_finding(
            f"{_said(line, start, end)} tells every reader of a prize: filters take it for fraud (UCPD annex I no. 31)",
            start,
            end,
            fix=steps("say what can be won and how to take part"),
        )
        return


@rule("SUB012", "guaranteed-claim", Severity.INFO, since="0.1", applies=_packed)
def guaranteed_claim(document: Document) -> Result:
    """Results, income, approval or the absence of any risk are guaranteed.

    Why: No sender can keep such a promise, and filters count the words. A warranty of a product, or money back within days that the body names, is none of it.
    Bad:
    ---
    subject: Guaranteed results in 14 days
    ---
    <p>Lose weight.</p>
    Good:
    ---
    subject: Five-year guarantee on every frame
    ---
    <p>We repair every frame for five years.</p>
    Fix: Say what is promised and for how long, such as money back within 30 days.
    References: FTC Act section 5 (15 USC 45); 16 CFR 239; Directive 2005/29/EC (UCPD) article 6
    """
    heading = document.heading
    pack = heading.pack
    if pack is None or heading.transactional:
        return
    for line, start, end in _found(document, "guaranteed"):
        if heading.evidence.there and pack.group("money_back").search(heading.evidence.text):
            return
        yield line.folded_finding(
            f"{_said(line, start, end)} promises what nobody can keep; filters count such words",
            start,
            end,
            fix=steps("say what is promised, and for how long"),
        )
        return


@rule("SUB013", "deceptive-personalisation", Severity.WARNING, since="0.1", applies=_marketing)
def deceptive_personalisation(document: Document) -> Result:
    """The subject speaks of a request, a talk, an application or a call that the mass mail cannot know of.

    Why: Readers open it for something between them and the sender. Over mail to many that is a false statement about the message (15 USC 7704 (a)(2)); Gmail's rules for senders forbid subjects that imply an earlier exchange.
    Bad:
    ---
    subject: As you requested
    kind: marketing
    ---
    <p>Our kitchens.</p>
    Good:
    ---
    subject: The catalogue that you asked for
    kind: transactional
    ---
    <p>Here is the catalogue.</p>
    Fix: Say what the mail is about. An answer to a request is no mass mail: declare `kind: transactional` in the front matter.
    References: 15 USC 7704 (a)(2); Gmail email sender guidelines
    """
    for line, start, end in _found(document, "request", "not_request"):
        yield line.folded_finding(
            f"{_said(line, start, end)} speaks of something between sender and reader, and this mail goes to many",
            start,
            end,
            fix=steps("say what the mail is about; declare kind: transactional where it does answer the reader"),
        )
        return
