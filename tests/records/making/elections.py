"""The elections of the collection: two toy ones to tamper with, and two samples of full size."""

from __future__ import annotations

from dataclasses import replace

from common.checks.manifest import open_manifest
from common.crypto.systems import SYSTEMS
from common.eid.personal_code import voter_id
from common.messages.acts import Signed, roll_digest
from common.messages.draft import Draft
from common.messages.manifest import Manifest, Policies, SingleContest, Times, Unit, VectorContest
from common.messages.roll import Roll, RollChange, RollEntry
from common.ports import Lapsed
from scenarios.country.population import Person
from scenarios.founding import create_world
from scenarios.keyring import Keyring
from scenarios.world import World
from tallier.ceremony import Ceremony
from tests.claims.attack_tools import CHOICES, ISLANDERS, MAINLANDERS, NOTHING, STRANGERS, staged
from tests.claims.dossier import Dossier, tallied

NORTH, SOUTH, ISLAND = MAINLANDERS[:8], MAINLANDERS[8:11], ISLANDERS[:2]
NEWCOMER, CORRECTED, REMOVED, PAPER = STRANGERS[1], NORTH[4], SOUTH[1], NORTH[1]
"""Who comes onto the roll and whose name is corrected while the election runs; who is removed; who votes on paper."""
OTHERS = NORTH[4:]
"""On the roll, in the north, and silent in the toy elections."""
TIMES = Times("2027-03-01T09:00:00Z", "2027-03-02T09:00:00Z", 300, 300, 30, 60, 600, 1800)
UNITS = (
    Unit("land", "The land", None, ("board", "wishes")),
    Unit("north", "North", "land", ("board", "wishes")),
    Unit("south", "South", "land", ("board", "wishes")),
    Unit("island", "The island", "land", ("board", "wishes", "bridge")),
)
CONTESTS = (
    SingleContest("single", "board", "Who chairs the board?", ("Ada", "Ben", "Blank vote")),
    VectorContest("vector", "wishes", "Approve one at most", ("Library", "Park"), 1, 0, 1),
    SingleContest("single", "bridge", "Build the bridge?", ("Yes", "No")),
)
HOUR = 3_600


def draft(title: str, parameters: str, publication: str, *, vote_bytes: int = 100_000) -> Draft:
    """Pools below 2 are merged or stay closed; at most 20 people may ever be on the roll."""
    return Draft(
        title=title,
        times=TIMES,
        contests=CONTESTS,
        units=UNITS,
        max_ballots=20,
        parameters=parameters,
        threshold=2,
        trustees=3,
        witnesses=3,
        quorum=2,
        hostile=0,
        policies=Policies(publication, 2, 3, 20, vote_bytes, 200),  # type: ignore[arg-type]
    )


def roll_rows() -> list[RollEntry]:
    """Eight in the north, three in the south, two on the island."""
    units = {"north": NORTH, "south": SOUTH, "island": ISLAND}
    return [row(person, unit) for unit, people in units.items() for person in people]


def row(person: Person, unit: str) -> RollEntry:
    return RollEntry(voter_id(person.code), person.name, unit)


def choices(board: int, wishes: tuple[int, int] = (0, 0)) -> dict[str, tuple[int, ...]]:
    """A choice by its position on the board, and the wishes."""
    return {"board": tuple(int(option == board) for option in range(3)), "wishes": wishes}


# --- plays


def play(world: World) -> Dossier:
    """`hold` without an extension, and counted."""
    hold(world)
    return tallied(world, world.collector.evidence())


def hold(world: World, *, extended: bool = False) -> None:
    """Something of everything, up to `final`. Without the extension, log entries are:

    1 to 4 votes, 5 a change of the roll, 6 the newcomer's vote, 7 a re-vote of the first, 8 a vote covered too late,
    9 an islander at the last minute, 10 close, 11 the paper voter, 12 the exclusion of 8, 13 final. 2, 6, 7, 9 count.
    """
    first, paper, late = (world.citizen(person) for person in (NORTH[0], PAPER, NORTH[2]))
    world.vote(first, choices(0, (1, 0)))
    for citizen, board in ((world.citizen(SOUTH[0]), 1), (paper, 0), (world.citizen(REMOVED), 2)):
        world.clock.now += 60
        world.vote(citizen, choices(board, (0, 1)))
    change_roll(world)
    world.vote(world.citizen(NEWCOMER), choices(0, (0, 1)))
    world.clock.now += 60
    world.vote(first, choices(1, (0, 1)))
    vote_too_late(world, late.person)
    if extended:
        world.extend(world.election.closes + HOUR)
        world.clock.now = world.election.closes + 600
    world.vote(world.citizen(ISLAND[0]), {**choices(0), "bridge": (0, 1)})
    world.close()
    world.revoke([paper.card.voter_id])
    world.finalise()


def change_roll(world: World) -> None:
    """A newcomer, a corrected name, a removal."""
    new = row(NEWCOMER, "north")
    corrected = RollEntry(voter_id(CORRECTED.code), "Corrected Name", "north")
    changes = [RollChange(new.voter, new), RollChange(corrected.voter, corrected)]
    world.change_roll([*changes, RollChange(voter_id(REMOVED.code), None)])
    world.clock.now += 60


def vote_too_late(world: World, person: Person) -> None:
    """A vote that the witnesses see when its time has lapsed."""
    citizen = world.citizen(person)
    world.witness_clock.by = 1000
    try:
        world.vote(citizen, choices(2))
    except Lapsed:
        world.clock.now = world.election.closes - 10
    world.witness_clock.by = 0


def play_small(world: World) -> Dossier:
    """1 a vote, 2 one at the last minute, 3 close, 4 the revocation of somebody who did not vote, 5 final."""
    first, last = world.citizen(NORTH[0]), world.citizen(NORTH[3])
    for citizen, moment in ((first, world.election.opens + 60), (last, world.election.closes - 10)):
        world.clock.now = moment
        world.vote(citizen, CHOICES)
    world.close()
    world.revoke([voter_id(PAPER.code)])
    world.order("final")
    return tallied(world, world.collector.evidence())


# --- founding


def found(rules: Draft, *, keyring: Keyring | None = None, ceremony: Ceremony | None = None) -> World:
    """A fresh election; with keys and ceremony of another one only if they are given."""
    insecure = SYSTEMS[rules.parameters].insecure
    return create_world(rules, roll_rows(), insecure_parameters=insecure, keyring=keyring, ceremony=ceremony)


def under(base: World, rules: Manifest) -> World:
    """The parties of `base`, all of them careless, at the opening of an election by any signed rules."""
    manifest = base.authority.sign(rules)
    election = open_manifest(manifest, base.authority.public_key, SYSTEMS, NOTHING)
    return replace(staged(base, NOTHING, election=election), manifest=manifest)


def with_roll(base: World, roll: Roll) -> tuple[World, Signed]:
    """An election whose manifest names this roll, and the roll signed. Its parties use the roll of `base`."""
    return under(base, replace(base.election.manifest, roll=roll_digest(roll))), base.authority.sign(roll)
