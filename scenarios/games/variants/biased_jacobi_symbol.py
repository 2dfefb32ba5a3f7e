"""A client that encrypts anew until the ciphertext's Jacobi symbol says for whom the vote is. Every check passes."""

from __future__ import annotations

from contextlib import AbstractContextManager

from gmpy2 import jacobi

from common.crypto.paillier import PublicKey
from scenarios.games.game import BALLOTS, Variant
from scenarios.games.subliminal import whispering


def _bit(key: PublicKey, element: str) -> bool:
    return bool(jacobi(key.decode_element(element), key.n) == 1)


def _broken() -> AbstractContextManager[None]:
    return whispering(_bit)


VARIANT = Variant("biased_jacobi_symbol", "the Jacobi symbol tells the choice", BALLOTS, "jacobi_symbol", _broken)
