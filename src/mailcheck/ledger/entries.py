"""The ledger's lines, read and written. A broken line is an error that names it; nothing of the file is ever lost."""

import contextlib
import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from mailcheck.ledger.subjects import subject_hash
from mailcheck.model.errors import InputError
from mailcheck.model.files import write_text

MAX_LEDGER = 20_000_000
"""Octets of a ledger."""
MAX_LINE = 10_000
"""Characters of one of its lines."""
KEYS = ("date", "campaign", "subject", "offer", "ends")


class Entry:
    """One send: its day, the campaign's name, the subject's hash, and the offer with its last day where it made one."""

    __slots__ = ("campaign", "date", "ends", "line", "offer", "subject")

    def __init__(
        self,
        date: date,
        campaign: str,
        subject: str,
        offer: str | None = None,
        ends: date | None = None,
        line: int = 0,
    ) -> None:
        self.date = date
        self.campaign = campaign
        self.subject = subject
        self.offer = offer
        self.ends = ends
        self.line = line

    def json(self) -> dict[str, str | None]:
        """As it stands in the file."""
        return {
            "date": self.date.isoformat(),
            "campaign": self.campaign,
            "subject": self.subject,
            "offer": self.offer,
            "ends": self.ends.isoformat() if self.ends else None,
        }


def entry(day: date, campaign: str, subject: str, offer: str | None = None, ends: date | None = None) -> Entry:
    """An entry for a subject as it is written."""
    return Entry(day, campaign, subject_hash(subject), offer, ends)


def read(path: str | Path) -> list[Entry]:
    """All entries, in the order of the file. Raises InputError with the line that is wrong."""
    return _parse(_text(path), path)


def append(path: str | Path, new: Entry) -> None:
    """Add one entry. The old file stays as it is until the new one is complete (temporary file, fsync, rename).

    Two that add at once both get in: the folder is locked meanwhile. Raises InputError where the file cannot be read
    or written, or is none.
    """
    target = Path(path)
    try:
        with _locked(target.parent):
            text = _text(target) if target.exists() else ""
            _parse(text, target)
            if text and not text.endswith("\n"):
                text += "\n"
            write_text(target, f"{text}{json.dumps(new.json())}\n")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:
        # Windows: the rename alone keeps the file whole.
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _text(path: str | Path) -> str:
    try:
        with Path(path).open("rb") as stream:
            raw = stream.read(MAX_LEDGER + 1)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such ledger; `mailcheck ledger add` begins one") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    if len(raw) > MAX_LEDGER:
        raise InputError(f"{path}: larger than {MAX_LEDGER // 1_000_000} MB; begin a new ledger and keep this one")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: no UTF-8 text (octet {error.start})") from None


def _parse(text: str, path: str | Path) -> list[Entry]:
    return [_entry(line, number, path) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def _entry(line: str, number: int, path: str | Path) -> Entry:
    at = f"{path}:{number}"
    if len(line) > MAX_LINE:
        raise InputError(f"{at}: the line is longer than {MAX_LINE:,} characters, so it is no entry of a ledger")
    try:
        data: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{at}: no JSON: {error}; every line is one object with {', '.join(KEYS)}") from None
    if not isinstance(data, dict) or not {"date", "campaign", "subject"} <= data.keys():
        raise InputError(f"{at}: no entry: every line is one object with {', '.join(KEYS)}")
    unknown = sorted(set(data) - set(KEYS))
    if unknown:
        raise InputError(f"{at}: unknown key {unknown[0]!r:.60}; known are {', '.join(KEYS)}")
    words = {key: data.get(key) for key in ("campaign", "subject", "offer")}
    for key, value in words.items():
        if not isinstance(value, str) and (value is not None or key != "offer"):
            raise InputError(f"{at}: {key} is text, not {value!r:.60}")
    day, ends = _day(data["date"], "date", at), _day(data.get("ends"), "ends", at)
    if day is None:
        raise InputError(f"{at}: date is missing")
    return Entry(day, str(words["campaign"]), str(words["subject"]), words["offer"], ends, number)


def _day(value: Any, key: str, at: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise InputError(f"{at}: {key} is a day such as 2026-12-31, not {value!r:.60}") from None
