"""Braze: Liquid with ${attributes} inside its tags ({{${first_name}}}), connected content and abort_message."""

from mailcheck.lint.dialects.liquid import BLOCKS, MIDDLES
from mailcheck.lint.dialects.percent import Language

NAME = "braze"
LANGUAGE = Language(
    blocks=BLOCKS,
    middles=MIDDLES,
    conditional="if unless case ifchanged",
    raw="raw",
    comments="comment doc",
    hashes=False,
    nested=True,
)
PAIRING = LANGUAGE.pairing()
scan = LANGUAGE.scan
