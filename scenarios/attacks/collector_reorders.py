"""The collector, with bribed witnesses, writes a voter's two votes into the log the wrong way round."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, BEN, MakeStage
from scenarios.villains import forger, lines_of, with_orders


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR, Party.WITNESS))
    stage.honest_votes()
    victim = stage.voter()
    stage.vote(victim, ADA)
    stage.vote(victim, BEN)
    stage.world.close()
    election, evidence = stage.world.election, stage.world.collector.evidence()
    lines = lines_of(election, evidence.log)
    (first, _), (second, late) = lines[5], lines[6]
    lines[5:7] = [(second, late), (first, late)]
    forged = with_orders(stage.world, evidence, lines, forger(election, stage.keyring))
    stage.require_faultless(forged)
    return stage.compare(stage.announce(forged))


SCENARIO = Scenario(
    name="collector_reorders",
    title="Re-votes logged the wrong way round",
    attacker="the collector, with a quorum of witnesses",
    controls=("box and log", "the log's key", "the witnesses' keys"),
    story=(
        Step("voter", "collector", "a vote for Ada, number 1"),
        Step("voter", "collector", "a vote for Ben, number 2"),
        Step("collector", "log", "number 2, then number 1"),
        Step("witnesses", "log", "cosigned"),
    ),
    harm="The first vote counts, the last one is called superseded.",
    defences=(Guard("C9", Party.PROCESSOR), Guard("B4", Party.PROCESSOR)),
    play=play,
)
