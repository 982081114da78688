"""The language of a mail: from its letters, then its small words, then what it declares (lang, Content-Language).

What is declared comes last, since lang="en" stands in many a page that was copied.
"""

from typing import TYPE_CHECKING

from mailcheck.lint.subjects.folding import folded
from mailcheck.lint.subjects.tables import table
from mailcheck.model.pattern import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailcheck.lint.document import Document
    from mailcheck.lint.subjects.lines import Line

MAX_TEXT = 8_000
"""Characters of each body whose words are counted."""
_WORD = regex(r"[^\W\d_]+")
_KANA = regex("[\u3041-\u30fa\u30fd-\u30ff]")
_HAN = regex("[\u3400-\u9fff]")
_HANGUL = regex("[\uac00-\ud7af]")
_HEBREW = regex("[\u05d0-\u05ea]")
_ARABIC = regex("[\u0620-\u064a]")
_PERSIAN = regex("[\u067e\u0686\u0698\u06af\u06a9\u06cc\u0679\u0688\u0691\u06ba\u06d2]")
_CYRILLIC = regex("[\u0400-\u04ff]")
_NOT_RUSSIAN = regex(
    "[\u0404\u0406\u0407\u0454\u0456\u0457\u0490\u0491\u0402\u0452\u0408\u0458\u0409\u0459\u040a\u045a]"
)
_LATIN = regex("[A-Za-z\u00c0-\u024f]")


def language_of(document: "Document", lines: "Sequence[Line]") -> str | None:
    """The language, as two letters; None where nothing tells it."""
    written = " ".join(line.masked for line in lines)
    texts = [body.visible_text[:MAX_TEXT] for body in (*document.html, *document.text)]
    body = " ".join(texts)
    found = _by_script(written, body)
    if found is not None:
        return found or None
    declared = _declared(document)
    return by_words(written, body, declared)


def _by_script(written: str, body: str) -> str | None:
    """The language that its letters tell; empty where they tell that there is no pack; None for Latin ones."""
    if written.isascii() and body.isascii():
        return None
    everything = f"{written} {body}"
    if not _many(everything):
        return None
    if _HANGUL.search(everything):
        return "ko"
    if _KANA.search(everything):
        return "ja"
    if _HAN.search(everything):
        return "zh"
    if _HEBREW.search(everything):
        return "he"
    if _ARABIC.search(everything):
        return "" if _PERSIAN.search(everything) else "ar"
    if _CYRILLIC.search(everything):
        return "" if _NOT_RUSSIAN.search(everything) else "ru"
    return None


def _many(text: str) -> bool:
    """Whether letters of other scripts are more than a name among Latin ones."""
    letters = [char for char in text[: 2 * MAX_TEXT] if char.isalpha()]
    latin = sum(1 for char in letters if char < "\u0250")
    foreign = sum(2 if "\u3000" <= char <= "\ud7af" else 1 for char in letters if char > "\u036f")
    return foreign > latin * 0.4


def _declared(document: "Document") -> str | None:
    from mailcheck.lint.document import Body

    def first(body: Body) -> str | None:
        for element in body.find("html", "body", "mjml"):
            value = body.known(element, "lang")
            if value:
                return value
        return None

    for body in document.html:
        value = first(body)
        if value:
            return value[:2].lower()
    field = document.message.first("Content-Language") if document.message is not None else None
    return field.text.strip()[:2].lower() if field is not None else None


def by_words(written: str, body: str, declared: str | None) -> str | None:
    """The Latin-script language that most small words are of; what is declared where they do not tell."""
    known: dict[str, list[str]] = table("languages")["words"]
    letters: dict[str, str] = table("languages")["letters"]
    text = f"{written} {body}"
    counts: dict[str, float] = {}
    words = _WORD.findall(folded(text[: 2 * MAX_TEXT]).replace("\ue000", " "))
    lowered = set(text[: 2 * MAX_TEXT].casefold()) if not text.isascii() else set()
    for language, small in known.items():
        own = frozenset(small)
        counts[language] = sum(1 for word in words if word in own)
        claims = frozenset(table("languages")["claims"].get(language, ()))
        counts[language] += sum(1 for word in words if word in claims)
        counts[language] += 0.8 * sum(1 for char in letters.get(language, "") if char in lowered)
    best = max(counts, key=lambda language: (counts[language], language == declared))
    if counts[best] <= 0 or counts.get(declared or "", 0) >= counts[best] * 0.8:
        return declared if declared is not None else None
    return best
