"""A client that encrypts anew until the ciphertext's lowest bit says for whom the vote is. Every check passes."""

from __future__ import annotations

from contextlib import AbstractContextManager

from common.crypto.paillier import PublicKey
from scenarios.games.game import CHOICES, Variant
from scenarios.games.subliminal import whispering


def _bit(key: PublicKey, element: str) -> bool:
    return bool(key.decode_element(element) % 2 == 1)


def _broken() -> AbstractContextManager[None]:
    return whispering(_bit)


VARIANT = Variant("biased_parity", "the lowest bit tells the choice", CHOICES, "parity", _broken)
