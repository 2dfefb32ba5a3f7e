"""The outer envelope: what the voter signs, posts, and what the collector records (spec 8.5)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from common.encoding.hashing import tagged_hash, tagged_hex
from common.encoding.octets import from_base64url
from common.messages.ballot import Ballot
from common.messages.message import Base64, Count, Digest, Positive, Time, VoterId, encode, message


@message
class VoteStatement:
    """The payload of the voter's signature.

    `sequence` counts this voter's recorded votes from 1; `supersedes` is the recorded-vote digest of the last one,
    or null. `time` is the collector's, fetched just before signing.
    """

    format: Literal["valik/v1/vote"]
    fingerprint: Digest
    ballot: Digest
    voter: VoterId
    salt: Digest
    sequence: Positive
    supersedes: Digest | None
    roll_version: Count
    time: Time


@message
class SignedBallot:
    """The double envelope: a ballot, and a compact JWS (ES384) over the statement that names its digest."""

    ballot: Ballot
    statement: Annotated[str, Field(min_length=1, max_length=40_000)]


@message
class RecordedVote:
    """A signed ballot with the OCSP response (DER, base64url) that the collector obtained for it."""

    vote: SignedBallot
    ocsp: Base64


def recorded_digest(signed_ballot: bytes, ocsp: bytes) -> str:
    """What the log holds for a vote."""
    return tagged_hex("recorded-vote", signed_ballot, ocsp)


def digest_of(recorded: RecordedVote) -> str:
    return recorded_digest(encode(recorded.vote), from_base64url(recorded.ocsp))


def vote_id(signed_ballot: bytes) -> str:
    """First 16 bytes, in hex, of H(vote-id, signed ballot): client and verifying device compute it themselves."""
    return tagged_hash("vote-id", signed_ballot)[:16].hex()
