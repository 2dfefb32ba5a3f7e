"""R1–R4: what a voter's client demands of a receipt before it says "cast", and again later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from common.checks.casting import c2_election_and_time, c4_status
from common.checks.log import (
    Consistency,
    Inclusion,
    l1_inclusion,
    l2_consistency,
    l3_log_signature,
    l4_witness_quorum,
)
from common.encoding.octets import from_base64url
from common.errors import RuleBroken, ValikError
from common.log.checkpoint import Checkpoint, read_checkpoint, verify_tree
from common.messages.acts import Signed
from common.messages.election import Election
from common.messages.receipt import Receipt, SignedLatest, verify_latest
from common.messages.vote import recorded_digest, vote_id
from common.tally.candidate import Candidate, CastingFacts
from common.tally.end_of_voting import logged_end
from common.tally.evidence import PublicLog
from common.tally.roll_history import RollHistory


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


@dataclass(frozen=True, slots=True)
class InRecord:
    """A receipt, and the published record that it is held against after the election.

    `vote`: the posted bytes with the receipt's OCSP response. `seen`: the newest checkpoint that the client ever saw.
    `excluded`: log index → check, of the record's exclusions; `orders`: the record's orders and extensions by digest.
    """

    receipt: Receipt
    vote: Candidate
    seen: Checkpoint | None
    log: PublicLog
    orders: Mapping[str, Signed]
    excluded: Mapping[int, str]


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


def r4_consistent(history: History | InRecord, election: Election) -> None:
    if isinstance(history, InRecord):
        _in_record(history, election)
        return
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


def _in_record(claim: InRecord, election: Election) -> None:
    """The vote stands where the receipt says, in one log with all that was seen, and is not excluded."""
    receipt, entries, tree = claim.receipt, claim.log.entries, claim.log.tree()
    if receipt.index >= len(entries) or entries[receipt.index] != receipt.entry:
        raise RuleBroken(
            f"the record's log does not hold this vote at index {receipt.index}, where the receipt has it"
        )
    for checkpoint in (read_checkpoint(receipt.checkpoint)[1], *([claim.seen] if claim.seen else [])):
        verify_tree(checkpoint, tree)
    check = claim.excluded.get(receipt.index)
    if check is not None:
        raise RuleBroken(
            f"the record excludes this vote for {check}, {_what_the_receipt_shows(claim, check, election)}"
        )


def _what_the_receipt_shows(claim: InRecord, check: str, election: Election) -> str:
    """Whether C2 or C4 holds once the receipt's checkpoint is among those that covering times are taken from.

    Leaving a checkpoint out makes entries look later, so this is how a collector could make a good vote fail them.
    """
    rule = {"C2": c2_election_and_time, "C4": c4_status}.get(check)
    if rule is None:
        return "although it has a receipt: it was to be checked before that was given"
    log = replace(claim.log, checkpoints=(*claim.log.checkpoints, claim.receipt.checkpoint))
    covering = log.covering_times(election)
    end = logged_end(election, log, claim.orders, covering).at(claim.receipt.index)
    facts = CastingFacts(election, covering.of(claim.receipt.index), RollHistory({}, 0, ""), None, end)
    try:
        rule(claim.vote, facts)
    except ValikError:
        return "which it fails by its receipt's own checkpoint: it should never have had that receipt"
    return f"but with the receipt's own checkpoint {check} holds"


def inclusion_of(receipt: Receipt) -> Inclusion:
    """The receipt's claim about the log; who signed its checkpoint is for R3. `LogError` if that is malformed."""
    return Inclusion(
        receipt.entry,
        receipt.index,
        tuple(bytes.fromhex(step) for step in receipt.proof),
        read_checkpoint(receipt.checkpoint)[1],
    )
