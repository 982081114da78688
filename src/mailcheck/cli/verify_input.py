"""The messages that are given: files, mboxes, Maildirs, standard input; one in memory at a time."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from mailcheck.mail.message import MAX_MESSAGE
from mailcheck.model.location import ConfigLocation
from mailcheck.model.pattern import regex
from mailcheck.model.value import dataclass
from mailcheck.verify_message.run import Given

# RFC 4155: "From ", an address, and a date that ends in a year (some programs add a zone).
_SEPARATOR = regex(rb"From \S{1,500} .{10,60}\d{4}(?: [+-]\d{4})?\s*\Z")
_QUOTED = regex(rb"(?m)^>(>*From )")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An input that could not be read, and why."""

    source: str
    message: str

    @property
    def place(self) -> ConfigLocation:
        """Where to show it."""
        return ConfigLocation(self.source, "input")


def messages_of(paths: Sequence[str]) -> Iterator[Given | Unreadable]:
    """Every message, in order. What cannot be read comes as such, and the rest goes on."""
    for path in paths:
        if path == "-":
            yield _standard_input()
            continue
        try:
            yield from _from_path(Path(path))
        except OSError as error:
            yield Unreadable(path, f"{path}: cannot be read: {error.strerror}")


def _standard_input() -> Given | Unreadable:
    try:
        raw = sys.stdin.buffer.read(MAX_MESSAGE + 1) if sys.stdin else b""
    except OSError as error:
        return Unreadable("standard input", f"standard input: cannot be read: {error.strerror}")
    return Given(raw, "standard input", None)


def _from_path(path: Path) -> Iterator[Given | Unreadable]:
    name = str(path)
    if path.is_dir():
        folders = [path / folder for folder in ("cur", "new") if (path / folder).is_dir()]
        if not folders:
            yield Unreadable(name, f"{name}: a folder that is no Maildir (it has no cur and new); name the messages")
        for folder in folders:
            for each in sorted(folder.iterdir()):
                # A link may lead out of the Maildir, a pipe never ends.
                if each.is_file() and not each.is_symlink():
                    yield from _from_path_safely(each)
        return
    if not path.is_file() and path.exists():
        yield Unreadable(name, f"{name}: neither a file nor a folder")
        return
    with path.open("rb") as stream:
        first = stream.readline(2000)
        stream.seek(0)
        if _SEPARATOR.match(first):
            yield from _from_mbox(stream, name)
        else:
            yield Given(stream.read(MAX_MESSAGE + 1), name, name)


def _from_path_safely(path: Path) -> Iterator[Given | Unreadable]:
    try:
        with path.open("rb") as stream:
            yield Given(stream.read(MAX_MESSAGE + 1), str(path), str(path))
    except OSError as error:
        yield Unreadable(str(path), f"{path}: cannot be read: {error.strerror}")


def _from_mbox(stream: BinaryIO, name: str) -> Iterator[Given]:
    """The messages of an mbox: the empty line before a separator belongs to it, quoting is taken off (mboxrd)."""
    count = size = 0
    lines: list[bytes] = []
    blank = True
    for line in iter(lambda: stream.readline(1_000_000), b""):
        if blank and line.startswith(b"From ") and _SEPARATOR.match(line):
            if count:
                yield _mbox_message(lines, name, count)
            count, size, lines = count + 1, 0, []
        elif size <= MAX_MESSAGE:
            # Beyond the limit the message is told to be too large, and the rest of it is passed over.
            lines.append(line)
            size += len(line)
        blank = line in (b"\n", b"\r\n")
    if count:
        yield _mbox_message(lines, name, count)


def _mbox_message(lines: list[bytes], name: str, number: int) -> Given:
    if lines and lines[-1] in (b"\n", b"\r\n"):
        lines = lines[:-1]
    raw = b"".join(lines)
    if b"\n>" in raw:
        raw = _QUOTED.sub(rb"\1", raw)
    called = f"{name}#{number}"
    return Given(raw, called, called)
