"""Where a witness keeps its heads: in memory, or on disk with one small file per log."""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auditor.witness import Head
from common.encoding import canonical
from common.encoding.octets import from_hex
from common.errors import MalformedMessage
from common.log.merkle import HASH_LENGTH
from common.ports import WitnessConflict

_FIELDS = {"note": str, "origin": str, "root": str, "size": int}


class MemoryHeadStore:
    """Heads that last as long as the object; for tests, scenarios and lessons."""

    def __init__(self) -> None:
        self._heads: dict[str, Head] = {}
        self._lock = threading.Lock()

    def load(self, origin: str) -> Head | None:
        """The stored head, None if there never was one."""
        return self._heads.get(origin)

    def save(self, origin: str, head: Head, replacing: Head | None) -> None:
        """Store `head`; `WitnessConflict` unless `replacing` is what is stored."""
        with self._lock:
            _require_same(self._heads.get(origin), replacing)
            self._heads[origin] = head


class FileHeadStore:
    """Heads in an existing directory, safe against crashes and against a second process on the same directory.

    The directory is never created here: a store that is not mounted must not look like one that is empty.
    """

    def __init__(self, directory: Path) -> None:
        """`NotADirectoryError` if `directory` does not exist."""
        if not directory.is_dir():
            raise NotADirectoryError(directory)
        self._directory = directory

    def load(self, origin: str) -> Head | None:
        """The stored head, None if there never was one; `EncodingError` if its file is damaged."""
        try:
            data = self._path(origin).read_bytes()
        except FileNotFoundError:
            return None
        return _decode(origin, data)

    def save(self, origin: str, head: Head, replacing: Head | None) -> None:
        """Store `head`, on disk before return; `WitnessConflict` unless `replacing` is what is stored."""
        value = {"note": head.note, "origin": origin, "root": head.root.hex(), "size": head.size}
        data = canonical.encode(value)
        with self._locked():
            _require_same(self.load(origin), replacing)
            self._write(self._path(origin), data)

    def _path(self, origin: str) -> Path:
        return self._directory / f"{hashlib.sha256(origin.encode('utf-8')).hexdigest()}.json"

    def _write(self, path: Path, data: bytes) -> None:
        """Replace the file as a whole: after a crash there is the old content or the new, never a part."""
        temporary = path.with_suffix(".new")
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        directory = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)  # else the rename itself may be lost
        finally:
            os.close(directory)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._directory / "lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield  # closing the file releases the lock


def _decode(origin: str, data: bytes) -> Head:
    value = canonical.decode(data)
    if not isinstance(value, dict) or {name: type(field) for name, field in value.items()} != _FIELDS:
        raise MalformedMessage("damaged head: wrong fields")
    if value["origin"] != origin or value["size"] < 0:
        raise MalformedMessage("damaged head: of another log")
    return Head(value["size"], from_hex(value["root"], HASH_LENGTH), value["note"])


def _require_same(stored: Head | None, replacing: Head | None) -> None:
    if stored != replacing:
        raise WitnessConflict(stored.size if stored else 0)
