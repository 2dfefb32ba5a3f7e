"""Files that survive a crash, written whole or not at all; files for one owner, and for one process at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_durably(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace `path` by a file with `data`, durable on return: temporary file, fsync, rename, fsync of the folder."""
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_if_present(path: Path) -> bytes | None:
    """The file's bytes, None if there is no such file."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def owner_only(path: str, flags: int) -> int:
    """An opener for `open`: a file that it makes can be read by its owner alone."""
    return os.open(path, flags, 0o600)


@contextmanager
def held(lock: Path, *, wait: bool = False) -> Iterator[None]:
    """Nobody else holds this lock file, in this process or another; `OSError` if it cannot be made.

    If somebody does: `BlockingIOError`, or `wait` until it is free.
    """
    with open(lock, "ab", opener=owner_only) as file:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield  # closing the file releases the lock
