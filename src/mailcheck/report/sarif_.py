"""SARIF 2.1.0 (OASIS Standard), one run: code scanning refuses several runs of one category in a file."""

import re
from typing import Any
from urllib.parse import quote

from mailcheck.model import registry
from mailcheck.model.finding import DOCS, Finding
from mailcheck.model.fix import Fix, TextEdit
from mailcheck.model.location import ConfigLocation, DnsLocation, FileLocation, Location, MessageLocation, RowLocation
from mailcheck.model.report import Report
from mailcheck.report.ascii_json import dump
from mailcheck.report.options import RenderOptions
from mailcheck.report.place import STDIN, dns_artifact, where
from mailcheck.report.sections import family_order, in_reading_order
from mailcheck.report.text import LIMIT, printable, record_text

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
Json = dict[str, Any]


def text(value: str) -> str:
    """The escaper of message texts: printable, and without embedded links (SARIF 2.1.0, 3.11.6)."""
    shown = printable(value)
    return re.sub(r"(?<!\\)[\[\]]", r"\\\g<0>", shown) if "](" in shown else shown


def uri(path: str) -> str:
    """A path as a URI reference (3.4.3): relative paths stay relative, absolute ones become `file:`."""
    if re.match(r"[A-Za-z]:[\\/]", path):
        path = "/" + path.replace("\\", "/")
    try:
        octets = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        octets = path.encode("utf-8", "replace")
    return ("file://" if path.startswith("/") else "") + quote(octets)


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001  every writer has this form
    """Findings as results, ignored ones as suppressed results, what could not be determined as notifications."""
    rules = _Rules(report)
    results: list[Json] = []
    notifications: list[Json] = []
    for subject in report.subjects:
        results += [_result(each, rules) for each in in_reading_order(report.command, subject.findings)]
        for each in in_reading_order(report.command, subject.ignored):
            results.append(_result(each, rules) | {"suppressions": [{"kind": "external", "status": "accepted"}]})
        for unknown in subject.unknown:
            reason = printable(unknown.reason, limit=LIMIT)
            message = f"{subject.subject}: {unknown.code} {unknown.name} not determined: {reason}"
            notifications.append(_notification(message, unknown.code, subject.subject, rules))
    if not report.complete:
        message = "Incomplete: the run was ended before everything was judged."
        notifications.append({"level": "warning", "message": {"text": message}})
    run = {
        "tool": {
            "driver": {
                "name": "mailcheck",
                "semanticVersion": report.version,
                "informationUri": DOCS.removesuffix("rules/"),
                "rules": rules.descriptors,
            }
        },
        "automationDetails": {"id": f"mailcheck/{report.command}/"},
        "columnKind": "unicodeCodePoints",
        # False would make code scanning refuse the whole file; an open question is told as a notification.
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notifications}],
        "results": results,
    }
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


class _Rules:
    """The rules that have a result in the report, each described once."""

    def __init__(self, report: Report) -> None:
        found: dict[str, tuple[str, str, str]] = {}
        for subject in report.subjects:
            for finding in (*subject.findings, *subject.ignored):
                found.setdefault(finding.code, (finding.name, finding.why, str(finding.severity)))
            for unknown in subject.unknown:
                found.setdefault(unknown.code, (unknown.name, "", "warning"))
        codes = sorted(found, key=lambda code: (family_order(code), code))
        self.index = {code: number for number, code in enumerate(codes)}
        self.descriptors = [_descriptor(code, *found[code]) for code in codes]


def _descriptor(code: str, name: str, why: str, severity: str) -> Json:
    """The rule as registered; a rule that is not registered is described by its first finding."""
    entry = registry.find(code)
    summary, enabled = name.replace("-", " "), True
    if entry is not None:
        summary, severity, enabled = entry.summary, entry.severity, entry.status != "preview"
        why = registry.load(entry).doc.why
    return {
        "id": code,
        "name": name,
        "shortDescription": {"text": text(summary)},
        "fullDescription": {"text": text(why or summary)},
        "helpUri": f"{DOCS}{quote(code)}",
        "defaultConfiguration": {"level": _LEVELS[severity], "enabled": enabled},
    }


def _result(finding: Finding, rules: _Rules) -> Json:
    result: Json = {
        "ruleId": finding.code,
        "ruleIndex": rules.index[finding.code],
        "level": _LEVELS[str(finding.severity)],
        "message": {"text": text(printable(finding.message, limit=LIMIT))},
        "locations": [_location(finding.location, finding.subject)],
        "partialFingerprints": {"mailcheck/v1": finding.fingerprint},
    }
    if isinstance(finding.location, DnsLocation):
        # Code scanning hashes the line of a file by itself; a domain has no file, so alerts are matched by this.
        result["partialFingerprints"]["primaryLocationLineHash"] = finding.fingerprint
    if finding.related:
        result["relatedLocations"] = [
            _location(each.location, finding.subject)
            | {"id": number, "message": {"text": text(printable(each.message, limit=LIMIT))}}
            for number, each in enumerate(finding.related, 1)
        ]
    fixes = [_fix(fix) for fix in finding.fixes if fix.kind == "text"]
    if fixes:
        result["fixes"] = fixes
    if finding.preview:
        result["properties"] = {"preview": True}
    return result


def _location(location: Location, subject: str) -> Json:
    match location:
        case DnsLocation(name=name, span=span, text=record):
            region: Json = {"startLine": 1}
            if span:
                region |= {"startColumn": span[0] + 1, "endColumn": span[1] + 1}
                if record:
                    region["snippet"] = {"text": text(record_text(record[span[0] : span[1]][:LIMIT]))}
            logical = {"name": text(name), "fullyQualifiedName": text(where(location)), "kind": "resource"}
            return _physical(dns_artifact(subject or name), region) | {"logicalLocations": [logical]}
        case FileLocation():
            region = {
                "startLine": location.line,
                "startColumn": location.column,
                "endLine": location.end_line,
                "endColumn": location.end_column,
                "charOffset": location.offset,
                "charLength": location.end_offset - location.offset,
            }
            return _physical(uri(location.path), region)
        case ConfigLocation(path=path, key=key, line=line):
            logical = {"name": text(key), "kind": "member"}
            return _physical(uri(path), {"startLine": line or 1}) | {"logicalLocations": [logical]}
        case RowLocation(path=rows, row=row, column=column):
            # A row may take several lines of its file, so no region: the row is a logical place.
            logical = {"name": text(f"row {row}" + (f", {column}" if column else "")), "kind": "member"}
            return {
                "physicalLocation": {"artifactLocation": {"uri": uri(rows or STDIN)}},
                "logicalLocations": [logical],
            }
        case MessageLocation(path=message, line=line, text=octets):
            region = {
                "startLine": line,
                "byteOffset": location.offset,
                "byteLength": location.end_offset - location.offset,
            }
            if octets:
                region["snippet"] = {"text": text(record_text(octets[:LIMIT]))}
            logical = {"name": text(location.field or location.part or "message"), "kind": "member"}
            return _physical(uri(message or STDIN), region) | {"logicalLocations": [logical]}


def _physical(artifact: str, region: Json) -> Json:
    return {"physicalLocation": {"artifactLocation": {"uri": artifact}, "region": region}}


def _fix(fix: Fix) -> Json:
    changes: dict[str, list[Json]] = {}
    for edit in fix.changes:
        if isinstance(edit, TextEdit):
            region = {"charOffset": edit.offset, "charLength": edit.end_offset - edit.offset}
            # The inserted text is applied by machines: exact, not made printable.
            changes.setdefault(edit.path, []).append({"deletedRegion": region, "insertedContent": {"text": edit.text}})
    return {
        "description": {"text": text(fix.title)},
        "artifactChanges": [
            {"artifactLocation": {"uri": uri(path)}, "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }


def _notification(message: str, code: str, subject: str, rules: _Rules) -> Json:
    return {
        "level": "warning",
        "message": {"text": text(message)},
        "locations": [_physical(dns_artifact(subject), {"startLine": 1})],
        "associatedRule": {"id": code, "index": rules.index[code]},
    }
