"""The registry as data: rules.json is what the decorators say, codes and names are unique and well formed."""

import json
import re
import subprocess
import sys
from pathlib import Path

from mailcheck.model import registry

ROOT = Path(__file__).parent.parent
FILE = ROOT / "src" / "mailcheck" / "data" / "rules.json"


def test_rules_json_is_generated() -> None:
    code = "import sys; sys.path.insert(0, 'tools'); import rules_json; print(rules_json.generated(), end='')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == FILE.read_text("utf-8"), "run: python tools/rules_json.py"


def test_rule_pages_are_generated() -> None:
    code = "import sys, json; sys.path.insert(0, 'tools'); import rule_pages; print(json.dumps(rule_pages.generated()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    written = {path.name: path.read_text("utf-8") for path in (ROOT / "docs" / "rules").glob("*.md")}
    assert json.loads(done.stdout) == written, "run: python tools/rule_pages.py"


def test_codes_and_names_are_unique_and_well_formed() -> None:
    entries = registry.entries()
    assert len({entry.code for entry in entries}) == len(entries)
    assert len({entry.name for entry in entries}) == len(entries)
    assert all(re.fullmatch(r"[A-Z]+[0-9]{3}", entry.code) for entry in entries)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry.name) for entry in entries)
    assert all(entry.code.startswith(entry.family) for entry in entries)


def test_catalogue_numbers_that_users_know() -> None:
    """Codes are promises: these are quoted in the contract."""
    known = {entry.code: entry.name for entry in registry.entries()}
    assert known["DNS001"] == "domain-nxdomain"
    assert known["MX001"] == "mx-missing"
    assert known["SPF001"] == "spf-missing"
    assert known["SPF006"] == "spf-lookup-limit"
    assert known["RUN001"] == "internal-error"


def test_every_rule_loads_by_code_and_by_name() -> None:
    for entry in registry.entries():
        rule = registry.load(entry)
        assert (rule.code, rule.name) == (entry.code, entry.name)
        assert registry.find(entry.code.lower()) is entry
        assert registry.find(entry.name.upper()) is entry
