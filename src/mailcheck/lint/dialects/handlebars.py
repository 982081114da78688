"""Handlebars, and what speaks it: SendGrid, SES, Mandrill's own."""

from mailcheck.lint.dialects import mustaches
from mailcheck.lint.template import Scan

NAME = "handlebars"
PAIRING = mustaches.PAIRING


def scan(text: str) -> Scan:
    """The tags of a text."""
    return mustaches.Mustaches(text, handlebars=True).run()
