"""A voter who has moved votes for the old unit, naming the roll as it was before the move."""

from __future__ import annotations

from common.errors import Party
from common.messages.roll import RollChange, RollEntry
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, BLANK, MakeStage
from scenarios.villains import mallory


def play(make: MakeStage) -> Outcome:
    stage = make()
    mover, *_ = stage.honest_votes()
    row = RollEntry(mover.card.voter_id, mover.person.name, "south")
    stage.world.change_roll([RollChange(mover.card.voter_id, row)])
    stage.means(mover, BLANK)
    attacker = mallory(stage.world, mover.card)
    prepared = attacker.prepare("north", *ADA)
    attacker.cast(prepared.ballot, prepared.salt, roll_version=0)
    counted = stage.count().tallied.processed.inspection.replay.counted()
    wrong = [vote for vote in counted if vote.voter == mover.card.voter_id and vote.candidate.ballot.unit == "north"]
    north = sum(vote.candidate.ballot.unit == "north" for vote in counted)
    return harmed(
        bool(wrong),
        "a vote cast after the move is counted in the unit that the voter had left",
        f"{len(wrong)} of {north} votes counted in north are of somebody who lives in south",
    )


SCENARIO = Scenario(
    name="stale_roll",
    title="A vote for the old unit after a move",
    attacker="a voter whose row of the roll was changed",
    controls=("their own ID card", "a client of their own make"),
    story=(
        Step("authority", "collector", "change set 1: the voter now lives in south"),
        Step("voter", "collector", "a vote for north, naming roll version 0"),
    ),
    harm="Somebody votes in a constituency that they have left.",
    defences=(Guard("C7", Party.COLLECTOR),),
    play=play,
)
