"""A subverted client: it draws seeds until a bit of the ciphertext says what was chosen. No check can see that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TypeAlias

import voter_client.prepare
from common.crypto.contest import Choice
from common.crypto.paillier import PublicKey
from common.messages.election import Election
from scenarios.games.game import BEN
from scenarios.swapping import swapped
from scenarios.villains import public_key
from voter_client.prepare import PreparedBallot

Bit: TypeAlias = Callable[[PublicKey, str], bool]
"""Read off a ciphertext; true for about half of them."""
_prepare = voter_client.prepare.prepare_ballot


def whispering(bit: Bit) -> AbstractContextManager[None]:
    """All clients set the bit exactly for Ben."""

    def prepare(election: Election, unit: str, voter: str, choices: Mapping[str, Choice]) -> PreparedBallot:
        while True:
            made = _prepare(election, unit, voter, choices)
            part = made.ballot.contests[0]
            if bit(public_key(election), part.ciphertexts[0]) == (choices[part.contest] == BEN):
                return made

    return swapped((voter_client.prepare, "prepare_ballot", prepare))
