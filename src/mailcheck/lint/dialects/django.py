"""Django: tags end on the line on which they begin, and strings hide no closer (django/template/base.py, tag_re)."""

from mailcheck.lint.dialects.percent import Language

NAME = "django"
LANGUAGE = Language(
    blocks=(
        "if for block with filter autoescape spaceless ifchanged ifequal ifnotequal blocktrans blocktranslate language"
        " localize localtime timezone cache"
    ),
    middles={
        "else": None, "elif": "if", "elsif": "if", "elseif": "if", "empty": "for",
        "plural": "blocktrans blocktranslate",
    },
    conditional="if ifchanged ifequal ifnotequal",
    raw="verbatim",
    comments="comment",
    unescaped=r"\|\s*safe(?:seq)?\b",
    lexed=False,
    lines=False,
)  # fmt: skip
PAIRING = LANGUAGE.pairing()
scan = LANGUAGE.scan
