"""A journal as a file: everything needed to go on after a crash, and a sum that tells damage from an empty past."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import Field

from common.encoding.octets import from_hex
from common.errors import MalformedMessage
from common.log.checkpoint import parse_checkpoint_body
from common.messages.election import Election
from common.messages.message import Digest, Positive, VoterId, decode, encode, message
from common.messages.receipt import Receipt
from common.messages.vote import SignedBallot
from voter_client.journal import CastVote, Journal, PostedVote


@message
class _Posted:
    """A signed ballot, and what only its voter may know."""

    vote: SignedBallot
    sequence: Positive
    seed: Digest


@message
class _Cast:
    posted: _Posted
    receipt: Receipt


@message
class _Kept:
    version: Literal[1]
    fingerprint: Digest
    voter: VoterId
    votes: tuple[_Cast, ...]
    posted: _Posted | None
    open_numbers: tuple[Positive, ...]
    seen: Annotated[str, Field(max_length=1_000)] | None


@message
class _File:
    kept: _Kept
    sum: Digest


def write_journal(journal: Journal, voter: str) -> bytes:
    """The file's bytes. They hold seeds: whoever reads them can read the votes."""
    kept = _Kept(
        1,
        journal.election.fingerprint,
        voter,
        tuple(_Cast(_posted(vote.signed_ballot, vote.sequence, vote.seed), vote.receipt) for vote in journal.votes),
        _posted(journal.posted.signed_ballot, journal.posted.sequence, journal.posted.seed)
        if journal.posted
        else None,
        tuple(sorted(journal.open_numbers)),
        journal.seen.body if journal.seen else None,
    )
    return encode(_File(kept, _sum(kept)))


def read_journal(data: bytes, voter: str, election: Election) -> Journal:
    """What `write_journal` wrote for this voter in this election; `EncodingError` for anything else."""
    file = decode(_File, data)
    kept = file.kept
    if file.sum != _sum(kept):
        raise MalformedMessage("the journal is damaged")
    if (kept.fingerprint, kept.voter) != (election.fingerprint, voter):
        raise MalformedMessage("the journal is of another election or voter")
    posted = _read_posted(kept.posted) if kept.posted else None
    return Journal(
        election,
        [_read_cast(cast) for cast in kept.votes],
        parse_checkpoint_body(kept.seen) if kept.seen else None,
        set(kept.open_numbers),
        posted,
    )


def _posted(signed_ballot: bytes, sequence: int, seed: bytes) -> _Posted:
    vote = decode(SignedBallot, signed_ballot)
    return _Posted(vote, sequence, seed.hex())


def _read_posted(posted: _Posted) -> PostedVote:
    return PostedVote(encode(posted.vote), posted.sequence, from_hex(posted.seed, 32))


def _read_cast(cast: _Cast) -> CastVote:
    posted = _read_posted(cast.posted)
    return CastVote(posted.signed_ballot, cast.receipt, posted.sequence, posted.seed)


def _sum(kept: _Kept) -> str:
    """Against damage, not against people."""
    return hashlib.sha256(encode(kept)).hexdigest()
