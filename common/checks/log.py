"""L1–L6: the log is one append-only list that enough witnesses saw, in the order and at the times the rules say."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from common.errors import LogError, RuleBroken
from common.log.checkpoint import Checkpoint
from common.log.entries import Entry, verify_order
from common.log.merkle import verify_consistency, verify_inclusion
from common.log.witnessed import verify_log_signature, verify_witnesses
from common.messages.acts import Order, Signed, verify_document
from common.messages.election import Election
from common.messages.message import encode
from common.tally.evidence import PublicLog


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Claim: `entry` stands at `index` of the tree that `checkpoint` names."""

    entry: Entry
    index: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Consistency:
    """Claim: the tree of `newer` extends the tree of `older`."""

    older: Checkpoint
    newer: Checkpoint
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class TimedLog:
    """A log, and the indices of votes that exclusions leave out of the deadlines."""

    log: PublicLog
    excluded: Collection[int]


@dataclass(frozen=True, slots=True)
class OrderedLog:
    """A log with the authority's orders by digest; `finished` demands `close` and `final`."""

    log: PublicLog
    orders: dict[str, Signed]
    finished: bool


def l1_inclusion(claim: Inclusion, _context: None) -> None:
    checkpoint = claim.checkpoint
    verify_inclusion(encode(claim.entry), claim.index, checkpoint.size, claim.proof, checkpoint.root)


def l2_consistency(claim: Consistency, _context: None) -> None:
    if claim.older.origin != claim.newer.origin:
        raise LogError("the checkpoints are of different logs")
    older, newer = claim.older, claim.newer
    verify_consistency(older.size, newer.size, claim.proof, older.root, newer.root)


def l3_log_signature(checkpoint: str, election: Election) -> None:
    verify_log_signature(checkpoint, election.log_trust)


def l4_witness_quorum(checkpoint: str, election: Election) -> None:
    verify_witnesses(checkpoint, election.log_trust)


def l5_deadlines(timed: TimedLog, election: Election) -> None:
    covering = timed.log.covering_times(election)
    latest = election.closes + election.manifest.times.grace
    for index in timed.log.positions("vote"):
        if index not in timed.excluded and covering.of(index) > latest:
            raise LogError(f"the vote of log entry {index} was covered after the grace period")
    for index in timed.log.positions("close"):
        if covering.of(index) < election.closes - election.manifest.times.skew:
            raise LogError("the log was closed before the election closes")
    for index in timed.log.positions("final"):
        covering.of(index)  # raises unless a quorum of witnesses saw the final tree


def l6_order(ordered: OrderedLog, election: Election) -> None:
    entries = ordered.log.entries
    shape = verify_order(entries)
    if entries[0].digest != election.fingerprint:
        raise LogError("the log opens with another election's fingerprint")
    if ordered.finished and shape.final_index is None:
        raise LogError("the log has no final entry")
    for index, entry in enumerate(entries):
        if entry.kind in ("close", "final"):
            require_order(ordered.orders.get(entry.digest), entry.kind, index, election)
    logged = {entry.digest for entry in entries if entry.kind in ("close", "final")}
    if set(ordered.orders) != logged:
        raise LogError("there is an order that the log does not hold")


def require_order(signed: Signed | None, kind: str, index: int, election: Election) -> None:
    """Raise unless `signed` is the authority's order for the entry of this kind at this index."""
    if signed is None or not isinstance(signed.body, Order):
        raise LogError(f"the order to {kind} is missing")
    verify_document(signed, election.authority_key)
    order = signed.body
    if (order.fingerprint, order.kind, order.tree_size) != (election.fingerprint, kind, index):
        raise RuleBroken(f"the order to {kind} is for another election, kind or tree size")
