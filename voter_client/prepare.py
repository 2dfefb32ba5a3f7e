"""From choices to a signed ballot: encrypt, prove, sign (spec 9.1)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from common.crypto.contest import Choice
from common.crypto.cryptosystem import EncryptedContest, Proof
from common.encoding.times import from_rfc3339
from common.errors import RuleBroken
from common.messages.ballot import (
    SALT_LENGTH,
    SEED_LENGTH,
    Ballot,
    ContestBallot,
    ProofBranch,
    ballot_digest,
    header_hash,
    pseudonym,
)
from common.messages.election import Election
from common.messages.message import encode
from common.messages.receipt import SessionView
from common.messages.vote import SignedBallot, VoteStatement
from voter_client.card import IdentityCard


@dataclass(frozen=True, slots=True)
class PreparedBallot:
    """A ballot with what only its voter may know: `seed` opens the ciphertexts, `salt` (hex) the pseudonym."""

    ballot: Ballot
    salt: str
    seed: bytes = field(repr=False)


def prepare_ballot(election: Election, unit: str, voter: str, choices: Mapping[str, Choice]) -> PreparedBallot:
    """Encrypt and prove one choice for each contest of the unit, with a fresh seed and salt (D10).

    `RuleBroken` for a choice that is not allowed, or if the contests are not exactly the unit's.
    """
    contests = election.unit(unit).contests
    if set(choices) != set(contests):
        raise RuleBroken("choose once in each contest of the unit, and in no other")
    seed, salt = secrets.token_bytes(SEED_LENGTH), secrets.token_bytes(SALT_LENGTH)
    name = pseudonym(election.fingerprint, voter, salt)
    made = {
        contest: _encrypted(election, contest, choices[contest], bytes.fromhex(name), seed) for contest in contests
    }
    ciphertexts = tuple((contest, encrypted.ciphertexts) for contest, encrypted in made.items())
    proofs = election.key.prove(tuple(made.values()), header_hash(election.fingerprint, unit, name, ciphertexts))
    parts = tuple(
        ContestBallot(contest, values, tuple(map(_branches, proven)))
        for (contest, values), proven in zip(ciphertexts, proofs, strict=True)
    )
    ballot = Ballot("valik/v1/ballot", election.fingerprint, unit, name, parts)
    return PreparedBallot(ballot, salt.hex(), seed)


def _encrypted(election: Election, contest: str, choice: Choice, name: bytes, seed: bytes) -> EncryptedContest:
    """A choice, encrypted with the randomness that the seed gives under this pseudonym."""
    plaintexts, fingerprint = election.schemes[contest].encode(choice), bytes.fromhex(election.fingerprint)
    randomness = [
        election.key.randomness(fingerprint, name, seed, contest, index) for index in range(len(plaintexts))
    ]
    return EncryptedContest.of(election.key, election.schemes[contest], plaintexts, randomness)


def _branches(proof: Proof) -> tuple[ProofBranch, ...]:
    return tuple(ProofBranch(branch.commitment, branch.challenge, branch.response) for branch in proof)


def sign_vote(election: Election, prepared: PreparedBallot, card: IdentityCard, view: SessionView) -> bytes:
    """The signed ballot's bytes: a statement that continues the chain that `view` shows, signed by the card."""
    statement = VoteStatement(
        "valik/v1/vote",
        election.fingerprint,
        ballot_digest(prepared.ballot),
        card.voter_id,
        prepared.salt,
        view.earlier.sequence + 1 if view.earlier else 1,
        view.earlier.digest if view.earlier else None,
        view.roll_version,
        view.time,
    )
    jws = card.sign(encode(statement), from_rfc3339(view.time))
    return encode(SignedBallot(prepared.ballot, jws))
