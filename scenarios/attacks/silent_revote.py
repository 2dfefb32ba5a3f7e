"""A virus that can use the card votes once more after the verification; the voter's phone looks again later."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, BEN, MakeStage
from scenarios.villains import mallory


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    victim = stage.voter()
    stage.vote(victim, ADA)
    stage.world.verify(stage.world.code(victim.journal.votes[0]))
    virus = mallory(stage.world, victim.card)
    prepared = virus.prepare("north", *BEN)
    virus.cast(prepared.ballot, prepared.salt)
    stage.world.recheck(victim)
    return stage.compare(stage.count(), "the second device had shown the right vote")


SCENARIO = Scenario(
    name="silent_revote",
    title="Voting again after the verification",
    attacker="a virus that can use the card",
    controls=("the card, while it is in the reader",),
    story=(
        Step("voter", "collector", "a vote for Ada"),
        Step("second device", "voter", "Ada, your latest"),
        Step("virus", "collector", "a vote for Ben, in the voter's name"),
        Step("voter", "collector", "days later: is my vote still the latest?"),
    ),
    harm="A verified vote is replaced. Who never looks again, and gets no notice, does not learn of it.",
    defences=(Guard("R4", Party.CLIENT),),
    play=play,
)
