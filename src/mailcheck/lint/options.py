"""What a lint run is told: plain values, from flags and configuration or from a caller in Python."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity

if TYPE_CHECKING:
    from datetime import date

    from mailcheck.ledger.entries import Entry


class Stop:
    """Whether a run has been asked to end early."""

    __slots__ = ("asked",)

    def __init__(self) -> None:
        self.asked = False


class LintOptions:
    """The options of one run.

    `root` is the folder that paths in reports count from, and that includes may not leave (the repository's root, else
    the current folder). `dialects` maps globs to dialect names, `per_file_ignores` globs to rule selectors, `sets` are
    patterns of message sets, `exclude` globs that a walk leaves out (`force_exclude`: named files are judged only where
    a walk would). `kind` is declared for all; `data` a file to render with; `source_root` a further folder in which
    includes are looked up; `link_domains` are domains through which links are led (click tracking). `with_dependents`
    judges templates too that extend or include a given one. `instead` holds texts that stand for files, by their names
    in reports (None: as if the file were not there): what a fix would make of them, what they were at a revision.
    `now` is the day of the check (None: what the clock says), `ledger` holds earlier sends. `stop` ends the run early.
    """

    __slots__ = (
        "data", "dialects", "exclude", "fail_on", "force_exclude", "instead", "kind", "ledger", "link_domains", "now",
        "per_file_ignores", "root", "selection", "sets", "source_root", "stop", "with_dependents",
    )  # fmt: skip

    def __init__(
        self,
        selection: Selection,
        *,
        root: Path | None = None,
        fail_on: Severity = Severity.ERROR,
        kind: str | None = None,
        dialects: Mapping[str, str] | None = None,
        sets: tuple[Mapping[str, str], ...] = (),
        per_file_ignores: Mapping[str, tuple[str, ...]] | None = None,
        exclude: tuple[str, ...] = (),
        force_exclude: bool = False,
        link_domains: tuple[str, ...] = (),
        data: Path | None = None,
        source_root: Path | None = None,
        with_dependents: bool = False,
        instead: Mapping[str, str | None] | None = None,
        now: "date | None" = None,
        ledger: "tuple[Entry, ...]" = (),
    ) -> None:
        self.selection = selection
        self.root = Path.cwd() if root is None else root
        self.fail_on = fail_on
        self.kind = kind
        self.dialects = dict(dialects or {})
        self.sets = sets
        self.per_file_ignores = dict(per_file_ignores or {})
        self.exclude = exclude
        self.force_exclude = force_exclude
        self.link_domains = link_domains
        self.data = data
        self.source_root = source_root
        self.with_dependents = with_dependents
        self.instead = dict(instead or {})
        self.now = now
        self.ledger = ledger
        self.stop = Stop()

    def today(self) -> "date":
        """The day of the check: what was given, else the clock, looked at once."""
        if self.now is None:
            from datetime import UTC, datetime

            self.now = datetime.now(UTC).date()
        return self.now

    def with_texts(self, instead: Mapping[str, str | None]) -> "LintOptions":
        """The same options with these texts in the place of files."""
        from copy import copy

        other = copy(self)
        other.instead = dict(instead)
        return other
