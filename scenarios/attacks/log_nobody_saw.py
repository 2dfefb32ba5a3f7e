"""At the end the collector hands over another log than the one witnessed: signed by itself, without a vote."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import forger, lines_of, with_orders


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    victim = stage.voter()
    stage.vote(victim, ADA)
    stage.world.close()
    election, evidence = stage.world.election, stage.world.collector.evidence()
    lines = [line for line in lines_of(election, evidence.log) if line[0] != victim.journal.votes[0].receipt.entry]
    alone = forger(election, stage.keyring, bribed=1)
    without = with_orders(stage.world, replace(evidence, votes=evidence.votes[:-1]), lines, alone)
    return stage.compare(stage.unaudited(without))


SCENARIO = Scenario(
    name="log_nobody_saw",
    title="A log that no quorum has seen",
    attacker="the collector and one of three witnesses",
    controls=("box and log", "the log's key", "one witness's key"),
    story=(
        Step("voter", "collector", "a vote for Ada"),
        Step("collector", "voter", "a receipt, witnessed as it should be"),
        Step("collector", "bribed witness", "another log, without this vote"),
        Step("collector", "processor", "that log and a box to fit"),
    ),
    harm="A vote with a good receipt is gone, unless its voter comes and shows the receipt.",
    defences=(Guard("L4", Party.PROCESSOR),),
    play=play,
)
