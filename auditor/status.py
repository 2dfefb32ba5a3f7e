"""How an election stands, from what everyone can fetch: the newest checkpoint and the log's tiles (spec 7.8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from common.checks.check import CheckList
from common.errors import CheckFailed, EncodingError, LogError, Party
from common.log.checkpoint import Checkpoint, verify_tree
from common.log.entries import Entry, EntryKind, LogShape, decode_entries, verify_order
from common.log.merkle import MerkleTree
from common.log.tiles import bundles_of, decode_bundle
from common.log.witnessed import open_checkpoint
from common.messages.election import Election
from common.ports import LogPort, TilesPort


class PublicReading(LogPort, TilesPort, Protocol):
    """What everyone may read of a collector."""


class Phase(StrEnum):
    """Where an election is, by its log, and before the close by the clock of whoever looks."""

    BEFORE = "before opening"
    OPEN = "open"
    ENDED = "voting time is over, the log is not closed yet"
    EXTENDED = "voting time is over, unless an extension is in force; the log is not closed yet"
    CLOSED = "closed, not final yet"
    FINAL = "final"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Status:
    """`cosigned`: for each witness of the manifest the time of its cosignature on the newest checkpoint, or None."""

    phase: Phase
    checkpoint: Checkpoint
    entries: Mapping[str, int]
    cosigned: Mapping[str, int | None]


def read_status(election: Election, log: PublicReading, now: int, checks: CheckList) -> Status:
    """Fetch the newest checkpoint and every entry below it, and verify that the one is the head of the others.

    `CheckFailed` names L3 or L4 for the checkpoint, L1 for entries that are not its, L6 for their order.
    """
    note = log.checkpoint()
    checks.run("L3", "newest checkpoint", note, election)
    checks.run("L4", "newest checkpoint", note, election)
    witnessed = open_checkpoint(note, election.log_trust)
    entries = _entries(log, witnessed.checkpoint)
    shape = _shape(entries, election)
    times = dict(witnessed.cosignature_times)
    return Status(
        _phase(shape, entries, election, now),
        witnessed.checkpoint,
        {str(kind): count for kind, count in Counter(entry.kind for entry in entries).items()},
        {member.name: times.get(member.name) for member in election.manifest.witnesses.members},
    )


def _entries(log: TilesPort, checkpoint: Checkpoint) -> tuple[Entry, ...]:
    tree = MerkleTree()
    leaves: list[bytes] = []
    try:
        for tile in bundles_of(checkpoint.size):
            for leaf in decode_bundle(tile, log.tile(tile)):
                tree.append(leaf)
                leaves.append(leaf)
        verify_tree(checkpoint, tree)
        return decode_entries(leaves)
    except (LogError, EncodingError) as error:
        raise CheckFailed("L1", Party.COLLECTOR, "entries of the log", str(error)) from error


def _shape(entries: tuple[Entry, ...], election: Election) -> LogShape:
    try:
        shape = verify_order(entries)
        if entries[0].digest != election.fingerprint:
            raise LogError("the log opens with another election's fingerprint")
    except LogError as error:
        raise CheckFailed("L6", Party.COLLECTOR, "log", str(error)) from error
    return shape


def _phase(shape: LogShape, entries: tuple[Entry, ...], election: Election, now: int) -> Phase:
    if shape.abandonment_index is not None:
        return Phase.ABANDONED
    if shape.final_index is not None:
        return Phase.FINAL
    if shape.close_index is not None:
        return Phase.CLOSED
    if now < election.opens:
        return Phase.BEFORE
    if now <= election.closes:
        return Phase.OPEN
    extended = any(entry.kind is EntryKind.EXTENSION for entry in entries)
    return Phase.EXTENDED if extended else Phase.ENDED
