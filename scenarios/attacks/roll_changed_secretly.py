"""The collector hands over a roll with ghosts on it, and the ghosts have voted."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from common.messages.acts import sign_document
from common.messages.roll import Roll, RollEntry
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import mallory


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    ghosts = [stage.stranger(number) for number in range(2)]
    for ghost in ghosts:
        attacker = mallory(stage.world, ghost.card)
        prepared = attacker.prepare("north", *ADA)
        attacker.cast(prepared.ballot, prepared.salt)
    stage.world.close()
    roll, evidence = stage.world.roll.body, stage.world.collector.evidence()
    if not isinstance(roll, Roll):
        return Outcome(stage.compare(stage.count()).verdict, (), None, "", ())
    rows = [*roll.voters, *(RollEntry(g.card.voter_id, g.person.name, "north") for g in ghosts)]
    padded = replace(roll, voters=tuple(sorted(rows, key=lambda row: row.voter)))
    forged = sign_document(padded, stage.keyring.collector.answers)
    stage.require_faultless(replace(evidence, roll=forged))
    stage.world.order("final")
    return stage.compare(stage.announce(replace(stage.world.collector.evidence(), roll=forged)))


SCENARIO = Scenario(
    name="roll_changed_secretly",
    title="Ghosts on the roll",
    attacker="the collector, with people who may not vote",
    controls=("box and log", "the copy of the roll that it hands over"),
    story=(
        Step("authority", "everyone", "the roll's digest is in the manifest"),
        Step("ghosts", "collector", "votes"),
        Step("collector", "processor", "the box, and a roll with the ghosts on it"),
    ),
    harm="People vote who may not.",
    defences=(Guard("K5", Party.PROCESSOR),),
    play=play,
)
