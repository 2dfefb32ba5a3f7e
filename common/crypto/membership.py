"""Proof that a ciphertext encrypts a member of a public set (Cramer–Damgård–Schoenmakers OR over Paillier).

Statement: u and {m_1 … m_k}. Secret: v and r with u = Enc(m_v; r). Branch j has commitment a_j, challenge e_j and
response z_j. With e the hash of everything a verifier relies on, a proof holds if Σ e_j ≡ e mod 2^256 and, for all j,
(z_j^n)² = (a_j · (u·(1+n)^(−m_j))^(e_j))² mod n².

The equation is on squares so that a prover who flips signs (z → n−z) cannot make verifiers disagree: the batch
equation could not tell an even number of flips from none. Squaring loses nothing, as −1 is an n-th residue.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from gmpy2 import mpz, powmod

from common.crypto.cryptosystem import Branch, Proof, ProvenContest, Statement
from common.crypto.masks import Draw, Mask
from common.crypto.paillier import CHALLENGE_BYTES, PublicKey, decode_challenge, encode_challenge
from common.encoding.hashing import DIGEST_LENGTH, tagged_hash, uint64
from common.errors import CryptoError

CHALLENGES = 1 << (8 * CHALLENGE_BYTES)


@dataclass(frozen=True, slots=True)
class Context:
    """What a proof is bound to besides its statement: the 32-byte hash of the ballot header, and the contest's id."""

    header: bytes
    contest: str

    def __post_init__(self) -> None:
        if len(self.header) != DIGEST_LENGTH:
            raise CryptoError(f"the hash of a ballot header is {DIGEST_LENGTH} bytes")


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement with its proof, decoded; of equal length, `allowed` (m_j) and the branches' a_j, e_j, z_j."""

    context: Context
    index: int
    u: mpz
    allowed: tuple[int, ...]
    commitments: tuple[mpz, ...]
    challenges: tuple[int, ...]
    responses: tuple[mpz, ...]


def challenge(
    key: PublicKey, context: Context, index: int, allowed: Sequence[int], u: int, commitments: Sequence[int]
) -> int:
    """e, 256 bits: H(`membership`, header, contest id, index, n, [m_1 … m_k], u, [a_1 … a_k]).

    n and each m_j in |n|/8 bytes, u and each a_j in twice that. Whatever is left out here, a prover may choose last.
    """
    digest = tagged_hash(
        "membership",
        context.header,
        context.contest.encode(),
        uint64(index),
        key.value_to_bytes(key.n),
        [key.value_to_bytes(member) for member in allowed],
        key.element_to_bytes(u),
        [key.element_to_bytes(a) for a in commitments],
    )
    return int.from_bytes(digest, "big")


def prove(
    key: PublicKey,
    context: Context,
    statement: Statement,
    plaintext: int,
    randomness: int,
    masks: Sequence[Mask],
    *,
    draw: Draw = secrets.randbelow,
) -> Proof:
    """Prove that `statement.ciphertext` = Enc(plaintext; randomness) encrypts a member of the allowed set.

    One loop does the same for every branch j, with its mask t_j and a random e_j: a_j = t_j^n·(1+n)^((m_j−m_v)·e_j).
    The exponent is 0 for j = v, so e_v may be fixed last, by the sum; z_j = t_j·r^(e_j) mod n. No mask may serve two
    branches. `CryptoError` if the plaintext is not allowed.
    """
    if plaintext not in statement.allowed:
        raise CryptoError("the plaintext is not in the set to be proved")
    v, n = statement.allowed.index(plaintext), key.n
    e = [draw(CHALLENGES) for _ in statement.allowed]
    a = [
        mask.power * key.power_of_g((m_j - plaintext) * e_j) % key.n_squared
        for mask, m_j, e_j in zip(masks, statement.allowed, e, strict=True)
    ]
    u = key.decode_element(statement.ciphertext)
    total = challenge(key, context, statement.index, statement.allowed, u, a)
    e[v] = (total - sum(e) + e[v]) % CHALLENGES
    z = [mask.value * powmod(randomness, e_j, n) % n for mask, e_j in zip(masks, e, strict=True)]
    return tuple(
        Branch(key.encode_element(a_j), encode_challenge(e_j), key.encode_value(z_j))
        for a_j, e_j, z_j in zip(a, e, z, strict=True)
    )


def decode_claims(key: PublicKey, contest: ProvenContest) -> tuple[Claim, ...]:
    """All that a contest of a ballot claims; `CryptoError` for wrong numbers of values or malformed ones."""
    statements = contest.scheme.statements(contest.ciphertexts)
    if len(contest.proofs) != len(statements):
        raise CryptoError(f"{len(contest.proofs)} proofs for {len(statements)} statements")
    context = Context(contest.header, contest.scheme.rules.id)
    return tuple(
        _decode_claim(key, context, statement, proof)
        for statement, proof in zip(statements, contest.proofs, strict=True)
    )


def require_elements(key: PublicKey, claims: Sequence[Claim]) -> None:
    """C10 for all claims with two gcds: u, a_j in [1, n²) and z_j in [1, n), all coprime to n; else `CryptoError`."""
    key.require_elements(element for claim in claims for element in (claim.u, *claim.commitments))
    key.require_units(response for claim in claims for response in claim.responses)


def require_challenges(key: PublicKey, claim: Claim) -> None:
    """`CryptoError` unless the branches' challenges add up to the hash."""
    total = challenge(key, claim.context, claim.index, claim.allowed, claim.u, claim.commitments)
    if sum(claim.challenges) % CHALLENGES != total:
        raise CryptoError("the challenges of a membership proof do not add up to its hash")


def verify(key: PublicKey, claim: Claim) -> None:
    """Every equation by itself; `CryptoError` if one fails. Requires `require_elements` to have passed."""
    require_challenges(key, claim)
    for m, a, e, z in zip(claim.allowed, claim.commitments, claim.challenges, claim.responses, strict=True):
        left = powmod(z, key.n, key.n_squared)
        right = a * powmod(claim.u * key.power_of_g(-m), e, key.n_squared)
        if (left * left - right * right) % key.n_squared != 0:
            raise CryptoError("a branch of a membership proof does not hold")


def _decode_claim(key: PublicKey, context: Context, statement: Statement, proof: Proof) -> Claim:
    if len(proof) != len(statement.allowed):
        raise CryptoError(f"{len(proof)} branches for a set of {len(statement.allowed)}")
    return Claim(
        context,
        statement.index,
        key.decode_element(statement.ciphertext),
        statement.allowed,
        tuple(key.decode_element(branch.commitment) for branch in proof),
        tuple(decode_challenge(branch.challenge) for branch in proof),
        tuple(key.decode_value(branch.response) for branch in proof),
    )
