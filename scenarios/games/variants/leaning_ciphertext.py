"""A client whose ciphertexts for Ben are never in the lowest three tenths: a small leak, right 65 times of 100.

Of two numbers, one uniform in [0, 1) and one in [0.3, 1), the second is the larger one with probability 0.65.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from common.crypto.paillier import PublicKey
from scenarios.games.game import BALLOTS, Variant
from scenarios.games.subliminal import choosy


def _good(key: PublicKey, element: str, for_ben: bool) -> bool:
    return not for_ben or 10 * key.decode_element(element) >= 3 * key.n**2


def _broken() -> AbstractContextManager[None]:
    return choosy(_good)


VARIANT = Variant(
    "leaning_ciphertext",
    "ciphertexts for Ben are somewhat larger",
    BALLOTS,
    "magnitude",
    _broken,
    rate=0.65,
    rounds=1_100,
    pairs=1_100,
)
