"""Template languages: one module each, found by suffix and by a census of tags, or named by the configuration.

A module holds `NAME`, `SUFFIXES`, `scan(text) -> Scan` and `PAIRING`; only the module of the language at hand is
imported. Scanners are total: any text gives a Scan, in time linear in its length.
"""

from importlib import import_module
from typing import Protocol

from mailcheck.lint.blocks import Pairing, pair
from mailcheck.lint.template import Scan, Template

DIALECTS = ("plain", "jinja")
"""Every dialect, by the name that the configuration uses."""


class Dialect(Protocol):
    """What a dialect's module offers."""

    NAME: str
    PAIRING: Pairing

    def scan(self, text: str) -> Scan:
        """The tags of a text."""
        ...


def read(text: str, dialect: str) -> Template:
    """The template in the named dialect."""
    module: Dialect = import_module(f"mailcheck.lint.dialects.{dialect}")
    scan = module.scan(text)
    return Template(text, dialect, scan, pair(scan, module.PAIRING))
