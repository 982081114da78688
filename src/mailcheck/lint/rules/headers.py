"""HDR: the name that inboxes show for the sender."""

from mailcheck.lint.document import Document
from mailcheck.lint.rules.subject_characters import MOST
from mailcheck.lint.subjects.characters import foreign_words, hidden
from mailcheck.lint.subjects.folding import folded, unlike
from mailcheck.lint.subjects.names import brand_of, content_of, signs
from mailcheck.lint.subjects.quoting import numbers
from mailcheck.model.fix import Fix, steps
from mailcheck.model.pattern import regex
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity

_ADDRESS = regex(r"[^\s@<>()\[\]\"',;:]{1,64}@((?:[^\s@<>()\[\]\"',;:./]{1,63}\.){1,8}[^\W\d_][\w-]{1,62})")


def _named(document: Document) -> bool:
    return document.heading.name is not None


def _sent(document: Document) -> bool:
    return _named(document) and document.message is not None


def _author(document: Document) -> str | None:
    """The domain of the first address of From."""
    from mailcheck.mail.addresses import read_addresses

    field = document.message.first("From")
    listed = read_addresses(field.unfolded).addresses if field is not None else ()
    return listed[0].domain if listed else None


@rule("HDR001", "display-name-contains-address", Severity.ERROR, since="0.1", applies=_sent)
def display_name_contains_address(document: Document) -> Result:
    """The sender's name holds an address of another domain than the one it is sent from.

    Why: Most inboxes show the name alone, so readers take the address in it for the sender's. In a measured corpus 12 of 300 phishing mails did this and none of 310 others. 15 USC 7704 (a)(1) speaks of header information that misleads about who sends.
    Bad:
    {file mail.eml}
    From: "service@bank.example" <mailer@bulkpost.example>
    Subject: Statement for February
    {blank}
    Your statement is ready.
    Good:
    {file mail.eml}
    From: "Bank of Leeds" <service@bank.example>
    Subject: Statement for February
    {blank}
    Your statement is ready.
    Fix: Write the name of the firm or person; send from its own domain.
    References: RFC 5322 3.6.2; 15 USC 7704 (a)(1); Gmail email sender guidelines
    """
    line = document.heading.name
    domain = _author(document)
    if line is None or domain is None:
        return
    from mailcheck.data import psl

    for match in _ADDRESS.finditer(line.text[:10_000]):
        other = match[1].rstrip(".").lower()
        if other == domain or (psl.registrable(other) or other) == (psl.registrable(domain) or domain):
            continue
        yield line.finding(
            f"the name shows {line.quoted(*match.span())}, and the mail comes from {domain}: it reads as a forgery",
            *match.span(),
            fix=steps("write the sender's name without an address"),
        )
        return


@rule("HDR002", "display-name-content", Severity.WARNING, since="0.1", applies=_named)
def display_name_content(document: Document) -> Result:
    """The sender's name says more than who sends: urgency, an offer, a call to act, a count, the reader's name.

    Why: Gmail's rules for senders let the display name identify the sender and nothing else; what stands there is shown as who you are. A name that is an offer hides who sends (15 USC 7704 (a)(1)).
    Bad:
    ---
    subject: Linen for warm days
    from_name: "Larkfield | 50% OFF"
    ---
    <p>Linen for warm days.</p>
    Good:
    ---
    subject: Linen for warm days
    from_name: Larkfield
    ---
    <p>Linen for warm days.</p>
    Fix: Keep the name of the firm, brand or person; say the rest in the subject.
    References: Gmail email sender guidelines (display names); 15 USC 7704 (a)(1)
    """
    line = document.heading.name
    found = content_of(line, document.heading) if line is not None else None
    if line is None or found is None:
        return
    start, end, what = found
    yield line.finding(
        f"the sender's name holds {what}: Gmail asks that it name the sender and nothing else",
        start,
        end,
        fix=steps("keep the name of the firm, brand or person alone"),
    )


@rule("HDR003", "display-name-hidden-or-mixed-script", Severity.ERROR, since="0.1", fix=Fixable.SAFE, applies=_named)
def display_name_hidden_or_mixed_script(document: Document) -> Result:
    """Hidden characters, or words of mixed scripts, stand in the sender's name.

    Why: A name that is spelt with look-alike letters or split by unseen ones is how known senders are forged; receivers compare names by what they look like (UTS 39).
    Bad:
    ---
    subject: A word about your shop
    from_name: PаyPаl
    ---
    <p>A word about your shop.</p>
    Good:
    ---
    subject: A word about your shop
    from_name: Café Zoë
    ---
    <p>A word about your shop.</p>
    Fix: Write the name anew, in one script.
    References: Unicode Technical Standard 39; 15 USC 7704 (a)(1)
    """
    line = document.heading.name
    if line is None:
        return
    for start, end in list(hidden(line.masked))[:MOST]:
        edit = line.body.edit(line.start + start, line.start + end, "")
        yield line.finding(
            f"{numbers(line.text[start:end])} stands unseen in the sender's name: filters take that for a forgery",
            start,
            end,
            fix=Fix("take it out", (edit,), safe=True),
        )
    for start, end in list(foreign_words(line.masked))[:MOST]:
        latin = unlike(line.text[start:end])
        yield line.finding(
            f"{line.quoted(start, end)} in the sender's name mixes scripts: it reads as “{latin[:60]}” and is another word",
            start,
            end,
            fix=steps("write the name anew, in one script"),
        )


@rule("HDR004", "display-name-emoji", Severity.WARNING, since="0.1", applies=_named)
def display_name_emoji(document: Document) -> Result:
    """Emoji or marks stand in the sender's name.

    Why: Gmail's rules for senders forbid them there: a check mark beside a name looks like the sign of a verified sender.
    Bad:
    ---
    subject: Jackets for the half season
    from_name: "🔥 Larkfield"
    ---
    <p>Jackets.</p>
    Good:
    ---
    subject: Jackets for the half season
    from_name: Lumen™ Lamps
    ---
    <p>Jackets.</p>
    Fix: Take them out; a verified mark comes from BIMI.
    References: Gmail email sender guidelines (display names); draft-brand-indicators-for-message-identification
    """
    line = document.heading.name
    found = signs(line.masked) if line is not None else None
    if line is None or found is None:
        return
    yield line.finding(
        f"{line.quoted(*found)} in the sender's name: Gmail forbids signs there that look like its own",
        *found,
        fix=steps("take it out of the name"),
    )


@rule("HDR005", "brand-in-name-freemail-address", Severity.WARNING, since="0.1", applies=_sent)
def brand_in_name_freemail_address(document: Document) -> Result:
    """A well-known name stands over an address of a free mailbox provider.

    Why: No bank and no parcel service writes from there; receivers treat the pair as a forgery, and readers are warned.
    Bad:
    {file mail.eml}
    From: PayPal Service <service.team.8841@gmail.com>
    Subject: Notice about your balance
    {blank}
    A notice.
    Good:
    {file mail.eml}
    From: "Chase Roberts" <chase.roberts.leeds@gmail.com>
    Subject: Photos from the hike
    {blank}
    Photos.
    Fix: Send from the brand's own domain.
    References: 15 USC 7704 (a)(1); SpamAssassin FREEMAIL_FROM
    """
    from mailcheck.lint.subjects.tables import table

    line = document.heading.name
    domain = _author(document)
    if line is None or domain is None or domain not in table("senders")["freemail"]:
        return
    brand = brand_of(folded(line.text[:500]))
    if brand is not None:
        yield line.finding(
            f"the name says {line.quoted(0, len(line.text))}, and the address is one of {domain}: it reads as a forgery",
            0,
            len(line.text),
            fix=steps("send from the brand's own domain, or write your own name"),
        )
