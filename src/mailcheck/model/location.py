"""Where a finding stands."""

from typing import ClassVar

from mailcheck.model.value import dataclass

Span = tuple[int, int]
"""A half-open range: octets of the joined TXT for DNS, code points for files."""


@dataclass(frozen=True, slots=True)
class DnsLocation:
    """A name and type in the DNS; `text` is the record as fetched (joined, octets as latin-1), `span` a part of it."""

    name: str
    type: str
    span: Span | None = None
    text: str | None = None
    kind: ClassVar[str] = "dns"


@dataclass(frozen=True, slots=True)
class FileLocation:
    """A place in a file: 1-based line and column in code points, and the half-open offsets behind them."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    offset: int
    end_offset: int
    source: str | None = None
    kind: ClassVar[str] = "file"


@dataclass(frozen=True, slots=True)
class ConfigLocation:
    """A key of the configuration."""

    path: str
    key: str
    line: int | None = None
    kind: ClassVar[str] = "config"


@dataclass(frozen=True, slots=True)
class MessageLocation:
    """A place in a message: octets from its beginning, and the line (from 1) on which they begin.

    `path` is the file, with `#number` for one message of several, None for standard input. `field` is the header field
    there, `part` the MIME part (`1.2`). `text` is the field or line (octets as latin-1), `span` the place in it.
    """

    path: str | None
    offset: int
    end_offset: int
    line: int
    field: str | None = None
    part: str | None = None
    text: str | None = None
    span: Span | None = None
    kind: ClassVar[str] = "message"


@dataclass(frozen=True, slots=True)
class RowLocation:
    """A row of a list, from 1, the header not counted.

    `path` is the file, None for standard input; `column` names the column, None where there is but one.
    """

    path: str | None
    row: int
    column: str | None = None
    kind: ClassVar[str] = "row"


Location = DnsLocation | FileLocation | ConfigLocation | MessageLocation | RowLocation
