"""Write src/mailcheck/data/rules.json from the rule decorators (a test keeps them equal).

python tools/rules_json.py
"""

import json
from importlib import import_module
from pathlib import Path

from mailcheck.domain_audit import judging
from mailcheck.lint import judging as lint_judging
from mailcheck.model.rule import loaded
from mailcheck.recipients import judging as recipients_judging
from mailcheck.report.sections import FAMILIES
from mailcheck.verify_message import judging as verify_judging

MODULES = (
    *(f"mailcheck.domain_audit.rules.{name}" for name in judging.MODULES),
    *(f"mailcheck.lint.rules.{name}" for name in lint_judging.MODULES),
    *(f"mailcheck.verify_message.rules.{name}" for name in verify_judging.MODULES),
    *(f"mailcheck.recipients.rules.{name}" for name in recipients_judging.MODULES),
    "mailcheck.lint.rules.ignore_comments",
    "mailcheck.config.accept",
    "mailcheck.model.run_rules",
)
TARGET = Path(__file__).parent.parent / "src" / "mailcheck" / "data" / "rules.json"


def generated() -> str:
    """The text of the file."""
    for module in MODULES:
        import_module(module)
    rules = sorted(loaded(), key=lambda rule: (FAMILIES.index(rule.family), rule.code))
    lines = [
        json.dumps(
            {
                "code": rule.code,
                "name": rule.name,
                "severity": str(rule.severity),
                "family": rule.family,
                "module": rule.module,
                "since": rule.since,
                "status": rule.status,
                "fix": str(rule.fix),
                "summary": rule.doc.summary,
            }
        )
        for rule in rules
    ]
    return '{\n "rules": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n"


if __name__ == "__main__":
    TARGET.write_text(generated(), "utf-8")
    print(f"{TARGET}: written")
