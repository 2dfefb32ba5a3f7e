"""Fixtures for all tests: small elections at toy size, played once, and worlds to play on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings

from common.eid.personal_code import voter_id
from common.messages.draft import Draft
from common.messages.manifest import Policies, SingleContest, Times, Unit, VectorContest
from common.messages.roll import RollChange, RollEntry
from common.ports import Lapsed
from scenarios.country.population import people
from scenarios.founding import create_world
from scenarios.world import Citizen, Tallied, World

settings.register_profile("valik", deadline=None)
settings.register_profile("long", deadline=None)
settings.load_profile("valik")

TIMES = Times("2027-03-01T09:00:00Z", "2027-03-02T09:00:00Z", 300, 300, 30, 60, 600, 1800)
CONTESTS = (
    SingleContest("single", "board", "Who chairs the board?", ("Ada", "Ben", "Blank vote")),
    VectorContest("vector", "wishes", "Approve up to two", ("Library", "Park", "Pool", "School"), 1, 0, 2),
)
UNITS = (
    Unit("land", "The land", None, ("board", "wishes")),
    Unit("north", "North", "land", ("board", "wishes")),
    Unit("south", "South", "land", ("board", "wishes")),
)
PEOPLE = people(16, seed=7)
CHOICES = {"board": (1, 0, 0), "wishes": (1, 0, 0, 1)}


def draft(**changes: object) -> Draft:
    """A small election; `changes` replace fields of the draft."""
    made = Draft(
        title="A test election",
        times=TIMES,
        contests=CONTESTS,
        units=UNITS,
        max_ballots=50,
        parameters="toy-512",
        threshold=2,
        trustees=3,
        witnesses=3,
        quorum=2,
        hostile=0,
        policies=Policies("auditors", 3, 3, 20, 1_000_000, 200),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def rows(count: int = 12) -> list[RollEntry]:
    """The first `count` people, alternately in north and south."""
    return [
        RollEntry(voter_id(person.code), person.name, ("north", "south")[position % 2])
        for position, person in enumerate(PEOPLE[:count])
    ]


@pytest.fixture
def make_world() -> Callable[..., World]:
    """A fresh world; keyword arguments change its draft."""

    def make(**changes: object) -> World:
        return create_world(draft(**changes), rows(), insecure_parameters=True)

    return make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


def play(world: World) -> Tallied:
    """Something of everything: re-votes, a roll change, a removal, a paper vote, a vote that has to be excluded."""
    citizens = [world.citizen(person) for person in PEOPLE[:12]]
    for position, citizen in enumerate(citizens):
        world.clock.now += 60
        choice = {"board": ((1, 0, 0), (0, 1, 0))[position % 2], "wishes": (1, 0, 0, position % 2)}
        world.vote(citizen, choice)
    newcomer = RollEntry(voter_id(PEOPLE[12].code), PEOPLE[12].name, "north")
    world.change_roll([RollChange(newcomer.voter, newcomer), RollChange(citizens[11].card.voter_id, None)])
    world.clock.now += 60
    world.vote(world.citizen(PEOPLE[12]), CHOICES)
    for sequence in range(2):
        world.clock.now += 60
        world.vote(citizens[0], {"board": (0, 0, 1), "wishes": (0, sequence, 0, 0)})
    cast_too_late(world, citizens[1])
    world.close()
    world.revoke([citizens[2].card.voter_id])
    world.finalise()
    return world.tally([1, 3])


def cast_too_late(world: World, citizen: Citizen) -> None:
    """A vote that the witnesses see only after `max_age`: recorded, no receipt, to be excluded."""
    world.witness_clock.by = 1000
    with pytest.raises(Lapsed):
        world.vote(citizen, CHOICES)
    world.witness_clock.by = 0
    world.clock.now += 1000


@pytest.fixture(scope="session")
def played() -> tuple[World, Tallied]:
    """A finished toy election; do not change it."""
    world = create_world(draft(), rows(), insecure_parameters=True)
    return world, play(world)


@pytest.fixture(scope="session")
def toy_record(played: tuple[World, Tallied]) -> dict[str, bytes]:
    """Its whole record, path → bytes."""
    world, tallied = played
    return world.record(tallied)


@pytest.fixture(scope="session")
def toy_authority(played: tuple[World, Tallied]) -> bytes:
    """The authority's 32-byte public key."""
    return played[0].authority.public_key
