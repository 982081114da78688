"""From paths to documents: files, their languages, the messages they belong to, and what they extend and include."""

import os
from collections.abc import Sequence

from mailcheck.lint import dialects, files
from mailcheck.lint.document import UNKNOWN, Body, Document
from mailcheck.lint.options import LintOptions
from mailcheck.lint.source import Source
from mailcheck.lint.template import Template


class Gathered:
    """What there is to judge, sorted by subject; and (name, sentence) pairs of what was not read and why."""

    __slots__ = ("documents", "limits", "unreadable")

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.unreadable: list[tuple[str, str]] = []
        self.limits: list[tuple[str, str]] = []


def gather(paths: Sequence[str], options: LintOptions) -> Gathered:
    """Read files and folders. Never raises, executes nothing."""
    found = files.find(paths, options)
    gathering = _Gathering(options)
    gathering.out.unreadable += found.unreadable
    gathering.out.limits += found.limits
    for file in found.files:
        gathering.file(file)
    return gathering.finish()


def from_text(text: str, path: str, options: LintOptions) -> Gathered:
    """The documents of a text that stands for the file at `path` (which need not be there)."""
    gathering = _Gathering(options)
    full = os.path.abspath(os.path.join(options.root, path)) if path else ""
    name = files.shown(full, gathering.store.root) if full else "-"
    source = Source(name, text.removeprefix("\ufeff"), bom=text.startswith("\ufeff"))
    if full:
        gathering.store.keep(full, source)
    gathering.template(source, full)
    return gathering.finish()


def read_template(source: Source, options: LintOptions) -> Template:
    """A text in its template language."""
    return dialects.read(source.text, "plain")


class _Gathering:
    """One run: what has been read, and the documents so far."""

    def __init__(self, options: LintOptions) -> None:
        self.options = options
        self.store = files.Store(str(options.root), options.instead)
        self.out = Gathered()

    def finish(self) -> Gathered:
        self.out.documents.sort(key=lambda document: document.subject)
        self.out.unreadable.sort()
        self.out.limits.sort()
        return self.out

    def file(self, file: files.File) -> None:
        if self.store.replaced(file.name):
            replacement = self.store.source(file.path)
            if replacement is not None:
                self.template(replacement, file.path)
            return
        try:
            source = files.decode(files.read_octets(file.path), file.name)
        except files.Unreadable as error:
            self.out.unreadable.append((file.name, f"{file.name}: {error}"))
            return
        self.store.keep(file.path, source)
        self.template(source, file.path)

    def template(self, source: Source, path: str) -> None:
        template = read_template(source, self.options)
        body = Body(source, template, files.medium(source.path, source.text))
        kind = self.options.kind or UNKNOWN
        self.out.documents.append(Document(source.path, [body], kind=kind))
