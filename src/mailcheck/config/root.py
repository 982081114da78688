"""Where a repository begins."""

from pathlib import Path


def repository_root(start: Path) -> Path | None:
    """The nearest folder upward with `.git` in it (a folder, or a file in worktrees and submodules)."""
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
    return None
