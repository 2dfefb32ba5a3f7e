"""A client that checks its receipts again names the collector only for what the collector did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from common.checks.catalogue import COMPLETE
from common.errors import CheckFailed, Party
from common.messages.receipt import Receipt, SignedLatest, sign_latest
from common.ports import Lapsed, Unavailable
from scenarios.villains import lying, own_hands
from scenarios.world import Citizen, World
from tests.conftest import CHOICES, PEOPLE
from voter_client.cast import VotingSession


@pytest.fixture
def citizen(world: World) -> Citizen:
    """Somebody who has voted and holds the receipt."""
    citizen = world.citizen(PEOPLE[0])
    world.vote(citizen, CHOICES)
    world.clock.now += 60
    return citizen


def lose_the_answer(world: World, citizen: Citizen) -> VotingSession:
    """Vote again; the vote is recorded, but no answer arrives."""
    collector = lying(world)

    def lost(session: str, signed_ballot: bytes) -> Receipt:
        world.collector.cast(session, signed_ballot)
        raise Unavailable("the connection broke")

    collector.casts = lost
    session = VotingSession(world.election, collector, citizen.card, citizen.journal, world.clock, COMPLETE)
    with pytest.raises(Unavailable):
        session.cast(session.prepare(CHOICES))
    collector.casts = world.collector.cast
    return session


def test_nobody_is_blamed_after_a_vote_that_lapsed(world: World, citizen: Citizen) -> None:
    world.witness_clock.by = 1_000
    with pytest.raises(Lapsed):
        world.vote(citizen, CHOICES)
    world.witness_clock.by, world.clock.now = 0, world.clock.now + 1_000
    world.recheck(citizen)


def test_nobody_is_blamed_after_a_lost_answer(world: World, citizen: Citizen) -> None:
    lose_the_answer(world, citizen)
    world.recheck(citizen)


def test_nobody_is_blamed_when_receipts_arrive_in_another_order(world: World, citizen: Citizen) -> None:
    session = lose_the_answer(world, citizen)
    world.vote(citizen, CHOICES)
    session.retry()
    world.recheck(citizen)


def test_the_collector_is_blamed_if_nothing_else_was_posted(world: World, citizen: Citizen) -> None:
    collector = lying(world)
    true = world.collector.latest(citizen.journal.votes[-1].receipt.vote_id).answer

    def replaced(_vote_id: str) -> SignedLatest:
        return sign_latest(replace(true, latest=False), own_hands(world)._lookup._key)

    collector.newest = replaced
    with pytest.raises(CheckFailed) as named:
        citizen.journal.recheck(collector, collector, COMPLETE)
    assert (named.value.check, named.value.at_fault) == ("R4", Party.COLLECTOR)
