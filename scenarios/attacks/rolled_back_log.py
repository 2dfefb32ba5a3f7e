"""A log is handed over that ends before entries which the witnesses had seen: a voter's receipt proves it."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import forger, lines_of, tree_of, with_orders


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR, Party.WITNESS))
    stage.honest_votes()
    stage.vote(stage.voter(), ADA)
    stage.world.close()
    election, evidence = stage.world.election, stage.world.collector.evidence()
    lines, writer = lines_of(election, evidence.log), forger(election, stage.keyring)
    seen = writer.note(tree_of([entry for entry, _ in lines + lines[1:5]]), stage.world.clock())  # of 11 entries
    back = with_orders(stage.world, replace(evidence, votes=evidence.votes[:-1]), lines[:5], writer)
    log = replace(back.log, checkpoints=(*back.log.checkpoints, seen))
    return stage.compare(stage.announce(replace(back, log=log)))


SCENARIO = Scenario(
    name="rolled_back_log",
    title="The log is set back",
    attacker="the collector, with a quorum of witnesses",
    controls=("box and log", "the log's key", "the witnesses' keys"),
    story=(
        Step("voter", "collector", "a vote for Ada"),
        Step("collector", "voter", "a receipt under a checkpoint"),
        Step("collector", "processor", "an older state of the log, closed there"),
        Step("voter", "processor", "the checkpoint of the receipt"),
    ),
    harm="Votes are gone of which there are receipts.",
    defences=(Guard("L1", Party.PROCESSOR), Guard("L2", Party.PROCESSOR)),
    play=play,
)
