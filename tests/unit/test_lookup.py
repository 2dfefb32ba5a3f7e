"""The collector shows a vote for a limited time, a limited number of times, and refuses in the same words always."""

from __future__ import annotations

import pytest

from common.errors import CheckFailed
from common.messages.vote import vote_id
from common.ports import NotFound, Unavailable
from scenarios.world import World
from tests.conftest import CHOICES, PEOPLE
from voter_client.journal import CastVote

UNKNOWN = "00" * 16


def cast(world: World) -> CastVote:
    return world.vote(world.citizen(PEOPLE[0]), CHOICES)


def refusal(world: World, vote_id: str) -> str:
    with pytest.raises(NotFound) as caught:
        world.collector.lookup(vote_id)
    return str(caught.value)


def test_vote_is_shown_until_the_window_ends(world: World) -> None:
    vote_id, window = cast(world).receipt.vote_id, world.election.manifest.times.verification_window
    world.clock.now += window
    assert world.collector.lookup(vote_id).receipt.vote_id == vote_id
    world.clock.now += 1
    assert refusal(world, vote_id) == refusal(world, UNKNOWN)


def test_vote_is_shown_so_many_times_and_no_more(world: World) -> None:
    vote_id = cast(world).receipt.vote_id
    for _ in range(world.election.manifest.policies.verification_count):
        assert world.collector.lookup(vote_id).receipt.vote_id == vote_id
    assert refusal(world, vote_id) == refusal(world, UNKNOWN)


def test_one_votes_lookups_do_not_use_up_anothers(world: World) -> None:
    first, second = cast(world), world.vote(world.citizen(PEOPLE[1]), CHOICES)
    for _ in range(world.election.manifest.policies.verification_count):
        world.collector.lookup(first.receipt.vote_id)
    assert world.collector.lookup(second.receipt.vote_id).receipt == second.receipt


def test_vote_without_a_receipt_is_answered_like_an_unknown_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_arguments: object) -> str:
        raise Unavailable("out of service")

    citizen = world.citizen(PEOPLE[0])
    session = world.session(citizen)
    prepared = session.prepare(CHOICES)
    for witness in world.witnesses:
        monkeypatch.setattr(witness, "add_checkpoint", unreachable)
    with pytest.raises((Unavailable, CheckFailed)):
        session.cast(prepared)
    monkeypatch.undo()
    assert session.posted is not None
    assert refusal(world, vote_id(session.posted)) == refusal(world, UNKNOWN)
    receipt = session.retry().receipt
    assert world.collector.lookup(receipt.vote_id).receipt == receipt


def test_latest_answer_says_whether_the_vote_still_stands(world: World) -> None:
    citizen = world.citizen(PEOPLE[0])
    first = world.vote(citizen, CHOICES)
    assert world.collector.latest(first.receipt.vote_id).answer.latest
    world.clock.now += 60
    second = world.vote(citizen, CHOICES)
    answers = [world.collector.latest(vote.receipt.vote_id).answer for vote in (first, second)]
    assert [(answer.latest, answer.sequence) for answer in answers] == [(False, 1), (True, 2)]
