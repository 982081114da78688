"""No template language: the text is what is sent."""

from mailcheck.lint.blocks import Pairing
from mailcheck.lint.template import Scan

NAME = "plain"
PAIRING = Pairing(lambda _tag: "", lambda _keyword: False)


def scan(text: str) -> Scan:  # noqa: ARG001  the form of every dialect
    """No tags."""
    return Scan([])
