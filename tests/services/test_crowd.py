"""Many voters at once, and one voter on many devices at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest

from common.eid.personal_code import voter_id
from common.errors import CheckFailed, ServiceRefused
from common.messages.manifest import Policies
from common.messages.receipt import Receipt
from common.messages.roll import RollEntry
from scenarios.country.population import people
from scenarios.services import ServedWorld, served_world
from tests.conftest import CHOICES, draft
from voter_client.journal import CastVote
from voter_client.prepare import sign_vote

T = TypeVar("T")
CROWD = people(51, seed=51)
DEVICES = 6
PLACES = 3


@pytest.fixture(scope="module")
def served() -> Iterator[ServedWorld]:
    rows = [RollEntry(voter_id(person.code), person.name, "north") for person in CROWD]
    rules = draft(max_ballots=100, policies=Policies("auditors", 3, 3, 100, 1_000_000, 200))
    with served_world(rules, rows, insecure_parameters=True) as made:
        yield made


def at_once(calls: list[Callable[[], T]]) -> list[T]:
    """Make these calls in one moment, each in a thread of its own."""
    start = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        start.wait(30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_fifty_voters_at_once_all_get_their_receipts(served: ServedWorld) -> None:
    """From authentication to receipt, with no error; their votes share checkpoints."""
    world = served.world
    voters = [world.citizen(person) for person in CROWD[:50]]
    before = served.collector._log.tree.size

    def vote_of(number: int) -> Callable[[], CastVote]:
        return lambda: world.vote(voters[number], CHOICES)

    votes = at_once([vote_of(number) for number in range(len(voters))])
    assert {vote.receipt.index for vote in votes} == set(range(before, before + len(voters)))
    assert len({vote.receipt.checkpoint for vote in votes}) < len(voters)
    for voter in voters:
        world.recheck(voter)


def test_devices_of_one_voter_at_once_get_one_place_in_the_chain_each_time(served: ServedWorld) -> None:
    """All of them saw the same earlier vote; one replaces it, the others are told, and nothing is recorded twice."""
    world = served.world
    citizen = world.citizen(CROWD[50])

    def ready() -> Callable[[], Receipt | CheckFailed]:
        voting = world.session(citizen)
        vote = sign_vote(world.election, voting.prepare(CHOICES), citizen.card, voting._view)

        def post() -> Receipt | CheckFailed:
            try:
                return world.collector.cast(voting._view.session, vote)
            except CheckFailed as failure:
                return failure

        return post

    before = served.collector._log.tree.size
    for place in range(1, PLACES + 1):
        answers = at_once([ready() for _ in range(DEVICES)])
        failures = [answer.check for answer in answers if isinstance(answer, CheckFailed)]
        assert failures == ["C9"] * (DEVICES - 1)
        assert served.collector._ledger.heads[citizen.card.voter_id].sequence == place
        assert served.collector._log.tree.size == before + place


def test_client_whose_voter_voted_elsewhere_meanwhile_signs_nothing(served: ServedWorld) -> None:
    world = served.world
    citizen = world.citizen(CROWD[50])
    voting = world.session(citizen)
    world.vote(world.citizen(CROWD[50]), CHOICES)
    with pytest.raises(ServiceRefused, match="another vote under your name was recorded meanwhile"):
        voting.cast(voting.prepare(CHOICES))
    assert voting.posted is None
