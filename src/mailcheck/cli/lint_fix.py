"""`mailcheck lint --fix` and `--diff`: safe fixes from the report into the files."""

import os
from collections import Counter
from pathlib import Path

from mailcheck.cli.lint_run import Run
from mailcheck.lint import files
from mailcheck.lint.fixing import Outcome, Protected, candidates, repair
from mailcheck.lint.gather import read_template
from mailcheck.lint.source import Source
from mailcheck.model.files import write_octets
from mailcheck.model.report import Report
from mailcheck.report.text import plural

_MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


class Repair:
    """What the safe fixes make of the files, before anything is written."""

    def __init__(self, run: Run, outcome: Outcome, read: "dict[str, tuple[Source, bytes]]") -> None:
        self._run = run
        self._outcome = outcome
        self._read = read
        self._written = 0

    @property
    def texts(self) -> dict[str, str]:
        """The changed texts by their names."""
        return self._outcome.texts

    def diff(self) -> str:
        """What would change."""
        from mailcheck.report.diff import unified

        return "".join(unified(name, self._read[name][0].text, text) for name, text in sorted(self.texts.items()))

    def write(self) -> list[str]:
        """Write what changed, line ends, byte order mark and encoding as they were; gives what could not be written."""
        faults = []
        for name, text in sorted(self.texts.items()):
            source, octets = self._read[name]
            if self._run.stdin is not None:
                self._run.stdin = text
                self._written += 1
                continue
            # A link is written through: what it leads to lies below the root, or it would not have been read.
            path = Path(os.path.realpath(self._run.root / name))
            try:
                if path.read_bytes() != octets:
                    faults.append(f"{name}: changed while it was judged; not repaired")
                    continue
                write_octets(path, encoded(source, text))
                self._written += 1
            except UnicodeEncodeError:
                faults.append(f"{name}: a fix needs characters that {source.encoding} lacks; save the file as UTF-8")
            except OSError as error:
                faults.append(f"{name}: cannot be written: {error.strerror}")
        return faults

    def sentence(self) -> str:
        """What was done."""
        done = f"{plural(len(self._outcome.applied), 'finding')} repaired in {plural(self._written, 'file')}"
        refused = len(self._outcome.refused)
        return done + (f"; {plural(refused, 'fix')} not kept, since it would have done harm" if refused else "")


def repaired(run: Run, report: Report) -> Repair:
    """Apply the safe fixes of a report; nothing is written."""
    read: dict[str, tuple[Source, bytes]] = {}
    for candidate in candidates(report):
        for edit in candidate.edits:
            if edit.path not in read:
                found = _read(run, edit.path)
                if found:
                    read[edit.path] = found
    texts = {name: source.text for name, (source, _) in read.items()}
    # With a revision or a baseline, what is known stays as it is: a change shall not touch what it does not mean.
    wanted = None
    if run.narrowed:
        wanted = Counter(finding.fingerprint for subject in report.subjects for finding in subject.findings)
    return Repair(run, repair(report, texts, run.judge, _protected(run), wanted=wanted), read)


def _protected(run: Run) -> Protected:
    """Where the template's tags stand in a text."""

    def tags(path: str, text: str) -> list[tuple[int, int]]:
        return [(tag.start, tag.end) for tag in read_template(Source(path, text), run.options).tags]

    return tags


def _read(run: Run, name: str) -> tuple[Source, bytes] | None:
    """A file that can be written back as it was; None for a message, whose signature a change would break."""
    if name.lower().endswith(".eml"):
        return None
    if run.stdin is not None:
        return (Source(name, run.stdin), b"") if name == run.shown else None
    try:
        octets = files.read_octets(str(run.root / name))
        source = files.decode(octets, name)
        return (source, octets) if encoded(source, source.text) == octets else None
    except (files.Unreadable, UnicodeEncodeError):
        return None


def encoded(source: Source, text: str) -> bytes:
    """A text as the octets of the file that it was read from. Raises UnicodeEncodeError."""
    return (_MARKS[source.encoding] if source.bom else b"") + text.encode(source.encoding)
