"""The arithmetic below the proofs, and the floor of a batch: its modular products and nothing else."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from gmpy2 import mpz

from benchmarks.measure import Cost, Work
from benchmarks.proofs import LARGEST_BATCH, QUICK_BATCH
from benchmarks.setting import Setting
from common.crypto import pairs
from common.crypto.batch import WEIGHT_BITS
from common.crypto.membership import CHALLENGES
from common.crypto.multiexp import products_in_buckets
from common.crypto.nth_power import nth_power

_LOOP = 200


@dataclass(frozen=True, slots=True)
class Floor:
    """Modular products that one ballot of a batch takes, on average."""

    mod_n: float
    mod_n_squared: float


def batch_floor(ballots: int, branches: int) -> Floor:
    """For ballots with one statement of that many branches each.

    mod n: z_j^δ_j. mod n²: a_j^δ_j, and u^(Σ e_j·δ_j). The one n-th power of the batch is left out.
    """
    responses = [WEIGHT_BITS] * (ballots * branches)
    longest = ((CHALLENGES - 1) * ((1 << WEIGHT_BITS) - 1) * branches).bit_length()
    elements = responses + [longest] * ballots
    return Floor(products_in_buckets(responses) / ballots, products_in_buckets(elements) / ballots)


def costs(setting: Setting) -> Iterator[Cost]:
    """Single operations, and all the products of one ballot, choose 1 of 5, in a batch."""
    size = QUICK_BATCH if setting.quick else LARGEST_BATCH
    yield Cost("product mod n", partial(_products, setting, Floor(_LOOP, 0)), _LOOP)
    yield Cost("product mod n² on pairs", partial(_products, setting, Floor(0, _LOOP)), _LOOP)
    yield Cost("n-th power mod n² on pairs", partial(_power, setting))
    yield Cost(
        f"products of a ballot in a batch of {size}, 1 of 5", partial(_products, setting, batch_floor(size, 5))
    )


def _products(setting: Setting, floor: Floor) -> Work:
    n = mpz(setting.modulus)
    x, y = (mpz(secrets.randbelow(int(n))) for _ in range(2))
    pair = pairs.split(secrets.randbelow(int(n * n)), n)

    def work() -> None:
        product, product_of_pairs = x, pair
        for _ in range(round(floor.mod_n)):
            product = product * y % n
        for _ in range(round(floor.mod_n_squared)):
            product_of_pairs = pairs.multiply(product_of_pairs, pair, n)

    return work


def _power(setting: Setting) -> Work:
    n = setting.modulus
    x = 2 + secrets.randbelow(n - 2)
    return lambda: nth_power(x, n)
