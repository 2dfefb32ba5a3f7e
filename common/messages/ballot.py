"""The inner envelope: an encrypted, proven ballot that names nobody (spec 8.4)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from common.crypto.cryptosystem import Branch
from common.encoding.hashing import tagged_hash, tagged_hex
from common.messages.message import Digest, Element, Name, encode, message

SALT_LENGTH = 32
SEED_LENGTH = 32


@message
class ProofBranch:
    """Wire form of one proof branch; `branches` turns it into the crypto layer's type."""

    commitment: Element
    challenge: Element
    response: Element


@message
class ContestBallot:
    """One contest: its ciphertexts and, per statement, the branches of its membership proof."""

    contest: Name
    ciphertexts: Annotated[tuple[Element, ...], Field(min_length=1, max_length=1000)]
    proofs: Annotated[tuple[Annotated[tuple[ProofBranch, ...], Field(max_length=1000)], ...], Field(max_length=1001)]

    def branches(self) -> tuple[tuple[Branch, ...], ...]:
        return tuple(tuple(Branch(b.commitment, b.challenge, b.response) for b in proof) for proof in self.proofs)


@message
class Ballot:
    format: Literal["valik/v1/ballot"]
    fingerprint: Digest
    unit: Name
    pseudonym: Digest
    contests: Annotated[tuple[ContestBallot, ...], Field(min_length=1, max_length=100)]


def pseudonym(fingerprint: str, voter: str, salt: bytes) -> str:
    """H(pseudonym, fingerprint, voter id, salt): stands for the voter inside the ballot; the salt opens it."""
    return tagged_hex("pseudonym", bytes.fromhex(fingerprint), voter.encode("ascii"), salt)


def ballot_digest(ballot: Ballot) -> str:
    return tagged_hex("ballot", encode(ballot))


def header_hash(
    fingerprint: str, unit: str, name: str, ciphertexts: tuple[tuple[str, tuple[str, ...]], ...]
) -> bytes:
    """32 bytes that every proof of a ballot binds: election, unit, pseudonym and all its ciphertexts.

    `ciphertexts` pairs each contest id with its ciphertexts, in ballot order.
    """
    return tagged_hash(
        "ballot-header",
        bytes.fromhex(fingerprint),
        unit.encode("ascii"),
        bytes.fromhex(name),
        [[contest.encode("ascii"), [c.encode("ascii") for c in values]] for contest, values in ciphertexts],
    )


def ballot_header(ballot: Ballot) -> bytes:
    """`header_hash` of a finished ballot."""
    parts = tuple((part.contest, part.ciphertexts) for part in ballot.contests)
    return header_hash(ballot.fingerprint, ballot.unit, ballot.pseudonym, parts)
