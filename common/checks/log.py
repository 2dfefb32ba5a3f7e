"""L1–L6: the log is one append-only list that enough witnesses saw, in the order and at the times the rules say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass

from common.checks import floors
from common.encoding.times import from_rfc3339
from common.errors import CheckFailed, IdentityError, LogError, Party, RuleBroken
from common.log.checkpoint import Checkpoint
from common.log.entries import PHASE_KINDS, Entry, EntryKind, verify_order
from common.log.merkle import verify_consistency, verify_inclusion
from common.log.witnessed import verify_log_signature, verify_witnesses
from common.messages.acts import Abandonment, Extension, Order, Signed, verify_document
from common.messages.election import Election
from common.messages.message import encode
from common.tally.end_of_voting import logged_end
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
    """A log with its extensions by digest, and the indices of votes that exclusions leave out of the deadlines."""

    log: PublicLog
    orders: Mapping[str, Signed]
    excluded: Collection[int]


@dataclass(frozen=True, slots=True)
class OrderedLog:
    """A log with the acts that say when voting and counting end, by digest; `finished` demands `final`."""

    log: PublicLog
    orders: Mapping[str, Signed]
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
    ends, times = logged_end(election, timed.log, timed.orders, covering), election.manifest.times
    for index in timed.log.positions("vote"):
        if index not in timed.excluded and covering.of(index) > ends.at(index) + times.grace:
            raise LogError(f"the vote of log entry {index} was covered after the grace period")
    for index in timed.log.positions("close"):
        if covering.of(index) < ends.at(index) - times.skew:
            raise LogError("the log was closed before the end of voting")
    for index in timed.log.positions("final"):
        covering.of(index)  # raises unless a quorum of witnesses saw the final tree


def l6_order(ordered: OrderedLog, election: Election) -> None:
    entries = ordered.log.entries
    _blame_two_finals(ordered, election)
    shape = verify_order(entries)
    if entries[0].digest != election.fingerprint:
        raise LogError("the log opens with another election's fingerprint")
    named = election.closes
    for index, entry in enumerate(entries):
        if entry.kind is EntryKind.EXTENSION:
            named = require_extension(ordered.orders.get(entry.digest), named, election)
        elif entry.kind in PHASE_KINDS:
            require_order(ordered.orders.get(entry.digest), entry.kind, index, election)
    if set(ordered.orders) != {entry.digest for entry in entries if entry.kind in PHASE_KINDS}:
        raise LogError("there is an order that the log does not hold")
    if ordered.finished and shape.abandonment_index is not None:
        raise CheckFailed("L6", Party.AUTHORITY, "log", "no final tree: the election was abandoned")
    if ordered.finished and shape.final_index is None:
        raise LogError("the log has no final entry")


def _blame_two_finals(ordered: OrderedLog, election: Election) -> None:
    """Whoever runs the log, two `final` orders that the authority signed for this election are its own fault."""
    logged = {entry.digest for entry in ordered.log.entries if entry.kind is EntryKind.FINAL}
    signed = 0
    for digest in sorted(logged & set(ordered.orders)):
        order = ordered.orders[digest]
        body = order.body
        if isinstance(body, Order) and (body.fingerprint, body.kind) == (election.fingerprint, EntryKind.FINAL):
            with suppress(IdentityError):
                verify_document(order, election.authority_key)
                signed += 1
    if signed > 1:
        raise CheckFailed("L6", Party.AUTHORITY, "log", "the authority ordered two final trees")


def require_order(signed: Signed | None, kind: str, index: int, election: Election) -> None:
    """Raise unless `signed` is the authority's order, or abandonment, for the entry of this kind at this index."""
    if signed is None or not isinstance(signed.body, Order | Abandonment):
        raise LogError(f"the order of the {kind} entry is missing")
    verify_document(signed, election.authority_key)
    order = signed.body
    named = order.kind if isinstance(order, Order) else EntryKind.ABANDONMENT
    if (order.fingerprint, named, order.tree_size) != (election.fingerprint, kind, index):
        raise RuleBroken(f"the order of the {kind} entry is for another election, kind or tree size")


def require_extension(signed: Signed | None, earlier: int, election: Election) -> int:
    """The end (seconds since 1970) that the authority's extension names; raises unless it is after `earlier`.

    `earlier` is the latest end named so far, by the manifest or an extension. Whether this one came in time is L5's.
    """
    if signed is None or not isinstance(signed.body, Extension):
        raise LogError("a logged extension is missing")
    verify_document(signed, election.authority_key)
    if signed.body.fingerprint != election.fingerprint:
        raise RuleBroken("the extension is another election's")
    closes = from_rfc3339(signed.body.closes)
    require_later(election, earlier, closes)
    return closes


def require_later(election: Election, earlier: int, closes: int) -> None:
    """Raise unless an extension may name the end `closes` after `earlier` (seconds since 1970)."""
    if closes <= earlier:
        raise RuleBroken("an extension must name a later end of voting than the one before it")
    floors.require_extension(election.closes, closes)
