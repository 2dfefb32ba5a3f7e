"""What changes while a vote waits for its certificate's status is seen when it is committed: C7 and C9 run again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from common.errors import CheckFailed, ServiceRefused
from common.messages.roll import RollChange
from common.ports import Unavailable
from scenarios.world import Citizen, World
from tests.conftest import CHOICES, PEOPLE
from voter_client.journal import CastVote


@pytest.fixture
def citizen(world: World) -> Citizen:
    return world.citizen(PEOPLE[0])


def cast_with_delay(
    world: World, citizen: Citizen, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]
) -> CastVote:
    """The vote is posted; while the responder is asked, something happens."""
    voting = world.session(citizen)
    prepared, respond = voting.prepare(CHOICES), world.responder.respond

    def respond_late(request: bytes) -> bytes:
        monkeypatch.setattr(world.responder, "respond", respond)
        meanwhile()
        return respond(request)

    monkeypatch.setattr(world.responder, "respond", respond_late)
    return voting.cast(prepared)


def test_vote_is_recorded_if_nothing_happens_meanwhile(
    world: World, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cast_with_delay(world, citizen, monkeypatch, lambda: None).receipt.index == 1


def test_two_votes_of_one_voter_at_once_are_not_both_the_first(
    world: World, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same card in two browsers."""
    other = Citizen(citizen.person, citizen.card, type(citizen.journal)(world.election))
    with pytest.raises(CheckFailed) as caught:
        cast_with_delay(world, citizen, monkeypatch, lambda: world.vote(other, CHOICES))
    assert caught.value.check == "C9"
    assert world.log_size() == 2


def test_voter_who_is_struck_off_meanwhile_is_refused(
    world: World, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def strike_off() -> None:
        world.change_roll([RollChange(citizen.card.voter_id, None)])

    with pytest.raises(CheckFailed) as caught:
        cast_with_delay(world, citizen, monkeypatch, strike_off)
    assert caught.value.check == "C7"


def test_log_that_closes_meanwhile_takes_no_vote(
    world: World, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ServiceRefused, match="closed"):
        cast_with_delay(world, citizen, monkeypatch, world.close)


def test_vote_that_could_not_be_stored_is_in_no_tree(
    world: World, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full for a moment; what is signed afterwards is what is stored."""

    def full(*_arguments: object) -> None:
        raise Unavailable("the disk is full")

    voting = world.session(citizen)
    prepared = voting.prepare(CHOICES)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(world.collector._store, "commit", full)
        with pytest.raises(Unavailable):
            voting.cast(prepared)
    assert voting.retry().receipt.index == 1
    assert world.log_size() == 2
    world.close()
    assert len(world.collector.evidence().log.entries) == world.log_size() == 3
