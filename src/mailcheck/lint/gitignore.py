"""What .gitignore leaves out, read from the files themselves.

Git is not asked: its configuration in a strange checkout may name programs to run (core.fsmonitor).
"""

import os

from mailcheck.model.globs import matches

MAX_OCTETS = 100_000
"""Octets of one .gitignore that are read."""
MAX_PATTERNS = 2_000
"""Patterns of one .gitignore that are read."""


class _Pattern:
    __slots__ = ("folder", "name", "negated", "suffix", "text")

    def __init__(self, line: str) -> None:
        self.negated = line.startswith("!")
        text = line[1:] if self.negated else line
        text = text.removeprefix("\\")
        self.folder = text.endswith("/")
        self.text = text
        bare = text.rstrip("/")
        plain = not any(char in bare for char in "*?[\\/")
        self.name = bare if plain else None
        tail = bare[1:]
        self.suffix = tail if bare.startswith("*") and tail and not any(char in tail for char in "*?[\\/") else None

    def means(self, name: str, path: str, *, folder: bool) -> bool:
        """`path` counts from the folder of the .gitignore, `name` is its last part."""
        if self.folder and not folder:
            return False
        if self.name is not None:
            return name == self.name
        if self.suffix is not None:
            return name.endswith(self.suffix)
        return matches(path, self.text, itself=True)


class Ignored:
    """The patterns in force in a folder: those of the folders above it and its own, the last match decides."""

    __slots__ = ("_layers",)

    def __init__(self, layers: tuple[tuple[str, tuple[_Pattern, ...]], ...] = ()) -> None:
        self._layers = layers

    @classmethod
    def around(cls, folder: str) -> "Ignored":
        """The patterns from the repository's top down to above a folder; none outside a repository."""
        tops = [folder]
        while not os.path.exists(os.path.join(tops[-1], ".git")):
            above = os.path.dirname(tops[-1])
            if above == tops[-1]:
                return cls()
            tops.append(above)
        top = tops[-1]
        found = cls()
        exclude = _patterns(os.path.join(top, ".git", "info", "exclude"))
        if exclude:
            found = cls(((top, exclude),))
        for each in reversed(tops[1:]):
            found = found.below(each, [".gitignore"])
        return found

    def below(self, folder: str, names: list[str]) -> "Ignored":
        """With the patterns of a folder itself; `names` are the names in it."""
        if ".gitignore" not in names:
            return self
        own = _patterns(os.path.join(folder, ".gitignore"))
        return Ignored((*self._layers, (folder, own))) if own else self

    def out(self, path: str, *, folder: bool) -> bool:
        """Whether a path is left out (what is in a folder that is left out is not asked for)."""
        name = os.path.basename(path)
        for base, patterns in reversed(self._layers):
            inner = path[len(base) :].lstrip(os.sep).replace(os.sep, "/")
            for pattern in reversed(patterns):
                if pattern.means(name, inner, folder=folder):
                    return not pattern.negated
        return False


def _patterns(path: str) -> tuple[_Pattern, ...]:
    try:
        if not os.path.isfile(path):
            return ()
        with open(path, "rb") as stream:
            text = stream.read(MAX_OCTETS).decode("utf-8", "replace")
    except OSError:
        return ()
    found = []
    for line in text.splitlines()[:MAX_PATTERNS]:
        # gitignore(5): blanks at the end do not count, a # at the beginning makes a comment.
        bare = line.rstrip(" \r")
        # What begins with ./ matches nothing there.
        if bare and not bare.startswith(("#", "./", "!./")) and bare not in {"!", "/"}:
            found.append(_Pattern(bare))
    return tuple(found)
