"""Files that survive a crash, written whole or not at all; files for one owner, and for one process at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path


def write_durably(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace `path` by a file with `data`, durable on return: temporary file, fsync, rename, fsync of the folder.

    Every `OSError` names the file.
    """
    temporary = path.with_suffix(".new")
    with _named(path):
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """The system names no file when a write fails, and the temporary one when the rest does: neither helps."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be. `private`: for its owner alone."""

    path: Path
    data: bytes
    private: bool = False


def write_new(*files: NewFile) -> None:
    """Write files that are not there yet, durably, all of them or none: what a full disk cuts short is taken away.

    `FileExistsError` for one that is there; every `OSError` names its file.
    """
    with ExitStack() as undo:
        for file in files:
            opener = owner_only if file.private else None
            with _named(file.path), open(file.path, "xb", opener=opener) as stream:
                undo.callback(file.path.unlink, missing_ok=True)
                stream.write(file.data)
                stream.flush()
                os.fsync(stream.fileno())
        for folder in {file.path.parent for file in files}:
            _sync(folder)
        undo.pop_all()


@contextmanager
def new_directory(folder: Path, mode: int) -> Iterator[Path]:
    """Make a folder, and take it away again, with all that is in it, if the work on it fails; `OSError` for both."""
    folder.mkdir(mode=mode, parents=True)
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder
        undo.pop_all()


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
