"""Equations on squares, surely: weights are chosen so that an equation that is not on squares would tell (D5)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import pytest

from common.crypto import batch
from common.crypto.contest import Choice, ContestRules
from common.crypto.cryptosystem import ProvenContest
from common.crypto.paillier_key import PaillierElectionKey
from common.errors import CryptoError

Prove: TypeAlias = Callable[[PaillierElectionKey, ContestRules, Choice], ProvenContest]


def odd(bits: int) -> int:
    """A weight under which one flipped sign flips the sign of the whole product."""
    return secrets.randbits(bits) | 1


def flipped(key: PaillierElectionKey, contest: ProvenContest) -> ProvenContest:
    """The response of the first branch is n − z."""
    public = key.public
    first, *others = contest.proofs[0]
    response = public.encode_value(int(public.n) - int(public.decode_value(first.response)))
    return replace(contest, proofs=((replace(first, response=response), *others), *contest.proofs[1:]))


def test_batch_accepts_a_flipped_sign_under_odd_weights(
    toy_key: PaillierElectionKey, single_rules: ContestRules, prove_choice: Prove
) -> None:
    good = prove_choice(toy_key, single_rules, (0, 1, 0, 0, 0))
    batch.verify_batch(toy_key.public, [good, flipped(toy_key, good)], weight=odd)
    assert batch.find_invalid(toy_key.public, [good, flipped(toy_key, good)], weight=odd) == ()


def test_batch_refuses_another_response_under_odd_weights(
    toy_key: PaillierElectionKey, single_rules: ContestRules, prove_choice: Prove
) -> None:
    good = prove_choice(toy_key, single_rules, (0, 1, 0, 0, 0))
    first, *others = good.proofs[0]
    swapped = replace(good, proofs=((replace(first, response=others[0].response), *others),))
    with pytest.raises(CryptoError, match="does not hold"):
        batch.verify_batch(toy_key.public, [good, swapped], weight=odd)
