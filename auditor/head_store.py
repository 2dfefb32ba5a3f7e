"""Where a witness keeps its heads: in memory, or on disk with one small file per log."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from auditor.witness import Head
from common.errors import MalformedMessage
from common.messages.message import Count, Digest, decode, encode, message
from common.ports import WitnessConflict
from common.transport.files import held, read_if_present, write_durably


@message
class _StoredHead:
    """One file of a head store."""

    origin: str
    size: Count
    root: Digest
    note: str


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

    def require_writable(self) -> None:
        """`OSError` if no head could be kept here: the folder may be read-only, or the disk full."""
        probe = self._directory / "probe"
        with held(self._directory / "lock", wait=True):
            write_durably(probe, b"a head\n")
            probe.unlink()

    def load(self, origin: str) -> Head | None:
        """The stored head, None if there never was one; `EncodingError` if its file is damaged."""
        data = read_if_present(self._path(origin))
        if data is None and self._begun(origin).exists():
            raise MalformedMessage("the head of a log that was cosigned before is gone: put back its newest copy")
        return None if data is None else _decode(origin, data)

    def save(self, origin: str, head: Head, replacing: Head | None) -> None:
        """Store `head`, on disk before return; `WitnessConflict` unless `replacing` is what is stored."""
        data = encode(_StoredHead(origin, head.size, head.root.hex(), head.note))
        with held(self._directory / "lock", wait=True):  # until what another process saves is saved
            _require_same(self.load(origin), replacing)
            write_durably(self._path(origin), data)
            if not self._begun(origin).exists():
                write_durably(self._begun(origin), b"")  # from here on a missing head is a lost one

    def _path(self, origin: str) -> Path:
        return self._directory / f"{hashlib.sha256(origin.encode('utf-8')).hexdigest()}.json"

    def _begun(self, origin: str) -> Path:
        """A mark that there has been a head."""
        return self._path(origin).with_suffix(".begun")


def _decode(origin: str, data: bytes) -> Head:
    stored = decode(_StoredHead, data)
    if stored.origin != origin:
        raise MalformedMessage("damaged head: of another log")
    return Head(stored.size, bytes.fromhex(stored.root), stored.note)


def _require_same(stored: Head | None, replacing: Head | None) -> None:
    if stored != replacing:
        raise WitnessConflict(stored.size if stored else 0)
