"""A clean little world of DNS answers, and changes to it in the words of a rule's examples."""

import json
import shlex
from pathlib import Path
from typing import Any

from mailcheck.dns.static import FAULTS

FIXTURES = Path(__file__).parent.parent / "fixtures"
KEYS: dict[str, str] = json.loads((FIXTURES / "keys.json").read_text())
LONG = " ".join(f"ip4:198.51.{block}.0/25" for block in range(0, 60, 2))

Answers = dict[str, Any]


def clean() -> Answers:
    """example.com without a fault."""
    return {
        "example.com": {"TXT": ["v=spf1 mx -all"], "MX": ["10 mx1.example.com."], "A": ["192.0.2.80"]},
        "mx1.example.com": {"A": ["192.0.2.10"]},
        "10.2.0.192.in-addr.arpa": {"PTR": ["mx1.example.com."]},
        "_dmarc.example.com": {"TXT": ["v=DMARC1; p=reject; rua=mailto:dmarc@example.com"]},
        "s1._domainkey.example.com": {"TXT": [f"v=DKIM1; k=rsa; p={KEYS['rsa2048']}"]},
        "_spf.google.com": {"TXT": ["v=spf1 ip4:192.0.2.32/27 ~all"]},
    }


def changed(answers: Answers, lines: tuple[str, ...]) -> tuple[str, Answers, dict[str, tuple[str, ...]]]:
    """Apply example lines: the name to audit, the answers, and what is declared.

    A line is `owner TYPE data`; the first line for an owner and type replaces what was there. Without data
    the records go; a fault's name in the place of data (or of the type) makes the question fail so.
    """
    subject, declared = "example.com", {}
    touched: set[tuple[str, str]] = set()
    answers = json.loads(json.dumps(answers))
    for raw in lines:
        line = raw
        for name, value in {**KEYS, "long": LONG}.items():
            line = line.replace("{" + name + "}", value)
        if line.startswith("{audit "):
            subject = line[7:].rstrip("}")
            continue
        if line.startswith(";"):
            key, _, value = line[1:].partition(":")
            declared[key.strip()] = tuple(value.split())
            continue
        _apply(answers, line, touched)
    return subject, answers, declared


def _apply(answers: Answers, line: str, touched: set[tuple[str, str]]) -> None:
    owner, type_, *rest = line.split(None, 2)
    name = owner.removesuffix(".") if owner.endswith(".") else "example.com" if owner == "@" else f"{owner}.example.com"
    if type_ in FAULTS or type_ == "NXDOMAIN":
        answers[name] = type_
        return
    entry = answers.setdefault(name, {})
    if not isinstance(entry, dict):
        entry = answers[name] = {}
    if not rest:
        entry.pop(type_, None)
        if not entry:
            del answers[name]
    elif rest[0] in FAULTS:
        entry[type_] = rest[0]
    else:
        if type_ == "CNAME":
            entry.clear()
        data = rest[0] if type_ != "TXT" or len(shlex.split(rest[0])) > 1 else shlex.split(rest[0])[0]
        if (name, type_) not in touched:
            entry[type_] = []
        touched.add((name, type_))
        entry[type_].append(data)
