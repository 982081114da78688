"""Files are changed whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text; what no octets stand for is written out as an escape. Raises OSError."""
    write_octets(path, text.encode("utf-8", "backslashreplace"))


def write_octets(path: Path, octets: bytes) -> None:
    """Write through a temporary file beside `path`: fsync, then rename. Raises OSError."""
    with replacing(path) as stream:
        stream.write(octets)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content becomes the file when the context ends well: fsync, then rename.

    The old file stays as it was until then, and lends the new one its permissions. Raises OSError.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        # A device or a pipe (/dev/stdout, process substitution) cannot be renamed over.
        with path.open("wb") as stream:
            yield stream
        return
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
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
