"""One election for all claims, dealt once; every test plays on a copy of its own, or on one it must not change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from common.checks.check import CheckList
from common.messages.manifest import Policies, SingleContest, Unit
from scenarios.world import World, create_world
from tests.claims.attack_tools import roll_rows, staged
from tests.claims.stages import Stages
from tests.conftest import CONTESTS, UNITS, draft

VOTES_PER_HOUR = 4


@pytest.fixture(scope="session")
def base_world() -> World:
    """Nobody has voted, and nobody may: take a copy with `stage`."""
    contests = (*CONTESTS, SingleContest("single", "bridge", "Build the bridge?", ("Yes", "No")))
    units = (*UNITS, Unit("island", "The island", "land", ("board", "wishes", "bridge")))
    policies = Policies("public", 2, 3, VOTES_PER_HOUR, 8_800, 200)
    rules = draft(contests=contests, units=units, policies=policies, max_ballots=70)
    return create_world(rules, roll_rows(), insecure_parameters=True)


@pytest.fixture
def stage(base_world: World) -> Callable[..., World]:
    """A copy of the election at its opening; arguments as `attack_tools.staged`."""

    def make(checks: CheckList | None = None, **changes: object) -> World:
        return staged(base_world, **({} if checks is None else {"checks": checks}), **changes)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def stages(base_world: World) -> Stages:
    """Collectors to attack, one for each list of checks."""
    return Stages(base_world)
