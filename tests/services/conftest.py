"""An election of services on loopback, shared by the tests that leave it running; fresh voters for each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import httpx
import pytest

from common.eid.personal_code import voter_id
from common.encoding.times import from_rfc3339
from common.messages.manifest import Policies
from common.messages.roll import RollEntry
from scenarios.country.population import people
from scenarios.services import Premises, ServedWorld, served_world
from scenarios.world import Citizen, Clock
from tests.conftest import CHOICES, PEOPLE, TIMES, cast_too_late, draft, rows
from tests.services.by_hand import Finished, answer, by_hand, each, process
from tests.services.tallier_hall import TOY, Hall, done, new_hall, run

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


# --- an election held by hand


@pytest.fixture(scope="session")
def premises() -> Iterator[Premises]:
    made = Premises()
    yield made
    made.close()


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory, premises: Premises) -> tuple[Hall, Path]:
    """An election before its polls open, and a copy of its folder that stays so."""
    hall = new_hall(tmp_path_factory.mktemp("hall"), draft(), rows(), premises)
    by_hand(hall)
    copy = tmp_path_factory.mktemp("copy") / "hall"
    shutil.copytree(hall.at, copy)
    return hall, copy


@pytest.fixture(scope="session")
def finished(founded: tuple[Hall, Path]) -> Finished:
    """Votes, a roll change, a paper vote, a vote to be excluded; do not change it."""
    hall, _ = founded
    world, at = hall.open_polls(), hall.at
    citizens = tuple(world.citizen(person) for person in PEOPLE[:12])
    for citizen in citizens:
        hall.clock.now += 60
        world.vote(citizen, CHOICES)
    (at / "changes.csv").write_text(f"{citizens[11].card.voter_id},remove\n{PEOPLE[12].code},New Õun,north\n")
    (at / "paper.txt").write_text(f"{PEOPLE[2].code}\n\n{citizens[2].card.voter_id}\n")
    said = [done(*hall.act("change-roll", "--changes", at / "changes.csv"))]
    cast_too_late(world, citizens[1])
    hall.end_voting()
    said += [done(*hall.act("close", log=True)), done(*hall.act("revoke", "--voters", at / "paper.txt"))]
    said.append(done("processor", "check", "--box", hall.box, *hall.pinned, "--out", at / "faults.json", TOY))
    checked = run("processor", "check", "--box", hall.box, *hall.pinned, TOY).stdout
    said += [done(*hall.act("exclude", "--faults", at / "faults.json")) for _ in range(2)]
    said += [done(*hall.act("finalise", log=True)), done(*process(hall, at / "processor"))]
    said += [done(*answer(hall, number, at / "processor", at / f"answer-{number}.json")) for number in (1, 3)]
    answers = each("--answer", at / "answer-1.json", at / "answer-3.json")
    said.append(done("processor", "open", at / "processor", *answers, TOY))
    said.append(done("processor", "publish", at / "processor", "--out", at / "record"))
    return Finished(hall, citizens, tuple(said), checked)


@pytest.fixture
def hall(tmp_path: Path, premises: Premises) -> Hall:
    """Parties with their keys, before the ceremony."""
    return new_hall(tmp_path, draft(), rows(), premises)


@pytest.fixture
def polls(founded: tuple[Hall, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hall:
    """An election whose polls are open, with one ceremony for all tests, each at a time of its own."""
    hall, copy = founded
    shutil.copytree(copy, tmp_path / "hall")
    opened = replace(hall, at=tmp_path / "hall", clock=Clock(from_rfc3339(TIMES.opens)), world=None)
    monkeypatch.setattr(hall.country, "clock", opened.clock)
    opened.open_polls()
    return opened
