"""T2 sees without a single ballot that an aggregate cannot be one of this election."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from common.checks.tally import t2_minimum
from common.errors import RuleBroken
from common.messages.election import Election
from common.messages.result import Aggregate, Aggregates
from scenarios.world import Tallied, World

Change = Callable[[Aggregate], Aggregate]


def changed(tallied: Tallied, change: Change) -> Aggregates:
    """The announced aggregates with the last one, of the vector contest, changed."""
    aggregates = tallied.processed.aggregates
    *others, last = aggregates.aggregates
    return replace(aggregates, aggregates=(*others, change(last)))


def test_announced_aggregates_are_in_form(played: tuple[World, Tallied]) -> None:
    world, tallied = played
    t2_minimum(tallied.processed.aggregates, world.election)


@pytest.mark.parametrize(
    "change",
    [
        lambda last: replace(last, ciphertexts=last.ciphertexts[1:]),
        lambda last: replace(last, ciphertexts=(*last.ciphertexts, last.ciphertexts[0])),
        lambda last: replace(last, contest="board"),
        lambda last: replace(last, contest="moon"),
        lambda last: replace(last, unit="moon"),
        lambda last: replace(last, units=("moon",)),
        lambda last: replace(last, units=()),
        lambda last: replace(last, units=(*last.units, *last.units)),
        lambda last: replace(last, ciphertexts=()),
        lambda last: replace(last, ballots=1),
    ],
)
def test_aggregate_of_another_form_is_refused(played: tuple[World, Tallied], change: Change) -> None:
    world, tallied = played
    with pytest.raises(RuleBroken):
        t2_minimum(changed(tallied, change), world.election)


def test_unit_that_does_not_vote_in_the_contest_is_refused(played: tuple[World, Tallied]) -> None:
    world, tallied = played
    election: Election = world.election
    last = tallied.processed.aggregates.aggregates[-1]
    silent = replace(election.units[last.units[0]], contests=("board",))
    with pytest.raises(RuleBroken, match="does not vote in it"):
        t2_minimum(tallied.processed.aggregates, replace(election, units={**election.units, silent.id: silent}))


def test_unit_that_holds_two_aggregates_of_a_contest_is_refused(played: tuple[World, Tallied]) -> None:
    """Their shares would have one context."""
    world, tallied = played
    aggregates = tallied.processed.aggregates
    *others, last = aggregates.aggregates
    beside = replace(last, units=("land",))
    with pytest.raises(RuleBroken, match="holds two"):
        t2_minimum(replace(aggregates, aggregates=(*others, last, beside)), world.election)
