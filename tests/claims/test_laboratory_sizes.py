"""Attacks can be played at real size, and what the laboratory makes there is nobody's election outside it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from auditor.audit import audit
from common.checks.catalogue import COMPLETE
from common.crypto.paillier import PARAMETERS, Parameters
from common.crypto.systems import SYSTEMS
from common.errors import SetupError
from scenarios import sizes
from scenarios.founding import create_world
from scenarios.laboratory import pair, play_without
from scenarios.outcome import Outcome, harmed
from scenarios.registry import scenario
from scenarios.sizes import TOY, laboratory_systems
from scenarios.stage import DRAFT, MakeStage
from scenarios.variant import Setting
from tests.conftest import rows

REAL = [name for name, parameters in PARAMETERS.items() if not parameters.insecure]


@pytest.mark.parametrize("name", REAL)
def test_laboratory_plays_real_sizes_under_a_name_that_no_service_knows(name: str) -> None:
    ((own, system),) = laboratory_systems(name).items()
    assert own == system.name == f"laboratory-{name}"
    assert own not in SYSTEMS
    assert system.insecure


def test_toy_size_keeps_its_name() -> None:
    assert list(laboratory_systems(TOY)) == [TOY]
    assert SYSTEMS[TOY].insecure


def test_unknown_size_is_refused() -> None:
    with pytest.raises(SetupError, match="paillier-3072"):
        laboratory_systems("paillier-1024")


@pytest.mark.parametrize("name", REAL)
def test_real_parameters_stay_closed_to_a_shortened_list(name: str) -> None:
    """Refused before a key is dealt: the laboratory's way in is its own name, not the real one."""
    with pytest.raises(SetupError, match="only the laboratory"):
        create_world(replace(DRAFT, parameters=name), rows(1), checks=COMPLETE.without("C11"))


def test_record_made_in_the_laboratory_passes_no_audit_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for a real size, of toy length: its name alone keeps it out."""
    monkeypatch.setattr(sizes, "PARAMETERS", {"small-512": Parameters("small-512", 512, insecure=False)})
    made: list[dict[str, bytes]] = []
    inside: list[bool] = []

    def play(make: MakeStage) -> Outcome:
        stage = make()
        stage.honest_votes()
        announced = stage.count()
        made.append(stage.world.record(announced.tallied))
        key = stage.world.authority.public_key
        for systems in (stage.systems, SYSTEMS):
            inside.append(audit(made[0], key, None, systems, time.perf_counter).passed)
        return harmed(True, "none")

    play_without(replace(scenario("sign_flips"), play=play), (), Setting("small-512"))
    assert inside == [True, False]


@pytest.mark.full_size
@pytest.mark.parametrize("name", ["renamed_ballot", "t_minus_1_trustees"])
def test_attack_goes_the_same_way_at_real_size(name: str) -> None:
    pairing = pair(scenario(name), Setting("paillier-2048"))
    assert pairing.expected, [(run.removed, run.outcome) for run in (pairing.without, *pairing.defended)]
