"""Aggregates, the trustees' answers, the result, and the accounting (spec 8.7)."""

from __future__ import annotations

from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field

from common.crypto.cryptosystem import Share
from common.eid import service_keys
from common.encoding.hashing import tagged_hash, tagged_hex, uint64
from common.messages.message import Base64, Count, Digest, Element, Name, Positive, encode, message


@message
class Aggregate:
    """The product of the counted ballots of one contest in `units` pooled; `unit` holds the pool.

    Below the minimum an aggregate is listed (with its number of ballots) but carries no ciphertexts: never opened.
    """

    contest: Name
    unit: Name
    units: tuple[Name, ...]
    ballots: Positive
    ciphertexts: tuple[Element, ...]


@message
class Aggregates:
    format: Literal["valik/v1/aggregates"]
    fingerprint: Digest
    final_root: Digest
    aggregates: tuple[Aggregate, ...]


@message
class ContestShares:
    """One trustee's shares for one aggregate, one per ciphertext."""

    contest: Name
    unit: Name
    shares: tuple[Share, ...]


@message
class TrusteeAnswer:
    """All that a trustee ever says after the close, signed: shares for the aggregates of one final tree."""

    format: Literal["valik/v1/shares"]
    fingerprint: Digest
    final_root: Digest
    trustee: Positive
    shares: tuple[ContestShares, ...]


@message
class SignedAnswer:
    answer: TrusteeAnswer
    signature: Base64


@message
class Outcome:
    """What one aggregate opened to. `openings` and `counts` are empty where the minimum was not reached."""

    contest: Name
    unit: Name
    units: tuple[Name, ...]
    ballots: Positive
    openings: tuple[dict[str, Element], ...]
    counts: tuple[Count, ...]


@message
class Total:
    """One contest over all opened aggregates; `unopened` ballots are in pools below the minimum."""

    contest: Name
    ballots: Count
    unopened: Count
    counts: tuple[Count, ...]


@message
class Result:
    """Unsigned on purpose: everything in it is checked."""

    format: Literal["valik/v1/result"]
    fingerprint: Digest
    final_root: Digest
    outcomes: tuple[Outcome, ...]
    totals: tuple[Total, ...]


SetName = Literal["accepted", "superseded", "excluded", "revoked", "counted"]


@message
class SetTotal:
    """How many logged votes fell into a set, and a salted commitment to which ones."""

    name: SetName
    votes: Count
    commitment: Digest


@message
class Accounting:
    format: Literal["valik/v1/accounting"]
    fingerprint: Digest
    sets: Annotated[tuple[SetTotal, ...], Field(min_length=5, max_length=5)]


@message
class VoteSet:
    """The log indices of one set, ascending, with the 32-byte salt of its commitment."""

    name: SetName
    salt: Digest
    votes: tuple[Count, ...]


@message
class AccountingSets:
    format: Literal["valik/v1/accounting-sets"]
    fingerprint: Digest
    sets: Annotated[tuple[VoteSet, ...], Field(min_length=5, max_length=5)]


def commitment(chosen: VoteSet) -> str:
    """H(set-commitment, salt, name, log indices)."""
    return tagged_hex(
        "set-commitment",
        bytes.fromhex(chosen.salt),
        chosen.name.encode("ascii"),
        [uint64(index) for index in chosen.votes],
    )


def sign_answer(answer: TrusteeAnswer, trustee: Ed25519PrivateKey) -> SignedAnswer:
    return SignedAnswer(answer, service_keys.sign(trustee, "trustee-answer", encode(answer)))


def verify_answer(signed: SignedAnswer, trustee_key: bytes) -> None:
    """Raise `IdentityError` unless this trustee signed the answer."""
    service_keys.verify(trustee_key, signed.signature, "trustee-answer", encode(signed.answer))


def tally_context(fingerprint: str, final_root: str, contest: str, unit: str, index: int) -> bytes:
    """What a share's proof is bound to: this ciphertext of this aggregate of this final tree."""
    return tagged_hash(
        "tally",
        bytes.fromhex(fingerprint),
        bytes.fromhex(final_root),
        contest.encode("ascii"),
        unit.encode("ascii"),
        uint64(index),
    )


def rehearsal_context(ceremony: bytes, index: int) -> bytes:
    """What a share's proof is bound to at the rehearsal; can never equal a tally context."""
    return tagged_hash("rehearsal", ceremony, uint64(index))
