"""Email-authentication checker and pre-send linter: what receivers will do with your mail.

The names below are imported when first used; importing the package does no input or output.
"""

# Type checkers take the name for true; importing it from typing would cost every start 5 ms.
TYPE_CHECKING = False

__version__ = "0.1.0"

if TYPE_CHECKING:
    from mailcheck.api import audit, check_address, check_host, evaluate_dmarc, verify
    from mailcheck.auth.dmarc.evaluate import DmarcResult
    from mailcheck.auth.spf.result import SpfResult
    from mailcheck.dns.static import StaticResolver
    from mailcheck.domain_audit.declaration import Declaration
    from mailcheck.linting import lint_path, lint_subject, lint_text
    from mailcheck.model.errors import ConfigError, InputError, MailcheckError, UsageError
    from mailcheck.model.finding import Finding
    from mailcheck.model.report import Report, SubjectReport
    from mailcheck.model.severity import Severity
    from mailcheck.recipients.result import AddressResult
    from mailcheck.recipients.row import Suggestion

__all__ = [
    "AddressResult",
    "ConfigError",
    "Declaration",
    "DmarcResult",
    "Finding",
    "InputError",
    "MailcheckError",
    "Report",
    "Severity",
    "SpfResult",
    "StaticResolver",
    "SubjectReport",
    "Suggestion",
    "UsageError",
    "__version__",
    "audit",
    "check_address",
    "check_host",
    "evaluate_dmarc",
    "lint_path",
    "lint_subject",
    "lint_text",
    "verify",
]

_HOMES = {
    "lint_path": "mailcheck.linting",
    "lint_subject": "mailcheck.linting",
    "lint_text": "mailcheck.linting",
    "audit": "mailcheck.api",
    "check_address": "mailcheck.api",
    "check_host": "mailcheck.api",
    "evaluate_dmarc": "mailcheck.api",
    "verify": "mailcheck.api",
    "AddressResult": "mailcheck.recipients.result",
    "Suggestion": "mailcheck.recipients.row",
    "DmarcResult": "mailcheck.auth.dmarc.evaluate",
    "SpfResult": "mailcheck.auth.spf.result",
    "Declaration": "mailcheck.domain_audit.declaration",
    "StaticResolver": "mailcheck.dns.static",
    "ConfigError": "mailcheck.model.errors",
    "InputError": "mailcheck.model.errors",
    "MailcheckError": "mailcheck.model.errors",
    "UsageError": "mailcheck.model.errors",
    "Finding": "mailcheck.model.finding",
    "Report": "mailcheck.model.report",
    "SubjectReport": "mailcheck.model.report",
    "Severity": "mailcheck.model.severity",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'mailcheck' has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(home), name)
    return found


def __dir__() -> list[str]:
    return __all__
