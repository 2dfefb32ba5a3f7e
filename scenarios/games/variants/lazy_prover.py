"""A prover that draws the challenges of simulated branches with 128 bits: the true branch is the one with 256."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager

from common.crypto import membership
from common.crypto.cryptosystem import Proof, Statement
from common.crypto.masks import Draw, Mask
from common.crypto.membership import CHALLENGES, Context
from common.crypto.paillier import PublicKey
from scenarios.games.game import BALLOTS, Variant
from scenarios.swapping import swapped

_prove = membership.prove


def _lazily(
    key: PublicKey,
    context: Context,
    statement: Statement,
    plaintext: int,
    randomness: int,
    masks: Sequence[Mask],
    *,
    draw: Draw = secrets.randbelow,
) -> Proof:
    def short(below: int) -> int:
        return draw(1 << 128 if below == CHALLENGES else below)

    return _prove(key, context, statement, plaintext, randomness, masks, draw=short)


def _broken() -> AbstractContextManager[None]:
    return swapped((membership, "prove", _lazily))


VARIANT = Variant("lazy_prover", "short challenges in simulated branches", BALLOTS, "longest_challenge", _broken)
