"""Snapshots of what users rely on. A change shows as a difference in a file, and has to be meant.

`MAILCHECK_UPDATE_SNAPSHOTS=1 pytest tests/contract` writes them anew. What stands in one may grow; what is taken away
or renamed breaks somebody's script (`docs/architecture.md`, contracts).
"""

import json
import os
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent.parent / "fixtures" / "contract"


def same(name: str, value: Any) -> bool:
    """Whether `value` is what `fixtures/contract/NAME.json` says; writes the file where that is asked for."""
    path = FOLDER / f"{name}.json"
    text = json.dumps(value, indent=1, ensure_ascii=False, sort_keys=False) + "\n"
    if os.environ.get("MAILCHECK_UPDATE_SNAPSHOTS") == "1":
        path.write_text(text, "utf-8")
    assert json.loads(path.read_text("utf-8")) == json.loads(text)
    return True
