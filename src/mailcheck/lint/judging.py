"""The rules of the linter: which modules hold them, and the call."""

from importlib import import_module

from mailcheck.lint.document import Document
from mailcheck.model.rule import Rule, loaded
from mailcheck.model.selection import Selection

MODULES = (
    "accessibility",
    "attachments",
    "css",
    "headers",
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
    "subject_characters",
    "subject_claims",
    "subject_deadlines",
    "subject_figures",
    "subject_shape",
    "subject_threads",
    "template",
    "text",
    "prices",
    "unsubscribe",
)
"""One module a family of rules, below lint/rules/."""
FAMILIES = ("SUB", "HDR", "UNS", "LEG", "LNK", "SEC", "TPL", "HTM", "CSS", "IMG", "ACC", "TXT", "SIZ", "MIM", "PRE")


HTML_ONLY = frozenset({"accessibility", "css", "html", "images", "preheader", "security", "size"})
"""Modules that speak of HTML alone: without any, they are neither loaded nor listed."""
MESSAGE_ONLY = frozenset({"attachments", "mime"})
"""Modules that speak of a message with its header."""
HEADING = frozenset(
    {
        "headers", "subject_characters", "subject_claims", "subject_deadlines", "subject_figures", "subject_shape",
        "subject_threads",
    }
)  # fmt: skip
"""Modules that speak of what an inbox shows: subject, preheader and sender's name."""


def rules(selection: Selection) -> list[Rule]:
    """The rules that are selected, in the order of their codes."""
    return _rules(selection, frozenset(MODULES))


class Judges:
    """The rules for each document of a run; modules are loaded when the first document needs them."""

    def __init__(self, selection: Selection, modules: frozenset[str] = frozenset(MODULES)) -> None:
        self._selection = selection
        self._modules = modules
        self._known: dict[frozenset[str], list[Rule]] = {}

    def of(self, document: Document) -> list[Rule]:
        """The selected rules that speak of such a document, in the order of their codes."""
        modules = self._modules
        if document.mail is None and not any(body.media in {"subject", "from_name"} for body in document.bodies):
            modules -= HEADING
        if not document.html:
            modules -= HTML_ONLY
        if document.mail is None:
            modules -= MESSAGE_ONLY
        if modules not in self._known:
            self._known[modules] = _rules(self._selection, modules)
        return self._known[modules]


def _rules(selection: Selection, names: frozenset[str]) -> list[Rule]:
    modules = {f"mailcheck.lint.rules.{name}" for name in names}
    for module in sorted(modules):
        import_module(module)
    return [rule for rule in loaded(*FAMILIES) if rule.code in selection and rule.module in modules]
