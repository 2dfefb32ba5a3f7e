"""A client compares every new receipt with the log it saw before, when it casts and not only later."""

from __future__ import annotations

import pytest

from common.errors import CheckFailed
from scenarios.world import World
from tests.conftest import CHOICES, PEOPLE


def test_receipt_from_a_log_that_did_not_grow_from_the_one_seen_is_no_cast_vote(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = world.citizen(PEOPLE[0])
    first = world.vote(citizen, CHOICES)
    world.vote(world.citizen(PEOPLE[1]), CHOICES)
    world.clock.now += 60
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(world.collector, "consistency", lambda *_checkpoints: (b"\0" * 32, b"\0" * 32))
        with pytest.raises(CheckFailed) as caught:
            world.vote(citizen, CHOICES)
    assert caught.value.check == "R4"
    assert citizen.journal.votes == [first]


def test_receipt_from_a_log_that_grew_is_taken(world: World) -> None:
    citizen = world.citizen(PEOPLE[0])
    first = world.vote(citizen, CHOICES)
    world.vote(world.citizen(PEOPLE[1]), CHOICES)
    world.clock.now += 60
    assert citizen.journal.votes == [first, world.vote(citizen, CHOICES)]
