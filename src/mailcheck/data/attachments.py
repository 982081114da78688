"""Files that mail services refuse, or that run when they are opened (data/attachments.json)."""

import json
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("attachments.json")
REFUSED, MACROS, PAGES = "refused", "macros", "pages"


@cache
def _kinds() -> dict[str, str]:
    data = json.loads(_FILE.read_text("utf-8"))
    return {suffix: kind for kind, group in data.items() for suffix in group["suffixes"]}


def kind_of(name: str) -> str | None:
    """The kind of a file by the last suffix of its name, as systems take it: refused, macros, pages, or None."""
    bare = name.strip().rstrip(". ").lower()
    return _kinds().get(bare.rpartition(".")[2]) if "." in bare else None
