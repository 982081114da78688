"""Twig: as Jinja, with elseif, verbatim, apply, embed, and blocks of one line ({% block title 'Hello' %})."""

from mailcheck.lint.dialects.percent import Language, assigns

NAME = "twig"


def _inline(word: str, expression: str) -> bool:
    return assigns(word, expression) or (word == "block" and len(expression.split()) > 1)


LANGUAGE = Language(
    blocks="if for block macro filter apply autoescape set embed sandbox spaceless with",
    middles={"else": None, "elseif": "if", "elif": "if", "elsif": "if", "plural": "trans"},
    raw="verbatim raw",
    inline=_inline,
    unescaped=r"\|\s*raw\b",
)
PAIRING = LANGUAGE.pairing()
scan = LANGUAGE.scan
