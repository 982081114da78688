"""Template languages: one module each, found by suffix and by a census of tags, or named by the configuration.

A module holds `NAME`, `PAIRING` and `scan(text) -> Scan`; only the module of the language at hand is imported. Scanners
are total: any text gives a Scan, in time linear in its length. `detection.detect` tells which one reads a file.
"""

from importlib import import_module
from typing import Protocol

from mailcheck.lint.blocks import Pairing, pair
from mailcheck.lint.template import DECLARED, Scan, Template

DIALECTS = (
    "plain", "jinja", "django", "twig", "liquid", "handlebars", "mustache", "go", "erb", "blade", "razor", "mailchimp",
    "ampscript", "hubl", "freemarker", "smarty", "braze", "generic", "curly",
)  # fmt: skip
"""Every dialect, by the name of its module. `generic` and `curly` are what a census gives where it cannot tell."""
ALIASES = {
    "none": "plain", "jinja2": "jinja", "nunjucks": "jinja", "sfmc": "ampscript", "hubspot": "hubl", "ejs": "erb",
    "sendgrid": "handlebars", "ses": "handlebars", "postmark": "mustache", "mandrill": "mailchimp", "golang": "go",
}  # fmt: skip
"""Other names of a language, or of a service that speaks it."""


class Dialect(Protocol):
    """What a dialect's module offers."""

    NAME: str
    PAIRING: Pairing

    def scan(self, text: str) -> Scan:
        """The tags of a text."""
        ...


def read(text: str, dialect: str, *, origin: str = DECLARED) -> Template:
    """The template in the named dialect, with tags of other languages inside it known as such.

    `origin` says how the dialect is known: declared, suffix or census (detection.detect tells). In a text that is
    declared to be plain, everything is text.
    """
    name = ALIASES.get(dialect, dialect)
    if name not in DIALECTS:
        raise ValueError(f"no template language {dialect!r}")
    module: Dialect = import_module(f"mailcheck.lint.dialects.{name}")
    scan = module.scan(text)
    blocks = pair(scan, module.PAIRING)
    if name != "plain" or origin != DECLARED:
        from mailcheck.lint.dialects import foreign

        blocks += foreign.add(text, name, scan)
    return Template(text, name, scan, blocks, origin=origin)
