"""Which templates extend or include given ones: a changed base is judged in its children too."""

import os
from collections.abc import Collection

from mailcheck.lint.composition import Composer
from mailcheck.lint.files import File, Store, find, shown
from mailcheck.lint.options import LintOptions
from mailcheck.lint.references import DEFINE, EXTENDS, INCLUDE, Reference, references

MAX_DEPENDENTS = 500
"""Templates that are judged because of others."""
MAX_READ = 5_000
"""Templates that are read in search of them."""


def find_dependents(
    store: Store, composer: Composer, given: Collection[str], options: LintOptions
) -> tuple[list[File], list[tuple[str, str]]]:
    """The templates below the root that extend or include one of the given files, through any number of others.

    Gives them sorted by name, with what was cut short. A file whose text does not hold the name of what is looked for
    is not read as a template.
    """
    walked = [file for file in find([store.root], options).files if file.path not in given]
    limits: list[tuple[str, str]] = []
    if len(walked) > MAX_READ:
        limits.append((".", f"more than {MAX_READ:,} templates; dependents among the others are not looked for"))
        walked = walked[:MAX_READ]
    uses = {file.path: _Uses(store, file.path) for file in walked}
    found: dict[str, File] = {}
    waiting = sorted(given)
    by_path = {file.path: file for file in walked}
    while waiting:
        target = waiting.pop(0)
        stem = _stem(target)
        defined = _defined(composer, target)
        for path, use in uses.items():
            if path in found or not use.mentions(stem, defined):
                continue
            if not use.brings(composer, target, defined):
                continue
            if len(found) >= MAX_DEPENDENTS:
                limits.append((shown(target, store.root), f"more than {MAX_DEPENDENTS} templates depend on these"))
                return sorted(found.values(), key=lambda file: file.name), limits
            found[path] = by_path[path]
            waiting.append(path)
    return sorted(found.values(), key=lambda file: file.name), limits


def _stem(path: str) -> str:
    """The part of a file's name that whoever includes it has to write."""
    return os.path.basename(path).partition(".")[0].removeprefix("_")


def _defined(composer: Composer, path: str) -> frozenset[str]:
    """What a Go file defines: others name that, and not the file."""
    body = composer.body(path)
    if body is None or body.template.dialect != "go":
        return frozenset()
    return frozenset(name for each in references(body.template) if each.kind == DEFINE for name in each.names)


class _Uses:
    """What one template brings in, read when its text gives reason to."""

    __slots__ = ("_found", "_path", "_store", "_text")

    def __init__(self, store: Store, path: str) -> None:
        self._store = store
        self._path = path
        self._text: str | None = None
        self._found: list[Reference] | None = None

    def mentions(self, stem: str, defined: frozenset[str]) -> bool:
        if self._text is None:
            source = self._store.source(self._path)
            self._text = source.text if source is not None else ""
        if stem in self._text or any(name in self._text for name in defined):
            return True
        # A layout that a framework puts around a template is not named in it.
        return self._path.lower().endswith((".erb", ".cshtml"))

    def brings(self, composer: Composer, target: str, defined: frozenset[str]) -> bool:
        body = composer.body(self._path)
        if body is None:
            return False
        if self._found is None:
            self._found = [each for each in references(body.template) if each.kind in {EXTENDS, INCLUDE}]
        dialect = body.template.dialect
        for each in self._found:
            for name in each.names:
                if name in defined or composer.resolve(name, self._path, dialect)[0] == target:
                    return True
        return not self._found_extends() and composer.conventional(self._path, body.template.text)[0] == target

    def _found_extends(self) -> bool:
        return any(each.kind == EXTENDS for each in self._found or ())
