"""The authority excludes a good vote, for a check that it does not fail."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.AUTHORITY,))
    stage.honest_votes()
    victim = stage.voter()
    stage.vote(victim, ADA)
    stage.close()
    stage.world.exclude(victim.journal.votes[0].receipt.index, "C2", "said to have come too late")
    stage.world.order("final")
    return stage.compare(stage.announce(stage.world.collector.evidence()))


SCENARIO = Scenario(
    name="excluded_without_cause",
    title="A good vote excluded",
    attacker="the election authority",
    controls=("its signing key",),
    story=(
        Step("voter", "collector", "a vote for Ada, in good time"),
        Step("authority", "collector", "order: exclude this entry, for it fails C2"),
        Step("collector", "log", "the exclusion"),
    ),
    harm="The authority drops the votes that it does not like.",
    defences=(Guard("B5", Party.PROCESSOR),),
    play=play,
)
