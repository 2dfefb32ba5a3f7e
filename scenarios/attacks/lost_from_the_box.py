"""The log holds a vote, but the box that the collector hands over does not."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    stage.vote(stage.voter(), ADA)
    stage.world.close()
    stage.world.order("final")
    evidence = stage.world.collector.evidence()
    return stage.compare(stage.unaudited(replace(evidence, votes=evidence.votes[:-1])))


SCENARIO = Scenario(
    name="lost_from_the_box",
    title="A logged vote that is not in the box",
    attacker="the collector",
    controls=("the ballot box that is handed over",),
    story=(
        Step("voter", "collector", "a vote for Ada"),
        Step("collector", "voter", "a receipt that holds; the log will never lose it"),
        Step("collector", "processor", "the log, and the box without this vote"),
    ),
    harm="A vote that the log proves is not counted.",
    defences=(Guard("B1", Party.PROCESSOR),),
    play=play,
)
