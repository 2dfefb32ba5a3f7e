"""TOY proofs for tests: membership (Cramer–Damgård–Schoenmakers) and equal logarithms (Chaum–Pedersen)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.crypto.cryptosystem import Branch, Proof, Statement
from common.encoding.hashing import Item, full_domain_hash, uint64
from common.errors import CryptoError
from tests.second_system.group import G, Q, divide, elements, exponent, pack, power, random_exponent


@dataclass(frozen=True)
class Place:
    """What a membership proof is bound to besides its statement: the public key h, ballot header, contest id."""

    h: int
    header: bytes
    contest: str


def challenge(tag: str, *items: Item) -> int:
    return full_domain_hash(Q, f"classroom-elgamal/{tag}", *items)


def prove_member(place: Place, statement: Statement, plaintext: int, randomness: int) -> Proof:
    """For each allowed m_j but the true one simulate; the challenges add up to the hash of all commitments."""
    alpha, beta = elements(statement.ciphertext, 2)
    e = [random_exponent() for _ in statement.allowed]
    z = [random_exponent() for _ in statement.allowed]
    commitments = [
        pack(
            divide(power(G, z_j), power(alpha, e_j)),
            divide(power(place.h, z_j), power(divide(beta, power(G, m_j)), e_j)),
        )
        for m_j, e_j, z_j in zip(statement.allowed, e, z, strict=True)
    ]
    true, t = statement.allowed.index(plaintext), random_exponent()
    commitments[true] = pack(power(G, t), power(place.h, t))
    e[true] = (_membership_challenge(place, statement, commitments) - sum(e) + e[true]) % Q
    z[true] = (t + e[true] * randomness) % Q
    return tuple(Branch(a, pack(e_j), pack(z_j)) for a, e_j, z_j in zip(commitments, e, z, strict=True))


def verify_member(place: Place, statement: Statement, proof: Proof) -> None:
    """`CryptoError` unless the ciphertext of the statement encrypts a member of its set."""
    require_form(statement, proof)
    alpha, beta = elements(statement.ciphertext, 2)
    e = [exponent(branch.challenge) for branch in proof]
    if sum(e) % Q != _membership_challenge(place, statement, [branch.commitment for branch in proof]):
        raise CryptoError("the challenges do not add up to the hash")
    for m_j, e_j, branch in zip(statement.allowed, e, proof, strict=True):
        first, second = elements(branch.commitment, 2)
        z_j = exponent(branch.response)
        due = first * power(alpha, e_j), second * power(divide(beta, power(G, m_j)), e_j)
        if (divide(power(G, z_j), due[0]), divide(power(place.h, z_j), due[1])) != (1, 1):
            raise CryptoError("a branch of a membership proof does not hold")


def require_form(statement: Statement, proof: Proof) -> None:
    """One branch for each allowed value, every value of it in range."""
    if len(proof) != len(statement.allowed):
        raise CryptoError("not one branch for each allowed value")
    elements(statement.ciphertext, 2)
    for branch in proof:
        elements(branch.commitment, 2)
        exponent(branch.challenge)
        exponent(branch.response)


def _membership_challenge(place: Place, statement: Statement, commitments: Sequence[str]) -> int:
    return challenge(
        "membership",
        place.header,
        place.contest.encode(),
        uint64(statement.index),
        pack(place.h).encode(),
        [uint64(value) for value in statement.allowed],
        statement.ciphertext.encode(),
        [commitment.encode() for commitment in commitments],
    )


def prove_equal(secret: int, base: int, context: bytes) -> tuple[int, int]:
    """Challenge and response for: the logarithms of g^secret to g and of base^secret to `base` are equal."""
    t = random_exponent()
    e = _equality_challenge(power(G, secret), base, power(base, secret), power(G, t), power(base, t), context)
    return e, (t + e * secret) % Q


def verify_equal(key: int, base: int, value: int, proof: tuple[int, int], context: bytes) -> None:
    """`CryptoError` unless log_g(key) = log_base(value), proved in this context."""
    e, z = proof
    first, second = divide(power(G, z), power(key, e)), divide(power(base, z), power(value, e))
    if e != _equality_challenge(key, base, value, first, second, context):
        raise CryptoError("a proof of equal logarithms does not hold")


def _equality_challenge(key: int, base: int, value: int, first: int, second: int, context: bytes) -> int:
    return challenge("equal", context, pack(key, base, value, first, second).encode())
