"""What the collector answers: session view, receipt, latest answer (spec 8.6)."""

from __future__ import annotations

from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field

from common.eid import service_keys
from common.log.entries import Entry
from common.messages.message import Base64, Count, Digest, Name, Positive, Time, VoteId, encode, message
from common.messages.vote import RecordedVote


@message
class EarlierVote:
    """The latest recorded vote of this voter, shown before it is replaced."""

    digest: Digest
    sequence: Positive
    time: Time


@message
class Notice:
    """A vote that was recorded under a subscriber's name: `digest` of the recorded vote, `time` of recording."""

    digest: Digest
    sequence: Positive
    time: Time


@message
class SessionView:
    """What an authenticated voter is told. `session` is a bearer secret; no unit: not on the roll.

    `closes`: until when votes are taken, by the manifest or an extension; the collector's word, for people to see.
    """

    session: Base64
    time: Time
    closes: Time
    unit: Name | None
    contests: tuple[Name, ...]
    roll_version: Count
    earlier: EarlierVote | None


@message
class Receipt:
    """Proof that a vote is in the log, under a checkpoint that the witnesses cosigned."""

    format: Literal["valik/v1/receipt"]
    vote_id: VoteId
    ocsp: Base64
    index: Count
    entry: Entry
    proof: Annotated[tuple[Digest, ...], Field(max_length=64)]
    checkpoint: Annotated[str, Field(min_length=1, max_length=10_000)]


@message
class LatestAnswer:
    """The collector's signed word on whether a vote is its voter's latest, at a tree size and time."""

    format: Literal["valik/v1/latest"]
    fingerprint: Digest
    vote_id: VoteId
    latest: bool
    sequence: Positive
    tree_size: Count
    time: Time


@message
class SignedLatest:
    answer: LatestAnswer
    signature: Base64


@message
class VerificationAnswer:
    """What a verifying device gets for a vote id."""

    recorded: RecordedVote
    receipt: Receipt
    latest: SignedLatest


def sign_latest(answer: LatestAnswer, collector: Ed25519PrivateKey) -> SignedLatest:
    return SignedLatest(answer, service_keys.sign(collector, "latest", encode(answer)))


def verify_latest(signed: SignedLatest, collector_key: bytes) -> None:
    """Raise `IdentityError` unless the collector signed this answer."""
    service_keys.verify(collector_key, signed.signature, "latest", encode(signed.answer))
