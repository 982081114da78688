"""The rules of the linter: which modules hold them, and the call."""

from importlib import import_module

from mailcheck.model.rule import Rule, loaded
from mailcheck.model.selection import Selection

MODULES = (
    "accessibility",
    "attachments",
    "css",
    "html",
    "images",
    "leftovers",
    "legal",
    "link_hosts",
    "links",
    "mime",
    "preheader",
    "security",
    "size",
    "template",
    "text",
    "prices",
    "unsubscribe",
)
"""One module a family of rules, below lint/rules/."""
FAMILIES = ("UNS", "LEG", "LNK", "SEC", "TPL", "HTM", "CSS", "IMG", "ACC", "TXT", "SIZ", "MIM", "PRE")


def rules(selection: Selection) -> list[Rule]:
    """The rules that are selected, in the order of their codes."""
    for name in MODULES:
        import_module(f"mailcheck.lint.rules.{name}")
    return [rule for rule in loaded(*FAMILIES) if rule.code in selection]
