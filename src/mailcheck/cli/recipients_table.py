"""The table of --out: one line a row, safe for spreadsheets, complete or not there."""

import csv
import io
import json
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from mailcheck.model.errors import InputError
from mailcheck.model.files import replacing
from mailcheck.recipients.keys import digest, key_of
from mailcheck.recipients.reason import codes
from mailcheck.recipients.row import Row
from mailcheck.report.csv_ import cell

HEADER = ("list", "row", "verdict", "codes", "reasons", "address", "suggestion", "confidence", "same_as_row")
_SAME = ("dup-exact", "dup-case", "dup-provider")


def _safe(text: str) -> str:
    """As `cell`, without its searches where a text can hold nothing for them: nearly every address."""
    if not text or (
        text[0].isalnum() and text.isascii() and text.isprintable() and ";" not in text and "##" not in text
    ):
        return text
    return cell(text)


class Table(AbstractContextManager["Table"]):
    """A CSV or, where the file's name ends so, JSON Lines. `hashed` puts SHA-256 in the place of addresses.

    The file is replaced when the context ends well; else it stays as it was. Raises InputError.
    """

    def __init__(self, path: str, *, hashed: bool) -> None:
        self._path = path
        self._hashed = hashed
        self._json = path.lower().endswith((".jsonl", ".ndjson"))
        self._file = replacing(Path(path))
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer, lineterminator="\n")

    def __enter__(self) -> Self:
        try:
            self._stream = self._file.__enter__()
            if not self._json:
                self._writer.writerow(HEADER)
        except OSError as error:
            raise self._fault(error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._flush()
            self._file.__exit__(kind, value, trace)
        except OSError as error:
            self._file.__exit__(type(error), error, None)
            raise self._fault(error) from None

    def add(self, name: str, number: int, row: Row) -> None:
        """One row."""
        names = list(dict.fromkeys(each.name for each in row.reasons))
        same = next((each.detail.removeprefix("row ") for each in row.reasons if each.name in _SAME), "")
        address = row.address.normalized or ""
        suggestion = row.suggestion.address if row.suggestion is not None else ""
        if self._hashed:
            address = digest(key_of(row.address)) if address else ""
            suggestion = ""
        confidence = row.suggestion.confidence if row.suggestion is not None else None
        if self._json:
            item = {
                "list": name,
                "row": number,
                "verdict": row.verdict,
                "codes": [codes()[each] for each in names],
                "reasons": names,
                "address": address or None,
                "suggestion": suggestion or None,
                "confidence": confidence,
                "same_as_row": int(same) if same else None,
            }
            self._buffer.write(json.dumps(item, ensure_ascii=True) + "\n")
        else:
            texts = (" ".join(codes()[each] for each in names), " ".join(names), address, suggestion)
            shown = "" if confidence is None else f"{confidence:.2f}"
            self._writer.writerow((cell(name), number, row.verdict, *map(_safe, texts), shown, same))
        if self._buffer.tell() > 1 << 20:
            try:
                self._flush()
            except OSError as error:
                raise self._fault(error) from None

    def _flush(self) -> None:
        self._stream.write(self._buffer.getvalue().encode("utf-8", "backslashreplace"))
        self._buffer.seek(0)
        self._buffer.truncate()

    def _fault(self, error: OSError) -> InputError:
        return InputError(f"{self._path}: cannot be written: {error.strerror}; nothing was changed")
