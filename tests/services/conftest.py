"""An election of services on loopback, shared by the tests that leave it running; fresh voters for each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import httpx
import pytest

from common.eid.personal_code import voter_id
from common.messages.manifest import Policies
from common.messages.roll import RollEntry
from scenarios.country.population import people
from scenarios.services import ServedWorld, served_world
from scenarios.world import Citizen
from tests.conftest import draft

VOTE_BYTES = 30_000
CROWD = people(40, seed=11)
_next = count()


@pytest.fixture(scope="session")
def served() -> Iterator[ServedWorld]:
    """A running election that nobody closes."""
    rows = [RollEntry(voter_id(person.code), person.name, "north") for person in CROWD]
    rules = draft(policies=Policies("auditors", 3, 3, 20, VOTE_BYTES, 200), witnesses=2)
    with served_world(rules, rows, insecure_parameters=True) as made:
        yield made


@pytest.fixture
def citizen(served: ServedWorld) -> Citizen:
    """A voter on the roll who has not voted."""
    return served.world.citizen(CROWD[next(_next)])


@pytest.fixture
def raw(served: ServedWorld) -> Iterator[httpx.Client]:
    """Requests of any kind to the collector's public door."""
    with httpx.Client(base_url=served.public.address, trust_env=False) as client:
        yield client
