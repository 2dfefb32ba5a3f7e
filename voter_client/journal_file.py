"""A journal as a file: everything needed to go on after a crash, and a sum that tells damage from an empty past.

Version 2 keeps the newest checkpoint as the note it came in; version 1, still read, kept its body alone.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import Field

from common.encoding.octets import from_hex
from common.errors import LogError, MalformedMessage
from common.log.checkpoint import Checkpoint, parse_checkpoint_body, read_checkpoint
from common.log.note import MAX_NOTE_LENGTH
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
    version: Literal[1, 2]
    fingerprint: Digest
    voter: VoterId
    votes: tuple[_Cast, ...]
    posted: _Posted | None
    open_numbers: tuple[Positive, ...]
    seen: Annotated[str, Field(max_length=MAX_NOTE_LENGTH)] | None


@message
class _File:
    kept: _Kept
    sum: Digest


def write_journal(journal: Journal, voter: str) -> bytes:
    """The file's bytes. They hold seeds: whoever reads them can read the votes."""
    kept = _Kept(
        2 if journal.note else 1,
        journal.election.fingerprint,
        voter,
        tuple(_Cast(_posted(vote.signed_ballot, vote.sequence, vote.seed), vote.receipt) for vote in journal.votes),
        _posted(journal.posted.signed_ballot, journal.posted.sequence, journal.posted.seed)
        if journal.posted
        else None,
        tuple(sorted(journal.open_numbers)),
        journal.note or (journal.seen.body if journal.seen else None),
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
    seen, note = _read_seen(kept)
    votes = [_read_cast(cast) for cast in kept.votes]
    return Journal(election, votes, seen, set(kept.open_numbers), posted, note=note)


def _read_seen(kept: _Kept) -> tuple[Checkpoint | None, str]:
    """The newest checkpoint, and the note it came in, "" if that was not kept."""
    if not kept.seen:
        return None, ""
    if kept.version == 1:
        return parse_checkpoint_body(kept.seen), ""
    try:
        return read_checkpoint(kept.seen)[1], kept.seen
    except LogError as error:
        raise MalformedMessage(str(error)) from error


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
