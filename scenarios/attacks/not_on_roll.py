"""Somebody with an ID card, who is on no roll, votes."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import mallory


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    attacker = mallory(stage.world, stage.stranger().card)
    prepared = attacker.prepare("north", *ADA)
    attacker.cast(prepared.ballot, prepared.salt)
    return stage.compare(stage.count())


SCENARIO = Scenario(
    name="not_on_roll",
    title="A stranger votes",
    attacker="a person with an ID card who is on no voter roll",
    controls=("an ID card of their own", "a client of their own make"),
    story=(
        Step("stranger", "collector", "logs in with an ID card"),
        Step("collector", "stranger", "no unit: not on the roll"),
        Step("stranger", "collector", "a well-made vote for unit north all the same"),
    ),
    harm="One more vote is counted than people voted who may.",
    defences=(Guard("C7", Party.COLLECTOR),),
    play=play,
)
