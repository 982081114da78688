"""Reply and forward prefixes at the beginning of a subject, and what shows that a message is one indeed."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from mailcheck.lint.subjects.folding import folded
from mailcheck.lint.subjects.tables import table
from mailcheck.model.pattern import regex

if TYPE_CHECKING:
    from mailcheck.lint.document import Document
    from mailcheck.lint.subjects.heading import Heading
    from mailcheck.lint.subjects.lines import Line

REPLY, FORWARD = "reply", "forward"
MAX_QUOTED = 200_000
"""Characters of a body in which a quoted message is looked for."""
_QUOTED = regex(r"^[ \t]*>|<blockquote|class=\"?gmail_quote|^-{3,} ?(?:original|ursprüngliche"
                r"|message|mensaje|messaggio|"
                r"oorspronkelijk|wiadomość|orijinal|исходное)", re.IGNORECASE | re.MULTILINE)  # fmt: skip
_WROTE = regex(r"(?:wrote|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|napisał\(?a?\)?"
               r"|yazdı|написал[а]?|さんは書きました|写道)"
               r"[^\n]{0,40}:\s*$", re.IGNORECASE | re.MULTILINE)  # fmt: skip
# The header lines that a forwarded message begins with, in the languages of mail programs; two of them are needed.
_HEADS = (
    regex(r"^[>*\s]*(?:from|von|de|da|van|od|kimden|fra|från|от|发件人|差出人|보낸 ?사람|מאת|من)"
          r"\*?\s?[:：].*\S", re.IGNORECASE | re.MULTILINE),
    regex(r"^[>*\s]*(?:subject|betreff|objet|asunto|assunto|oggetto|onderwerp|temat"
          r"|konu|emne|ämne|тема|主题|件名|제목|נושא|الموضوع)\*?\s?[:：]",
          re.IGNORECASE | re.MULTILINE),
    regex(r"^[>*\s]*(?:date|sent|gesendet|datum|envoyé|enviado|fecha|data|inviato|verzonden"
          r"|wysłano|tarih|gönderme|дата|отправлено|发送时间|日期|送信日時|날짜|נשלח|התאריך)"
          r"\*?\s?[:：]", re.IGNORECASE | re.MULTILINE),
    regex(r"^[>*\s]*(?:to|an|à|para|a|aan|do|kime|til|till|кому|收件人|宛先|받는 ?사람|אל|إلى)"
          r"\*?\s?[:：].*\S", re.IGNORECASE | re.MULTILINE),
)  # fmt: skip
_MARKS = regex(r"begin forwarded message|-{3,} ?(?:forwarded message|weitergeleitete nachricht"
               r"|message transféré|mensaje reenviado|"
               r"mensagem encaminhada|messaggio inoltrato|doorgestuurd bericht|przekazana wiadomość"
               r"|iletilen mesaj|пересылаемое)",
               re.IGNORECASE)  # fmt: skip


class Prefix:
    """The prefixes that begin a subject: what the first of them says, the word, and their range in the line's text."""

    __slots__ = ("end", "kind", "start", "word")

    def __init__(self, kind: str, word: str, start: int, end: int) -> None:
        self.kind = kind
        self.word = word
        self.start = start
        self.end = end


@cache
def _words() -> dict[str, str]:
    known = {folded(word): REPLY for word in table("prefixes")["reply"]}
    return known | {folded(word): FORWARD for word in table("prefixes")["forward"]}


@cache
def _pattern() -> "re.Pattern[str]":
    singles = table("prefixes")["single"]
    words = sorted({*_words(), *singles}, key=len, reverse=True)
    return re.compile(rf"({'|'.join(map(re.escape, words))})\.? ?(?:[\[(^] ?\d{{1,3}} ?[\])]?)? ?: ?")


def prefix_of(line: "Line", heading: "Heading") -> Prefix | None:
    """The prefix of a subject; a name such as re:publica has none, since no blank follows its colon."""
    text = line.words.text
    if ":" not in text:
        # Most subjects: the pattern of all languages' prefixes takes milliseconds to make.
        return None
    begin = len(text) - len(text.lstrip(" \"'([{*-_.,!?#>"))
    at, first, last = begin, None, None
    while True:
        match = _pattern().match(text, at)
        if match is None:
            break
        kind = _kind(match[1], text, match.end(), heading, chained=first is not None)
        if kind is None:
            break
        first = first or (kind, match[1])
        last = match
        at = match.end()
    if first is None or last is None or not _separate(line, text, last):
        return None
    start, end = line.words.place(begin, at)
    return Prefix(first[0], line.text[start:end].strip(), start, end)


def _kind(word: str, text: str, end: int, heading: "Heading", *, chained: bool) -> str | None:
    single = table("prefixes")["single"].get(word)
    if single is not None:
        again = _pattern().match(text, end) is not None
        return str(single[1]) if chained or again or heading.language == single[0] else None
    others = table("prefixes")["other_meaning"].get(word, ())
    if others and not chained and heading.language in others:
        return None
    if word == "rif" and text[end : end + 1].isdigit():
        # A file number: Rif: 20931.
        return None
    return _words()[word]


def _separate(line: "Line", text: str, match: "re.Match[str]") -> bool:
    """Whether the colon ends a word: a blank follows it, or the script has no blanks."""
    if match[0].endswith(" ") or match.end() == len(text):
        return True
    colon = line.words.place(match.end() - 1, match.end())[0]
    return line.text[colon : colon + 1] != ":" or not match[1].isascii() or not text[match.end()].isascii()


def threaded(document: "Document") -> bool:
    """Whether the message shows a thread: its fields, a notice of delivery, an answer of a machine, quoted text."""
    message = document.message
    if any(message.first(name) for name in ("In-Reply-To", "References")):
        return True
    return automatic(message) or quoted(document)


def automatic(message: Any) -> bool:
    """Whether a machine wrote it in answer (RFC 3834, RFC 3464)."""
    auto = message.first("Auto-Submitted")
    if auto is not None and auto.text.strip().lower().startswith("auto-replied"):
        return True
    kind, path = message.first("Content-Type"), message.first("Return-Path")
    return (kind is not None and kind.text.strip().lower().startswith("multipart/report")) or (
        path is not None and path.text.strip() == "<>"
    )


def from_list(message: Any) -> bool:
    """Whether a discussion list has passed it on: old list programs drop the fields of threads."""
    return message.first("List-Id") is not None and message.first("Received") is not None


def quoted(document: "Document") -> bool:
    """Whether a body quotes another message."""
    return any(_QUOTED.search(text) or _WROTE.search(text) or _header_block(text) for text in _texts(document))


def forwarded(document: "Document") -> bool:
    """Whether a message is forwarded in it: as a part, or with its header lines."""
    if document.mail is not None and any(part.content_type == "message/rfc822" for part in document.mail.tree.parts):
        return True
    return any(_MARKS.search(text) or _header_block(text) for text in _texts(document))


def _header_block(text: str) -> bool:
    return sum(1 for pattern in _HEADS if pattern.search(text)) >= 2


def _texts(document: "Document") -> list[str]:
    bodies = (*document.text, *document.html)
    return [body.visible_text[:MAX_QUOTED] for body in bodies] + [
        body.source.text[:MAX_QUOTED] for body in document.html
    ]
