"""How an election stands, from what everyone can fetch: the newest checkpoint and the log's tiles (spec 7.8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from common.checks.check import CheckList
from common.checks.log import require_extension
from common.errors import CheckFailed, EncodingError, LogError, Party, SetupError, ValikError
from common.log.checkpoint import Checkpoint, verify_tree
from common.log.covering import CoveringTimes
from common.log.entries import Entry, EntryKind, LogShape, decode_entries, verify_order
from common.log.merkle import MerkleTree
from common.log.tiles import bundles_of, decode_bundle
from common.log.witnessed import open_checkpoint
from common.messages.acts import Signed, signed_digest
from common.messages.election import Election
from common.ports import LogPort, TilesPort
from common.tally.end_of_voting import EndOfVoting, end_of_voting


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
class KnownExtension:
    """A logged extension whose act is at hand. `in_force`: the newest checkpoint proves that it was seen in time.

    If it does not, an older one may: the record shows them all.
    """

    index: int
    closes: int
    in_force: bool


@dataclass(frozen=True, slots=True)
class Status:
    """`cosigned`: for each witness of the manifest the time of its cosignature on the newest checkpoint, or None.

    `closes`: the end of voting that is proven to be in force, in seconds since 1970. `extensions`: those known.
    """

    phase: Phase
    checkpoint: Checkpoint
    entries: Mapping[str, int]
    cosigned: Mapping[str, int | None]
    closes: int
    extensions: tuple[KnownExtension, ...] = ()


def read_status(
    election: Election, log: PublicReading, now: int, checks: CheckList, acts: Sequence[Signed] = ()
) -> Status:
    """Fetch the newest checkpoint and every entry below it, and verify that the one is the head of the others.

    The log holds no more of an extension than its digest: `acts` are the signed ones that somebody has.
    `CheckFailed` names L3 or L4 for the checkpoint, L1 for entries that are not its, L6 for their order and for
    an extension that is not signed as it should be; `SetupError` for one that is none, or not logged.
    """
    note = log.checkpoint()
    checks.run("L3", "newest checkpoint", note, election)
    checks.run("L4", "newest checkpoint", note, election)
    witnessed = open_checkpoint(note, election.log_trust)
    entries = _entries(log, witnessed.checkpoint)
    shape = _shape(entries, election)
    times = dict(witnessed.cosignature_times)
    logged = _logged(acts, entries, election)
    covered = CoveringTimes([witnessed], election.manifest.witnesses.quorum)
    end = end_of_voting(election, logged, covered.of)
    proven = {index for index, _ in end.moves}
    return Status(
        _phase(shape, election, now, end, entries),
        witnessed.checkpoint,
        {str(kind): count for kind, count in Counter(entry.kind for entry in entries).items()},
        {member.name: times.get(member.name) for member in election.manifest.witnesses.members},
        end.latest,
        tuple(KnownExtension(index, closes, index in proven) for index, closes in logged),
    )


def _logged(acts: Sequence[Signed], entries: tuple[Entry, ...], election: Election) -> list[tuple[int, int]]:
    """(log index, new end) of each extension, in the log's order."""
    found: list[tuple[int, int]] = []
    closes = election.closes
    by_digest = {signed_digest(act): act for act in acts}
    for index, entry in enumerate(entries):
        act = by_digest.pop(entry.digest, None) if entry.kind is EntryKind.EXTENSION else None
        if act is None:
            continue
        try:
            closes = require_extension(act, closes, election)
        except ValikError as error:
            raise CheckFailed("L6", Party.AUTHORITY, f"log entry {index}", str(error)) from error
        found.append((index, closes))
    if by_digest:
        raise SetupError("an extension that was given does not stand in this log; give one that was logged")
    return found


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


def _phase(shape: LogShape, election: Election, now: int, end: EndOfVoting, entries: tuple[Entry, ...]) -> Phase:
    if shape.abandonment_index is not None:
        return Phase.ABANDONED
    if shape.final_index is not None:
        return Phase.FINAL
    if shape.close_index is not None:
        return Phase.CLOSED
    if now < election.opens:
        return Phase.BEFORE
    if now <= end.latest:
        return Phase.OPEN
    extensions = sum(entry.kind is EntryKind.EXTENSION for entry in entries)
    return Phase.EXTENDED if extensions > len(end.moves) - 1 else Phase.ENDED  # the first is the manifest's end
