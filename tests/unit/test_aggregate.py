"""A pool below the minimum is listed and has no ciphertexts, so nobody can be asked to open it."""

from __future__ import annotations

import pytest

from common.messages.ballot import Ballot
from common.tally.aggregate import compute_aggregates
from scenarios.world import World
from tests.conftest import CHOICES, PEOPLE
from voter_client.prepare import prepare_ballot

ROOT = "00" * 32


def cast(world: World, count: int) -> list[Ballot]:
    voters = [world.citizen(person).card.voter_id for person in PEOPLE[:count]]
    return [prepare_ballot(world.election, "north", voter, CHOICES).ballot for voter in voters]


@pytest.mark.parametrize("below", [1, 2])
def test_pool_below_the_minimum_has_no_ciphertexts(world: World, below: int) -> None:
    count = world.election.manifest.policies.minimum_aggregate - below
    found = compute_aggregates(world.election, ROOT, cast(world, count)).aggregates
    assert [(each.contest, each.ballots, each.ciphertexts) for each in found] == [
        ("board", count, ()),
        ("wishes", count, ()),
    ]


def test_pool_at_the_minimum_is_the_product_of_its_ballots(world: World) -> None:
    ballots = cast(world, world.election.manifest.policies.minimum_aggregate)
    found = compute_aggregates(world.election, ROOT, ballots).aggregates
    for position, aggregate in enumerate(found):
        columns = zip(*(ballot.contests[position].ciphertexts for ballot in ballots), strict=True)
        assert aggregate.ciphertexts == tuple(world.election.key.aggregate(column) for column in columns)


def test_nothing_is_listed_where_nobody_voted(world: World) -> None:
    assert compute_aggregates(world.election, ROOT, []).aggregates == ()
