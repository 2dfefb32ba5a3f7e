"""Laboratory switches for the membership proof: each leaves one thing out of the challenge hash (D4), or the squares.

What a hash leaves out, somebody may choose or change afterwards.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from types import MappingProxyType

import voter_client.prepare
from common.crypto import batch, membership
from common.crypto.membership import Claim, Context
from common.crypto.nth_power import nth_power
from common.crypto.paillier import PublicKey
from common.encoding.hashing import tagged_hash, uint64
from common.errors import CryptoError
from common.messages import ballot as ballots
from scenarios.swapping import swapped

_challenge, _header = membership.challenge, ballots.header_hash
Ciphertexts = tuple[tuple[str, tuple[str, ...]], ...]


def _of_commitments(
    key: PublicKey, context: Context, index: int, allowed: Sequence[int], _u: int, commitments: Sequence[int]
) -> int:
    """Neither the ballot's header nor the ciphertext is in the hash (Bernhard, Pereira, Warinschi: "weak")."""
    items = [key.element_to_bytes(a) for a in commitments]
    members = [key.value_to_bytes(member) for member in allowed]
    digest = tagged_hash("membership", context.contest.encode(), uint64(index), members, items)
    return int.from_bytes(digest, "big")


def _for_any_contest(
    key: PublicKey, context: Context, index: int, allowed: Sequence[int], u: int, commitments: Sequence[int]
) -> int:
    return _challenge(key, replace(context, contest=""), index, allowed, u, commitments)


def _at_any_place(
    key: PublicKey, context: Context, _index: int, allowed: Sequence[int], u: int, commitments: Sequence[int]
) -> int:
    return _challenge(key, context, 0, allowed, u, commitments)


def _for_nobody(fingerprint: str, unit: str, _name: str, ciphertexts: Ciphertexts) -> bytes:
    return _header(fingerprint, unit, "00" * 32, ciphertexts)


def _for_any_unit(fingerprint: str, _unit: str, name: str, ciphertexts: Ciphertexts) -> bytes:
    return _header(fingerprint, "", name, ciphertexts)


def _each_by_itself(fingerprint: str, unit: str, name: str, _ciphertexts: Ciphertexts) -> bytes:
    """The header without what else is in the ballot, and where."""
    return _header(fingerprint, unit, name, ())


def _header_is(function: Callable[[str, str, str, Ciphertexts], bytes]) -> AbstractContextManager[None]:
    return swapped((ballots, "header_hash", function), (voter_client.prepare, "header_hash", function))


def _verify_plainly(key: PublicKey, claim: Claim) -> None:
    """D5: the readable verification, its equation not squared."""
    membership.require_challenges(key, claim)
    for m, a, e, z in zip(claim.allowed, claim.commitments, claim.challenges, claim.responses, strict=True):
        right = a * pow(claim.u * key.power_of_g(-m), e, key.n_squared)
        if (nth_power(z, key.n) - right) % key.n_squared != 0:
            raise CryptoError("a branch of a membership proof does not hold")


def _batch_plainly(key: PublicKey, claims: Sequence[Claim], *, weight: batch.Weight = secrets.randbits) -> None:
    """D5: the batch, its equation not squared."""
    left = right = key.power_of_g(0)
    for claim in claims:
        membership.require_challenges(key, claim)
        for m, a, e, z in zip(claim.allowed, claim.commitments, claim.challenges, claim.responses, strict=True):
            delta = weight(batch.WEIGHT_BITS)
            left = left * pow(nth_power(z, key.n) * key.power_of_g(m * e), delta, key.n_squared) % key.n_squared
            right = right * pow(a, delta, key.n_squared) * pow(claim.u, e * delta, key.n_squared) % key.n_squared
    if left != right:
        raise CryptoError("a membership proof in the batch does not hold")


PROOF_SWITCHES: Mapping[str, Callable[[], AbstractContextManager[None]]] = MappingProxyType(
    {
        "D4 ciphertext": lambda: swapped((membership, "challenge", _of_commitments)),
        "D4 contest id": lambda: swapped((membership, "challenge", _for_any_contest)),
        "D4 statement index": lambda: swapped((membership, "challenge", _at_any_place)),
        "D4 pseudonym": lambda: _header_is(_for_nobody),
        "D4 unit": lambda: _header_is(_for_any_unit),
        "D4 whole ballot": lambda: _header_is(_each_by_itself),
        "D5": lambda: swapped((membership, "verify", _verify_plainly), (batch, "verify_claims", _batch_plainly)),
    }
)
"""By the id of what is taken away."""
