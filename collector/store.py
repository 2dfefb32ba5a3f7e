"""The durable store: SQLite in WAL mode with synchronous=FULL, so a commit survives a power cut (D1).

One transaction takes a whole batch of log entries with what they stand for. Everything the collector knows is rebuilt
from here after a restart. A disk that is full or fails makes every method raise `Unavailable`; what was kept before
stays, and the same call may work later.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from common.ports import Unavailable

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (position INTEGER PRIMARY KEY, leaf BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS vote (
    position INTEGER PRIMARY KEY REFERENCES entry, vote_id TEXT NOT NULL UNIQUE, time INTEGER NOT NULL,
    signed_ballot BLOB NOT NULL, ocsp BLOB NOT NULL, receipt BLOB, lapsed TEXT);
CREATE TABLE IF NOT EXISTS act (position INTEGER PRIMARY KEY REFERENCES entry, document BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS checkpoint (
    size INTEGER NOT NULL, cosigned INTEGER NOT NULL, note TEXT NOT NULL, PRIMARY KEY (size, cosigned));
CREATE TABLE IF NOT EXISTS lookup (vote_id TEXT NOT NULL, time INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS subscription (
    position INTEGER PRIMARY KEY AUTOINCREMENT, token_digest TEXT NOT NULL UNIQUE, voter TEXT NOT NULL);
"""
_VOTES = "SELECT position, vote_id, time, signed_ballot, ocsp, receipt, lapsed FROM vote "


@dataclass(frozen=True, slots=True)
class StoredVote:
    """A vote row. `time`: when it was recorded, by the collector's clock. No receipt while it is pending."""

    position: int
    vote_id: str
    time: int
    signed_ballot: bytes
    ocsp: bytes
    receipt: bytes | None = None
    lapsed: str | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A log entry to commit (`leaf` is its canonical bytes) with its vote or the authority's document."""

    leaf: bytes
    vote: StoredVote | None = None
    document: bytes | None = None


class Store:
    """The collector's store; `path` None keeps it in memory, for tests and the laboratory."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = RLock()
        with _failing_disk():
            self._connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("PRAGMA foreign_keys=ON")
            self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def commit(self, first: int, batch: Sequence[NewEntry]) -> None:
        """Append entries at positions first, first+1, …, all or none, durable on return."""
        with self._transaction():
            for position, entry in enumerate(batch, start=first):
                self._connection.execute("INSERT INTO entry VALUES (?, ?)", (position, entry.leaf))
                if entry.vote is not None:
                    vote = entry.vote
                    self._connection.execute(
                        "INSERT INTO vote (position, vote_id, time, signed_ballot, ocsp) VALUES (?, ?, ?, ?, ?)",
                        (position, vote.vote_id, vote.time, vote.signed_ballot, vote.ocsp),
                    )
                if entry.document is not None:
                    self._connection.execute("INSERT INTO act VALUES (?, ?)", (position, entry.document))

    def leaves(self, first: int = 0, stop: int = 2**63 - 1) -> tuple[bytes, ...]:
        """The log entries first … stop−1, in order; all of them by default."""
        query = "SELECT leaf FROM entry WHERE position >= ? AND position < ? ORDER BY position"
        return tuple(row[0] for row in self._rows(query, first, stop))

    def votes(self) -> Iterator[StoredVote]:
        """All votes, in log order."""
        return (StoredVote(*row) for row in self._rows(_VOTES + "ORDER BY position"))

    def vote(self, vote_id: str) -> StoredVote | None:
        rows = self._rows(_VOTES + "WHERE vote_id = ?", vote_id)
        return StoredVote(*rows[0]) if rows else None

    def documents(self) -> tuple[tuple[int, bytes], ...]:
        """(position, document) of the authority's acts, in log order."""
        return tuple((row[0], row[1]) for row in self._rows("SELECT position, document FROM act ORDER BY position"))

    def finish(self, vote_id: str, receipt: bytes) -> None:
        """Keep the receipt's bytes; what a retry will return."""
        self._write("UPDATE vote SET receipt = ? WHERE vote_id = ? AND receipt IS NULL", receipt, vote_id)

    def lapse(self, vote_id: str, check: str) -> None:
        """Note that a recorded vote missed a deadline by the witnesses' clocks."""
        self._write("UPDATE vote SET lapsed = ? WHERE vote_id = ?", check, vote_id)

    def keep_checkpoint(self, size: int, note: str, *, cosigned: bool) -> None:
        """Keep a checkpoint: before any witness sees it, and again with its cosignatures."""
        self._write("INSERT OR IGNORE INTO checkpoint VALUES (?, ?, ?)", size, int(cosigned), note)

    def checkpoints(self) -> tuple[str, ...]:
        """All cosigned notes, by ascending size."""
        return tuple(row[0] for row in self._rows("SELECT note FROM checkpoint WHERE cosigned = 1 ORDER BY size"))

    def checkpoint(self, size: int, *, cosigned: bool) -> str | None:
        """The note kept for this size."""
        rows = self._rows("SELECT note FROM checkpoint WHERE size = ? AND cosigned = ?", size, int(cosigned))
        return rows[0][0] if rows else None

    def covering_checkpoint(self, position: int) -> str | None:
        """The smallest cosigned one that covers the entry at `position`: the earliest, so it decides deadlines."""
        rows = self._rows(
            "SELECT note FROM checkpoint WHERE cosigned = 1 AND size > ? ORDER BY size LIMIT 1", position
        )
        return rows[0][0] if rows else None

    def newest_checkpoint(self) -> str | None:
        """The largest cosigned one."""
        rows = self._rows("SELECT note FROM checkpoint WHERE cosigned = 1 ORDER BY size DESC LIMIT 1")
        return rows[0][0] if rows else None

    def count_lookup(self, vote_id: str, time: int, limit: int) -> bool:
        """Count one more lookup of this vote; False, and nothing counted, if there were `limit` before."""
        with self._transaction():
            used = self._connection.execute("SELECT COUNT(*) FROM lookup WHERE vote_id = ?", (vote_id,)).fetchone()
            if used[0] >= limit:
                return False
            self._connection.execute("INSERT INTO lookup VALUES (?, ?)", (vote_id, time))
            return True

    def keep_subscription(self, token_digest: str, voter: str, limit: int) -> None:
        """Keep a voter's newest subscription; of more than `limit` the oldest goes."""
        with self._transaction():
            self._connection.execute(
                "INSERT INTO subscription (token_digest, voter) VALUES (?, ?)", (token_digest, voter)
            )
            self._connection.execute(
                "DELETE FROM subscription WHERE voter = ? AND position NOT IN "
                "(SELECT position FROM subscription WHERE voter = ? ORDER BY position DESC LIMIT ?)",
                (voter, voter, limit),
            )

    def subscriber(self, token_digest: str) -> str | None:
        """Whose subscription this is; None if it is unknown."""
        rows = self._rows("SELECT voter FROM subscription WHERE token_digest = ?", token_digest)
        return rows[0][0] if rows else None

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, _failing_disk():
            return self._connection.execute(query, values).fetchall()

    def _write(self, statement: str, *values: object) -> None:
        with self._transaction():
            self._connection.execute(statement, values)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """BEGIN IMMEDIATE … COMMIT, or ROLLBACK on any error."""
        with self._lock, _failing_disk():
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:  # a full disk has ended some already
                    self._connection.execute("ROLLBACK")


@contextmanager
def _failing_disk() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unavailable(f"the store is out of service ({error}); nothing is lost, try again later") from error
