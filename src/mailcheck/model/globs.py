"""Patterns of paths: `*` and `?` within a folder, `**` over folders, `[…]`; as people know them from .gitignore."""

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache

MAX_PARTS = 200
"""Parts of a path or a pattern that are compared; longer ones match nothing."""


def matches(path: str, pattern: str, *, itself: bool = False) -> bool:
    """Whether a path (relative to the pattern's folder, `/` between its parts) is meant by a pattern.

    A pattern without `/` means files and folders of that name at any depth; a pattern with one counts from the
    folder. What names a folder means everything in it; with `itself`, only the folder (as git has it, which lets a
    later pattern take the folder back in).
    """
    wanted = pattern.strip().removeprefix("./").rstrip("/")
    rooted = "/" in wanted
    parts = [part for part in wanted.split("/") if part]
    if not parts:
        return False
    if not rooted:
        parts = ["**", *parts]
    names = tuple(part for part in path.split("/") if part)
    return _match(names, tuple(parts), itself=itself and parts[-1] != "**")


def first_match(path: str, patterns: Iterable[str]) -> str | None:
    """The first pattern that means this path."""
    return next((pattern for pattern in patterns if matches(path, pattern)), None)


def _match(names: tuple[str, ...], parts: tuple[str, ...], *, itself: bool) -> bool:
    """By the set of what is reached: work grows with names times parts, whatever a pattern holds."""
    if max(len(names), len(parts)) > MAX_PARTS:
        return False
    reached = {0}
    reached |= _over_folders(reached, parts)
    for number, name in enumerate(names, 1):
        following = set()
        for at in reached:
            if at < len(parts) and parts[at] == "**":
                following.add(at if at + 1 < len(parts) else at + 1)
            elif at < len(parts) and _part(parts[at]).match(name):
                following.add(at + 1)
        following |= _over_folders(following, parts)
        if len(parts) in following and (number == len(names) or not itself):
            # All parts are used up: the path itself, or a folder above it.
            return True
        if not following:
            return False
        reached = following
    return False


def _over_folders(reached: set[int], parts: tuple[str, ...]) -> set[int]:
    """`**` also stands for no folder at all; at the end of a pattern it stands for at least one name."""
    found = set()
    for start in reached:
        at = start
        while at < len(parts) - 1 and parts[at] == "**":
            at += 1
            found.add(at)
    return found


@lru_cache(maxsize=1_000)
def _part(part: str) -> re.Pattern[str]:
    # fnmatch writes `*` as atomic groups, so that a long name costs no more than its length.
    return re.compile(translate(part))
