"""Tags of a subject that may print nothing."""

from typing import TYPE_CHECKING

from mailcheck.lint.subjects.topics import ORDER, topic
from mailcheck.lint.template import OUTPUT
from mailcheck.model.pattern import regex

if TYPE_CHECKING:
    from mailcheck.lint.subjects.heading import Heading
    from mailcheck.lint.subjects.lines import Line
    from mailcheck.lint.template import Tag

# What gives another value where there is none, in any of the languages.
_DEFAULT = regex(
    r"default|fallback|coalesce|presence|\|\||\?\?|\?:|\bor\b|\bif\b|\?[^.\]]|!\s*[\"'(]|\bOR\b|iif\s*\(|_or_|[|,]\s*[\"']|empty|blank",
    2,
)
_GREETING = regex(
    r"\W*(?:(?:hi|hey|hello|dear|good (?:morning|day|evening)|hallo|hi|liebe[rs]?(?:\*r|:r|/r)?|guten (?:tag|morgen)|moin|sehr geehrte[rs]?|bonjour|"
    r"salut|cher|chere|coucou|hola|querid[oa]|estimad[oa]|buenos dias|ola|oi|car[oa]|prezad[oa]|ciao|salve|gentile|buongiorno|"
    r"beste|geachte|dag|czesc|witaj|drog[ia]|dzien dobry|hej|merhaba|selam|sayin|sevgili|sn\.?|привет|здравствуйте|дорогой|"
    r"уважаем\w+)\b(?: (?:there|there,|frau|herr|mr|mrs|ms|pan|pani|bay|bayan))?[ ,!]*)?\Z"
)


def unguarded(line: "Line", heading: "Heading") -> "Tag | None":
    """The tag that begins a subject or follows its greeting and has neither a default nor a condition around it."""
    first = next((tag for tag in line.tags if tag.kind == OUTPUT), None)
    if first is None or heading.document.message is not None:
        return None
    template = line.body.template
    if any(tag.kind != OUTPUT and tag.start < first.start for tag in line.tags) or template.in_conditional(first.start):
        return None
    text = line.body.source.text[first.start : first.end]
    if _DEFAULT.search(text) or topic(text, first.expression) == ORDER:
        return None
    from mailcheck.lint.subjects.folding import folded

    before = folded(line.masked[: first.start - line.start][-60:]).rstrip() if first.start > line.start else ""
    return first if _GREETING.fullmatch(before) else None
