"""{{ }} alone: output of some language; nothing that rests on the language is judged."""

from mailcheck.lint.blocks import Pairing
from mailcheck.lint.dialects import mustaches
from mailcheck.lint.template import Scan

NAME = "curly"
PAIRING = Pairing(lambda _tag: "", lambda _keyword: False)


def scan(text: str) -> Scan:
    """The tags of a text."""
    return mustaches.Mustaches(text, handlebars=False, blocks=False).run()
