"""Collector and processor vote for people who stayed at home; all they lack is those people's signatures."""

from __future__ import annotations

from common.errors import Party
from scenarios.attacks.forged_signature import CardWithoutPin2
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import Mallory, slip_in


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR, Party.PROCESSOR))
    stage.honest_votes()
    for _ in range(2):
        card = CardWithoutPin2(stage.voter().card, stage.stranger().card)
        attacker = Mallory(stage.world.election, stage.world.collector, card)
        unit = attacker.log_in().unit or "north"
        prepared = attacker.prepare(unit, *ADA)
        raw = attacker.sign(attacker.log_in(), prepared.ballot, prepared.salt)
        slip_in(stage.world, card.voter_id, raw)
    stage.world.close()
    stage.world.order("final")
    return stage.compare(stage.unaudited(stage.world.collector.evidence()))


SCENARIO = Scenario(
    name="stuffed_votes",
    title="Votes for people who stayed at home",
    attacker="collector and processor",
    controls=("box and log", "the processor's checks", "voters' certificates, which are public"),
    story=(
        Step("collector", "collector", "makes up votes for two people who abstained"),
        Step("collector", "log", "logs them; the witnesses cosign"),
        Step("processor", "trustees", "all checked, please open"),
    ),
    harm="Votes of people who never voted are in the announced result. (No sworn auditor looks: one would name C5.)",
    defences=(Guard("B3", Party.TRUSTEE, shows=("C5",)),),
    play=play,
)
