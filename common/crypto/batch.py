"""Many membership proofs at once (after Bellare, Garay and Rabin 1998: small exponents).

With δ_ij a random 128-bit weight for each claim i and branch j, all equations collapse into one, checked on squares:
(Π z_ij^δ_ij mod n)^n · (1+n)^(Σ e_ij·δ_ij·m_j) = Π a_ij^δ_ij · Π u_i^(Σ_j e_ij·δ_ij)  (mod n²).
The weights are drawn after all proofs are fixed, and each *branch* has its own: with one weight per ballot, errors in
two branches of one proof could cancel. The full-length exponent n is paid once a batch. To use several cores,
run batches in several processes: the steps are too small for threads to gain by letting go of the interpreter lock.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import TypeAlias

from gmpy2 import mpz

from common.crypto import membership
from common.crypto.cryptosystem import ProvenContest
from common.crypto.membership import Claim
from common.crypto.multiexp import product_of_powers_mod_n, product_of_powers_mod_square
from common.crypto.nth_power import nth_power
from common.crypto.paillier import PublicKey
from common.errors import CryptoError

WEIGHT_BITS = 128
LARGEST_BATCH = 1000
"""More contests are cut into batches of this size, which bounds memory and gains nothing by being larger."""

Weight: TypeAlias = Callable[[int], int]
"""A random integer of that many bits."""


def require_elements(key: PublicKey, contests: Sequence[ProvenContest]) -> None:
    """C10 of all: values well-formed, right in number, in range and coprime to n; else `CryptoError`."""
    for batch in _batches(contests):
        claims = [claim for contest in batch for claim in membership.decode_claims(key, contest)]
        membership.require_elements(key, claims)


def verify_batch(key: PublicKey, contests: Sequence[ProvenContest], *, weight: Weight = secrets.randbits) -> None:
    """C11 of all contests; `CryptoError` if any is bad.

    Requires C10 of each: one u = 0 and one z = 0 make a whole batch of junk pass.
    """
    for batch in _batches(contests):
        claims = [claim for contest in batch for claim in membership.decode_claims(key, contest)]
        verify_claims(key, claims, weight=weight)


def find_invalid(
    key: PublicKey, contests: Sequence[ProvenContest], *, weight: Weight = secrets.randbits
) -> tuple[int, ...]:
    """Positions of all contests that fail C11 or are malformed, ascending. Requires C10, as `verify_batch` does."""
    invalid: list[int] = []
    for start, batch in enumerate(_batches(contests)):
        decoded: list[tuple[int, tuple[Claim, ...]]] = []
        for position, contest in enumerate(batch, start * LARGEST_BATCH):
            try:
                decoded.append((position, membership.decode_claims(key, contest)))
            except CryptoError:
                invalid.append(position)
        invalid.extend(_bisect(key, decoded, weight))
    return tuple(sorted(invalid))


def verify_claims(key: PublicKey, claims: Sequence[Claim], *, weight: Weight = secrets.randbits) -> None:
    """One equation for all claims; `CryptoError` if any is bad, but for a chance of 2^-128."""
    if not claims:
        return
    for claim in claims:
        membership.require_challenges(key, claim)
    responses: list[mpz] = []
    elements: list[mpz] = []
    response_weights: list[int] = []
    element_weights: list[int] = []
    exponent_of_g = 0
    for claim in claims:
        weights = [weight(WEIGHT_BITS) for _ in claim.allowed]
        weighted = [e * delta for e, delta in zip(claim.challenges, weights, strict=True)]
        exponent_of_g += sum(w * m for w, m in zip(weighted, claim.allowed, strict=True))
        responses.extend(claim.responses)
        response_weights.extend(weights)
        elements.extend((*claim.commitments, claim.u))
        element_weights.extend((*weights, sum(weighted)))
    z = product_of_powers_mod_n(responses, response_weights, key.n)
    left = nth_power(z, key.n) * key.power_of_g(exponent_of_g)
    right = product_of_powers_mod_square(elements, element_weights, key.n)
    if (left * left - right * right) % key.n_squared != 0:
        raise CryptoError("a membership proof in the batch does not hold")


def _bisect(key: PublicKey, decoded: Sequence[tuple[int, tuple[Claim, ...]]], weight: Weight) -> list[int]:
    """Positions of the bad contests; the last word on a single one has the readable verification."""
    try:
        if len(decoded) == 1:
            for claim in decoded[0][1]:
                membership.verify(key, claim)
        else:
            verify_claims(key, [claim for _, claims in decoded for claim in claims], weight=weight)
    except CryptoError:
        if len(decoded) == 1:
            return [decoded[0][0]]
        middle = len(decoded) // 2
        return _bisect(key, decoded[:middle], weight) + _bisect(key, decoded[middle:], weight)
    return []


def _batches(contests: Sequence[ProvenContest]) -> list[Sequence[ProvenContest]]:
    return [contests[start : start + LARGEST_BATCH] for start in range(0, len(contests), LARGEST_BATCH)]
