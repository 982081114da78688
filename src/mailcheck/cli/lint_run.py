"""One run of the linter: settings as its options, standard input as a file, and what is new since a revision."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailcheck.cli.options import words
from mailcheck.config.root import repository_root
from mailcheck.config.schema import Settings
from mailcheck.lint import files
from mailcheck.lint.options import LintOptions
from mailcheck.lint.run import lint_paths, lint_source
from mailcheck.model import registry
from mailcheck.model.errors import InputError, UsageError
from mailcheck.model.report import Report
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity

if TYPE_CHECKING:
    from datetime import date

    from mailcheck.ledger.entries import Entry
    from mailcheck.lint.subjects.trying import Try


class Run:
    """What one command line judges, as often as it has to be judged.

    `stdin` is the text of standard input where that is what is judged, `name` what it goes by. `interrupted` is the
    exit code (130, 143) once a signal has ended the run.
    """

    def __init__(self, args: Namespace, settings: Settings, selection: Selection) -> None:
        here = _here()
        self.root = repository_root(here) or here
        self.options = options_of(args, settings, selection, self.root, here)
        self.paths: list[str] = args.paths or ["."]
        self.given: Try | None = None
        if args.subject is not None:
            from mailcheck.cli.lint_subject import given

            self.given = given(args)
        self.new_from: str | None = args.new_from
        self.stdin: str | None = None
        self.name = ""
        self.interrupted = 0
        self._known = _baseline(args, settings)
        if self.paths == ["-"]:
            self.name = args.stdin_filename or ""
            self.stdin = _standard_input(self.name or "standard input")

    def judge(self, texts: Mapping[str, str | None] | None = None) -> Report:
        """Everything that is found, with `texts` in the place of files; the baseline and a revision do not count."""
        options = self.options if texts is None else self.options.with_texts(texts)
        if self.given is not None:
            from mailcheck.lint.run import lint_try

            return lint_try(self.given, options)
        if self.stdin is not None:
            text = self.stdin if texts is None else texts.get(self.shown, self.stdin)
            return lint_source(text or "", self._full, options)
        return lint_paths(self.paths, options)

    @property
    def narrowed(self) -> bool:
        """Whether what is known is left out: by a revision or a baseline."""
        return bool(self.new_from or self._known)

    @property
    def shown(self) -> str:
        """The name of standard input in reports."""
        return files.shown(self._full, str(self.root)) if self.name else "-"

    @property
    def _full(self) -> str:
        return os.path.normpath(Path.cwd() / self.name) if self.name else ""

    def report(self) -> Report:
        """What is found and counts: new since the revision, and beyond the baseline."""
        from mailcheck.config.baseline import apply_baseline

        changes = None
        if self.new_from:
            # Before anything is judged: a wrong revision is told at once.
            from mailcheck.config.revision import changes_since

            changes = changes_since(self.new_from, repository_root(self.root))
        report = self.judge()
        if changes is not None:
            from mailcheck.config.new_only import new_only

            report = new_only(report, changes, lambda texts: self.judge(_decoded(texts)))
        return apply_baseline(report, self._known) if self._known else report


@contextmanager
def stopping(run: Run) -> Iterator[None]:
    """On SIGINT and SIGTERM end the run; what was judged is still written. The second signal ends it at once."""
    import signal

    before: dict[signal.Signals, Any] = {}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def stop(number: int, _: object) -> None:
        run.interrupted = 128 + number
        run.options.stop.asked = True
        restore()

    for number in (signal.SIGINT, signal.SIGTERM):
        # Elsewhere than in the main thread, Python's own handling stays.
        with suppress(ValueError):
            before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        restore()


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError:
        raise UsageError("the current folder does not exist any more; change to another one") from None


def _baseline(args: Namespace, settings: Settings) -> dict[str, dict[str, int]]:
    if not settings["baseline"] or args.write_baseline:
        return {}
    from mailcheck.config.baseline import read_baseline

    return read_baseline(settings["baseline"], "files")


def _decoded(texts: Mapping[str, bytes | None]) -> dict[str, str | None]:
    """Files of a revision as texts; one that cannot be read is as if it were not there."""
    found: dict[str, str | None] = {}
    for name, octets in texts.items():
        try:
            found[name] = None if octets is None else files.decode(octets, name).text
        except files.Unreadable:
            found[name] = None
    return found


def _standard_input(name: str) -> str:
    most = files.MAX_MESSAGE if name.lower().endswith(".eml") else files.MAX_OCTETS
    octets = sys.stdin.buffer.read(most + 1) if sys.stdin else b""
    if len(octets) > most:
        raise InputError(f"{name}: more than the {most:,} octets that are read")
    if name.lower().endswith(".eml"):
        # A message is octets; those that are no UTF-8 come back out as they went in.
        return octets.decode("utf-8", "surrogateescape")
    try:
        return files.decode(octets, name).text
    except files.Unreadable as error:
        raise InputError(f"{name}: {error}") from None


def options_of(args: Namespace, settings: Settings, selection: Selection, root: Path, here: Path) -> LintOptions:
    """Flags and settings as the linter takes them. Raises UsageError and InputError."""
    base = _below(Path(settings.folder), root) if settings.folder else ""
    ignores = {rebased(pattern, base): words_of for pattern, words_of in settings.file_ignores.values.items()}
    if args.per_file_ignores:
        ignores = dict(_file_ignores(each, _below(here, root)) for each in args.per_file_ignores)
    return LintOptions(
        selection,
        root=root,
        fail_on=Severity(settings["fail-on"]),
        kind=settings["kind"],
        dialects={rebased(pattern, base): dialect for pattern, dialect in settings.templates.values.items()},
        sets=tuple(
            {name: f"{base}/{path}" if base else path for name, path in each.parts.items()}
            | ({"kind": each.kind} if each.kind else {})
            for each in settings.sets
        ),
        per_file_ignores=ignores,
        exclude=tuple(rebased(pattern, base) for pattern in settings["exclude"]),
        force_exclude=args.force_exclude,
        link_domains=settings["link-domains"],
        data=_file(args.data, "--data"),
        source_root=_folder(args.source_root, "--source-root"),
        with_dependents=args.with_dependents,
        now=_day(args.now),
        ledger=_ledger(settings["ledger"]),
    )


def _day(text: str | None) -> "date | None":
    if text is None:
        return None
    from datetime import datetime

    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise UsageError(f"--now takes a day such as 2026-11-23, not {text!r:.60}") from None


def _ledger(path: str | None) -> "tuple[Entry, ...]":
    if not path:
        return ()
    from mailcheck.ledger.entries import read

    return tuple(read(path))


def _below(folder: Path, root: Path) -> str:
    """A folder as it is named from the root; empty for the root itself and what lies outside of it."""
    try:
        return "/".join(folder.resolve().relative_to(root.resolve()).parts)
    except (ValueError, OSError):
        return ""


def rebased(pattern: str, base: str) -> str:
    """A pattern of a folder's configuration as the root sees it."""
    if not base:
        return pattern
    from glob import escape

    own = pattern.strip().removeprefix("./")
    inner = own.lstrip("/") if "/" in own.rstrip("/") else f"**/{own}"
    return f"{escape(base)}/{inner}"


def _file_ignores(text: str, base: str) -> tuple[str, tuple[str, ...]]:
    pattern, colon, rules = text.rpartition(":")
    chosen = words([rules])
    if not colon or not pattern.strip() or not chosen:
        raise UsageError(f"--per-file-ignores takes PATTERN:RULES, such as mail/old/*:IMG,LNK004, not {text!r:.80}")
    for word in chosen:
        try:
            registry.matching(word)
        except UsageError as error:
            raise UsageError(f"--per-file-ignores: {error}") from None
    return rebased(pattern, base), chosen


def _file(name: str | None, flag: str) -> Path | None:
    if name is None:
        return None
    path = Path(name)
    if not path.is_file():
        raise InputError(f"{flag} {name!s:.200}: there is no such file")
    return path


def _folder(name: str | None, flag: str) -> Path | None:
    if name is None:
        return None
    path = Path(name)
    if not path.is_dir():
        raise InputError(f"{flag} {name!s:.200}: there is no such folder")
    return path
