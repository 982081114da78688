"""Jinja2 and Nunjucks: strings and braces hide a closer, tags go over lines, {# #} and {% raw %}.

Also reads what Django writes ({% comment %}, {% empty %}), since the two are told apart by few tags.
"""

from mailcheck.lint.dialects.percent import Language, assigns

NAME = "jinja"
LANGUAGE = Language(
    blocks="if for block macro call filter autoescape set",
    middles={
        "else": None, "elif": "if", "elsif": "if", "elseif": "if", "empty": "for",
        "plural": "blocktrans blocktranslate",
        "pluralize": "trans",
    },
    conditional="if ifchanged",
    raw="raw verbatim",
    comments="comment",
    inline=assigns,
    unescaped=r"\|\s*safe\b|\bMarkup\(",
)  # fmt: skip
PAIRING = LANGUAGE.pairing()
scan = LANGUAGE.scan
