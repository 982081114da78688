"""SUB: characters of a subject that readers do not see, or take for others."""

from mailcheck.lint.document import Document
from mailcheck.lint.rules.subject_threads import has_subject
from mailcheck.lint.subjects.characters import foreign_words, hidden, styled
from mailcheck.lint.subjects.folding import unlike
from mailcheck.lint.subjects.quoting import numbers
from mailcheck.model.fix import Fix, steps
from mailcheck.model.rule import Fixable, Result, rule
from mailcheck.model.severity import Severity

MOST = 20
"""Places of one line that are told."""


@rule("SUB015", "hidden-unicode", Severity.ERROR, since="0.1", fix=Fixable.SAFE, applies=has_subject)
def hidden_unicode(document: Document) -> Result:
    """Characters without a shape stand in the subject or the preheader's words.

    Why: Zero-width blanks, soft hyphens, direction overrides and tag characters split words for filters and turn them round for readers; hardly anything but spam has them in a subject. Joiners in emoji, in Persian and in Indic words, and flags, are left alone.
    Bad:
    ---
    subject: "Sp\\u200becial prices on tools"
    ---
    <p>Tools for the garden.</p>
    Good:
    ---
    subject: Special prices on tools
    ---
    <p>Tools for the garden.</p>
    Fix: Take them out; they often come along when text is copied from a page.
    References: Unicode Technical Standard 39; UAX 9; UTS 51; 15 USC 7704 (a)(2)
    """
    line = document.heading.subject
    if line is None:
        return
    for number, (start, end) in enumerate(hidden(line.masked)):
        if number >= MOST:
            break
        edit = line.body.edit(line.start + start, line.start + end, "")
        yield line.finding(
            f"{numbers(line.text[start:end])} stands here unseen: filters take a subject that hides characters for spam",
            start,
            end,
            fix=Fix("take it out", (edit,), safe=True),
        )


@rule("SUB016", "mixed-script-word", Severity.ERROR, since="0.1", applies=has_subject)
def mixed_script_word(document: Document) -> Result:
    """One word of the subject holds Latin letters and Cyrillic or Greek ones.

    Why: Letters that look alike are how a false PayPal gets past filters and readers. Receivers compare words by what they look like (UTS 39) and refuse the mix. Two scripts in two words are fine, and so are units such as µm.
    Bad:
    ---
    subject: Exclusive оffer for readers
    ---
    <p>An offer for readers.</p>
    Good:
    ---
    subject: Exclusive offer for readers
    ---
    <p>An offer for readers.</p>
    Fix: Write the word anew in one script.
    References: Unicode Technical Standard 39, 4 and 5.1; 15 USC 7704 (a)(2)
    """
    line = document.heading.subject
    if line is None:
        return
    for number, (start, end) in enumerate(foreign_words(line.masked)):
        if number >= MOST:
            break
        word = line.text[start:end]
        latin = unlike(word)
        foreign = [char for char in word if "\u0370" <= char <= "\u052f" or "\u1f00" <= char <= "\u1fff"]
        meant = f": it reads as “{latin}”" if latin.isascii() else ""
        yield line.finding(
            f"the word {line.quoted(start, end)} mixes scripts ({numbers(''.join(foreign))}){meant}; filters take that for a forgery",
            start,
            end,
            fix=steps(f"write “{latin}”" if latin.isascii() else "write the word anew in one script"),
        )


@rule("SUB017", "styled-math-letters", Severity.WARNING, since="0.1", fix=Fixable.UNSAFE, applies=has_subject)
def styled_math_letters(document: Document) -> Result:
    """Mathematical, fullwidth or enclosed letters stand for plain ones.

    Why: A screen reader spells "mathematical bold capital B" or says nothing, search does not find the word, older systems show boxes, and filters read the trick as one.
    Bad:
    ---
    subject: 𝗕𝗶𝗴 news from the bakery
    ---
    <p>We bake on Sundays.</p>
    Good:
    ---
    subject: Big news from the bakery
    ---
    <p>We bake on Sundays.</p>
    Fix: Write plain letters (Unicode's form NFKC).
    References: UAX 15 (NFKC); Unicode 22.2 (mathematical alphanumeric symbols are for mathematics); WCAG 2.2, 1.3.1
    """
    import unicodedata

    line = document.heading.subject
    if line is None:
        return
    for number, (start, end) in enumerate(styled(line.masked)):
        if number >= MOST:
            break
        plain = unicodedata.normalize("NFKC", line.text[start:end])
        edit = line.body.edit(line.start + start, line.start + end, plain)
        yield line.finding(
            f"{line.quoted(start, end)} is made of symbols, not letters: screen readers spell them out, filters suspect them",
            start,
            end,
            fix=Fix(f"write “{plain[:60]}”", (edit,)),
        )
