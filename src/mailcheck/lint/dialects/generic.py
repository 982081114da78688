"""{% %} and {{ }} of a language that the text does not give away: what Jinja, Django, Twig and Liquid have in common.

Rules that rest on the language do not judge it.
"""

from mailcheck.lint.dialects.percent import Language, assigns
from mailcheck.lint.template import Scan

NAME = "generic"
LANGUAGE = Language(
    blocks="if for",
    middles={
        "else": None, "elif": "if", "elsif": "if unless", "elseif": "if", "when": "case", "empty": "for",
        "plural": "blocktrans blocktranslate trans",
    },
    conditional="if unless case ifchanged",
    raw="raw verbatim",
    comments="comment",
    inline=assigns,
    unescaped=r"\|\s*(?:safe|raw)\b",
)  # fmt: skip
PAIRING = LANGUAGE.pairing()


def scan(text: str) -> Scan:
    """The tags of a text; {# that nothing closes is text to some of the languages."""
    found = LANGUAGE.scan(text)
    stumps = {fault.start for fault in found.faults if fault.key == "unclosed" and text.startswith("{#", fault.start)}
    found.faults = [fault for fault in found.faults if fault.start not in stumps]
    found.tags = [tag for tag in found.tags if tag.start not in stumps]
    return found
