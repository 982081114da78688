"""The JSON objects of the contract (schema mailcheck/1), shared by json and jsonl."""

from typing import Any

from mailcheck.model.fact import Evidence
from mailcheck.model.finding import Finding
from mailcheck.model.fix import Change, DnsChange, Fix, Step, TextEdit
from mailcheck.model.location import ConfigLocation, DnsLocation, FileLocation, Location, MessageLocation, RowLocation
from mailcheck.model.report import SCHEMA, Report, SubjectReport


def head(report: Report) -> dict[str, Any]:
    """The keys above the subjects."""
    return {
        "schema": SCHEMA,
        "version": report.version,
        "command": report.command,
        "complete": report.complete,
        "summary": report.summary,
    }


def subject(item: SubjectReport) -> dict[str, Any]:
    """One subject."""
    return {
        "subject": item.subject,
        "verdict": item.verdict,
        "findings": [finding(each) for each in item.findings],
        "passed": [{"code": each.code, "name": each.name} for each in item.passed],
        "unknown": [{"code": each.code, "name": each.name, "reason": each.reason} for each in item.unknown],
        "ignored": [finding(each) for each in item.ignored],
        "facts": item.facts,
    }


def finding(item: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        "code": item.code,
        "name": item.name,
        "severity": str(item.severity),
        "message": item.message,
        "location": location(item.location),
        "related": [{"message": each.message, "location": location(each.location)} for each in item.related],
        "evidence": [evidence(each) for each in item.evidence],
        "fixes": [fix(each) for each in item.fixes],
        "fingerprint": item.fingerprint,
        "url": item.url,
        "preview": item.preview,
    }


def location(item: Location) -> dict[str, Any]:
    """One location."""
    match item:
        case DnsLocation():
            span = list(item.span) if item.span else None
            return {"kind": "dns", "name": item.name, "type": item.type, "span": span}
        case FileLocation():
            return {
                "kind": "file",
                "path": item.path,
                "line": item.line,
                "column": item.column,
                "end_line": item.end_line,
                "end_column": item.end_column,
                "offset": item.offset,
                "end_offset": item.end_offset,
            }
        case ConfigLocation():
            return {"kind": "config", "path": item.path, "key": item.key, "line": item.line}
        case RowLocation():
            return {"kind": "row", "path": item.path, "row": item.row, "column": item.column}
        case MessageLocation():
            return {
                "kind": "message",
                "path": item.path,
                "part": item.part,
                "field": item.field,
                "line": item.line,
                "offset": item.offset,
                "end_offset": item.end_offset,
            }


def evidence(item: Evidence) -> dict[str, Any]:
    """One question and its answer."""
    return {"question": item.question, "answer": item.answer, "rcode": item.rcode, "server": item.server}


def fix(item: Fix) -> dict[str, Any]:
    """One fix."""
    return {
        "kind": item.kind,
        "safe": item.safe,
        "title": item.title,
        "changes": [change(each) for each in item.changes],
    }


def change(item: Change) -> dict[str, Any]:
    """One change of a fix."""
    match item:
        case DnsChange():
            shared = {"op": item.op, "name": item.name, "type": item.type, "ttl": item.ttl}
            return shared | {"data": list(item.data), "old": list(item.old)}
        case TextEdit():
            return {
                "path": item.path,
                "offset": item.offset,
                "end_offset": item.end_offset,
                "text": item.text,
            }
        case Step():
            return {"step": item.text}
