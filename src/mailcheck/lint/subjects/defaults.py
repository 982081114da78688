"""Tags of a subject that may print nothing."""

import re
from functools import cache
from typing import TYPE_CHECKING

from mailcheck.lint.subjects.topics import of_reader
from mailcheck.lint.template import OUTPUT
from mailcheck.model.pattern import regex

if TYPE_CHECKING:
    from mailcheck.lint.subjects.heading import Heading
    from mailcheck.lint.subjects.lines import Line
    from mailcheck.lint.template import Tag

# What gives another value where there is none, in any of the languages.
_DEFAULT = regex(
    r"default|fallback|coalesce|presence|\|\||\?\?|\?:|\bor\b|\bif\b|\?[^.\]]"
    r"|!\s*[\"'(]|\bOR\b|iif\s*\(|_or_|[|,]\s*[\"']|empty|blank",
    2,
)
_WORDS = (
    "hi|hey|hello|dear|howdy|greetings|good (?:morning|day|evening|afternoon)|hallo|hallöchen|liebe[rs]?(?:\\*r|:r|/r)?"
    "|guten (?:tag|morgen|abend)|moin|servus|sehr geehrte[rs]?|bonjour|bonsoir|salut|coucou|cher|chère|hola|buenos días"
    "|buenas|querid[oa]|estimad[oa]|olá|oi|bom dia|car[oa]|prezad[oa]|ciao|salve|gentile|buongiorno|beste|geachte"
    "|dag|hoi|hé|hee"
    "|lieve|goede(?:morgen|middag|navond|ndag)|cześć|witaj|hej|drog[ia]|dzień dobry|szanown[yai]|merhaba|selam"
    "|sayın|sevgili|günaydın|привет|здравствуй|здравствуйте|добрый день|добрый вечер|дорог(?:ой|ая)|уважаем(?:ый|ая)"
    "|안녕하세요|您好|你好|尊敬的|こんにちは|مرحبا|أهلا|שלום|היי"
)
_TITLES = "there|frau|herr|herrn|mr|mrs|ms|m|mme|sr|sra|pan|pani|bay|bayan|mevrouw|meneer|heer"


@cache
def _greeting() -> "re.Pattern[str]":
    from mailcheck.lint.subjects.packs import folded_pattern

    return re.compile(rf"\W*(?:(?:{folded_pattern(_WORDS)})(?!\w)(?:,? (?:{_TITLES})\.?)?[ ,!]*)?")


def unguarded(line: "Line", heading: "Heading") -> "Tag | None":
    """The tag that begins a subject or follows its greeting and has neither a default nor a condition around it."""
    first = next((tag for tag in line.tags if tag.kind == OUTPUT), None)
    if first is None or heading.document.message is not None:
        return None
    template = line.body.template
    if any(tag.kind != OUTPUT and tag.start < first.start for tag in line.tags) or template.in_conditional(first.start):
        return None
    text = line.body.source.text[first.start : first.end]
    if _DEFAULT.search(text) or not of_reader(text, first.expression):
        return None
    from mailcheck.lint.subjects.folding import folded

    before = folded(line.masked[: first.start - line.start][-60:]).rstrip() if first.start > line.start else ""
    return first if _greeting().fullmatch(before) else None
