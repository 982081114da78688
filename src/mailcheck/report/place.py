"""Where a finding stands, in words and as a path. Nothing here is escaped: that is the writer's part."""

from urllib.parse import quote

from mailcheck.model.finding import Finding
from mailcheck.model.location import ConfigLocation, DnsLocation, FileLocation, Location, MessageLocation, RowLocation
from mailcheck.report.text import record_text

STDIN = "standard input"


def where(location: Location) -> str:
    """`example.com TXT:8` (column in octets, from 1), `path:line:column`, `path:line key`."""
    match location:
        case DnsLocation(name=name, type=type_, span=span):
            column = f":{span[0] + 1}" if span else ""
            return f"{record_text(name)} {type_}{column}"
        case FileLocation(path=path, line=line, column=column):
            return f"{path}:{line}:{column}"
        case ConfigLocation(path=path, key=key, line=line):
            return f"{path}{f':{line}' if line else ''} {key}"
        case RowLocation(path=rows, row=row, column=column):
            return f"{rows or STDIN} row {row}{f' column {column}' if column else ''}"
        case MessageLocation(path=message, line=line, field=field, part=part):
            what = field or (f"part {part}" if part else "")
            return f"{message or STDIN}:{line} {what}".rstrip()


def artifact(finding: Finding) -> tuple[str, int]:
    """Path and line for formats that know only files; a DNS place becomes `dns/<domain>`, line 1."""
    match finding.location:
        case DnsLocation(name=name):
            return dns_artifact(finding.subject or name), 1
        case FileLocation(path=path, line=line):
            return path, line
        case ConfigLocation(path=path, line=config_line):
            return path, config_line or 1
        case MessageLocation(path=message, line=line):
            return message or STDIN, line
        case RowLocation(path=rows, row=row):
            return rows or STDIN, row


def dns_artifact(domain: str) -> str:
    """The synthetic path of a domain; what is no letter, digit, dot or hyphen is percent-encoded."""
    return "dns/" + quote(domain.encode("utf-8", "replace"), safe="")
