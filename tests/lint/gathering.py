"""Run the gathering as the linter does, in a folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mailcheck.lint import gather
from mailcheck.lint.document import Document
from mailcheck.lint.options import LintOptions
from mailcheck.model.selection import Selection

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"


def options(root: Path, **more: Any) -> LintOptions:
    """Options of a run in which nothing is selected: only what is gathered counts."""
    return LintOptions(Selection(frozenset()), root=root, **more)


def gathered(root: Path, paths: Sequence[str] = ("",), **more: Any) -> gather.Gathered:
    """What these paths below the root give."""
    return gather.gather([str(root / path) if path else str(root) for path in paths], options(root, **more))


def by_subject(found: gather.Gathered) -> dict[str, Document]:
    """The documents by their names, each name once."""
    assert len({document.subject for document in found.documents}) == len(found.documents)
    return {document.subject: document for document in found.documents}


def written(root: Path, files: dict[str, str | bytes]) -> Path:
    """Put files into a folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root
