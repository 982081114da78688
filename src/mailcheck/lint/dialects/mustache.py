"""Mustache (the specification's core modules) and Postmark's Mustachio ({{#each}}, {{else}})."""

from mailcheck.lint.dialects import mustaches
from mailcheck.lint.template import Scan

NAME = "mustache"
PAIRING = mustaches.PAIRING


def scan(text: str) -> Scan:
    """The tags of a text."""
    return mustaches.Mustaches(text, handlebars=False).run()
