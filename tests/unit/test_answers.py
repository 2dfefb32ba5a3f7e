"""T3 on answers that their trustee signed and whose shares are good: still they must be for this tree, and whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from common.checks.tally import Final, t3_shares
from common.errors import RuleBroken
from common.messages.result import Aggregates, SignedAnswer, TrusteeAnswer, sign_answer
from scenarios.world import Tallied, World
from tallier.trustee import TrusteeService

Played = tuple[World, Tallied]


def context(played: Played) -> tuple[Final, Aggregates]:
    world, tallied = played
    return Final(world.election, tallied.processed.aggregates.final_root), tallied.processed.aggregates


def answer(played: Played) -> TrusteeAnswer:
    return played[1].counted.used[0].answer


def signed(played: Played, changed: TrusteeAnswer) -> SignedAnswer:
    """By trustee 1 itself."""
    trustee = played[0].trustees[0]
    assert isinstance(trustee, TrusteeService)
    return sign_answer(changed, trustee._keys.signing)


def test_answer_for_this_tree_is_taken(played: Played) -> None:
    t3_shares(signed(played, answer(played)), context(played))


def test_answer_that_names_another_tree_or_election_is_refused(played: Played) -> None:
    elsewhere = "ab" * 32
    for changed in (
        replace(answer(played), final_root=elsewhere),
        replace(answer(played), fingerprint=elsewhere),
    ):
        with pytest.raises(RuleBroken, match="another election or tree"):
            t3_shares(signed(played, changed), context(played))


def test_answer_with_an_aggregate_left_out_is_refused(played: Played) -> None:
    changed = replace(answer(played), shares=answer(played).shares[:-1])
    with pytest.raises(RuleBroken, match="exactly the aggregates"):
        t3_shares(signed(played, changed), context(played))


def test_answer_with_an_aggregate_more_is_refused(played: Played) -> None:
    changed = replace(answer(played), shares=(*answer(played).shares, answer(played).shares[0]))
    with pytest.raises(RuleBroken, match="exactly the aggregates"):
        t3_shares(signed(played, changed), context(played))


def test_answer_of_a_trustee_that_does_not_exist_is_refused(played: Played) -> None:
    changed = replace(answer(played), trustee=4)
    with pytest.raises(RuleBroken, match="no such trustee"):
        t3_shares(signed(played, changed), context(played))
