"""Files are changed whole or not at all."""

import os
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text; what no octets stand for is written out as an escape. Raises OSError."""
    write_octets(path, text.encode("utf-8", "backslashreplace"))


def write_octets(path: Path, octets: bytes) -> None:
    """Write through a temporary file beside `path`: fsync, then rename.

    The old file stays as it was until the new one is complete, and lends it its permissions. Raises OSError.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        # A device or a pipe (/dev/stdout, process substitution) cannot be renamed over.
        with path.open("wb") as stream:
            stream.write(octets)
        return
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(octets)
            stream.flush()
            os.fsync(stream.fileno())
        mode = path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
