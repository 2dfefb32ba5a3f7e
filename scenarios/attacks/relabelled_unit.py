"""A voter of north casts a ballot for south, where the race is close."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, BEN, MakeStage
from scenarios.villains import mallory


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes(4)
    voter = stage.voter()
    attacker = mallory(stage.world, voter.card)
    prepared = attacker.prepare("south", *BEN)
    attacker.cast(prepared.ballot, prepared.salt)
    stage.means(voter, ADA)
    outcomes = stage.count().tallied.counted.result.outcomes
    south = next(outcome for outcome in outcomes if outcome.unit == "south")
    return harmed(
        south.ballots > 2,
        f"south announces {south.ballots} ballots, but two people of south voted",
        f"south: {stage.in_words(south.counts)}",
    )


SCENARIO = Scenario(
    name="relabelled_unit",
    title="A ballot for another unit",
    attacker="a voter of north",
    controls=("their own ID card", "a client of their own make"),
    story=(
        Step("voter of north", "collector", "logs in; the roll says: north"),
        Step("voter of north", "collector", "a well-proven ballot for south"),
    ),
    harm="A vote counts where its voter has none.",
    defences=(Guard("C7", Party.COLLECTOR),),
    play=play,
)
