"""SUB: subjects that pretend to be part of a conversation."""

from mailcheck.lint.document import Document
from mailcheck.lint.subjects.lines import Line
from mailcheck.lint.subjects.prefixes import FORWARD, REPLY, Prefix, forwarded, from_list, prefix_of, threaded
from mailcheck.model.finding import Finding
from mailcheck.model.fix import Fix, steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity

_COUNTER = regex(r"\s*(?:\((\d{1,3})\)|\[(\d{1,3})\])(?=[\s:!.,]|\Z)")


def has_subject(document: Document) -> bool:
    """Whether there is a subject to judge."""
    return document.heading.subject is not None


@rule("SUB001", "fake-reply-prefix", Severity.ERROR, since="0.1", fix=Fixable.SAFE, applies=has_subject)
def fake_reply_prefix(document: Document) -> Result:
    """The subject says that this is a reply, and it is none.

    Why: Readers open it for a conversation that they never had. RFC 5322 keeps "Re: " for replies; Gmail's rules for senders forbid the prefix on anything else; filters compare it with In-Reply-To and References. Under 15 USC 7704 (a)(2) a subject that misleads about the message is a risk for whoever sends it.
    Bad:
    ---
    subject: "Re: your spring wardrobe"
    ---
    <p>Our spring collection is here.</p>
    Good:
    ---
    subject: Your spring wardrobe
    ---
    <p>Our spring collection is here.</p>
    Fix: Drop the prefix. A message that does answer another one needs In-Reply-To and References.
    References: RFC 5322 3.6.4, 3.6.5; 15 USC 7704 (a)(2); Gmail email sender guidelines; SpamAssassin and rspamd (FAKE_REPLY)
    """
    line = document.heading.subject
    prefix = _prefix(document, REPLY)
    if line is None or prefix is None:
        return
    if document.message is None:
        yield _told(
            document, line, prefix, "a template answers nobody, so readers are told of a conversation that never was"
        )
    elif not threaded(document):
        severity = Severity.INFO if from_list(document.message) else Severity.ERROR
        why = "neither In-Reply-To nor References is there and nothing is quoted: filters take it for a false reply"
        yield _told(document, line, prefix, why, severity)


@rule("SUB002", "fake-forward-prefix", Severity.ERROR, since="0.1", fix=Fixable.SAFE, applies=has_subject)
def fake_forward_prefix(document: Document) -> Result:
    """The subject says that a message is forwarded, and none is.

    Why: "Fwd:" promises something that a person found worth sending on. Gmail's rules for senders forbid it where nothing is forwarded, and 15 USC 7704 (a)(2) speaks of subjects that mislead about the contents.
    Bad:
    ---
    subject: "Fwd: you need to see these boots"
    ---
    <p>Boots of waxed leather, from 120 euros.</p>
    Good:
    ---
    subject: Boots of waxed leather
    ---
    <p>Boots of waxed leather, from 120 euros.</p>
    Fix: Drop the prefix.
    References: RFC 5322 3.6.5 defines no such prefix; 15 USC 7704 (a)(2); Gmail email sender guidelines
    """
    line = document.heading.subject
    prefix = _prefix(document, FORWARD)
    if line is None or prefix is None:
        return
    if document.message is None:
        yield _told(document, line, prefix, "a template forwards nothing")
    elif not forwarded(document) and not threaded(document):
        severity = Severity.INFO if from_list(document.message) else Severity.ERROR
        yield _told(document, line, prefix, "no message is attached or quoted with its header lines", severity)


def _prefix(document: Document, kind: str) -> Prefix | None:
    line = document.heading.subject
    prefix = prefix_of(line, document.heading) if line is not None else None
    return prefix if prefix is not None and prefix.kind == kind else None


def _told(document: Document, line: Line, prefix: Prefix, why: str, severity: Severity | None = None) -> Finding:
    start, end = prefix.start, prefix.end
    while end < len(line.text) and line.text[end].isspace():
        end += 1
    title = f"drop “{prefix.word}”"
    fix = steps(title)
    if end < len(line.text):
        edit = line.body.edit(line.start + start, line.start + end, "")
        fix = Fix(title, (edit,), safe=document.message is None)
    kind = "reply" if prefix.kind == REPLY else "forwarded message"
    return line.finding(
        f"the subject begins with “{prefix.word}” as a {kind} does, but {why}", start, end, severity=severity, fix=fix
    )


def _marketing(document: Document) -> bool:
    return has_subject(document) and document.heading.marketing


@rule("SUB003", "false-thread-counter", Severity.WARNING, since="0.1", applies=_marketing)
def false_thread_counter(document: Document) -> Result:
    """The subject counts messages that nobody sent.

    Why: "(2)" and "3 new messages" are what mailboxes and networks show of real conversations. Over an advertisement they are a false statement about the message; Gmail's rules for senders name the thread count.
    Bad:
    ---
    subject: "(2) Your wardrobe misses these"
    kind: marketing
    ---
    <p>Soft knits for cold mornings.</p>
    Good:
    ---
    subject: 5 new jobs for you
    kind: marketing
    ---
    <p>Five jobs match your search.</p>
    Fix: Leave the counter out, or count what the mail lists and name it.
    References: Gmail email sender guidelines; 15 USC 7704 (a)(2)
    """
    heading = document.heading
    for line in (heading.subject, heading.preheader):
        if line is None:
            continue
        match = _COUNTER.match(line.masked)
        if match is not None:
            start = len(line.masked) - len(line.masked.lstrip())
            yield line.finding(
                f"“{match[0].strip()}” looks like a count of unread messages, and this mail is an advertisement",
                start,
                match.end(),
                fix=steps("leave the counter out"),
            )
            continue
        if heading.pack is None:
            continue
        found = heading.pack.group("counter").search(line.words.text)
        if found is not None:
            yield line.folded_finding(
                f"{line.quoted(*line.words.place(*found.span()))} counts messages that nobody sent; readers look for them in vain",
                *found.span(),
                fix=steps("say what the mail is about in the place of the counter"),
            )
