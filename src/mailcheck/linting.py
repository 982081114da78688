"""`lint_text`, `lint_path` and `lint_subject` of `mailcheck`: no event loop, nothing asked of the network."""

import datetime
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mailcheck.lint.options import LintOptions
from mailcheck.model.errors import InputError, UsageError
from mailcheck.model.report import Report
from mailcheck.model.selection import Selection
from mailcheck.model.severity import Severity

KINDS = ("marketing", "transactional")


def lint_text(
    text: str,
    *,
    path: str | os.PathLike[str] | None = None,
    dialect: str | None = None,
    kind: str | None = None,
    root: str | os.PathLike[str] | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: str = "error",
    link_domains: Sequence[str] = (),
) -> Report:
    """Judge the source of one template.

    `path` is where the text stands, or would: its name tells the language, and what it extends and includes is looked
    up beside it; nothing has to be there. `dialect` names the template language, where the name does not; `kind` is
    marketing or transactional; `root` is the folder that paths in the report count from and that includes do not leave
    (the repository around `path`, else the current folder). No configuration is read, and nothing is executed.

    Raises UsageError for a dialect, a kind or a rule that does not exist.
    """
    from mailcheck.lint.run import lint_source

    base = _root(root, path)
    dialects = {"**": _dialect(dialect)} if dialect is not None else {}
    options = _options(base, kind, select, ignore, fail_on, link_domains, dialects)
    return lint_source(text, str(Path(path).absolute()) if path is not None else "", options)


def lint_path(
    path: str | os.PathLike[str],
    *,
    dialect: str | None = None,
    kind: str | None = None,
    root: str | os.PathLike[str] | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: str = "error",
    link_domains: Sequence[str] = (),
    with_dependents: bool = False,
) -> Report:
    """Judge a file, or all templates and messages of a folder; one subject a message.

    The parameters are those of `lint_text`; `with_dependents` judges templates too that extend or include this one.
    What cannot be read is a finding (RUN002), not an exception.

    Raises InputError where there is no such file or folder, and UsageError as `lint_text` does.
    """
    from mailcheck.lint.run import lint_paths

    full = Path(path).absolute()
    if not full.exists():
        raise InputError(f"{os.fspath(path)}: there is no such file or folder")
    dialects = {"**": _dialect(dialect)} if dialect is not None else {}
    options = _options(_root(root, path), kind, select, ignore, fail_on, link_domains, dialects)
    options.with_dependents = with_dependents
    return lint_paths([str(full)], options)


def lint_subject(
    subject: str,
    *,
    preheader: str | None = None,
    from_name: str | None = None,
    body: str | None = None,
    kind: str | None = None,
    offer: Mapping[str, Any] | None = None,
    dialect: str | None = None,
    now: datetime.date | None = None,
    ledger: str | os.PathLike[str] | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: str = "error",
) -> Report:
    """Judge a subject, with what inboxes show beside it, by what the mail itself says.

    `body` is the mail's content (HTML or plain text, a template or what is sent). `offer` is what front matter would
    declare: id, starts, ends (a date, or text such as 2026-12-31). `now` is the day of the send (today, in UTC);
    `ledger` a file of earlier sends. `kind` and `dialect` are those of `lint_text`. Places in the report are in texts
    called subject, preheader, from_name and body.

    Raises UsageError as `lint_text` does, and InputError where the ledger cannot be read.
    """
    from mailcheck.lint.run import lint_try
    from mailcheck.lint.subjects.trying import Try

    dialects = {"**": _dialect(dialect)} if dialect is not None else {}
    options = _options(Path.cwd(), kind, select, ignore, fail_on, (), dialects)
    options.now = now.date() if isinstance(now, datetime.datetime) else now
    if ledger is not None:
        from mailcheck.ledger.entries import read

        options.ledger = tuple(read(os.fspath(ledger)))
    given = Try(subject, preheader=preheader, from_name=from_name, body=body, offer=offer)
    return lint_try(given, options)


def _options(
    root: Path,
    kind: str | None,
    select: Sequence[str],
    ignore: Sequence[str],
    fail_on: str,
    link_domains: Sequence[str],
    dialects: dict[str, str],
) -> LintOptions:
    try:
        level = Severity(fail_on)
    except ValueError:
        raise UsageError(f"fail_on is error, warning or info, not {fail_on!r:.40}") from None
    if kind is not None and kind not in KINDS:
        raise UsageError(f"kind is {' or '.join(KINDS)}, not {kind!r:.40}")
    return LintOptions(
        Selection.of(tuple(select), (), tuple(ignore)),
        root=root,
        fail_on=level,
        kind=kind,
        dialects=dialects,
        link_domains=tuple(link_domains),
    )


def _dialect(name: str) -> str:
    from mailcheck.config.templates import DIALECTS

    if name not in DIALECTS:
        raise UsageError(f"dialect {name!r:.40} is none of {', '.join(DIALECTS)}")
    return name


def _root(root: str | os.PathLike[str] | None, path: str | os.PathLike[str] | None) -> Path:
    """The folder given, else the repository around the path, else the current folder."""
    if root is not None:
        return Path(root).absolute()
    if path is not None:
        from mailcheck.config.root import repository_root

        around = repository_root(Path(path).absolute())
        if around is not None:
            return around
    return Path.cwd()
