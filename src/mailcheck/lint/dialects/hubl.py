"""HubL (HubSpot): as Jinja, with unless, ifchanged, and ends of two words (end_module_block)."""

from mailcheck.lint.dialects.percent import Language, assigns

NAME = "hubl"
LANGUAGE = Language(
    blocks="if for block macro call filter autoescape unless ifchanged set",
    middles={"else": None, "elif": "if", "elsif": "if", "elseif": "if"},
    conditional="if unless ifchanged",
    inline=assigns,
    unescaped=r"\|\s*safe\b",
)
PAIRING = LANGUAGE.pairing()
scan = LANGUAGE.scan
