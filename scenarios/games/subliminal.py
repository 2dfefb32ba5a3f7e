"""A subverted client: it draws seeds until the ciphertext tells of the choice. No check can see that."""

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
Good: TypeAlias = Callable[[PublicKey, str, bool], bool]
"""Whether a ciphertext will do for Ben (true), or for anybody else."""
_prepare = voter_client.prepare.prepare_ballot


def whispering(bit: Bit) -> AbstractContextManager[None]:
    """All clients set the bit exactly for Ben."""
    return choosy(lambda key, element, for_ben: bit(key, element) == for_ben)


def choosy(good: Good) -> AbstractContextManager[None]:
    """All clients make ballots until one is good enough for what was chosen."""

    def prepare(election: Election, unit: str, voter: str, choices: Mapping[str, Choice]) -> PreparedBallot:
        while True:
            made = _prepare(election, unit, voter, choices)
            part = made.ballot.contests[0]
            if good(public_key(election), part.ciphertexts[0], choices[part.contest] == BEN):
                return made

    return swapped((voter_client.prepare, "prepare_ballot", prepare))
