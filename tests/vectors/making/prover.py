"""A prover of its own for the vectors: honest, or dishonest where told (spec 4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.crypto.contest import ContestRules
from tests.vectors.making import toy
from tests.vectors.making.kit import Draw, Json, sha256_of, u64

MODULUS = 1 << 256


@dataclass(frozen=True, slots=True)
class Tricks:
    """What a dishonest prover does otherwise; the defaults are honest.

    claimed: prove as if this were the plaintext. errors: multiplied into the commitments before they are hashed.
    header, contest, index, n, allowed, u: hashed in the place of the true ones. tag: the domain tag used.
    """

    claimed: int | None = None
    errors: tuple[int, ...] = ()
    header: bytes | None = None
    contest: str | None = None
    index: int | None = None
    n: int | None = None
    allowed: tuple[int, ...] | None = None
    u: int | None = None
    commitments: tuple[int, ...] | None = None
    tag: str = "membership"


HONEST = Tricks()


def encrypt(m: int, r: int, key: toy.Primes = toy.FIRST) -> int:
    """Enc(m; r) of spec 3.1; any integer m."""
    return (1 + key.n * (m % key.n)) * pow(r, key.n, key.n2) % key.n2


def prove(
    draw: Draw,
    header: bytes,
    contest: str,
    index: int,
    allowed: Sequence[int],
    m: int,
    r: int,
    how: Tricks = HONEST,
    key: toy.Primes = toy.FIRST,
) -> list[dict[str, str]]:
    """A proof that Enc(m; r) encrypts one of `allowed`, as a list of branches."""
    claimed = m if how.claimed is None else how.claimed
    v = list(allowed).index(claimed)
    t = [1 + draw.below(key.n - 1) for _ in allowed]
    e = [draw.below(MODULUS) for _ in allowed]
    errors = how.errors or (1,) * len(allowed)
    a = [
        encrypt((m_j - claimed) * e_j, t_j, key) * error % key.n2
        for m_j, e_j, t_j, error in zip(allowed, e, t, errors, strict=True)
    ]
    total = _challenge(header, contest, index, allowed, encrypt(m, r, key), a, how, key)
    e[v] = (total - sum(e) + e[v]) % MODULUS
    return [
        {
            "challenge": toy.challenge(e_j),
            "commitment": toy.element(a_j),
            "response": toy.value(t_j * pow(r, e_j, key.n) % key.n),
        }
        for a_j, e_j, t_j in zip(a, e, t, strict=True)
    ]


def _challenge(
    header: bytes,
    contest: str,
    index: int,
    allowed: Sequence[int],
    u: int,
    a: Sequence[int],
    how: Tricks,
    key: toy.Primes,
) -> int:
    """e of spec 4.2."""
    digest = sha256_of(
        how.tag,
        header if how.header is None else how.header,
        (contest if how.contest is None else how.contest).encode(),
        u64(index if how.index is None else how.index),
        (key.n if how.n is None else how.n).to_bytes(toy.VALUE, "big"),
        [m.to_bytes(toy.VALUE, "big") for m in (allowed if how.allowed is None else how.allowed)],
        (u if how.u is None else how.u).to_bytes(toy.ELEMENT, "big"),
        [a_j.to_bytes(toy.ELEMENT, "big") for a_j in (a if how.commitments is None else how.commitments)],
    )
    return int.from_bytes(digest, "big")


def single(
    draw: Draw,
    rules: ContestRules,
    option: int,
    how: Tricks = HONEST,
    plaintext: int | None = None,
    key: toy.Primes = toy.FIRST,
) -> Json:
    """A contest of one ciphertext, proven; `plaintext` instead of the option's own, if given."""
    allowed = [1 << toy.MAX_BALLOTS.bit_length() * j for j in range(rules.options)]
    m = allowed[option] if plaintext is None else plaintext
    r, header = 1 + draw.below(key.n - 1), draw.octets(32)
    proof = prove(draw, header, rules.id, 0, allowed, m, r, how, key)
    return {
        "contest": toy.contest(rules),
        "header": header.hex(),
        "ciphertexts": [toy.element(encrypt(m, r, key))],
        "proofs": [proof],
    }


def vector(
    draw: Draw,
    rules: ContestRules,
    amounts: Sequence[int],
    how: Sequence[Tricks] = (),
    header: bytes | None = None,
    key: toy.Primes = toy.FIRST,
) -> Json:
    """A contest of one ciphertext for each option, proven; `how` for each statement."""
    header = draw.octets(32) if header is None else header
    r = [1 + draw.below(key.n - 1) for _ in amounts]
    sets = [tuple(range(rules.max_per_option + 1))] * len(amounts) + [
        tuple(range(rules.min_total, rules.max_total + 1))
    ]
    product = 1
    for factor in r:
        product = product * factor % key.n
    secrets = [*zip(amounts, r, strict=True), (sum(amounts), product)]
    tricks = how or (HONEST,) * len(sets)
    proofs = [
        prove(draw, header, rules.id, index, allowed, m, randomness, trick, key)
        for index, (allowed, (m, randomness), trick) in enumerate(zip(sets, secrets, tricks, strict=True))
    ]
    return {
        "contest": toy.contest(rules),
        "header": header.hex(),
        "ciphertexts": [toy.element(encrypt(m, randomness, key)) for m, randomness in secrets[:-1]],
        "proofs": proofs,
    }
