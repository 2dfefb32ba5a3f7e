"""The collector lets friends vote after the end, backdating what they sign."""

from __future__ import annotations

from common.encoding.times import to_rfc3339
from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import mallory


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    election = stage.world.election
    stage.world.clock.now = election.closes + election.manifest.times.grace + 20
    friend = mallory(stage.world, stage.voter().card)
    prepared = friend.prepare("north", *ADA)
    friend.cast(prepared.ballot, prepared.salt, time=to_rfc3339(election.closes))
    return stage.compare(stage.count())


SCENARIO = Scenario(
    name="late_votes",
    title="Votes after the end",
    attacker="the collector and a voter",
    controls=("box and log", "a voter's card"),
    story=(
        Step("everyone", "everyone", "voting has ended; first counts are whispered"),
        Step("friend", "collector", "a vote, dated to the last second"),
        Step("collector", "witnesses", "a checkpoint: they write down their own time"),
    ),
    harm="Votes count that were cast after the end.",
    defences=(Guard("L5", Party.PROCESSOR), Guard("C2", Party.PROCESSOR)),
    play=play,
)
