"""From choices to a signed ballot: encrypt, prove, sign (spec 9.1)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from common.crypto.contest import Choice
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
    plaintexts = {contest: election.schemes[contest].encode(choices[contest]) for contest in contests}
    randomness = {
        contest: [
            election.key.randomness(bytes.fromhex(election.fingerprint), bytes.fromhex(name), seed, contest, index)
            for index in range(len(plaintexts[contest]))
        ]
        for contest in contests
    }
    ciphertexts = tuple(
        (
            contest,
            tuple(election.key.encrypt(m, r) for m, r in zip(plaintexts[contest], randomness[contest], strict=True)),
        )
        for contest in contests
    )
    header = header_hash(election.fingerprint, unit, name, ciphertexts)
    parts = tuple(
        ContestBallot(
            contest,
            values,
            tuple(
                tuple(ProofBranch(b.commitment, b.challenge, b.response) for b in proof)
                for proof in election.key.prove(
                    election.schemes[contest], values, plaintexts[contest], randomness[contest], header
                )
            ),
        )
        for contest, values in ciphertexts
    )
    ballot = Ballot("valik/v1/ballot", election.fingerprint, unit, name, parts)
    return PreparedBallot(ballot, salt.hex(), seed)


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
