"""Another project on PyPI is called `mailcheck` too and installs the same import name."""

import os
from pathlib import Path

from mailcheck.cli.streams import complain


def warn_of_neighbour() -> None:
    """Say so in one line where both are installed (read from the folder: importlib.metadata is slow to load)."""
    site = Path(__file__).parent.parent.parent
    try:
        names = [entry.name for entry in os.scandir(site) if entry.name.startswith("mailcheck-")]
    except OSError:
        return
    if any(name.endswith((".dist-info", ".egg-info")) for name in names):
        complain(
            "the distribution `mailcheck` (another project) is installed beside `mailcheck-cli` and overwrites its "
            "files; uninstall both, then install mailcheck-cli"
        )
