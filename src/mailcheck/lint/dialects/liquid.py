"""Liquid: strings hide no closer, {% comment %} and {% # %}, {% raw %}, {% liquid %} of many lines is one tag."""

from mailcheck.lint.dialects.percent import Language

NAME = "liquid"
BLOCKS = "if unless case for tablerow capture ifchanged"
MIDDLES: dict[str, str | None] = {
    "else": None, "elsif": "if unless", "elif": "if unless", "elseif": "if unless", "when": "case",
}  # fmt: skip
LANGUAGE = Language(
    blocks=BLOCKS,
    middles=MIDDLES,
    conditional="if unless case ifchanged",
    raw="raw",
    comments="comment doc",
    lexed=False,
    hashes=False,
)
PAIRING = LANGUAGE.pairing()
scan = LANGUAGE.scan
