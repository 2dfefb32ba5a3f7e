"""One election for all claims, dealt once."""

from __future__ import annotations

import pytest

from common.messages.manifest import Policies, SingleContest, Unit, VectorContest
from scenarios.founding import create_world
from tests.claims.attack_tools import roll_rows
from tests.claims.bases import Bases
from tests.conftest import UNITS, draft

VOTES_PER_HOUR = 4
VOTE_BYTES = 6_400
"""Enough for two contests, too little for the island's three."""


@pytest.fixture(scope="session")
def bases() -> Bases:
    """What all attacks start from."""
    contests = (
        SingleContest("single", "board", "Who chairs the board?", ("Ada", "Ben", "Blank vote")),
        VectorContest("vector", "wishes", "Approve one at most", ("Library", "Park"), 1, 0, 1),
        SingleContest("single", "bridge", "Build the bridge?", ("Yes", "No")),
    )
    units = (*UNITS, Unit("island", "The island", "land", ("board", "wishes", "bridge")))
    policies = Policies("public", 2, 3, VOTES_PER_HOUR, VOTE_BYTES, 200)
    rules = draft(contests=contests, units=units, policies=policies, max_ballots=130)
    return Bases(create_world(rules, roll_rows(), insecure_parameters=True))
