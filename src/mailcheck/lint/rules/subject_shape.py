"""SUB: how a subject is written."""

from mailcheck.lint.document import Document
from mailcheck.lint.rules.subject_threads import has_subject
from mailcheck.lint.subjects import shapes
from mailcheck.lint.subjects.defaults import unguarded
from mailcheck.lint.subjects.placeholders import placeholder
from mailcheck.model.finding import Finding
from mailcheck.model.fix import steps
from mailcheck.model.location import FileLocation
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity

SHORT, LONG = 10, 70
"""Columns below and above which a subject is told."""
EMOJI = 2
"""Emoji that a subject may hold."""


@rule("SUB018", "all-caps", Severity.WARNING, since="0.1", applies=has_subject)
def all_caps(document: Document) -> Result:
    """The subject is written in capitals.

    Why: It reads as shouting, and filters count it (SpamAssassin SUBJ_ALL_CAPS): in a measured corpus a tenth of the spam had it and a hundredth of other mail. Acronyms and scripts without case are left alone.
    Bad:
    ---
    subject: DISCOVER OUR NEW COLLECTION
    ---
    <p>Our new collection.</p>
    Good:
    ---
    subject: Discover our new collection
    ---
    <p>Our new collection.</p>
    Fix: Write it as a sentence.
    References: SpamAssassin rule SUBJ_ALL_CAPS; rspamd symbol SUBJ_ALL_CAPS
    """
    line = document.heading.subject
    if line is None or not shapes.capitals(line.masked):
        return
    yield line.finding(
        "the subject is in capitals: it reads as shouting, and spam filters count it",
        0,
        len(line.text),
        fix=steps("write it as a sentence, with capitals where the language has them"),
    )


@rule("SUB019", "repeated-punctuation", Severity.WARNING, since="0.1", applies=has_subject)
def repeated_punctuation(document: Document) -> Result:
    """Exclamation or question marks in a row, several of them, or rows of currency signs.

    Why: Filters count them (rspamd SUBJECT_HAS_EXCLAIM, SUBJECT_ENDS_EXCLAIM), and readers know them from spam. One mark does the same work.
    Bad:
    ---
    subject: New arrivals!! Come and look
    ---
    <p>New arrivals.</p>
    Good:
    ---
    subject: New arrivals! Come and look
    ---
    <p>New arrivals.</p>
    Fix: Keep one mark.
    References: rspamd symbols SUBJECT_HAS_EXCLAIM, SUBJECT_HAS_QUESTION; SpamAssassin rule PLING_QUERY
    """
    line = document.heading.subject
    if line is None:
        return
    for start, end in list(shapes.marks(line.masked))[:5]:
        if any(char.isalnum() for char in line.masked[start:end]):
            message, what = "the subject has several exclamation marks: filters count them", "keep one of them"
        else:
            message, what = f"{line.quoted(start, end, 12)} in a row: filters count them", f"write {line.text[start]}"
        yield line.finding(message, start, end, fix=steps(what))


@rule("SUB020", "letter-spacing-evasion", Severity.WARNING, since="0.1", applies=has_subject)
def letter_spacing_evasion(document: Document) -> Result:
    """A word is spelt with blanks, dots or stars between its letters, or with signs for letters.

    Why: F R E E, F*REE and Fr3e are ways around filters of the last century; today's filters look for them, and a reader trusts such a sender less.
    Bad:
    ---
    subject: F R E E coffee on Saturdays
    ---
    <p>Coffee costs nothing on Saturdays.</p>
    Good:
    ---
    subject: Free coffee on Saturdays
    ---
    <p>Coffee costs nothing on Saturdays.</p>
    Fix: Write the word.
    References: SpamAssassin rules OBFUSCATING_COMMENT and the FUZZY family; Gmail email sender guidelines
    """
    line = document.heading.subject
    if line is None or len(line.masked) > 10_000:
        return
    from mailcheck.lint.subjects.tables import table

    words = frozenset(table("disguised")["words"])
    for start, end in list(shapes.spaced(line.masked, words))[:5]:
        yield line.finding(
            f"{line.quoted(start, end)} is spelt as spam spells words to pass filters, which look for just that",
            start,
            end,
            fix=steps("write the word with its letters"),
        )


@rule("SUB021", "emoji-count", Severity.INFO, since="0.1", applies=has_subject)
def emoji_count(document: Document) -> Result:
    """More than two emoji stand in the subject.

    Why: Screen readers read each aloud by its name, narrow lists cut the words instead, and rows of them are common in phishing (in a measured corpus 16 of 300 such mails had them and none of 310 others).
    Bad:
    ---
    subject: Spring is here 🌷🌼🌸🌱
    ---
    <p>Spring.</p>
    Good:
    ---
    subject: Spring is here 🌷
    ---
    <p>Spring.</p>
    Fix: Keep one or two.
    References: UTS 51; WCAG 2.2, 1.1.1
    """
    line = document.heading.subject
    if line is None:
        return
    found = shapes.emoji(line.masked)
    if len(found) > EMOJI:
        yield line.finding(
            f"{len(found)} emoji: a screen reader reads every one of them aloud",
            found[EMOJI][0],
            found[-1][1],
            fix=steps("keep one or two emoji"),
        )


@rule("SUB030", "fake-ui-glyph", Severity.WARNING, since="0.1", applies=has_subject)
def fake_ui_glyph(document: Document) -> Result:
    """The subject begins with a check mark, a lock, a warning sign, an envelope or a bell.

    Why: In that place mail programs show their own signs: verified, encrypted, dangerous, unread. Gmail's rules for senders forbid graphics that look like them, for they claim what the program has not found.
    Bad:
    ---
    subject: "✅ Confirmed: spring will come"
    ---
    <p>Spring will come.</p>
    Good:
    ---
    subject: "Spring will come 🌷"
    ---
    <p>Spring will come.</p>
    Fix: Begin with the words.
    References: Gmail email sender guidelines
    """
    line = document.heading.subject
    if line is None:
        return
    found = shapes.glyph(line.masked)
    if found is not None:
        yield line.finding(
            f"{line.quoted(*found)} in the first place looks like a sign of the mail program itself",
            *found,
            fix=steps("begin with the words; leave the sign out"),
        )


@rule("SUB022", "empty-or-placeholder", Severity.ERROR, since="0.1", applies=lambda document: bool(document.bodies))
def empty_or_placeholder(document: Document) -> Result:
    """The subject is empty, or still what stood in the template of the template.

    Why: Lists show "(no subject)" or "Subject here" to every reader. Mail without a subject is opened less and filtered more (SpamAssassin MISSING_SUBJECT).
    Bad:
    ---
    subject: Subject line goes here
    ---
    <p>Hello.</p>
    Good:
    ---
    subject: Test your hearing in five minutes
    ---
    <p>Hello.</p>
    Fix: Write the subject.
    References: RFC 5322 3.6.5; SpamAssassin rule MISSING_SUBJECT
    """
    line = document.heading.subject
    if line is None:
        message = document.message
        if message is not None and not message.cut and message.fields:
            first = message.fields[0]
            file = document.mail.file
            yield _header(document, file.octets(first.start, first.end))
        return
    if not any(char.isalnum() for char in line.text) and not line.tags and not shapes.emoji(line.text):
        yield line.finding(
            "the subject is empty: inboxes show “(no subject)”", 0, len(line.text), fix=steps("write a subject")
        )
    elif line.complete and placeholder(line):
        yield line.finding(
            f"{line.quoted(0, len(line.text))} is a placeholder: every reader will see it",
            0,
            len(line.text),
            fix=steps("write the subject"),
        )


def _header(document: Document, place: FileLocation) -> Finding:
    return Finding(
        "the message has no Subject field: inboxes show “(no subject)”",
        place,
        offending=document.subject,
        fixes=(steps("add a Subject field"),),
    )


@rule("SUB023", "length", Severity.INFO, since="0.1", applies=has_subject)
def length(document: Document) -> Result:
    """The subject is very short or too long to be shown.

    Why: Lists of mail show some 40 to 70 columns, telephones fewer; what comes behind is cut. Under ten, hardly anything is said. Wide characters are two columns; where a tag stands, the length is unknown.
    Bad:
    ---
    subject: Hats
    ---
    <p>Hats of felt.</p>
    Good:
    ---
    subject: Hats of felt and straw
    ---
    <p>Hats of felt.</p>
    Fix: Say the matter within 70 columns, its core within the first 40.
    References: measured by a community of senders; no client documents its width
    """
    line = document.heading.subject
    if line is None or not line.complete or not line.text.strip() or placeholder(line):
        return
    wide = shapes.columns(line.text)
    if wide < SHORT:
        message, what = f"the subject has {wide} columns and says little", "say what the mail is about"
    elif wide > LONG:
        message, what = f"the subject has {wide} columns, and lists show 70 at most", f"shorten it to {LONG} columns"
    else:
        return
    yield line.finding(message, 0, len(line.text), fix=steps(what))


@rule("SUB024", "no-fallback", Severity.WARNING, since="0.1", applies=has_subject)
def no_fallback(document: Document) -> Result:
    """A subject begins with a tag that has no default, or greets with one.

    Why: For whoever has no first name in the list the subject is "Hi ," or ", your garden is waiting".
    Bad:
    ---
    subject: "Hi *|FNAME|*, new lamps are in"
    ---
    <p>New lamps.</p>
    Good:
    ---
    subject: "{{ first_name | default: 'Friend' }}, your garden is waiting"
    ---
    <p>New lamps.</p>
    Fix: Give the tag a default, or put a condition around the greeting.
    References: Liquid filter default; Jinja2 filter default; Mailchimp "Use merge tags" (default values)
    """
    line = document.heading.subject
    tag = unguarded(line, document.heading) if line is not None else None
    if line is None or tag is None:
        return
    text = line.body.source.text[tag.start : tag.end]
    yield line.finding(
        f"{text[:60]} has no default here: where it is empty, the subject begins with a gap",
        tag.start - line.start,
        tag.end - line.start,
        fix=steps(_remedy(line.body.template.dialect, tag.expression.strip()[:60])),
    )


def _remedy(dialect: str, expression: str) -> str:
    name = expression or "first_name"
    forms = {
        "liquid": '{{ %s | default: "there" }}',
        "braze": '{{ %s | default: "there" }}',
        "jinja": '{{ %s | default("there", true) }}',
        "twig": '{{ %s | default("there") }}',
        "django": '{{ %s|default:"there" }}',
        "handlebars": "{{#if %s}}{{ %s }}{{else}}there{{/if}}",
        "erb": '<%%= %s.presence || "there" %%>',
        "freemarker": '${%s!"there"}',
        "blade": '{{ %s ?? "there" }}',
    }
    form = forms.get(dialect)
    if form is None:
        return "give the tag a default value in its language, or write the subject so that it can be left out"
    return f"write {form % ((name,) * form.count('%s'))}"


@rule("SUB028", "subject-equals-preheader", Severity.INFO, since="0.1", applies=has_subject)
def subject_equals_preheader(document: Document) -> Result:
    """The preheader says the same as the subject.

    Why: Inboxes show the two side by side, so that half of the place is spent on nothing.
    Bad:
    ---
    subject: Rye bread is back on Tuesdays
    preheader: Rye bread is back on Tuesdays
    ---
    <p>Rye bread.</p>
    Good:
    ---
    subject: Rye bread is back on Tuesdays
    preheader: And the ovens are open from seven
    ---
    <p>Rye bread.</p>
    Fix: Go on in the preheader where the subject ends.
    References: the preview beside a subject is each client's own (measured by a community)
    """
    heading = document.heading
    line, other = heading.subject, heading.preheader
    if line is None or other is None or not line.text.strip():
        return
    if " ".join(line.text.casefold().split()) == " ".join(other.text.casefold().split()):
        yield other.finding(
            "the preheader repeats the subject: inboxes show the same words twice",
            0,
            len(other.text),
            fix=steps("let the preheader go on where the subject ends"),
        )
