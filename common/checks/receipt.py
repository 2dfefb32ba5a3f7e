"""R1–R4: what a voter's client demands of a receipt before it says "cast", and again later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.checks.log import (
    Consistency,
    Inclusion,
    l1_inclusion,
    l2_consistency,
    l3_log_signature,
    l4_witness_quorum,
)
from common.encoding.octets import from_base64url
from common.errors import RuleBroken
from common.log.checkpoint import read_checkpoint
from common.messages.election import Election
from common.messages.receipt import Receipt, SignedLatest, verify_latest
from common.messages.vote import recorded_digest, vote_id


@dataclass(frozen=True, slots=True)
class OwnVote:
    """The signed ballot that the client posted, in its election."""

    signed_ballot: bytes
    election: Election


@dataclass(frozen=True, slots=True)
class History:
    """What the client saw before and sees now.

    `steps` lead from each checkpoint seen before to the newest one, whose tree size is `size`. `answer` is what the
    collector says *after* that of the client's newest receipt, with vote id `newest` and number `sequence`; both None
    before any was asked for. `replaced`: the client posted a later vote that has no receipt, and it may be recorded.
    """

    steps: Sequence[Consistency]
    size: int
    answer: SignedLatest | None = None
    newest: str | None = None
    sequence: int = 0
    replaced: bool = False


def r1_for_this_vote(receipt: Receipt, own: OwnVote) -> None:
    if receipt.vote_id != vote_id(own.signed_ballot):
        raise RuleBroken("the receipt is for another vote")
    digest = recorded_digest(own.signed_ballot, from_base64url(receipt.ocsp))
    if receipt.entry.kind != "vote" or receipt.entry.digest != digest:
        raise RuleBroken("the receipt's log entry is not this vote")


def r2_included(receipt: Receipt, _context: Election) -> None:
    l1_inclusion(inclusion_of(receipt), None)


def r3_witnessed(receipt: Receipt, election: Election) -> None:
    l3_log_signature(receipt.checkpoint, election)
    l4_witness_quorum(receipt.checkpoint, election)


def r4_consistent(history: History, election: Election) -> None:
    for step in history.steps:
        l2_consistency(step, None)
    if history.answer is None:
        return
    verify_latest(history.answer, election.collector_key)
    answer = history.answer.answer
    if answer.fingerprint != election.fingerprint or answer.tree_size < history.size:
        raise RuleBroken("the latest answer is another election's, or an old one")
    named = answer.vote_id == history.newest and answer.sequence == history.sequence
    if not named or not (answer.latest or history.replaced):
        raise RuleBroken("the collector does not hold the newest vote of this client as the latest one")


def inclusion_of(receipt: Receipt) -> Inclusion:
    """The receipt's claim about the log; who signed its checkpoint is for R3. `LogError` if that is malformed."""
    return Inclusion(
        receipt.entry,
        receipt.index,
        tuple(bytes.fromhex(step) for step in receipt.proof),
        read_checkpoint(receipt.checkpoint)[1],
    )
