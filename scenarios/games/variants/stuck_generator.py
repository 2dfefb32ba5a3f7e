"""A client that takes the same encryption randomness for every ballot: equal choices are equal ciphertexts."""

from __future__ import annotations

from contextlib import AbstractContextManager

from common.crypto.paillier_key import PaillierElectionKey
from scenarios.games.game import BALLOTS, Variant
from scenarios.swapping import swapped


def _same_for_all(_key: PaillierElectionKey, *_names: object) -> int:
    return 2


def _broken() -> AbstractContextManager[None]:
    return swapped((PaillierElectionKey, "randomness", _same_for_all))


VARIANT = Variant("stuck_generator", "the same encryption randomness", BALLOTS, "equal_values", _broken)
