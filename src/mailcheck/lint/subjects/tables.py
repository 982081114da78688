"""Tables that hold for every language (data/subjects/), read when they are first asked for."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[2] / "data" / "subjects"


@cache
def table(name: str) -> Any:
    """One file of data/subjects/."""
    return json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))


@cache
def lookalikes() -> dict[str, str]:
    """Cyrillic and Greek letters -> the Latin ones that they look like (UTS 39)."""
    found: dict[str, str] = table("confusables")["letters"]
    return found
